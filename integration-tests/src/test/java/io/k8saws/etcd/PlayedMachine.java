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
import java.util.ArrayList;
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

/**
 * Plays the machine of an etcd member whose disks are lost, as its script does: it waits, and says so; once each disk may start, it follows their orders, each once, and starts real etcds.
 */
final class PlayedMachine implements AutoCloseable {
    private final S3Client s3;
    private final String bucket;
    private final String member;
    private final String part;
    private final String instance;
    private final Path directory;
    private final List<Disk> disks = new ArrayList<>();
    private final Thread thread = new Thread(this::live, "played-machine");
    private boolean ended;

    /** What the machine has of one etcd. */
    private static final class Disk {
        private final String etcd;
        private final String plannedPeer;
        private final URI peerUrl;
        private final URI clientUrl;
        private final Path data;
        private String volume;
        private AddedMember server;
        private boolean started;
        private int starts;

        Disk(String etcd, String volume, String plannedPeer, URI peerUrl, URI clientUrl, Path data) {
            this.etcd = etcd;
            this.volume = volume;
            this.plannedPeer = plannedPeer;
            this.peerUrl = peerUrl;
            this.clientUrl = clientUrl;
            this.data = data;
            this.server = new AddedMember("etcd", data, peerUrl, clientUrl);
        }
    }

    /**
     * Makes one that has no disk yet.
     *
     * @param part the group of the machine, for example {@code etcd-2} or {@code control-plane-2}
     */
    PlayedMachine(S3Client s3, String bucket, String member, String part, String instance, Path directory) {
        this.s3 = s3;
        this.bucket = bucket;
        this.member = member;
        this.part = part;
        this.instance = instance;
        this.directory = directory;
    }

    synchronized PlayedMachine disk(String etcd, String volume, String plannedPeer, URI peerUrl, URI clientUrl) {
        try {
            Path data = Files.createDirectories(directory.resolve(member + "-" + etcd));
            disks.add(new Disk(etcd, volume, plannedPeer, peerUrl, clientUrl, data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** An apply has made another volume, and the machine has it. */
    synchronized void giveVolume(String etcd, String volume) {
        of(etcd).volume = volume;
    }

    private Disk of(String etcd) {
        return disks.stream().filter(one -> one.etcd.equals(etcd)).findFirst().orElseThrow();
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
        return take(order.etcd(), order.text());
    }

    private boolean take(String etcd, String order) {
        try {
            s3.putObject(
                    r -> r.bucket(bucket).key(followedKey(etcd, order)).ifNoneMatch("*"),
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
        if (disks.stream().allMatch(disk -> disk.started)) {
            say("running", "wait-for-quorum", "");
            return true;
        }
        for (Disk disk : disks) {
            Optional<String> order = read(key(disk.etcd, "order"));
            boolean followed =
                    order.flatMap(text -> read(followedKey(disk.etcd, text))).isPresent();
            if (order.isEmpty() || followed || !order.get().lines().findFirst().equals(Optional.of(disk.volume))) {
                say(
                        "failed",
                        "mount-disks",
                        "etcd-" + disk.etcd + " does not start on " + disk.volume + ": it is empty, and "
                                + (followed ? "its order was followed before" : "the cluster has data")
                                + ": its disk is lost. Replace the member");
                return true;
            }
        }
        disks.forEach(this::begin);
        return true;
    }

    private void begin(Disk disk) {
        String order = read(key(disk.etcd, "order")).orElseThrow();
        take(disk.etcd, order);
        String members = order.lines()
                .filter(line -> line.startsWith("initial-cluster: "))
                .findFirst()
                .orElseThrow()
                .substring("initial-cluster: ".length());
        disk.server.start(new ArrivingMember(
                member, "", disk.peerUrl, members.replace(disk.plannedPeer, disk.peerUrl.toString())));
        disk.started = true;
        disk.starts++;
    }

    /** The disks are lost, and the machine with them; its successor waits again. */
    synchronized void lose() {
        for (Disk disk : disks) {
            disk.server.close();
            try (Stream<Path> files = Files.walk(disk.data.resolve(member))) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            disk.server = new AddedMember("etcd", disk.data, disk.peerUrl, disk.clientUrl);
            disk.started = false;
        }
        turn();
    }

    /** How often it has started this etcd without data. */
    synchronized int starts(String etcd) {
        return of(etcd).starts;
    }

    /** How many orders it has followed. */
    int followed(String etcd) {
        List<S3Object> all = s3.listObjectsV2(r -> r.bucket(bucket).prefix(key(etcd, "followed/")))
                .contents();
        return all.size();
    }

    Optional<String> order(String etcd) {
        return read(key(etcd, "order"));
    }

    private String key(String etcd, String name) {
        return "etcd/" + etcd + "/" + member + "/" + name;
    }

    private String followedKey(String etcd, String order) {
        return key(etcd, "followed/" + sha256(order));
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
        String role = part.replaceFirst("-[0-9]+$", "");
        String json =
                "{\"version\":1,\"cluster\":\"%s\",\"role\":\"%s\",\"part\":\"%s\",\"instance\":\"%s\",\"step\":\"%s\",\"state\":\"%s\",\"reason\":\"%s\",\"time\":\"%s\",\"uptimeSeconds\":1,\"keys\":[],\"log\":[]}"
                        .formatted(
                                LosingCluster.NAME,
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
            disks.forEach(disk -> disk.server.close());
        }
    }
}
