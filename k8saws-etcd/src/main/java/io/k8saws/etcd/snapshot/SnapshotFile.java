package io.k8saws.etcd.snapshot;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.bolt.BoltFile;
import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.bolt.PageSet;
import io.k8saws.etcd.internal.proto.ProtoReader;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.progress.ProgressListener;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A snapshot of etcd as a file: what {@code etcdctl snapshot save} wrote, or a copy of a member's {@code member/snap/db}. Made by etcd 3.4 to 3.6, of any size to
 * 1 TiB, with pages of 1 to 64 KiB.
 *
 * <pre>{@code
 * try (SnapshotFile snapshot = SnapshotFile.open(Path.of("backup.db"))) {
 *     snapshot.verify().requireHolds(Verification.Level.L2);
 *     try (Stream<KeyRevision> keys = snapshot.keys()) {
 *         keys.map(KeyRevision::keyText).forEach(System.out::println);
 *     }
 * }
 * }</pre>
 *
 * <p>The file is only read. Whatever its bytes are, each call ends, in a time that its size bounds, and throws nothing but {@link CorruptSnapshotException} and what a disk can
 * do. Memory: less than 100 MiB, and three times the largest value (at most 128 MiB are read). Calls that bring keys in order use a temporary file when the keys with their history do
 * not fit into 32 MiB.
 *
 * <p>Thread-safe; each stream belongs to one thread.
 */
public final class SnapshotFile implements AutoCloseable {
    private static final int STAGES = 3;

    private final BoltFile file;
    private final Schema schema;

    private SnapshotFile(BoltFile file) {
        this.file = file;
        this.schema = new Schema(file);
    }

    /**
     * Opens a file. Reads its meta pages and the names of its buckets, no more: whether it is whole, {@link #verify()} tells.
     *
     * @param path the file; nobody may write to it while it is open
     * @return a value to close
     * @throws CorruptSnapshotException if it is no bbolt file, is cut, or its list of buckets is damaged
     * @throws io.k8saws.error.K8sAwsException if it cannot be read
     */
    public static SnapshotFile open(Path path) {
        return open(path, () -> {});
    }

