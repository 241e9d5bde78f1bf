package io.k8saws.cluster;

import io.k8saws.error.Violation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/** The rules that a specification keeps. Pure; each part of the specification has its own checks, in the order in which it is shown. */
final class ClusterRules {

    private static final Set<Integer> MEMBERS = Set.of(1, 3, 5, 7);
    private static final int MAX_TAGS = 40;
    private static final int LOAD_BALANCER_RULES = 3;
    private static final int NODE_RULES = 20;

    private final ClusterSpec spec;
    private final Findings findings = new Findings();

    private ClusterRules(ClusterSpec spec) {
        this.spec = spec;
    }

    /** Returns everything that is wrong. */
    static List<Violation> violations(ClusterSpec spec) {
        ClusterRules rules = new ClusterRules(spec);
        rules.identity();
        NetworkRules.check(spec, rules.findings);
        rules.api();
        rules.access();
        rules.controlPlane();
        rules.etcd();
        NodePoolRules.check(spec, rules.findings);
        rules.dns();
        KubernetesRules.check(spec, rules.findings);
        rules.keys();
        MachineRules.check(spec, rules.findings);
        AddonRules.check(spec, rules.findings);
        rules.tags();
        return rules.findings.all();
    }

    /** Returns what is allowed but worth a second look. */
    static List<Violation> warnings(ClusterSpec spec) {
        return ClusterWarnings.of(spec);
    }

    private void identity() {
        if (spec.name().isEmpty()) {
            findings.add("name", "is missing", "give the cluster a name");
        } else {
            findings.matches(
                    Syntax.NAME,
                    "name",
                    spec.name(),
                    "use 1 to 32 lower-case letters, digits and dashes, a letter first and no dash last");
        }
        if (spec.region().isEmpty()) {
            findings.add("region", "is missing", "name an AWS region, such as eu-west-1");
        } else {
            findings.matches(Syntax.REGION, "region", spec.region(), "write an AWS region, such as eu-west-1");
        }
        Matcher version = Syntax.VERSION.matcher(spec.kubernetesVersion());
        if (findings.require(
                version.matches(),
                "kubernetesVersion",
                "'" + spec.kubernetesVersion() + "' is not a version",
                "write three numbers, such as " + KubernetesVersions.DEFAULT)) {
            findings.require(
                    KubernetesVersions.MINORS.contains(version.group(1)),
                    "kubernetesVersion",
                    "Kubernetes " + version.group(1) + " is not supported",
                    "choose one of " + String.join(", ", KubernetesVersions.MINORS));
        }
        spec.permissionsBoundary()
                .ifPresent(arn -> findings.matches(
                        Syntax.POLICY,
                        "permissionsBoundary",
                        arn,
                        "write the ARN of an IAM policy: arn:aws:iam::ACCOUNT:policy/NAME"));
    }

    private void keys() {
        spec.keys().kmsKey().ifPresent(key -> findings.kmsKey("keys.kmsKey", key, spec.region()));
        findings.require(
                spec.keys().type() != KeyType.ECDSA_P384
                        || !spec.kubernetesVersion().startsWith("1.33."),
                "keys.type",
                "kubeadm 1.33 makes no keys on P-384",
                "use Kubernetes 1.34 or newer, or another type");
    }

    private void api() {
        findings.peers("api.allowedCidrs", spec.api().allowedCidrs());
        boolean fromOutside =
                spec.api().loadBalancer() == Exposure.PUBLIC && !spec.api().isOpen();
        findings.rules(
                "api.allowedCidrs",
                spec.api().allowedCidrs().size() * 2 + (fromOutside ? natGateways() * 2 : LOAD_BALANCER_RULES));
        findings.require(
                !fromOutside || spec.network().zones().isEmpty() || natGateways() > 0,
                "api.allowedCidrs",
                "shuts out the cluster's own machines: they reach a public load balancer from public addresses, and without"
                        + " NAT gateways these are not known",
                "use the private topology with NAT gateways, or make the load balancer internal, or allow 0.0.0.0/0");
    }

    private int natGateways() {
        if (spec.network().topology() == Topology.PUBLIC || spec.network().nat() == NatMode.NONE) {
            return 0;
        }
        return spec.network().nat() == NatMode.SINGLE
                ? 1
                : spec.network().zones().size();
    }

