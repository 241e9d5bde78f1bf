package io.k8saws.behaviour;

import io.k8saws.cluster.ApiSpec;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.NatMode;
import io.k8saws.cluster.SpotStrategy;
import io.k8saws.cluster.TaintEffect;
import io.k8saws.cluster.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The clusters that these tests make. All lie in {@code us-east-1}, the emulator's region. */
final class Specs {
    /** The hosted zone that the specs with public names use; the tests make it. */
    static final String DOMAIN = "example.com";

    private static final String SSH_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1bqW9Yb7mCq0m9Jp1y0Yw0l1nq2bS0m0l1nq2bS0m0 ops";
    private static final String KMS_KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    private static final String BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";

    private Specs() {}

    /**
     * A cluster and the change that is typical for it.
     *
     * @param spec the cluster
     * @param change what is changed later
     */
    record Story(ClusterSpec spec, UnaryOperator<ClusterSpec> change) {
        @Override
        public String toString() {
            return spec.name();
        }
    }

    /** The cluster of the documentation, in a region of the emulator. */
    static ClusterSpec.Builder plain(String name) {
        return three(name)
                .addNodePool(p ->
                        p.name("general").instanceTypes("m6i.xlarge").minSize(3).maxSize(12));
    }

    /** The smallest cluster: one zone, one member, no NAT gateway. For tests that need a cluster, but not much of one. */
    static ClusterSpec.Builder small(String name) {
        return ClusterSpec.builder()
                .name(name)
                .region("us-east-1")
                .network(n -> n.zones("us-east-1a").topology(Topology.PUBLIC))
                .controlPlane(c -> c.size(1).instanceTypes("t3.medium"))
                .etcd(e -> e.stacked().members(1))
                .addNodePool(p -> p.name("general").instanceTypes("t3.large").size(1));
    }

    /** Three zones, three control-plane nodes and any number of pools. */
    static ClusterSpec withPools(String name, int pools) {
        ClusterSpec.Builder spec = three(name);
        IntStream.rangeClosed(1, pools)
                .forEach(number -> spec.addNodePool(
                        p -> p.name("pool-" + number).instanceTypes("m6i.large").size(1)));
        return spec.build();
    }

    private static ClusterSpec.Builder three(String name) {
        return ClusterSpec.builder()
                .name(name)
                .region("us-east-1")
                .network(n -> n.zones("us-east-1a", "us-east-1b", "us-east-1c"));
    }

