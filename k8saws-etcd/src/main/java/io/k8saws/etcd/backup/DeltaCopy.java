package io.k8saws.etcd.backup;

import io.k8saws.error.ConflictException;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Copies segments as they are; no key is needed for it, but without one nobody looks into what is encrypted.
 *
 * @param here where they lie
 * @param there where they go, under the same keys
 */
record DeltaCopy(Segments here, Segments there) {
    private static final int BUFFER = 1 << 16;
    /** How many are told of at once. */
    private static final int SOME = 64;

    /** What became of one segment. */
    private enum Fate {
        COPIED,
        THERE,
        GONE
    }

    private record Done(String key, Fate fate, Optional<String> failure) {}

    DeltaCopyReport run(Stages stages) {
        List<StoredSegment> all = here.list();
        Map<String, StoredObject> before = there.objects().stream()
                .collect(Collectors.toMap(StoredObject::key, Function.identity(), (one, other) -> one));
        List<Done> done = new ArrayList<>();
        for (int from = 0; from < all.size(); from += SOME) {
            stages.advance("copy", from, all.size(), "segments");
            done.addAll(SideBySide.map(
                    "copy segments of " + here.name(),
                    all.subList(from, Math.min(all.size(), from + SOME)),
                    segment -> one(
                            segment,
                            Optional.ofNullable(before.get(segment.object().key())))));
        }
        List<String> copied = new ArrayList<>();
        Map<String, String> failed = new LinkedHashMap<>();
        int already = 0;
        for (Done one : done) {
            if (one.failure().isPresent()) {
                failed.put(one.key(), one.failure().get());
            } else if (one.fate() == Fate.COPIED) {
                copied.add(one.key());
            } else if (one.fate() == Fate.THERE) {
                already++;
            }
        }
        stages.end("copy", copied.size(), "segments");
        stages.leave(failed.size());
        return new DeltaCopyReport(copied, already, failed);
    }

    /** One that cannot be read or opened is no reason to leave the others. */
    private Done one(StoredSegment segment, Optional<StoredObject> before) {
        String key = segment.object().key();
        try {
            return new Done(key, copy(segment, before), Optional.empty());
        } catch (CorruptSnapshotException e) {
            return new Done(key, Fate.GONE, Optional.of(e.found()));
        } catch (SourceException e) {
            return here.store().find(key).isEmpty() // a prune was quicker
                    ? new Done(key, Fate.GONE, Optional.empty())
                    : new Done(key, Fate.GONE, Optional.ofNullable(e.getCause()).map(Throwable::getMessage));
        }
    }

    /** A segment cannot be read or opened where it lies; what fails there ends the copy. */
    private static final class SourceException extends K8sAwsException {
        private static final long serialVersionUID = 1L;

        SourceException(K8sAwsException cause) {
            super("Read a segment", String.valueOf(cause.getMessage()), cause.hint(), cause.context(), cause);
        }
    }

    private static <T> T ofSource(Supplier<T> read) {
        try {
            return read.get();
        } catch (CorruptSnapshotException | OperationCancelledException | WaitTimeoutException e) {
            throw e;
        } catch (K8sAwsException e) {
            throw new SourceException(e);
        }
    }

    private Fate copy(StoredSegment segment, Optional<StoredObject> before) {
        StoredObject object = segment.object();
        if (before.isPresent()) {
            requireSame(object, before.get());
            return Fate.THERE;
        }
        String proven = ofSource(() -> proven(segment));
        StoredObject made;
        boolean ours = true;
        try (ObjectUpload upload = there.store().upload(object.key(), object.bytes())) {
            StoredStream in = new StoredStream(here.store(), object, fetched -> {});
            byte[] buffer = new byte[BUFFER];
            for (int count = next(in, buffer); count >= 0; count = next(in, buffer)) {
                upload.write(ByteBuffer.wrap(buffer, 0, count));
            }
            String sha256 = in.sha256();
            if (!sha256.equals(proven)) {
                throw damaged(
                        here.store(), object, "it was read twice, and the second time has SHA-256 " + sha256, proven);
            }
            try {
                made = upload.complete();
            } catch (ConflictException e) {
                made = there.store().find(object.key()).orElseThrow(() -> e); // somebody else copies, too
                ours = false;
            }
        }
        try {
            requireReadBack(segment, made, proven);
        } catch (CorruptSnapshotException e) {
            if (ours) {
                there.store().delete(made); // else it would lie there as one that is whole
            }
            throw e;
        }
        return ours ? Fate.COPIED : Fate.THERE;
    }

    private static int next(StoredStream in, byte[] buffer) {
        return ofSource(() -> in.read(buffer, 0, buffer.length));
    }

    /** The SHA-256 of what lies here, after it was opened if the key is at hand. */
    private String proven(StoredSegment segment) {
        if (here.opens(segment)) {
            long unused = here.look(segment, Segments::readToItsEnd);
        }
        return sha256(here.store(), segment.object());
    }

    private static String sha256(BackupStore store, StoredObject object) {
        return new StoredStream(store, object, fetched -> {}).sha256();
    }

    private void requireReadBack(StoredSegment segment, StoredObject made, String sha256) {
        requireLength(segment.object(), made);
        String back = sha256(there.store(), made);
        if (!back.equals(sha256)) {
            throw damaged(there.store(), made, "what was read back has SHA-256 " + back, sha256);
        }
        if (there.opens(segment)) {
            long unused = there.look(StoredSegment.of(made).orElseThrow(), Segments::readToItsEnd);
        }
    }

    /** What an earlier copy has left may never have been read back, and what lies there may be of anybody. */
    private void requireSame(StoredObject object, StoredObject copy) {
        requireLength(object, copy);
        Optional<String> own = ofSource(() -> here.store().checksum(object));
        Optional<String> theirs = there.store().checksum(copy);
        if (own.isPresent() && own.equals(theirs)) {
            return;
        }
        // stores of two kinds have checksums of two kinds
        String expected = ofSource(() -> sha256(here.store(), object));
        String found = sha256(there.store(), copy);
        if (!found.equals(expected)) {
            throw damaged(there.store(), copy, "there is another one, with SHA-256 " + found, expected);
        }
    }

    private void requireLength(StoredObject object, StoredObject copy) {
        if (copy.bytes() != object.bytes()) {
            throw damaged(there.store(), copy, "there is one of " + copy.bytes() + " bytes", object.bytes() + " bytes");
        }
    }

    private static CorruptSnapshotException damaged(
            BackupStore store, StoredObject object, String found, String expected) {
        return new CorruptSnapshotException(
                store + "/" + object.key(), 0, CorruptSnapshotException.NO_PAGE, found, expected);
    }
}
