package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.RoutingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Objects as YAML in one line each; {@code ed/} stands for external-dns's new prefix, {@code old/} for its old one. The first object is the one that is asked about. */
final class World implements Surroundings {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private final List<HasMetadata> objects = new ArrayList<>();

    World(String text) {
        text.lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.replace("ed/", SourceSettings.PREFIX)
                        .replace("old/", SourceSettings.OLD_PREFIX)
                        .replace("service-name:", "kubernetes.io/service-name:"))
                .forEach(line -> objects.add(YAML.unmarshal("---\n" + line)));
    }

    Derivation derive(SourceSettings settings) {
        return new Sources(settings).derive(objects.get(0), this);
    }

    /** One line each: records, then names that wait, names that are held, and problems. */
    static List<String> told(Derivation derivation) {
        List<String> lines = new ArrayList<>();
        derivation.endpoints().forEach(endpoint -> lines.add(told(endpoint)));
        derivation.awaiting().stream().map(DnsName::text).sorted().forEach(name -> lines.add("waits " + name));
        derivation.held().stream().map(DnsName::text).sorted().forEach(name -> lines.add("held " + name));
        derivation.problems().forEach(problem -> lines.add("! " + problem));
        return lines;
    }

    private static String told(Endpoint endpoint) {
        String text = endpoint.type() + " " + endpoint.name() + " " + String.join(" ", endpoint.targets());
        if (endpoint.ttl().isPresent()) {
            text += " ttl=" + endpoint.ttl().get().toSeconds();
        }
        if (endpoint.setIdentifier().isPresent()) {
            text += " set=" + endpoint.setIdentifier().get();
        }
        if (!(endpoint.routing() instanceof RoutingPolicy.Simple)) {
            text += " " + endpoint.routing();
        }
        if (endpoint.healthCheckId().isPresent()) {
            text += " check=" + endpoint.healthCheckId().get();
        }
        if (!endpoint.options().equals(EndpointOptions.defaults())) {
            text += " " + endpoint.options();
        }
        return text;
    }

    private <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private <T extends HasMetadata> Optional<T> one(Class<T> type, String namespace, String name) {
        return all(type).stream()
                .filter(object -> Maps.of(object.getMetadata().getNamespace()).equals(namespace)
                        && object.getMetadata().getName().equals(name))
                .findFirst();
    }

    @Override
    public Optional<Node> node(String name) {
        return one(Node.class, "", name);
    }

    @Override
    public List<Node> nodes() {
        return all(Node.class);
    }

    @Override
    public Optional<Pod> pod(String namespace, String name) {
        return one(Pod.class, namespace, name);
    }

    @Override
    public List<Pod> pods(String namespace, Map<String, String> labels) {
        return all(Pod.class).stream()
                .filter(pod -> pod.getMetadata().getNamespace().equals(namespace)
                        && Maps.of(pod.getMetadata().getLabels()).entrySet().containsAll(labels.entrySet()))
                .toList();
    }

    @Override
    public List<EndpointSlice> slices(String namespace, String service) {
        return all(EndpointSlice.class).stream()
                .filter(slice -> slice.getMetadata().getNamespace().equals(namespace)
                        && service.equals(
                                Maps.of(slice.getMetadata().getLabels()).get("kubernetes.io/service-name")))
                .toList();
    }

    @Override
    public Optional<Gateway> gateway(String namespace, String name) {
        return one(Gateway.class, namespace, name);
    }

    @Override
    public Optional<Ingress> ingress(String namespace, String name) {
        return one(Ingress.class, namespace, name);
    }

    @Override
    public Map<String, String> namespaceLabels(String name) {
        return one(Namespace.class, "", name)
                .map(namespace -> Maps.of(namespace.getMetadata().getLabels()))
                .orElse(Map.of());
    }
}
