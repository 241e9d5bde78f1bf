package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.internal.disk.OwnerOnly;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * Gets a backup's snapshot into a file, which appears only when all of it is right.
 *
 * @param store where backups lie
 * @param master opens what is encrypted
 * @param acceptsUnencrypted whether what is not encrypted is taken although there is a master key
 */
record Fetching(BackupStore store, Optional<MasterKey> master, boolean acceptsUnencrypted) {
    /** Whether whoever may write to the store could have made it. */
    boolean refused(BackupManifest manifest) {
        return master.isPresent() && !acceptsUnencrypted && !manifest.stored().encrypted();
    }

    /** Fetches it, as one stage. */
    Path into(Backup backup, Path file, Stages stages) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (FileChannel channel = OwnerOnly.create(part)) { // what is there already is not ours to delete
                try {
                    retrieve(backup, new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), stages);
                    channel.force(true);
                    if (Files.exists(file)) {
                        throw new FileAlreadyExistsException(file.toString());
                    }
                    return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
                } finally {
                    Files.deleteIfExists(part);
                }
            }
        } catch (ClosedByInterruptException e) {
            throw new OperationCancelledException("Fetch backup " + backup.id() + " to " + file);
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Fetch backup " + backup.id() + " to " + file,
                    "the system says: " + e,
                    "name a file that is not there yet, on a disk with room",
                    Map.of("backup", backup.id()),
                    e);
        }
    }

    private void retrieve(Backup backup, OutputStream out, Stages stages) throws IOException {
        BackupManifest manifest = backup.manifest();
        if (refused(manifest)) {
            throw new K8sAwsException(
                    "Fetch backup " + backup.id(),
                    "it is not encrypted, though there is a master key: whoever may write to " + store
                            + " could have made it",
                    "if you trust it, use acceptingUnencrypted()");
        }
        StoredObject object = object(backup);
        Retrieval retrieval = new Retrieval(
                store,
                object,
                manifest.stored(),
                master,
                Layout.context(manifest.cluster(), manifest.etcd(), manifest.id()));
        TrailerDigest.Result result = retrieval.into(
                manifest.content().bytes(), out, fetched -> stages.advance("fetch", fetched, object.bytes(), "bytes"));
        out.flush();
        if (!result.sha256().equals(manifest.content().sha256())
                || result.bytes() != manifest.content().bytes()) {
            throw retrieval.damaged(
                    "the snapshot has SHA-256 " + result.sha256(),
                    manifest.content().sha256());
        }
        stages.end("fetch", object.bytes(), "bytes");
    }

    private StoredObject object(Backup backup) {
        String key = backup.manifest().directory() + backup.manifest().stored().object();
        return store.find(key).orElseThrow(() -> SealedJson.damaged(store + "/" + key, "it is gone"));
    }
}
