package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NatMode;
import io.k8saws.cluster.Topology;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

@DisplayName("A plan as a page")
class PlanHtmlTest {
    @Test
    @DisplayName("shows any value as text, wherever it stands")
    void hostile() throws Exception {
        String evil = "</td></svg></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u0000\ud800";
        Plan plan = new Plan(
                Plan.Purpose.CONVERGE,
                evil,
                evil,
                evil,
                Optional.of(Plans.spec()),
                1,
                List.of(
                        Plans.change(
                                "a" + evil.replace("/", "") + "/" + evil,
                                Action.UPDATE,
                                Risk.SAFE,
                                new Cause(Cause.Kind.SPEC, evil),
                                evil,
                                List.of(new FieldChange(evil, evil, evil + "2"))),
                        Plans.change(
                                "auto-scaling-group/" + evil,
                                Action.DELETE,
                                Risk.SAFE,
                                new Cause(Cause.Kind.NO_LONGER_WANTED, evil),
                                evil,
                                List.of())),
                1,
                List.of(new Foreign(ResourceAddress.parse("x/" + evil), evil, evil)));

        Document page = parse(plan.toHtml());

        assertThat(elements(page, "script")).isEmpty();
        assertThat(elements(page, "img")).isEmpty();
        assertThat(page.getDocumentElement().getTextContent()).contains("<script>alert(1)</script>");
    }

