package io.k8saws.etcd.restore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.progress.ProgressListener;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Proves that a backup can be restored, by restoring it: into a scratch directory, with a real etcd started from it on this machine, which is asked how many keys it has, at which revision it is and
 * what they hash to. Level L5.
 *
 * <pre>{@code
 * DrillResult result = RestoreDrill.with(Path.of("/usr/local/bin/etcd")).run(Path.of("backup.db"), Duration.ofMinutes(5));
 * assertThat(result.problems()).isEmpty();
 * assertThat(result.took()).isLessThan(Duration.ofSeconds(60));
 * }</pre>
 */
public final class RestoreDrill {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String MEMBER = "drill";
    // the smallest key, and, as an end, all keys from it on
    private static final String ALL_KEYS = "AA==";

    private final Path etcd;
    private final Clock clock;

    private RestoreDrill(Path etcd, Clock clock) {
        this.etcd = etcd;
        this.clock = clock;
    }

    /**
     * A drill with an etcd.
     *
     * @param etcd the program, of the version that wrote the snapshot or the minor after it
     * @return a drill to run, again and again
     */
    public static RestoreDrill with(Path etcd) {
        return new RestoreDrill(etcd, Clock.systemUTC());
    }

    /**
     * Runs it. The scratch directory, as large as the snapshot, is made where the JVM makes temporary files, and is deleted; the etcd is ended. A server that cannot be asked for
     * its hash, because it has users or is older than 3.6, is ended first, and its database is read. Nobody else can call that etcd: it asks for a certificate that this drill alone has. It ends with this
     * program, unless that is killed.
     *
     * @param snapshot a file from {@code snapshot save}
     * @param limit how long it may take
     * @return what was found; also when it is not as it should be
     * @throws io.k8saws.error.CorruptSnapshotException if the snapshot is not whole
     * @throws WaitTimeoutException if the limit is over
     * @throws K8sAwsException if the etcd cannot be started, or the disk says no
     */
    public DrillResult run(Path snapshot, Duration limit) {
        return run(snapshot, limit, ProgressListener.silent());
    }

    /**
     * The same, and tells how far it is: operation {@code restore-drill} with the stages of {@link SnapshotRestore#write(String, Path, ProgressListener)}, then {@code start} and {@code ask} (keys).
     *
     * @param snapshot a file from {@code snapshot save}
     * @param limit how long it may take
     * @param listener told of each stage; one that throws hears no more
     * @return what was found; also when it is not as it should be
     * @throws io.k8saws.error.CorruptSnapshotException if the snapshot is not whole
     * @throws WaitTimeoutException if the limit is over
     * @throws K8sAwsException if the etcd cannot be started, or the disk says no
     */
    public DrillResult run(Path snapshot, Duration limit, ProgressListener listener) {
        long began = System.nanoTime();
        Path scratch;
        try {
            scratch = Files.createTempDirectory("k8saws-drill-");
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Make a scratch directory", "the system says: " + e, "name another java.io.tmpdir", Map.of(), e);
        }
        try {
            return Stages.during(
                    listener,
                    "restore-drill",
                    String.valueOf(snapshot.getFileName()),
                    5,
                    stages -> run(snapshot, scratch, began, limit, stages));
        } finally {
            DataDirectory.deleteQuietly(scratch);
        }
    }

