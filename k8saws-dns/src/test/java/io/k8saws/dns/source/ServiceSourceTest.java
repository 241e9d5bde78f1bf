package io.k8saws.dns.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row is one rule. */
class ServiceSourceTest {
    private static final String NODES = """
            {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {node-role.kubernetes.io/node: ""}}, status: {addresses: [{type: ExternalIP, address: 3.0.0.1}, {type: InternalIP, address: 10.0.0.1}]}}
            {apiVersion: v1, kind: Node, metadata: {name: n2}, status: {addresses: [{type: ExternalIP, address: 3.0.0.2}, {type: InternalIP, address: 10.0.0.2}]}}
            {apiVersion: v1, kind: Node, metadata: {name: cp, labels: {node-role.kubernetes.io/control-plane: ""}}, status: {addresses: [{type: ExternalIP, address: 3.0.0.9}, {type: InternalIP, address: 10.0.0.9}]}}
            """;
    private static final String PODS = """
            {apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: shop, labels: {app: db}}, spec: {hostname: db-0, nodeName: n1}, status: {phase: Running, podIP: 10.1.0.1, hostIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}}
            {apiVersion: v1, kind: Pod, metadata: {name: db-1, namespace: shop, labels: {app: db}}, spec: {hostname: db-1, nodeName: n2}, status: {phase: Running, podIP: 10.1.0.2, hostIP: 10.0.0.2, conditions: [{type: Ready, status: "False"}]}}
            {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: db-x, namespace: shop, labels: {service-name: db}}, addressType: IPv4, endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}, targetRef: {kind: Pod, name: db-0}}, {addresses: [10.1.0.2], conditions: {ready: false}, targetRef: {kind: Pod, name: db-1}}]}
            """;

    private static String web(String annotations, String spec, String status) {
        return "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {dns: route53, app: web}, annotations: {"
                + annotations + "}}, spec: {" + spec + "}, status: {loadBalancer: {ingress: [" + status + "]}}}\n";
    }

    private static String balanced(String annotations) {
        return web(annotations, "type: LoadBalancer", "{ip: 1.2.3.4}");
    }

    private static String db(String annotations, String spec) {
        return "{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop, annotations: {" + annotations
                + "}}, spec: {type: ClusterIP, clusterIP: None" + spec + "}}\n" + PODS + NODES;
    }

    private static Arguments row(String rule, String objects, String... expected) {
        return row(rule, s -> {}, objects, expected);
    }

    private static Arguments row(
            String rule, Consumer<SourceSettings.Builder> settings, String objects, String... expected) {
        return arguments(rule, settings, objects, List.of(expected));
    }

