package io.k8saws.etcd.restore;

import java.time.Duration;
import java.util.Optional;

/**
 * The machine of one member, as far as a restore acts on it. Every method can be called again after it was cut off, and a call that finds its work done does nothing. Nothing is ever deleted but what a
 * preparation of the same restore has left half done.
 *
 * <p>All methods throw a {@link io.k8saws.error.K8sAwsException} when the machine says no, and a {@link io.k8saws.error.WaitTimeoutException} when the limit is over: then it is not known whether it was done.
 */
public interface MemberHost {
    /**
     * The member that shall live there.
     *
     * @return its name
     */
    String member();

    /**
     * What tells the data directory from all others: two etcds that are restored as one never have the same.
     *
     * @return equal for hosts of the same directory of the same machine, as far as the host knows; the host itself unless it knows better
     */
    default Object place() {
        return this;
    }

    /**
     * What tells the disk of the data directory from all others: hosts on one disk need room there together.
     *
     * @return equal for hosts on the same disk; empty if the host does not know
     */
    default Optional<Object> disk() {
        return Optional.empty();
    }

    /**
     * Looks at the machine; changes nothing.
     *
     * @param cluster the cluster that is being restored
     * @param limit how long it may take
     * @return what is seen
     */
    HostFacts facts(NewCluster cluster, Duration limit);

    /**
     * What the machine fetches by itself, so that a plan refuses a machine that would restore another backup than the plan has read.
     *
     * @return the SHA-256 of that file, 64 hexadecimal digits; empty when the machine is given the plan's own file
     */
    default Optional<String> fetches() {
        return Optional.empty();
    }

    /**
     * How much room preparing takes at most on the disk of the data directory, beside what an etcd that runs there needs.
     *
     * @param restore what will be written
     * @param size the size of the snapshot, in bytes
     * @return bytes; as many as the snapshot has, unless the host says otherwise
     */
    default long roomFor(SnapshotRestore restore, long size) {
        return size;
    }

    /**
     * Writes the new data directory beside the old one, for the user that the old one belongs to, and proves it. etcd may run meanwhile. What was prepared or swapped by an equal restore is left as it is; what was by
     * another one of the same cluster is refused, or members would begin with different data.
     *
     * @param restore what to write
     * @param limit how long it may take
     */
    void prepare(SnapshotRestore restore, Duration limit);

    /**
     * Stops etcd. Returns when it is gone.
     *
     * @param limit how long it may take
     */
    void stop(Duration limit);

    /**
     * Puts what was prepared in the place of what is there, which is kept aside. etcd must not run.
     *
     * @param cluster the cluster that is being restored
     * @param limit how long it may take
     */
    void swap(NewCluster cluster, Duration limit);

    /**
     * Starts etcd. Returns when it was started, which is before it has a leader.
     *
     * @param limit how long it may take
     */
    void start(Duration limit);

    /**
     * Waits until the member has a leader and answers.
     *
     * @param limit how long it may take
     */
    void awaitHealthy(Duration limit);
}
