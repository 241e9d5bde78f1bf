package io.k8saws.etcd.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.progress.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who writes a large directory hears how far it is, and can end it. */
class RestoreProgressTest {
    private static final NewCluster CLUSTER = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));

    @TempDir
    Path directory;

    private final List<ProgressEvent> heard = new ArrayList<>();

    private SnapshotRestore restore() {
        return SnapshotRestore.of(EtcdContent.random(5, 200).save(directory.resolve("source.db")), CLUSTER);
    }

    @Test
    void eachStageIsTold() {
        Path data = directory.resolve("data");

        RestoredDirectory made = restore().write("a", data, heard::add);

        assertThat(heard).first().isInstanceOf(ProgressEvent.OperationStarted.class);
        assertThat(heard.stream()
                        .filter(event -> event instanceof ProgressEvent.StageAdvanced stage && stage.complete())
                        .map(event -> ((ProgressEvent.StageAdvanced) event).stage()))
                .containsExactly("prove", "write", "compare");
        assertThat(heard).last().isInstanceOfSatisfying(ProgressEvent.OperationFinished.class, end -> assertThat(
                        List.of(end.done(), end.notDone()))
                .containsExactly(3, 0));
        assertThat(made.revision()).isPositive();
        assertThat(data.resolve("member/snap/db")).exists();
    }

    @Test
    void aFailureIsTold() throws IOException {
        SnapshotRestore restore = restore();
        byte[] bytes = Files.readAllBytes(restore.snapshot());
        bytes[bytes.length - 1] ^= 1;
        Files.write(restore.snapshot(), bytes);

        assertThatThrownBy(() -> restore.write("a", directory.resolve("data"), heard::add))
                .isInstanceOf(CorruptSnapshotException.class);
        assertThat(heard).last().isInstanceOfSatisfying(ProgressEvent.OperationFinished.class, end -> assertThat(
                        end.notDone())
                .isPositive());
    }

    /** The listener's thread is that which writes. */
    @Test
    void anInterruptEndsIt_andTheDirectoryIsNotThere() {
        Path data = directory.resolve("data");

        assertThatThrownBy(() -> restore().write("a", data, event -> {
                    if (event instanceof ProgressEvent.StageAdvanced) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(data.resolve("member")).doesNotExist();

        assertThat(restore().write("a", data).revision()).isPositive();
    }
}
