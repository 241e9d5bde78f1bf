package io.k8saws.etcd.backup;

import io.k8saws.etcd.backup.BackupManifest.Content;
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
     * @throws io.k8saws.error.CorruptSnapshotException if a level does not hold
     */
    static Contents of(Path file, String sha256, List<AtRestKey> given) {
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            Verification verification = snapshot.verify();
            for (Verification.Level level : Verification.Level.values()) {
                verification.requireHolds(level);
            }
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
                            atRestKeys(snapshot, given)));
        }
    }

    private static List<AtRestKey> atRestKeys(SnapshotFile snapshot, List<AtRestKey> given) {
        Map<String, AtRestKey> keys = new TreeMap<>();
        given.forEach(key -> keys.put(key.provider() + ":" + key.name(), key));
        if (!anyEncrypted(snapshot)) {
            return new ArrayList<>(keys.values());
        }
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

    /** From front to back, which is quicker than the order of keys; mostly the first Secret answers it. */
    private static boolean anyEncrypted(SnapshotFile snapshot) {
        try (Stream<KeyRevision> all = snapshot.history()) {
            return all.filter(key -> key.valueSize() > ENCRYPTED.length)
                    .map(KeyRevision::value)
                    .anyMatch(Contents::looksEncrypted);
        }
    }

    private static boolean looksEncrypted(byte[] value) {
        return java.util.Arrays.equals(value, 0, ENCRYPTED.length, ENCRYPTED, 0, ENCRYPTED.length);
    }
}
