package io.k8saws.etcd.delta;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.digest.Sha256;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * A file of changes after a snapshot or another segment. It says which cluster they are of and which revisions; nothing in between is missing. Layout, big-endian: 8 bytes of magic, cluster id, base
 * revision, last revision, first and last time in milliseconds since 1970, number of transactions (8 bytes each), records compressed with DEFLATE, SHA-256 of all before.
 *
 * <p>Whatever the bytes are, reading ends and throws nothing but {@link CorruptSnapshotException} and what a disk can do; one transaction is in memory at a time, and one of more than 144 MiB is none of etcd's.
 *
 * @param file where it is
 * @param clusterId the cluster, as etcd prints its id
 * @param after the revision that it goes on from; the first in it is the next
 * @param last the last revision in it; equal to {@code after} if there is none
 * @param firstAt since when it is known to be whole; the time of its first transaction, if it is not known of a moment before
 * @param lastAt up to when it is known to be whole
 * @param transactions how many there are
 */
public record DeltaSegment(
        Path file, String clusterId, long after, long last, Instant firstAt, Instant lastAt, long transactions) {
    static final byte[] MAGIC = {'K', '8', 'S', 'D', 'E', 'L', 'T', 1};
    static final int HEADER = 56;
    static final int SUM = 32;
    static final int END = 0;
    static final int TRANSACTION = 1;
    static final int LEASE = 2;

    private static final int LARGEST_VALUE = 128 << 20;
    private static final int LARGEST_KEY = 16 << 20;
    /** Keys and values of one transaction; etcd takes 1.5 MiB unless it is told otherwise. */
    static final int LARGEST_TRANSACTION = LARGEST_VALUE + LARGEST_KEY;

    private static final int MOST_CHANGES = 1_000_000;

    /** Takes what a segment holds, in its order. */
    public interface Visitor {
        /**
         * Takes the next transaction.
         *
         * @param transaction what one revision has changed
         * @return false to stop
         */
        boolean transaction(Transaction transaction);

        /**
         * Takes what is known of a lease.
         *
         * @param id its id
         * @param ttl what was granted
         */
        void lease(long id, Duration ttl);
    }

    /**
     * Opens a segment and proves its SHA-256. Keeps no file open.
     *
     * @param file the file
     * @return what its header says
     * @throws CorruptSnapshotException if it is no segment, or not as it was written
     * @throws K8sAwsException if it cannot be read
     */
    public static DeltaSegment open(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            long size = Files.size(file);
            byte[] head = in.readNBytes(HEADER);
            if (size < HEADER + SUM || head.length < HEADER || !Arrays.equals(MAGIC, Arrays.copyOf(head, 8))) {
                throw corrupt(file, 0, "the file does not begin as a segment does", "K8SDELT and version 1");
            }
            MessageDigest digest = Sha256.digest();
            digest.update(head);
            byte[] chunk = new byte[65_536];
            for (long left = size - SUM - HEADER; left > 0; ) {
                int got = in.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (got < 0) {
                    throw corrupt(file, size - left, "the file ends", "its SHA-256");
                }
                digest.update(chunk, 0, got);
                left -= got;
            }
            if (!MessageDigest.isEqual(digest.digest(), in.readNBytes(SUM))) {
                throw corrupt(file, size - SUM, "the SHA-256 is another one", "that of the bytes before");
            }
            return of(file, ByteBuffer.wrap(head, 8, HEADER - 8));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static DeltaSegment of(Path file, ByteBuffer head) {
        String clusterId = Long.toHexString(head.getLong());
        long after = head.getLong();
        long last = head.getLong();
        long firstMillis = head.getLong();
        long lastMillis = head.getLong();
        long count = head.getLong();
        if (after < 1 || last < after || count != last - after || firstMillis < 0 || firstMillis > lastMillis) {
            throw corrupt(file, 8, "the header contradicts itself", "a transaction for each revision, in time");
        }
        return new DeltaSegment(
                file,
                clusterId,
                after,
                last,
                Instant.ofEpochMilli(firstMillis),
                Instant.ofEpochMilli(lastMillis),
                count);
    }

    /**
     * Reads all that is in it.
     *
     * @param visitor takes it
     * @throws CorruptSnapshotException if a record is damaged, or revisions do not follow each other
     */
    public void read(Visitor visitor) {
        read(visitor, new Inflater());
    }

    /** Ends the inflater, whatever happens: it has memory outside the heap, which no stream of another's inflater gives back. */
    void read(Visitor visitor, Inflater inflater) {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(HEADER);
            long inside = Files.size(file) - HEADER - SUM;
            DataInputStream body = new DataInputStream(
                    new BufferedInputStream(new InflaterInputStream(new Limited(in, inside), inflater)));
            long expected = after + 1;
            while (true) {
                int type = body.readUnsignedByte();
                if (type == END) {
                    if (expected != last + 1) {
                        throw corrupt(file, HEADER, "the last revision is " + (expected - 1), Long.toString(last));
                    }
                    return;
                } else if (type == LEASE) {
                    visitor.lease(body.readLong(), Duration.ofSeconds(Math.max(1, body.readLong())));
                } else if (type != TRANSACTION) {
                    throw corrupt(file, HEADER, "a record is of type " + type, "0 to 2");
                } else if (!visitor.transaction(transaction(body, expected++))) {
                    return;
                }
            }
        } catch (EOFException | ZipException e) {
            throw corrupt(file, HEADER, "the records cannot be expanded: " + e.getMessage(), "what a writer made");
        } catch (IOException e) {
            throw failed(file, e);
        } finally {
            inflater.end();
        }
    }

    private Transaction transaction(DataInputStream body, long expected) throws IOException {
        long revision = body.readLong();
        long millis = body.readLong();
        int count = body.readInt();
        if (revision != expected || count < 1 || count > MOST_CHANGES || revision > last) {
            throw corrupt(file, HEADER, "revision " + revision + " has " + count + " changes", "one of " + expected);
        }
        List<KeyChange> changes = new ArrayList<>();
        int left = LARGEST_TRANSACTION;
        for (int i = 0; i < count; i++) {
            byte[] key = bytes(body, Math.min(left, LARGEST_KEY));
            left -= key.length;
            if (body.readBoolean()) {
                changes.add(KeyChange.delete(key));
            } else {
                long create = body.readLong();
                long version = body.readLong();
                long lease = body.readLong();
                if (create < 1 || create > revision || version < 1) {
                    throw corrupt(file, HEADER, "a change of revision " + revision + " cannot be", "etcd's numbers");
                }
                byte[] value = bytes(body, Math.min(left, LARGEST_VALUE));
                left -= value.length;
                changes.add(KeyChange.owned(key, value, create, version, lease));
            }
        }
        return new Transaction(revision, Instant.ofEpochMilli(millis), changes);
    }

    private byte[] bytes(DataInputStream body, int most) throws IOException {
        int length = body.readInt();
        if (length < 0 || length > most) {
            throw corrupt(file, HEADER, "a key or value has " + length + " bytes", "at most " + most);
        }
        // reads as it comes, so that a length that lies takes no memory
        byte[] bytes = body.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("a key or value ends early");
        }
        return bytes;
    }

    /**
     * The last revision that had been seen by a moment.
     *
     * @param instant a time within the segment
     * @return a revision from {@code after} to {@code last}; empty if the moment is before the first or after the last time of the segment
     */
    public OptionalLong revisionAt(Instant instant) {
        if (instant.isBefore(firstAt) || instant.isAfter(lastAt)) {
            return OptionalLong.empty();
        }
        long[] found = {after};
        read(new Visitor() {
            @Override
            public boolean transaction(Transaction transaction) {
                if (transaction.seenAt().isAfter(instant)) {
                    return false;
                }
                found[0] = transaction.revision();
                return true;
            }

            @Override
            public void lease(long id, Duration ttl) {
                // has no time
            }
        });
        return OptionalLong.of(found[0]);
    }

    static byte[] sum(byte[] bytes, int length) {
        MessageDigest digest = Sha256.digest();
        digest.update(bytes, 0, length);
        return digest.digest();
    }

    private static CorruptSnapshotException corrupt(Path file, long offset, String found, String expected) {
        return new CorruptSnapshotException(file.toString(), offset, CorruptSnapshotException.NO_PAGE, found, expected);
    }

    private static K8sAwsException failed(Path file, IOException e) {
        return new K8sAwsException(
                "Read delta " + file, "the system says: " + e, "check the file and the disk", Map.of(), e);
    }

    /** For example {@code cluster 8e4f, revisions 101 to 250, 2026-01-01T00:00:00Z to 2026-01-01T00:05:00Z}. */
    @Override
    public String toString() {
        return "cluster " + clusterId + ", revisions " + (after + 1) + " to " + last + ", " + firstAt + " to " + lastAt;
    }

    /** The bytes of a part of a stream. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? in.read() : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int got = in.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, got);
            return got;
        }
    }
}
