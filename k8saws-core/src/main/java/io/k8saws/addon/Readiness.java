package io.k8saws.addon;

import io.k8saws.internal.seam.GuardedKubernetes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looks at what of an add-on runs pods. */
final class Readiness {
    private static final String STATUS = "status";
    private static final int MAX_REASONS = 5;
    private static final int MAX_TEXT = 300;

    private final GuardedKubernetes kubernetes;

    Readiness(GuardedKubernetes kubernetes) {
        this.kubernetes = kubernetes;
    }

    AddonStatus of(Addon addon) {
        return new AddonStatus(
                addon.name(), addon.workloads().stream().map(this::look).toList());
    }

    private AddonStatus.Workload look(ObjectRef ref) {
        Optional<LiveObject> found = kubernetes.get(path(ref)).map(LiveObject::new);
        if (found.isEmpty()) {
            return new AddonStatus.Workload(ref, 0, 0, false, List.of("it is not there"));
        }
        LiveObject live = found.get();
        boolean everywhere = ref.kind().equals("DaemonSet");
        int wanted = everywhere ? live.number(STATUS, "desiredNumberScheduled") : replicas(live);
        int available = live.number(STATUS, everywhere ? "numberAvailable" : "availableReplicas");
        int updated = live.number(STATUS, everywhere ? "updatedNumberScheduled" : "updatedReplicas");
        boolean seen = live.number(STATUS, "observedGeneration") >= live.number("metadata", "generation");
        boolean ready = seen && available >= wanted && updated >= wanted;
        List<String> reasons = new ArrayList<>();
        if (!seen) {
            reasons.add("its controller has not looked at it yet");
        }
        if (!ready) {
            reasons.addAll(reasons(ref, live));
        }
        return new AddonStatus.Workload(ref, wanted, Math.min(available, updated), ready, reasons);
    }

    private static int replicas(LiveObject live) {
        return live.at("spec", "replicas") == null ? 1 : live.number("spec", "replicas");
    }

    private List<String> reasons(ObjectRef ref, LiveObject live) {
        if (!(live.at("spec", "selector", "matchLabels") instanceof Map<?, ?> labels)) {
            return List.of();
        }
        String selector = labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
        Map<String, List<String>> nodes = new LinkedHashMap<>();
        for (Map<String, Object> item : kubernetes.list("/api/v1/namespaces/" + ref.namespace() + "/pods", selector)) {
            LiveObject pod = new LiveObject(item);
            String node = pod.text("spec", "nodeName");
            reason(pod).ifPresent(reason -> nodes.computeIfAbsent(reason, unused -> new ArrayList<>())
                    .add(node.isEmpty() ? "no node" : node));
        }
        return nodes.entrySet().stream()
                .limit(MAX_REASONS)
                .map(entry -> entry.getKey() + " ("
                        + (entry.getValue().size() == 1
                                ? "on " + entry.getValue().get(0)
                                : entry.getValue().size() + " pods, one on "
                                        + entry.getValue().get(0))
                        + ")")
                .toList();
    }

    /** Why a pod is not ready; empty when it is. */
    private static Optional<String> reason(LiveObject pod) {
        if (pod.isGoing()) {
            return Optional.of("an old pod is ending");
        }
        if (pod.is("Ready")) {
            return Optional.empty();
        }
        for (String containers : List.of("initContainerStatuses", "containerStatuses")) {
            for (Object each : pod.list(STATUS, containers)) {
                if (each instanceof Map<?, ?> status && state(status).isPresent()) {
                    return state(status);
                }
            }
        }
        for (Object each : pod.list(STATUS, "conditions")) {
            if (each instanceof Map<?, ?> condition
                    && "False".equals(condition.get("status"))
                    && condition.get("message") instanceof String message) {
                return Optional.of(shortened(String.valueOf(condition.get("type")) + " is false: " + message));
            }
        }
        return Optional.of("is " + pod.text(STATUS, "phase").toLowerCase(Locale.ROOT));
    }

    private static Optional<String> state(Map<?, ?> status) {
        if (!(status.get("state") instanceof Map<?, ?> state)) {
            return Optional.empty();
        }
        if (state.get("waiting") instanceof Map<?, ?> waiting && !"PodInitializing".equals(waiting.get("reason"))) {
            return Optional.of(told(status, waiting));
        }
        if (state.get("terminated") instanceof Map<?, ?> ended
                && !Integer.valueOf(0).equals(ended.get("exitCode"))) {
            return Optional.of(told(status, ended));
        }
        return Optional.empty();
    }

    private static String told(Map<?, ?> container, Map<?, ?> state) {
        String message = state.get("message") instanceof String text ? ": " + text : "";
        return shortened(container.get("name") + " " + state.get("reason") + message);
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT - 1) + "…";
    }

    private static String path(ObjectRef ref) {
        return "/apis/" + ref.apiVersion() + "/namespaces/" + ref.namespace() + "/"
                + ref.kind().toLowerCase(Locale.ROOT) + "s/" + ref.name();
    }
}
