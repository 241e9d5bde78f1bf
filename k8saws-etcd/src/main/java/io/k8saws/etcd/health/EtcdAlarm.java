package io.k8saws.etcd.health;

import java.util.Objects;

/**
 * An alarm that is raised. It stays until it is disarmed, also over restarts and restores.
 *
 * @param memberId the id of the member that raised it
 * @param kind what it says
 */
public record EtcdAlarm(String memberId, Kind kind) {
    /** What an alarm says. */
    public enum Kind {
        /** A member's database has reached its quota: all members refuse to write. etcd calls it NOSPACE. */
        NO_SPACE,
        /** A member's data differs from the others': all members refuse to serve keys. etcd calls it CORRUPT. */
        CORRUPT
    }

    /** Checks that no part is missing. */
    public EtcdAlarm {
        Objects.requireNonNull(memberId, "memberId");
        Objects.requireNonNull(kind, "kind");
    }

    /** For example {@code CORRUPT of 8e9e05c52164694d}. */
    @Override
    public String toString() {
        return (kind == Kind.NO_SPACE ? "NOSPACE" : "CORRUPT") + " of " + memberId;
    }
}
