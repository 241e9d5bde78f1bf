package io.k8saws.etcd.snapshot;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.bolt.BoltFile;
import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.bolt.PageSet;
import io.k8saws.etcd.internal.sort.RecordSort;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.snapshot.Verification.Counts;
import io.k8saws.etcd.snapshot.Verification.Finding;
import io.k8saws.etcd.snapshot.Verification.Level;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks at all levels of one file. Used once. */
final class Verifier {
    private static final byte[] NOTHING = new byte[0];
    private static final int SHOWN_KEY = 200;
    private static final int TOLD = 1024;

    private final SnapshotFile snapshot;
    private final BoltFile file;
    private final Schema schema;
    private final Stages stages;
    private long branches;
    private long leaves;
    private long free;
    private long buckets;
    private long changes;
    private long deletions;
    private long keys;
    private long keysWithLease;
    private long leases;
    private long members;

    Verifier(SnapshotFile snapshot, BoltFile file, Schema schema, Stages stages) {
        this.stages = stages;
        this.snapshot = snapshot;
        this.file = file;
        this.schema = schema;
    }

    Verification verify() {
        Finding bytes = bytes();
        Finding structure = structure();
        Finding content =
                structure.outcome() == Verification.Outcome.HOLDS ? content() : Finding.unknown(Level.L2, Level.L1);
        return new Verification(
                file.path(),
                file.size(),
                List.of(bytes, structure, content),
                new Counts(
                        file.pages(),
                        branches,
                        leaves,
                        free,
                        buckets,
                        changes,
                        deletions,
                        keys,
                        keysWithLease,
                        leases,
                        members));
    }

    /** What can be said of a file that cannot even be opened as a snapshot. */
    static Verification unreadable(Path file, CorruptSnapshotException e) {
        long size;
        try {
            size = Files.size(file);
        } catch (IOException cause) {
            throw new K8sAwsException(
                    "Read snapshot " + file, "the system says: " + cause, "check the file", Map.of(), cause);
        }
        return new Verification(
                file,
                size,
                List.of(Finding.fails(Level.L0, e), noPage(e), Finding.unknown(Level.L2, Level.L1)),
                Counts.NONE);
    }

    private static Finding noPage(CorruptSnapshotException e) {
        return new Finding(
                Level.L1,
                Verification.Outcome.FAILS,
                "no page can be looked at: " + e.found(),
                OptionalLong.of(e.offset()),
                e.page());
    }

    Finding bytes() {
        long data = file.dataSize();
        if (!file.hasTrailer()) {
            String text = file.size() == data
                    ? "there is no SHA-256 behind the pages: this is a copy of a database, or the end is missing"
                    : file.looksAsIfItHadTrailer()
                            ? format(
                                    "the file has %,d bytes, its %,d pages and a SHA-256 have %,d",
                                    file.size(), file.pages(), data + 32)
                            : format(
                                    "the file has %,d bytes and no SHA-256 behind its %,d pages",
                                    file.size(), file.pages());
            return Finding.fails(Level.L0, text, Math.min(data, file.size()));
        }
        byte[] computed = file.sha256(done -> stages.advance("bytes", done, data, "bytes"));
        stages.end("bytes", data, "bytes");
        byte[] trailer = file.trailer();
        if (!MessageDigest.isEqual(computed, trailer)) {
            return Finding.fails(
                    Level.L0,
                    "the SHA-256 of the pages is " + hex(computed) + ", the file ends with " + hex(trailer),
                    data);
        }
        return Finding.holds(
                Level.L0, format("SHA-256 %s, %,d pages of %,d bytes", hex(computed), file.pages(), file.pageSize()));
    }

