package io.k8saws.addon;

import java.util.Comparator;
import java.util.Map;

/** In which order kinds are applied: what others need comes first. Deleting goes the other way. */
final class ApplyOrder {
    static final int DEFINITIONS = 0;
    private static final int CONFIGURATION = 3;

    private static final Map<String, Integer> STEPS = Map.ofEntries(
            Map.entry("CustomResourceDefinition", DEFINITIONS),
            Map.entry("Namespace", 1),
            Map.entry("PriorityClass", 1),
            Map.entry("ServiceAccount", 2),
            Map.entry("ClusterRole", 2),
            Map.entry("Role", 2),
            Map.entry("ClusterRoleBinding", 2),
            Map.entry("RoleBinding", 2),
            Map.entry("DaemonSet", 4),
            Map.entry("Deployment", 4),
            Map.entry("StatefulSet", 4),
            Map.entry("ReplicaSet", 4),
            Map.entry("Job", 4),
            Map.entry("CronJob", 4),
            Map.entry("Pod", 4),
            // They stop what they watch over for as long as nobody answers.
            Map.entry("MutatingWebhookConfiguration", 5),
            Map.entry("ValidatingWebhookConfiguration", 5),
            Map.entry("APIService", 5));

    /** Objects of one add-on; those of the same step stay in the order in which they are written. */
    static final Comparator<AddonObject> OBJECTS = Comparator.comparingInt(object -> step(object.ref()));

    private ApplyOrder() {}

    static int step(ObjectRef object) {
        return STEPS.getOrDefault(object.kind(), CONFIGURATION);
    }
}
