package io.k8saws.etcd.snapshot;

/**
 * A moment in the history of an etcd cluster.
 *
 * @param main the revision of the transaction; the first one of a cluster is 2
 * @param sub the place of the change inside its transaction, from 0
 */
public record Revision(long main, long sub) implements Comparable<Revision> {
    @Override
    public int compareTo(Revision other) {
        int byMain = Long.compare(main, other.main);
        return byMain != 0 ? byMain : Long.compare(sub, other.sub);
    }

    /** For example {@code 5012}, or {@code 5012.3} for the fourth change of a transaction. */
    @Override
    public String toString() {
        return sub == 0 ? Long.toString(main) : main + "." + sub;
    }
}
