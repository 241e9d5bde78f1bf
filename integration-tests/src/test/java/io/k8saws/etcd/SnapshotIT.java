package io.k8saws.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.etcd.registry.ResourceValue;
import io.k8saws.etcd.snapshot.DiffSummary;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.snapshot.KeyDifference;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotAuth;
import io.k8saws.etcd.snapshot.SnapshotDiff;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.SnapshotLease;
import io.k8saws.etcd.snapshot.SnapshotMember;
import io.k8saws.etcd.snapshot.SnapshotStatus;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.Testbed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the file says is what the server says, of snapshots with all that can be in one, of three minor versions of etcd. */
class SnapshotIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void everythingInTheFileIsWhatTheServerSays(EtcdVersion version) {
        try (EtcdCluster etcd = version.start(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            Histories histories = new Histories(gateway, 1);
            assertEqual(version, etcd, gateway, 0, "nothing");
            histories.changes(300);
            assertEqual(version, etcd, gateway, 0, "changes");
            histories.manyKeys(12_000).changes(500);
            assertEqual(version, etcd, gateway, 0, "many");
            long compacted = histories.compactAtADeletion();
            assertEqual(version, etcd, gateway, compacted, "compacted");
            histories.changes(700);
            assertEqual(version, etcd, gateway, compacted, "changed-after");
            long again = histories.compactAtADeletion();
            assertEqual(version, etcd, gateway, again, "compacted-again");
        }
    }