    /** Twelve clusters that have as little in common as clusters can. */
    static List<Story> twelve() {
        return List.of(
                new Story(
                        plain("grown").build(),
                        spec -> spec.withNodePool("general", p -> p.minSize(4).maxSize(20))),
                new Story(
                        three("public")
                                .network(n -> n.cidr("172.20.0.0/16")
                                        .zones("us-east-1f", "us-east-1a", "us-east-1c")
                                        .topology(Topology.PUBLIC))
                                .etcd(EtcdSpec.Builder::stacked)
                                .api(a -> a.internal().allowedCidrs("203.0.113.0/24", "198.51.100.7/32"))
                                .access(a -> a.none().nodePortCidrs("203.0.113.0/24"))
                                .cni(c -> c.kind(CniKind.KUBE_ROUTER))
                                .addNodePool(p ->
                                        p.name("web").instanceTypes("t3.large").size(2))
                                .build(),
                        spec -> spec.plusNodePool(
                                p -> p.name("more").instanceTypes("t3.xlarge").size(1))),
                new Story(
                        three("spot")
                                .network(n -> n.nat(NatMode.SINGLE))
                                .addNodePool(p -> p.name("batch")
                                        .instanceTypes("m6i.2xlarge", "m5.2xlarge", "m5a.2xlarge")
                                        .minSize(0)
                                        .maxSize(50)
                                        .onDemandBase(2)
                                        .onDemandPercentageAboveBase(10)
                                        .spotStrategy(SpotStrategy.CAPACITY_OPTIMIZED)
                                        .spotMaxPrice("0.20")
                                        .zones("us-east-1b", "us-east-1a")
                                        .putLabel("example.com/team", "batch")
                                        .addTaint("dedicated", "batch", TaintEffect.NO_EXECUTE))
                                .addNodePool(p -> p.name("rest")
                                        .instanceTypes("m6i.large", "m5.large")
                                        .spot()
                                        .size(1))
                                .build(),
                        spec -> spec.withoutNodePool("batch")),
                new Story(
                        ClusterSpec.builder()
                                .name("lab")
                                .region("us-east-1")
                                .network(n -> n.cidr("10.9.0.0/24")
                                        .maxZones(4)
                                        .zones("us-east-1b")
                                        .nat(NatMode.NONE))
                                .controlPlane(c -> c.size(1).instanceTypes("t3.medium"))
                                .etcd(e -> e.stacked().members(1))
                                .api(ApiSpec.Builder::internal)
                                .dns(d -> d.privateZone("lab.internal"))
                                .cni(c -> c.kind(CniKind.AWS_VPC))
                                .build(),
                        spec -> spec.withEtcd(e -> e.volume(v -> v.sizeGib(60)))),
                new Story(
                        plain("five")
                                .etcd(e -> e.members(5)
                                        .events(x -> x.volume(
                                                v -> v.sizeGib(40).iops(4000).throughputMibps(500))))
                                .build(),
                        spec -> spec.withEtcd(e -> e.volume(v -> v.sizeGib(80).iops(6000)))),
                new Story(
                        plain("reached")
                                .access(a -> a.bastion(
                                                b -> b.instanceType("t4g.nano").allowedCidrs("203.0.113.0/24"))
                                        .sshPublicKey(SSH_KEY))
                                .dns(d -> d.publicZone(DOMAIN).apiRecord("api.reached." + DOMAIN))
                                .build(),
                        spec -> spec.with(b -> b.api(a -> a.allowedCidrs("192.0.2.0/24"))
                                .access(a -> a.bastion(x -> x.allowedCidrs("203.0.113.0/25", "198.51.100.0/24"))))),
                new Story(
                        plain("wide")
                                .network(n -> n.cidr("10.40.0.0/16").extraCidrs("10.41.0.0/16"))
                                .cni(c -> c.kind(CniKind.CALICO))
                                .build(),
                        spec -> spec.withNetwork(n -> n.addExtraCidr("10.42.0.0/16"))),
                new Story(
                        plain("governed")
                                .permissionsBoundary(BOUNDARY)
                                .putTag("cost center", "42")
                                .putTag("team", "pay")
                                .etcd(e ->
                                        e.volume(v -> v.sizeGib(100).iops(8000).kmsKey(KMS_KEY)))
                                .build(),
                        spec -> retagged(spec, Map.of("team", "pay+play", "stage", "test"))),
                new Story(
                        plain("spread").build(),
                        spec -> spec.withNetwork(n -> n.zones("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"))),
                new Story(
                        plain("thrifty")
                                .api(a -> a.allowedCidrs("203.0.113.0/24"))
                                .build(),
                        spec -> spec.withNetwork(n -> n.nat(NatMode.SINGLE))),
                new Story(
                        plain("renewed")
                                .kubernetesVersion("1.35.2")
                                .cni(c -> c.kind(CniKind.FLANNEL))
                                .dns(d -> d.publicZone(DOMAIN).apiRecord("k8s." + DOMAIN))
                                .build(),
                        spec -> spec.withKubernetesVersion("1.36.1")),
                new Story(
                        plain("inward")
                                .api(a -> a.internal().allowedCidrs("10.0.0.0/8"))
                                .dns(d -> d.privateZone("inward.internal"))
                                .access(a -> a.ssm())
                                .build(),
                        spec -> spec.withControlPlane(
                                c -> c.minSize(3).maxSize(5).instanceTypes("m7i.large", "m6i.large"))));
    }

    private static ClusterSpec retagged(ClusterSpec spec, Map<String, String> tags) {
        return spec.with(builder -> builder.tags(new LinkedHashMap<>(tags)));
    }
}
