package io.k8saws.etcd.backup;

import io.k8saws.etcd.delta.DeltaSegment;
import io.k8saws.etcd.store.StoredObject;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A segment of changes that is in a store. Its name says what is in it, and it is there whole or not at all; what is fetched must be what the name says.
 *
 * @param object where it lies
 * @param clusterId the cluster, as etcd prints its id
 * @param history the id of the full backup that its history goes on from: the same revision of another history has other data
 * @param after the revision that it goes on from
 * @param last the last revision in it; equal to {@code after} if nothing had happened
 * @param firstAt since when it is whole, by the clock of the program that watched
 * @param lastAt up to when it is whole
 */
public record StoredSegment(
        StoredObject object, String clusterId, String history, long after, long last, Instant firstAt, Instant lastAt) {
    private static final Pattern NAME =
            Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})-([0-9]{13})-([0-9]{13})-([0-9a-f]{16})-(" + Layout.ID
                    + ")-[0-9a-f]{8}\\.delta(\\.enc)?");

    /** A transaction has 26 bytes at least, and deflate makes at most 1,032 out of one. */
    private static final long MOST_REVISIONS_A_BYTE = 1032 / 26 + 1;

    static String name(DeltaSegment segment, String history, boolean encrypted) {
        return String.format(
                Locale.ROOT,
                "%016x-%016x-%013d-%013d-%016x-%s-%s.delta%s",
                segment.after(),
                segment.last(),
                segment.firstAt().toEpochMilli(),
                segment.lastAt().toEpochMilli(),
                Long.parseUnsignedLong(segment.clusterId(), 16),
                history,
                Layout.random(),
                encrypted ? ".enc" : "");
    }

    /** Empty for what no writer names so: whoever may write to the store can give an object any name. */
    static Optional<StoredSegment> of(StoredObject object) {
        Matcher matcher = NAME.matcher(object.key().substring(object.key().lastIndexOf('/') + 1));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        StoredSegment segment = new StoredSegment(
                object,
                matcher.group(5),
                matcher.group(6),
                Long.parseUnsignedLong(matcher.group(1), 16),
                Long.parseUnsignedLong(matcher.group(2), 16),
                Instant.ofEpochMilli(Long.parseLong(matcher.group(3))),
                Instant.ofEpochMilli(Long.parseLong(matcher.group(4))));
        return Optional.of(segment).filter(StoredSegment::canBe);
    }

    private boolean canBe() {
        return after >= 1
                && last >= after
                && (last - after) / MOST_REVISIONS_A_BYTE <= object.bytes()
                && last < Long.MAX_VALUE
                && !firstAt.isAfter(lastAt)
                && Layout.timeOf(history).isPresent();
    }

    boolean encrypted() {
        return object.key().endsWith(".enc");
    }

    boolean says(DeltaSegment read) {
        return read.after() == after
                && read.last() == last
                && read.firstAt().equals(firstAt)
                && read.lastAt().equals(lastAt)
                && Long.parseUnsignedLong(read.clusterId(), 16) == Long.parseUnsignedLong(clusterId, 16);
    }

    /**
     * Whether it says what had been seen at a moment.
     *
     * @param instant the moment
     * @return true within its times
     */
    public boolean covers(Instant instant) {
        return !instant.isBefore(firstAt) && !instant.isAfter(lastAt);
    }

    /** Which revisions are in it, as a clause. */
    String range() {
        return last == after ? "no change after revision " + after : "revisions " + (after + 1) + " to " + last;
    }

    /** For example {@code revisions 101 to 250, 2026-01-01T00:00:00Z to 2026-01-01T00:05:00Z, 1,234 bytes}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %s to %s, %,d bytes", range(), firstAt, lastAt, object.bytes());
    }
}
