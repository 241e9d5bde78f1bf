package io.k8saws.etcd.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.bolt.BoltImage;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.etcd.snapshot.Verification.Outcome;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationTest {
    private static final byte[] KEY = "k".getBytes(UTF_8);
    private static final byte[] VALUE = "v".getBytes(UTF_8);

    @TempDir
    Path directory;

    @Test
    void aGoodFileHoldsOnAllLevels() {
        Verification verification = Verification.of(EtcdContent.random(1, 500).save(directory.resolve("good.db")));

        assertThat(verification.holds()).isTrue();
        assertThat(verification.requireHolds(Level.L2)).isSameAs(verification);
        assertThat(verification.counts().changes()).isEqualTo(500);
        assertThat(verification.counts().leases()).isEqualTo(2);
        assertThat(verification.counts().members()).isEqualTo(1);
        assertThat(verification.counts().buckets()).isEqualTo(10);
        assertThat(verification.counts().keys()).isPositive().isLessThan(500);
        assertThat(verification.toString().lines())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("  L0 bytes     holds    SHA-256 "))
                .anyMatch(line -> line.contains("L2 content   holds    revision 501, compacted at 0, 500 changes"));
    }

    @Test
    void aCopyOfADatabaseIsSoundButNotProvenToBeWhatWasSent() {
        byte[] pages = BoltImage.pages(EtcdContent.random(1, 50).content(), 4096);
        Verification verification = Verification.of(EtcdContent.save(directory.resolve("db"), pages));

        assertThat(verification.holds(Level.L0)).isFalse();
        assertThat(verification.holds(Level.L1)).isTrue();
        assertThat(verification.holds(Level.L2)).isTrue();
        assertThat(verification.firstFailure().orElseThrow().text()).startsWith("there is no SHA-256");
        // bbolt lets a file grow ahead of its pages
        byte[] longer = Arrays.copyOf(pages, pages.length + 8192);
        Verification grown = Verification.of(EtcdContent.save(directory.resolve("db"), longer));
        assertThat(grown.holds(Level.L0)).isFalse();
        assertThat(grown.holds(Level.L2)).isTrue();
    }

    @Test
    void aLengthThatEtcdWouldTakeIsNotEnough() {
        byte[] file = EtcdContent.random(1, 50).snapshot(4096);
        byte[] longer = Arrays.copyOf(file, file.length + 512);

        Verification verification = Verification.of(EtcdContent.save(directory.resolve("longer.db"), longer));

        assertThat(verification.holds(Level.L0)).isFalse();
        assertThat(verification.finding(Level.L0).text()).contains("its").contains("pages and a SHA-256 have");
    }

    /** As trees and lists these bytes would be more than this JVM has. */
    @ParameterizedTest
    @ValueSource(strings = {"members", "authRoles", "authUsers"})
    void whatIsSmallInTheFileIsNotLargeInMemory(String bucket) {
        int bytes = 12 << 20;
        EtcdContent etcd = EtcdContent.random(1, 50);
        if (bucket.equals("members")) {
            etcd.content().put(bucket, "1f", "{\"id\":31,\"a\":[" + "{},".repeat(bytes / 3) + "{}]}");
        } else {
            byte[] message = new byte[bytes];
            for (int i = 0; i < bytes; i += 2) {
                message[i] = (byte) (bucket.equals("authRoles") ? 2 << 3 | 2 : 3 << 3 | 2);
            }
            etcd.content().put(bucket, "x".getBytes(UTF_8), message);
        }
        Verification verification = Verification.of(etcd.save(directory.resolve("large.db")));

        assertThat(verification.holds(Level.L1)).isTrue();
        assertThat(verification.holds(Level.L2)).isFalse();
        assertThat(verification.finding(Level.L2).text())
                .contains(bucket.equals("members") ? "bucket members has more than" : "roles and permissions");
    }

    @Test
    void whatIsNoSnapshotAtAllIsAFindingToo() {
        Verification verification = Verification.of(EtcdContent.save(directory.resolve("x.db"), new byte[5000]));

        assertThat(verification.findings())
                .extracting(Verification.Finding::outcome)
                .containsExactly(Outcome.FAILS, Outcome.FAILS, Outcome.UNKNOWN);
        assertThatThrownBy(() -> verification.requireHolds(Level.L2))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("L0 (bytes) does not hold: neither meta page is valid");
        Path missing = directory.resolve("missing.db");
        assertThatThrownBy(() -> Verification.of(missing)).isExactlyInstanceOf(K8sAwsException.class);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                row("says that it is of revision 8", EtcdContent.keyValue(KEY, 8, 8, 1, VALUE, 0)),
                row("a key was made at revision 10", EtcdContent.keyValue(KEY, 10, 9, 1, VALUE, 0)),
                row("a key was made at revision 0", EtcdContent.keyValue(KEY, 0, 9, 1, VALUE, 0)),
                row("a key has version 0", EtcdContent.keyValue(KEY, 9, 9, 0, VALUE, 0)),
                row("a row has no key", EtcdContent.keyValue(new byte[0], 9, 9, 1, VALUE, 0)),
                row("a value is no KeyValue", new byte[] {10, 50}),
                row("field 2 of a KeyValue has another type", new byte[] {18, 1, 1}),
                row("has lease 4d, which is not there", EtcdContent.keyValue(KEY, 9, 9, 1, VALUE, 77)),
                fault(
                        "a deletion has more than a key",
                        content -> content.put(
                                "key",
                                EtcdContent.revisionKey(9, 0, true),
                                EtcdContent.keyValue(KEY, 9, 9, 1, VALUE, 0))),
                fault("a revision has 3 bytes", content -> content.put("key", "abc", VALUE)),
                fault("what should be a revision is none", content -> content.put("key", "01234567_01234567x", VALUE)),
                fault(
                        "what should be a revision is none",
                        content -> content.put("key", EtcdContent.revisionKey(-1, 0, false), VALUE)),
                fault(
                        "a lease has another id",
                        content -> content.put("lease", EtcdContent.number(5), new byte[] {8, 6, 16, 60})),
                fault(
                        "a lease cannot be decoded",
                        content -> content.put("lease", EtcdContent.number(5), new byte[] {8})),
                fault("member abc has another id", content -> content.put("members", "abc", "{\"id\":1}")),
                fault("a value is no JSON", content -> content.put("members", "1", "{\"id\":")),
                fault(
                        "a value is no JSON",
                        content -> content.put("members", "1", new byte[] {0, 0, 0, '{', -1, -1, -1, -1})),
                fault("a value is no JSON object", content -> content.put("members", "1", "[]")),
                fault("a user cannot be decoded", content -> content.put("authUsers", "x", new byte[] {10})),
                fault("a role cannot be decoded", content -> content.put("authRoles", "x", new byte[] {10})),
                fault("a permission has type 7", content -> content.put("authRoles", "x", new byte[] {18, 2, 8, 7})),
                fault("an alarm cannot be decoded", content -> content.put("alarm", new byte[] {9}, VALUE)),
                fault("term has 1 bytes", content -> content.put("meta", "term", VALUE)),
                fault(
                        "finishedCompactRev is no revision",
                        content -> content.put("meta", "finishedCompactRev", VALUE)));
    }

    private static Arguments row(String message, byte[] value) {
        return fault(message, content -> content.put("key", EtcdContent.revisionKey(9, 0, false), value));
    }

    private static Arguments fault(String message, Consumer<BoltImage.Content> change) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void contentThatEtcdNeverWritesFailsOnTheSecondLevelAlone(String message, Consumer<BoltImage.Content> change) {
        EtcdContent etcd = new EtcdContent().put("a", "1");
        change.accept(etcd.content());

        Verification verification = Verification.of(etcd.save(directory.resolve("odd.db")));

        assertThat(verification.holds(Level.L0)).isTrue();
        assertThat(verification.holds(Level.L1)).isTrue();
        assertThat(verification.finding(Level.L2).outcome()).isEqualTo(Outcome.FAILS);
        assertThat(verification.finding(Level.L2).text()).contains(message);
    }

    /** A key that has lost its lease long ago may be in the history; only live keys must have theirs. */
    @Test
    void aLeaseOfThePastIsNotMissed() {
        EtcdContent etcd = new EtcdContent()
                .put("gone", VALUE, 77)
                .put("kept", VALUE, 77)
                .delete("gone")
                .put("kept", "2");

        assertThat(Verification.of(etcd.save(directory.resolve("past.db"))).holds())
                .isTrue();
    }
}
