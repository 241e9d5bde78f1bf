package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.ChangePolicy;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.DnsPlanRefusedException;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.KeptNames;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.plan.ZoneContent;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A plan of a cluster's objects keeps the names of those that ask nothing that could be written")
class ClusterRecordsTest {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final HostedZone BACK = new HostedZone("Z2", DnsName.of("2.0.192.in-addr.arpa"), false, Map.of());
    private static final ZoneChoice CHOICE =
            new ZoneChoice(List.of(ZONE, BACK), ZoneFilter.builder().build());
    private static final DnsPlanner PLANNER =
            new DnsPlanner(OwnerMarks.of("blue"), ChangePolicy.SYNC, AliasTargets.byName(), Duration.ofMinutes(5));
    private static final SourceSettings SETTINGS = SourceSettings.builder()
            .kinds(SourceKind.SERVICE, SourceKind.INGRESS, SourceKind.HTTP_ROUTE)
            .build();
    private static final String NODE =
            "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: ExternalIP, address: 192.0.2.9}]}}";
    private static final String POD =
            "{apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: shop}, spec: {hostname: db-0, nodeName: n1}}";
    private static final String SLICE =
            "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: db-x, namespace: shop, labels: {kubernetes.io/service-name: db}},"
                    + " addressType: IPv4, endpoints: [{addresses: [192.0.2.7], hostname: db-0, targetRef: {kind: Pod, name: db-0}}]}";
    private static final String GATEWAY =
            "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: gw, namespace: infra}, spec: {gatewayClassName: x, listeners: [{name: web, port: 80,"
                    + " protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}}}]}, status: {addresses: [{value: 192.0.2.8}]}}";
    private static final String NAMESPACE =
            "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}";

    private static HasMetadata object(String text) {
        return YAML.unmarshal("---\n" + text);
    }

    private static HasMetadata service(String name, String spec, String... annotations) {
        StringBuilder all = new StringBuilder(SourceSettings.PREFIX + "hostname: " + name + ".example.com");
        for (int i = 0; i < annotations.length; i += 2) {
            all.append(", ")
                    .append(SourceSettings.PREFIX)
                    .append(annotations[i])
                    .append(": \"")
                    .append(annotations[i + 1])
                    .append('"');
        }
        return object("{apiVersion: v1, kind: Service, metadata: {name: " + name + ", namespace: shop, annotations: {"
                + all + "}}, spec: {" + spec + "}}");
    }

    private static HasMetadata balanced(String name, String... annotations) {
        return service(name, "type: LoadBalancer", annotations);
    }

    private static HasMetadata headless() {
        return service("db", "type: ClusterIP, clusterIP: None");
    }

    private static HasMetadata ingress(String name) {
        return object("{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: " + name
                + ", namespace: shop}, spec: {rules: [{host: " + name
                + ".example.com}]}, status: {loadBalancer: {ingress: [{ip: 192.0.2.5}]}}}");
    }

    private static HasMetadata route() {
        String parent = "{name: gw, namespace: infra}";
        return object(
                "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: shop},"
                        + " spec: {hostnames: [r.example.com], parentRefs: [" + parent
                        + "]}, status: {parents: [{parentRef: "
                        + parent + ", controllerName: x, conditions: [{type: Accepted, status: \"True\"}]}]}}");
    }

    private static ClusterRecords records(HasMetadata... objects) {
        return ClusterRecords.of(Arrays.asList(objects), SETTINGS);
    }

    private static DnsPlan plan(ClusterRecords records, List<RecordSet> content) {
        return plan(records, content, records.kept());
    }

    private static DnsPlan plan(ClusterRecords records, List<RecordSet> content, KeptNames kept) {
        Map<String, ZoneContent> contents = new HashMap<>();
        for (HostedZone zone : List.of(ZONE, BACK)) {
            contents.put(
                    zone.id(),
                    ZoneContent.of(content.stream()
                            .filter(set -> set.name().endsWith(zone.name()))
                            .toList()));
        }
        return PLANNER.plan(records.endpoints(), CHOICE, contents, name -> false, kept);
    }

