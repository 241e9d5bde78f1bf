package io.k8saws.dns.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ingresses, Gateways and routes, nodes, pods and external-dns's objects. Each row is one rule. */
class OtherSourcesTest {
    private static Arguments row(String rule, String objects, String... expected) {
        return row(rule, s -> {}, objects, expected);
    }

    private static Arguments row(
            String rule, Consumer<SourceSettings.Builder> settings, String objects, String... expected) {
        return arguments(rule, settings, objects, List.of(expected));
    }

    private static String ingress(String annotations, String spec) {
        return "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop, annotations: {"
                + annotations + "}}, spec: {" + spec + "}, status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}}\n";
    }

    static Stream<Arguments> ingresses() {
        String both = "rules: [{host: r.example.com}, {}], tls: [{hosts: [t.example.com]}]";
        return Stream.of(
                row("rules and certificates", ingress("", both), "A r.example.com 1.2.3.4", "A t.example.com 1.2.3.4"),
                row("rules alone", s -> s.ingressTls(false), ingress("", both), "A r.example.com 1.2.3.4"),
                row("certificates alone", s -> s.ingressRules(false), ingress("", both), "A t.example.com 1.2.3.4"),
                row(
                        "annotated beside",
                        ingress("ed/hostname: a.example.com", both),
                        "A a.example.com 1.2.3.4",
                        "A r.example.com 1.2.3.4",
                        "A t.example.com 1.2.3.4"),
                row(
                        "defined hosts only",
                        ingress("ed/hostname: a.example.com, ed/ingress-hostname-source: defined-hosts-only", both),
                        "A r.example.com 1.2.3.4",
                        "A t.example.com 1.2.3.4"),
                row(
                        "annotation only",
                        ingress("ed/hostname: a.example.com, ed/ingress-hostname-source: annotation-only", both),
                        "A a.example.com 1.2.3.4"),
                row(
                        "a class that is looked at",
                        s -> s.ingressClasses("alb"),
                        ingress("", "ingressClassName: alb, rules: [{host: r.example.com}]"),
                        "A r.example.com 1.2.3.4"),
                row(
                        "a class that is not",
                        s -> s.ingressClasses("alb"),
                        ingress("", "ingressClassName: nginx, rules: [{host: r.example.com}]")),
                row(
                        "a class by annotation",
                        s -> s.ingressClasses("alb"),
                        ingress("kubernetes.io/ingress.class: alb", "rules: [{host: r.example.com}]"),
                        "A r.example.com 1.2.3.4"),
                row("no class", s -> s.ingressClasses("alb"), ingress("", "rules: [{host: r.example.com}]")),
                row(
                        "a target of its own",
                        ingress("ed/target: lb.example.org", "rules: [{host: '*.example.com'}]"),
                        "CNAME *.example.com lb.example.org"),
                row(
                        "a template",
                        s -> s.templates("{{name}}.example.com"),
                        ingress("", "rules: []"),
                        "A web.example.com 1.2.3.4"),
                row("another controller's", ingress("ed/controller: other", both)),
                row(
                        "an over-long label, and the rest goes on",
                        ingress("", "rules: [{host: " + "x".repeat(64) + ".example.com}, {host: r.example.com}]"),
                        "A r.example.com 1.2.3.4",
                        "! spec.rules: '" + "x".repeat(64)
                                + ".example.com' has a label of 64 characters, and 63 are allowed. Correct the name."));
    }

    private static final String GATEWAY = """
            {apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: gw, namespace: infra, annotations: {%s}}, spec: {gatewayClassName: x, listeners: [%s]}, status: {addresses: [{type: IPAddress, value: 1.2.3.4}]}}
            """;

    private static final String FRONT =
            "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: lb, namespace: front}, status: {loadBalancer: {ingress: [{hostname: lb.example.net}]}}}\n";

    private static String gateway(String listeners) {
        return GATEWAY.formatted("", listeners);
    }

    private static String route(String kind, String annotations, String hosts, String parent, String accepted) {
        return "{apiVersion: gateway.networking.k8s.io/v1, kind: " + kind
                + ", metadata: {name: web, namespace: shop, generation: 2, annotations: {" + annotations
                + "}}, spec: {hostnames: [" + hosts + "], parentRefs: [{" + parent
                + "}]}, status: {parents: [{parentRef: {"
                + parent + "}, controllerName: x, conditions: [{type: Accepted, status: \"" + accepted
                + "\", observedGeneration: 2}]}]}}\n";
    }

    private static String http(String hosts) {
        return route("HTTPRoute", "", hosts, "name: gw, namespace: infra", "True");
    }

    private static final String ALL = "allowedRoutes: {namespaces: {from: All}}";

    private static String web(String host) {
        return gateway("{name: web, port: 80, protocol: HTTP, hostname: '" + host + "', " + ALL + "}");
    }

