package io.k8saws.etcd.health;

import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import java.util.Objects;

/**
 * Why an endpoint that was given told nothing of the cluster. Immutable.
 *
 * @param failure the call that failed, with its reason and its endpoint
 * @param why what happened, as a clause
 * @param hint what to do next, as a clause
 */
public record EndpointTrouble(Failure failure, String why, String hint) {
    /** Checks that no part is missing. */
    public EndpointTrouble {
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(why, "why");
        Objects.requireNonNull(hint, "hint");
    }

    /**
     * Who was asked.
     *
     * @return a client URL
     */
    public String endpoint() {
        return failure.endpoint();
    }

    /**
     * Why, as programs tell reasons apart.
     *
     * @return the reason
     */
    public Reason reason() {
        return failure.reason();
    }

    /** For example {@code http://10.0.0.4:2379: the endpoint cannot be reached (Connection refused)}. */
    @Override
    public String toString() {
        return endpoint() + ": " + why;
    }
}
