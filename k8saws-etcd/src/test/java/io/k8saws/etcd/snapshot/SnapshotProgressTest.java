package io.k8saws.etcd.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.progress.ProgressEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reads a whole file says how far it is. */
class SnapshotProgressTest {
    @TempDir
    Path directory;

    private final List<ProgressEvent> heard = new ArrayList<>();

    private List<String> complete() {
        return heard.stream()
                .filter(event -> event instanceof ProgressEvent.StageAdvanced stage && stage.complete())
                .map(event -> (ProgressEvent.StageAdvanced) event)
                .map(stage -> stage.stage() + " " + stage.done() + " " + stage.unit())
                .toList();
    }

    private ProgressEvent.OperationFinished end() {
        return (ProgressEvent.OperationFinished) heard.get(heard.size() - 1);
    }

    @Test
    void aVerificationTellsOfItsThreeLevels() {
        EtcdContent content = EtcdContent.random(7, 3000);
        Path file = content.save(directory.resolve("a.db"));
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            Verification found = snapshot.verify(heard::add);

            assertThat(found).isEqualTo(snapshot.verify());
            assertThat(complete().get(0)).isEqualTo("bytes " + (snapshot.size() - 32) + " bytes");
            assertThat(complete().get(1)).startsWith("structure ").endsWith(" elements");
            assertThat(complete().get(2)).isEqualTo("content " + found.counts().changes() + " changes");
            assertThat(end().done()).isEqualTo(3);
        }
    }

    @Test
    void whatIsNotLookedAtIsNotDone() {
        byte[] bytes = EtcdContent.random(7, 300).snapshot(4096);
        byte[] withoutSum = Arrays.copyOf(bytes, bytes.length - 32);
        try (SnapshotFile snapshot = SnapshotFile.open(EtcdContent.save(directory.resolve("b.db"), withoutSum))) {
            assertThat(snapshot.verify(heard::add).holds()).isFalse();
        }
        assertThat(complete()).hasSize(2);
        assertThat(end().notDone()).isEqualTo(1);
    }

    @Test
    void aHashAndADiffTellHowFarTheyAre() {
        try (SnapshotFile before = SnapshotFile.open(EtcdContent.random(7, 3000).save(directory.resolve("a.db")));
                SnapshotFile after =
                        SnapshotFile.open(EtcdContent.random(8, 3000).save(directory.resolve("b.db")))) {
            assertThat(before.hashKv(before.revision(), heard::add)).isEqualTo(before.hashKv());
            assertThat(complete())
                    .singleElement()
                    .asString()
                    .startsWith("hash ")
                    .endsWith(" changes");

            heard.clear();
            assertThat(SnapshotDiff.between(before, after)
                            .withProgress(heard::add)
                            .summary())
                    .isEqualTo(SnapshotDiff.between(before, after).summary());
            assertThat(complete()).hasSize(2);
            assertThat(complete().get(0)).isEqualTo("read 2 sides");
            assertThat(complete().get(1)).startsWith("compare ").endsWith(" keys");
            assertThatThrownBy(() -> before.hashKv(before.revision() + 1, heard::add))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
