package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.etcd.delta.DeltaWriter;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.delta.Transaction;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.store.BackupStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A made-up etcd with a full backup and segments that go on from it. */
abstract class SegmentsFixture {
    static final String CLUSTER = "00000000000000aa";
    static final Duration LIMIT = Duration.ofMinutes(1);
    static final NewCluster TARGET = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));

    @TempDir
    Path directory;

    BackupStore store;
    Backups backups;
    Backup base;
    long at;
    Duration ahead = Duration.ZERO;

    @BeforeEach
    void open() {
        store = BackupStore.directory(directory.resolve("store"));
        backups = Backups.in(store, "payments");
        base = backup(new EtcdContent().put("a", "1").put("b", "1"), backups);
        at = base.manifest().content().revision();
        assertThat(at).isEqualTo(3);
    }

    Backup backup(EtcdContent content, Backups with) {
        SnapshotSource file = SnapshotSource.file(content.save(directory.resolve("source.db")));
        SnapshotSource source = (sink, limit) -> {
            SnapshotOrigin from = file.stream(sink, limit);
            return new SnapshotOrigin(CLUSTER, "1", "a", "http://a:2379", "3.6.1", from.bytes(), from.sha256());
        };
        return with.backup(source, BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);
    }

    /** The next revisions, each of which puts a new key. */
    StoredSegment segment(int revisions) {
        try (DeltaWriter writer = DeltaWriter.after(CLUSTER, at)) {
            for (int i = 0; i < revisions; i++) {
                at++;
                byte[] key = {'k', (byte) at};
                assertThat(writer.add(new Transaction(
                                at,
                                Instant.EPOCH.plusSeconds(at).plus(ahead),
                                List.of(KeyChange.put(key, key, at, 1, 0)))))
                        .isEmpty();
            }
            return backups.segments("main").store(writer.write(directory.resolve("segment-" + at)), base.id());
        }
    }

    void damage(StoredSegment segment) {
        flip(directory.resolve("store").resolve(segment.object().key()));
    }

    static void flip(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 40] ^= 1;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
