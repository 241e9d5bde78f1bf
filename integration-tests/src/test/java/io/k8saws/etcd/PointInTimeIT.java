package io.k8saws.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.delta.DeltaSegment;
import io.k8saws.etcd.delta.DeltaWriter;
import io.k8saws.etcd.delta.Transaction;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestoredDirectory;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.SnapshotLease;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every key at a chosen revision is what the server said of that revision when it still knew it. */
class PointInTimeIT {
    private static final int SEGMENTS = 3;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void anyRevisionOfASnapshotOrItsDeltas(long seed) throws IOException {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            Tool client = Tool.client("etcdctl", etcd);
            SplittableRandom random = new SplittableRandom(seed);
            Histories histories = new Histories(gateway, seed).changes(200);
            long compacted = histories.compactAtADeletion();
            histories.changes(150);
            Path file = client.save(directory.resolve("base.db"));
            long base = gateway.revision();
            histories.manyKeys(300).changes(100);
            long lease = gateway.lease(777);
            gateway.put("/leased/kept", Gateway.bytes("1"), lease);
            long revoked = gateway.lease(888);
            gateway.put("/leased/gone", Gateway.bytes("1"), revoked);
            assertThat(client.run("lease", "revoke", Long.toHexString(revoked)).code())
                    .isZero();
            histories.changes(100);
            long head = gateway.revision();
            Map<Long, Map<String, String>> said = new TreeMap<>();
            for (long at : List.of(compacted, compacted + 1, base, base + 1, head)) {
                said.put(at, keys(gateway, at));
            }
            for (int i = 0; i < 6; i++) {
                long at = random.nextLong(compacted, head + 1);
                said.put(at, keys(gateway, at));
            }
            List<Path> deltas = deltas(clusterId(etcd), gateway.watch(base + 1, head), base, lease);
            // the server forgets; the files do not
            gateway.compact(head);

            NewCluster cluster = NewCluster.of(List.of(NewMember.of("etcd-0", peer(client))));
            String clusterId = clusterId(etcd);
            for (Map.Entry<Long, Map<String, String>> entry : said.entrySet()) {
                long at = entry.getKey();
                Path data = directory.resolve("at-" + at);
                RestoredDirectory made = SnapshotRestore.of(file, cluster)
                        .withDeltas(clusterId, deltas)
                        .atRevision(at)
                        .write("etcd-0", data);
                assertThat(made.revision()).isEqualTo(at);
                try (SnapshotFile restored = SnapshotFile.open(data.resolve("member/snap/db"))) {
                    assertThat(restored.verify().holds(Level.L2)).isTrue();
                    assertThat(keys(restored)).as("revision %d", at).isEqualTo(entry.getValue());
                    if (at == head) {
                        assertThat(restored.leases()
                                        .filter(found -> found.id() == lease)
                                        .map(SnapshotLease::ttl))
                                .containsExactly(Duration.ofSeconds(777));
                    }
                }
            }
            etcd.kill(0);
            Files.move(etcd.dataDirectory(0), etcd.dataDirectory(0).resolveSibling("old"));
            Files.move(directory.resolve("at-" + head), etcd.dataDirectory(0));
            etcd.restart(0);
            etcd.waitUntilHealthy(Duration.ofMinutes(1));
            assertThat(gateway.revision()).isEqualTo(head);
            for (Map.Entry<Long, Map<String, String>> entry : said.entrySet()) {
                assertThat(keys(gateway, entry.getKey())).isEqualTo(entry.getValue());
            }
            assertThatThrownBy(() -> SnapshotRestore.of(file, cluster)
                            .withDeltas(clusterId, List.of(deltas.get(0), deltas.get(2)))
                            .write("etcd-0", directory.resolve("gap")))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("missing");
            // after its restore it is another cluster, whose revisions are others
            String next = clusterId(etcd);
            assertThat(next).endsWith(cluster.clusterId()).isNotEqualTo(clusterId);
            assertThatThrownBy(() -> SnapshotRestore.of(file, cluster)
                            .withDeltas(next, deltas)
                            .write("etcd-0", directory.resolve("fork")))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("another cluster");
        }
    }

    private static String clusterId(EtcdCluster cluster) {
        try (Etcd etcd = Etcd.at(cluster.endpoints().get(0).toString())) {
            return etcd.clusterId();
        }
    }

    private List<Path> deltas(String clusterId, List<Transaction> transactions, long base, long lease) {
        List<Path> files = new ArrayList<>();
        long after = base;
        int size = transactions.size() / SEGMENTS + 1;
        for (int from = 0; from < transactions.size(); from += size) {
            DeltaWriter writer = DeltaWriter.after(clusterId, after);
            writer.addLease(lease, Duration.ofSeconds(777));
            for (Transaction transaction : transactions.subList(from, Math.min(transactions.size(), from + size))) {
                assertThat(writer.add(transaction)).isEmpty();
            }
            DeltaSegment segment = writer.write(directory.resolve("delta-" + from));
            after = segment.last();
            files.add(segment.file());
        }
        assertThat(files).hasSize(SEGMENTS);
        return files;
    }

    private static String peer(Tool client) {
        return client.run("member", "list", "-w", "json")
                .json()
                .at("/members/0/peerURLs/0")
                .asText();
    }

    private static Map<String, String> keys(SnapshotFile snapshot) {
        Map<String, String> found = new TreeMap<>();
        try (Stream<KeyRevision> keys = snapshot.keys()) {
            keys.forEach(key -> found.put(
                    key.keyText(),
                    key.createRevision() + " " + key.revision().main() + " " + key.version() + " " + key.lease() + " "
                            + Base64.getEncoder().encodeToString(key.value())));
        }
        return found;
    }

    private static Map<String, String> keys(Gateway gateway, long revision) {
        Map<String, String> found = new TreeMap<>();
        for (JsonNode key : gateway.all(revision).path("kvs")) {
            found.put(
                    new String(Base64.getDecoder().decode(key.path("key").asText()), UTF_8),
                    key.path("create_revision").asLong() + " "
                            + key.path("mod_revision").asLong() + " "
                            + key.path("version").asLong() + " "
                            + key.path("lease").asLong() + " "
                            + key.path("value").asText(""));
        }
        return found;
    }
}
