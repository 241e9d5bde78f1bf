package io.k8saws.addon;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.internal.text.YamlDocuments;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectDifferenceTest {
    private static List<String> between(String before, String after) {
        return ObjectDifference.of(read(before), read(after)).stream()
                .map(change -> change.field() + ": " + change.before() + " -> " + change.after())
                .toList();
    }

    private static Map<String, Object> read(String text) {
        return YamlDocuments.read("kind: Thing\n" + text).get(0);
    }

    @Test
    void whatTheServerKeepsForItselfIsNoDifference() {
        assertThat(between("""
                        metadata: {name: a, uid: "1", resourceVersion: "7", generation: 1, managedFields: [{manager: x}]}
                        status: {ready: 1}
                        """, """
                        metadata: {name: a, uid: "1", resourceVersion: "8", generation: 2, managedFields: []}
                        status: {}
                        """)).isEmpty();
    }

    @Test
    void numbersOfAnyKindAreCompared() {
        assertThat(between("spec: {a: 1, b: 1.0}", "spec: {a: 1.0, b: 2}")).containsExactly("spec.b: 1.0 -> 2");
    }

    @Test
    void elementsAreCalledByTheirNames() {
        assertThat(between(
                        "spec: {containers: [{name: a, args: [x, y]}], ports: [1]}",
                        "spec: {containers: [{name: a, args: [x, z]}], ports: [1, 2]}"))
                .containsExactly("spec.containers[a].args[1]: y -> z", "spec.ports: [1] -> [1, 2]");
    }

    @Test
    void whatComesAndGoesHasOneSide() {
        assertThat(between("data: {a.conf: x}", "data: {b: 'y\n  z'}"))
                .containsExactly("data[a.conf]: x -> ", "data.b:  -> y z");
    }

    @Test
    void longTextIsCut() {
        assertThat(between("data: {a: x}", "data: {a: " + "y".repeat(100) + "}"))
                .containsExactly("data.a: x -> " + "y".repeat(79) + "…");
    }

    @Test
    void aSecretIsNotShown() {
        Map<String, Object> before =
                YamlDocuments.read("{kind: Secret, data: {a: Zmlyc3Q=}}").get(0);
        Map<String, Object> after =
                YamlDocuments.read("{kind: Secret, data: {a: c2Vjb25k}}").get(0);

        assertThat(ObjectDifference.of(before, after)).singleElement().satisfies(change -> assertThat(
                        change.field() + change.before() + change.after())
                .isEqualTo("data.a(not shown)(not shown)"));
    }
}
