package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.AssetHashes;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.BootstrapSite;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.EtcdServers;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The API server takes the file that has Secrets encrypted by KMS")
class EncryptionIT {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Pattern FILE = Pattern.compile(
            "(?m)^0600 [0-9]+ /etc/kubernetes/encryption.yaml\n((?s).*?)(?=^[0-7]{4} [0-9]+ /|\\z)", Pattern.MULTILINE);

    private final String etcd;

    @TempDir
    private Path scratch;

    EncryptionIT(@EtcdServers EtcdCluster etcd) {
        this.etcd = etcd.endpoints().get(0).toString();
    }

    private static ClusterSpec spec(SecretsEncryption encryption) {
        return ClusterSpec.builder()
                .name("kms")
                .region("us-east-1")
                .network(n -> n.zones("us-east-1a", "us-east-1b", "us-east-1c"))
                .kubernetes(k -> k.secretsEncryption(encryption)
                        .secretsKmsKey("arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"))
                .assets(a -> a.preinstalled(NodeAsset.values()))
                .build();
    }

    /** The file as a machine gets it. */
    private static String rendered(SecretsEncryption encryption) {
        ClusterSpec spec = spec(encryption);
        Bootstrap bootstrap = Bootstrap.of(
                spec,
                new BootstrapSite("bucket", "amazonaws.com", Optional.empty(), "api", Map.of()),
                AssetHashes.of(spec));
        Map<KeyGeneration, String> keys = bootstrap.keys().stream()
                .collect(Collectors.toMap(
                        Function.identity(), key -> KeyMaterial.generate(key, Bootstrap.pki(spec), CLOCK)));
        Matcher file = FILE.matcher(
                bootstrap.part("control-plane").secrets().orElseThrow().bundle(keys, CLOCK));
        assertThat(file.find()).isTrue();
        return file.group(1);
    }

    private String answer(String file) throws IOException, InterruptedException {
        Files.writeString(scratch.resolve("encryption.yaml"), file);
        SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);
        Files.writeString(scratch.resolve("sa.key"), key.privateKeyPem());
        Files.writeString(scratch.resolve("sa.pub"), key.publicKeyPem());
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Command.Outcome outcome = new Command("bash", scratch, "install bash")
                .run(
                        Path.of("src/test/resources/boot/encryption.sh").toAbsolutePath(),
                        scratch,
                        Testbed.program("kube-apiserver"),
                        etcd,
                        port);
        assertThat(outcome.good()).as(outcome.text()).isTrue();
        return outcome.text();
    }

    @Test
    void withoutThePlugInItIsNotReady_andSaysWhy() throws Exception {
        String file = rendered(SecretsEncryption.KMS);

        assertThat(file).containsSubsequence("- kms:", "- secretbox:", "- identity:");
        assertThat(answer(file)).contains("[-]kms-providers failed");
    }

    @Test
    void theWayBackIsTaken_too() throws Exception {
        String file = rendered(SecretsEncryption.SECRETBOX);

        assertThat(file).containsSubsequence("- secretbox:", "- kms:", "- identity:");
        assertThat(answer(file)).contains("kms-providers");
    }

    /** What makes the tests above worth something. */
    @Test
    void aFileWithAMistakeIsRefused() throws Exception {
        assertThat(answer(rendered(SecretsEncryption.KMS).replace("apiVersion: v2", "apiVersion: v3")))
                .contains("the API server ended")
                .contains("v3");
    }
}
