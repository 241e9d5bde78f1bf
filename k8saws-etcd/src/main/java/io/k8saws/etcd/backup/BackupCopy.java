package io.k8saws.etcd.backup;

import io.k8saws.error.ConflictException;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.backup.BackupManifest.Stored;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Copies stored bytes as they are; no key is needed for it. With the key what was copied is also opened once. */
record BackupCopy(BackupStore from, BackupStore to, Optional<MasterKey> master, Observer observer) {
    Backup copy(Backup backup, Stages stages) {
        BackupManifest manifest = backup.manifest();
        Stored stored = manifest.stored();
        String key = manifest.directory() + stored.object();
        StoredObject source = from.find(key).orElseThrow(() -> SealedJson.damaged(from + "/" + key, "it is gone"));
        requireSame(from, source, stored);
        StoredObject copied;
        boolean compared = false;
        try (ObjectUpload upload = to.upload(key, stored.bytes())) {
            StoredStream in =
                    new StoredStream(from, source, fetched -> stages.advance("copy", fetched, stored.bytes(), "bytes"));
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer, 0, buffer.length); count >= 0; count = in.read(buffer, 0, buffer.length)) {
                upload.write(ByteBuffer.wrap(buffer, 0, count));
            }
            String sha256 = in.sha256();
            if (!sha256.equals(stored.sha256())) {
                throw damaged(from, key, "its SHA-256 is " + sha256, stored.sha256());
            }
            copied = upload.complete();
            compared = Retrieval.requireChecksum(to, copied, upload.checksum());
        } catch (ConflictException e) {
            copied = to.find(key).orElseThrow(() -> e); // an earlier copy was cut off before its manifest
        }
        requireSame(to, copied, stored);
        stages.end("copy", stored.bytes(), "bytes");
        String opened =
                readBack(manifest, copied, fetched -> stages.advance("read back", fetched, stored.bytes(), "bytes"));
        stages.end("read back", stored.bytes(), "bytes");
        List<BackupProof> later = new ArrayList<>(backup.laterProofs());
        BackupProof proof = observer.proof(
                Level.L4,
                true,
                "copied from " + from + ", all " + stored.bytes() + " stored bytes were read back from " + to
                        + " and are the same, " + opened + (compared ? "; its own checksum is the same" : ""));
        later.add(proof);
        for (int i = 0; i < later.size(); i++) {
            to.put(
                    manifest.directory() + Layout.proof(later.get(i)),
                    SealedJson.seal(BackupManifest.json(later.get(i)).put(BackupListing.PROOF_ORDER, i)));
        }
        to.put(manifest.directory() + Layout.MANIFEST, manifest.json().getBytes(StandardCharsets.UTF_8));
        return new Backup(manifest, later);
    }

    /** Without the key the bytes are compared with those that were opened where they come from. */
    private String readBack(BackupManifest manifest, StoredObject copied, LongConsumer progress) {
        Stored stored = manifest.stored();
        if (stored.encrypted() && master.isEmpty()) {
            String back = new StoredStream(to, copied, progress).sha256();
            if (!back.equals(stored.sha256())) {
                throw damaged(to, copied.key(), "what was read back has SHA-256 " + back, stored.sha256());
            }
            return "not opened for want of the key";
        }
        Retrieval retrieval = new Retrieval(
                to, copied, stored, master, Layout.context(manifest.cluster(), manifest.etcd(), manifest.id()));
        TrailerDigest.Result result =
                retrieval.into(manifest.content().bytes(), OutputStream.nullOutputStream(), progress);
        if (!result.sha256().equals(manifest.content().sha256())) {
            throw retrieval.damaged(
                    "the snapshot has SHA-256 " + result.sha256(),
                    manifest.content().sha256());
        }
        return "opened to the last byte";
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
