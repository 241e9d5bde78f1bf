package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.BackupManifest.Stored;
import io.k8saws.etcd.envelope.DamagedException;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.envelope.Packing;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Gets a stored snapshot back, and says no unless each byte is what it was.
 *
 * @param store where it lies
 * @param object the object
 * @param stored how it was stored
 * @param master opens its data key
 * @param context what the data key was made for
 */
record Retrieval(
        BackupStore store,
        StoredObject object,
        Stored stored,
        Optional<MasterKey> master,
        Map<String, String> context) {
    /**
     * Gets it.
     *
     * @param out takes the bytes, which are only proven when this returns
     * @param progress hears how many bytes were fetched
     * @return what came out, with a trailer that holds
     * @throws CorruptSnapshotException if anything is not what was stored
     */
    TrailerDigest.Result into(OutputStream out, LongConsumer progress) {
        if (object.bytes() != stored.bytes()) {
            throw damaged("it has " + object.bytes() + " bytes", stored.bytes() + " bytes");
        }
        Optional<String> checksum = store.checksum(object);
        if (checksum.isPresent()
                && !stored.checksum().isEmpty()
                && !checksum.get().equals(stored.checksum())) {
            throw damaged("the store's checksum is " + checksum.get(), stored.checksum());
        }
        TrailerDigest digest = new TrailerDigest();
        StoredStream fetched = new StoredStream(store, object, progress);
        try (InputStream in = Packing.unpack(
                fetched, stored.compression(), stored.encrypted() ? Optional.of(key()) : Optional.empty(), context)) {
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                out.write(buffer, 0, count);
            }
        } catch (DamagedException e) {
            throw damaged(e.why(), "what was stored");
        } catch (EOFException e) {
            throw damaged("it ends too early", "what was stored");
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Fetch " + object.key(),
                    "the system says: " + e,
                    "check the disk that it is written to",
                    Map.of("store", store.toString()),
                    e);
        }
        String sha256 = fetched.sha256();
        if (!sha256.equals(stored.sha256())) {
            throw damaged("its SHA-256 is " + sha256, stored.sha256());
        }
        TrailerDigest.Result result = digest.result();
        if (!result.trailerHolds()) {
            throw damaged("the snapshot does not end with its SHA-256", "the SHA-256 that etcd sent");
        }
        return result;
    }

    private MasterKey key() {
        return master.orElseThrow(() -> new K8sAwsException(
                "Fetch " + object.key(),
                "it is encrypted with master key " + stored.keyId(),
                "open the backups with that key",
                Map.of("store", store.toString()),
                null));
    }

    CorruptSnapshotException damaged(String found, String expected) {
        return new CorruptSnapshotException(
                store + "/" + object.key(), 0, CorruptSnapshotException.NO_PAGE, found, expected);
    }
}
