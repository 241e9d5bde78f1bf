package io.k8saws.etcd.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceKeyTest {
    @ParameterizedTest
    @CsvSource({
        "/registry/pods/default/web, '', pods, default, web",
        "/registry/namespaces/payments, '', namespaces, '', payments",
        "/registry/minions/node-1, '', nodes, '', node-1",
        "/registry/services/specs/default/kubernetes, '', services, default, kubernetes",
        "/registry/services/endpoints/default/kubernetes, '', endpoints, default, kubernetes",
        "/registry/controllers/default/old, '', replicationcontrollers, default, old",
        "/registry/ingress/shop/front, networking.k8s.io, ingresses, shop, front",
        "/registry/deployments/shop/front, apps, deployments, shop, front",
        "/registry/clusterroles/system:node, rbac.authorization.k8s.io, clusterroles, '', system:node",
        "/registry/leases/kube-system/kube-scheduler, coordination.k8s.io, leases, kube-system, kube-scheduler",
        "/registry/events/default/web.17f2, '', events, default, web.17f2",
        "/registry/masterleases/10.0.0.1, '', masterleases, '', 10.0.0.1",
        "/registry/ranges/serviceips, '', ranges, '', serviceips",
        "/registry/apiextensions.k8s.io/customresourcedefinitions/crontabs.stable.example.com, apiextensions.k8s.io, customresourcedefinitions, '', crontabs.stable.example.com",
        "/registry/apiregistration.k8s.io/apiservices/v1.apps, apiregistration.k8s.io, apiservices, '', v1.apps",
        "/registry/stable.example.com/crontabs/default/nightly, stable.example.com, crontabs, default, nightly",
        "/registry/unheardof/default/x, '', unheardof, default, x"
    })
    void keysOfAnApiServer(String key, String group, String resource, String namespace, String name) {
        assertThat(ResourceKey.of(bytes(key))).contains(new ResourceKey(group, resource, namespace, name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compact_rev_key",
                "/registry",
                "/registry/",
                "/registry//x",
                "/registry/pods",
                "/registry/pods/default/web/more",
                "/registry/stable.example.com",
                "/registry/stable.example.com/crontabs",
                "/other/pods/default/web"
            })
    void otherKeys(String key) {
        assertThat(ResourceKey.of(bytes(key))).isEmpty();
    }

    @Test
    void anotherPrefix() {
        assertThat(ResourceKey.of(bytes("/kubernetes.io/pods/default/web"), "/kubernetes.io"))
                .contains(new ResourceKey("", "pods", "default", "web"));
        assertThat(ResourceKey.of(bytes("/registry/pods/default/web"), "/kubernetes.io"))
                .isEmpty();
    }

    @Test
    void textIsThatOfKubectl() {
        assertThat(ResourceKey.of(bytes("/registry/deployments/shop/front")).map(ResourceKey::toString))
                .contains("deployments.apps shop/front");
        assertThat(ResourceKey.of(bytes("/registry/minions/node-1")).map(ResourceKey::toString))
                .contains("nodes node-1");
    }

    @Property(tries = 2000)
    void anyBytesAreAKeyOrNone(@ForAll byte[] rest) {
        byte[] key = new byte[rest.length + 10];
        System.arraycopy(bytes("/registry/"), 0, key, 0, 10);
        System.arraycopy(rest, 0, key, 10, rest.length);

        Optional<ResourceKey> found = ResourceKey.of(key);

        found.ifPresent(resource -> assertThat(resource.name()).isNotEmpty());
        assertThat(ResourceKey.of(rest, "/x")).isNotNull();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