    private void access() {
        AccessSpec access = spec.access();
        findings.peers("access.bastion.allowedCidrs", access.bastion().allowedCidrs());
        findings.peers("access.nodePortCidrs", access.nodePortCidrs());
        findings.rules(
                "access.bastion.allowedCidrs", access.bastion().allowedCidrs().size());
        findings.rules(
                "access.nodePortCidrs",
                access.nodePortCidrs().isEmpty()
                        ? 0
                        : access.nodePortCidrs().size() * 2
                                + Math.max(NODE_RULES, spec.cni().ports().size() * 2 + 3));
        NodePoolRules.instanceType(
                findings, "access.bastion.instanceType", access.bastion().instanceType());
        findings.image(
                "access.bastion", access.bastion().image(), access.bastion().rootDevice());
        access.sshPublicKey().ifPresent(this::sshKey);
        if (access.method() == AccessMethod.BASTION) {
            findings.require(
                    !access.bastion().allowedCidrs().isEmpty(),
                    "access.bastion.allowedCidrs",
                    "is missing, so that nobody could reach the bastion",
                    "name the addresses that may connect, such as 203.0.113.0/24");
            findings.require(
                    access.sshPublicKey().isPresent(),
                    "access.sshPublicKey",
                    "is missing, so that nobody could log in",
                    "give a public key, such as the content of id_ed25519.pub");
        }
    }

    private void sshKey(String key) {
        // The text is not repeated: it may be a private key that was pasted by mistake.
        String problem = key.contains("PRIVATE KEY") ? "is a private key" : "is not a public key in OpenSSH's format";
        findings.require(
                Syntax.SSH_KEY.matcher(key).matches(),
                "access.sshPublicKey",
                problem,
                "give one line that starts with ssh-ed25519 or ssh-rsa");
    }

    private void controlPlane() {
        ControlPlaneSpec controlPlane = spec.controlPlane();
        NodePoolRules.instanceTypes(findings, "controlPlane.instanceTypes", controlPlane.instanceTypes());
        NodePoolRules.sizes(findings, "controlPlane", 1, controlPlane.minSize(), controlPlane.maxSize());
        VolumeRules.check(findings, "controlPlane.rootVolume", controlPlane.rootVolume(), spec.region());
        findings.image("controlPlane", controlPlane.image(), controlPlane.rootDevice());
    }

    private void etcd() {
        EtcdSpec etcd = spec.etcd();
        boolean known = findings.require(
                MEMBERS.contains(etcd.members()),
                "etcd.members",
                etcd.members() > 0 && etcd.members() % 2 == 0 ? evenMembers(etcd.members()) : "is " + etcd.members(),
                MEMBERS.containsAll(Set.of(etcd.members() - 1, etcd.members() + 1))
                        ? "take " + (etcd.members() - 1) + " or " + (etcd.members() + 1)
                        : "choose 1, 3, 5 or 7");
        findings.unique("etcd.zones", etcd.zones());
        for (int i = 0; i < etcd.zones().size(); i++) {
            findings.require(
                    spec.network().zones().contains(etcd.zones().get(i)),
                    "etcd.zones[" + i + "]",
                    etcd.zones().get(i) + " is not a zone of the network",
                    "choose from network.zones, or add it there");
        }
        if (known) {
            zoneLoss(etcd);
        }
        if (etcd.placement() == EtcdPlacement.STACKED) {
            int min = spec.controlPlane().minSize();
            int max = spec.controlPlane().maxSize();
            findings.require(
                    !known || (min == etcd.members() && max == etcd.members()),
                    "controlPlane.minSize",
                    "stacked etcd has " + etcd.members() + " members, and the control plane " + Names.sizes(min, max)
                            + " nodes",
                    "set minSize and maxSize to " + etcd.members() + ", or use dedicated etcd");
        }
        NodePoolRules.instanceType(findings, "etcd.instanceType", etcd.instanceType());
        VolumeRules.check(findings, "etcd.volume", etcd.volume(), spec.region());
        VolumeRules.check(findings, "etcd.rootVolume", etcd.rootVolume(), spec.region());
        etcd.events().ifPresent(e -> VolumeRules.check(findings, "etcd.events.volume", e.volume(), spec.region()));
        findings.image("etcd", etcd.image(), etcd.rootDevice());
    }

