package io.k8saws;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.engine.Engine;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.plan.Drift;
import io.k8saws.plan.Plan;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A cluster that was applied before. A snapshot of its state, taken when it was asked for; its methods read the world anew. Immutable, safe to use from many
 * threads, and good for as long as the {@link K8sAws} that it came from is open.
 */
public final class Cluster {
    private final K8sAws library;
    private final Engine engine;
    private final ClusterScope scope;
    private final ClusterState state;

    Cluster(K8sAws library, Engine engine, ClusterScope scope, ClusterState state) {
        this.library = library;
        this.engine = engine;
        this.scope = scope;
        this.state = state;
    }

    /**
     * The cluster's name.
     *
     * @return the name in its spec
     */
    public String name() {
        return scope.cluster();
    }

    /**
     * What the last apply wanted.
     *
     * @return the spec
     * @throws K8sAwsException if the last apply was to destroy the cluster and nothing older is known
     */
    public ClusterSpec spec() {
        return state.lastWanted()
                .orElseThrow(() -> new K8sAwsException(
                        "Read the spec of cluster " + name(),
                        "the last apply was to destroy it",
                        "plan with a spec of your own, or go on destroying it"));
    }

    /**
     * How far the last apply came.
     *
     * @return the state as it was when this value was made
     */
    public ClusterState state() {
        return state;
    }

    /**
     * Plans a change of this cluster. Reads only.
     *
     * @param change makes the wanted spec from the last one
     * @return the plan
     */
    public Plan plan(UnaryOperator<ClusterSpec> change) {
        return library.plan(change.apply(spec()));
    }

    /**
     * Plans to make the cluster again what its spec says. Reads only, and looks closely: besides what any plan sees, it sees what AWS tells for one resource a
     * call only, such as the lifecycle hooks of an Auto Scaling group. That costs a call more for each of them.
     *
     * @return the plan; empty when nothing has drifted
     */
    public Plan planRepair() {
        return library.planRepair(spec());
    }

    /**
     * Plans the deletion of everything that the cluster owns. Reads only.
     *
     * @return the plan
     */
    public Plan planDestroy() {
        return library.planDestroy(name());
    }

    /**
     * What differs from the last apply, and what is there that is not ours. Reads only, and looks as closely as {@link #planRepair()}.
     *
     * @return the drift
     */
    public Drift drift() {
        return Drift.of(planRepair());
    }

    /**
     * Former applies, newest first.
     *
     * @param atMost how many
     * @return their states
     */
    public List<ClusterState> history(int atMost) {
        return engine.state(scope).history(atMost);
    }

    /**
     * The apply before the last one; its spec can be planned to go back.
     *
     * @return its state, or empty when there was none
     */
    public Optional<ClusterState> previous() {
        return engine.state(scope).previous();
    }

    /**
     * Who holds the right to change the cluster.
     *
     * @return the lock, or empty when it was never taken
     */
    public Optional<Lock> lock() {
        return library.lock(name());
    }

    /**
     * Frees the lock whoever holds it, for people who know that the holder is gone. A lock frees itself a minute after its holder stopped renewing it, and at
     * once when the holder was a process of this host that has ended.
     *
     * @return the lock that was broken, or empty when nobody held it
     */
    public Optional<Lock> breakLock() {
        return library.breakLock(name());
    }

    @Override
    public String toString() {
        return name() + "@" + scope.region()
                + state.lastWanted().map(spec -> " " + spec.kubernetesVersion()).orElse("") + " " + state.status()
                + " (apply "
                + state.serial() + ", plan " + state.planId() + ", " + state.writtenAt() + ")";
    }
}
