package io.k8saws.etcd;

import io.k8saws.etcd.member.ArrivingMember;
import io.k8saws.operate.EtcdOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Plays the machine of an etcd member whose disk is lost, as its script does: it waits, and says so; it follows an order for its volume once, and starts a real etcd. */
final class PlayedMember implements AutoCloseable {
    private static final String MEMBER = "etcd-2";

    private final S3Client s3;
    private final String bucket;
    private final String role;
    private final String part;
    private final String instance;
    private final String volume;
    private final String plannedPeer;
    private final URI peerUrl;
    private final URI clientUrl;
    private final Path directory;
    private final Thread thread = new Thread(this::live, "played-member");
    private AddedMember etcd;
    private boolean started;
    private int starts;
    private boolean ended;

    PlayedMember(
            S3Client s3,
            String bucket,
            String role,
            String part,
            String instance,
            String volume,
            String plannedPeer,
            URI peerUrl,
            URI clientUrl,
            Path directory) {
        this.s3 = s3;
        this.bucket = bucket;
        this.role = role;
        this.part = part;
        this.instance = instance;
        this.volume = volume;
        this.plannedPeer = plannedPeer;
        this.peerUrl = peerUrl;
        this.clientUrl = clientUrl;
        this.directory = directory;
        this.etcd = new AddedMember("etcd", directory, peerUrl, clientUrl);
    }

    void start() {
        turn();
        thread.setDaemon(true);
        thread.start();
    }

    /** Says how it finds its disk, and does no more. */
    void lookOnce() {
        turn();
    }

    /** Takes an order for itself, as the script does before it starts etcd. */
    boolean follows(EtcdOrder order) {
        try {
            s3.putObject(
                    r -> r.bucket(bucket)
                            .key(key("followed/" + sha256(order.text())))
                            .ifNoneMatch("*"),
                    RequestBody.fromString(instance));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() != 412) {
                throw e;
            }
            return false;
        }
    }

    private void live() {
        while (turn()) {
            LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        }
    }

    private synchronized boolean turn() {
        if (ended) {
            return false;
        }
        if (started) {
            say("running", "wait-for-quorum", "");
            return true;
        }
        Optional<String> order = read(key("order"));
        Optional<String> followed = order.flatMap(text -> read(key("followed/" + sha256(text))));
        if (order.isPresent()
                && followed.isEmpty()
                && order.get().lines().findFirst().equals(Optional.of(volume))) {
            s3.putObject(
                    r -> r.bucket(bucket)
                            .key(key("followed/" + sha256(order.get())))
                            .ifNoneMatch("*"),
                    RequestBody.fromString(instance));
            String members = order.get()
                    .lines()
                    .filter(line -> line.startsWith("initial-cluster: "))
                    .findFirst()
                    .orElseThrow()
                    .substring("initial-cluster: ".length());
            etcd.start(new ArrivingMember(MEMBER, "", peerUrl, members.replace(plannedPeer, peerUrl.toString())));
            started = true;
            starts++;
            return true;
        }
        say(
                "failed",
                "mount-disks",
                "etcd-main does not start on " + volume + ": it is empty, and "
                        + (followed.isPresent() ? "its order was followed before" : "the cluster has data")
                        + ": its disk is lost. Replace the member");
        return true;
    }

    /** The disk is lost, and the machine with it; its successor waits again. */
    synchronized void lose() {
        etcd.close();
        try (Stream<Path> files = Files.walk(directory.resolve(MEMBER))) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        etcd = new AddedMember("etcd", directory, peerUrl, clientUrl);
        started = false;
        turn();
    }

    /** How often it has started etcd without data. */
    synchronized int starts() {
        return starts;
    }

    /** How many orders it has followed. */
    int followed() {
        List<S3Object> all =
                s3.listObjectsV2(r -> r.bucket(bucket).prefix(key("followed/"))).contents();
        return all.size();
    }

    Optional<String> order() {
        return read(key("order"));
    }

    private static String key(String name) {
        return "etcd/main/" + MEMBER + "/" + name;
    }

    private Optional<String> read(String key) {
        try {
            return Optional.of(
                    s3.getObjectAsBytes(r -> r.bucket(bucket).key(key)).asUtf8String());
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void say(String state, String step, String reason) {
        String json =
                "{\"version\":1,\"cluster\":\"replaced\",\"role\":\"%s\",\"part\":\"%s\",\"instance\":\"%s\",\"step\":\"%s\",\"state\":\"%s\",\"reason\":\"%s\",\"time\":\"%s\",\"uptimeSeconds\":1,\"keys\":[],\"log\":[]}"
                        .formatted(
                                role,
                                part,
                                instance,
                                step,
                                state,
                                reason,
                                Instant.now().truncatedTo(ChronoUnit.SECONDS));
        s3.putObject(
                r -> r.bucket(bucket).key("status/" + role + "/" + instance + ".json"), RequestBody.fromString(json));
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true; // whoever looks next ends
            etcd.close();
        }
    }
}
