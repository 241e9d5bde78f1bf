package io.k8saws.etcd.backup;

import io.k8saws.error.ConflictException;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.backup.BackupManifest.Stored;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Copies stored bytes as they are; no key is needed for it. */
record BackupCopy(BackupStore from, BackupStore to, Observer observer) {
    Backup copy(Backup backup) {
        BackupManifest manifest = backup.manifest();
        Stored stored = manifest.stored();
        String key = manifest.directory() + stored.object();
        StoredObject source = from.find(key).orElseThrow(() -> SealedJson.damaged(from + "/" + key, "it is gone"));
        requireSame(from, source, stored);
        StoredObject copied;
        try (ObjectUpload upload = to.upload(key, stored.bytes())) {
            StoredStream in = new StoredStream(from, source, fetched -> {});
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer, 0, buffer.length); count >= 0; count = in.read(buffer, 0, buffer.length)) {
                upload.write(ByteBuffer.wrap(buffer, 0, count));
            }
            String sha256 = in.sha256();
            if (!sha256.equals(stored.sha256())) {
                throw damaged(from, key, "its SHA-256 is " + sha256, stored.sha256());
            }
            copied = upload.complete();
        } catch (ConflictException e) {
            copied = to.find(key).orElseThrow(() -> e); // an earlier copy was cut off before its manifest
        }
        requireSame(to, copied, stored);
        String back = new StoredStream(to, copied, fetched -> {}).sha256();
        if (!back.equals(stored.sha256())) {
            throw damaged(to, key, "what was read back has SHA-256 " + back, stored.sha256());
        }
        for (BackupProof proof : backup.laterProofs()) {
            to.put(manifest.directory() + Layout.proof(proof), SealedJson.seal(BackupManifest.json(proof)));
        }
        BackupProof proof = observer.proof(
                Level.L4, true, "copied from " + from + ", all " + stored.bytes() + " bytes read back from " + to);
        to.put(manifest.directory() + Layout.proof(proof), SealedJson.seal(BackupManifest.json(proof)));
        to.put(manifest.directory() + Layout.MANIFEST, manifest.json().getBytes(StandardCharsets.UTF_8));
        List<BackupProof> later = new java.util.ArrayList<>(backup.laterProofs());
        later.add(proof);
        return new Backup(manifest, later);
    }

    private static void requireSame(BackupStore store, StoredObject object, Stored stored) {
        if (object.bytes() != stored.bytes()) {
            throw damaged(store, object.key(), "it has " + object.bytes() + " bytes", stored.bytes() + " bytes");
        }
    }

    private static CorruptSnapshotException damaged(BackupStore store, String key, String found, String expected) {
        return new CorruptSnapshotException(store + "/" + key, 0, CorruptSnapshotException.NO_PAGE, found, expected);
    }
}
