package io.k8saws.internal.state;

import io.k8saws.internal.state.ConditionalObjects.Versioned;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import java.util.Optional;

/**
 * State and lock of a cluster as they stood when they were read, with their tags. Who takes the lock from a standing knows that nobody has held it since, and
 * who writes the state from it that nobody has written it since: what was looked at in between is still true, as far as other writers go. Immutable.
 */
public final class Standing {
    private final Optional<Versioned<ClusterState>> state;
    private final Optional<Versioned<Lock>> lock;

    Standing(Optional<Versioned<ClusterState>> state, Optional<Versioned<Lock>> lock) {
        this.state = state;
        this.lock = lock;
    }

    /**
     * The state.
     *
     * @return the state, or empty when the cluster has none
     */
    public Optional<ClusterState> state() {
        return state.map(Versioned::value);
    }

    Optional<Versioned<ClusterState>> versionedState() {
        return state;
    }

    Optional<Versioned<Lock>> lock() {
        return lock;
    }
}
