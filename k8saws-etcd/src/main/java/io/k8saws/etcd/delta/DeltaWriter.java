package io.k8saws.etcd.delta;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.digest.Sha256;
import io.k8saws.etcd.internal.disk.OwnerOnly;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Collects transactions in memory, compressed, and writes them as one segment. Take a new writer for each segment: when {@link #size} is large enough, or enough time has gone. Not
 * thread-safe. Close it, also when nothing was written.
 */
public final class DeltaWriter implements AutoCloseable {
    private final String clusterId;
    private final long after;
    private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private final DataOutputStream body = new DataOutputStream(new DeflaterOutputStream(compressed, deflater));
    private boolean closed;
    private long last;
    private long transactions;
    private long firstMillis;
    private long lastMillis;

    private DeltaWriter(String clusterId, long after) {
        this.clusterId = clusterId;
        this.after = after;
        this.last = after;
    }

    /**
     * Begins a segment.
     *
     * @param clusterId the cluster, as etcd prints its id
     * @param after the revision of the snapshot or segment that this one goes on from
     * @return a writer
     */
    public static DeltaWriter after(String clusterId, long after) {
        Long.parseUnsignedLong(clusterId, 16);
        if (after < 1) {
            throw new IllegalArgumentException(
                    "Begin a delta after revision " + after + ": the first revision is 1. Take that of a snapshot.");
        }
        return new DeltaWriter(clusterId, after);
    }

    /**
     * Adds the next transaction.
     *
     * @param transaction what one revision has changed
     * @return why not, and a new full snapshot is needed: then nothing was added
     * @throws IllegalStateException if the writer is closed
     * @throws IllegalArgumentException if its keys and values have more than 144 MiB, which no etcd takes
     */
    public Optional<Continuity.Gap> add(Transaction transaction) {
        requireOpen();
        Optional<Continuity.Gap> gap = Continuity.between(clusterId, last, clusterId, transaction.revision(), 0);
        if (gap.isPresent()) {
            return gap;
        }
        long bytes = transaction.changes().stream().mapToLong(KeyChange::size).sum();
        if (bytes > DeltaSegment.LARGEST_TRANSACTION) {
            throw new IllegalArgumentException("Add revision " + transaction.revision() + " to a delta: it has " + bytes
                    + " bytes, and at most " + DeltaSegment.LARGEST_TRANSACTION + " can be read again.");
        }
        // a clock that was set back does not make time run back in the segment
        long millis = Math.max(lastMillis, transaction.seenAt().toEpochMilli());
        try {
            body.writeByte(DeltaSegment.TRANSACTION);
            body.writeLong(transaction.revision());
            body.writeLong(millis);
            body.writeInt(transaction.changes().size());
            for (KeyChange change : transaction.changes()) {
                change.writeTo(body);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        last = transaction.revision();
        firstMillis = firstMillis == 0 ? millis : firstMillis;
        lastMillis = millis;
        transactions++;
        return Optional.empty();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("This delta is closed or written: take a new writer.");
        }
    }

    /**
     * Adds what is known of a lease, so that a restore can grant it again. A watch does not tell it: ask for the time to live of ids that are new.
     *
     * @param id its id
     * @param ttl what was granted
     * @throws IllegalStateException if the writer is closed
     */
    public void addLease(long id, Duration ttl) {
        requireOpen();
        try {
            body.writeByte(DeltaSegment.LEASE);
            body.writeLong(id);
            body.writeLong(ttl.toSeconds());
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    /**
     * Says that nothing more had been seen by then, so that a restore to that moment is known to be whole. Before the first transaction it says since when the segment is whole.
     *
     * @param instant a time
     */
    public void mark(Instant instant) {
        lastMillis = Math.max(lastMillis, instant.toEpochMilli());
        firstMillis = firstMillis == 0 ? lastMillis : firstMillis;
    }

    /**
     * The last revision that was added.
     *
     * @return that of the base at first
     */
    public long lastRevision() {
        return last;
    }

    /**
     * Up to when the segment is whole by now.
     *
     * @return the time of the last transaction or mark; 1970 when there was none
     */
    public Instant lastAt() {
        return Instant.ofEpochMilli(lastMillis);
    }

    /**
     * How many transactions were added.
     *
     * @return 0 or more
     */
    public long transactions() {
        return transactions;
    }

    /**
     * About how large the segment is by now.
     *
     * @return compressed bytes, without what the compression still holds back
     */
    public long size() {
        return compressed.size();
    }

    /**
     * Writes the segment, first under another name. Call it once, last.
     *
     * @param file where there is nothing yet, or an older try
     * @return the segment, read again and proven
     */
    public DeltaSegment write(Path file) {
        try {
            body.writeByte(DeltaSegment.END);
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        } finally {
            close();
        }
        byte[] head = ByteBuffer.allocate(DeltaSegment.HEADER)
                .put(DeltaSegment.MAGIC)
                .putLong(Long.parseUnsignedLong(clusterId, 16))
                .putLong(after)
                .putLong(last)
                .putLong(firstMillis)
                .putLong(lastMillis)
                .putLong(transactions)
                .array();
        MessageDigest digest = Sha256.digest();
        // a name of its own, so that no file of anybody is written over
        Path partial = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel = OwnerOnly.create(partial)) {
                OutputStream plain = Channels.newOutputStream(channel);
                DigestOutputStream out = new DigestOutputStream(plain, digest);
                out.write(head);
                compressed.writeTo(out); // a large one is in memory once
                plain.write(digest.digest());
                channel.force(true);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Write delta " + file, "the system says: " + e, "make room, and write it again", Map.of(), e);
        }
        return DeltaSegment.open(file);
    }

    /** Lets go of what the compression holds outside the heap. */
    @Override
    public void close() {
        closed = true;
        deflater.end();
    }
}
