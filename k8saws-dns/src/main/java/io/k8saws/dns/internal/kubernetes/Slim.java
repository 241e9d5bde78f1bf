package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes from objects what names do not need: most of a pod, most of a node, and who has set which field of any. */
final class Slim {
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private Slim() {}

    static HasMetadata of(HasMetadata object) {
        HasMetadata slim = object instanceof Pod pod ? pod(pod) : object instanceof Node node ? node(node) : object;
        ObjectMeta metadata = slim.getMetadata();
        metadata.setManagedFields(null);
        if (metadata.getAnnotations() != null && metadata.getAnnotations().containsKey(LAST_APPLIED)) {
            Map<String, String> annotations = new HashMap<>(metadata.getAnnotations());
            annotations.remove(LAST_APPLIED);
            metadata.setAnnotations(annotations);
        }
        return slim;
    }

    private static Pod pod(Pod pod) {
        PodBuilder slim = new PodBuilder().withMetadata(pod.getMetadata());
        if (pod.getSpec() != null) {
            slim.withNewSpec()
                    .withHostname(pod.getSpec().getHostname())
                    .withHostNetwork(pod.getSpec().getHostNetwork())
                    .withNodeName(pod.getSpec().getNodeName())
                    .endSpec();
        }
        if (pod.getStatus() != null) {
            slim.withNewStatus()
                    .withPhase(pod.getStatus().getPhase())
                    .withPodIP(pod.getStatus().getPodIP())
                    .withPodIPs(pod.getStatus().getPodIPs())
                    .withHostIP(pod.getStatus().getHostIP())
                    .withConditions(pod.getStatus().getConditions().stream()
                            .filter(condition -> "Ready".equals(condition.getType()))
                            .toList())
                    .endStatus();
        }
        return slim.build();
    }

    private static Node node(Node node) {
        NodeBuilder slim = new NodeBuilder().withMetadata(node.getMetadata());
        if (node.getSpec() != null) {
            slim.withNewSpec()
                    .withUnschedulable(node.getSpec().getUnschedulable())
                    .endSpec();
        }
        if (node.getStatus() != null) {
            slim.withNewStatus()
                    .withAddresses(
                            node.getStatus().getAddresses() == null
                                    ? List.of()
                                    : node.getStatus().getAddresses())
                    .endStatus();
        }
        return slim.build();
    }
}
