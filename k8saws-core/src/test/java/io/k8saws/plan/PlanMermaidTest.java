package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A plan as a Mermaid chart")
class PlanMermaidTest {
    @Test
    @DisplayName(
            "has an arrow from what is done first, but none that another way shows, and none to what the plan leaves alone")
    void arrows() {
        Plan plan = Plans.with(
                Plans.creates("vpc/main", "x", List.of(), "dhcp-options/main"),
                Plans.creates("subnet/a", "x", List.of(), "vpc/main"),
                Plans.creates("nat-gateway/a", "x", List.of(), "vpc/main", "subnet/a"));

        assertThat(plan.toMermaid().lines().map(String::strip).filter(line -> line.contains("-->")))
                .containsExactly("c0 --> c1", "c1 --> c2");
    }

    @Test
    @DisplayName("keeps any name inside its label")
    void hostile() {
        Plan plan =
                Plans.with(Plans.creates("subnet/\"]; click c0 \"javascript:x\" %%{init}\n<b>`#quot;", "x", List.of()));

        assertThat(plan.toMermaid().lines().filter(line -> line.contains("subnet")))
                .singleElement()
                .asString()
                .matches("  c0\\[\"[^\"\\[\\]<>`{}%]*\"\\]:::onCreate");
    }

    @Test
    @DisplayName("shows a plan that is too large for Mermaid by kind")
    void large() {
        List<Change> changes = new ArrayList<>(List.of(Plans.creates("vpc/main", "x", List.of())));
        for (int i = 0; i < 500; i++) {
            changes.add(Plans.creates("subnet/" + i, "x", List.of(), "vpc/main"));
        }

        assertThat(Plans.with(changes.toArray(Change[]::new))
                        .toMermaid()
                        .lines()
                        .skip(2))
                .containsExactly(
                        "  c0[\"vpc × 1 (create)\"]:::onCreate",
                        "  c1[\"subnet × 500 (create)\"]:::onCreate",
                        "  c0 --> c1",
                        "  classDef onCreate fill:#dafbe1,stroke:#1a7f37,color:#0b3d18");
    }
}
