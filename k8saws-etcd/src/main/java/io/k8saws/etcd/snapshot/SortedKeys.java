package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.digest.Sha256;
import io.k8saws.etcd.internal.sort.RecordSort;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * All rows up to a revision, by key and then by revision. The file has them by revision alone, and more keys than memory may hold, so they are sorted with a temporary file where needed: each
 * row takes its key and 65 bytes, 81 with the digest of its value.
 */
final class SortedKeys implements AutoCloseable {
    private static final int PLAIN = 57;
    static final int DIGEST = 16;

    private final RecordSort sort;
    private final RecordSort.Records records;
    private ByteBuffer current = ByteBuffer.allocate(0);

    private SortedKeys(RecordSort sort, RecordSort.Records records) {
        this.sort = sort;
        this.records = records;
    }

    /** Sorts what a cursor gives. */
    static SortedKeys of(BucketCursor rows, String file, long upTo, boolean digests) {
        RecordSort sort = new RecordSort("the keys of " + file);
        try {
            MessageDigest digest = Sha256.digest();
            Row row = new Row(file);
            byte[] rest = new byte[digests ? PLAIN + DIGEST : PLAIN];
            ByteBuffer out = ByteBuffer.wrap(rest);
            while (rows.next()) {
                row.read(rows);
                if (row.main > upTo) {
                    break;
                }
                out.clear();
                out.putLong(row.main).putLong(row.sub).put((byte) (row.tombstone ? 1 : 0));
                out.putLong(row.createRevision).putLong(row.version).putLong(row.lease);
                out.putLong(rows.page()).putInt(rows.index()).putInt(row.valueLength);
                if (digests) {
                    digest.update(row.array(), row.valueOffset, row.valueLength);
                    out.put(digest.digest(), 0, DIGEST);
                }
                sort.add(row.array(), row.keyOffset, row.keyLength, rest);
            }
            return new SortedKeys(sort, sort.sorted());
        } catch (RuntimeException e) {
            sort.close();
            throw e;
        }
    }

    boolean next() {
        if (!records.next()) {
            return false;
        }
        if (current.array() != records.array()) {
            current = ByteBuffer.wrap(records.array());
        }
        return true;
    }

    byte[] key() {
        return Arrays.copyOfRange(records.array(), records.keyOffset(), records.restOffset());
    }

    boolean isKey(byte[] key, int length) {
        return Arrays.equals(records.array(), records.keyOffset(), records.restOffset(), key, 0, length);
    }

    /** Copies the key into an array, or a larger one if it does not fit. */
    byte[] copyKey(byte[] target) {
        byte[] large = target.length < keyLength() ? new byte[2 * keyLength()] : target;
        System.arraycopy(records.array(), records.keyOffset(), large, 0, keyLength());
        return large;
    }

    int keyLength() {
        return records.keyLength();
    }

    long main() {
        return current.getLong(records.restOffset());
    }

    long sub() {
        return current.getLong(records.restOffset() + 8);
    }

    boolean tombstone() {
        return current.get(records.restOffset() + 16) != 0;
    }

    long createRevision() {
        return current.getLong(records.restOffset() + 17);
    }

    long version() {
        return current.getLong(records.restOffset() + 25);
    }

    long lease() {
        return current.getLong(records.restOffset() + 33);
    }

    long page() {
        return current.getLong(records.restOffset() + 41);
    }

    int index() {
        return current.getInt(records.restOffset() + 49);
    }

    int valueLength() {
        return current.getInt(records.restOffset() + 53);
    }

    byte[] digest() {
        int at = records.restOffset() + PLAIN;
        return Arrays.copyOfRange(records.array(), at, at + DIGEST);
    }

    @Override
    public void close() {
        sort.close();
    }
}
