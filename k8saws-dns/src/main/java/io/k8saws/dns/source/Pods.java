package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import java.util.List;

/** What is told of pods. */
final class Pods {
    static final String KOPS_EXTERNAL = "dns.alpha.kubernetes.io/external";
    static final String KOPS_INTERNAL = "dns.alpha.kubernetes.io/internal";

    private Pods() {}

    static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && Maps.of(pod.getStatus().getConditions()).stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    static boolean isRunning(Pod pod) {
        return pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase());
    }

    static List<String> addresses(Pod pod) {
        if (pod.getStatus() == null) {
            return List.of();
        }
        List<PodIP> all = Maps.of(pod.getStatus().getPodIPs());
        return all.isEmpty()
                ? List.of(Maps.of(pod.getStatus().getPodIP()))
                : all.stream().map(PodIP::getIp).toList();
    }
}
