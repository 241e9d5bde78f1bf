package io.k8saws.operate;

import java.util.List;
import java.util.Objects;

/**
 * How far one machine is. Immutable.
 *
 * @param part its group, as in {@link io.k8saws.bootstrap.ScriptSet#part()}
 * @param instance the instance's id; empty while its group has not started one
 * @param ready whether it is what it shall be: a node that is Ready, or a member of etcd whose script has gone all the way
 * @param state where it stands, in one line
 * @param log the last lines of its log when a step failed, the oldest first; empty otherwise
 */
public record MachineReadiness(String part, String instance, boolean ready, String state, List<String> log) {
    /** Checks that no part is missing, and copies the list. */
    public MachineReadiness {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(state, "state");
        log = List.copyOf(log);
    }

    /** Returns a line, and below it the log. */
    @Override
    public String toString() {
        return part + (instance.isEmpty() ? "" : " " + instance) + ": " + state
                + (log.isEmpty() ? "" : "\n    " + String.join("\n    ", log));
    }
}
