package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
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
import java.nio.channels.ClosedByInterruptException;
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
     * Gets it. What was packed with bad intent, or by another than the manifest says, is not unpacked to its end.
     *
     * @param expected how many bytes must come out
     * @param out takes the bytes, which are only proven when this returns
     * @param progress hears how many bytes were fetched
     * @return what came out, with a trailer that holds
     * @throws CorruptSnapshotException if anything is not what was stored
     */
    TrailerDigest.Result into(long expected, OutputStream out, LongConsumer progress) {
        if (object.bytes() != stored.bytes()) {
            throw damaged("it has " + object.bytes() + " bytes", stored.bytes() + " bytes");
        }
        try (PiecesAhead ahead = new PiecesAhead(store, object)) {
            return into(expected, out, new StoredStream(ahead, object, progress));
        }
    }

    private TrailerDigest.Result into(long expected, OutputStream out, StoredStream fetched) {
        TrailerDigest digest = new TrailerDigest();
        try (InputStream in = open(fetched)) {
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (digest.bytes() + count > expected) {
                    throw damaged("more comes out than " + expected + " bytes", expected + " bytes");
                }
                digest.update(buffer, 0, count);
                out.write(buffer, 0, count);
            }
        } catch (DamagedException e) {
            throw damaged(e.why(), "what was stored");
        } catch (EOFException e) {
            throw damaged("it ends too early", "what was stored");
        } catch (ClosedByInterruptException e) {
            throw new OperationCancelledException("Fetch " + object.key());
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

    /** Damage in the header looks like another key, until all bytes were compared. */
    private InputStream open(StoredStream fetched) throws IOException {
        Optional<MasterKey> key = stored.encrypted() ? Optional.of(key()) : Optional.empty();
        try {
            return Packing.unpack(fetched, stored.compression(), key, context);
        } catch (DamagedException | OperationCancelledException e) {
            throw e;
        } catch (K8sAwsException e) {
            String sha256 = fetched.sha256();
            if (sha256.equals(stored.sha256())) {
                throw e;
            }
            CorruptSnapshotException damage = damaged("its SHA-256 is " + sha256, stored.sha256());
            damage.addSuppressed(e);
            throw damage;
        }
    }

    /**
     * Compares the store's own checksum with that of the upload, which only the store that was written to has in that form.
     *
     * @return whether the store has one
     * @throws CorruptSnapshotException if it is another one
     */
    static boolean requireChecksum(BackupStore store, StoredObject object, String expected) {
        Optional<String> checksum = store.checksum(object);
        if (checksum.isPresent() && !checksum.get().equals(expected)) {
            throw new CorruptSnapshotException(
                    store + "/" + object.key(),
                    0,
                    CorruptSnapshotException.NO_PAGE,
                    "the store's checksum is " + checksum.get(),
                    expected);
        }
        return checksum.isPresent();
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
