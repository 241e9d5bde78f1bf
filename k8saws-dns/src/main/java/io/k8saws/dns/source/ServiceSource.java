package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The names of a Service. Pure. */
final class ServiceSource {
    private final Service service;
    private final ServiceSpec spec;
    private final Surroundings surroundings;
    private final Deriving deriving;

    private ServiceSource(Service service, SourceSettings settings, Surroundings surroundings) {
        this.service = service;
        this.spec = service.getSpec();
        this.surroundings = surroundings;
        this.deriving = new Deriving(service, SourceKind.SERVICE, settings);
    }

    static Derivation of(Service service, SourceSettings settings, Surroundings surroundings) {
        return new ServiceSource(service, settings, surroundings).derived();
    }

    private Derivation derived() {
        if (deriving.annotations().isForAnother()) {
            return Derivation.nothing();
        }
        Set<DnsName> names = deriving.named(Annotations.HOSTNAME);
        Set<DnsName> internal = deriving.named(Annotations.INTERNAL_HOSTNAME);
        Set<DnsName> legacy = legacyNames();
        publish(names, Deriving.HOSTNAME);
        publish(legacy, "older annotation");
        kops();
        if (!internal.isEmpty()) {
            clusterAddress(internal, Deriving.INTERNAL_HOSTNAME);
        }
        publish(deriving.templated(!names.isEmpty() || !internal.isEmpty() || !legacy.isEmpty()), Deriving.TEMPLATE);
        return deriving.done();
    }

    private Set<DnsName> legacyNames() {
        Set<Dialect> dialects = deriving.settings().dialects();
        Set<DnsName> names = new LinkedHashSet<>();
        if (dialects.contains(Dialect.MATE)) {
            names.addAll(deriving.foreign("zalando.org/dnsname"));
        }
        boolean labelled =
                "route53".equals(Maps.of(service.getMetadata().getLabels()).get("dns"));
        if (dialects.contains(Dialect.ROUTE53_KUBERNETES) && labelled) {
            deriving.annotations().foreign("domainName").ifPresent(text -> {
                for (String part : text.split("[,\\s]+")) {
                    deriving.problems()
                            .name("metadata.annotations[domainName]", part.startsWith(".") ? part.substring(1) : part)
                            .ifPresent(names::add);
                }
            });
        }
        return names;
    }

    private void publish(Set<DnsName> names, String rule) {
        if (names.isEmpty()) {
            return;
        }
        if (deriving.asked().isPresent()) {
            deriving.want(names, deriving.asked().get(), rule);
            return;
        }
        switch (Maps.of(spec.getType())) {
            case "LoadBalancer" -> deriving.want(names, ofLoadBalancer(), rule);
            case "NodePort" -> nodePort(names, rule);
            case "ExternalName" -> deriving.want(names, ofExternalName(), rule);
            default -> {
                if (HeadlessService.isHeadless(service)) {
                    headless(names, rule);
                } else if (deriving.settings().publishClusterIps()) {
                    clusterAddress(names, rule);
                }
            }
        }
    }

    private void headless(Set<DnsName> names, String rule) {
        new HeadlessService(service, deriving, surroundings).want(names, rule);
    }

    private void clusterAddress(Set<DnsName> names, String rule) {
        if (HeadlessService.isHeadless(service)) {
            headless(names, rule);
        } else {
            List<String> addresses = Maps.of(spec.getClusterIPs());
            deriving.want(
                    names, Targets.of(addresses.isEmpty() ? List.of(Maps.of(spec.getClusterIP())) : addresses), rule);
        }
    }

    private Targets ofLoadBalancer() {
        List<String> external = Maps.of(spec.getExternalIPs());
        if (!external.isEmpty()) {
            return Targets.of(external);
        }
        return service.getStatus() == null || service.getStatus().getLoadBalancer() == null
                ? Targets.none()
                : Targets.of(Maps.of(service.getStatus().getLoadBalancer().getIngress()).stream()
                        .flatMap(ServiceSource::ends)
                        .toList());
    }

    private static Stream<String> ends(LoadBalancerIngress ingress) {
        return Stream.of(Maps.of(ingress.getIp()), Maps.of(ingress.getHostname()));
    }