    @ParameterizedTest
    @DisplayName("loads nothing, runs nothing and names its style sheet by hash")
    @CsvSource({"create", "change", "empty"})
    void contained(String name) throws Exception {
        String html =
                switch (name) {
                    case "create" -> Plans.create().toHtml();
                    case "change" -> Plans.change().toHtml();
                    default -> Plans.empty().toHtml();
                };
        Document page = parse(html);

        for (Element element : elements(page, "*")) {
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                String attribute = element.getAttributes().item(i).getNodeName();
                assertThat(attribute)
                        .doesNotStartWith("on")
                        .isNotIn("style", "src", "href", "xlink:href", "action", "srcset");
            }
            assertThat(element.getTagName()).isNotIn("script", "link", "iframe", "object", "embed", "image", "use");
        }
        assertThat(html).contains("default-src 'none'").doesNotContain("@import", "url(");
    }

    @ParameterizedTest(name = "{0} zones, {1} pools, {2}")
    @DisplayName("draws clusters of any size, and folds the pools that are too many")
    @CsvSource({"1, 0, PUBLIC, 0", "1, 1, PRIVATE, 1", "3, 8, PUBLIC, 8", "3, 9, PRIVATE, 8", "5, 100, PRIVATE, 8"})
    void sizes(int zones, int pools, Topology topology, int drawn) throws Exception {
        ClusterSpec spec = cluster(zones, pools, topology);
        List<Change> changes = new ArrayList<>();
        if (pools > 0) {
            changes.add(Plans.creates("auto-scaling-group/pool-" + pools, "x", List.of()));
        }
        Plan plan = new Plan(
                Plan.Purpose.CONVERGE, "payments", "eu-west-1", "1", Optional.of(spec), 1, changes, 9, List.of());

        Document page = parse(plan.toHtml());
        List<String> texts =
                elements(page, "text").stream().map(Node::getTextContent).toList();

        assertThat(texts.stream().filter(text -> text.startsWith("pool-"))).hasSize(drawn);
        assertThat(texts.stream().filter(text -> text.startsWith("eu-west-1"))).hasSize(zones);
        if (pools > drawn) {
            assertThat(texts)
                    .contains("pool-" + pools)
                    .anyMatch(text -> text.startsWith("… and " + (pools - drawn) + " more: "));
        }
    }

    @Test
    @DisplayName("marks on the drawing what changes, and draws a pool that goes")
    void marks() throws Exception {
        Document page = parse(Plans.change().toHtml());

        assertThat(shapes(page, "update"))
                .contains("Public subnet — 10.0.28.0/22 — update")
                .anyMatch(title -> title.startsWith("general — "));
        assertThat(shapes(page, "replace")).containsExactly("NAT gateway — for this zone — replace");
        assertThat(shapes(page, "create"))
                .containsExactly("batch — 0–20 × c6i.xlarge · spot — create", "batch — the same pool — create");
        assertThat(shapes(page, "delete")).containsExactly("old — no longer in the spec — delete");
    }

    @Test
    @DisplayName("draws a NAT gateway that goes, and explains just what it draws")
    void gone() throws Exception {
        ClusterSpec spec = cluster(3, 1, Topology.PRIVATE).withNetwork(n -> n.nat(NatMode.SINGLE));
        Plan plan = new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "1",
                Optional.of(spec),
                1,
                List.of(
                        Plans.creates("queue/notices", "x", List.of()),
                        Plans.change(
                                "nat-gateway/eu-west-1b",
                                Action.DELETE,
                                Risk.DESTRUCTIVE,
                                new Cause(Cause.Kind.NO_LONGER_WANTED, ""),
                                "nat-1",
                                List.of())),
                9,
                List.of());

        Document page = parse(plan.toHtml());

        assertThat(shapes(page, "delete")).containsExactly("NAT gateway — no longer in the spec — delete");
        Element legend = elements(page, "figcaption").get(0);
        NodeList words = legend.getElementsByTagName("span");
        assertThat(IntStream.range(0, words.getLength())
                        .mapToObj(i -> words.item(i).getTextContent()))
                .containsExactly("- delete", "unchanged");
    }

    @Test
    @DisplayName("says how to go on in code that needs nothing but the plan")
    void next() {
        assertThat(Plans.change().toHtml())
                .contains("plan.save(Path.of(&quot;plan.json&quot;))", "Plan.load(Path.of(&quot;plan.json&quot;))")
                .doesNotContain("assert ");
        assertThat(Plans.empty().toHtml())
                .contains("There is nothing to apply.")
                .doesNotContain("plan.json");
    }

    @Test
    @DisplayName("unfolds what must be seen and folds the rest of a large plan")
    void folds() throws Exception {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            changes.add(Plans.creates("subnet/" + i, "x", List.of()));
        }
        changes.add(Plans.change(
                "volume/a", Action.DELETE, Risk.DATA_LOSS, new Cause(Cause.Kind.DRIFT, ""), "vol-1", List.of()));

        Document page = parse(Plans.with(changes.toArray(Change[]::new)).toHtml());

        assertThat(elements(page, "details").stream()
                        .filter(details -> details.hasAttribute("open"))
                        .map(details ->
                                details.getElementsByTagName("b").item(0).getTextContent()))
                .containsExactly("volume");
    }

    @Test
    @DisplayName("does without a drawing when no spec is known")
    void withoutSpec() throws Exception {
        Plan plan = new Plan(
                Plan.Purpose.DESTROY,
                "payments",
                "eu-west-1",
                "1",
                Optional.empty(),
                1,
                Plans.change().changes(),
                0,
                List.of());

        assertThat(elements(parse(plan.toHtml()), "svg")).isEmpty();
    }

    private static ClusterSpec cluster(int zones, int pools, Topology topology) {
        String[] names = new String[zones];
        for (int i = 0; i < zones; i++) {
            names[i] = "eu-west-1" + (char) ('a' + i);
        }
        ClusterSpec.Builder spec = ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(network -> network.zones(names).topology(topology))
                .etcd(etcd -> etcd.surviveZoneLoss(zones > 2));
        for (int i = 1; i <= pools; i++) {
            String name = "pool-" + i;
            spec.addNodePool(pool -> pool.name(name).instanceTypes("m6i.large"));
        }
        return spec.build();
    }

    private static List<String> shapes(Document page, String change) {
        return elements(page, "g").stream()
                .filter(group -> List.of(group.getAttribute("class").split(" ")).containsAll(List.of("shape", change)))
                .map(group -> group.getElementsByTagName("title").item(0).getTextContent())
                .toList();
    }

    /** The page is also well-formed XML, so that any mistake in nesting or escaping is an error here. */
    private static Document parse(String html) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
    }

    private static List<Element> elements(Document page, String tag) {
        NodeList found = page.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }
}
