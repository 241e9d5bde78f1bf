package io.k8saws.state;

import java.time.Duration;
import java.util.Objects;

/**
 * Who may change a cluster. The fencing number grows with every holder and tells holders apart for people who read locks and states. A late write of a former holder
 * is refused by its condition: the object is no longer the one that was read.
 *
 * @param fence grows by one with each holder
 * @param holder a name for the holder: host, process and a random part; blank when nobody holds the lock
 * @param process the holder's process id on its host
 * @param host where that process id means one process; the host's name and what tells it from others of that name
 * @param lease how long the lock is held without being renewed, in S3's time
 */
public record Lock(long fence, String holder, long process, String host, Duration lease) {
    /** Checks that nothing is null. */
    public Lock {
        Objects.requireNonNull(holder, "holder");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(lease, "lease");
    }

    /**
     * Whether somebody holds it.
     *
     * @return false after a release
     */
    public boolean held() {
        return !holder.isBlank();
    }

    @Override
    public String toString() {
        return held() ? "lock " + fence + " of " + holder : "lock " + fence + ", free";
    }
}
