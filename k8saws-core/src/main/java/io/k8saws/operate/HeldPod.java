package io.k8saws.operate;

import java.util.Objects;

/**
 * A pod that did not leave its node. Immutable.
 *
 * @param namespace its namespace
 * @param name its name
 * @param budget the PodDisruptionBudget that does not let it go; empty when it is something else
 * @param why why it is still there, in a few words
 */
public record HeldPod(String namespace, String name, String budget, String why) {
    /** Checks that no part is missing. */
    public HeldPod {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(budget, "budget");
        Objects.requireNonNull(why, "why");
    }

    /** Returns a line. */
    @Override
    public String toString() {
        return namespace + "/" + name + (budget.isEmpty() ? "" : " (PodDisruptionBudget " + budget + ")") + ": " + why;
    }
}
