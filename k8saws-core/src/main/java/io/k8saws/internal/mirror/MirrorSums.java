package io.k8saws.internal.mirror;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.Sleeper;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The seam to the places where programs lie: reads files of sums by HTTP, or from a bucket with our own rights. */
public final class MirrorSums implements AssetSums {
    private static final int MOST_BYTES = 1 << 20;
    private static final int TRIES = 3;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String BUCKET_URL = "s3://";

    private final AwsClients aws;
    private final ResiliencePolicy policy;
    private final Sleeper sleeper;

    /**
     * Makes the seam; calls nothing.
     *
     * @param aws for what lies in buckets
     * @param policy how long one attempt may take
     * @param sleeper lets time pass between attempts
     */
    public MirrorSums(AwsClients aws, ResiliencePolicy policy, Sleeper sleeper) {
        this.aws = aws;
        this.policy = policy;
        this.sleeper = sleeper;
    }

    @Override
    public String read(String address) {
        if (address.startsWith(BUCKET_URL)) {
            String bucketAndKey = address.substring(BUCKET_URL.length());
            int slash = bucketAndKey.indexOf('/');
            return BucketFiles.read(aws, bucketAndKey.substring(0, slash), bucketAndKey.substring(slash + 1))
                    .orElseThrow(() -> unread(address, "there is no such object", null));
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return fetched(address);
            } catch (FileNotFoundException e) {
                throw unread(address, "there is no such file", e);
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw unread(address, String.valueOf(e.getMessage()), e);
                }
                sleeper.sleep(PAUSE.multipliedBy(attempt), "read " + address + " again");
            }
        }
    }

    private String fetched(String address) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address).toURL().openConnection();
        try {
            connection.setConnectTimeout((int) policy.attemptTimeout().toMillis());
            connection.setReadTimeout((int) policy.attemptTimeout().toMillis());
            if (connection.getResponseCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                throw new FileNotFoundException(address);
            }
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("it answers " + connection.getResponseCode()
                        + Optional.ofNullable(connection.getHeaderField("Location"))
                                .map(to -> " to " + to)
                                .orElse(""));
            }
            try (InputStream body = connection.getInputStream()) {
                return read(body);
            }
        } finally {
            connection.disconnect();
        }
    }

    /** A time-out of the connection counts from byte to byte. */
    private String read(InputStream body) throws IOException {
        long end = sleeper.nanoTime() + policy.callDeadline().toNanos();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        for (int count = body.read(some); count >= 0; count = body.read(some)) {
            text.write(some, 0, count);
            if (text.size() > MOST_BYTES || sleeper.nanoTime() - end > 0) {
                throw new IOException("it is longer than a file of sums, or takes too long");
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private static K8sAwsException unread(String address, String why, @Nullable Exception cause) {
        return new K8sAwsException(
                "Read the file of sums " + address,
                why,
                "look at assets.mirror and at the way there from this machine, or give the hashes in assets.sha256",
                Map.of("address", address),
                cause);
    }
}
