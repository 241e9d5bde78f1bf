package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.delta.DeltaChain;
import io.k8saws.etcd.delta.DeltaSegment;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.delta.Transaction;
import io.k8saws.etcd.internal.bolt.BoltFile;
import io.k8saws.etcd.internal.bolt.BoltWriter;
import io.k8saws.etcd.internal.bolt.Bucket;
import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.bolt.BucketWriter;
import io.k8saws.etcd.internal.bolt.PageSet;
import io.k8saws.etcd.internal.proto.ProtoReader;
import io.k8saws.etcd.internal.proto.ProtoWriter;
import io.k8saws.etcd.internal.sort.RecordSort;
import io.k8saws.etcd.internal.stage.Stages;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the database of a restored member: rows as they are in the snapshot up to the revision, then those of deltas, then what the restore adds; every other bucket as it is but for those that
 * speak of members. Source: {@code etcdutl/snapshot/v3_snapshot.go}.
 */
final class RestoredDatabase {
    private static final String KEY = "key";
    private static final String META = "meta";
    private static final String LEASE = "lease";
    private static final String MEMBERS = "members";
    private static final String REMOVED = "members_removed";
    private static final String ALARM = "alarm";
    private static final String SCHEDULED = "scheduledCompactRev";
    private static final String FINISHED = "finishedCompactRev";
    private static final byte[] MASTER_LEASES = ascii("/registry/masterleases/");
    private static final byte[] NOTHING = new byte[0];
    private static final long FIRST_REVISION = 1;

    private final SnapshotRestore restore;
    private final BoltFile source;
    private final BoltWriter target;
    private final @Nullable LiveLeases live;
    private final Map<Long, Duration> ttls = new HashMap<>();
    private final Stages stages;
    private long bytes;
    private boolean cut;

    private RestoredDatabase(
            SnapshotRestore restore, BoltFile source, BoltWriter target, @Nullable LiveLeases live, Stages stages) {
        this.stages = stages;
        this.restore = restore;
        this.source = source;
        this.target = target;
        this.live = live;
    }

    /**
     * What was written.
     *
     * @param revision the revision that was restored, before what the restore added
     */
    record Written(long revision) {}

    static Written write(SnapshotRestore restore, Path database, Stages stages, Runnable pulse) {
        boolean looksAtKeys =
                restore.revision().isPresent() || !restore.deltas().isEmpty() || !restore.keepsMasterLeases();
        try (BoltFile source = BoltFile.open(restore.snapshot(), pulse);
                BoltWriter target = BoltWriter.create(database, source.pageSize());
                LiveLeases live = looksAtKeys ? new LiveLeases(database.toString()) : null) {
            return new RestoredDatabase(restore, source, target, live, stages).write();
        }
    }

    private Written write() {
        Map<String, byte[]> meta = meta();
        long compacted = Math.max(revision(meta.get(SCHEDULED)), revision(meta.get(FINISHED)));
        long wanted = restore.revision().orElse(Long.MAX_VALUE);
        if (wanted < compacted) {
            throw new K8sAwsException(
                    "Restore revision " + wanted + " of " + restore.snapshot(),
                    "its history was compacted at " + compacted,
                    "take that revision or a later one, or an older snapshot with deltas");
        }
        BucketWriter rows = target.bucket(KEY);
        long head = Math.max(Math.max(FIRST_REVISION, compacted), copyRows(rows, wanted));
        long last = cut ? wanted : copyDeltas(rows, head, wanted);
        if (wanted != Long.MAX_VALUE && last < wanted) {
            throw new K8sAwsException(
                    "Restore revision " + wanted + " of " + restore.snapshot(),
                    "what is there ends at revision " + last,
                    "take that revision, or more deltas");
        }
        long end = add(rows, last, cut ? last : head);
        if (restore.bump() > 0) {
            meta.put(SCHEDULED, revisionKey(end, 0, false));
        }
        writeLeases();
        copyOthers();
        membership(meta);
        fill(META, meta);
        target.finish();
        return new Written(last);
    }

    private long copyRows(BucketWriter rows, long wanted) {
        long last = 0;
        BucketCursor cursor = source.cursor(bucket(KEY), new PageSet());
        while (cursor.next()) {
            byte[] key = cursor.key();
            long main = ByteBuffer.wrap(key).getLong();
            if (main > wanted) {
                cut = true;
                break;
            }
            byte[] value = cursor.value();
            put(rows, key, value);
            last = main;
        }
        return last;
    }

    private void put(BucketWriter rows, byte[] key, byte[] value) {
        rows.put(key, value);
        note(key, value);
        bytes += key.length + value.length;
        stages.advance("write", bytes, 0, "bytes");
    }

    private long copyDeltas(BucketWriter rows, long head, long wanted) {
        DeltaChain chain = restore.chain(head);
        chain.read(wanted, new DeltaSegment.Visitor() {
            @Override
            public boolean transaction(Transaction transaction) {
                long main = transaction.revision();
                long sub = 0;
                for (KeyChange change : transaction.changes()) {
                    byte[] revision = revisionKey(main, sub++, change.deleted());
                    byte[] value = keyValue(main, change);
                    put(rows, revision, value);
                }
                return true;
            }

            @Override
            public void lease(long id, Duration ttl) {
                ttls.put(id, ttl);
            }
        });
        return Math.min(chain.last(), wanted);
    }

