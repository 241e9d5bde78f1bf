package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.BackupList.Unreadable;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads which backups of a cluster there are.
 *
 * @param store where they lie
 * @param cluster the cluster's name there
 * @param refused which manifests are not to be trusted, though they are whole
 */
record BackupListing(BackupStore store, String cluster, Predicate<BackupManifest> refused) {
    /** Manifests and proofs have some KiB. */
    private static final long LONGEST_TEXT = 1 << 20;

    BackupList read() {
        Map<String, List<StoredObject>> directories = new TreeMap<>();
        for (StoredObject object : store.list(cluster + "/")) {
            String[] parts = object.key().split("/", 4);
            if (parts.length == 4) {
                directories
                        .computeIfAbsent(parts[0] + "/" + parts[1] + "/" + parts[2] + "/", unused -> new ArrayList<>())
                        .add(object);
            }
        }
        List<Backup> backups = new ArrayList<>();
        List<Unreadable> unreadable = new ArrayList<>();
        List<Unreadable> proofs = new ArrayList<>();
        directories.forEach((directory, objects) -> named(objects, directory + Layout.MANIFEST)
                .ifPresent(manifest -> {
                    try {
                        text(manifest)
                                .map(text -> read(directory, manifest, text, objects, proofs))
                                .ifPresent(backups::add);
                    } catch (CorruptSnapshotException e) {
                        unreadable.add(new Unreadable(directory, e.found()));
                    }
                }));
        backups.sort(Comparator.comparing((Backup backup) -> backup.manifest().takenByStore())
                .thenComparing(Backup::id));
        return new BackupList(backups, unreadable, proofs);
    }

    /** The text of a manifest or proof; empty if somebody has deleted it since it was listed. */
    private Optional<byte[]> text(StoredObject object) {
        if (object.bytes() > LONGEST_TEXT) {
            throw SealedJson.damaged(object.key(), "it has " + object.bytes() + " bytes, more than " + LONGEST_TEXT);
        }
        try {
            return Optional.of(store.read(object));
        } catch (K8sAwsException e) {
            if (store.find(object.key()).isEmpty()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static Optional<StoredObject> named(List<StoredObject> objects, String key) {
        return objects.stream().filter(object -> object.key().equals(key)).findFirst();
    }

    private Backup read(
            String directory,
            StoredObject manifest,
            byte[] text,
            List<StoredObject> objects,
            List<Unreadable> unreadableProofs) {
        BackupManifest read = BackupManifest.open(manifest.key(), text);
        if (!read.directory().equals(directory)) {
            throw SealedJson.damaged(manifest.key(), "it is the manifest of " + read.directory());
        }
        String key = directory + read.stored().object();
        long bytes = named(objects, key).map(StoredObject::bytes).orElse(-1L);
        if (bytes != read.stored().bytes()) {
            throw SealedJson.damaged(
                    manifest.key(),
                    bytes < 0
                            ? "its object " + key + " is gone"
                            : "its object has " + bytes + " bytes instead of "
                                    + read.stored().bytes());
        }
        if (refused.test(read)) {
            throw SealedJson.damaged(
                    manifest.key(), "it is not encrypted, though there is a master key (see acceptingUnencrypted)");
        }
        List<Dated> proofs = new ArrayList<>();
        objects.stream()
                .filter(object -> object.key().startsWith(directory + Layout.PROOFS))
                .forEach(object -> {
                    try {
                        text(object)
                                .map(proof -> new Dated(object.written(), proof(object, proof)))
                                .ifPresent(proofs::add);
                    } catch (CorruptSnapshotException e) {
                        unreadableProofs.add(new Unreadable(object.key(), e.found()));
                    }
                });
        return new Backup(
                read, proofs.stream().sorted(Dated.ORDER).map(Dated::proof).toList());
    }

    /** A proof, and when the store got it: the clock of who looked may be wrong. */
    private record Dated(Instant written, BackupProof proof) {
        static final Comparator<Dated> ORDER = Comparator.comparing(Dated::written)
                .thenComparing(dated -> dated.proof().at())
                .thenComparing(dated -> dated.proof().level())
                .thenComparing(dated -> dated.proof().text());
    }

    private static BackupProof proof(StoredObject object, byte[] text) {
        try {
            return BackupManifest.proof(SealedJson.open(object.key(), text));
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            throw SealedJson.damaged(object.key(), "it is no proof that is known here");
        }
    }
}