    /** An even number needs a larger majority than the odd one below it, and so survives no more. */
    private static String evenMembers(int members) {
        int survives = (members - 1) / 2;
        return members + " members survive the loss of " + (survives == 0 ? "none" : survives) + ", as " + (members - 1)
                + (members == 2 ? " does" : " do");
    }

    private void zoneLoss(EtcdSpec etcd) {
        int canLose = (etcd.members() - 1) / 2;
        Map<String, Long> perZone = spec.etcdMemberZones().stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        Optional<Map.Entry<String, Long>> worst = perZone.entrySet().stream()
                .filter(e -> e.getValue() > canLose)
                .max(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.<String, Long>comparingByKey().reversed()));
        if (etcd.members() > 1 && etcd.surviveZoneLoss() && worst.isPresent()) {
            findings.add(
                    etcd.zones().isEmpty() ? "network.zones" : "etcd.zones",
                    "zone " + worst.get().getKey() + " would hold "
                            + worst.get().getValue() + " of " + etcd.members() + " etcd members, and only " + canLose
                            + " may be lost",
                    "use three zones or more, or accept it with etcd.surviveZoneLoss: false or, for a try, etcd.members: 1");
        }
    }

    private void dns() {
        DnsSpec dns = spec.dns();
        boolean published = dns.kind() != DnsKind.NONE;
        findings.require(
                !published || dns.zone().isPresent(),
                "dns.zone",
                "is missing",
                "name the hosted zone, such as example.com");
        findings.require(
                published || dns.zone().isEmpty(), "dns.zone", "dns.kind is none", "set dns.kind to public or private");
        String domainFix = "write a domain in lower case without a final dot, such as example.com";
        dns.zone().ifPresent(zone -> findings.matches(Syntax.DOMAIN, "dns.zone", zone, domainFix));
        dns.hostedZoneId()
                .ifPresent(id -> findings.matches(
                        Syntax.HOSTED_ZONE,
                        "dns.hostedZoneId",
                        id,
                        "write the id as Route 53 shows it, such as Z0123456789ABCDEFGHIJ"));
        record("dns.apiRecord", dns.apiRecord(), domainFix);
    }

    private void record(String path, Optional<String> record, String fix) {
        if (record.isEmpty()) {
            return;
        }
        findings.require(
                spec.dns().kind() != DnsKind.NONE,
                path,
                "dns.kind is none",
                "set dns.kind to public or private, or remove it");
        if (findings.matches(Syntax.DOMAIN, path, record.get(), fix)) {
            spec.dns()
                    .zone()
                    .ifPresent(zone -> findings.require(
                            record.get().endsWith("." + zone),
                            path,
                            record.get() + " is not in zone " + zone,
                            "write the full name, ending with ." + zone));
        }
    }

    private void tags() {
        findings.require(
                spec.tags().size() <= MAX_TAGS,
                "tags",
                "has " + spec.tags().size() + " tags",
                "name at most " + MAX_TAGS + ": AWS takes 50 a resource, and the library needs some");
        spec.tags().forEach(this::tag);
    }

    private void tag(String key, String value) {
        String path = "tags[" + key + "]";
        findings.require(
                !key.isEmpty() && key.length() <= 128,
                path,
                "the key has " + key.length() + " characters",
                "use 1 to 128");
        findings.require(
                value.length() <= 256, path, "the value has " + value.length() + " characters", "use at most 256");
        findings.require(
                Syntax.TAG_TEXT.matcher(key).matches()
                        && Syntax.TAG_TEXT.matcher(value).matches(),
                path,
                "has characters that AWS does not take everywhere",
                "use letters, digits, spaces and _.:/=+-@");
        String lower = key.toLowerCase(Locale.ROOT);
        findings.require(
                !lower.startsWith("aws:"), path, "keys that start with aws: belong to AWS", "choose another key");
        findings.require(
                !key.equals("Name")
                        && !key.equals("KubernetesCluster")
                        && !lower.startsWith("kubernetes.io/")
                        && !lower.startsWith("k8saws.io/"),
                path,
                "the library sets this tag itself",
                "choose another key");
    }
}
