package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A plan as text")
class PlanTextTest {
    private static Change general() {
        return Plans.change(
                "auto-scaling-group/general",
                Action.UPDATE,
                Risk.SAFE,
                new Cause(Cause.Kind.SPEC, "nodePools[general].maxSize"),
                "payments-general",
                List.of(new FieldChange("maxSize", "4", "6")));
    }

    @Test
    @DisplayName("begins with what happens, in one line")
    void headline() {
        Plan plan = Plans.with(general());

        assertThat(plan.toString().lines().findFirst())
                .contains("Plan payments@eu-west-1 #" + plan.id() + ": 1 update, 38 unchanged");
    }

    @Test
    @DisplayName("says that there is nothing to do")
    void empty() {
        assertThat(Plans.empty())
                .hasToString("Plan payments@eu-west-1 #" + Plans.empty().id()
                        + ": nothing to do, 38 resources are as they should be");
    }

    @Test
    @DisplayName("says that nothing is left to destroy")
    void nothingLeft() {
        Plan plan = new Plan(
                Plan.Purpose.DESTROY, "payments", "eu-west-1", "1", Optional.empty(), 0, List.of(), 0, List.of());

        assertThat(plan)
                .hasToString("Plan to destroy payments@eu-west-1 #" + plan.id()
                        + ": nothing to do, nothing of the cluster is left");
    }

    @Test
    @DisplayName("orders the names of a kind as people count")
    void naturalOrder() {
        Plan plan = Plans.with(
                Plans.creates("volume/pool-10", "x", List.of()),
                Plans.creates("subnet/a", "x", List.of()),
                Plans.creates("volume/pool-2", "x", List.of()));

        assertThat(plan.toString().lines().skip(2).map(String::strip))
                .containsExactly("+ volume/pool-2   spec: x", "+ volume/pool-10  spec: x", "+ subnet/a        spec: x");
    }

    @Test
    @DisplayName("keeps its columns straight when names are as long as a spec lets them be")
    void straight() {
        String longest = "security-group-rule/load-balancer-in-tcp-30000-32767-nat-gateway-ap-southeast-1-a";
        Plan plan = Plans.with(
                Plans.creates(longest, "nodePools[" + "p".repeat(32) + "].x", List.of()),
                Plans.change(
                        "vpc/main",
                        Action.DELETE,
                        Risk.DESTRUCTIVE,
                        new Cause(Cause.Kind.NO_LONGER_WANTED, ""),
                        "vpc-1",
                        List.of()));

        List<String> lines = plan.toString().lines().skip(2).toList();

        assertThat(lines.get(0).indexOf("spec: ")).isEqualTo(lines.get(1).indexOf("no longer wanted"));
        assertThat(lines.get(1)).contains("  DESTRUCTIVE  no longer wanted  ").endsWith("  vpc-1");
    }

    @Test
    @DisplayName("lets a cell without end move its own line only")
    void endless() {
        Plan plan = Plans.with(
                Plans.creates("volume/" + "v".repeat(300), "x", List.of()),
                Plans.creates("volume/a", "x", List.of()),
                Plans.creates("subnet/bb", "x", List.of()));

        assertThat(plan.toString().lines().skip(2))
                .contains(
                        "  + volume/a   spec: x",
                        "  + subnet/bb  spec: x",
                        "  + volume/" + "v".repeat(300) + "  spec: x");
    }

    @ParameterizedTest
    @DisplayName("tells rules of security groups in the words of people")
    @CsvSource(
            delimiter = '|',
            value = {
                "-1   | -1   | -1   | ingress | 0.0.0.0/0 |                  | all traffic from 0.0.0.0/0",
                "tcp  | 2379 | 2380 | ingress |           | etcd members     | 2379-2380/tcp, etcd members",
                "udp  | 53   | 53   | egress  | 10.0.0.0/16 | DNS            | 53/udp to 10.0.0.0/16, DNS",
                "icmp | 3    | 4    | ingress |           | path MTU discovery | icmp type 3 code 4, path MTU discovery",
                "icmp | 8    | -1   | ingress |           |                  | icmp type 8",
                "icmp | -1   | -1   | ingress |           |                  | all icmp",
                "50   | -1   | -1   | egress  |           |                  | all 50",
                "tcp  | 80   | 80   | ingress | (known after apply) |        | 80/tcp",
            })
    void rules(String protocol, int from, int to, String direction, String peer, String description, String words) {
        List<FieldChange> fields = Stream.of(
                        new FieldChange("description", "", Objects.requireNonNullElse(description, "")),
                        new FieldChange("direction", "", direction),
                        new FieldChange("fromPort", "", String.valueOf(from)),
                        new FieldChange("peerCidr", "", Objects.requireNonNullElse(peer, "")),
                        new FieldChange("protocol", "", protocol),
                        new FieldChange("toPort", "", String.valueOf(to)))
                .filter(field -> !field.after().isEmpty())
                .toList();

        assertThat(Plans.with(Plans.creates("security-group-rule/x", "y", fields))
                        .toString()
                        .lines())
                .last()
                .isEqualTo("  + security-group-rule/x  spec: y  " + words);
    }

    @Test
    @DisplayName("says all where EC2 says -1")
    void all() {
        assertThat(Difference.of(new FieldChange("fromPort", "-1", "443"), 60)).isEqualTo(new Difference("all", "443"));
        assertThat(new FieldChange("protocol", "tcp", "-1")).hasToString("protocol: tcp -> all");
        assertThat(new FieldChange("protocol", "", "-1")).hasToString("protocol: all");
        assertThat(Difference.of(new FieldChange("weight", "-1", "1"), 60)).isEqualTo(new Difference("-1", "1"));
    }

    @Test
    @DisplayName("lets no value forge a line, move the cursor or turn the reading direction")
    void hostile() {
        Plan plan = Plans.with(Plans.change(
                "subnet/a\n  - vpc/main",
                Action.UPDATE,
                Risk.SAFE,
                new Cause(Cause.Kind.DRIFT, "\u001b[2Jgone\u202e"),
                "id\r",
                List.of(new FieldChange("tags[x]", "a\u0000b", "c\u2028d"))));

        assertThat(plan.toString().lines()).hasSize(4);
        assertThat(plan.toString())
                .contains("subnet/a\\n  - vpc/main", "\\u001b[2Jgone\\u202e", "id\\r", "a\\u0000b -> c\\u2028d");
    }

    @Test
    @DisplayName("shows of two long values the place where they differ")
    void longValues() {
        String common = "x".repeat(500);
        Difference difference = Difference.of(new FieldChange("f", common + "before", common + "after"), 60);

        assertThat(difference.before()).isEqualTo("…" + "x".repeat(12) + "before");
        assertThat(difference.after()).isEqualTo("…" + "x".repeat(12) + "after");
    }

    @Test
    @DisplayName("cuts a long value that has no counterpart")
    void longValue() {
        Difference difference = Difference.of(new FieldChange("f", "", "y".repeat(500)), 60);

        assertThat(difference.before()).isEmpty();
        assertThat(difference.after()).isEqualTo("y".repeat(59) + "…");
    }
}
