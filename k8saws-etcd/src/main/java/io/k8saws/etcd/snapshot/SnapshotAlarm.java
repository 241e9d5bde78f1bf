package io.k8saws.etcd.snapshot;

/**
 * An alarm that was raised. A restore keeps it raised.
 *
 * @param memberId the id of the member that raised it, in hexadecimal digits
 * @param type what it is about
 */
public record SnapshotAlarm(String memberId, Type type) {
    /** What an alarm is about. */
    public enum Type {
        /** The database has reached its quota. */
        NOSPACE,
        /** Members do not have the same data. */
        CORRUPT,
        /** Another one, of a newer etcd. */
        OTHER
    }

    /** As etcdctl prints it. */
    @Override
    public String toString() {
        return "memberID:" + memberId + " alarm:" + type;
    }
}