    private void assertEqual(EtcdVersion version, EtcdCluster etcd, Gateway gateway, long compacted, String name) {
        Path file = version.client(etcd).save(directory.resolve(name + ".db"));
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(snapshot.revision()).isEqualTo(gateway.revision());
            assertThat(snapshot.compactRevision()).isEqualTo(compacted);
            Verification verification = snapshot.verify();
            assertThat(verification.holds()).as(verification.toString()).isTrue();
            assertStatus(version, file, snapshot.status());
            long revision = snapshot.revision();
            for (long at = Math.max(1, compacted); at <= revision; at += 1 + (revision - compacted) / 7) {
                // at the compaction itself 3.4 refuses, and 3.6 answers with what it hashed before: a history that
                // nobody has any more
                if (at > compacted) {
                    assertThat(snapshot.hashKv(at)).isEqualTo(hashKv(version, etcd, at));
                }
                assertThat(keys(snapshot, at)).isEqualTo(keys(gateway, at));
            }
            if (revision > compacted) {
                assertThat(snapshot.hashKv()).isEqualTo(hashKv(version, etcd, revision));
            }
            assertThat(keys(snapshot, revision)).isEqualTo(keys(gateway, 0)).hasSize((int)
                    verification.counts().keys());
            assertLeases(etcd, snapshot);
        }
    }

    private static void assertStatus(EtcdVersion version, Path file, SnapshotStatus status) {
        JsonNode theirs =
                Tool.of("etcdutl").run("snapshot", "status", file, "-w", "json").json();
        assertThat(status.hash()).isEqualTo(theirs.path("hash").asLong());
        assertThat(status.revision()).isEqualTo(theirs.path("revision").asLong());
        assertThat(status.totalKey()).isEqualTo(theirs.path("totalKey").asLong());
        assertThat(status.totalSize()).isEqualTo(theirs.path("totalSize").asLong());
        assertThat(status.version()).isEqualTo(theirs.path("version").asText());
        JsonNode own =
                version.files().run("snapshot", "status", file, "-w", "json").json();
        assertThat(status.hash()).isEqualTo(own.path("hash").asLong());
        // 3.6 counts live keys, those before it all elements
        assertThat(version == EtcdVersion.NEWER ? status.totalKey() : status.totalElements())
                .isEqualTo(own.path("totalKey").asLong());
    }

    private static HashKv hashKv(EtcdVersion version, EtcdCluster etcd, long revision) {
        JsonNode answer = version.client(etcd)
                .run("endpoint", "hashkv", "--rev=" + revision, "-w", "json")
                .json()
                .get(0)
                .path("HashKV");
        // etcd says -1 where it never compacted
        long compacted = Math.max(0, answer.path("compact_revision").asLong());
        return new HashKv(answer.path("hash").asLong(), revision, compacted);
    }

    private static Map<String, String> keys(SnapshotFile snapshot, long revision) {
        Map<String, String> found = new TreeMap<>();
        List<String> order = new ArrayList<>();
        try (Stream<KeyRevision> keys = snapshot.keys(revision)) {
            keys.forEach(key -> {
                order.add(key.keyText());
                found.put(
                        key.keyText(),
                        line(
                                key.createRevision(),
                                key.revision().main(),
                                key.version(),
                                key.lease(),
                                Base64.getEncoder().encodeToString(key.value())));
            });
        }
        assertThat(order).isSorted().doesNotHaveDuplicates();
        return found;
    }

    private static Map<String, String> keys(Gateway gateway, long revision) {
        Map<String, String> found = new TreeMap<>();
        for (JsonNode key : gateway.all(revision).path("kvs")) {
            found.put(
                    new String(Base64.getDecoder().decode(key.path("key").asText()), UTF_8),
                    line(
                            key.path("create_revision").asLong(),
                            key.path("mod_revision").asLong(),
                            key.path("version").asLong(),
                            key.path("lease").asLong(),
                            key.path("value").asText("")));
        }
        return found;
    }

    private static String line(long create, long mod, long version, long lease, String value) {
        return create + " " + mod + " " + version + " " + lease + " " + value.hashCode() + " " + value.length();
    }

    private static void assertLeases(EtcdCluster etcd, SnapshotFile snapshot) {
        List<Long> theirs = new ArrayList<>();
        Tool.client("etcdctl", etcd)
                .run("lease", "list", "-w", "json")
                .json()
                .path("leases")
                .forEach(lease -> theirs.add(lease.path("id").asLong()));
        assertThat(snapshot.leases().map(SnapshotLease::id)).containsExactlyInAnyOrderElementsOf(theirs);
    }

    @ParameterizedTest
    @EnumSource
    void usersAndRoles(EtcdVersion version) {
        try (EtcdCluster etcd = version.start(1)) {
            Tool client = Tool.client("etcdctl", etcd);
            assertThat(client.run("user", "add", "root:secret-of-root").code()).isZero();
            assertThat(client.run("user", "add", "by-certificate", "--no-password")
                            .code())
                    .isZero();
            assertThat(client.run("role", "add", "reader").code()).isZero();
            assertThat(client.run("role", "grant-permission", "reader", "read", "/a", "/b")
                            .code())
                    .isZero();
            assertThat(client.run("user", "grant-role", "by-certificate", "reader")
                            .code())
                    .isZero();
            assertThat(client.run("user", "grant-role", "root", "root").code()).isZero();
            assertThat(client.run("auth", "enable").code()).isZero();
            Path file =
                    Tool.client("etcdctl", etcd, "--user=root:secret-of-root").save(directory.resolve("auth.db"));

            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                SnapshotAuth auth = snapshot.auth();
                assertThat(auth.enabled()).isTrue();
                assertThat(auth.users())
                        .containsExactly(
                                new SnapshotAuth.User("by-certificate", List.of("reader"), false),
                                new SnapshotAuth.User("root", List.of("root"), true));
                assertThat(auth.roles())
                        .filteredOn(role -> role.name().equals("reader"))
                        .singleElement()
                        .satisfies(role -> assertThat(role.permissions().get(0)).hasToString("READ [/a, /b)"));
                assertThat(snapshot.verify().holds()).isTrue();
            }
        }
    }

    @Test
    void membersThatCameAndWent() {
        try (EtcdCluster etcd = Testbed.etcd(3)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            gateway.put("a", "1");
            Tool client = Tool.client("etcdctl", etcd);
            String removed = id(client, etcd.name(2));
            untilTaken(client, "member", "remove", removed);
            untilTaken(client, "member", "add", "late", "--learner", "--peer-urls=http://127.0.0.1:1");
            Path file = client.save(directory.resolve("members.db"));

            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                assertThat(snapshot.removedMembers()).containsExactly(removed);
                assertThat(snapshot.members())
                        .hasSize(3)
                        .extracting(SnapshotMember::id)
                        .doesNotContain(removed);
                assertThat(snapshot.members())
                        .filteredOn(SnapshotMember::learner)
                        .singleElement()
                        .satisfies(member -> assertThat(member.peerUrls()).containsExactly("http://127.0.0.1:1"));
                assertThat(snapshot.alarms()).isEmpty();
                assertThat(snapshot.verify().holds()).isTrue();
            }
        }
    }

    private static String id(Tool client, String name) {
        for (JsonNode member : client.run("member", "list", "-w", "json").json().path("members")) {
            if (member.path("name").asText().equals(name)) {
                return Long.toHexString(member.path("ID").bigIntegerValue().longValue());
            }
        }
        throw new AssertionError("no member is called " + name);
    }

    /** etcd refuses to change members until it has seen all of them for some seconds. */
    private static void untilTaken(Tool client, Object... arguments) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (client.run(arguments).code() != 0) {
            assertThat(System.nanoTime()).as("time for %s", List.of(arguments)).isLessThan(end);
        }
    }

    /** Members of one cluster have files of their own, and the same hash of keys. */
    @Test
    void allMembersHaveTheSameHash() {
        try (EtcdCluster etcd = Testbed.etcd(3)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 3).changes(400).compactAtADeletion();
            gateway.put("after", "1");
            long revision = gateway.revision();
            List<HashKv> hashes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                // a read that all members agree on, so that each has come as far
                Tool member = Tool.client("etcdctl", etcd, i);
                assertThat(member.run("get", "x").code()).isZero();
                try (SnapshotFile snapshot = SnapshotFile.open(member.save(directory.resolve(i + ".db")))) {
                    hashes.add(snapshot.hashKv(revision));
                }
            }
            assertThat(hashes)
                    .containsOnly(hashKv(EtcdVersion.NEWER, etcd, revision))
                    .hasSize(3);
        }
    }

    @Test
    void aRestoreKeepsTheHashAndABumpAddsARow() {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 4).changes(300).compactAtADeletion();
            new Histories(gateway, 5).changes(100);
            Path file = Tool.client("etcdctl", etcd).save(directory.resolve("before.db"));
            Path plain = restore(file, "plain");
            Path bumped = restore(file, "bumped", "--bump-revision=1000000", "--mark-compacted");

            try (SnapshotFile before = SnapshotFile.open(file);
                    SnapshotFile after = SnapshotFile.open(plain);
                    SnapshotFile ahead = SnapshotFile.open(bumped)) {
                assertThat(after.hashKv()).isEqualTo(before.hashKv());
                assertThat(after.status().hash()).isNotEqualTo(before.status().hash());
                assertThat(SnapshotDiff.between(before, after).summary().total())
                        .isEqualTo(new DiffSummary.Counts(0, 0, 0));
                assertThat(after.verify().holds(Level.L2)).isTrue();
                assertThat(ahead.revision()).isEqualTo(before.revision() + 1_000_000);
                assertThat(ahead.compactRevision()).isEqualTo(ahead.revision());
                assertThat(ahead.verify().holds(Level.L2))
                        .as(ahead.verify().toString())
                        .isTrue();
                assertThat(Tool.of("etcdutl")
                                .run("snapshot", "status", bumped, "-w", "json")
                                .json()
                                .path("totalKey")
                                .asLong())
                        .isEqualTo(ahead.status().totalKey());
            }
        }
    }

    private Path restore(Path file, String name, String... options) {
        List<Object> arguments = new ArrayList<>(List.of(
                "snapshot",
                "restore",
                file,
                "--data-dir=" + directory.resolve(name),
                "--name=a",
                "--initial-cluster=a=http://127.0.0.1:1",
                "--initial-advertise-peer-urls=http://127.0.0.1:1"));
        arguments.addAll(List.of(options));
        assertThat(Tool.of("etcdutl").run(arguments.toArray()).code()).isZero();
        return directory.resolve(name).resolve("member/snap/db");
    }

    /** What a dead member leaves is sound, too; it has no SHA-256. */
    @Test
    void theDatabaseOfADeadMember() {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 6).changes(300);
            // a snapshot makes the server write all that it has in memory
            Tool.client("etcdctl", etcd).save(directory.resolve("saved.db"));
            etcd.kill(0);

            Verification verification = Verification.of(etcd.dataDirectory(0).resolve("member/snap/db"));
            assertThat(verification.holds(Level.L0)).isFalse();
            assertThat(verification.holds(Level.L1)).as(verification.toString()).isTrue();
            assertThat(verification.holds(Level.L2)).as(verification.toString()).isTrue();
        }
    }

    /** Every key that a real API server writes is decoded, and its value is of the same object. */
    @Test
    void keysAndValuesOfAnApiServer(@ApiServer(shared = false) KubernetesApi kubernetes) {
        EtcdCluster etcd = kubernetes.etcd().orElseThrow();
        Tool client = Tool.client("etcdctl", etcd);
        Path monday = client.save(directory.resolve("monday.db"));
        KubernetesObjects.create(kubernetes.client());
        Path tuesday = client.save(directory.resolve("tuesday.db"));

        try (SnapshotFile before = SnapshotFile.open(monday);
                SnapshotFile after = SnapshotFile.open(tuesday)) {
            List<String> odd = new ArrayList<>();
            List<String> types = new ArrayList<>();
            try (Stream<KeyRevision> keys = after.keys()) {
                keys.filter(key -> key.keyText().startsWith("/registry/")).forEach(key -> {
                    ResourceKey resource = key.resource().orElseThrow(() -> new AssertionError(key.toString()));
                    ResourceValue value = ResourceValue.of(key.value());
                    types.add(resource.type());
                    if (!KubernetesObjects.isNoObject(resource)
                            && !(value.group().equals(resource.group())
                                    && value.name().equals(resource.name())
                                    && value.namespace().equals(resource.namespace())
                                    && !value.uid().isEmpty())) {
                        odd.add(key + " is " + resource + ", its value " + value);
                    }
                });
            }
            assertThat(odd).isEmpty();
            assertThat(types)
                    .contains(
                            "apiservices.apiregistration.k8s.io",
                            "clusterroles.rbac.authorization.k8s.io",
                            "configmaps",
                            "crontabs.stable.example.com",
                            "customresourcedefinitions.apiextensions.k8s.io",
                            "deployments.apps",
                            "ingresses.networking.k8s.io",
                            "namespaces",
                            "nodes",
                            "ranges",
                            "replicationcontrollers",
                            "services");
            try (Stream<KeyDifference> differences =
                    SnapshotDiff.between(before, after).differences()) {
                assertThat(differences
                                .filter(difference -> difference.kind() == KeyDifference.Kind.ADDED)
                                .map(difference ->
                                        difference.resource().orElseThrow().toString()))
                        .contains("configmaps shop/settings", "deployments.apps shop/front", "nodes node-1");
            }
        }
    }
}
