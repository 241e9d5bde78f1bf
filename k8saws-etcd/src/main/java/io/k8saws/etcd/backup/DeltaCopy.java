package io.k8saws.etcd.backup;

import io.k8saws.error.ConflictException;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Copies segments as they are; no key is needed for it, but without one nobody looks into what is encrypted.
 *
 * @param here where they lie
 * @param there where they go, under the same keys
 */
record DeltaCopy(Segments here, Segments there) {
    private static final int BUFFER = 1 << 16;

    DeltaCopyReport run(Stages stages) {
        List<StoredSegment> all = here.list();
        List<String> copied = new ArrayList<>();
        Map<String, String> failed = new LinkedHashMap<>();
        int already = 0;
        for (StoredSegment segment : all) {
            String key = segment.object().key();
            stages.advance("copy", copied.size() + already + failed.size(), all.size(), "segments");
            try {
                if (copy(segment)) {
                    copied.add(key);
                } else {
                    already++;
                }
            } catch (CorruptSnapshotException e) {
                failed.put(key, e.found());
            }
        }
        stages.end("copy", copied.size(), "segments");
        stages.leave(failed.size());
        return new DeltaCopyReport(copied, already, failed);
    }

    /** Whether it was not there before. */
    private boolean copy(StoredSegment segment) {
        StoredObject object = segment.object();
        Optional<StoredObject> before = there.store().find(object.key());
        if (before.isPresent()) {
            requireSame(object, before.get());
            return false;
        }
        if (here.opens(segment)) {
            long unused = here.look(segment, Segments::readToItsEnd);
        }
        String sha256;
        StoredObject made;
        boolean ours = true;
        try (ObjectUpload upload = there.store().upload(object.key(), object.bytes())) {
            StoredStream in = new StoredStream(here.store(), object, fetched -> {});
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer, 0, buffer.length); count >= 0; count = in.read(buffer, 0, buffer.length)) {
                upload.write(ByteBuffer.wrap(buffer, 0, count));
            }
            sha256 = in.sha256();
            try {
                made = upload.complete();
            } catch (ConflictException e) {
                made = there.store().find(object.key()).orElseThrow(() -> e); // somebody else copies, too
                ours = false;
            }
        }
        requireSame(object, made);
        String back = new StoredStream(there.store(), made, fetched -> {}).sha256();
        if (!back.equals(sha256)) {
            if (ours) {
                there.store().delete(made); // else it would lie there as one that is whole
            }
            throw new CorruptSnapshotException(
                    there.store() + "/" + object.key(),
                    0,
                    CorruptSnapshotException.NO_PAGE,
                    "what was read back has SHA-256 " + back,
                    sha256);
        }
        return ours;
    }

    private void requireSame(StoredObject object, StoredObject copy) {
        if (copy.bytes() != object.bytes()) {
            throw new CorruptSnapshotException(
                    there.store() + "/" + copy.key(),
                    0,
                    CorruptSnapshotException.NO_PAGE,
                    "there is one of " + copy.bytes() + " bytes",
                    object.bytes() + " bytes");
        }
    }
}
