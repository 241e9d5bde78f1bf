package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Topology;
import io.k8saws.network.NetworkPlan;
import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The page of a plan in a real browser")
class PlanHtmlIT {
    private static final Pattern REPORT = Pattern.compile("<pre id=\"report\">(.*?)</pre>", Pattern.DOTALL);

    @TempDir
    private Path scratch;

    @ParameterizedTest(name = "{0}, dark: {2}")
    @DisplayName("has no text on text, none that leaves its shape, and is legible in light and dark")
    @MethodSource("pages")
    void isReadable(String name, Plan plan, boolean dark) throws Exception {
        List<String> report = look(plan, dark, 1400);

        assertThat(report.get(0)).isEqualTo(dark ? "background rgb(13, 17, 23)" : "background rgb(255, 255, 255)");
        assertThat(report.get(1)).matches("checked \\d{2,}");
        assertThat(report.subList(2, report.size())).isEmpty();
    }

    @ParameterizedTest(name = "of {0} pixels")
    @DisplayName("fits a small window")
    @ValueSource(ints = {500, 600, 947, 948})
    void small(int width) throws Exception {
        List<String> report = look(plan(cluster(3, 9, Topology.PRIVATE, true), true), false, width);

        assertThat(report.subList(2, report.size())).isEmpty();
    }

    @Test
    @DisplayName("is shown whole under its own security policy")
    void policy() throws Exception {
        Path file = scratch.resolve("plan.html");
        plan(cluster(3, 3, Topology.PRIVATE, true), true).saveHtml(file);

        assertThat(new Browser(scratch).open(file, false, 1400).console())
                .doesNotContain("Content Security Policy", "CONSOLE");
    }

    @Test
    @DisplayName("is found wrong by this test when it is")
    void wrong() throws Exception {
        String html = plan(cluster(1, 1, Topology.PRIVATE, false), true)
                .toHtml()
                .replace("text-anchor=\"end\"", "text-anchor=\"start\"")
                .replace("--muted: #535b65", "--muted: #aaaaaa");

        assertThat(look(html, false, 1400))
                .anyMatch(line -> line.startsWith("text leaves its shape"))
                .anyMatch(line -> line.startsWith("contrast "));
    }

    @Test
    @DisplayName("is found wrong by this test when arrows end beside their frame, or the drawing is cut off in silence")
    void wrongDrawing() throws Exception {
        String html = plan(cluster(3, 2, Topology.PRIVATE, false), true).toHtml();

        assertThat(look(html.replace("class=\"band\"", "class=\"bend\""), false, 1400))
                .anyMatch(line -> line.startsWith("an arrow ends nowhere"));
        assertThat(look(html.replace("max-width: 899px", "max-width: 100px"), false, 600))
                .contains("the drawing is cut off without a word");
        assertThat(look(html.replace("max-width: 899px", "max-width: 2000px"), false, 1400))
                .contains("says that the drawing is cut off, and it is not");
    }

    static Stream<Arguments> pages() {
        return Stream.of(false, true)
                .flatMap(dark -> Stream.of(
                        Arguments.of("one zone, public", plan(cluster(1, 1, Topology.PUBLIC, false), true), dark),
                        Arguments.of("two zones, unchanged", plan(cluster(2, 2, Topology.PRIVATE, false), false), dark),
                        Arguments.of(
                                "three zones, every change", plan(cluster(3, 4, Topology.PRIVATE, true), true), dark),
                        Arguments.of(
                                "three zones, public, bastion", plan(cluster(3, 9, Topology.PUBLIC, true), true), dark),
                        Arguments.of(
                                "five zones, 100 pools", plan(cluster(5, 100, Topology.PRIVATE, true), true), dark)));
    }

    private List<String> look(Plan plan, boolean dark, int width) throws IOException, InterruptedException {
        return look(plan.toHtml(), dark, width);
    }