    private static byte[] keyValue(long main, KeyChange change) {
        ProtoWriter message = new ProtoWriter().bytes(1, change.key());
        if (!change.deleted()) {
            message.numberUnlessZero(2, change.createRevision())
                    .numberUnlessZero(3, main)
                    .numberUnlessZero(4, change.version())
                    .bytesUnlessEmpty(5, change.value())
                    .numberUnlessZero(6, change.lease());
        }
        return message.toByteArray();
    }

    private void note(byte[] revision, byte[] value) {
        LiveLeases leases = live;
        if (leases == null) {
            return;
        }
        byte[] key = NOTHING;
        long lease = 0;
        long created = 0;
        long version = 0;
        ProtoReader fields = new ProtoReader(value, 0, value.length);
        while (fields.next()) {
            if (fields.isBytes(1)) {
                key = fields.bytes();
            } else if (fields.isNumber(2)) {
                created = fields.number();
            } else if (fields.isNumber(4)) {
                version = fields.number();
            } else if (fields.isNumber(6)) {
                lease = fields.number();
            }
        }
        leases.add(key, revision, lease, created, version);
    }

    /** Adds what the restore changes by itself; the last revision afterwards. */
    private long add(BucketWriter rows, long last, long base) {
        long end = last;
        LiveLeases leases = live;
        if (leases != null) {
            leases.sort(restore.keepsMasterLeases() ? null : MASTER_LEASES, base);
            long sub = 0;
            for (byte[] key : leases.doomed()) {
                rows.put(
                        revisionKey(last + 1, sub++, true),
                        new ProtoWriter().bytes(1, key).toByteArray());
                end = last + 1;
            }
        }
        if (restore.bump() > 0) {
            end += restore.bump();
            rows.put(revisionKey(end, 0, false), NOTHING);
        }
        return end;
    }

    static byte[] revisionKey(long main, long sub, boolean tombstone) {
        ByteBuffer key = ByteBuffer.allocate(tombstone ? 18 : 17);
        key.putLong(main).put((byte) '_').putLong(sub);
        if (tombstone) {
            key.put((byte) 't');
        }
        return key.array();
    }

    /** The snapshot's leases, and those that keys need and nobody knows any more. */
    private void writeLeases() {
        BucketWriter out = target.bucket(LEASE);
        Bucket granted = source.buckets(List.of(LEASE)).get(LEASE);
        BucketCursor known = granted == null ? null : source.cursor(granted, new PageSet());
        boolean more = known != null && known.next();
        RecordSort.Records needed = live == null ? null : live.needed();
        byte[] last = NOTHING;
        while (needed != null && needed.next()) {
            byte[] id = Arrays.copyOfRange(needed.array(), needed.keyOffset(), needed.keyOffset() + needed.keyLength());
            if (Arrays.equals(id, last)) {
                continue;
            }
            last = id;
            boolean found = false;
            while (known != null && more && Arrays.compareUnsigned(known.key(), id) <= 0) {
                found = Arrays.equals(known.key(), id);
                out.put(known.key(), known.value());
                more = known.next();
            }
            if (!found) {
                long lease = ByteBuffer.wrap(id).getLong();
                Duration ttl = ttls.getOrDefault(lease, restore.unknownLeaseTtl());
                out.put(
                        id,
                        new ProtoWriter()
                                .number(1, lease)
                                .number(2, ttl.toSeconds())
                                .toByteArray());
            }
        }
        while (known != null && more) {
            out.put(known.key(), known.value());
            more = known.next();
        }
    }

    private void copyOthers() {
        PageSet seen = new PageSet();
        BucketCursor names = source.names(seen);
        while (names.next()) {
            String name = new String(names.key(), StandardCharsets.ISO_8859_1);
            switch (name) {
                case KEY, META, LEASE, MEMBERS, REMOVED -> {
                    // written by their own rules
                }
                case ALARM -> copy(name, names, restore.keepsAlarms());
                default -> copy(name, names, true);
            }
        }
    }

    private void copy(String name, BucketCursor names, boolean all) {
        BucketWriter out = target.bucket(name);
        BucketCursor cursor = source.cursor(source.bucket(names), new PageSet());
        while (all && cursor.next()) {
            out.put(cursor.key(), cursor.value());
        }
    }

    private void membership(Map<String, byte[]> meta) {
        fill(MEMBERS, Membership.bucket(restore.cluster()));
        target.bucket(REMOVED);
        meta.put("consistent_index", number(restore.cluster().members().size()));
        if (restore.release() == EtcdRelease.V3_4) {
            meta.remove("term");
            meta.remove("confState");
        } else {
            meta.put("term", number(1));
            meta.put("confState", Membership.confState(restore.cluster()));
        }
    }

    private void fill(String name, Map<String, byte[]> elements) {
        BucketWriter out = target.bucket(name);
        elements.forEach((key, value) -> out.put(ascii(key), value));
    }

    private Map<String, byte[]> meta() {
        Map<String, byte[]> meta = new TreeMap<>();
        BucketCursor cursor = source.cursor(bucket(META), new PageSet());
        while (cursor.next()) {
            meta.put(new String(cursor.key(), StandardCharsets.US_ASCII), cursor.value());
        }
        return meta;
    }

    private Bucket bucket(String name) {
        Bucket found = source.buckets(List.of(name)).get(name);
        if (found == null) {
            throw new IllegalStateException("a snapshot on which L2 holds has a bucket " + name);
        }
        return found;
    }

    private static long revision(byte @Nullable [] bytes) {
        return bytes == null ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
