package io.k8saws.etcd.store;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.internal.digest.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * An object in parts. Each part is sent by a call of its own with its SHA-256, which S3 compares. What fits into one part is written in one call. There are never more buffers
 * than parts that are sent at once, and the one that is being filled.
 */
final class S3Upload implements ObjectUpload {
    private static final Logger LOG = LoggerFactory.getLogger(S3Upload.class);
    private static final int PATIENCE_SECONDS = 30;

    private final S3Store store;
    private final String key;
    private final int partSize;
    private final ExecutorService threads;
    private final int parallel;
    private final Semaphore free;
    private final BlockingQueue<byte[]> buffers;
    private final List<Future<CompletedPart>> parts = new ArrayList<>();
    private final MessageDigest digestOfDigests = Sha256.digest();
    private byte[] buffer = new byte[0];
    private int filled;
    private long bytes;
    private Optional<String> uploadId = Optional.empty();
    private boolean complete;
    private String checksum = "";

    S3Upload(S3Store store, String key, int partSize, ExecutorService threads) {
        this.store = store;
        this.key = key;
        this.partSize = partSize;
        this.threads = threads;
        this.parallel = store.location().parallelParts();
        this.free = new Semaphore(parallel);
        this.buffers = new ArrayBlockingQueue<>(parallel + 1);
    }

    @Override
    public void write(ByteBuffer next) {
        while (next.hasRemaining()) {
            if (filled == buffer.length) {
                grow();
            }
            int count = Math.min(next.remaining(), buffer.length - filled);
            next.get(buffer, filled, count);
            filled += count;
            bytes += count;
        }
    }

    /** A small object needs no buffer of a whole part; a full part is sent when more follows. */
    private void grow() {
        if (buffer.length < partSize) {
            byte[] larger = new byte[Math.min(partSize, Math.max(1 << 16, buffer.length * 4))];
            System.arraycopy(buffer, 0, larger, 0, filled);
            buffer = larger;
        } else {
            send();
            byte[] used = buffers.poll();
            buffer = used == null ? new byte[partSize] : used;
        }
    }

    private void send() {
        if (parts.size() == PartSize.MOST_PARTS) {
            throw new K8sAwsException(
                    "Write the object " + key,
                    "it is larger than was expected: its " + PartSize.MOST_PARTS + " parts of " + partSize
                            + " bytes are full",
                    "say how large it will be");
        }
        if (uploadId.isEmpty()) {
            uploadId = Optional.of(begin());
        }
        try {
            free.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Write the object " + key);
        }
        boolean sound = false;
        try {
            parts.stream().filter(Future::isDone).forEach(S3Upload::result); // one that failed ends all
            sound = true;
        } finally {
            if (!sound) {
                free.release(); // nobody else would: close waits for all of them
            }
        }
        byte[] full = buffer;
        int length = filled;
        byte[] digest = S3Store.digest(full, length);
        digestOfDigests.update(digest);
        String encoded = Base64.getEncoder().encodeToString(digest);
        int number = parts.size() + 1;
        String upload = uploadId.get();
        parts.add(threads.submit(() -> {
            try {
                return part(upload, number, full, length, encoded);
            } finally {
                if (full.length == partSize) {
                    buffers.offer(full);
                }
                free.release();
            }
        }));
        filled = 0;
    }

    private String begin() {
        CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder()
                .bucket(store.location().bucket())
                .key(store.full(key))
                .contentType("application/octet-stream")
                .checksumAlgorithm(ChecksumAlgorithm.SHA256);
        store.location().owner().ifPresent(request::expectedBucketOwner);
        if (store.location().encryption().ownKey()) {
            request.serverSideEncryption(ServerSideEncryption.AES256);
        }
        store.location().encryption().kmsKey().ifPresent(arn -> request.serverSideEncryption(
                        ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(arn));
        return store.call("Begin the object " + key, () -> store.s3().createMultipartUpload(request.build()))
                .uploadId();
    }

    private CompletedPart part(String upload, int number, byte[] content, int length, String digest) {
        String tag = store.call("Write part " + number + " of the object " + key, () -> store.s3()
                        .uploadPart(
                                request -> {
                                    request.bucket(store.location().bucket())
                                            .key(store.full(key))
                                            .uploadId(upload)
                                            .partNumber(number)
                                            .contentLength((long) length)
                                            .checksumSHA256(digest);
                                    store.location().owner().ifPresent(request::expectedBucketOwner);
                                },
                                S3Store.body(content, length)))
                .eTag();
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(tag)
                .checksumSHA256(digest)
                .build();
    }

    private static CompletedPart result(Future<CompletedPart> part) {
        try {
            return part.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Write the parts of an object");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("A part throws no checked exceptions.", e);
        }
    }

    @Override
    public StoredObject complete() {
        StoredObject object;
        if (uploadId.isEmpty()) {
            checksum = Base64.getEncoder().encodeToString(S3Store.digest(buffer, filled));
            object = store.put(key, buffer, filled);
        } else {
            send();
            List<CompletedPart> sent = parts.stream().map(S3Upload::result).toList();
            checksum = Base64.getEncoder().encodeToString(digestOfDigests.digest()) + "-" + sent.size();
            object = completeParts(uploadId.get(), sent);
        }
        complete = true;
        return object;
    }

    private StoredObject completeParts(String upload, List<CompletedPart> sent) {
        if (store.find(key).isPresent()) { // a marker hides it from If-None-Match
            throw store.taken(key, null);
        }
        Optional<AwsCallException> refused = Optional.empty();
        try {
            store.call("Complete the object " + key, () -> store.s3().completeMultipartUpload(request -> {
                request.bucket(store.location().bucket())
                        .key(store.full(key))
                        .uploadId(upload)
                        .ifNoneMatch("*")
                        .multipartUpload(all -> all.parts(sent));
                store.location().owner().ifPresent(request::expectedBucketOwner);
            }));
            uploadId = Optional.empty(); // nothing is left to throw away
        } catch (AwsCallException e) {
            // The answer to an earlier attempt may have been lost: then the upload is gone and the object is there.
            if (e.statusCode() != 404 && e.statusCode() != 409 && e.statusCode() != 412) {
                throw e;
            }
            refused = Optional.of(e);
        }
        AwsCallException cause = refused.orElse(null);
        return store.find(key)
                .filter(object -> object.bytes() == bytes)
                .filter(object -> store.checksum(object).map(checksum::equals).orElse(cause == null))
                .orElseThrow(() -> cause != null && cause.statusCode() == 404 ? cause : store.taken(key, cause));
    }

    @Override
    public String checksum() {
        return checksum;
    }

    @Override
    public void close() {
        buffer = new byte[0];
        buffers.clear();
        if (complete || uploadId.isEmpty()) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // what was begun is cleaned up all the same
        try {
            if (!free.tryAcquire(parallel, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("Parts of {} are still under way while their upload is thrown away.", key);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            store.abort(store.full(key), uploadId.get());
        } catch (K8sAwsException e) {
            LOG.debug("The upload of {} could not be thrown away; the next sweep does it.", key, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
