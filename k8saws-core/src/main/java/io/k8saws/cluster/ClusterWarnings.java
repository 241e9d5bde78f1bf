package io.k8saws.cluster;

import io.k8saws.error.Violation;
import io.k8saws.internal.seam.KnownRegions;
import io.k8saws.internal.text.LineByLine;
import java.util.List;
import java.util.stream.Collectors;

/** What is allowed but worth a second look. */
final class ClusterWarnings {

    private static final Cidr DOCKER = Cidr.of("172.17.0.0/16");

    private ClusterWarnings() {}

    static List<Violation> of(ClusterSpec spec) {
        Findings findings = new Findings();
        region(spec, findings);
        network(spec, findings);
        reach(spec, findings);
        survival(spec, findings);
        pools(spec, findings);
        addons(spec, findings);
        return new LineByLine<>(findings.all());
    }

    /** A region that this SDK does not know may be new, so it is no mistake. */
    private static void region(ClusterSpec spec, Findings findings) {
        findings.require(
                KnownRegions.ids().contains(spec.region()),
                "region",
                "'" + spec.region() + "' is none of the " + KnownRegions.ids().size()
                        + " regions that this version of the AWS SDK knows",
                "check the name" + near(spec.region()) + "; a newer region works all the same");
    }

    /** The known regions that a name differs from by its number, or else by a slip of the pen; in brackets, or empty when there is none. */
    static String near(String name) {
        String area = name.replaceFirst("-[0-9]+$", "-");
        String beside = KnownRegions.ids().stream()
                .filter(region -> region.startsWith(area) && region.length() == area.length() + 1)
                .collect(Collectors.joining(", "));
        String near = beside.isEmpty() ? Nearest.of(name, KnownRegions.ids()).orElse("") : beside;
        return near.isEmpty() ? "" : " (there is " + near + ")";
    }

    private static void network(ClusterSpec spec, Findings findings) {
        NetworkSpec network = spec.network();
        findings.require(
                network.topology() != Topology.PRIVATE || network.nat() != NatMode.NONE,
                "network.nat",
                "without NAT, machines reach neither AWS nor image registries",
                "make sure that VPC endpoints or another route lead there");
        findings.require(
                !network.cidr().isWellFormed() || !network.cidr().overlaps(DOCKER),
                "network.cidr",
                network.cidr() + " overlaps " + DOCKER + ", which Docker uses on every host",
                "prefer another block");
    }

    private static void addons(ClusterSpec spec, Findings findings) {
        AddonsSpec addons = spec.addons();
        boolean fromElsewhere = addons.ebsCsi().enabled()
                || (addons.cni().enabled() && spec.cni().kind() != CniKind.CUSTOM);
        findings.require(
                spec.assets().registry().isEmpty() || addons.registry().isPresent() || !fromElsewhere,
                "addons.registry",
                "is missing, and assets.registry takes the place of registry.k8s.io only, so images of add-ons come from"
                        + " the projects' own registries",
                "name a mirror here, too, or use airGap(mirror, registry), if machines do not reach these");
        findings.require(
                spec.assets().registry().filter(ClusterWarnings::isEcr).isEmpty(),
                "assets.registry",
                "is in ECR, and containerd fetches the pause image without credentials, which ECR does not answer; without it no pod starts",
                "put the pause image into the machines' image, or name a registry that is read without credentials");
        findings.require(
                addons.registry().isEmpty() || spec.assets().registry().isPresent(),
                "assets.registry",
                "is missing, so kubeadm's images and the pause image come from registry.k8s.io, though those of add-ons come"
                        + " from " + addons.registry().orElse(""),
                "name the registry here, too, or use airGap(mirror, registry), if machines do not reach registry.k8s.io");
        findings.require(
                spec.cni().kind() != CniKind.CILIUM
                        || spec.cni().encryption() != Encryption.IPSEC
                        || !addons.cni().enabled(),
                "cni.encryption",
                "Cilium's IPsec takes its keys from the Secret kube-system/cilium-ipsec-keys, which the library does not make",
                "make it as Cilium's documentation says, or choose wireguard");
    }

    private static boolean isEcr(String registry) {
        return registry.matches("[0-9]{12}\\.dkr\\.ecr\\..*");
    }

    private static void reach(ClusterSpec spec, Findings findings) {
        boolean internal = spec.api().loadBalancer() == Exposure.INTERNAL;
        findings.require(
                internal || !spec.api().isOpen(),
                "api.allowedCidrs",
                "the Kubernetes API is open to every address",
                "name the networks of your users");
        findings.require(
                !internal || spec.dns().kind() != DnsKind.PUBLIC,
                "dns.kind",
                "an internal API in a public zone publishes private addresses",
                "prefer a private zone");
        findings.require(
                internal || spec.dns().kind() != DnsKind.PRIVATE,
                "dns.kind",
                "a public API in a private zone has its name only inside the VPC",
                "prefer a public zone, or an internal load balancer");
        findings.require(
                spec.access().method() == AccessMethod.BASTION
                        || spec.access().bastion().equals(BastionSpec.builder().build()),
                "access.bastion",
                "is described but not used",
                "set access.method to bastion, or remove it");
    }

    private static void survival(ClusterSpec spec, Findings findings) {
        findings.require(
                spec.etcd().members() > 1,
                "etcd.members",
                "a single member stops the cluster whenever it is away",
                "use three");
        findings.require(
                spec.controlPlane().minSize() > 1,
                "controlPlane.minSize",
                "a single node stops the Kubernetes API whenever it is away",
                "use one a zone");
        findings.require(
                spec.etcd().surviveZoneLoss(),
                "etcd.surviveZoneLoss",
                "the loss of one zone may stop the cluster",
                "use three zones");
    }

    private static void pools(ClusterSpec spec, Findings findings) {
        List<NodePoolSpec> pools = spec.nodePools();
        boolean allTainted = !pools.isEmpty()
                && pools.stream().allMatch(p -> p.effectiveTaints().stream()
                        .anyMatch(t -> t.effect() != TaintEffect.PREFER_NO_SCHEDULE));
        findings.require(
                !allTainted,
                "nodePools",
                "every pool is tainted, so that add-ons without tolerations have nowhere to run",
                "leave one pool without taints");
        for (int i = 0; i < pools.size(); i++) {
            findings.require(
                    pools.get(i).imds().tokensRequired(),
                    NodePoolRules.path(pools.get(i), i) + ".imds.tokensRequired",
                    "without tokens, a pod that can be made to fetch a URL can steal the node's credentials",
                    "require tokens");
        }
    }
}
