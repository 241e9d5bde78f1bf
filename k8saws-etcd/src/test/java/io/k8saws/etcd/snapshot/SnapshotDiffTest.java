package io.k8saws.etcd.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotDiffTest {
    @TempDir
    Path directory;

    @Test
    void keysByWhatHappenedToThem() {
        EtcdContent before = new EtcdContent()
                .put("/registry/pods/shop/web", "1")
                .put("/registry/pods/shop/old", "1")
                .put("/registry/deployments/shop/web", "1")
                .put("/registry/minions/node-1", "same")
                .put("compact_rev_key", "5");
        EtcdContent after = new EtcdContent()
                .put("/registry/minions/node-1", "same")
                .put("/registry/pods/shop/web", "22")
                .put("/registry/pods/shop/new", "333")
                .put("/registry/deployments/shop/web", "1")
                .put("compact_rev_key", "6");

        try (SnapshotFile left = open("a.db", before);
                SnapshotFile right = open("b.db", after)) {
            SnapshotDiff diff = SnapshotDiff.between(left, right);
            try (Stream<KeyDifference> differences = diff.differences()) {
                assertThat(differences.map(KeyDifference::toString))
                        .containsExactly(
                                "+ pods shop/new, revision 4, 3 bytes",
                                "- pods shop/old, revision 3, 1 bytes",
                                "~ pods shop/web, revision 2 -> 3, 1 -> 2 bytes",
                                "~ compact_rev_key, revision 6 -> 6, 1 -> 1 bytes");
            }
            DiffSummary summary = diff.summary();
            assertThat(summary.types())
                    .containsEntry("pods", new DiffSummary.Counts(1, 1, 1))
                    .containsEntry(DiffSummary.OTHER, new DiffSummary.Counts(0, 0, 1))
                    .hasSize(2);
            assertThat(summary.same()).isEqualTo(2);
            assertThat(summary.rewritten()).isEqualTo(2);
            assertThat(summary.toString())
                    .contains("total")
                    .contains("+1 -1 ~2")
                    .endsWith("2 the same, 2 of them written again");
        }
    }

    /** Whatever the histories are, the differences are those of two maps. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void differencesAreThoseOfTheLiveKeys(long seed) {
        try (SnapshotFile left = open("a.db", EtcdContent.random(seed, 2000));
                SnapshotFile right = open("b.db", EtcdContent.random(seed + 100, 1500))) {
            Map<String, String> expected = new TreeMap<>();
            Map<String, String> before = live(left);
            Map<String, String> after = live(right);
            before.forEach((key, value) -> {
                if (!after.containsKey(key)) {
                    expected.put(key, "-");
                } else if (!after.get(key).equals(value)) {
                    expected.put(key, "~");
                }
            });
            after.keySet().stream().filter(key -> !before.containsKey(key)).forEach(key -> expected.put(key, "+"));

            Map<String, String> found = new TreeMap<>();
            try (Stream<KeyDifference> differences =
                    SnapshotDiff.between(left, right).differences()) {
                differences.forEach(difference -> found.put(
                        difference.newest().keyText(), difference.kind().sign()));
            }
            assertThat(found).isEqualTo(expected).isNotEmpty();
            assertThat(SnapshotDiff.between(left, left).summary().total()).isEqualTo(new DiffSummary.Counts(0, 0, 0));
        }
    }

    /** The live keys by the history, without any sorting. */
    private static Map<String, String> live(SnapshotFile snapshot) {
        Map<String, String> live = new HashMap<>();
        snapshot.history().forEach(change -> {
            if (change.deleted()) {
                live.remove(change.keyText());
            } else {
                live.put(change.keyText(), new String(change.value(), StandardCharsets.ISO_8859_1));
            }
        });
        return live;
    }

    private SnapshotFile open(String name, EtcdContent etcd) {
        return SnapshotFile.open(etcd.save(directory.resolve(name)));
    }
}