    static Stream<Arguments> routes() {
        Consumer<SourceSettings.Builder> all = s -> s.kinds(SourceKind.values());
        return Stream.of(
                row(
                        "a host of a listener",
                        all,
                        http("a.example.com") + web("*.example.com"),
                        "A a.example.com 1.2.3.4"),
                row("a listener for any host", all, http("a.example.com") + web(""), "A a.example.com 1.2.3.4"),
                row("no host in common", all, http("a.example.org") + web("*.example.com")),
                row(
                        "a wildcard, narrowed by the listener",
                        all,
                        http("'*.example.com'") + web("a.example.com"),
                        "A a.example.com 1.2.3.4"),
                row("no hosts: the listener's", all, http("") + web("*.example.com"), "A *.example.com 1.2.3.4"),
                row("no hosts at all", all, http("") + web("")),
                row(
                        "not accepted",
                        all,
                        route("HTTPRoute", "", "a.example.com", "name: gw, namespace: infra", "False") + web(""),
                        "waits a.example.com"),
                row(
                        "a Gateway that is not there",
                        all,
                        route("HTTPRoute", "", "a.example.com", "name: no, namespace: infra", "True") + web(""),
                        "waits a.example.com"),
                row(
                        "another kind of parent",
                        all,
                        route("HTTPRoute", "", "a.example.com", "kind: Service, name: gw, namespace: infra", "True")
                                + web("")),
                row(
                        "a section",
                        all,
                        route("HTTPRoute", "", "a.example.com", "name: gw, namespace: infra, sectionName: tls", "True")
                                + web("")),
                row(
                        "a port",
                        all,
                        route("HTTPRoute", "", "a.example.com", "name: gw, namespace: infra, port: 80", "True")
                                + web(""),
                        "A a.example.com 1.2.3.4"),
                row(
                        "the same namespace alone",
                        all,
                        http("a.example.com") + gateway("{name: web, port: 80, protocol: HTTP}")),
                row(
                        "namespaces by their labels",
                        all,
                        http("a.example.com")
                                + gateway(
                                        "{name: web, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}}}")
                                + "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}",
                        "A a.example.com 1.2.3.4"),
                row(
                        "namespaces by other labels",
                        all,
                        http("a.example.com")
                                + gateway(
                                        "{name: web, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchExpressions: [{key: team, operator: NotIn, values: [a]}]}}}}")
                                + "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}"),
                row(
                        "kinds that a listener allows",
                        all,
                        http("a.example.com")
                                + gateway(
                                        "{name: web, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}, kinds: [{kind: GRPCRoute}]}}")),
                row(
                        "gRPC",
                        all,
                        route("GRPCRoute", "", "g.example.com", "name: gw, namespace: infra", "True") + web(""),
                        "A g.example.com 1.2.3.4"),
                row(
                        "TLS needs a listener for TLS",
                        all,
                        route("TLSRoute", "", "t.example.com", "name: gw, namespace: infra", "True") + web("")),
                row(
                        "TLS",
                        all,
                        route("TLSRoute", "", "t.example.com", "name: gw, namespace: infra", "True")
                                + gateway("{name: tls, port: 443, protocol: TLS, " + ALL + "}"),
                        "A t.example.com 1.2.3.4"),
                row(
                        "annotated beside",
                        all,
                        route(
                                        "HTTPRoute",
                                        "ed/hostname: b.example.com",
                                        "a.example.com",
                                        "name: gw, namespace: infra",
                                        "True")
                                + web("*.example.com"),
                        "A a.example.com 1.2.3.4",
                        "A b.example.com 1.2.3.4"),
                row(
                        "annotation only",
                        all,
                        route(
                                        "HTTPRoute",
                                        "ed/hostname: b.example.com, ed/gateway-hostname-source: annotation-only",
                                        "a.example.com",
                                        "name: gw, namespace: infra",
                                        "True")
                                + web("*.example.com"),
                        "A b.example.com 1.2.3.4"),
                row(
                        "the Gateway's target, and none of the route's",
                        all,
                        route("HTTPRoute", "ed/target: 9.9.9.9", "a.example.com", "name: gw, namespace: infra", "True")
                                + GATEWAY.formatted(
                                        "ed/target: lb.example.org",
                                        "{name: web, port: 80, protocol: HTTPS, " + ALL + "}"),
                        "CNAME a.example.com lb.example.org",
                        "! metadata.annotations[external-dns.kubernetes.io/target]: it has no meaning on a route. Set it on the Gateway."),
                row(
                        "the Ingress in front of the Gateway",
                        all,
                        http("a.example.com")
                                + GATEWAY.formatted(
                                        "ed/ingress: front/lb", "{name: web, port: 80, protocol: HTTP, " + ALL + "}")
                                + FRONT,
                        "CNAME a.example.com lb.example.net"),
                row(
                        "an Ingress in front that is not there",
                        all,
                        http("a.example.com")
                                + GATEWAY.formatted(
                                        "ed/ingress: lb", "{name: web, port: 80, protocol: HTTP, " + ALL + "}")
                                + FRONT,
                        "waits a.example.com"),
                row(
                        "a target before an Ingress in front",
                        all,
                        GATEWAY.formatted(
                                        "ed/hostname: g.example.com, ed/ingress: front/lb, ed/target: 9.9.9.9",
                                        "{name: web, port: 80, protocol: HTTP}")
                                + FRONT,
                        "A g.example.com 9.9.9.9"),
                row(
                        "a Gateway by annotation",
                        all,
                        GATEWAY.formatted(
                                "ed/hostname: g.example.com",
                                "{name: web, port: 80, protocol: HTTP, hostname: l.example.com}"),
                        "A g.example.com 1.2.3.4"),
                row(
                        "a Gateway by its listeners",
                        s -> s.kinds(SourceKind.GATEWAY).gatewayListeners(true),
                        web("*.example.com"),
                        "A *.example.com 1.2.3.4"));
    }

