package io.k8saws.etcd.snapshot;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.proto.ProtoReader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One element of the bucket {@code key}, decoded: 17 bytes of revision, 18 for a deletion, and {@code mvccpb.KeyValue}. Used for one after the other. Sources: etcd's
 * {@code storage/mvcc/revision.go} and {@code api/mvccpb/kv.proto}.
 */
final class Row {
    private static final int REVISION = 17;

    private final String file;
    private byte[] array = new byte[0];
    long main;
    long sub;
    boolean tombstone;
    int keyOffset;
    int keyLength;
    long createRevision;
    long modRevision;
    long version;
    int valueOffset;
    int valueLength;
    long lease;

    Row(String file) {
        this.file = file;
    }

    /** Decodes the revision alone; values may be large. */
    void readRevision(BucketCursor at) {
        byte[] bytes = at.keyArray();
        int from = at.keyOffset();
        int length = at.keyLength();
        if (length != REVISION && length != REVISION + 1) {
            throw corrupt(at, "a revision has " + length + " bytes", "17, or 18 for a deletion");
        }
        ByteBuffer key = ByteBuffer.wrap(bytes);
        main = key.getLong(from);
        sub = key.getLong(from + 9);
        tombstone = length == REVISION + 1;
        if (bytes[from + 8] != '_' || (tombstone && bytes[from + REVISION] != 't') || main < 1 || sub < 0) {
            throw corrupt(at, "what should be a revision is none", "two numbers, 1 and 0 or more, with _ between them");
        }
    }

    void read(BucketCursor at) {
        readRevision(at);
        array = at.valueArray();
        keyOffset = 0;
        keyLength = 0;
        createRevision = 0;
        modRevision = 0;
        version = 0;
        valueOffset = 0;
        valueLength = 0;
        lease = 0;
        ProtoReader fields = new ProtoReader(array, at.valueOffset(), at.valueLength());
        while (fields.next()) {
            boolean known = true;
            if (fields.isBytes(1)) {
                keyOffset = fields.offset();
                keyLength = fields.length();
            } else if (fields.isNumber(2)) {
                createRevision = fields.number();
            } else if (fields.isNumber(3)) {
                modRevision = fields.number();
            } else if (fields.isNumber(4)) {
                version = fields.number();
            } else if (fields.isBytes(5)) {
                valueOffset = fields.offset();
                valueLength = fields.length();
            } else if (fields.isNumber(6)) {
                lease = fields.number();
            } else {
                known = fields.field() > 6;
            }
            if (!known) {
                throw corrupt(at, "field " + fields.field() + " of a KeyValue has another type", "that of etcd");
            }
        }
        if (!fields.fault().isEmpty()) {
            throw corrupt(at, "a value is no KeyValue: " + fields.fault(), "etcd's message");
        }
    }

    /** What etcd never writes. */
    void check(BucketCursor at) {
        boolean bump = at.valueLength() == 0 && !tombstone && sub == 0;
        if (bump) {
            // a restore with --bump-revision leaves such a row
            return;
        }
        if (keyLength == 0) {
            throw corrupt(at, "a row has no key", "one");
        }
        if (tombstone) {
            if (createRevision != 0 || modRevision != 0 || version != 0 || valueLength != 0 || lease != 0) {
                throw corrupt(at, "a deletion has more than a key", "the key alone");
            }
            return;
        }
        if (modRevision != main) {
            throw corrupt(at, "a value says that it is of revision " + modRevision, Long.toString(main));
        }
        if (createRevision < 1 || createRevision > modRevision) {
            throw corrupt(
                    at, "a key was made at revision " + createRevision, "one from 1 to " + modRevision + ", its own");
        }
        if (version < 1) {
            throw corrupt(at, "a key has version " + version, "1 or more");
        }
    }

    byte[] array() {
        return array;
    }

    byte[] key() {
        return Arrays.copyOfRange(array, keyOffset, keyOffset + keyLength);
    }

    byte[] value() {
        return Arrays.copyOfRange(array, valueOffset, valueOffset + valueLength);
    }

    private CorruptSnapshotException corrupt(BucketCursor at, String found, String expected) {
        return new CorruptSnapshotException(file, at.keyPosition(), at.page(), found, expected);
    }
}
