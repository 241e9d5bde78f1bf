package io.k8saws.etcd.rescue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.etcd.registry.ResourceKey;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final List<String> KEYS = List.of(
            "/registry/namespaces/shop",
            "/registry/configmaps/shop/a",
            "/registry/configmaps/shop-2/a",
            "/registry/deployments/shop/web",
            "/registry/deployments/other/web",
            "/registry/clusterroles/shop",
            "/registry/stable.example.com/crontabs/shop/nightly",
            "/other/shop/a");

    private static List<String> chosen(Selection selection) {
        return KEYS.stream()
                .filter(key -> selection.matches(key, ResourceKey.of(key.getBytes(UTF_8))))
                .toList();
    }

    @Test
    void aNamespaceIsItselfAndAllThatIsInIt() {
        assertThat(chosen(Selection.ofNamespace("shop")))
                .containsExactly(
                        "/registry/namespaces/shop",
                        "/registry/configmaps/shop/a",
                        "/registry/deployments/shop/web",
                        "/registry/stable.example.com/crontabs/shop/nightly");
    }

    @Test
    void aKindHasTwoSpellings() {
        assertThat(chosen(Selection.ofType("deployments.apps")))
                .isEqualTo(chosen(Selection.ofType("apps/deployments")))
                .containsExactly("/registry/deployments/shop/web", "/registry/deployments/other/web");
    }

    @Test
    void allThatIsNamedMustFit() {
        Selection selection =
                Selection.ofNamespace("shop").withNamespace("other").withType("deployments.apps");
        assertThat(chosen(selection))
                .containsExactly("/registry/deployments/shop/web", "/registry/deployments/other/web");
        assertThat(chosen(selection.withPrefix("/registry/deployments/o")))
                .containsExactly("/registry/deployments/other/web");
        assertThat(chosen(Selection.ofPrefix("/other/"))).containsExactly("/other/shop/a");
        assertThat(selection).hasToString("namespace other or shop, deployments.apps");
    }

    @Test
    void everythingIsNoSelection() {
        assertThatThrownBy(() -> new Selection(Set.of(), Set.of(), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("restore the cluster");
        assertThatThrownBy(() -> Selection.ofPrefix("")).hasMessageContaining("a name is empty");
    }
}
