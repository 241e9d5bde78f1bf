package io.k8saws.etcd.retention;

import java.time.Instant;
import java.util.Optional;

/**
 * What a retention policy needs to know of a backup, or of a set of backups that go together.
 *
 * @param id the id, unique among those that are looked at
 * @param line what it is of: backups of different lines do not stand for each other
 * @param taken when it was taken
 * @param good whether it counts as a backup
 * @param lockedUntil until when it cannot be deleted; {@link Instant#MAX} while somebody holds it, which has no end; empty if it is not locked
 * @param base the id of the backup that it needs to be of use; empty for a whole one
 * @param doubted whether it does not count only because live members differ from it, which may be their fault; it is never deleted
 */
public record StoredBackup(
        String id,
        String line,
        Instant taken,
        boolean good,
        Optional<Instant> lockedUntil,
        Optional<String> base,
        boolean doubted) {
    /**
     * One that nobody doubts.
     *
     * @param id the id
     * @param line what it is of
     * @param taken when it was taken
     * @param good whether it counts
     * @param lockedUntil until when it cannot be deleted; empty if it is not locked
     * @param base the id of the backup that it needs; empty for a whole one
     */
    public StoredBackup(
            String id, String line, Instant taken, boolean good, Optional<Instant> lockedUntil, Optional<String> base) {
        this(id, line, taken, good, lockedUntil, base, false);
    }

    /**
     * A whole one that is not locked.
     *
     * @param id the id
     * @param line what it is of
     * @param taken when it was taken
     * @param good whether it counts
     * @return the value
     */
    public static StoredBackup whole(String id, String line, Instant taken, boolean good) {
        return new StoredBackup(id, line, taken, good, Optional.empty(), Optional.empty());
    }

    /**
     * Tells of a lock.
     *
     * @param until until when, or {@link Instant#MAX} for a legal hold
     * @return for example {@code locked until 2026-12-01T00:00:00Z}
     */
    public static String lock(Instant until) {
        return until.equals(Instant.MAX) ? "under a legal hold" : "locked until " + until;
    }
}
