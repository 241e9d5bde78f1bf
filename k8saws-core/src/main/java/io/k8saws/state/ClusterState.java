package io.k8saws.state;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.pki.KeyRing;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the last apply wanted and how far it came.
 *
 * @param serial counts the applies of this cluster, from 1
 * @param status how far the apply came
 * @param planId the plan that was applied
 * @param spec the cluster that the plan asked for; empty when the plan was to destroy it
 * @param applied the last cluster that was applied to its end; empty when there was none
 * @param pins what was looked up for that spec
 * @param appliedPins what was looked up for the last cluster that was applied to its end
 * @param keys which keys are in use and how far each rotation is; also after an apply that was to destroy the cluster, and was cut off
 * @param appliedKeys the same for the last cluster that was applied to its end
 * @param records where records of the cluster may stand in hosted zones that it did not make; each apply looks at all of them, and only one that comes to its
 *     end forgets those that are no longer wanted
 * @param fence the fencing number of the lock under which this was written
 * @param writtenAt when this was written, by the writer's clock
 * @param writer who wrote it: host and process
 */
public record ClusterState(
        long serial,
        Status status,
        String planId,
        Optional<ClusterSpec> spec,
        Optional<ClusterSpec> applied,
        Pins pins,
        Pins appliedPins,
        KeyRing keys,
        KeyRing appliedKeys,
        Set<PublicRecord> records,
        long fence,
        Instant writtenAt,
        String writer) {

    /** How far an apply came. */
    public enum Status {
        /** Begun; if nobody holds the lock, it was cut off, and planning again shows what is left. */
        APPLYING,
        /** Ended with everything done. */
        APPLIED,
        /** Ended with something not done. */
        FAILED
    }

    /** Checks that nothing is null; copies the set. */
    public ClusterState {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(planId, "planId");
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(applied, "applied");
        Objects.requireNonNull(pins, "pins");
        Objects.requireNonNull(appliedPins, "appliedPins");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(appliedKeys, "appliedKeys");
        records = Set.copyOf(records);
        Objects.requireNonNull(writtenAt, "writtenAt");
        Objects.requireNonNull(writer, "writer");
    }

    /**
     * The spec to compare with when telling drift from new wishes.
     *
     * @return the spec of this apply, or the last one that was applied to its end
     */
    public Optional<ClusterSpec> lastWanted() {
        return spec.or(() -> applied);
    }

    /**
     * What was looked up for {@link #lastWanted()}.
     *
     * @return the pins of this apply, or those of the last one that was applied to its end
     */
    public Pins lastPins() {
        return spec.isPresent() ? pins : appliedPins;
    }

    @Override
    public String toString() {
        return "#" + serial + " " + status + " plan " + planId + " at " + writtenAt + " by " + writer;
    }
}
