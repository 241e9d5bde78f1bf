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
                            snapshot.status().hash(),
                            snapshot.hashKv(),
                            verification.counts().keys(),
                            snapshot.size(),
                            sha256,
                            live.lastChange(),
                            live.atRestKeys()));
        }
    }

    /** What one look at all live keys finds: names of keys of encryption at rest, and what the last revision has put, as all of that is live. */
    private record Live(String lastChange, List<AtRestKey> atRestKeys) {
        static Live of(SnapshotFile snapshot, List<AtRestKey> given) {
            long last = snapshot.revision();
            List<KeyChange> changes = new ArrayList<>();
            Map<String, AtRestKey> names = new TreeMap<>();
            given.forEach(key -> names.put(key.provider() + ":" + key.name(), key));
            try (Stream<KeyRevision> live = snapshot.keys()) {
                live.forEach(key -> {
                    boolean ofLast = key.revision().main() == last;
                    if (!ofLast && key.valueSize() <= ENCRYPTED.length) {
                        return;
                    }
                    byte[] value = key.value();
                    if (ofLast) {
                        changes.add(KeyChange.put(key.key(), value, key.createRevision(), key.version(), key.lease()));
                    }
                    if (looksEncrypted(value)) {
                        name(names, ResourceValue.of(value));
                    }
                });
            }
            return new Live(Transaction.fingerprint(changes), new ArrayList<>(names.values()));
        }

        private static void name(Map<String, AtRestKey> names, ResourceValue value) {
            if (value.encoding() == ResourceValue.Encoding.ENCRYPTED) {
                names.merge(
                        value.provider() + ":" + value.keyName(),
                        new AtRestKey(value.provider(), value.keyName(), "", 1),
                        (known, one) ->
                                new AtRestKey(known.provider(), known.name(), known.fingerprint(), known.values() + 1));
            }
        }
    }

    private static boolean looksEncrypted(byte[] value) {
        return value.length > ENCRYPTED.length
                && java.util.Arrays.equals(value, 0, ENCRYPTED.length, ENCRYPTED, 0, ENCRYPTED.length);
    }
}
