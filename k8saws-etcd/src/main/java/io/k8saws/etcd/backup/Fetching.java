package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.internal.disk.PartFile;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        try (PartFile part = PartFile.of(file)) {
            retrieve(backup, new BufferedOutputStream(Channels.newOutputStream(part.channel()), 1 << 16), stages);
            part.become();
            return file;
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

    /**
     * Whether a file is there that is this backup, byte for byte, so that a program that died goes on with it.
     *
     * @throws K8sAwsException if another file is there
     */
    static boolean isThere(Backup backup, Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        BackupManifest.Content content = backup.manifest().content();
        TrailerDigest.Result there = digest(backup, file);
        if (there.bytes() != content.bytes() || !there.sha256().equals(content.sha256())) {
            throw another(backup, file);
        }
        return true;
    }

    static K8sAwsException another(Backup backup, Path file) {
        return new K8sAwsException(
                "Fetch backup " + backup.id(),
                "another file is there: " + file,
                "take an empty directory for each restore",
                Map.of("backup", backup.id()),
                null);
    }

    private static TrailerDigest.Result digest(Backup backup, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            TrailerDigest digest = new TrailerDigest();
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationCancelledException("Compare " + file + " with backup " + backup.id());
                }
                digest.update(buffer, 0, count);
            }
            return digest.result();
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Compare " + file + " with backup " + backup.id(),
                    "the system says: " + e,
                    "check the file and the disk",
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
