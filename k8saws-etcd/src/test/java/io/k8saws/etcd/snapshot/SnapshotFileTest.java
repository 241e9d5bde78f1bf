package io.k8saws.etcd.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.bolt.BoltImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotFileTest {
    @TempDir
    Path directory;

    @Test
    void tellsWhatIsInIt() {
        EtcdContent etcd = new EtcdContent()
                .lease(77, 60)
                .put("b", "1")
                .put("a", "1".getBytes(UTF_8), 77)
                .put("b", "22")
                .transaction("x", "c", "d")
                .delete("c");

        try (SnapshotFile snapshot = open(etcd)) {
            assertThat(snapshot.revision()).isEqualTo(6);
            assertThat(snapshot.compactRevision()).isZero();
            assertThat(snapshot.hasTrailer()).isTrue();
            assertThat(snapshot.clusterVersion()).contains("3.6.0");
            assertThat(snapshot.storageVersion()).contains("3.6.0");
            assertThat(snapshot.consistentIndex()).hasValue(4);
            assertThat(snapshot.term()).hasValue(2);
            assertThat(snapshot.history().map(KeyRevision::toString))
                    .containsExactly(
                            "b at 2, version 1, 1 bytes",
                            "a at 3, version 1, 1 bytes, lease 4d",
                            "b at 4, version 2, 2 bytes",
                            "c at 5, version 1, 1 bytes",
                            "d at 5.1, version 1, 1 bytes",
                            "c at 6, deleted");
            assertThat(keys(snapshot, Long.MAX_VALUE)).containsExactly("a=1", "b=22", "d=x");
            assertThat(snapshot.leases()).containsExactly(new SnapshotLease(77, Duration.ofMinutes(1), Duration.ZERO));
            assertThat(snapshot.members())
                    .containsExactly(new SnapshotMember(
                            "8e9e05c52164694d",
                            "default",
                            List.of("http://localhost:2380"),
                            List.of("http://localhost:2379"),
                            false));
            assertThat(snapshot.removedMembers()).isEmpty();
            assertThat(snapshot.alarms()).isEmpty();
            assertThat(snapshot.auth().enabled()).isFalse();
            assertThat(snapshot.status().totalKey()).isEqualTo(3);
            assertThat(snapshot.statusHash()).isEqualTo(snapshot.status().hash());
            assertThat(snapshot.status().totalElements())
                    .isEqualTo(etcd.content().elements());
        }
    }

    /** As protocol buffers have it, and as etcd reads it. Found by mutated files. */
    @Test
    void ofAFieldThatIsThereTwiceTheLastCounts() {
        EtcdContent etcd = new EtcdContent().put("b", "1");
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.writeBytes(EtcdContent.keyValue("a".getBytes(UTF_8), 3, 3, 1, "first".getBytes(UTF_8), 0));
        twice.writeBytes(EtcdContent.keyValue(new byte[0], 0, 0, 0, "last one".getBytes(UTF_8), 0));
        etcd.content().put("key", EtcdContent.revisionKey(3, 0, false), twice.toByteArray());

        try (SnapshotFile snapshot = open(etcd)) {
            assertThat(keys(snapshot, Long.MAX_VALUE)).containsExactly("a=last one", "b=1");
            assertThat(snapshot.history().map(KeyRevision::valueSize)).containsExactly(1, 8);
        }
    }

    @Test
    void keysAsTheyWere() {
        EtcdContent etcd = new EtcdContent()
                .put("a", "1")
                .put("b", "1")
                .delete("a")
                .put("a", "2")
                .put("b", "2");

        try (SnapshotFile snapshot = open(etcd)) {
            assertThat(keys(snapshot, 1)).isEmpty();
            assertThat(keys(snapshot, 2)).containsExactly("a=1");
            assertThat(keys(snapshot, 3)).containsExactly("a=1", "b=1");
            assertThat(keys(snapshot, 4)).containsExactly("b=1");
            assertThat(keys(snapshot, 5)).containsExactly("a=2", "b=1");
            assertThat(keys(snapshot, 99)).containsExactly("a=2", "b=2");
        }
    }

    @Test
    void whatWasCompactedIsNotAnswered() {
        EtcdContent etcd = new EtcdContent().put("a", "1").put("a", "2").put("a", "3");
        etcd.content().put("meta", "scheduledCompactRev", EtcdContent.revisionKey(3, 0, false));
        etcd.content().put("meta", "finishedCompactRev", EtcdContent.revisionKey(3, 0, false));

        try (SnapshotFile snapshot = open(etcd)) {
            assertThat(snapshot.compactRevision()).isEqualTo(3);
            assertThatThrownBy(() -> snapshot.keys(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("was compacted. Ask for 3 to 4.");
            assertThatThrownBy(() -> snapshot.hashKv(2)).hasMessageContaining("was compacted");
            assertThatThrownBy(() -> snapshot.hashKv(5)).hasMessageContaining("lies ahead");
            assertThat(snapshot.hashKv(3).compactRevision()).isEqualTo(3);
        }
    }

    @Test
    void aCompactionAheadOfTheLastChangeIsTheRevision() {
        EtcdContent etcd = new EtcdContent().put("a", "1");
        etcd.content().put("meta", "scheduledCompactRev", EtcdContent.revisionKey(1_000_000, 0, false));

        try (SnapshotFile snapshot = open(etcd)) {
            assertThat(snapshot.revision()).isEqualTo(1_000_000);
            assertThat(snapshot.status().revision()).isEqualTo(2);
        }
    }

    /** etcdutl snapshot restore --bump-revision adds a row without key and value. */
    @Test
    void theRowOfABumpIsTaken() {
        EtcdContent etcd = new EtcdContent().put("a", "1");
        etcd.content().put("key", EtcdContent.revisionKey(1_000_002, 0, false), new byte[0]);

        try (SnapshotFile snapshot = open(etcd)) {
            assertThat(snapshot.revision()).isEqualTo(1_000_002);
            assertThat(snapshot.verify().holds()).isTrue();
        }
    }

    @Test
    void usersRolesAndAlarms() {
        EtcdContent etcd = new EtcdContent();
        etcd.content()
                .put("auth", "authEnabled", new byte[] {1})
                .put("authUsers", "root", new byte[] {
                    10, 4, 'r', 'o', 'o', 't', 18, 2, '$', '2', 26, 4, 'r', 'o', 'o', 't'
                })
                .put("authUsers", "cert", new byte[] {10, 4, 'c', 'e', 'r', 't', 34, 2, 8, 1})
                .put("authRoles", "root", new byte[] {10, 4, 'r', 'o', 'o', 't'})
                .put("authRoles", "part", new byte[] {
                    10, 4, 'p', 'a', 'r', 't', 18, 8, 8, 2, 18, 1, 'a', 26, 1, 'b', 18, 3, 18, 1, 'k'
                })
                .put("alarm", new byte[] {8, 5, 16, 1}, new byte[0])
                .put("members_removed", "abc", "removed");

        try (SnapshotFile snapshot = open(etcd)) {
            SnapshotAuth auth = snapshot.auth();
            assertThat(auth.enabled()).isTrue();
            assertThat(auth.revision()).isEqualTo(1);
            assertThat(auth.users())
                    .containsExactly(
                            new SnapshotAuth.User("cert", List.of(), false),
                            new SnapshotAuth.User("root", List.of("root"), true));
            assertThat(auth.roles().get(0).permissions())
                    .extracting(SnapshotAuth.Permission::toString)
                    .containsExactly("READWRITE [a, b)", "READ k");
            assertThat(auth).hasToString("auth on, 2 users, 2 roles");
            assertThat(auth.users().toString()).doesNotContain("$2");
            assertThat(snapshot.alarms()).containsExactly(new SnapshotAlarm("5", SnapshotAlarm.Type.NOSPACE));
            assertThat(snapshot.removedMembers()).containsExactly("abc");
            assertThat(snapshot.verify().holds()).isTrue();
        }
    }

    /** The constants are those of TestSnapshotStatus in etcdutl's own snapshot/v3_snapshot_test.go, in 3.6.10 and 3.7.1. */
    @ParameterizedTest
    @ValueSource(strings = {"3.6.0 62132b4d", "3.7.0 e7a6e44b"})
    void theStatusHashIsThatOfEtcdsOwnTest(String versionAndHash) {
        String version = versionAndHash.substring(0, 5);
        EtcdContent etcd = new EtcdContent().meta(14, 2);
        etcd.content().put("cluster", "clusterVersion", version).put("meta", "storageVersion", version);
        for (int i = 0; i < 10; i++) {
            etcd.put(Integer.toString(i), new byte[100], 0);
        }

        try (SnapshotFile snapshot = open(etcd)) {
            SnapshotStatus status = snapshot.status();
            assertThat(Long.toHexString(status.hash())).isEqualTo(versionAndHash.substring(6));
            assertThat(status.revision()).isEqualTo(11);
            assertThat(status.totalKey()).isEqualTo(10);
            assertThat(status.version()).isEqualTo(version);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 4096, 16_384, 65_536})
    void thePageSizeDoesNotMatter(int pageSize) {
        EtcdContent etcd = EtcdContent.random(42, 3000);
        List<String> changes;
        HashKv hash;
        try (SnapshotFile snapshot = open(etcd)) {
            changes = snapshot.history().map(KeyRevision::toString).toList();
            hash = snapshot.hashKv();
        }

        Path file = EtcdContent.save(directory.resolve("other.db"), etcd.snapshot(pageSize));
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(snapshot.history().map(KeyRevision::toString)).containsExactlyElementsOf(changes);
            assertThat(snapshot.hashKv()).isEqualTo(hash);
            assertThat(snapshot.verify().holds()).isTrue();
        }
    }

    @Test
    void aBoltFileOfSomebodyElseIsNone() {
        Path file = EtcdContent.save(
                directory.resolve("other.db"),
                BoltImage.withTrailer(BoltImage.pages(new BoltImage.Content().put("pods", "a", "b"), 4096)));

        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThatThrownBy(snapshot::history)
                    .isInstanceOf(CorruptSnapshotException.class)
                    .hasMessageContaining("there is no bucket key");
            assertThat(snapshot.verify().finding(Verification.Level.L2).outcome())
                    .isEqualTo(Verification.Outcome.FAILS);
        }
    }

    private SnapshotFile open(EtcdContent etcd) {
        return SnapshotFile.open(etcd.save(directory.resolve("snapshot.db")));
    }

    private static List<String> keys(SnapshotFile snapshot, long revision) {
        try (Stream<KeyRevision> keys = snapshot.keys(revision)) {
            return keys.map(key -> key.keyText() + "=" + new String(key.value(), UTF_8))
                    .toList();
        }
    }
}
