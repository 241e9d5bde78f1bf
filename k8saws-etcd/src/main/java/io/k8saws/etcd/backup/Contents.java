package io.k8saws.etcd.backup;

import io.k8saws.etcd.backup.BackupManifest.Content;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.delta.Transaction;
import io.k8saws.etcd.registry.ResourceValue;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a received snapshot is found to be.
 *
 * @param verification L0 to L2, which all hold
 * @param content what is in it
 */
record Contents(Verification verification, Content content) {
    private static final byte[] ENCRYPTED = {'k', '8', 's', ':', 'e', 'n', 'c', ':'};

    /**
     * Looks at a file.
     *
     * @param pulse throws when it has taken too long
     * @throws io.k8saws.error.CorruptSnapshotException if a level does not hold
     */
    static Contents of(Path file, String sha256, List<AtRestKey> given, Runnable pulse) {
        try (SnapshotFile snapshot = SnapshotFile.open(file, pulse)) {
            Verification verification = snapshot.verify();
            for (Verification.Level level : Verification.Level.values()) {
                verification.requireHolds(level);
            }
            Live live = Live.of(snapshot, given);
            return new Contents(
                    verification,
                    new Content(
                            snapshot.revision(),
                            snapshot.compactRevision(),
                            snapshot.statusHash(),
                            snapshot.hashKv(),
                            verification.counts().keys(),
                            snapshot.size(),
                            sha256,
                            live.lastChange(),
                            live.atRestKeys()));
        }
    }

    /** What the last revision has put, and names of keys of encryption at rest. */
    private record Live(String lastChange, List<AtRestKey> atRestKeys) {
        /** From front to back, which is quicker than the order of keys; that order is for who has encrypted keys alone. */
        static Live of(SnapshotFile snapshot, List<AtRestKey> given) {
            long last = snapshot.revision();
            List<KeyChange> changes = new ArrayList<>();
            boolean[] encrypted = new boolean[1];
            try (Stream<KeyRevision> all = snapshot.history()) {
                all.forEach(key -> {
                    boolean ofLast = key.revision().main() == last && !key.deleted();
                    boolean unknown = !encrypted[0] && key.valueSize() > ENCRYPTED.length;
                    if (!ofLast && !unknown) {
                        return;
                    }
                    byte[] value = key.value();
                    encrypted[0] |= looksEncrypted(value);
                    if (ofLast) {
                        changes.add(KeyChange.put(key.key(), value, key.createRevision(), key.version(), key.lease()));
                    }
                });
            }
            return new Live(Transaction.fingerprint(changes), encrypted[0] ? namesOfKeys(snapshot, given) : given);
        }
    }

    private static List<AtRestKey> namesOfKeys(SnapshotFile snapshot, List<AtRestKey> given) {
        Map<String, AtRestKey> keys = new TreeMap<>();
        given.forEach(key -> keys.put(key.provider() + ":" + key.name(), key));
        try (Stream<KeyRevision> live = snapshot.keys()) {
            live.filter(key -> key.valueSize() > ENCRYPTED.length)
                    .map(KeyRevision::value)
                    .filter(Contents::looksEncrypted)
                    .map(ResourceValue::of)
                    .filter(value -> value.encoding() == ResourceValue.Encoding.ENCRYPTED)
                    .forEach(value -> keys.merge(
                            value.provider() + ":" + value.keyName(),
                            new AtRestKey(value.provider(), value.keyName(), "", 1),
                            (known, one) -> new AtRestKey(
                                    known.provider(), known.name(), known.fingerprint(), known.values() + 1)));
        }
        return new ArrayList<>(keys.values());
    }

    private static boolean looksEncrypted(byte[] value) {
        return value.length > ENCRYPTED.length
                && Arrays.equals(value, 0, ENCRYPTED.length, ENCRYPTED, 0, ENCRYPTED.length);
    }
}