    static Stream<Arguments> loadBalancers() {
        return Stream.of(
                row("no annotation, no name", balanced("")),
                row("an address", balanced("ed/hostname: a.example.com"), "A a.example.com 1.2.3.4"),
                row("the old prefix", balanced("old/hostname: a.example.com"), "A a.example.com 1.2.3.4"),
                row(
                        "both prefixes, alike",
                        balanced("ed/hostname: a.example.com, old/hostname: a.example.com"),
                        "A a.example.com 1.2.3.4"),
                row(
                        "both prefixes, different: the new one",
                        balanced("ed/hostname: a.example.com, old/hostname: b.example.com"),
                        "A a.example.com 1.2.3.4",
                        "! metadata.annotations[external-dns.alpha.kubernetes.io/hostname]: it differs from external-dns.kubernetes.io/hostname, which counts. Remove it, or let both say the same."),
                row(
                        "one prefix alone on request",
                        s -> s.annotationPrefixes("mine.example.com/"),
                        balanced("ed/hostname: a.example.com, mine.example.com/hostname: b.example.com"),
                        "A b.example.com 1.2.3.4"),
                row(
                        "names with commas, blanks and final dots",
                        balanced("ed/hostname: 'a.example.com., b.example.com c.example.com'"),
                        "A a.example.com 1.2.3.4",
                        "A b.example.com 1.2.3.4",
                        "A c.example.com 1.2.3.4"),
                row(
                        "a name in letters beyond ASCII",
                        balanced("ed/hostname: Bücher.example.com"),
                        "A xn--bcher-kva.example.com 1.2.3.4"),
                row("a wildcard", balanced("ed/hostname: '*.example.com'"), "A *.example.com 1.2.3.4"),
                row(
                        "a host name and an address of version 6",
                        web(
                                "ed/hostname: a.example.com",
                                "type: LoadBalancer",
                                "{hostname: LB-1.eu-west-1.elb.amazonaws.com.}, {ip: '2001:DB8::1'}"),
                        "AAAA a.example.com 2001:db8:0:0:0:0:0:1",
                        "CNAME a.example.com lb-1.eu-west-1.elb.amazonaws.com"),
                row(
                        "two host names: the first by text",
                        web(
                                "ed/hostname: a.example.com",
                                "type: LoadBalancer",
                                "{hostname: z.elb.amazonaws.com}, {hostname: b.elb.amazonaws.com}"),
                        "CNAME a.example.com b.elb.amazonaws.com",
                        "! a.example.com: it is to lead to 2 host names, and can only lead to one; b.elb.amazonaws.com is taken. Name one with the target annotation."),
                row(
                        "external addresses before the status",
                        web(
                                "ed/hostname: a.example.com",
                                "type: LoadBalancer, externalIPs: [9.9.9.9]",
                                "{ip: 1.2.3.4}"),
                        "A a.example.com 9.9.9.9"),
                row(
                        "no status yet",
                        web("ed/hostname: a.example.com", "type: LoadBalancer", ""),
                        "waits a.example.com"),
                row(
                        "the target annotation, by types",
                        balanced("ed/hostname: a.example.com, ed/target: '5.6.7.8, 2001:db8::2'"),
                        "A a.example.com 5.6.7.8",
                        "AAAA a.example.com 2001:db8:0:0:0:0:0:2"),
                row("another controller's", balanced("ed/hostname: a.example.com, ed/controller: other")),
                row(
                        "external-dns's controller",
                        balanced("ed/hostname: a.example.com, ed/controller: dns-controller"),
                        "A a.example.com 1.2.3.4"),
                row(
                        "the annotation left unread",
                        s -> s.ignoreHostnameAnnotation(true),
                        balanced("ed/hostname: a.example.com")),
                row("another namespace", s -> s.namespace("other"), balanced("ed/hostname: a.example.com")),
                row(
                        "a kind that is not looked at",
                        s -> s.kinds(SourceKind.INGRESS),
                        balanced("ed/hostname: a.example.com")),
                row(
                        "labels that it has not",
                        s -> s.labels(Map.of("app", "other")),
                        balanced("ed/hostname: a.example.com")),
                row(
                        "the cluster's address beside",
                        web(
                                "ed/hostname: a.example.com, ed/internal-hostname: i.example.com",
                                "type: LoadBalancer, clusterIP: 10.2.0.1",
                                "{ip: 1.2.3.4}"),
                        "A a.example.com 1.2.3.4",
                        "A i.example.com 10.2.0.1"),
                row(
                        "a bad name, and the others go on",
                        balanced("ed/hostname: '-a.example.com,b.example.com'"),
                        "A b.example.com 1.2.3.4",
                        "! metadata.annotations[external-dns.kubernetes.io/hostname]: '-a.example.com' has the label '-a', which is not allowed. Correct the name."),
                row(
                        "a target that is none",
                        balanced("ed/hostname: a.example.com, ed/target: 'not_a..host'"),
                        "held a.example.com",
                        "! a.example.com: 'not_a..host' has an empty label. Correct the name."));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                row(
                        "a cluster's address only on request",
                        web("ed/hostname: a.example.com", "type: ClusterIP, clusterIP: 10.2.0.1", "")),
                row(
                        "a cluster's address on request",
                        s -> s.publishClusterIps(true),
                        web("ed/hostname: a.example.com", "type: ClusterIP, clusterIP: 10.2.0.1", ""),
                        "A a.example.com 10.2.0.1"),
                row(
                        "both families",
                        web(
                                "ed/internal-hostname: a.example.com",
                                "type: ClusterIP, clusterIP: 10.2.0.1, clusterIPs: [10.2.0.1, 'fd00::1']",
                                ""),
                        "A a.example.com 10.2.0.1",
                        "AAAA a.example.com fd00:0:0:0:0:0:0:1"),
                row(
                        "an external name",
                        web("ed/hostname: a.example.com", "type: ExternalName, externalName: www.example.org", ""),
                        "CNAME a.example.com www.example.org"),
                row(
                        "an external name that is an address",
                        web("ed/hostname: a.example.com", "type: ExternalName, externalName: 8.8.4.4", ""),
                        "A a.example.com 8.8.4.4"),
                row(
                        "external addresses before the external name",
                        web(
                                "ed/hostname: a.example.com",
                                "type: ExternalName, externalName: www.example.org, externalIPs: [8.8.4.4]",
                                ""),
                        "A a.example.com 8.8.4.4"),
                row(
                        "node ports: external addresses, and where the port is",
                        web("ed/hostname: a.example.com", "type: NodePort, ports: [{port: 80, nodePort: 30080}]", "")
                                + NODES,
                        "SRV _web._tcp.a.example.com 0 50 30080 a.example.com",
                        "A a.example.com 3.0.0.1 3.0.0.2 3.0.0.9"),
                row(
                        "node ports: internal addresses, UDP",
                        web(
                                        "ed/hostname: a.example.com, ed/access: private",
                                        "type: NodePort, ports: [{port: 53, protocol: UDP, nodePort: 30053}]",
                                        "")
                                + NODES,
                        "SRV _web._udp.a.example.com 0 50 30053 a.example.com",
                        "A a.example.com 10.0.0.1 10.0.0.2 10.0.0.9"),
                row(
                        "node ports: an access that is unknown",
                        web("ed/hostname: a.example.com, ed/access: secret", "type: NodePort", "") + NODES,
                        "A a.example.com 3.0.0.1 3.0.0.2 3.0.0.9",
                        "! metadata.annotations[external-dns.kubernetes.io/access]: 'secret' is unknown, so it counts as if it were not there. Write public or private."),
                row(
                        "node ports: internal where there is nothing external",
                        web("ed/hostname: a.example.com", "type: NodePort", "")
                                + "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}}",
                        "A a.example.com 10.0.0.1"),
                row(
                        "node ports: local traffic, only nodes with a pod that is ready",
                        web(
                                        "ed/hostname: a.example.com",
                                        "type: NodePort, externalTrafficPolicy: Local, selector: {app: db}",
                                        "")
                                + NODES
                                + PODS,
                        "A a.example.com 3.0.0.1"),
                row(
                        "node ports: local traffic and no pod",
                        web(
                                        "ed/hostname: a.example.com",
                                        "type: NodePort, externalTrafficPolicy: Local, selector: {app: no}",
                                        "")
                                + NODES
                                + PODS,
                        "waits a.example.com"),
                row(
                        "a node port without nodes: its service waits as its host does",
                        web("ed/hostname: a.example.com", "type: NodePort, ports: [{port: 80, nodePort: 30080}]", ""),
                        "waits _web._tcp.a.example.com",
                        "waits a.example.com"),
                row(
                        "headless: ready pods, and a name for each",
                        db("ed/hostname: db.example.com", ""),
                        "A db-0.db.example.com 10.1.0.1",
                        "A db.example.com 10.1.0.1"),
                row(
                        "headless: those that are not ready, by the Service",
                        db("ed/hostname: db.example.com", ", publishNotReadyAddresses: true"),
                        "A db-0.db.example.com 10.1.0.1",
                        "A db-1.db.example.com 10.1.0.2",
                        "A db.example.com 10.1.0.1 10.1.0.2"),
                row(
                        "headless: those that are not ready, by the settings",
                        s -> s.publishNotReady(true),
                        db("ed/hostname: db.example.com", ""),
                        "A db-0.db.example.com 10.1.0.1",
                        "A db-1.db.example.com 10.1.0.2",
                        "A db.example.com 10.1.0.1 10.1.0.2"),
                row(
                        "headless: hosts by the annotation",
                        db("ed/hostname: db.example.com, ed/endpoints-type: HostIP", ""),
                        "A db-0.db.example.com 10.0.0.1",
                        "A db.example.com 10.0.0.1"),
                row(
                        "headless: hosts by the settings",
                        s -> s.publishHostIps(true),
                        db("ed/hostname: db.example.com", ""),
                        "A db-0.db.example.com 10.0.0.1",
                        "A db.example.com 10.0.0.1"),
                row(
                        "headless: nodes' external addresses",
                        db("ed/hostname: db.example.com, ed/endpoints-type: NodeExternalIP", ""),
                        "A db-0.db.example.com 3.0.0.1",
                        "A db.example.com 3.0.0.1"),
                row(
                        "headless: a type that is unknown",
                        db("ed/hostname: db.example.com, ed/endpoints-type: Moon", ""),
                        "A db-0.db.example.com 10.1.0.1",
                        "A db.example.com 10.1.0.1",
                        "! metadata.annotations[external-dns.kubernetes.io/endpoints-type]: 'Moon' is unknown, so the pods' own addresses are taken. Write NodeExternalIP or HostIP."),
                row(
                        "headless: by the internal annotation, too",
                        db("ed/internal-hostname: db.example.com", ""),
                        "A db-0.db.example.com 10.1.0.1",
                        "A db.example.com 10.1.0.1"));
    }

    static Stream<Arguments> dialectsAndTemplates() {
        return Stream.of(
                row("kops's words unread", balanced("dns.alpha.kubernetes.io/external: k.example.com")),
                row(
                        "kops: a load balancer for both",
                        s -> s.dialects(Dialect.KOPS),
                        balanced(
                                "dns.alpha.kubernetes.io/external: e.example.com, dns.alpha.kubernetes.io/internal: i.example.com"),
                        "A e.example.com 1.2.3.4",
                        "A i.example.com 1.2.3.4"),
                row(
                        "kops: a node port for one: workers",
                        s -> s.dialects(Dialect.KOPS),
                        web("dns.alpha.kubernetes.io/external: e.example.com", "type: NodePort", "") + NODES,
                        "A e.example.com 3.0.0.1 3.0.0.2"),
                row(
                        "kops: a node port, internal",
                        s -> s.dialects(Dialect.KOPS),
                        web("dns.alpha.kubernetes.io/internal: e.example.com", "type: NodePort", "") + NODES,
                        "A e.example.com 10.0.0.1 10.0.0.2"),
                row(
                        "kops: a node port for both is nothing",
                        s -> s.dialects(Dialect.KOPS),
                        web(
                                        "dns.alpha.kubernetes.io/external: e.example.com, dns.alpha.kubernetes.io/internal: i.example.com",
                                        "type: NodePort",
                                        "")
                                + NODES,
                        "! metadata.annotations[dns.alpha.kubernetes.io/external]: a node port leads to external or internal addresses, not to both. Remove one of the two annotations."),
                row(
                        "route53-kubernetes: a leading dot is left out",
                        s -> s.dialects(Dialect.ROUTE53_KUBERNETES),
                        balanced("domainName: '.a.example.com,b.example.com'"),
                        "A a.example.com 1.2.3.4",
                        "A b.example.com 1.2.3.4"),
                row(
                        "Mate",
                        s -> s.dialects(Dialect.MATE),
                        balanced("zalando.org/dnsname: m.example.com"),
                        "A m.example.com 1.2.3.4"),
                row(
                        "a template, for an object without names",
                        s -> s.templates("{{name}}.{{namespace}}.example.com"),
                        balanced(""),
                        "A web.shop.example.com 1.2.3.4"),
                row(
                        "a template in external-dns's words",
                        s -> s.templates("{{.Name}}-{{index .Labels \"app\"}}.example.com,{{.Labels.app}}.example.org"),
                        balanced(""),
                        "A web-web.example.com 1.2.3.4",
                        "A web.example.org 1.2.3.4"),
                row("a template whose place is empty", s -> s.templates("{{labels.none}}.example.com"), balanced("")),
                row(
                        "a template beside a name, not combined",
                        s -> s.templates("{{name}}.example.com"),
                        balanced("ed/hostname: a.example.com"),
                        "A a.example.com 1.2.3.4"),
                row(
                        "a template beside a name, combined",
                        s -> s.templates("{{name}}.example.com").combineTemplates(true),
                        balanced("ed/hostname: a.example.com"),
                        "A a.example.com 1.2.3.4",
                        "A web.example.com 1.2.3.4"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"loadBalancers", "others", "dialectsAndTemplates"})
    void asksFor(String rule, Consumer<SourceSettings.Builder> change, String objects, List<String> expected) {
        SourceSettings settings = SourceSettings.defaults().with(change);

        Derivation derivation = new World(objects).derive(settings);

        assertThat(World.told(derivation)).as(rule).containsExactlyElementsOf(expected);
    }
}