    /** What the zones have after a plan of all of these. */
    private static List<RecordSet> zone(HasMetadata... objects) {
        ClusterRecords records = records(objects);
        assertThat(records.problems()).isEmpty();
        List<RecordSet> sets = new ArrayList<>();
        plan(records, List.of()).zones().forEach(zone -> zone.names()
                .forEach(name ->
                        name.changes().stream().map(SetChange::after).forEach(set -> set.ifPresent(sets::add))));
        return sets;
    }

    private static Stream<String> told(DnsPlan plan) {
        return plan.problems().stream().map(finding -> finding.name() + " " + finding.kind());
    }

    @Test
    void aMistypedAnnotationAndALoadBalancerWithoutAddressKeepTheirNames_andAreTold() {
        List<RecordSet> before = zone(
                balanced("w", "target", "192.0.2.1", "set-identifier", "one", "aws-weight", "10"),
                balanced("web", "target", "192.0.2.2"));
        assertThat(before).hasSize(4);

        ClusterRecords now = records(
                balanced("w", "target", "192.0.2.1", "set-identifier", "one", "aws-weight", "ten"), balanced("web"));
        DnsPlan plan = plan(now, before);

        assertThat(plan.isEmpty()).as(plan.toString()).isTrue();
        assertThat(plan.silenced()).isEmpty();
        assertThat(told(plan)).containsExactly("w.example.com HELD", "web.example.com WAITING");
        assertThat(plan.explain(DnsName.of("w.example.com")))
                .contains("Service shop/w", "aws-weight")
                .doesNotContain("nobody");
        assertThat(now.problems()).singleElement().asString().startsWith("Service shop/w: ");
        assertThat(plan(now, before, KeptNames.none()).deletions())
                .as("without them they would go")
                .isEqualTo(2);
    }

    @Test
    void whatAnotherObjectWantsOfANameThatWaitsComes() {
        List<RecordSet> before = zone(balanced("web", "target", "192.0.2.2"));
        HasMetadata other = balanced("web", "target", "2001:db8::2");
        other.getMetadata().setName("other");

        DnsPlan plan = plan(records(balanced("web"), other), before);

        assertThat(plan.losses()).isZero();
        assertThat(plan.toString()).contains("+ web.example.com AAAA 2001:db8:0:0:0:0:0:2");
    }

    @Test
    void recordsBackStayWithTheNamesToWhichTheyLead() {
        List<RecordSet> before = zone(
                balanced("web", "target", "192.0.2.2", "record-type", "ptr"),
                balanced("w", "target", "192.0.2.3", "record-type", "ptr", "set-identifier", "one", "aws-weight", "1"));
        assertThat(before)
                .extracting(RecordSet::type)
                .filteredOn(RecordType.PTR::equals)
                .hasSize(2);

        ClusterRecords now = records(balanced("web"), balanced("w", "set-identifier", "one", "aws-weight", "ten"));

        assertThat(plan(now, before).isEmpty()).isTrue();
        assertThat(plan(now, before, KeptNames.none()).deletions()).isEqualTo(4);
    }

    @Test
    void whatNoObjectWantsGoes_andWhatAProgramWantsComes() {
        List<RecordSet> before = zone(balanced("web", "target", "192.0.2.2"), balanced("old", "target", "192.0.2.3"));

        DnsPlan plan = plan(
                records(balanced("web", "target", "192.0.2.2"))
                        .with(Records.builder("program")
                                .add("new.example.com", r -> r.addresses("192.0.2.4"))
                                .build()),
                before);

        assertThat(plan.deletions()).isEqualTo(1);
        assertThat(plan.zones().get(0).changed())
                .extracting(name -> name.name().text())
                .containsExactlyInAnyOrder("old.example.com", "new.example.com");
        assertThat(plan.requireFewDeletions(1, 0)).isSameAs(plan);
    }

