package io.k8saws.etcd.internal.seam;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import java.util.Optional;

/** A member that answers, and does nothing as it knows no leader: its own time for that is longer than an attempt's, so it never says so. Pure. */
final class Leaderless {
    private Leaderless() {}

    /** The failure with the reason {@code NO_QUORUM} when the member says that it knows no leader; else as it is. */
    static EtcdCallException explained(EtcdCallException failure, Optional<MemberStatus> status) {
        if (status.filter(one -> one.leader() == 0).isEmpty()) {
            return failure;
        }
        Failure seen = failure.failure();
        return new EtcdCallException(
                new Failure(
                        seen.call(),
                        seen.endpoint(),
                        Reason.NO_QUORUM,
                        seen.code(),
                        seen.attempts(),
                        seen.retryable(),
                        seen.outcomeUnknown()),
                "the member answers, and knows no leader that could do it",
                "look at etcd.health(): a majority of the voting members must answer",
                failure);
    }
}
