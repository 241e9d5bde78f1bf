package io.k8saws.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Sends a file to S3 as known tools do: parts of 8 MiB, four at once, nothing read back. */
final class PlainUpload {
    private static final int PART = 8 << 20;
    private static final int PARALLEL = 4;

    private final S3Client s3;
    private final String bucket;

    PlainUpload(S3Client s3, String bucket) {
        this.s3 = s3;
        this.bucket = bucket;
    }

    void send(Path file, String key) throws IOException, InterruptedException {
        String upload = s3.createMultipartUpload(
                        request -> request.bucket(bucket).key(key))
                .uploadId();
        ExecutorService threads = Executors.newFixedThreadPool(PARALLEL);
        try (FileChannel channel = FileChannel.open(file)) {
            List<Future<CompletedPart>> parts = new ArrayList<>();
            for (long at = 0; at < channel.size(); at += PART) {
                long from = at;
                parts.add(threads.submit(() -> part(channel, from, key, upload)));
            }
            List<CompletedPart> sent = new ArrayList<>();
            for (Future<CompletedPart> part : parts) {
                sent.add(part.get());
            }
            s3.completeMultipartUpload(request ->
                    request.bucket(bucket).key(key).uploadId(upload).multipartUpload(all -> all.parts(sent)));
        } catch (ExecutionException e) {
            throw new IOException("send " + file + ": " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private CompletedPart part(FileChannel channel, long from, String key, String upload) throws IOException {
        byte[] bytes = new byte[(int) Math.min(PART, channel.size() - from)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.read(buffer, from + buffer.position());
        }
        int number = (int) (from / PART) + 1;
        String tag = s3.uploadPart(
                        request -> request.bucket(bucket)
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .contentLength((long) bytes.length),
                        RequestBody.fromContentProvider(
                                () -> new ByteArrayInputStream(bytes), bytes.length, "application/octet-stream"))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }
}