    @Test
    void aListWithoutAnyIngressIsRefusedByTheGuard_andOneOfIngressesThatWaitIsNot() {
        List<RecordSet> before = zone(balanced("web", "target", "192.0.2.2"), ingress("a"), ingress("b"));
        HasMetadata web = balanced("web", "target", "192.0.2.2");

        DnsPlan without = plan(records(web), before);
        HasMetadata waits = object(
                "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a, namespace: shop}, spec: {rules: [{host: a.example.com}]}}");
        DnsPlan one = plan(records(web, waits), before);

        assertThatThrownBy(() -> without.requireFewDeletions(5, 1))
                .isInstanceOf(DnsPlanRefusedException.class)
                .hasMessageContaining("ingress");
        assertThat(without.requireFewDeletions(5, 1, Set.of("ingress"))).isSameAs(without);
        assertThat(one.deletions()).isEqualTo(1);
        assertThat(one.requireFewDeletions(5, 1)).isSameAs(one);
    }

    @Test
    void aServiceWhoseNodesWereNotListedKeepsItsNames() {
        HasMetadata web = service("web", "type: NodePort, ports: [{port: 80, nodePort: 30080}]");
        List<RecordSet> before = zone(web, object(NODE));
        assertThat(before).extracting(RecordSet::type).contains(RecordType.A, RecordType.SRV);

        ClusterRecords now = records(web);
        DnsPlan plan = plan(now, before);

        assertThat(plan.isEmpty()).as(plan.toString()).isTrue();
        assertThat(told(plan)).containsExactlyInAnyOrder("web.example.com HELD", "_web._tcp.web.example.com HELD");
        assertThat(now.problems())
                .containsExactly(
                        "Service shop/web: it refers to objects of kind Node, and not one of them was given. List them, too.");
    }

    @Test
    void aServiceOfWhoseNodesNotAllCanBeReadKeepsItsNames() {
        HasMetadata web = service("web", "type: NodePort, ports: [{port: 80, nodePort: 30080}]");
        HasMetadata second = object(NODE.replace("n1", "n2").replace("192.0.2.9", "192.0.2.10"));
        List<RecordSet> before = zone(web, object(NODE), second);
        assertThat(before.toString()).contains("192.0.2.9", "192.0.2.10");

        ClusterRecords now = records(web, object(NODE), YAML.convertValue(second, GenericKubernetesResource.class));
        DnsPlan plan = plan(now, before);

        assertThat(plan.isEmpty()).as(plan.toString()).isTrue();
        assertThat(now.problems())
                .containsExactly(
                        "Service shop/web: it refers to objects of kind Node, and not all of them can be read. Give each as an object of class io.fabric8.kubernetes.api.model.Node.");
    }

    @Test
    void namesThatCannotBeFoundWithoutOtherObjectsStayByTheirMarks() {
        HasMetadata db = headless();
        HasMetadata route = route();
        List<RecordSet> before = zone(
                db,
                object(SLICE),
                object(POD),
                route,
                object(GATEWAY),
                object(NAMESPACE),
                balanced("old", "target", "192.0.2.3"));
        assertThat(before)
                .extracting(set -> set.name().text())
                .contains("db.example.com", "db-0.db.example.com", "r.example.com", "old.example.com");

        DnsPlan withoutSlices = plan(records(db, route, object(POD), object(GATEWAY), object(NAMESPACE)), before);
        DnsPlan withoutNamespaces = plan(records(db, route, object(SLICE), object(POD), object(GATEWAY)), before);

        assertThat(withoutSlices.toString()).contains("- old.example.com");
        assertThat(withoutSlices.deletions()).isEqualTo(1);
        assertThat(told(withoutSlices)).containsExactlyInAnyOrder("db.example.com HELD", "db-0.db.example.com HELD");
        assertThat(withoutSlices.explain(DnsName.of("db-0.db.example.com")))
                .contains("Service shop/db: it refers to objects of kind EndpointSlice")
                .doesNotContain("nobody");
        assertThat(withoutNamespaces.deletions()).isEqualTo(1);
        assertThat(told(withoutNamespaces)).containsExactly("r.example.com HELD");
    }

