package io.k8saws.error;

import java.io.Serializable;
import java.util.Objects;

/**
 * One mistake in what a user wrote: where it is, what is wrong, and what to write instead.
 *
 * <p>Immutable and thread-safe. The path uses the names of the specification as they stand in YAML; an element of a list that has a
 * name is shown by that name, any other by its position from 0: {@code nodePools[general].spotMaxPrice}, {@code
 * api.allowedCidrs[1]}.
 *
 * @param path where the mistake is; never blank
 * @param problem what is wrong, as a clause without a final full stop
 * @param fix what to do about it, as a clause without a final full stop
 */
public record Violation(String path, String problem, String fix) implements Serializable {

    /** Checks that no part is missing. */
    public Violation {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(fix, "fix");
    }

    /** Returns one line: {@code path: problem. Fix.} */
    @Override
    public String toString() {
        return path + ": " + problem + ". " + capitalized(fix) + ".";
    }

    private static String capitalized(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
