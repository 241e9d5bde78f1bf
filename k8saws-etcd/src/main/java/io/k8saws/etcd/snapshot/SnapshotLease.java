package io.k8saws.etcd.snapshot;

import java.time.Duration;

/**
 * A lease that the cluster had granted.
 *
 * @param id its id
 * @param ttl how long it lasts after each renewal
 * @param remaining what was left when the leader last wrote that down; zero if it did not
 */
public record SnapshotLease(long id, Duration ttl, Duration remaining) {
    /** The id as etcdctl prints it, and the time: {@code 694d7c2e1f0a1b03, 60 s}. */
    @Override
    public String toString() {
        return Long.toHexString(id) + ", " + ttl.toSeconds() + " s";
    }
}