    private static String node(String annotations, String spec) {
        return "{apiVersion: v1, kind: Node, metadata: {name: n1, annotations: {" + annotations + "}}, spec: {" + spec
                + "}, status: {addresses: [{type: ExternalIP, address: 3.0.0.1}, {type: InternalIP, address: 10.0.0.1}]}}\n";
    }

    private static String pod(String annotations, boolean hostNetwork) {
        return "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, annotations: {" + annotations
                + "}}, spec: {nodeName: n1, hostNetwork: " + hostNetwork + "}, status: {podIP: 10.0.0.1}}\n"
                + node("", "");
    }

    private static String endpoint(String fields) {
        return "{apiVersion: externaldns.k8s.io/v1alpha1, kind: DNSEndpoint, metadata: {name: e, namespace: shop}, spec: {endpoints: ["
                + fields + "]}}";
    }

    static Stream<Arguments> rest() {
        Consumer<SourceSettings.Builder> nodes = s -> s.kinds(SourceKind.NODE).templates("{{name}}.nodes.example.com");
        Consumer<SourceSettings.Builder> pods = s -> s.kinds(SourceKind.POD);
        Consumer<SourceSettings.Builder> objects = s -> s.kinds(SourceKind.DNS_ENDPOINT);
        return Stream.of(
                row("a node, by a template", nodes, node("", ""), "A n1.nodes.example.com 3.0.0.1"),
                row(
                        "a node's internal address",
                        nodes,
                        node("ed/access: private", ""),
                        "A n1.nodes.example.com 10.0.0.1"),
                row("a node that takes no pods", nodes, node("", "unschedulable: true")),
                row(
                        "a node that takes no pods, on request",
                        s -> s.kinds(SourceKind.NODE)
                                .templates("{{name}}.example.com")
                                .unschedulableNodes(true),
                        node("", "unschedulable: true"),
                        "A n1.example.com 3.0.0.1"),
                row("a node without a template", s -> s.kinds(SourceKind.NODE), node("", "")),
                row("a pod", pods, pod("ed/hostname: p.example.com", true), "A p.example.com 3.0.0.1"),
                row(
                        "a pod's own address",
                        pods,
                        pod("ed/internal-hostname: p.example.com", true),
                        "A p.example.com 10.0.0.1"),
                row("a pod off its host's network", pods, pod("ed/hostname: p.example.com", false)),
                row(
                        "a pod's target",
                        pods,
                        pod("ed/hostname: p.example.com, ed/target: 9.9.9.9", true),
                        "A p.example.com 9.9.9.9"),
                row(
                        "a domain for pods",
                        s -> s.kinds(SourceKind.POD).podDomain("pods.example.com"),
                        pod("", true),
                        "A p.pods.example.com 10.0.0.1"),
                row(
                        "kops's API server",
                        s -> s.kinds(SourceKind.POD).dialects(Dialect.KOPS),
                        pod(
                                "dns.alpha.kubernetes.io/internal: api.internal.example.com, dns.alpha.kubernetes.io/external: api.example.com",
                                true),
                        "A api.example.com 3.0.0.1",
                        "A api.internal.example.com 10.0.0.1"),
                row(
                        "an object",
                        objects,
                        endpoint("{dnsName: a.example.com, recordType: A, recordTTL: 60, targets: [1.2.3.4, 1.2.3.5]}"),
                        "A a.example.com 1.2.3.4 1.2.3.5 ttl=60"),
                row(
                        "an object's text",
                        objects,
                        endpoint("{dnsName: a.example.com, recordType: TXT, targets: ['some words']}"),
                        "TXT a.example.com some words"),
                row(
                        "an object's mail",
                        objects,
                        endpoint("{dnsName: a.example.com, recordType: MX, targets: ['10 mail.example.com']}"),
                        "MX a.example.com 10 mail.example.com"),
                row(
                        "members of a set",
                        objects,
                        endpoint(
                                "{dnsName: a.example.com, recordType: A, targets: [1.1.1.1], setIdentifier: x, providerSpecific: [{name: aws/weight, value: '1'}]}, {dnsName: a.example.com, recordType: A, targets: [2.2.2.2], setIdentifier: y, providerSpecific: [{name: aws/weight, value: '2'}]}"),
                        "A a.example.com 1.1.1.1 set=x Weighted[weight=1]",
                        "A a.example.com 2.2.2.2 set=y Weighted[weight=2]"),
                row(
                        "an object's alias",
                        objects,
                        endpoint(
                                "{dnsName: a.example.com, recordType: CNAME, targets: [b.example.com], providerSpecific: [{name: alias, value: AAAA}]}"),
                        "CNAME a.example.com b.example.com EndpointOptions[alias=AAAA, evaluateTargetHealth=true, aliasTargetZone=Optional.empty, pinnedZone=Optional.empty, ptr=false, horizon=ANY, healthCheck=Optional.empty]"),
                row(
                        "a type that is none, a property that cannot be, and the rest goes on",
                        objects,
                        endpoint(
                                "{dnsName: a.example.com, recordType: MOON, targets: [x]}, {dnsName: b.example.com, targets: [1.1.1.1], setIdentifier: x, providerSpecific: [{name: aws/weight, value: big}]}, {dnsName: c.example.com, targets: [1.1.1.1]}"),
                        "A c.example.com 1.1.1.1",
                        "held a.example.com",
                        "held b.example.com",
                        "! spec.endpoints[0].recordType: 'MOON' is no type of record. Write for example A or CNAME.",
                        "! spec.endpoints[1].providerSpecific[aws/weight]: 'big' is not a weight. Write a whole number from 0 to 255."),
                row(
                        "a type that is not written",
                        objects,
                        endpoint("{dnsName: a.example.com, recordType: SOA, targets: [x]}"),
                        "held a.example.com",
                        "! a.example.com: records of type SOA are not written. Write it by other means."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"ingresses", "routes", "rest"})
    void asksFor(String rule, Consumer<SourceSettings.Builder> change, String objects, List<String> expected) {
        SourceSettings settings = SourceSettings.defaults().with(change);

        assertThat(World.told(new World(objects).derive(settings))).as(rule).containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "a.b,a.b,a.b",
        "a.b,'',a.b",
        "'',a.b,a.b",
        "a.b,*.b,a.b",
        "*.b,a.b,a.b",
        "*.b,*.b,*.b",
        "*.a.b,*.b,*.a.b",
        "x.a.b,*.b,x.a.b",
        "b,*.b,",
        "a.c,*.b,",
        "A.b,a.B,a.b"
    })
    void hosts_haveInCommon(String route, String listener, @Nullable String common) {
        assertThat(HostMatch.of(route, listener).orElse("")).isEqualTo(common == null ? "" : common);
    }

