package io.k8saws.internal.roll;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A PodDisruptionBudget.
 *
 * @param namespace its namespace
 * @param name its name
 * @param selector the pods that it counts
 * @param allowed how many it would let go now
 * @param desired how many must be healthy
 * @param expected how many there should be
 */
record BudgetView(String namespace, String name, LabelSelector selector, int allowed, int desired, int expected) {
    static BudgetView of(JsonNode budget) {
        JsonNode status = budget.path("status");
        return new BudgetView(
                budget.path("metadata").path("namespace").asText(),
                budget.path("metadata").path("name").asText(),
                LabelSelector.of(budget.path("spec").path("selector")),
                status.path("disruptionsAllowed").asInt(),
                status.path("desiredHealthy").asInt(),
                status.path("expectedPods").asInt());
    }

    boolean counts(PodView pod) {
        return pod.namespace().equals(namespace) && selector.accepts(pod.labels());
    }

    /** Whether it asks for all of its pods, so that none may go however well they are. */
    boolean neverAllows() {
        return expected > 0 && allowed == 0 && desired >= expected;
    }
}
