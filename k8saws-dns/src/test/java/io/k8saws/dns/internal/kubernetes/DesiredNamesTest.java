package io.k8saws.dns.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.source.Sources;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which names are to be looked at when an object changes. */
class DesiredNamesTest {
    private final ClusterObjects objects = new ClusterObjects();
    private final SlimStore<Service> services = new SlimStore<>();
    private final SlimStore<Node> nodes = new SlimStore<>();
    private final DesiredNames desired = new DesiredNames(objects, new Sources(SourceSettings.defaults()));

    @BeforeEach
    void addStores() {
        objects.add("Service", services);
        objects.add("Node", nodes);
    }

    private static Service service(String name, String type, Map<String, String> annotations) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withType(type)
                .endSpec()
                .build();
    }

    private static Map<String, String> named(String host, String target) {
        return Map.of(SourceSettings.PREFIX + "hostname", host, SourceSettings.PREFIX + "target", target);
    }

    private static Node node(String address) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("n1")
                .endMetadata()
                .withNewStatus()
                .addNewAddress(address, "ExternalIP")
                .endStatus()
                .build();
    }

    private <T extends HasMetadata> Set<DnsName> put(SlimStore<T> store, T object) {
        store.put(store.getKey(object), object);
        return desired.changed(ObjectKey.of(object));
    }

    private <T extends HasMetadata> Set<DnsName> remove(SlimStore<T> store, T object) {
        store.remove(store.getKey(object));
        return desired.changed(ObjectKey.of(object));
    }

    private static Set<DnsName> names(String... names) {
        return Arrays.stream(names).map(DnsName::of).collect(Collectors.toSet());
    }

    @Test
    void whatIsForgottenOfAKindIsWantedNoMore() {
        Service web = service("web", "LoadBalancer", named("web.example.com", "192.0.2.1"));
        assertThat(put(services, web)).isEqualTo(names("web.example.com"));

        assertThat(objects.remove("Service", new SlimStore<Service>()))
                .as("other objects")
                .isFalse();
        assertThat(objects.remove("Service", services)).isTrue();

        assertThat(desired.keysOf("Service")).containsExactly(ObjectKey.of(web));
        assertThat(desired.keysOf("Node")).isEmpty();
        assertThat(desired.changed(ObjectKey.of(web))).isEqualTo(names("web.example.com"));
        assertThat(desired.names()).isEmpty();
        assertThat(desired.keysOf("Service")).isEmpty();
    }

    @Test
    void anObject_dirtiesItsOldAndNewNames_andNothingWhenNothingChanged() {
        assertThat(put(services, service("web", "LoadBalancer", named("a.b", "1.1.1.1"))))
                .isEqualTo(names("a.b"));
        assertThat(put(services, service("web", "LoadBalancer", named("a.b", "1.1.1.1"))))
                .isEmpty();
        assertThat(put(services, service("web", "LoadBalancer", named("c.b", "1.1.1.1"))))
                .isEqualTo(names("a.b", "c.b"));
        assertThat(remove(services, service("web", "LoadBalancer", Map.of()))).isEqualTo(names("c.b"));
        assertThat(desired.names()).isEmpty();
    }

    @Test
    void twoObjects_bothWantAName() {
        put(services, service("one", "LoadBalancer", named("a.b", "1.1.1.1")));
        put(services, service("two", "LoadBalancer", named("a.b", "2.2.2.2")));

        assertThat(desired.wish(DnsName.of("a.b")).endpoints()).hasSize(2);
        remove(services, service("one", "LoadBalancer", Map.of()));
        assertThat(desired.wish(DnsName.of("a.b")).endpoints())
                .singleElement()
                .satisfies(endpoint -> assertThat(endpoint.targets()).containsExactly("2.2.2.2"));
    }

    @Test
    void aNode_dirtiesTheNamesOfThoseThatLookedAtIt_andNoOthers() {
        put(nodes, node("3.0.0.1"));
        put(services, service("ports", "NodePort", Map.of(SourceSettings.PREFIX + "hostname", "p.b")));
        put(services, service("web", "LoadBalancer", named("a.b", "1.1.1.1")));

        assertThat(put(nodes, node("3.0.0.2"))).isEqualTo(names("p.b"));
        assertThat(put(nodes, node("3.0.0.2"))).isEmpty();
        remove(services, service("ports", "NodePort", Map.of()));
        assertThat(put(nodes, node("3.0.0.3"))).isEmpty();
    }

    @Test
    void aNameWithoutTarget_waits_andABrokenOneIsHeld() {
        put(services, service("lb", "LoadBalancer", Map.of(SourceSettings.PREFIX + "hostname", "w.b")));
        put(
                services,
                service(
                        "bad",
                        "LoadBalancer",
                        Map.of(
                                SourceSettings.PREFIX + "hostname", "h.b",
                                SourceSettings.PREFIX + "aws-weight", "heavy",
                                SourceSettings.PREFIX + "set-identifier", "one")));

        assertThat(desired.wish(DnsName.of("w.b")).awaiting()).containsExactly(new ObjectKey("Service", "shop", "lb"));
        assertThat(desired.isWantedBy("service")).isTrue();
        assertThat(desired.isWantedBy("ingress")).isFalse();
        assertThat(desired.wish(DnsName.of("h.b")).held()).isTrue();
        assertThat(desired.troubled()).containsExactly(new ObjectKey("Service", "shop", "bad"));
    }

    @Test
    void reset_forgetsAllButTheProgramsOwn() {
        Endpoint own = new Endpoint(
                DnsName.of("own.b"),
                RecordType.A,
                List.of("1.1.1.1"),
                Optional.empty(),
                Optional.empty(),
                new RoutingPolicy.Simple(),
                Optional.empty(),
                EndpointOptions.defaults(),
                new Cause("program", "", "me", "records"));
        desired.program(List.of(own));
        put(nodes, node("3.0.0.1"));
        put(services, service("ports", "NodePort", Map.of(SourceSettings.PREFIX + "hostname", "p.b")));

        desired.reset();

        assertThat(desired.names()).isEqualTo(names("own.b"));
        assertThat(desired.isWantedBy("program")).isTrue();
        assertThat(put(nodes, node("3.0.0.2")))
                .as("nobody asks for it any more")
                .isEmpty();
    }

    @Test
    void slimObjects_haveNoFieldsOfManagers() {
        Service service = service("web", "LoadBalancer", named("a.b", "1.1.1.1"));
        service.getMetadata()
                .setAnnotations(
                        new HashMap<>(Map.of("kubectl.kubernetes.io/last-applied-configuration", "x", "y", "z")));
        services.put("shop/web", service);

        assertThat(services.find("shop", "web"))
                .hasValueSatisfying(
                        slim -> assertThat(slim.getMetadata().getAnnotations()).containsOnlyKeys("y"));
    }
}
