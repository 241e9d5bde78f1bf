package io.k8saws.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void mapsAreMergedKeyByKey_andEverythingElseIsReplaced() {
        Settings under = Settings.of(Map.of("map", Map.of("a", 1, "b", 2), "list", List.of(1, 2), "text", "x"));
        Settings over = Settings.of(Map.of("map", Map.of("b", 3, "c", 4), "list", List.of(9), "text", Map.of()));

        assertThat(under.plus(over).asMap())
                .isEqualTo(Map.of("map", Map.of("a", 1L, "b", 3L, "c", 4L), "list", List.of(9L), "text", Map.of()));
        assertThat(under.plus(Settings.none())).isEqualTo(under).hasSameHashCodeAs(under);
        assertThat(Settings.none().plus(under)).isEqualTo(under);
    }

    @Test
    void theOrderInWhichKeysWereGivenDoesNotMatter() {
        Map<String, Object> oneWay = new LinkedHashMap<>();
        oneWay.put("b", 1);
        oneWay.put("a", 2);
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("a", 2);
        other.put("b", 1);

        assertThat(Settings.of("map", oneWay)).hasToString("{map={a=2, b=1}}");
        assertThat(Settings.of("map", other)).hasToString("{map={a=2, b=1}}");
    }

    @Test
    void numbersOfAllKindsAreEqualWhenTheirValuesAre() {
        assertThat(Settings.of("n", 1)).isEqualTo(Settings.of("n", 1L)).isNotEqualTo(Settings.of("n", 1.0));
        assertThat(Settings.of("n", 0.5f)).isEqualTo(Settings.of("n", 0.5));
    }

    @Test
    void whatIsTakenOverCannotBeChangedAfterwards() {
        List<Object> list = new ArrayList<>(List.of(1));
        Settings settings = Settings.of("list", list);
        list.add(2);

        assertThat(settings.asMap()).isEqualTo(Map.of("list", List.of(1L)));
        assertThatThrownBy(() -> settings.asMap().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatNoConfigurationFileCanHoldIsRefusedByItsPath() {
        assertThatThrownBy(() -> Settings.of("a", List.of(Map.of("b", new Object()))))
                .hasMessageContaining("'a[0].b' is a Object");
        Map<String, Object> missing = new HashMap<>();
        missing.put("x", null);
        assertThatThrownBy(() -> Settings.of(missing)).hasMessageContaining("'x' is missing");
        assertThatThrownBy(() -> Settings.of("x", Double.NaN)).hasMessageContaining("'x' is a Double");
        assertThatThrownBy(() -> Settings.of("x", Map.of(1, 2))).hasMessageContaining("the key 1 of 'x'");
    }

    @Test
    void whatYamlCannotHoldAsASettingIsReported() {
        assertThatThrownBy(() -> ClusterSpec.fromYaml("""
                apiVersion: k8saws.io/v1alpha1
                kind: Cluster
                name: a
                region: eu-west-1
                network: {zones: [eu-west-1a, eu-west-1b, eu-west-1c]}
                kubernetes:
                  kubelet:
                    a: {b: [1, null]}
                  kubeProxy: 3
                """))
                .hasMessageContaining("kubernetes.kubelet.a.b[1]")
                .hasMessageContaining("kubernetes.kubeProxy");
    }
}