    private DrillResult run(Path snapshot, Path scratch, long began, Duration limit, Stages stages) {
        URI peer = EtcdProcess.freeUrl("https");
        URI client = EtcdProcess.freeUrl("https");
        DrillTls tls = DrillTls.create(clock);
        Path data = scratch.resolve("data");
        NewCluster cluster = NewCluster.of(List.of(NewMember.of(MEMBER, peer.toString())));
        List<String> arguments = new ArrayList<>(List.of(
                "--name=" + MEMBER,
                "--data-dir=" + data,
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + cluster.initialCluster(),
                "--initial-cluster-token=" + cluster.token(),
                "--log-level=warn"));
        try {
            arguments.addAll(tls.arguments(scratch));
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Make a certificate for the drill in " + scratch,
                    "the system says: " + e,
                    "name another java.io.tmpdir",
                    Map.of(),
                    e);
        }
        EtcdProcess process = EtcdProcess.of(etcd, arguments, scratch.resolve("etcd.log"));
        LastWill will = LastWill.of(process, scratch);
        try (process;
                SnapshotFile file = SnapshotFile.open(snapshot, () -> left(began, limit))) {
            RestoredDirectory made = SnapshotRestore.of(snapshot, cluster)
                    .withRelease(EtcdRelease.of(process.version()))
                    .write(MEMBER, data, stages, () -> left(began, limit));
            Duration wrote = Duration.ofNanos(System.nanoTime() - began);
            process.start(left(began, limit));
            process.awaitHealthy(left(began, limit));
            stages.end("start", 1, "etcd");
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            DrillResult.Content expected = content(file, file.revision());
            Optional<DrillResult.Content> answer = file.auth().enabled() || file.revision() == file.compactRevision()
                    ? Optional.empty()
                    : asked(tls, client, made.revision(), left(began, limit));
            DrillResult.Content found =
                    answer.isPresent() ? answer.get() : stopped(process, data, made.revision(), left(began, limit));
            stages.end("ask", found.keys(), "keys");
            return DrillResult.of(snapshot, process.version(), expected, found, wrote, took);
        } finally {
            will.revoke();
        }
    }

    private static Duration left(long began, Duration limit) {
        Duration left = limit.minusNanos(System.nanoTime() - began);
        if (left.isNegative()) {
            throw new WaitTimeoutException("the drill", limit, "it had not ended", "give it more time", Map.of());
        }
        return left;
    }

    private static DrillResult.Content content(SnapshotFile file, long revision) {
        try (Stream<KeyRevision> keys = file.keys(revision)) {
            // the row of a bump has an empty key, which no range shows
            return new DrillResult.Content(
                    revision,
                    keys.filter(key -> key.key().length > 0).count(),
                    file.hashKv(revision).hash());
        }
    }

    private static DrillResult.Content stopped(EtcdProcess process, Path data, long revision, Duration limit) {
        process.stop(limit);
        try (SnapshotFile file = SnapshotFile.open(data.resolve("member/snap/db"))) {
            return content(file, revision);
        }
    }

    private static Optional<DrillResult.Content> asked(DrillTls tls, URI client, long revision, Duration limit) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls.context())
                .build();
        ObjectNode range = JSON.createObjectNode()
                .put("key", ALL_KEYS)
                .put("range_end", ALL_KEYS)
                .put("count_only", true)
                .put("revision", Long.toString(revision));
        JsonNode counted = call(http, client.resolve("/v3/kv/range"), range, limit);
        ObjectNode hash = JSON.createObjectNode().put("revision", Long.toString(revision));
        HttpResponse<String> answer = send(http, client.resolve("/v3/maintenance/hashkv"), hash, limit);
        if (answer.statusCode() == 404) {
            // etcd before 3.6 has it by gRPC only
            return Optional.empty();
        }
        return Optional.of(new DrillResult.Content(
                counted.path("header").path("revision").asLong(),
                counted.path("count").asLong(),
                json(answer).path("hash").asLong()));
    }

    private static JsonNode call(HttpClient http, URI uri, ObjectNode request, Duration limit) {
        return json(send(http, uri, request, limit));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new K8sAwsException(
                    "Ask the restored etcd",
                    "it answers " + answer.statusCode() + " to " + answer.uri(),
                    "look at its version");
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Ask the restored etcd", "its answer is no JSON: " + e, "look at its version", Map.of(), e);
        }
    }

    private static HttpResponse<String> send(HttpClient http, URI uri, ObjectNode request, Duration limit) {
        try {
            return http.send(
                    HttpRequest.newBuilder(uri)
                            .timeout(limit)
                            .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new K8sAwsException("Ask the restored etcd", "no answer came: " + e, "try again", Map.of(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Ask the restored etcd");
        }
    }

    /** The program. */
    @Override
    public String toString() {
        return "restore drill with " + etcd;
    }
}
