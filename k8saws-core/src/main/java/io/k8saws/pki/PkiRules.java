package io.k8saws.pki;

import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules that a {@link PkiSpec} keeps. */
final class PkiRules {
    private static final String HOST =
            "write a lower-case host name (RFC 1123), an IPv4 or an IPv6 address without a port";
    private static final Pattern VERSION = Pattern.compile("1\\.([0-9]{1,3})(\\.[0-9]{1,3})?");
    private static final Duration SHORTEST = Duration.ofMinutes(10);

    private final List<Violation> found = new ArrayList<>();

    private PkiRules() {}

    /** The minor version; 0 for what is no version and is refused anyway. */
    static int minor(PkiSpec spec) {
        Matcher version = VERSION.matcher(spec.kubernetesVersion());
        return version.matches() ? Integer.parseInt(version.group(1)) : 0;
    }

    static List<Violation> violations(PkiSpec spec) {
        PkiRules rules = new PkiRules();
        rules.check(spec);
        return List.copyOf(rules.found);
    }

    private void check(PkiSpec spec) {
        require(!spec.clusterName().isBlank(), "clusterName", "is missing", "write the cluster's name");
        require(
                VERSION.matcher(spec.kubernetesVersion()).matches(),
                "kubernetesVersion",
                "'" + spec.kubernetesVersion() + "' is not a version",
                "write a version such as 1.36 or 1.36.1");
        require(
                !spec.apiNames().isEmpty(),
                "apiNames",
                "is empty",
                "name the control-plane endpoint: the API's name in DNS, or its load balancer's");
        hosts("apiNames", spec.apiNames());
        require(
                Hosts.address(spec.serviceAddress()).isPresent(),
                "serviceAddress",
                "'" + spec.serviceAddress() + "' is not an address",
                "write the first address of the service network, such as 10.96.0.1");
        require(
                Hosts.isName(spec.clusterDomain()),
                "clusterDomain",
                "'" + spec.clusterDomain() + "' is not a domain",
                "write a domain without a final dot, such as cluster.local");
        machines("controlPlaneNodes", spec.controlPlaneNodes());
        machines("etcdMembers", spec.etcdMembers());
        require(
                !spec.separateEvents() || !spec.etcdMembers().isEmpty(),
                "separateEvents",
                "is set without etcd members",
                "name the members, or leave it out");
        hosts("etcdServerNames", spec.etcdServerNames());
        hosts("etcdPeerNames", spec.etcdPeerNames());
        validity(spec);
        names(spec);
    }

    private void validity(PkiSpec spec) {
        require(
                spec.certificateValidity().compareTo(SHORTEST) >= 0,
                "certificateValidity",
                "is " + spec.certificateValidity(),
                "choose at least 10 minutes");
        require(
                spec.authorityValidity().compareTo(spec.certificateValidity()) >= 0,
                "authorityValidity",
                "is shorter than certificateValidity",
                "let authorities live longer than what they sign");
    }

    /** A misspelled name would silently leave the key as it was. */
    private void names(PkiSpec spec) {
        Set<String> known = ClusterPki.keyNames(spec);
        spec.keyAlgorithms()
                .keySet()
                .forEach(name -> require(
                        known.contains(name),
                        "keyAlgorithms[" + name + "]",
                        "there is no such key",
                        "use one of " + String.join(", ", known)));
    }

    private void machines(String path, List<PkiMachine> machines) {
        Set<String> names = new HashSet<>();
        for (PkiMachine machine : machines) {
            String at = path + "[" + machine.name() + "]";
            require(
                    Hosts.isMachineName(machine.name()),
                    at + ".name",
                    "'" + machine.name() + "' is not a name of a machine",
                    "write lower-case letters, digits, dashes and dots (RFC 1123)");
            require(names.add(machine.name()), at, "is there twice", "remove one");
            require(!machine.addresses().isEmpty(), at + ".addresses", "is empty", "write at least one address");
            each(
                    at + ".addresses",
                    machine.addresses(),
                    address -> Hosts.address(address).isPresent(),
                    "write an IPv4 or an IPv6 address without a port");
        }
    }

    private void hosts(String path, List<String> hosts) {
        each(path, hosts, host -> Hosts.address(host).isPresent() || Hosts.isNameOrWildcard(host), HOST);
    }

    private void each(String path, List<String> values, Predicate<String> good, String fix) {
        for (int i = 0; i < values.size(); i++) {
            require(good.test(values.get(i)), path + "[" + i + "]", "'" + values.get(i) + "' is not valid", fix);
        }
    }

    private void require(boolean good, String path, String problem, String fix) {
        if (!good) {
            found.add(new Violation(path, problem, fix));
        }
    }
}
