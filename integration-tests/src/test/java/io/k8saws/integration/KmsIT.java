package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.AssetHashes;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.BootstrapSite;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.KubernetesSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.kms.KmsClient;

/** The API server with the rendered file of providers; the stand-in for the plug-in with the rendered unit; an emulator of KMS that checks signatures and rights. */
@Tag("machines")
class KmsIT {
    private static final Clock CLOCK = Clock.systemUTC();

    /** What the role of the control plane may do with the key. */
    private static final String POLICY = """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], "Resource": "%s"}]}""";

    private final AwsEndpoint emulator;
    private final AwsEndpoint aws;

    @TempDir
    private Path scratch;

    KmsIT(@AwsEmulator(shared = false) AwsEndpoint emulator) {
        this.emulator = emulator;
        this.aws = emulator.enforcingIam();
    }

    private static ClusterSpec spec(Consumer<KubernetesSpec.Builder> encryption) {
        return ClusterSpec.builder()
                .name("kms")
                .region("us-east-1")
                .network(n -> n.zones("us-east-1a", "us-east-1b", "us-east-1c"))
                .kubernetes(encryption)
                .assets(a -> a.preinstalled(NodeAsset.values()))
                .build();
    }

    private static Bootstrap bootstrap(ClusterSpec spec) {
        return Bootstrap.of(
                spec,
                new BootstrapSite("bucket", "amazonaws.com", Optional.empty(), "api", Map.of()),
                AssetHashes.of(spec));
    }

    /** A control-plane machine of a cluster with this spec, whose role may use this key; the keys in the bucket are always the same. */
    private void machine(
            String name, Consumer<KubernetesSpec.Builder> encryption, String kmsKey, Map<KeyGeneration, String> keys)
            throws IOException {
        RenderedMachine.write(scratch.resolve(name), bootstrap(spec(encryption)).part("control-plane"), keys, CLOCK);
        AccessKey key;
        try (IamClient iam = aws.configure(IamClient.builder()).build()) {
            iam.createUser(r -> r.userName(name));
            iam.putUserPolicy(r -> r.userName(name).policyName(name).policyDocument(POLICY.formatted(kmsKey)));
            key = iam.createAccessKey(r -> r.userName(name)).accessKey();
        }
        Files.writeString(
                scratch.resolve(name + ".environment"), """
                AWS_ACCESS_KEY_ID=%s
                AWS_SECRET_ACCESS_KEY=%s
                AWS_ENDPOINT_URL_KMS=http://10.0.255.1:4566
                """.formatted(key.accessKeyId(), key.secretAccessKey()));
    }

    @Test
    @DisplayName(
            "Secrets are encrypted by KMS and read by each control plane; the plug-in may go and come; a cluster goes to KMS, to another key, and back as the page says")
    void secrets() throws Exception {
        String ours;
        String theirs;
        try (KmsClient kms = aws.configure(KmsClient.builder()).build()) {
            ours = kms.createKey().keyMetadata().arn();
            theirs = kms.createKey().keyMetadata().arn();
        }
        ClusterSpec first = spec(k -> k.secretsEncryption(SecretsEncryption.SECRETBOX));
        Map<KeyGeneration, String> keys = bootstrap(first).keys().stream()
                .collect(Collectors.toMap(
                        Function.identity(), key -> KeyMaterial.generate(key, Bootstrap.pki(first), CLOCK)));
        machine("before", k -> k.secretsEncryption(SecretsEncryption.SECRETBOX), ours, keys);
        machine("between", k -> k.secretsEncryption(SecretsEncryption.SECRETBOX).secretsKmsKey(ours), ours, keys);
        for (String name : new String[] {"kms-1", "kms-2"}) {
            machine(name, k -> k.secretsEncryption(SecretsEncryption.KMS).secretsKmsKey(ours), ours, keys);
        }
        machine("other", k -> k.secretsEncryption(SecretsEncryption.KMS).secretsKmsKey(theirs), theirs, keys);

        Command.Outcome outcome = new Command("bash", scratch, "install bash, util-linux and iproute2")
                .run(
                        Path.of("src/test/resources/boot/kms.sh").toAbsolutePath(),
                        scratch,
                        Testbed.program("kube-apiserver").getParent() + ":"
                                + Testbed.program("etcd").getParent() + ":"
                                + Testbed.program("aws-encryption-provider").getParent(),
                        emulator.uri().getAuthority());

        assertThat(outcome.text())
                .as("namespaces need root, or a kernel that lets users have them")
                .contains(
                        "ok: a key that the role may not use shows at the step start-kms",
                        "ok: five API servers are ready",
                        "ok: a Secret lies in etcd as KMS encrypted it, and is read back",
                        "ok: another control plane reads it, and what secretbox wrote before",
                        "ok: who was told of the key before reads it, who was not does not: two steps",
                        "ok: without its plug-in an API server is not ready for KMS alone; the others go on",
                        "ok: with its plug-in it is ready again, and reads what was written meanwhile",
                        "ok: written anew they are encrypted by KMS",
                        "ok: under another key of KMS nothing is read before it is written anew under secretbox",
                        "ok: after that another key takes over",
                        "ok: and the way back to secretbox alone is open",
                        "ok: all");
        assertThat(outcome.good()).isTrue();
    }
}