    @Test
    void aTemplate_withAPlaceThatIsNone_isRefused() {
        assertThatThrownBy(() -> NameTemplate.of("{{range .Items}}.example.com"))
                .hasMessage(
                        "Read the template '{{range .Items}}.example.com': template: '{{range .Items}}.example.com' has the place {{range .Items}}, which is not known. Write {{name}}, {{namespace}}, {{kind}}, {{labels.KEY}} or {{annotations.KEY}}.");
        assertThatThrownBy(() -> NameTemplate.of("{{name.example.com"))
                .hasMessageContaining("a place that does not end");
    }

    /** What external-dns writes into its marks, so that a zone goes from one to the other and back. */
    @Test
    void causes_areWrittenAsExternalDnsWritesThem() {
        Derivation pods = new World(pod("ed/hostname: p.example.com", true))
                .derive(SourceSettings.defaults().with(s -> s.kinds(SourceKind.POD)));
        Derivation nodes = new World(node("", ""))
                .derive(SourceSettings.defaults()
                        .with(s -> s.kinds(SourceKind.NODE).templates("{{name}}.example.com")));
        Derivation objects = new World(endpoint("{dnsName: c.example.com, targets: [1.1.1.1]}"))
                .derive(SourceSettings.defaults().with(s -> s.kinds(SourceKind.DNS_ENDPOINT)));

        assertThat(Stream.of(pods, nodes, objects)
                        .map(d -> d.endpoints().get(0).cause().text()))
                .containsExactly("pod/shop/p", "node/n1", "crd/shop/e");
    }
}
