package io.k8saws.etcd.delta;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where changes come from: a live etcd. */
public interface ChangeSource {
    /** Takes changes. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes all that the next revision has changed.
         *
         * @param clusterId the cluster that tells, as etcd prints its id
         * @param revision the revision
         * @param changes at least one, in the order of the transaction
         * @return whether to go on
         */
        boolean accept(String clusterId, long revision, List<KeyChange> changes);
    }

    /**
     * Which cluster it is.
     *
     * @return its id, as etcd prints it
     * @throws io.k8saws.error.K8sAwsException if no member answers
     */
    String clusterId();

    /**
     * The newest revision, from a majority's view.
     *
     * @return 1 or more
     * @throws io.k8saws.error.K8sAwsException if there is no quorum
     */
    long revision();

    /**
     * Tells of the changes of all keys, none left out, on the calling thread, until the sink has enough or the limit is over.
     *
     * @param fromRevision the first revision
     * @param limit how long at most
     * @param sink takes them
     * @throws io.k8saws.error.EtcdCallException with the reason {@code COMPACTED} if that revision is gone; with another if the member that tells is lost
     * @throws io.k8saws.error.OperationCancelledException if the thread was interrupted
     */
    void watch(long fromRevision, Duration limit, Sink sink);

    /**
     * How long a lease was granted for.
     *
     * @param id its id
     * @return its time to live when it was granted; empty if it has ended
     */
    Optional<Duration> leaseLife(long id);
}
