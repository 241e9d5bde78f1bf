package io.k8saws.operate;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How far one machine is. Immutable.
 *
 * @param part its group, as in {@link io.k8saws.bootstrap.ScriptSet#part()}
 * @param instance the instance's id; empty while its group has not started one
 * @param ready whether it is what it shall be: a node that is Ready, or a member of etcd whose script has gone all the way
 * @param state where it stands, in one line
 * @param log the last lines of its log while it is not done, the oldest first; empty otherwise
 * @param age how long ago it last said something of itself; empty when it never did
 */
public record MachineReadiness(
        String part, String instance, boolean ready, String state, List<String> log, Optional<Duration> age) {
    /** Checks that no part is missing, and copies the list. */
    public MachineReadiness {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(age, "age");
        log = List.copyOf(log);
    }

    /**
     * Describes a machine that is not there.
     *
     * @param part its group
     * @param why in one line
     * @return not ready, without an instance
     */
    public static MachineReadiness missing(String part, String why) {
        return new MachineReadiness(part, "", false, why, List.of(), Optional.empty());
    }

    /** Returns a line, how long ago the machine said so while it is not ready, and below it the log. */
    @Override
    public String toString() {
        return part + (instance.isEmpty() ? "" : " " + instance) + ": " + state
                + (ready
                        ? ""
                        : age.map(passed -> " (said " + passed.toSeconds() + " s ago)")
                                .orElse(""))
                + (log.isEmpty() ? "" : "\n    " + String.join("\n    ", log));
    }
}
