package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.k8saws.dns.record.DnsName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names of a Service without an address of its own: they lead to its pods, and each pod with a host name has one of its own below them. */
final class HeadlessService {
    private final Service service;
    private final Deriving deriving;
    private final Surroundings surroundings;
    private final String endpointsType;

    HeadlessService(Service service, Deriving deriving, Surroundings surroundings) {
        this.service = service;
        this.deriving = deriving;
        this.surroundings = surroundings;
        this.endpointsType = deriving.annotations().get("endpoints-type").orElse("");
        if (!endpointsType.isEmpty() && !endpointsType.equals("NodeExternalIP") && !endpointsType.equals("HostIP")) {
            deriving.problems()
                    .add(
                            "metadata.annotations[" + deriving.annotations().path("endpoints-type") + "]",
                            "'" + endpointsType + "' is unknown, so the pods' own addresses are taken",
                            "write NodeExternalIP or HostIP");
        }
    }

    static boolean isHeadless(Service service) {
        return "None".equals(service.getSpec().getClusterIP());
    }

    void want(Set<DnsName> names, String rule) {
        List<String> all = new ArrayList<>();
        List<DnsName> own = new ArrayList<>();
        String namespace = service.getMetadata().getNamespace();
        for (EndpointSlice slice :
                surroundings.slices(namespace, service.getMetadata().getName())) {
            for (Endpoint endpoint : Maps.of(slice.getEndpoints())) {
                if (isPublished(endpoint)) {
                    List<String> targets = targets(endpoint, pod(namespace, endpoint));
                    all.addAll(targets);
                    own.addAll(perPod(names, namespace, endpoint, Targets.of(targets), rule));
                }
            }
        }
        names.stream()
                .filter(name -> !own.contains(name))
                .forEach(name -> deriving.want(name, Targets.of(all), deriving.wishes(), rule));
    }

    private List<DnsName> perPod(
            Set<DnsName> names, String namespace, Endpoint endpoint, Targets targets, String rule) {
        String host = pod(namespace, endpoint)
                .map(pod -> Maps.of(pod.getSpec().getHostname()))
                .orElseGet(() -> Maps.of(endpoint.getHostname()));
        List<DnsName> made = new ArrayList<>();
        if (!host.isEmpty()) {
            for (DnsName name : names) {
                if (!name.isWildcard()) {
                    deriving.problems()
                            .name("pod " + host, host + "." + name.text())
                            .ifPresent(podName -> {
                                deriving.want(podName, targets, deriving.wishes(), rule + ", of a pod");
                                made.add(podName);
                            });
                }
            }
        }
        return made;
    }

    private boolean isPublished(Endpoint endpoint) {
        boolean ready = endpoint.getConditions() == null
                || endpoint.getConditions().getReady() == null
                || endpoint.getConditions().getReady();
        return ready
                || deriving.settings().publishNotReady()
                || Maps.is(service.getSpec().getPublishNotReadyAddresses());
    }

    private Optional<Pod> pod(String namespace, Endpoint endpoint) {
        return endpoint.getTargetRef() == null
                        || !"Pod".equals(endpoint.getTargetRef().getKind())
                ? Optional.empty()
                : surroundings.pod(namespace, endpoint.getTargetRef().getName());
    }

    private List<String> targets(Endpoint endpoint, Optional<Pod> pod) {
        Optional<String> asked = pod.flatMap(p -> new Annotations(p, deriving.settings()).get(Annotations.TARGET));
        if (asked.isPresent()) {
            return List.of(asked.get().split(","));
        }
        if (endpointsType.equals("NodeExternalIP")) {
            return node(endpoint, pod).stream()
                    .flatMap(node ->
                            NodeAddresses.of(List.of(node), NodeAddresses.Access.PUBLIC).byType().values().stream())
                    .flatMap(Set::stream)
                    .toList();
        }
        if (endpointsType.equals("HostIP") || deriving.settings().publishHostIps()) {
            return pod.filter(p -> p.getStatus() != null)
                    .map(p -> List.of(Maps.of(p.getStatus().getHostIP())))
                    .orElse(List.of());
        }
        return Maps.of(endpoint.getAddresses());
    }

    private Optional<Node> node(Endpoint endpoint, Optional<Pod> pod) {
        String name = pod.map(p -> Maps.of(p.getSpec().getNodeName())).orElse(Maps.of(endpoint.getNodeName()));
        return name.isEmpty() ? Optional.empty() : surroundings.node(name);
    }
}
