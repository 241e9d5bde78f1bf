package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.delta.DeltaSegment;
import io.k8saws.etcd.delta.Transaction;
import io.k8saws.etcd.envelope.Compression;
import io.k8saws.etcd.envelope.DamagedException;
import io.k8saws.etcd.envelope.DataKey;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.envelope.Packing;
import io.k8saws.etcd.internal.disk.OwnerOnly;
import io.k8saws.etcd.internal.disk.ScratchDirectory;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The segments of one etcd in a store: {@code <cluster>/<etcd>/deltas/<what is in it>.delta}, with {@code .enc} if it is encrypted.
 *
 * @param store where they lie
 * @param cluster the cluster's name there
 * @param etcd which etcd of it
 * @param master encrypts and opens them
 * @param acceptsUnencrypted whether those count that are not encrypted although there is a master key: whoever may write to the store could have made them
 * @param scratch where one is put that is looked at for a moment
 */
record Segments(
        BackupStore store,
        String cluster,
        String etcd,
        Optional<MasterKey> master,
        boolean acceptsUnencrypted,
        Path scratch) {
    /** How many are told of at once. */
    private static final int SOME = 64;

    private String prefix() {
        return cluster + "/" + etcd + "/deltas/";
    }

    /** Those that may be used, in the order of their histories and revisions. */
    List<StoredSegment> list() {
        return all().filter(segment -> !refused(segment)).toList();
    }

    /** All that lies there, by one list. */
    List<StoredObject> objects() {
        return store.list(prefix());
    }

    private Stream<StoredSegment> all() {
        return objects().stream()
                .flatMap(object -> StoredSegment.of(object).stream())
                .sorted(Comparator.comparing(StoredSegment::clusterId)
                        .thenComparing(StoredSegment::history)
                        .thenComparing(StoredSegment::after)
                        .thenComparing(StoredSegment::last)
                        .thenComparing(StoredSegment::lastAt));
    }

    /** Fetches each, and reads it to its end. */
    DeltaCheck check(Stages stages) {
        List<StoredSegment> sound = new ArrayList<>();
        List<DeltaCheck.Unusable> unusable = new ArrayList<>();
        List<StoredSegment> all = all().toList();
        for (int from = 0; from < all.size(); from += SOME) {
            stages.advance("read", from, all.size(), "segments");
            List<StoredSegment> some = all.subList(from, Math.min(all.size(), from + SOME));
            List<Optional<String>> damages = SideBySide.map("read segments of " + name(), some, this::damage);
            for (int i = 0; i < some.size(); i++) {
                StoredSegment segment = some.get(i);
                damages.get(i)
                        .ifPresentOrElse(
                                why -> unusable.add(new DeltaCheck.Unusable(segment, why)), () -> sound.add(segment));
            }
        }
        stages.end("read", all.size(), "segments");
        return new DeltaCheck(toString(), sound, unusable, List.of());
    }

    private Optional<String> damage(StoredSegment segment) {
        if (refused(segment)) {
            return Optional.of("it is not encrypted, though there is a master key");
        }
        try {
            look(segment, Segments::readToItsEnd);
            return Optional.empty();
        } catch (CorruptSnapshotException e) {
            return Optional.of(e.found());
        }
    }

    /** Whether it can be opened here. */
    boolean opens(StoredSegment segment) {
        return !segment.encrypted() || master.isPresent();
    }

    static long readToItsEnd(DeltaSegment segment) {
        long[] last = {segment.after()};
        segment.read(new DeltaSegment.Visitor() {
            @Override
            public boolean transaction(Transaction transaction) {
                last[0] = transaction.revision();
                return true;
            }

            @Override
            public void lease(long id, Duration ttl) {
                // is no change
            }
        });
        return last[0];
    }

    private boolean refused(StoredSegment segment) {
        return master.isPresent() && !acceptsUnencrypted && !segment.encrypted();
    }

    private Map<String, String> context(String key) {
        return Layout.context(cluster, etcd, "deltas/" + key.substring(key.lastIndexOf('/') + 1));
    }

    List<DeltaRun> runs() {
        return runs(list());
    }

    /** Those that lead anywhere without the ones that are left out. */
    List<DeltaRun> runs(List<StoredSegment> usable) {
        return DeltaRun.of(usable, this::joins);
    }

    /** Whether a backup is of the history of a segment: both have put the same at the backup's last revision. A damaged one cannot tell. */
    private Optional<Boolean> joins(Backup backup, StoredSegment segment) {
        if (segment.encrypted() && master.isEmpty()) {
            return Optional.of(
                    true); // who may not read it may still plan what stays, and keeps too much rather than too little
        }
        try {
            return Optional.of(fingerprint(segment, backup.manifest().content().revision())
                    .filter(backup.manifest().content().lastChange()::equals)
                    .isPresent());
        } catch (CorruptSnapshotException e) {
            return Optional.empty(); // it leads nowhere
        }
    }

    /** What tells a revision of a segment from that of another history. Fetches it. */
    Optional<String> fingerprint(StoredSegment segment, long revision) {
        return look(segment, fetched -> {
            List<String> found = new ArrayList<>();
            fetched.read(new DeltaSegment.Visitor() {
                @Override
                public boolean transaction(Transaction transaction) {
                    if (transaction.revision() == revision) {
                        found.add(transaction.fingerprint());
                    }
                    return transaction.revision() < revision;
                }

                @Override
                public void lease(long id, Duration ttl) {
                    // is no change
                }
            });
            return found.stream().findFirst();
        });
    }

    /** Fetches a segment for a moment. */
    <T> T look(StoredSegment segment, Function<DeltaSegment, T> use) {
        try (ScratchDirectory directory = ScratchDirectory.in(scratch, "Look at " + segment)) {
            return use.apply(fetch(segment, directory.file("segment")));
        }
    }

    /** Stores a segment of a history, and reads it back. The object appears whole or not at all, and one that is read back wrong goes again. */
    StoredSegment store(DeltaSegment segment, String history) {
        String key = prefix() + StoredSegment.name(segment, history, master.isPresent());
        Optional<DataKey> dataKey = master.map(one -> one.newDataKey(context(key)));
        StoredObject object;
        try (ObjectUpload upload = store.upload(key, Files.size(segment.file()))) {
            try (OutputStream out = Packing.pack(new Sink(upload), Compression.NONE, dataKey)) {
                Files.copy(segment.file(), out);
            }
            object = upload.complete();
        } catch (IOException e) {
            throw failed("Store delta " + key, e);
        } finally {
            dataKey.ifPresent(DataKey::close);
        }
        StoredSegment stored = StoredSegment.of(object).orElseThrow();
        Path back = segment.file().resolveSibling(segment.file().getFileName() + ".back");
        try {
            fetch(stored, back);
            if (Files.mismatch(segment.file(), back) != -1) {
                throw damaged(stored, "what was read back is not what was stored");
            }
        } catch (CorruptSnapshotException e) {
            deleteMade(object, e);
            throw e;
        } catch (IOException e) {
            throw failed("Read back delta " + key, e);
        } finally {
            delete(back);
        }
        return stored;
    }

    /** What was read back wrong must not lie there as a segment. */
    private void deleteMade(StoredObject object, CorruptSnapshotException cause) {
        try {
            store.delete(object);
        } catch (K8sAwsException e) {
            cause.addSuppressed(e);
        }
    }

    /** Gives bytes to the upload. */
    private static final class Sink extends OutputStream {
        private final ObjectUpload upload;

        Sink(ObjectUpload upload) {
            this.upload = upload;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            upload.write(ByteBuffer.wrap(array, offset, length));
        }
    }

    /**
     * Fetches a segment into a file that is not there yet, for its owner alone.
     *
     * @throws CorruptSnapshotException if it is not what its name says
     */
    DeltaSegment fetch(StoredSegment stored, Path file) {
        if (refused(stored)) {
            throw new K8sAwsException(
                    "Fetch delta " + stored.object().key(),
                    "it is not encrypted, though there is a master key: whoever may write to " + store
                            + " could have made it",
                    "if you trust it, use acceptingUnencrypted()");
        }
        Optional<MasterKey> key = stored.encrypted() ? Optional.of(key(stored)) : Optional.empty();
        boolean made = false;
        boolean good = false;
        try (InputStream in = Packing.unpack(
                new StoredStream(store, stored.object(), fetched -> {}),
                Compression.NONE,
                key,
                context(stored.object().key()))) {
            try (OutputStream out = Channels.newOutputStream(OwnerOnly.create(file))) {
                made = true; // what is there already is not ours to delete
                in.transferTo(out);
            }
            DeltaSegment segment = DeltaSegment.open(file);
            if (!stored.says(segment)) {
                throw damaged(stored, "it holds " + segment);
            }
            good = true;
            return segment;
        } catch (DamagedException e) {
            throw damaged(stored, e.why());
        } catch (CorruptSnapshotException e) {
            throw named(stored, e);
        } catch (EOFException e) {
            throw damaged(stored, "it ends too early");
        } catch (IOException e) {
            throw failed("Fetch delta " + stored.object().key(), e);
        } finally {
            if (made && !good) {
                delete(file);
            }
        }
    }

    private MasterKey key(StoredSegment stored) {
        return master.orElseThrow(() -> new K8sAwsException(
                "Fetch delta " + stored.object().key(),
                "it is encrypted",
                "open the backups with the master key that they were made with",
                Map.of("store", store.toString()),
                null));
    }

    private CorruptSnapshotException damaged(StoredSegment stored, String found) {
        return new CorruptSnapshotException(
                store + "/" + stored.object().key(), 0, CorruptSnapshotException.NO_PAGE, found, "what its name says");
    }

    /** The file that it was copied to is of no interest. */
    private CorruptSnapshotException named(StoredSegment stored, CorruptSnapshotException cause) {
        int expected = cause.found().lastIndexOf(", expected ");
        CorruptSnapshotException named = new CorruptSnapshotException(
                store + "/" + stored.object().key(),
                cause.offset(),
                cause.page().orElse(CorruptSnapshotException.NO_PAGE),
                cause.found().substring(0, expected),
                cause.found().substring(expected + ", expected ".length()));
        named.addSuppressed(cause);
        return named;
    }

    private K8sAwsException failed(String tried, IOException e) {
        return new K8sAwsException(
                tried, "the system says: " + e, "check the disk", Map.of("store", store.toString()), e);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // it lies in a directory that goes as a whole
        }
    }

    /** Whose they are, such as {@code payments/main}. */
    String name() {
        return cluster + "/" + etcd;
    }

    /** Of which etcd in which store. */
    @Override
    public String toString() {
        return store + "/" + name();
    }
}