    private Finding structure() {
        try {
            if (!file.metaFaults().isEmpty()) {
                return Finding.fails(Level.L1, String.join("; ", file.metaFaults()), 0);
            }
            PageSet seen = new PageSet();
            BucketCursor names = file.names(seen);
            while (names.next()) {
                BucketCursor cursor = file.cursor(file.bucket(names), seen);
                while (cursor.next()) {
                    // moving on is what checks
                    changes++;
                    if (changes % TOLD == 0) {
                        stages.advance("structure", changes, 0, "elements");
                    }
                }
                branches += cursor.branches();
                leaves += cursor.leaves();
                buckets++;
            }
            branches += names.branches();
            leaves += names.leaves();
            free = file.checkFreePages(seen);
            stages.end("structure", changes, "elements");
            return Finding.holds(
                    Level.L1,
                    format(
                            "%,d buckets, %,d branch and %,d leaf pages, %,d free, %,d elements",
                            buckets, branches, leaves, free, changes));
        } catch (CorruptSnapshotException e) {
            return Finding.fails(Level.L1, e);
        } finally {
            changes = 0;
        }
    }

    private Finding content() {
        try {
            rows();
            small();
            Optional<Finding> lost = lostLease();
            stages.end("content", changes, "changes");
            return lost.orElseGet(() -> Finding.holds(
                    Level.L2,
                    format(
                            "revision %,d, compacted at %,d, %,d changes, %,d keys, %,d leases, %,d members",
                            snapshot.revision(), snapshot.compactRevision(), changes, keys, leases, members)));
        } catch (CorruptSnapshotException e) {
            return Finding.fails(Level.L2, e);
        }
    }

    private void rows() {
        BucketCursor cursor = file.cursor(schema.require(Schema.KEY), new PageSet());
        Row row = new Row(file.path().toString());
        while (cursor.next()) {
            row.read(cursor);
            row.check(cursor);
            changes++;
            if (changes % TOLD == 0) {
                stages.advance("content", changes, 0, "changes");
            }
            deletions += row.tombstone ? 1 : 0;
        }
    }

    private void small() {
        schema.require(Schema.META);
        schema.consistentIndex();
        schema.term();
        schema.auth();
        schema.alarms();
        schema.removedMembers();
        members = schema.members().size();
        snapshot.revision();
        BucketCursor cursor = schema.leases().orElse(null);
        while (cursor != null && cursor.next()) {
            schema.lease(cursor);
            leases++;
        }
    }

    /** A live key whose lease is not there would stay for ever. */
    private Optional<Finding> lostLease() {
        try (LiveKeys live = snapshot.liveKeys(Long.MAX_VALUE, false);
                RecordSort byLease = new RecordSort("the leases of " + file.path())) {
            byte[] id = new byte[Long.BYTES];
            for (LiveKeys.LiveKey key = live.next(false); key != null; key = live.next(false)) {
                keys++;
                if (key.lease() != 0) {
                    keysWithLease++;
                    ByteBuffer.wrap(id).putLong(0, key.lease());
                    addLease(byLease, id, key.key());
                }
            }
            return firstLost(byLease.sorted());
        }
    }

    private static void addLease(RecordSort byLease, byte[] id, byte[] key) {
        byLease.add(id, 0, id.length, key.length <= SHOWN_KEY ? key : Arrays.copyOf(key, SHOWN_KEY));
    }

    private Optional<Finding> firstLost(RecordSort.Records wanted) {
        BucketCursor granted = schema.leases().orElse(null);
        byte[] id = NOTHING;
        while (wanted.next()) {
            int from = wanted.keyOffset();
            byte[] array = wanted.array();
            while (granted != null && Arrays.compareUnsigned(id, 0, id.length, array, from, from + Long.BYTES) < 0) {
                if (granted.next()) {
                    id = granted.key();
                } else {
                    granted = null;
                }
            }
            if (granted == null || !Arrays.equals(id, 0, id.length, array, from, from + Long.BYTES)) {
                long lease = ByteBuffer.wrap(array).getLong(from);
                String key = new String(
                        array,
                        wanted.restOffset(),
                        Math.min(SHOWN_KEY, ByteBuffer.wrap(array).getInt(from - Integer.BYTES)),
                        StandardCharsets.UTF_8);
                return Optional.of(Finding.fails(
                        Level.L2,
                        "key " + Schema.printable(key) + " has lease " + Long.toHexString(lease)
                                + ", which is not there: the key would never end",
                        0));
            }
        }
        return Optional.empty();
    }

    private static String format(String text, Object... numbers) {
        return String.format(Locale.ROOT, text, numbers);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
