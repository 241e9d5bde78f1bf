package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Deletes backups that stay or go together. All snapshots go first, because a bucket refuses to delete what is held, and who may not see a hold learns of it by that alone: then the manifests are still there, and what was not
 * deleted is a backup as before, also if the program dies just then. A program that dies later leaves manifests whose snapshots are gone, which are told as unreadable.
 *
 * @param store where they lie
 */
record Deletion(BackupStore store) {
    /**
     * Deletes all of it, or says what is left.
     *
     * @throws K8sAwsException if a snapshot may not be deleted; those before it are gone
     */
    void delete(PruneUnit unit) {
        List<String> gone = new ArrayList<>();
        for (Backup backup : unit.backups()) {
            String directory = backup.manifest().directory();
            String snapshot = directory + backup.manifest().stored().object();
            try {
                BackupListing.named(store.list(directory), snapshot).ifPresent(store::delete);
            } catch (K8sAwsException e) {
                gone.forEach(this::deleteRest);
                throw gone.isEmpty() ? e : half(unit, backup, e);
            }
            gone.add(directory);
        }
        gone.forEach(this::deleteRest);
    }

    private void deleteRest(String directory) {
        List<StoredObject> objects = new ArrayList<>(store.list(directory));
        BackupListing.named(objects, directory + Layout.MANIFEST).ifPresent(manifest -> {
            store.delete(manifest);
            objects.remove(manifest);
        });
        objects.forEach(store::delete);
    }

    private static K8sAwsException half(PruneUnit unit, Backup backup, K8sAwsException cause) {
        return new K8sAwsException(
                "Delete set " + unit.id(),
                "that of " + backup.manifest().etcd() + " may not be deleted, and the others of the set are gone: "
                        + cause.getMessage(),
                "the set does not count any more; the one that is left does: fetch or copy it by itself",
                Map.of("set", unit.id(), "backup", backup.id()),
                cause);
    }
}
