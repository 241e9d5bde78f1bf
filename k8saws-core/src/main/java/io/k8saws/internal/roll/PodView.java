package io.k8saws.internal.roll;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * A pod.
 *
 * @param namespace its namespace
 * @param name its name
 * @param uid its id
 * @param node the node that it is on; empty when it is on none
 * @param labels its labels
 * @param controller the kind of the object that would start it anew; empty when there is none
 * @param mirror whether it is the image of a file on its node
 * @param phase where it stands, as Kubernetes says it
 * @param leaving whether it is being deleted
 */
record PodView(
        String namespace,
        String name,
        String uid,
        String node,
        Map<String, String> labels,
        String controller,
        boolean mirror,
        String phase,
        boolean leaving) {
    private static final String MIRROR = "kubernetes.io/config.mirror";

    PodView {
        labels = Map.copyOf(labels);
    }

    static PodView of(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        Map<String, String> labels = new TreeMap<>();
        metadata.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        String controller = "";
        for (JsonNode owner : metadata.path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                controller = owner.path("kind").asText();
            }
        }
        return new PodView(
                metadata.path("namespace").asText(),
                metadata.path("name").asText(),
                metadata.path("uid").asText(),
                pod.path("spec").path("nodeName").asText(),
                labels,
                controller,
                metadata.path("annotations").has(MIRROR),
                pod.path("status").path("phase").asText(),
                metadata.has("deletionTimestamp"));
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
