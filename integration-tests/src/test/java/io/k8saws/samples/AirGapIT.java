package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.addon.ClusterImages;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.operate.ClusterReadiness;
import io.k8saws.operate.MachineReadiness;
import io.k8saws.progress.ProgressListener;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.HostFootprint;
import io.k8saws.testkit.NodeFleet;
import io.k8saws.testkit.NodeMachine;
import io.k8saws.testkit.NodeMachines;
import io.k8saws.testkit.Testbed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("machines")
class AirGapIT {
    private static final String NAME = "island";
    private static final String REGISTRY = NodeMachines.OUTSIDE + ":5001";

    /** Where containerd looks for what it shall know of the registry; a colon is written so. */
    private static final String HOSTS_FOLDER = "/etc/containerd/certs.d/" + NodeMachines.OUTSIDE + "_5001_";

    /** Without TLS, unlike a registry of yours. */
    private static final String HOSTS = """
            server = "http://%1$s"

            [host."http://%1$s"]
              capabilities = ["pull", "resolve"]
            """.formatted(REGISTRY);

    private static final Duration BOOT = Duration.ofMinutes(10);

    /** What may be asked of the name server, none of which is a place of the world. */
    private static final String OWN_NAMES = String.join(
            "|",
            ".*\\.ec2\\.internal", // the VPC's
            "api-island-[0-9a-z.-]+\\.elb\\.amazonaws\\.com", // the API's load balancer
            "__cloud_init_expected_not_found__|does-not-exist\\.example\\.com|example\\.invalid", // by which cloud-init
            // knows a name server
            // that lies
            "instance-data", // by which cloud-init would know the metadata service, too
            "[0-9]+\\.[0-9]+"); // by which CoreDNS looks for loops

    private static ClusterSpec spec() {
        return MachineCluster.spec(NAME)
                .with(s -> s.airGap("http://" + NodeMachines.OUTSIDE, REGISTRY)
                        .etcd(e -> e.stacked().members(1))
                        .controlPlane(c -> c.size(1))
                        // the testbed's machines have images in their store from the start: here they have none
                        .machines(m -> m.commands("rm -rf /var/lib/containerd/*")
                                .addFile(HOSTS_FOLDER + "/hosts.toml", HOSTS)))
                .withNodePool("general", pool -> pool.size(1));
    }

    @Test
    @DisplayName(
            "A machine of control plane and stacked etcd, and a worker, boot from a mirror and a registry alone, and ask the world for nothing")
    void boots() throws Exception {
        HostFootprint before = HostFootprint.look();
        ClusterSpec spec = spec();
        assertThat(spec.etcd().placement()).isEqualTo(EtcdPlacement.STACKED);
        List<ClusterImages.Image> images = ClusterImages.of(spec);
        try (ImageRegistry registry = ImageRegistry.start(Testbed.mirror().resolveSibling("store"), REGISTRY, images);
                AwsEndpoint emulator = Testbed.moto();
                AwsEndpoint aws = emulator.enforcingIam();
                NodeFleet fleet = Testbed.fleet(aws, Map.of("KubernetesCluster", NAME))) {
            try (K8sAws applying = MachineCluster.library(aws).build()) {
                applying.apply(applying.plan(spec));
            }
            fleet.awaitBoot(2, BOOT);
            fleet.network().admit(NodeMachines.OUTSIDE, 5001, registry.uri());
            try (K8sAws k8s = MachineCluster.library(aws)
                    .apiProxy(fleet.proxy())
                    .progress(ProgressListener.lines(System.out))
                    .build()) {
                Cluster cluster = k8s.cluster(NAME);
                cluster.applyAddons(BOOT);
                ClusterReadiness seen = cluster.waitUntilReady(BOOT);

                assertThat(seen.machines())
                        .hasSize(2)
                        .allMatch(MachineReadiness::ready)
                        .extracting(MachineReadiness::part)
                        .containsExactlyInAnyOrder("control-plane-1", "pool-general");
                assertThat(k8s.plan(spec).changes()).isEmpty();
                allImagesAreTheRegistrys(cluster);
            }
            assertThat(registry.pulled())
                    .as("all that was listed, and nothing else")
                    .isEqualTo(images.stream()
                            .map(image -> image.fetchedAs().substring(REGISTRY.length() + 1))
                            .collect(Collectors.toCollection(TreeSet::new)));
            for (NodeMachine machine : fleet.machines()) {
                assertThat(machine.run("ctr", "--namespace", "k8s.io", "images", "list", "-q")
                                .lines())
                        .as("images on %s", machine)
                        .isNotEmpty()
                        .allMatch(image -> image.startsWith(REGISTRY + "/") || image.startsWith("sha256:"));
            }
            Set<String> names = namesAskedFor(fleet.network().requests());
            System.out.println("names that machines asked for: " + names);
            assertThat(names).isNotEmpty().allMatch(name -> name.matches(OWN_NAMES));
        }
        assertThat(before.changes(Duration.ofSeconds(30))).isEmpty();
    }

    private static void allImagesAreTheRegistrys(Cluster cluster) {
        try (KubernetesClient client = cluster.kubernetes()) {
            assertThat(client.pods().inAnyNamespace().list().getItems())
                    .isNotEmpty()
                    .flatExtracting(pod -> pod.getSpec().getContainers())
                    .extracting(Container::getImage)
                    .allMatch(image -> image.startsWith(REGISTRY + "/"));
        }
    }

    private static Set<String> namesAskedFor(String log) {
        return Pattern.compile("query\\[[^]]+] (\\S+) from ")
                .matcher(log)
                .results()
                .map((MatchResult query) -> query.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
