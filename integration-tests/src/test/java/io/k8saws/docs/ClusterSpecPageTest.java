package io.k8saws.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.AccessSpec;
import io.k8saws.cluster.AddonSpec;
import io.k8saws.cluster.AddonsSpec;
import io.k8saws.cluster.ApiSpec;
import io.k8saws.cluster.AssetsSpec;
import io.k8saws.cluster.BastionSpec;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniSpec;
import io.k8saws.cluster.ControlPlaneSpec;
import io.k8saws.cluster.DnsSpec;
import io.k8saws.cluster.EtcdEventsSpec;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.ImdsSpec;
import io.k8saws.cluster.KeysSpec;
import io.k8saws.cluster.KubernetesSpec;
import io.k8saws.cluster.MachinesSpec;
import io.k8saws.cluster.NetworkSpec;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.cluster.VolumeSpec;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The page of the cluster spec has a row for each field of each part, with its true default. */
class ClusterSpecPageTest {
    private static final String PAGE = Documents.text(Documents.root().resolve("docs/cluster-spec.md"));
    private static final Set<String> REQUIRED = Set.of(
            "ClusterSpec.name",
            "ClusterSpec.region",
            "NetworkSpec.zones",
            "NodePoolSpec.name",
            "NodePoolSpec.instanceTypes");

    private static final Map<Class<?>, Object> DEFAULTS = Map.ofEntries(
            Map.entry(
                    ClusterSpec.class,
                    ClusterSpec.builder()
                            .name("payments")
                            .region("eu-west-1")
                            .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                            .build()),
            Map.entry(NetworkSpec.class, NetworkSpec.builder().build()),
            Map.entry(ApiSpec.class, ApiSpec.builder().build()),
            Map.entry(AccessSpec.class, AccessSpec.builder().build()),
            Map.entry(BastionSpec.class, BastionSpec.builder().build()),
            Map.entry(ControlPlaneSpec.class, ControlPlaneSpec.builder().build()),
            Map.entry(EtcdSpec.class, EtcdSpec.builder().build()),
            Map.entry(EtcdEventsSpec.class, EtcdEventsSpec.builder().build()),
            Map.entry(NodePoolSpec.class, NodePoolSpec.builder().build()),
            Map.entry(VolumeSpec.class, VolumeSpec.builder().build()),
            Map.entry(ImdsSpec.class, ImdsSpec.builder().build()),
            Map.entry(DnsSpec.class, DnsSpec.builder().build()),
            Map.entry(CniSpec.class, CniSpec.builder().build()),
            Map.entry(KubernetesSpec.class, KubernetesSpec.builder().build()),
            Map.entry(KeysSpec.class, KeysSpec.builder().build()),
            Map.entry(MachinesSpec.class, MachinesSpec.builder().build()),
            Map.entry(AssetsSpec.class, AssetsSpec.builder().build()),
            Map.entry(AddonsSpec.class, AddonsSpec.builder().build()),
            Map.entry(AddonSpec.class, AddonSpec.builder().build()));

    @TestFactory
    List<DynamicTest> eachPartHasItsFieldsAndDefaults() {
        return DEFAULTS.keySet().stream()
                .map(part -> DynamicTest.dynamicTest(part.getSimpleName(), () -> assertThat(rows(part.getSimpleName()))
                        .containsExactlyEntriesOf(fields(part))))
                .toList();
    }

    @Test
    void everyPartThatASpecHoldsHasItsSection() throws ReflectiveOperationException {
        for (Class<?> part : DEFAULTS.keySet()) {
            for (Object value : values(part).values()) {
                if (value.getClass().getSuperclass().getSimpleName().endsWith("Spec")) {
                    assertThat(DEFAULTS).containsKey(value.getClass().getSuperclass());
                }
            }
        }
    }

    /** The fields of a part in the order in which they are declared, with their defaults as the page writes them. */
    private static Map<String, String> fields(Class<?> part) throws ReflectiveOperationException {
        Map<String, String> fields = new LinkedHashMap<>();
        values(part)
                .forEach((name, value) -> fields.put(
                        name, REQUIRED.contains(part.getSimpleName() + "." + name) ? "**required**" : shown(value)));
        return fields;
    }

    private static Map<String, Object> values(Class<?> part) throws ReflectiveOperationException {
        Object byDefault = DEFAULTS.get(part);
        List<String> names = Arrays.stream(byDefault.getClass().getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())
                        && !Modifier.isVolatile(field.getModifiers()))
                .map(Field::getName)
                .toList();
        Map<String, Object> values = new LinkedHashMap<>();
        for (String name : names) {
            values.put(name, part.getMethod(name).invoke(byDefault));
        }
        return values;
    }

    private static String shown(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.map(ClusterSpecPageTest::shown).orElse("none");
        }
        if (value instanceof Map<?, ?> map && map.isEmpty()) {
            return "none";
        }
        if (value instanceof Collection<?> list) {
            return list.isEmpty()
                    ? "none"
                    : list.stream().map(ClusterSpecPageTest::shown).collect(Collectors.joining(", "));
        }
        if (value instanceof Enum<?> constant) {
            return "`" + constant.name().toLowerCase(Locale.ROOT) + "`";
        }
        String type = value.getClass().getSuperclass().getSimpleName();
        return type.endsWith("Spec") && !(value instanceof VolumeSpec)
                ? "see [`" + type + "`](#" + type.toLowerCase(Locale.ROOT) + ")"
                : "`" + value + "`";
    }

    /** The first two columns of the table below a heading. */
    private static Map<String, String> rows(String heading) {
        Map<String, String> rows = new LinkedHashMap<>();
        String section = PAGE.split("\n## `" + heading + "`\n", -1)[1].split("\n## ", -1)[0];
        section.lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            String[] cells = line.split("\\|", -1);
            rows.put(cells[1].strip().replace("`", ""), cells[2].strip());
        });
        return rows;
    }
}
