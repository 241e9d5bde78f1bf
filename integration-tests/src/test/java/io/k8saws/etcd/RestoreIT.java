package io.k8saws.etcd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.bolt.BoltFile;
import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.bolt.PageSet;
import io.k8saws.etcd.restore.EtcdRelease;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestoredDirectory;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.DiffSummary;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.snapshot.SnapshotDiff;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real servers start from directories that the library wrote, and have all that the snapshot has. */
class RestoreIT {
    private static final Duration START = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"V3_6,1", "V3_6,3", "V3_4,1", "V3_4,3"})
    void aClusterStartsFromTheDirectoriesWithAllThatTheSnapshotHas(EtcdRelease release, int size) throws IOException {
        try (EtcdCluster etcd = start(release, size)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 11).changes(200).manyKeys(3000).compactAtADeletion();
            new Histories(gateway, 12).changes(300);
            long revision = gateway.revision();
            Tool client = client(release, etcd, 0);
            HashKv before = hashKv(client, revision);
            JsonNode keys = gateway.all(0).path("kvs");
            List<String> leases = leases(client);
            Path file = client.save(directory.resolve("backup.db"));
            gateway.put("lost", "written after the snapshot");

            NewCluster cluster = NewCluster.of(members(client));
            wipe(etcd);
            for (NewMember member : cluster.members()) {
                RestoredDirectory made = SnapshotRestore.of(file, cluster)
                        .withRelease(release)
                        .write(member.name(), data(etcd, member.name()));
                assertThat(made.hash()).isEqualTo(before);
                assertThat(made.revision()).isEqualTo(revision);
                assertAcceptedByEtcdutl(data(etcd, member.name()).resolve("member/snap/db"));
            }
            restart(etcd);

            for (int i = 0; i < size; i++) {
                Tool member = client(release, etcd, i);
                // a read that all agree on, so that the member has come as far
                assertThat(member.run("get", "x").code()).isZero();
                assertThat(hashKv(member, revision)).isEqualTo(before);
            }
            assertThat(gateway.all(0).path("kvs")).isEqualTo(keys);
            assertThat(gateway.revision()).isEqualTo(revision);
            assertThat(leases(client)).isEqualTo(leases);
            assertThat(ids(client)).isEqualTo(ids(cluster));
            new Histories(gateway, 13).changes(100);
            Path after = client.save(directory.resolve("after.db"));
            try (SnapshotFile old = SnapshotFile.open(file);
                    SnapshotFile now = SnapshotFile.open(after)) {
                assertThat(now.verify().holds()).as(now.verify().toString()).isTrue();
                assertThat(now.hashKv(revision)).isEqualTo(old.hashKv());
            }
        }
    }

    private static EtcdCluster start(EtcdRelease release, int size) {
        return EtcdVersion.of(release).start(size);
    }

    private static Tool client(EtcdRelease release, EtcdCluster etcd, int member) {
        return EtcdVersion.of(release).client(etcd, member);
    }

    private static List<NewMember> members(Tool client) {
        List<NewMember> members = new ArrayList<>();
        for (JsonNode member : client.run("member", "list", "-w", "json").json().path("members")) {
            members.add(NewMember.of(
                    member.path("name").asText(), member.path("peerURLs").get(0).asText()));
        }
        return members;
    }

    private static Map<String, String> ids(Tool client) {
        Map<String, String> ids = new TreeMap<>();
        JsonNode list = client.run("member", "list", "-w", "json").json();
        list.path("members").forEach(member -> ids.put(member.path("name").asText(), hex(member.path("ID"))));
        ids.put("cluster", hex(list.path("header").path("cluster_id")));
        return ids;
    }

    private static Map<String, String> ids(NewCluster cluster) {
        Map<String, String> ids = new TreeMap<>();
        cluster.members().forEach(member -> ids.put(member.name(), cluster.memberId(member.name())));
        ids.put("cluster", cluster.clusterId());
        return ids;
    }

    private static String hex(JsonNode number) {
        return Long.toHexString(number.bigIntegerValue().longValue());
    }

    private static Path data(EtcdCluster etcd, String name) {
        return IntStream.range(0, etcd.size())
                .filter(i -> etcd.name(i).equals(name))
                .mapToObj(etcd::dataDirectory)
                .findFirst()
                .orElseThrow();
    }

    private static void wipe(EtcdCluster etcd) throws IOException {
        for (int i = 0; i < etcd.size(); i++) {
            etcd.kill(i);
        }
        for (int i = 0; i < etcd.size(); i++) {
            Files.move(etcd.dataDirectory(i), etcd.dataDirectory(i).resolveSibling("old-" + etcd.name(i)));
        }
    }

    private static void restart(EtcdCluster etcd) {
        for (int i = 0; i < etcd.size(); i++) {
            etcd.restart(i);
        }
        etcd.waitUntilHealthy(START);
    }

    private static HashKv hashKv(Tool client, long revision) {
        JsonNode answer = client.run("endpoint", "hashkv", "--rev=" + revision, "-w", "json")
                .json()
                .get(0)
                .path("HashKV");
        return new HashKv(
                answer.path("hash").asLong(),
                revision,
                Math.max(0, answer.path("compact_revision").asLong()));
    }

    private static List<String> leases(Tool client) {
        List<String> leases = new ArrayList<>();
        for (JsonNode lease : client.run("lease", "list", "-w", "json").json().path("leases")) {
            String id = hex(lease.path("id"));
            JsonNode one = client.run("lease", "timetolive", id, "--keys", "-w", "json")
                    .json();
            leases.add(
                    id + " " + one.path("granted-ttl") + " " + one.path("keys").size());
        }
        leases.sort(null);
        return leases;
    }

    private static void assertAcceptedByEtcdutl(Path database) {
        JsonNode status = Tool.of("etcdutl")
                .run("snapshot", "status", database, "-w", "json")
                .json();
        assertThat(status.path("totalKey").asLong()).isPositive();
    }

    /** etcdutl panics on a database with leases, so there are none here. */
    @Test
    void etcdutlComputesTheSameHash() {
        Path file;
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            new Histories(new Gateway(etcd.endpoints().get(0)), 41).manyKeys(12_000);
            file = Tool.client("etcdctl", etcd).save(directory.resolve("backup.db"));
        }
        NewCluster cluster = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));
        Path data = directory.resolve("data");
        RestoredDirectory made = SnapshotRestore.of(file, cluster).write("a", data);
        JsonNode theirs = Tool.of("etcdutl")
                .run("hashkv", data.resolve("member/snap/db"), "-w", "json")
                .json();

        assertThat(theirs.path("hash").asLong()).isEqualTo(made.hash().hash());
        assertThat(theirs.path("hashRevision").asLong()).isEqualTo(made.revision());
    }

    /** What etcd's own restore writes, byte by byte where it is the same bytes, and bucket by bucket where pages may lie otherwise. */
    @ParameterizedTest
    @CsvSource({"V3_6,0,1", "V3_6,0,3", "V3_6,1000000,3", "V3_4,0,3", "V3_5,0,3"})
    void theDirectoryEqualsThatOfEtcdsOwnRestore(EtcdRelease release, long bump, int size) throws IOException {
        Path file;
        try (EtcdCluster etcd = start(release, 1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 21).manyKeys(500).changes(300).compactAtADeletion();
            new Histories(gateway, 22).changes(100);
            file = client(release, etcd, 0).save(directory.resolve("backup.db"));
        }
        NewCluster cluster = new NewCluster(
                "token-of-mine",
                List.of(
                                NewMember.of("b", "http://127.0.0.1:2"),
                                NewMember.of("a", "http://127.0.0.1:1"),
                                new NewMember("c", List.of("http://127.0.0.1:4", "http://127.0.0.1:3")))
                        .subList(0, size));
        Path theirs = directory.resolve("theirs");
        List<Object> arguments = new ArrayList<>(List.of(
                "snapshot",
                "restore",
                file,
                "--data-dir=" + theirs,
                "--name=b",
                "--initial-cluster=" + cluster.initialCluster(),
                "--initial-cluster-token=token-of-mine",
                "--initial-advertise-peer-urls=http://127.0.0.1:2"));
        if (bump > 0) {
            arguments.addAll(List.of("--bump-revision=" + bump, "--mark-compacted"));
        }
        assertThat(EtcdVersion.of(release).files().run(arguments.toArray()).code())
                .isZero();
        Path ours = directory.resolve("ours");
        SnapshotRestore.of(file, cluster)
                .withRelease(release)
                .withRevisionBump(bump)
                .write("b", ours);

        assertThat(files(ours)).isEqualTo(files(theirs)).hasSize(3);
        for (String name : files(ours)) {
            if (name.endsWith(".snap") && release == EtcdRelease.V3_6) {
                assertThat(withoutOrder(ours.resolve(name))).isEqualTo(withoutOrder(theirs.resolve(name)));
            }
            boolean sameBytes = size == 1 || release == EtcdRelease.V3_4 || name.endsWith(".wal");
            if (!name.endsWith("db") && sameBytes) {
                assertThat(Files.mismatch(ours.resolve(name), theirs.resolve(name)))
                        .as("first difference in %s", name)
                        .isEqualTo(-1);
            }
        }
        Map<String, String> expected = buckets(theirs.resolve("member/snap/db"));
        Map<String, String> made = buckets(ours.resolve("member/snap/db"));
        if (release == EtcdRelease.V3_4) {
            // 3.4 does not look into this bucket, and its restore leaves the members of the old cluster there
            expected.keySet().removeIf(key -> key.startsWith("members"));
            made.keySet().removeIf(key -> key.startsWith("members"));
        } else {
            // etcdutl leaves the voters of the old cluster there
            assertThat(made.remove("meta confState"))
                    .contains(HexFormat.of()
                            .formatHex(Long.toUnsignedString(Long.parseUnsignedLong(cluster.memberId("b"), 16))
                                    .getBytes(US_ASCII)));
            expected.remove("meta confState");
        }
        assertThat(made).isEqualTo(expected);
    }

    /** The members in the raft snapshot, whose order etcd 3.6 leaves to the chance of Go's maps. */
    private static JsonNode withoutOrder(Path snapshot) throws IOException {
        String text = Files.readString(snapshot, ISO_8859_1);
        JsonNode json = new ObjectMapper().readTree(text.substring(text.indexOf('{'), text.lastIndexOf('}') + 1));
        ObjectNode history = (ObjectNode) json.at("/WatcherHub/EventHistory/Queue");
        assertThat(history.remove("Events")).hasSize(1000);
        for (JsonNode node : json.findParents("ModifiedIndex")) {
            ((ObjectNode) node).remove(List.of("ModifiedIndex", "CreatedIndex"));
        }
        return json;
    }

    private static List<String> files(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> tree.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static Map<String, String> buckets(Path database) {
        Map<String, String> elements = new TreeMap<>();
        try (BoltFile file = BoltFile.open(database)) {
            BucketCursor names = file.names(new PageSet());
            while (names.next()) {
                String name = new String(names.key(), US_ASCII);
                elements.put(name, "");
                BucketCursor cursor = file.cursor(file.bucket(names), new PageSet());
                while (cursor.next()) {
                    String key = name.equals("key")
                            ? HexFormat.of().formatHex(cursor.key())
                            : new String(cursor.key(), US_ASCII);
                    elements.put(name + " " + key, HexFormat.of().formatHex(cursor.value()));
                }
            }
        }
        return elements;
    }

    @Test
    void aBumpMakesOldRevisionsCompactedAndAddressesOfApiServersGo() throws IOException {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 31).changes(100);
            long lease = gateway.lease(3600);
            gateway.put("/registry/masterleases/10.0.0.1", Gateway.bytes("1"), lease);
            gateway.put("/registry/masterleases/10.0.0.2", Gateway.bytes("2"), 0);
            gateway.delete("/registry/masterleases/10.0.0.2");
            Tool client = Tool.client("etcdctl", etcd);
            Path file = client.save(directory.resolve("backup.db"));
            long revision = gateway.revision();
            NewCluster cluster = NewCluster.of(members(client));
            wipe(etcd);

            RestoredDirectory made = SnapshotRestore.of(file, cluster)
                    .withRevisionBump(1_000_000)
                    .withoutMasterLeases()
                    .write(etcd.name(0), etcd.dataDirectory(0));
            restart(etcd);

            assertThat(made.revision()).isEqualTo(revision + 1 + 1_000_000);
            assertThat(gateway.revision()).isEqualTo(made.revision());
            assertThat(client.run("get", "--rev=" + revision, "x").code()).isNotZero();
            assertThat(client.run("get", "--prefix", "/registry/masterleases/").text())
                    .isEmpty();
            try (SnapshotFile before = SnapshotFile.open(file);
                    SnapshotFile after = SnapshotFile.open(client.save(directory.resolve("after.db")))) {
                assertThat(SnapshotDiff.between(before, after).summary().total())
                        // the row of the bump has an empty key
                        .isEqualTo(new DiffSummary.Counts(1, 1, 0));
            }
        }
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            new Gateway(etcd.endpoints().get(0)).put("a", "1");
            Tool client = Tool.client("etcdctl", etcd);
            Path file = client.save(directory.resolve("backup.db"));
            SnapshotRestore restore = SnapshotRestore.of(file, NewCluster.of(members(client)));
            String name = etcd.name(0);

            assertThatThrownBy(() -> restore.write(name, etcd.dataDirectory(0)))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("member");
            assertThatThrownBy(() -> restore.withRelease(EtcdRelease.V3_4).write(name, directory.resolve("old")))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("3.6");
            assertThat(directory.resolve("old")).doesNotExist();
        }
    }
}