    /** Opens a copy of the page with the looking script in it; for that the copy must do without the page's policy. */
    private List<String> look(String html, boolean dark, int width) throws IOException, InterruptedException {
        String copy = html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "")
                .replace("</body>", "<script>" + script() + "</script></body>");
        Path file = Files.writeString(scratch.resolve("copy.html"), copy);
        Browser.Visit visit = new Browser(scratch).open(file, dark, width);
        Matcher report = REPORT.matcher(visit.dom());
        assertThat(report.find())
                .as("a report in the page; the browser said: %s", visit.console())
                .isTrue();
        return report.group(1).lines().toList();
    }

    private static String script() throws IOException {
        try (InputStream script = Objects.requireNonNull(PlanHtmlIT.class.getResourceAsStream("look.js"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static ClusterSpec cluster(int zones, int pools, Topology topology, boolean bastion) {
        String[] names = new String[zones];
        for (int i = 0; i < zones; i++) {
            names[i] = "ap-southeast-1" + (char) ('a' + i);
        }
        ClusterSpec.Builder spec = ClusterSpec.builder()
                .name("a-cluster-with-a-long-name")
                .region("ap-southeast-1")
                .network(network -> network.zones(names).topology(topology))
                .api(api -> {
                    api.allowedCidrs("203.0.113.128/25", "198.51.100.128/25", "192.0.2.128/25");
                    if (topology == Topology.PUBLIC) { // whose machines could not reach a public one that is closed
                        api.internal();
                    }
                })
                .etcd(etcd -> {
                    etcd.surviveZoneLoss(zones > 2).members(zones > 4 ? 5 : 3);
                    if (zones > 4) {
                        etcd.separateEvents();
                    }
                });
        if (bastion) {
            spec.access(access -> access.sshPublicKey(
                            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")
                    .nodePortCidrs("203.0.113.128/25")
                    .bastion(host -> host.allowedCidrs("203.0.113.128/25")));
        }
        for (int i = 1; i <= pools; i++) {
            int number = i;
            spec.addNodePool(pool -> {
                pool.name("wwwwwwwwwwwwwwwwwwww-" + number)
                        .instanceTypes("m6idn.24xlarge", "m6in.24xlarge", "m5dn.24xlarge", "m5n.24xlarge")
                        .minSize(10)
                        .maxSize(40);
                if (number % 2 == 0 && zones > 2) {
                    pool.zones(names[0], names[2]);
                }
            });
        }
        return spec.build();
    }

    private static Plan plan(ClusterSpec spec, boolean changes) {
        return new Plan(
                Plan.Purpose.CONVERGE,
                spec.name(),
                spec.region(),
                "123456789012",
                Optional.of(spec),
                3,
                changes ? changes(spec) : List.of(),
                17,
                List.of(new Foreign(ResourceAddress.parse("vpc/main"), "y".repeat(300), "unknown")));
    }

    /** Every action on every kind of shape, in turn. */
    private static List<Change> changes(ClusterSpec spec) {
        List<String> addresses = new ArrayList<>(List.of(
                "vpc/main",
                "internet-gateway/main",
                "load-balancer/api",
                "auto-scaling-group/control-plane",
                "auto-scaling-group/bastion"));
        NetworkPlan network = NetworkPlan.of(spec);
        network.subnets().forEach(subnet -> addresses.add("subnet/" + subnet.name()));
        network.natGateways().values().forEach(zone -> addresses.add("nat-gateway/" + zone));
        network.etcdMembers().forEach(member -> addresses.add("auto-scaling-group/" + member.name()));
        spec.nodePools().forEach(pool -> addresses.add("auto-scaling-group/" + pool.name()));
        addresses.add("auto-scaling-group/gone");
        List<Action> actions = List.of(Action.CREATE, Action.REPLACE, Action.UPDATE, Action.DELETE, Action.ADOPT);
        List<Change> changes = new ArrayList<>();
        for (String address : addresses) {
            Action action = address.endsWith("gone") ? Action.DELETE : actions.get(changes.size() % actions.size());
            changes.add(new Change(
                    ResourceAddress.parse(address),
                    action,
                    Risk.values()[changes.size() % Risk.values().length],
                    new Cause(Cause.Kind.SPEC, "nodePools[x]." + "z".repeat(80)),
                    Optional.of("arn:aws:autoscaling:" + "0".repeat(120)),
                    List.of(new FieldChange("tags[" + "k".repeat(100) + "]", "v".repeat(200), "w".repeat(200))),
                    List.of()));
        }
        return changes;
    }
}
