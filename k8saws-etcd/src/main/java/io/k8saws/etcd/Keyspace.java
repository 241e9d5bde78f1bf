package io.k8saws.etcd;

import io.k8saws.error.EtcdCallException;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.internal.seam.EntryPage;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.Ids;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotDiff;
import io.k8saws.etcd.snapshot.SnapshotFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads keys of a live etcd and watches them. */
record Keyspace(EtcdCalls calls) {
    /** What a majority says of the whole store: revision and cluster. */
    EntryPage look() {
        return calls.range(new byte[] {0}, new byte[0], 0, 1, true);
    }

    void requireMajority(Supplier<EtcdHealth> health) {
        try {
            look();
        } catch (EtcdCallException e) {
            switch (e.reason()) {
                case ACCESS_DENIED:
                    if (e.failure().code().equals("PERMISSION_DENIED")) {
                        return; // a majority was asked before the key was refused to this user
                    }
                    throw e;
                case UNREACHABLE:
                case NO_ANSWER:
                case NO_QUORUM:
                    health.get().requireQuorum();
                    throw e;
                default:
                    throw e;
            }
        }
    }

    Optional<StoredKey> key(String key) {
        return calls.range(bytes(key), new byte[0], 0, 1, false).entries().stream()
                .findFirst()
                .map(StoredKey::new);
    }

    Stream<StoredKey> keys(String prefix, long revision) {
        byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
        KeyPages pages = new KeyPages(calls, firstOf(bytes), KeyPages.endOf(bytes), revision);
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        pages, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL),
                false);
    }

    SnapshotDiff diff(SnapshotFile before, String prefix, long revision) {
        return SnapshotDiff.between(before, prefix, () -> keys(prefix, revision)
                .map(key -> KeyRevision.live(
                        key.key(), key.value(), key.createRevision(), key.modRevision(), key.version(), key.lease())));
    }

    void watch(String prefix, long fromRevision, Duration limit, KeyEvents.Sink sink) {
        byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
        calls.watch(
                firstOf(bytes),
                KeyPages.endOf(bytes),
                fromRevision,
                limit,
                (cluster, revision, changes) -> sink.accept(new KeyEvents(
                        Ids.text(cluster),
                        revision,
                        changes.stream()
                                .map(change -> new KeyEvents.KeyEvent(new StoredKey(change.entry()), change.deleted()))
                                .toList())));
    }

    /** The whole store begins at the byte 0. */
    private static byte[] firstOf(byte[] prefix) {
        return prefix.length == 0 ? new byte[1] : prefix;
    }

    static byte[] bytes(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a key of etcd has one byte or more");
        }
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
