package io.k8saws.etcd.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.BackupList.Unreadable;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads which backups of a cluster there are. Segments of changes, of which there may be a hundred thousand, are not listed on the way, and several manifests are read at a time.
 *
 * @param store where they lie
 * @param cluster the cluster's name there
 * @param refused which manifests are not to be trusted, though they are whole
 */
record BackupListing(BackupStore store, String cluster, Predicate<BackupManifest> refused) {
    /** Manifests and proofs have some KiB. */
    private static final long LONGEST_TEXT = 1 << 20;

    /** In a copied proof: which one it is of its backup's. */
    static final String PROOF_ORDER = "order";

    private static final Comparator<Backup> OLDEST_FIRST = Comparator.comparing(
                    (Backup backup) -> backup.manifest().takenByStore())
            .thenComparing(Backup::id);

    /** What was found where a backup should be; all is empty where somebody has deleted it meanwhile. */
    private record Found(Optional<Backup> backup, Optional<Unreadable> unreadable, List<Unreadable> proofs) {
        static Found bad(String directory, CorruptSnapshotException e) {
            return new Found(Optional.empty(), Optional.of(new Unreadable(directory, e.found())), List.of());
        }
    }

    /** All of them. */
    BackupList read() {
        return read(store.directories(cluster + "/"));
    }

    /** Those of one etcd. */
    BackupList read(String etcd) {
        return read(List.of(etcd));
    }

    private BackupList read(List<String> etcds) {
        Map<String, List<StoredObject>> directories = new TreeMap<>();
        etcds.forEach(etcd -> directories.putAll(directories(etcd)));
        List<Found> found = SideBySide.map(
                "list backups of " + cluster, directories.entrySet(), one -> whole(one.getKey(), one.getValue()));
        return new BackupList(
                found.stream()
                        .flatMap(one -> one.backup().stream())
                        .sorted(OLDEST_FIRST)
                        .toList(),
                found.stream().flatMap(one -> one.unreadable().stream()).toList(),
                found.stream().flatMap(one -> one.proofs().stream()).toList());
    }

    /** The newest of one etcd that counts. Proofs are read of the newest alone, and of the next where that does not count. */
    Optional<Backup> newestGood(String etcd) {
        Map<String, List<StoredObject>> directories = directories(etcd);
        return SideBySide.map(
                        "read manifests of " + cluster + "/" + etcd,
                        directories.entrySet(),
                        one -> bare(one.getKey(), one.getValue()))
                .stream()
                .flatMap(Optional::stream)
                .sorted(OLDEST_FIRST.reversed())
                .flatMap(bare -> {
                    String directory = bare.manifest().directory();
                    return withProofs(directory, bare.manifest(), directories.getOrDefault(directory, List.of()))
                            .backup()
                            .stream();
                })
                .filter(Backup::counts)
                .findFirst();
    }

    /** The manifest of one etcd that was taken last, whether or not the backup still counts; one that cannot be read is passed over. When an object was written says nothing: a copy is written later. */
    Optional<BackupManifest> lastTaken(String etcd) {
        return SideBySide.map(
                        "read manifests of " + cluster + "/" + etcd,
                        directories(etcd).entrySet(),
                        one -> bare(one.getKey(), one.getValue()))
                .stream()
                .flatMap(Optional::stream)
                .max(OLDEST_FIRST)
                .map(Backup::manifest);
    }

    /** One of them. */
    Optional<Backup> find(String etcd, String id) {
        String directory = Layout.directory(cluster, etcd, id);
        return whole(directory, store.list(directory)).backup();
    }

    private Map<String, List<StoredObject>> directories(String etcd) {
        Map<String, List<StoredObject>> directories = new TreeMap<>();
        // ids begin with a year, the directory of segments does not
        for (StoredObject object : store.list(cluster + "/" + etcd + "/" + Layout.MILLENNIUM)) {
            Layout.directoryOf(object.key()).ifPresent(directory -> directories
                    .computeIfAbsent(directory, unused -> new ArrayList<>())
                    .add(object));
        }
        return directories;
    }