    private Targets ofExternalName() {
        List<String> external = Maps.of(spec.getExternalIPs());
        return Targets.of(external.isEmpty() ? List.of(Maps.of(spec.getExternalName())) : external);
    }

    private void nodePort(Set<DnsName> names, String rule) {
        Targets nodes = NodeAddresses.of(nodes(), NodeAddresses.access(deriving.annotations(), deriving.problems()));
        deriving.want(names, nodes, rule);
        for (DnsName name : names) {
            for (ServicePort port : Maps.of(spec.getPorts())) {
                if (port.getNodePort() != null && port.getNodePort() > 0) {
                    service(name, port, !nodes.isEmpty());
                }
            }
        }
    }

    private void service(DnsName name, ServicePort port, boolean served) {
        String protocol =
                port.getProtocol() == null ? "tcp" : port.getProtocol().toLowerCase(Locale.ROOT);
        if (name.isWildcard()) {
            return;
        }
        deriving.problems()
                .name("metadata.name", "_" + service.getMetadata().getName() + "._" + protocol + "." + name.text())
                .ifPresent(srv -> {
                    if (served) {
                        deriving.want(
                                srv,
                                RecordType.SRV,
                                List.of("0 50 " + port.getNodePort() + " " + name.text()),
                                deriving.wishes(),
                                "node port");
                    } else { // it waits as the host does
                        deriving.want(srv, Targets.none(), deriving.wishes(), "node port");
                    }
                });
    }

    /** Where traffic arrives: on all nodes, or only on those that run a pod of the Service. */
    private List<Node> nodes() {
        if (!"Local".equals(spec.getExternalTrafficPolicy())) {
            return surroundings.nodes();
        }
        List<Pod> pods = Maps.of(spec.getSelector()).isEmpty()
                ? List.of()
                : surroundings.pods(service.getMetadata().getNamespace(), spec.getSelector());
        List<Pod> best = pods.stream().filter(Pods::isReady).toList();
        if (best.isEmpty()) {
            best = pods.stream().filter(Pods::isRunning).toList();
        }
        Set<String> hosts = new HashSet<>();
        best.stream()
                .map(pod -> pod.getSpec().getNodeName())
                .filter(Objects::nonNull)
                .forEach(hosts::add);
        List<Node> nodes = new ArrayList<>();
        hosts.forEach(host -> surroundings.node(host).ifPresent(nodes::add));
        return nodes;
    }

    /** dns-controller's rules: both annotations lead to a load balancer; a node port wants exactly one of them, and leads to the nodes. */
    private void kops() {
        if (!deriving.settings().dialects().contains(Dialect.KOPS)) {
            return;
        }
        Set<DnsName> external = deriving.foreign(Pods.KOPS_EXTERNAL);
        Set<DnsName> internal = deriving.foreign(Pods.KOPS_INTERNAL);
        switch (Maps.of(spec.getType())) {
            case "LoadBalancer" -> {
                deriving.want(external, ofLoadBalancer(), Pods.KOPS_EXTERNAL);
                deriving.want(internal, ofLoadBalancer(), Pods.KOPS_INTERNAL);
            }
            case "NodePort" -> {
                if (!external.isEmpty() && !internal.isEmpty()) {
                    deriving.problems()
                            .add(
                                    "metadata.annotations[" + Pods.KOPS_EXTERNAL + "]",
                                    "a node port leads to external or internal addresses, not to both",
                                    "remove one of the two annotations");
                    return;
                }
                List<Node> workers = surroundings.nodes().stream()
                        .filter(ServiceSource::isWorker)
                        .toList();
                deriving.want(external, NodeAddresses.of(workers, NodeAddresses.Access.PUBLIC), Pods.KOPS_EXTERNAL);
                deriving.want(internal, NodeAddresses.of(workers, NodeAddresses.Access.PRIVATE), Pods.KOPS_INTERNAL);
            }
            default -> {}
        }
    }

    private static boolean isWorker(Node node) {
        var labels = Maps.of(node.getMetadata().getLabels());
        return labels.containsKey("node-role.kubernetes.io/node")
                || "node".equals(labels.get("kubernetes.io/role"))
                || labels.keySet().stream().noneMatch(key -> key.equals("node-role.kubernetes.io/control-plane"));
    }
}