    @Test
    void whatAPodSaysIsNotOverlookedWhenPodsWereNotListed() {
        String pod = POD.replace(
                "namespace: shop", "namespace: shop, annotations: {" + SourceSettings.PREFIX + "target: 192.0.2.77}");
        List<RecordSet> before = zone(headless(), object(SLICE), object(pod));
        assertThat(before.toString()).contains("192.0.2.77");

        DnsPlan plan = plan(records(headless(), object(SLICE)), before);

        assertThat(plan.isEmpty()).as(plan.toString()).isTrue();
    }

    @Test
    void anObjectOfAClassThatIsNotReadKeepsItsNames() {
        List<RecordSet> before = zone(balanced("web", "target", "192.0.2.2"));
        GenericKubernetesResource generic =
                YAML.convertValue(balanced("web", "target", "192.0.2.2"), GenericKubernetesResource.class);

        ClusterRecords now = records(generic);
        DnsPlan plan = plan(now, before);

        assertThat(plan.isEmpty()).as(plan.toString()).isTrue();
        assertThat(told(plan)).containsExactly("web.example.com HELD");
        assertThat(now.problems())
                .containsExactly(
                        "Service shop/web: it cannot be read. Give it as an object of class io.fabric8.kubernetes.api.model.Service.");
    }

    @Test
    void aKindOfAnotherGroupThatHasTheSameNameIsNotRead_andOneOfAnOldGroupKeepsItsNames() {
        List<RecordSet> before = zone(balanced("web", "target", "192.0.2.2"), ingress("a"));
        GenericKubernetesResource other =
                YAML.convertValue(balanced("web", "target", "192.0.2.3"), GenericKubernetesResource.class);
        other.setApiVersion("serving.knative.dev/v1");
        GenericKubernetesResource old = YAML.convertValue(ingress("a"), GenericKubernetesResource.class);
        old.setApiVersion("extensions/v1beta1");

        ClusterRecords with = records(balanced("web", "target", "192.0.2.2"), other, ingress("a"));
        ClusterRecords now = records(balanced("web", "target", "192.0.2.2"), old);

        assertThat(with.problems()).isEmpty();
        assertThat(plan(with, before).isEmpty()).isTrue();
        assertThat(plan(now, before).isEmpty()).isTrue();
        assertThat(now.problems()).singleElement().asString().startsWith("Ingress shop/a: it cannot be read.");
    }

    @Test
    void anObjectWithoutKindIsRefused() {
        GenericKubernetesResource object =
                YAML.convertValue(balanced("web", "target", "192.0.2.3"), GenericKubernetesResource.class);
        object.setKind(null);

        assertThatThrownBy(() -> records(object))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageStartingWith("Read objects for the names that they want: the object \"web\" says no kind.");
    }

    @Test
    void anObjectThatIsListedTwiceIsOne() {
        DnsPlan plan = plan(
                records(balanced("web", "target", "192.0.2.2"), balanced("web", "target", "192.0.2.2")), List.of());

        assertThat(plan.problems()).isEmpty();
    }

    @Test
    void itPrintsHowMuchThereIsAndWhatIsWrong() {
        assertThat(records(balanced("web"), balanced("w", "set-identifier", "x", "aws-weight", "ten"))
                        .toString())
                .startsWith("records wanted: 0, names held: 1, names waiting: 1\nService shop/w: ");
        assertThat(records()).hasToString("records wanted: 0, names held: 0, names waiting: 0");
    }
}
