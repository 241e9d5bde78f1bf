package io.k8saws.operate;

import java.util.Objects;

/**
 * A machine as a roll sees it. Immutable.
 *
 * @param part its group, as in {@link io.k8saws.bootstrap.ScriptSet#part()}
 * @param instance the instance's id
 * @param runs the launch template's id and version that it was started from, for example {@code lt-0a1b:3}; empty when it came from none
 * @param starts what its group would start now; empty when that cannot be told
 * @param why why it is out of date; empty when it is not
 */
public record RollMachine(String part, String instance, String runs, String starts, String why) {
    /** Checks that no part is missing. */
    public RollMachine {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(runs, "runs");
        Objects.requireNonNull(starts, "starts");
        Objects.requireNonNull(why, "why");
    }

    /**
     * Whether the machine is to be replaced.
     *
     * @return true when its group would start another one now
     */
    public boolean outOfDate() {
        return !why.isEmpty();
    }

    /** Returns group and instance. */
    @Override
    public String toString() {
        return part + " " + instance;
    }
}
