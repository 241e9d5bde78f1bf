package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.Settings;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.NodeFleet;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Map;

/**
 * A highly available cluster whose machines are the testbed's: three members of etcd, three control-plane machines and three workers that boot on this host. What such a
 * machine cannot do like an instance of EC2 is set by what every user can set.
 */
final class MachineCluster {
    static final String REGION = "us-east-1";

    /** Any image that the emulator knows: a machine's image is the testbed's. */
    private static final String IMAGE = "ami-12c6146b";

    private static final String MIRROR = "http://169.254.170.1";

    private static final Map<String, Object> EVICTION =
            Map.of("memory.available", "100Mi", "nodefs.available", "1Gi", "imagefs.available", "1Gi");

    private MachineCluster() {}

    static ClusterSpec spec(String name) {
        return ClusterSpec.builder()
                .name(name)
                .region(REGION)
                .network(n -> n.zones(REGION + "a", REGION + "b", REGION + "c"))
                .cni(c -> c.kind(CniKind.FLANNEL))
                .controlPlane(c -> c.image(IMAGE))
                .etcd(e -> e.image(IMAGE))
                .addNodePool(p ->
                        p.name("general").instanceTypes("m6i.xlarge").size(3).image(IMAGE))
                // the host's control groups; its disk, of which a kubelet wants a seventh to be free; kernel settings
                // that belong to it; and an image of kube-proxy with nft alone
                .kubernetes(k -> k.kubelet("failCgroupV1", false)
                        .kubelet("evictionHard", EVICTION)
                        .kubelet("imageGCHighThresholdPercent", 100)
                        .kubeProxy("conntrack", Map.of("maxPerCore", 0, "min", 0)))
                .machines(m -> m.containerd(Settings.of(
                        "plugins", Map.of("io.containerd.grpc.v1.cri", Map.of("restrict_oom_score_adj", true)))))
                .assets(a -> a.mirror(MIRROR)
                        .preinstalled(NodeAsset.CONTAINERD, NodeAsset.RUNC)
                        .putVersion("cni-plugins", "1.1.1")
                        .putVersion("etcd", "3.6.10"))
                .addons(a -> a.ebsCsi(e -> e.enabled(false)) // its image is not in the testbed
                        .cloudController(c -> c.putEnvironment("AWS_ENDPOINT_URL", NodeFleet.EMULATOR.toString())))
                .build();
    }

    /** The library with the emulator as this program reaches it, and as machines do. */
    static K8sAws.Builder library(AwsEndpoint aws) {
        return K8sAws.builder()
                .access(AwsAccess.builder()
                        .region(REGION)
                        .endpoint(aws.uri())
                        .machineEndpoint(NodeFleet.EMULATOR)
                        .credentials(aws.credentials())
                        .build())
                .sums(sums());
    }

    /** The mirror's files of sums, which lie on this host. */
    static AssetSums sums() {
        return address -> {
            try {
                return Files.readString(
                        Testbed.mirror().resolve(URI.create(address).getPath().substring(1)));
            } catch (IOException e) {
                throw new UncheckedIOException("Read the testbed's mirror: " + e.getMessage() + ".", e);
            }
        };
    }
}