    /**
     * Opens a file whose reading somebody may want to stop: each method that reads a lot ends with what the pulse throws.
     *
     * @param path the file; nobody may write to it while it is open
     * @param pulse asked at each read of some KiB, so it should be quick
     * @return a value to close
     * @throws CorruptSnapshotException if it is no bbolt file, is cut, or its list of buckets is damaged
     * @throws io.k8saws.error.K8sAwsException if it cannot be read
     */
    public static SnapshotFile open(Path path, Runnable pulse) {
        BoltFile file = BoltFile.open(path, pulse);
        try {
            return new SnapshotFile(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * The file.
     *
     * @return its path, as it was opened
     */
    public Path path() {
        return file.path();
    }

    /**
     * The length of the file.
     *
     * @return bytes, a trailer included
     */
    public long size() {
        return file.size();
    }

    /**
     * How large pages are: the page size of the machine that etcd ran on.
     *
     * @return bytes, a power of two from 1,024 to 65,536
     */
    public int pageSize() {
        return file.pageSize();
    }

    /**
     * Whether the SHA-256 that {@code snapshot save} adds lies behind the pages, by the exact length of the file.
     *
     * @return false for a copy of a member's database
     */
    public boolean hasTrailer() {
        return file.hasTrailer();
    }

    /**
     * What tells this file from any other: the SHA-256 behind its pages; where there is none, that of all its bytes, which are read for it.
     *
     * @return 64 hexadecimal digits; what it is worth, {@link #verify()} tells
     */
    public String fingerprint() {
        return HexFormat.of().formatHex(hasTrailer() ? file.trailer() : file.sha256(file.size()));
    }

    /**
     * The revision of the cluster that the file holds: of the last change, or of the last compaction if that is higher. This is what etcd counts on from after a restore.
     *
     * @return a main revision, 1 in a cluster that nobody has written to
     */
    public long revision() {
        return Math.max(Math.max(1, lastChange()), compactRevision());
    }

    /**
     * The revision of the last change that is still there, which {@code etcdutl snapshot status} prints.
     *
     * @return a main revision; 0 when there is none
     */
    public long lastChange() {
        return schema.bucket(Schema.KEY)
                .flatMap(file::lastKey)
                .map(key -> key.length < Long.BYTES ? 0 : ByteBuffer.wrap(key).getLong())
                .orElse(0L);
    }

    /**
     * How far the history was compacted, or is about to be: changes at or below it that were overtaken are gone.
     *
     * @return a main revision; 0 if it never was
     */
    public long compactRevision() {
        return Math.max(schema.scheduledCompaction(), schema.finishedCompaction());
    }

    /**
     * The version that the members had agreed on.
     *
     * @return for example {@code 3.6.0}; {@code 3.0.0}, or empty, in the first seconds of a cluster
     */
    public Optional<String> clusterVersion() {
        return Optional.of(schema.clusterVersion()).filter(version -> !version.isEmpty());
    }

    /**
     * The version of the data's form.
     *
     * @return for example {@code 3.6.0}; empty before 3.6
     */
    public Optional<String> storageVersion() {
        return Optional.of(schema.storageVersion()).filter(version -> !version.isEmpty());
    }

    /**
     * The index of the last raft entry that the data contains.
     *
     * @return a number that grows; empty in a file that no server has written to
     */
    public OptionalLong consistentIndex() {
        return schema.consistentIndex();
    }

    /**
     * The raft term of that entry.
     *
     * @return a number that grows; empty before 3.5
     */
    public OptionalLong term() {
        return schema.term();
    }

    /**
     * The members of the cluster.
     *
     * @return by id; empty before 3.5 in a cluster that was never restored
     */
    public List<SnapshotMember> members() {
        return schema.members();
    }

    /**
     * The ids of members that were removed. They can never come back.
     *
     * @return ids in hexadecimal digits
     */
    public List<String> removedMembers() {
        return schema.removedMembers();
    }

    /**
     * Users and roles.
     *
     * @return without hashes of passwords
     */
    public SnapshotAuth auth() {
        return schema.auth();
    }

    /**
     * Alarms that were raised.
     *
     * @return mostly none
     */
    public List<SnapshotAlarm> alarms() {
        return schema.alarms();
    }

    /**
     * Leases, by id, read as the stream is.
     *
     * @return a stream that throws {@link CorruptSnapshotException} where it meets damage
     */
    public Stream<SnapshotLease> leases() {
        return schema.leases()
                .map(cursor -> Pulled.stream(() -> cursor.next() ? schema.lease(cursor) : null))
                .orElse(Stream.empty());
    }

    /**
     * All changes since the last compaction in their order, with what the compaction kept; read as the stream is, in constant memory.
     *
     * @return a stream that throws {@link CorruptSnapshotException} where it meets damage
     */
    public Stream<KeyRevision> history() {
        BucketCursor cursor = rows();
        Row row = new Row(path().toString());
        return Pulled.stream(() -> {
            if (!cursor.next()) {
                return null;
            }
            row.read(cursor);
            byte[] value = row.value();
            return new KeyRevision(
                    row.key(),
                    new Revision(row.main, row.sub),
                    row.tombstone,
                    row.createRevision,
                    row.version,
                    row.lease,
                    value.length,
                    value::clone);
        });
    }

    /**
     * All live keys in the order of their bytes. Close the stream: it may hold a temporary file.
     *
     * @return a stream; values are read from the file when they are asked for
     * @throws CorruptSnapshotException if the keys are damaged
     */
    public Stream<KeyRevision> keys() {
        return keys(Long.MAX_VALUE);
    }

    /**
     * The keys that were live at an earlier revision, in the order of their bytes. Close the stream: it may hold a temporary file.
     *
     * @param revision a main revision from {@link #compactRevision()} to {@link #revision()}; a higher one is taken for that
     * @return a stream; values are read from the file when they are asked for
     * @throws CorruptSnapshotException if the keys are damaged
     * @throws IllegalArgumentException if the revision was compacted
     */
    public Stream<KeyRevision> keys(long revision) {
        requireNotCompacted(revision);
        LiveKeys keys = liveKeys(revision, false);
        return Pulled.stream(() -> {
                    LiveKeys.LiveKey key = keys.next(false);
                    return key == null ? null : keyRevision(key);
                })
                .onClose(keys::close);
    }

    private void requireNotCompacted(long revision) {
        long compacted = compactRevision();
        if (revision < compacted) {
            throw new IllegalArgumentException("Look at revision " + revision + " of " + path()
                    + ": it was compacted. Ask for " + compacted + " to " + revision() + ".");
        }
    }

    LiveKeys liveKeys(long revision, boolean digests) {
        return new LiveKeys(SortedKeys.of(rows(), path().toString(), revision, digests));
    }

    KeyRevision keyRevision(LiveKeys.LiveKey key) {
        return new KeyRevision(
                key.key(),
                key.revision(),
                false,
                key.createRevision(),
                key.version(),
                key.lease(),
                key.valueLength(),
                () -> value(key.page(), key.index()));
    }

    private byte[] value(long page, int index) {
        byte[] message = file.value(schema.require(Schema.KEY), page, index);
        ProtoReader fields = new ProtoReader(message, 0, message.length);
        byte[] value = new byte[0];
        while (fields.next()) {
            if (fields.isBytes(5)) {
                value = fields.bytes(); // of several the last one counts, as everywhere in protocol buffers
            }
        }
        return value;
    }

    /**
     * Computes what {@code etcdutl snapshot status} prints. Reads the whole file.
     *
     * @return for the operator's eye; it is no proof of anything
     * @throws CorruptSnapshotException if pages or keys are damaged
     */
    public SnapshotStatus status() {
        SnapshotHashes.Elements all = hashes().elements();
        return new SnapshotStatus(
                all.hash(), lastChange(), hashes().countKeys(), all.count(), file.dataSize(), schema.storageVersion());
    }

    /**
     * Computes the hash of {@link #status()} alone, in one pass: keys need not be put in order for it.
     *
     * @return what {@code etcdutl snapshot status} prints as hash
     * @throws CorruptSnapshotException if pages are damaged
     */
    public long statusHash() {
        return hashes().elements().hash();
    }

    /**
     * Computes the hash of keys and history at the newest revision.
     *
     * @return equal to {@code etcdctl endpoint hashkv} of a member that is there
     * @throws CorruptSnapshotException if the keys are damaged
     */
    public HashKv hashKv() {
        return hashKv(revision());
    }

    /**
     * Computes the hash of keys and history up to a revision. Reads the keys twice.
     *
     * @param revision a main revision from {@link #compactRevision()} to {@link #revision()}
     * @return equal to {@code etcdctl endpoint hashkv --rev} of a member that has compacted as far
     * @throws CorruptSnapshotException if the keys are damaged
     * @throws IllegalArgumentException if the revision was compacted or lies ahead
     */
    public HashKv hashKv(long revision) {
        return hashKvCompactedAt(revision, compactRevision());
    }

    /**
     * Computes the hash of keys and history up to a revision as a member answers that has compacted as far as is said here. So a restore that marks more of the history as compacted can be compared with
     * the snapshot that it is of.
     *
     * @param revision a main revision from the compaction to {@link #revision()}
     * @param compacted how far that member has compacted; 0 for not at all
     * @return equal to what it answers, if the rows that it has are there
     * @throws CorruptSnapshotException if the keys are damaged
     * @throws IllegalArgumentException if the revision was compacted then, or lies ahead
     */
    public HashKv hashKvCompactedAt(long revision, long compacted) {
        requireHashable(revision, compacted);
        return hashKv(revision, compacted, ProgressListener.silent());
    }

    private void requireHashable(long revision, long compacted) {
        if (revision < compacted || revision > revision()) {
            throw new IllegalArgumentException("Hash revision " + revision + " of " + path()
                    + ": it was compacted or lies ahead. Ask for " + compacted + " to " + revision() + ".");
        }
    }

    /**
     * Computes the hash of keys and history up to a revision as {@link #hashKv(long)}, and tells how far that is.
     *
     * @param revision a main revision from {@link #compactRevision()} to {@link #revision()}
     * @param listener hears of it on this thread, not more than twice a second
     * @return the hash
     * @throws CorruptSnapshotException if the keys are damaged
     * @throws IllegalArgumentException if the revision was compacted or lies ahead
     */
    public HashKv hashKv(long revision, ProgressListener listener) {
        requireHashable(revision, compactRevision());
        return hashKv(revision, compactRevision(), listener);
    }

    private HashKv hashKv(long revision, long compacted, ProgressListener listener) {
        return Stages.during(
                listener, "hash-snapshot", name(), 1, stages -> hashes().hashKv(revision, compacted, stages));
    }

    private SnapshotHashes hashes() {
        return new SnapshotHashes(this, file, schema);
    }

    BucketCursor rows() {
        return file.cursor(schema.require(Schema.KEY), new PageSet());
    }

    /**
     * Finds out how far the file can be trusted. Reads it up to three times.
     *
     * @return what holds and what does not; never throws for damage
     * @throws io.k8saws.error.K8sAwsException if it cannot be read
     */
    public Verification verify() {
        return verify(ProgressListener.silent());
    }

    /**
     * Finds out how far the file can be trusted, and tells how far that is: stage {@code bytes} of the file's bytes, then {@code structure} and {@code content}, of which the number is not known before.
     *
     * @param listener hears of it on this thread, not more than twice a second of each stage
     * @return as {@link #verify()}
     * @throws io.k8saws.error.K8sAwsException if it cannot be read
     */
    public Verification verify(ProgressListener listener) {
        return Stages.during(listener, "verify-snapshot", name(), STAGES, stages -> {
            Verification found = new Verifier(this, file, schema, stages).verify();
            stages.leave(STAGES - stages.complete());
            return found;
        });
    }

    private String name() {
        return String.valueOf(path().getFileName());
    }

    /** The first level alone. */
    Verification.Finding verifyBytes() {
        return Stages.during(ProgressListener.silent(), "verify-snapshot", name(), 1, stages -> new Verifier(
                        this, file, schema, stages)
                .bytes());
    }

    @Override
    public void close() {
        file.close();
    }

    /** Path and size; reads nothing. */
    @Override
    public String toString() {
        return "snapshot " + path() + ", " + size() + " bytes" + (hasTrailer() ? "" : ", without SHA-256");
    }
}
