package io.k8saws.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.addon.ClusterImages;
import io.k8saws.bootstrap.Asset;
import io.k8saws.bootstrap.AssetCatalogue;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.error.K8sAwsException;
import io.k8saws.operate.ClusterReadiness;
import io.k8saws.operate.MachineReadiness;
import io.k8saws.progress.ProgressListener;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.HostFootprint;
import io.k8saws.testkit.NodeFleet;
import io.k8saws.testkit.NodeMachine;
import io.k8saws.testkit.NodeMachines;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.KmsClient;

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

    /** Of a plug-in for KMS that somebody has built: its project's releases are not in the catalogue. */
    private static final String PLUG_IN_VERSION = "0.0.1";

    private static final String SECRET = "in-plain-text";

    private static ClusterSpec spec(String kmsKey) {
        return MachineCluster.spec(NAME)
                .with(s -> s.airGap("http://" + NodeMachines.OUTSIDE, REGISTRY)
                        .kubernetes(
                                k -> k.secretsEncryption(SecretsEncryption.KMS).secretsKmsKey(kmsKey))
                        .assets(a -> a.putVersion(NodeAsset.AWS_ENCRYPTION_PROVIDER.label(), PLUG_IN_VERSION))
                        .etcd(e -> e.stacked().members(1))
                        .controlPlane(c -> c.size(1))
                        // the testbed's machines have images in their store from the start: here they have none
                        .machines(m -> m.commands("rm -rf /var/lib/containerd/*")
                                .addFile(HOSTS_FOLDER + "/hosts.toml", HOSTS)))
                .withNodePool("general", pool -> pool.size(1));
    }

    @Test
    @DisplayName(
            "A machine of control plane and stacked etcd, and a worker, boot from a mirror and a registry alone, encrypt Secrets by KMS, and ask the world for nothing")
    void boots(@TempDir Path scratch) throws Exception {
        HostFootprint before = HostFootprint.look();
        try (AwsEndpoint emulator = Testbed.moto()) {
            AwsEndpoint aws = emulator.enforcingIam();
            boots(aws, spec(newKey(aws)), scratch);
        }
        assertThat(before.changes(Duration.ofSeconds(30))).isEmpty();
    }

    private static void boots(AwsEndpoint aws, ClusterSpec spec, Path scratch) throws Exception {
        assertThat(spec.etcd().placement()).isEqualTo(EtcdPlacement.STACKED);
        List<ClusterImages.Image> images = ClusterImages.of(spec);
        PlugIn plugIn = PlugIn.of(spec, scratch);
        try (ImageRegistry registry = ImageRegistry.start(Testbed.mirror().resolveSibling("store"), REGISTRY, images);
                NodeFleet fleet = Testbed.fleet(aws, Map.of("KubernetesCluster", NAME))) {
            try (K8sAws applying =
                    MachineCluster.library(aws).sums(plugIn.sums()).build()) {
                applying.apply(applying.plan(spec));
            }
            fleet.awaitBoot(2, BOOT);
            fleet.network().admit(NodeMachines.OUTSIDE, 5001, registry.uri());
            plugIn.publish(fleet.network());
            try (K8sAws k8s = MachineCluster.library(aws)
                    .sums(plugIn.sums())
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
                secretsAreEncryptedByKms(cluster, fleet);
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
    }

    private static String newKey(AwsEndpoint aws) {
        try (KmsClient kms = aws.configure(KmsClient.builder()).build()) {
            return kms.createKey().keyMetadata().arn();
        }
    }

    /** The testbed's stand-in for the plug-in, as a user brings a program of their own: an archive on the mirror, and its file of sums beside it. */
    private record PlugIn(Asset asset, Path archive, String listed) {
        static PlugIn of(ClusterSpec spec, Path scratch) throws Exception {
            Asset asset = AssetCatalogue.of(spec).stream()
                    .filter(one -> one.asset() == NodeAsset.AWS_ENCRYPTION_PROVIDER)
                    .findFirst()
                    .orElseThrow();
            Path program = Testbed.program(NodeAsset.AWS_ENCRYPTION_PROVIDER.label());
            String name = Path.of(path(asset.address())).getFileName().toString();
            Path archive = scratch.resolve(name);
            Process tar = new ProcessBuilder(
                            "tar",
                            "-czf",
                            archive.toString(),
                            "-C",
                            program.getParent().toString(),
                            "aws-encryption-provider")
                    .inheritIO()
                    .start();
            assertThat(tar.waitFor()).as("tar").isZero();
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(archive));
            return new PlugIn(asset, archive, HexFormat.of().formatHex(sha256) + "  " + name + "\n");
        }

        /** Under the mirror's root. */
        private static String path(String address) {
            return URI.create(address).getPath().substring(1);
        }

        void publish(NodeMachines network) throws IOException {
            network.publish(path(asset.address()), Files.readAllBytes(archive));
            network.publish(path(asset.sumsAddress()), listed.getBytes(UTF_8));
        }

        AssetSums sums() {
            AssetSums others = MachineCluster.sums();
            return address -> address.equals(asset.sumsAddress()) ? listed : others.read(address);
        }
    }

    /** An API server that has just started has nothing in its memory: what it reads then, KMS has decrypted with the role of the machine. */
    private static void secretsAreEncryptedByKms(Cluster cluster, NodeFleet fleet) {
        NodeMachine control = fleet.machine(cluster.nodes().stream()
                .filter(status -> status.part().equals("control-plane-1"))
                .findFirst()
                .orElseThrow()
                .instance());
        try (KubernetesClient client = cluster.kubernetes()) {
            client.secrets()
                    .inNamespace("default")
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName("kept")
                            .endMetadata()
                            .addToStringData("k", SECRET)
                            .build())
                    .create();
        }
        String packed = control.run("bash", "-c", """
                files=/etc/kubernetes/pki/etcd
                . /etc/k8saws/node.env
                /opt/bin/etcdctl --cacert $files/ca.crt --cert $files/healthcheck-client.crt --key $files/healthcheck-client.key \
                  --endpoints "https://$ETCD_ADDRESS:2379" get --print-value-only /registry/secrets/default/kept | base64 --wrap 0
                """);
        String stored = new String(Base64.getDecoder().decode(packed.strip()), ISO_8859_1);
        assertThat(stored).startsWith("k8s:enc:kms:v2:aws-kms:").doesNotContain(SECRET);
        assertThat(cluster.secretsKeys())
                .extracting(SecretsKey::fingerprint)
                .contains(cluster.spec().kubernetes().secretsKmsKey().orElseThrow());

        String before = apiServer(control);
        control.run("pkill", "-x", "kube-apiserver");
        assertThat(until(() ->
                        !apiServer(control).isEmpty() && !apiServer(control).equals(before)))
                .as("the kubelet starts the API server anew")
                .isTrue();
        assertThat(until(() -> readsBack(cluster)))
                .as("the Secret is read back")
                .isTrue();
        assertThat(control.run("systemctl", "is-active", "k8saws-kms.service")).isEqualTo("active");
    }

    private static String apiServer(NodeMachine control) {
        return control.run("bash", "-c", "pgrep -x kube-apiserver || true");
    }

    private static boolean readsBack(Cluster cluster) {
        try (KubernetesClient client = cluster.kubernetes()) {
            Secret secret =
                    client.secrets().inNamespace("default").withName("kept").get();
            String value = secret.getData().get("k");
            return new String(Base64.getDecoder().decode(value), UTF_8).equals(SECRET);
        } catch (KubernetesClientException | K8sAwsException e) {
            return false; // the API server has not come back yet
        }
    }

    private static boolean until(BooleanSupplier condition) {
        long end = System.nanoTime() + BOOT.toNanos();
        while (System.nanoTime() < end) {
            if (condition.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
        return false;
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
