package io.k8saws.internal.roll;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A node.
 *
 * @param name its name, which is its instance's id
 * @param uid its id
 * @param ready whether its kubelet says that it is well, and the cloud controller manager has seen it
 * @param cordoned whether it takes no new pods
 * @param mark how far a roll is with it; empty when none has touched it
 */
record NodeView(String name, String uid, boolean ready, boolean cordoned, String mark) {
    /** The annotation that tells how far a roll is with a node. */
    static final String MARK = "k8saws.io/roll";

    /** A roll has cordoned it. */
    static final String DRAINING = "draining";

    /** A roll drains it, and somebody else had cordoned it before. */
    static final String DRAINING_CORDONED = "draining-cordoned-before";

    /** A roll ends its machine. */
    static final String ENDING = "ending";

    private static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

    static NodeView of(JsonNode node) {
        boolean ready = false;
        for (JsonNode condition : node.path("status").path("conditions")) {
            ready |= condition.path("type").asText().equals("Ready")
                    && condition.path("status").asText().equals("True");
        }
        for (JsonNode taint : node.path("spec").path("taints")) {
            ready &= !taint.path("key").asText().equals(UNINITIALIZED);
        }
        JsonNode metadata = node.path("metadata");
        return new NodeView(
                metadata.path("name").asText(),
                metadata.path("uid").asText(),
                ready,
                node.path("spec").path("unschedulable").asBoolean(),
                metadata.path("annotations").path(MARK).asText());
    }

    /** Whether a roll has begun with it. */
    boolean isMarked() {
        return !mark.isEmpty();
    }
}
