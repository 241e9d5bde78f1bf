package io.k8saws.dns.cluster;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How CoreDNS answers in a cluster. Immutable. The Service stays {@code kube-dns} whatever runs behind it: kubelet and NodeLocal DNS ask for that name.
 *
 * @param domain the cluster's domain
 * @param upstreams who is asked for names outside of it, as {@code address} or {@code address:port}; empty for the machines' own resolvers
 * @param stubDomains domains that others are asked for, with whom
 * @param hosts names with addresses of their own, for clusters whose network has no DNS for them
 */
public record CoreDns(
        String domain,
        List<String> upstreams,
        SortedMap<String, List<String>> stubDomains,
        SortedMap<String, String> hosts) {
    /** The ConfigMap, in {@code kube-system}, under the name that kubeadm gives it. */
    public static final String CONFIG_MAP = "coredns";

    private static final int CORES = 256;
    private static final int NODES = 16;

    /**
     * Copies what is given.
     *
     * @throws InvalidSpecException if something is not an address or a name
     */
    public CoreDns {
        upstreams = List.copyOf(upstreams);
        stubDomains = new TreeMap<>(stubDomains);
        hosts = new TreeMap<>(hosts);
        List<Violation> problems = new ArrayList<>();
        Words.name("domain", domain, problems);
        upstreams.forEach(server -> Words.server("upstreams", server, problems));
        stubDomains.forEach((name, servers) -> {
            Words.name("stubDomains", name, problems);
            if (servers.isEmpty()) {
                problems.add(new Violation("stubDomains[" + name + "]", "nobody is asked for it", "name a server"));
            }
            servers.forEach(server -> Words.server("stubDomains[" + name + "]", server, problems));
        });
        hosts.forEach((name, address) -> {
            Words.name("hosts", name, problems);
            Words.server("hosts[" + name + "]", address, problems);
        });
        if (!problems.isEmpty()) {
            throw new InvalidSpecException("Configure the cluster's DNS", problems);
        }
    }

    /**
     * Asks the machines' resolvers for all that is not in {@code cluster.local}.
     *
     * @return the configuration
     */
    public static CoreDns defaults() {
        return new CoreDns("cluster.local", List.of(), new TreeMap<>(), new TreeMap<>());
    }

    /**
     * A copy that asks others.
     *
     * @param servers who is asked, as {@code address} or {@code address:port}
     * @return the copy
     */
    public CoreDns withUpstreams(String... servers) {
        return new CoreDns(domain, List.of(servers), stubDomains, hosts);
    }

    /**
     * A copy that asks others for a domain.
     *
     * @param name the domain
     * @param servers who is asked for it
     * @return the copy
     */
    public CoreDns putStubDomain(String name, String... servers) {
        SortedMap<String, List<String>> more = new TreeMap<>(stubDomains);
        more.put(name, List.of(servers));
        return new CoreDns(domain, upstreams, more, hosts);
    }

    /**
     * A copy that knows a name itself.
     *
     * @param name the name
     * @param address its address
     * @return the copy
     */
    public CoreDns putHost(String name, String address) {
        SortedMap<String, String> more = new TreeMap<>(hosts);
        more.put(name, address);
        return new CoreDns(domain, upstreams, stubDomains, more);
    }

    /**
     * The configuration as CoreDNS reads it.
     *
     * @return a Corefile
     */
    public String corefile() {
        StringBuilder text = new StringBuilder();
        text.append(".:53 {\n")
                .append("    errors\n")
                .append("    health {\n        lameduck 10s\n    }\n")
                .append("    ready\n")
                .append("    kubernetes ")
                .append(domain)
                .append(" in-addr.arpa ip6.arpa {\n")
                .append("        pods insecure\n")
                .append("        fallthrough in-addr.arpa ip6.arpa\n")
                .append("        ttl 30\n    }\n");
        if (!hosts.isEmpty()) {
            text.append("    hosts {\n");
            hosts.forEach((name, address) -> text.append("        " + address + " " + name + "\n"));
            text.append("        fallthrough\n    }\n");
        }
        text.append("    prometheus :9153\n")
                .append("    forward . ")
                .append(upstreams.isEmpty() ? "/etc/resolv.conf" : String.join(" ", upstreams))
                .append(" {\n        max_concurrent 1000\n    }\n")
                .append("    cache 30\n    loop\n    reload\n    loadbalance\n}\n");
        stubDomains.forEach((name, servers) -> text.append(name)
                .append(":53 {\n    errors\n    cache 30\n    forward . ")
                .append(String.join(" ", servers))
                .append("\n}\n"));
        return text.toString();
    }

    /**
     * The ConfigMap with the configuration. Given to the cluster's add-ons as a manifest, it takes the place of kubeadm's.
     *
     * @return YAML
     */
    public String manifest() {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: %s
                  namespace: kube-system
                data:
                  Corefile: |
                """.formatted(CONFIG_MAP) + corefile().indent(4);
    }

    /**
     * How many replicas a cluster wants: one for each 256 cores and one for each 16 nodes, whichever is more, and two if there is more than one node.
     *
     * @param nodes how many nodes
     * @param cores how many cores they have together
     * @return 1 or more
     */
    public static int replicas(int nodes, int cores) {
        int most = Math.max((cores + CORES - 1) / CORES, (nodes + NODES - 1) / NODES);
        return Math.max(most, nodes > 1 ? 2 : 1);
    }

    /** The stub domains, with who is asked for each. */
    Map<String, List<String>> stubs() {
        return stubDomains;
    }
}