    private Found whole(String directory, Collection<StoredObject> objects) {
        try {
            return manifest(directory, objects)
                    .map(manifest -> withProofs(directory, manifest, objects))
                    .orElseGet(() -> new Found(Optional.empty(), Optional.empty(), List.of()));
        } catch (CorruptSnapshotException e) {
            return Found.bad(directory, e);
        }
    }

    private Optional<Backup> bare(String directory, Collection<StoredObject> objects) {
        try {
            return manifest(directory, objects).map(manifest -> new Backup(manifest, List.of()));
        } catch (CorruptSnapshotException e) {
            return Optional.empty();
        }
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

    static Optional<StoredObject> named(Collection<StoredObject> objects, String key) {
        return objects.stream().filter(object -> object.key().equals(key)).findFirst();
    }

    private Optional<BackupManifest> manifest(String directory, Collection<StoredObject> objects) {
        return named(objects, directory + Layout.MANIFEST)
                .flatMap(manifest -> text(manifest).map(text -> manifest(directory, manifest, text, objects)));
    }

    private BackupManifest manifest(
            String directory, StoredObject manifest, byte[] text, Collection<StoredObject> objects) {
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
        return read;
    }

    private Found withProofs(String directory, BackupManifest manifest, Collection<StoredObject> objects) {
        List<Unreadable> unreadable = new ArrayList<>();
        List<Dated> proofs = new ArrayList<>();
        objects.stream()
                .filter(object -> object.key().startsWith(directory + Layout.PROOFS))
                .forEach(object -> {
                    try {
                        text(object).map(proof -> Dated.of(object, proof)).ifPresent(proofs::add);
                    } catch (CorruptSnapshotException e) {
                        unreadable.add(new Unreadable(object.key(), e.found()));
                    }
                });
        Backup backup = new Backup(
                manifest, proofs.stream().sorted(Dated.ORDER).map(Dated::proof).toList());
        return new Found(Optional.of(backup), Optional.empty(), unreadable);
    }

    /** A proof, and when the store got it: the clock of who looked may be wrong. A copy gets several in a second, and says their order. */
    private record Dated(Instant written, int order, BackupProof proof) {
        static final Comparator<Dated> ORDER = Comparator.comparing(Dated::written)
                .thenComparing(Dated::order)
                .thenComparing(dated -> dated.proof().at())
                .thenComparing(dated -> dated.proof().level())
                .thenComparing(dated -> dated.proof().text());

        static Dated of(StoredObject object, byte[] text) {
            try {
                JsonNode json = SealedJson.open(object.key(), text);
                return new Dated(
                        object.written(), json.path(PROOF_ORDER).asInt(Integer.MAX_VALUE), BackupManifest.proof(json));
            } catch (IllegalArgumentException | DateTimeException e) {
                throw SealedJson.damaged(object.key(), "it is no proof that is known here");
            }
        }
    }

    /** Whoever has a wrong endpoint must not make what is taken for the newest backup, and for which older ones go. */
    void requireSameCluster(String etcd, SnapshotOrigin origin) {
        if (origin.clusterId().isEmpty()) {
            return;
        }
        lastTaken(etcd)
                .filter(last -> !last.origin().clusterId().isEmpty()
                        && !last.origin().clusterId().equals(origin.clusterId()))
                .ifPresent(last -> {
                    throw new K8sAwsException(
                            "Back up " + cluster + "/" + etcd + " from " + origin.endpoint(),
                            "that is cluster " + origin.clusterId() + ", and backup " + last.id()
                                    + " under this name is of cluster "
                                    + last.origin().clusterId(),
                            "look whether the endpoint is right; if the cluster was restored or made anew, use acceptingNewCluster() once",
                            Map.of("store", store.toString(), "backup", last.id()),
                            null);
                });
    }
}
