package io.k8saws.dns.cluster;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.network.NetworkPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A cache for DNS on each node, so that the VPC's resolver, which takes 1,024 packets a second from each network interface, is asked from all of them. Immutable.
 *
 * @param dns what the cluster's DNS is; its upstreams and stub domains hold here, too
 * @param clusterDnsAddress the address of the Service {@code kube-dns}
 * @param upstreamAddress the address of a Service of this add-on's own that leads to CoreDNS; needed where the cache listens on the address of {@code kube-dns} itself
 * @param localAddress where the cache listens on each node
 * @param proxy what makes Services work
 * @param image the image
 */
public record NodeLocalDns(
        CoreDns dns, String clusterDnsAddress, String upstreamAddress, String localAddress, Proxy proxy, String image) {
    /** The address that Kubernetes' documentation proposes. */
    public static final String LOCAL_ADDRESS = "169.254.20.10";

    /** The image of Kubernetes' project. */
    public static final String IMAGE = "registry.k8s.io/dns/k8s-dns-node-cache:1.26.4";

    private static final int METRICS = 9253;
    private static final int SETUP_METRICS = 9353;
    private static final int HEALTH = 8080;

    /** What makes Services work. */
    public enum Proxy {
        /** kube-proxy with iptables or nftables: the cache takes the address of {@code kube-dns} on its node, and kubelet stays as it is. */
        IPTABLES,
        /** kube-proxy with IPVS: kubelet must be told the cache's own address. */
        IPVS,
        /** No kube-proxy, as with Cilium: kubelet must be told the cache's own address. */
        NONE
    }

    /**
     * Checks the addresses.
     *
     * @throws InvalidSpecException if one is none
     */
    public NodeLocalDns {
        Objects.requireNonNull(dns, "dns");
        Objects.requireNonNull(proxy, "proxy");
        List<Violation> problems = new ArrayList<>();
        Words.server("clusterDnsAddress", clusterDnsAddress, problems);
        Words.server("upstreamAddress", upstreamAddress, problems);
        Words.server("localAddress", localAddress, problems);
        if (!image.matches("[A-Za-z0-9][A-Za-z0-9._:/@-]*")) {
            problems.add(new Violation("image", "'" + image + "' is not an image", "write a registry, path and tag"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidSpecException("Configure NodeLocal DNS", problems);
        }
    }

    /**
     * The cache for a cluster of this library: its addresses and its way to make Services work follow from the specification.
     *
     * @param spec the cluster
     * @param dns what its DNS is
     * @return the cache
     */
    public static NodeLocalDns of(ClusterSpec spec, CoreDns dns) {
        return new NodeLocalDns(
                dns,
                NetworkPlan.of(spec).dnsServiceAddress(),
                spec.cni().serviceCidr().address(11),
                LOCAL_ADDRESS,
                spec.cni().kubeProxy() ? Proxy.IPTABLES : Proxy.NONE,
                IMAGE);
    }

    /**
     * The DNS address that kubelet must be configured with.
     *
     * @return the address of {@code kube-dns} with iptables, the cache's own otherwise
     */
    public String kubeletAddress() {
        return proxy == Proxy.IPTABLES ? clusterDnsAddress : localAddress;
    }

    /**
     * Checks the DNS address of a kubelet's configuration.
     *
     * @param configured the address; empty for Kubernetes' default, the address of {@code kube-dns}
     * @return what is wrong; empty when pods will ask the cache
     */
    public Optional<Violation> checkKubelet(Optional<String> configured) {
        return configured.orElse(clusterDnsAddress).equals(kubeletAddress())
                ? Optional.empty()
                : Optional.of(new Violation(
                        "clusterDNS",
                        "it is " + configured.orElse(clusterDnsAddress) + ", where the cache does not listen",
                        "set it to " + kubeletAddress()));
    }

    /**
     * The cache's configuration. It asks CoreDNS by TCP, because the network's tracking of UDP loses packets; and the machines' resolvers by TCP, too, but servers of
     * the user's choice by UDP.
     *
     * @return a Corefile
     */
    public String corefile() {
        StringBuilder text = new StringBuilder();
        text.append(dns.domain())
                .append(":53 {\n    errors\n    cache {\n        success 9984 30\n        denial 9984 5\n    }\n")
                .append(common())
                .append(toCoreDns())
                .append("    prometheus :" + METRICS + "\n")
                .append("    health " + host(localAddress) + ":" + HEALTH + "\n}\n");
        for (String reverse : List.of("in-addr.arpa", "ip6.arpa")) {
            text.append(reverse)
                    .append(":53 {\n    errors\n    cache 30\n")
                    .append(common())
                    .append(toCoreDns())
                    .append("    prometheus :" + METRICS + "\n}\n");
        }
        text.append(".:53 {\n    errors\n    cache 30\n")
                .append(common())
                .append("    forward . ")
                .append(
                        dns.upstreams().isEmpty()
                                ? "/etc/resolv.conf {\n        force_tcp\n    }\n"
                                : String.join(" ", dns.upstreams()) + "\n")
                .append("    prometheus :" + METRICS + "\n}\n");
        dns.stubs().forEach((name, servers) -> text.append(name)
                .append(":53 {\n    errors\n    cache 30\n")
                .append(common())
                .append("    forward . ")
                .append(String.join(" ", servers))
                .append("\n    prometheus :" + METRICS + "\n}\n"));
        return text.toString();
    }

    private String common() {
        return "    reload\n    loop\n    bind " + String.join(" ", listening()) + "\n";
    }

    private String toCoreDns() {
        return "    forward . " + (proxy == Proxy.IPTABLES ? upstreamAddress : clusterDnsAddress)
                + " {\n        force_tcp\n    }\n";
    }

    private List<String> listening() {
        return proxy == Proxy.IPTABLES ? List.of(localAddress, clusterDnsAddress) : List.of(localAddress);
    }

    private static String host(String address) {
        return address.indexOf(':') < 0 ? address : "[" + address + "]";
    }

    /**
     * All objects of the cache: its account, its configuration, its way to CoreDNS, and a pod on each node. The cluster's add-ons take it as a manifest.
     *
     * @return YAML of several documents
     */
    public String manifest() {
        return ACCOUNT + service() + "---\n" + configMap() + "---\n" + daemonSet();
    }

    private static final String ACCOUNT = """
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: node-local-dns
              namespace: kube-system
            ---
            """;

    private String service() {
        return proxy != Proxy.IPTABLES ? "" : """
                apiVersion: v1
                kind: Service
                metadata:
                  name: kube-dns-upstream
                  namespace: kube-system
                spec:
                  clusterIP: %s
                  ports:
                  - name: dns
                    port: 53
                    protocol: UDP
                    targetPort: 53
                  - name: dns-tcp
                    port: 53
                    protocol: TCP
                    targetPort: 53
                  selector:
                    k8s-app: kube-dns
                """.formatted(upstreamAddress);
    }

    private String configMap() {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: node-local-dns
                  namespace: kube-system
                data:
                  Corefile: |
                """ + corefile().indent(4);
    }

    private String daemonSet() {
        return """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata:
                  name: node-local-dns
                  namespace: kube-system
                  labels:
                    k8s-app: node-local-dns
                spec:
                  updateStrategy:
                    rollingUpdate:
                      maxUnavailable: 10%%
                  selector:
                    matchLabels:
                      k8s-app: node-local-dns
                  template:
                    metadata:
                      labels:
                        k8s-app: node-local-dns
                      annotations:
                        prometheus.io/port: "%d"
                        prometheus.io/scrape: "true"
                    spec:
                      priorityClassName: system-node-critical
                      serviceAccountName: node-local-dns
                      automountServiceAccountToken: false
                      hostNetwork: true
                      dnsPolicy: Default
                      nodeSelector:
                        kubernetes.io/os: linux
                      tolerations:
                      - operator: Exists
                      containers:
                      - name: node-cache
                        image: %s
                        args:
                        - -localip
                        - "%s"
                        - -conf
                        - /etc/coredns/Corefile
                        - -setupiptables=true
                        - -setupinterface=true
                        - -metrics-listen-address
                        - "0.0.0.0:%d"
                        - -syncinterval=60s
                        - -health-port
                        - "%d"
                        securityContext:
                          capabilities:
                            add:
                            - NET_ADMIN
                        resources:
                          requests:
                            cpu: 25m
                            memory: 5Mi
                        ports:
                        - name: dns
                          containerPort: 53
                          protocol: UDP
                        - name: dns-tcp
                          containerPort: 53
                          protocol: TCP
                        - name: metrics
                          containerPort: %d
                          protocol: TCP
                        livenessProbe:
                          httpGet:
                            host: "%s"
                            path: /health
                            port: %d
                          initialDelaySeconds: 60
                          timeoutSeconds: 5
                        volumeMounts:
                        - name: xtables-lock
                          mountPath: /run/xtables.lock
                        - name: config
                          mountPath: /etc/coredns
                      volumes:
                      - name: xtables-lock
                        hostPath:
                          path: /run/xtables.lock
                          type: FileOrCreate
                      - name: config
                        configMap:
                          name: node-local-dns
                """.formatted(
                METRICS, image, String.join(",", listening()), SETUP_METRICS, HEALTH, METRICS, localAddress, HEALTH);
    }
}
