package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.KeyType;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.error.K8sAwsException;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.SecretKeyPair;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The secret files of machines follow from the cluster's keys")
class MachineSecretsTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final String PKI = "/etc/kubernetes/pki/";
    private static final ClusterSpec PAYMENTS = SampleSpecs.payments().build();

    static Stream<ClusterSpec> specs() {
        return BootSpecs.twelve();
    }

    private static Bootstrap bootstrap(ClusterSpec spec, KeyUse use) {
        return Bootstrap.of(spec, BootSpecs.site(spec), BootSpecs.hashes(spec), use);
    }

    private static Map<KeyGeneration, String> keys(ClusterSpec spec, Bootstrap bootstrap) {
        return bootstrap.keys().stream()
                .collect(Collectors.toMap(
                        Function.identity(), key -> KeyMaterial.generate(key, Bootstrap.pki(spec), CLOCK)));
    }

    /** The files of a bundle by their paths, each after its mode. */
    private static Map<String, String> files(String bundle) {
        Map<String, String> files = new HashMap<>();
        byte[] bytes = bundle.getBytes(StandardCharsets.UTF_8);
        int at = bundle.indexOf('\n') + 1;
        while (at < bytes.length) {
            int end = at;
            while (bytes[end] != '\n') {
                end++;
            }
            String[] head = new String(bytes, at, end - at, StandardCharsets.UTF_8).split(" ", 3);
            int length = Integer.parseInt(head[1]);
            files.put(head[2], head[0] + " " + new String(bytes, end + 1, length, StandardCharsets.UTF_8));
            at = end + 1 + length + 1;
        }
        return files;
    }

    private static List<X509Certificate> certificates(Map<String, String> files, String path) throws Exception {
        String pem = files.get(path).substring(5);
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void eachGroupGetsAllItsFiles_withKeysThatOnlyRootMayRead(ClusterSpec spec) throws Exception {
        Bootstrap bootstrap = bootstrap(spec, KeyUse.first());
        Map<KeyGeneration, String> keys = keys(spec, bootstrap);
        for (ScriptSet set : bootstrap.all()) {
            if (set.role() == NodeRole.NODES) {
                assertThat(set.secrets()).isEmpty();
                continue;
            }
            MachineSecrets secrets = set.secrets().orElseThrow();
            Map<String, String> files = files(secrets.bundle(keys, CLOCK));

            assertThat(files.keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            secrets.files().stream().map(SecretFile::path).toList());
            assertThat(files).allSatisfy((path, content) -> {
                assertThat(content).hasSizeGreaterThan(10);
                assertThat(content.startsWith("0600 ")).as(path).isEqualTo(!path.matches(".*\\.(crt|pub)"));
                assertThat(content.contains("PRIVATE KEY")).as(path).isEqualTo(path.endsWith(".key"));
            });
            for (String path : files.keySet()) {
                if (path.endsWith(".crt") && files.containsKey(path.replace(".crt", ".key"))) {
                    SecretKeyPair key = SecretKeyPair.fromPem(
                            files.get(path.replace(".crt", ".key")).substring(5));
                    assertThat(certificates(files, path).get(0).getPublicKey())
                            .as(path)
                            .isEqualTo(key.publicKey());
                }
            }
            assertThat(keys.keySet()).containsAll(secrets.needs());
        }
    }

    @Test
    void noMachineHasTheKeyOfAnAuthorityButTheControlPlaneThatOfKubernetes() {
        Bootstrap bootstrap = bootstrap(PAYMENTS, KeyUse.first());
        Map<KeyGeneration, String> keys = keys(PAYMENTS, bootstrap);
        for (ScriptSet set : bootstrap.all()) {
            set.secrets().ifPresent(secrets -> {
                String bundle = secrets.bundle(keys, CLOCK);
                for (ClusterKey key : ClusterKey.values()) {
                    if (key.authority().isPresent() && keys.containsKey(new KeyGeneration(key, 1))) {
                        String secret = KeyMaterial.authority(keys.get(new KeyGeneration(key, 1)), CLOCK)
                                .key()
                                .orElseThrow()
                                .privateKeyPem();
                        assertThat(bundle.contains(secret))
                                .as("%s has the key of %s", set.part(), key)
                                .isEqualTo(
                                        set.role() == NodeRole.CONTROL_PLANE && key == ClusterKey.AUTHORITY_KUBERNETES);
                    }
                }
            });
        }
    }

    @Test
    void whileAnAuthorityIsRotated_bothAreTrusted_theSignerFirst_andItAloneSigns() throws Exception {
        KeyUse use = KeyUse.first()
                .with(ClusterKey.AUTHORITY_ETCD, new KeyUse.Use(2, Set.of(1, 2)))
                .with(ClusterKey.AUTHORITY_KUBERNETES, new KeyUse.Use(1, Set.of(1, 2)));
        Bootstrap bootstrap = bootstrap(PAYMENTS, use);
        Map<KeyGeneration, String> keys = keys(PAYMENTS, bootstrap);
        CertificateAuthority signer =
                KeyMaterial.authority(keys.get(new KeyGeneration(ClusterKey.AUTHORITY_ETCD, 2)), CLOCK);

        Map<String, String> member =
                files(bootstrap.part("etcd-1").secrets().orElseThrow().bundle(keys, CLOCK));
        Map<String, String> controlPlane =
                files(bootstrap.part("control-plane").secrets().orElseThrow().bundle(keys, CLOCK));

        assertThat(certificates(member, PKI + "etcd/ca.crt")).hasSize(2).startsWith(signer.certificate());
        certificates(member, PKI + "etcd/server.crt")
                .get(0)
                .verify(signer.certificate().getPublicKey());
        assertThat(certificates(controlPlane, PKI + "ca.crt")).hasSize(2);
        assertThat(certificates(controlPlane, MachineSecrets.SIGNING_CERTIFICATE))
                .containsExactly(certificates(controlPlane, PKI + "ca.crt").get(0));
    }

    @Test
    void aWishForOtherFilesHasAnotherKey_andTheSameWishTheSame() {
        Map<String, MachineSecrets> first = secrets(PAYMENTS, KeyUse.first());

        assertThat(secrets(ClusterSpec.fromYaml(PAYMENTS.toYaml()), KeyUse.first()))
                .isEqualTo(first);
        assertThat(secrets(PAYMENTS, KeyUse.first().with(ClusterKey.AUTHORITY_ETCD, new KeyUse.Use(1, Set.of(1, 2)))))
                .allSatisfy((part, secrets) -> assertThat(secrets).isNotEqualTo(first.get(part)));
        assertThat(secrets(PAYMENTS.withNetwork(n -> n.cidr("10.50.0.0/16")), KeyUse.first()))
                .as("other addresses of members are in other certificates")
                .allSatisfy((part, secrets) ->
                        assertThat(secrets.equals(first.get(part))).as(part).isEqualTo(part.equals("control-plane")));
    }

    @Test
    void anotherKeyThatEncryptsFirst_isAnotherWish() {
        MachineSecrets before = encrypting(1);
        MachineSecrets after = encrypting(2);

        assertThat(after.needs()).as("the same keys").isEqualTo(before.needs());
        assertThat(after).isNotEqualTo(before);
    }

    private static MachineSecrets encrypting(int first) {
        return secrets(
                        PAYMENTS,
                        KeyUse.first().with(ClusterKey.SECRETS_ENCRYPTION, new KeyUse.Use(first, Set.of(1, 2))))
                .get("control-plane");
    }

    private static Map<String, MachineSecrets> secrets(ClusterSpec spec, KeyUse use) {
        return bootstrap(spec, use).all().stream()
                .filter(set -> set.secrets().isPresent())
                .collect(Collectors.toMap(ScriptSet::part, set -> set.secrets().orElseThrow()));
    }

    @Test
    void aKmsKeyOfTheBucketOrOfTheApiServer_isAnotherWish() {
        Map<String, MachineSecrets> plain = secrets(PAYMENTS, KeyUse.first());
        Map<String, MachineSecrets> underKey =
                secrets(PAYMENTS.with(b -> b.keys(k -> k.kmsKey(BootSpecs.KMS_KEY))), KeyUse.first());
        MachineSecrets asksKms = secrets(
                        PAYMENTS.with(b -> b.kubernetes(k -> k.secretsEncryption(SecretsEncryption.KMS)
                                        .secretsKmsKey(BootSpecs.KMS_KEY))
                                .assets(a -> a.preinstalled(NodeAsset.AWS_ENCRYPTION_PROVIDER))),
                        KeyUse.first())
                .get("control-plane");

        assertThat(underKey).allSatisfy((part, secrets) -> {
            assertThat(secrets).isNotEqualTo(plain.get(part));
            assertThat(secrets.kmsKey()).contains(BootSpecs.KMS_KEY);
            assertThat(secrets.needs()).isEqualTo(plain.get(part).needs());
        });
        assertThat(plain)
                .allSatisfy((part, secrets) -> assertThat(secrets.kmsKey()).isEmpty());
        assertThat(asksKms).isNotEqualTo(plain.get("control-plane"));
    }

    @Test
    void keysAreOfTheKindsThatTheSpecAsksFor() throws Exception {
        ClusterSpec spec =
                PAYMENTS.with(b -> b.keys(k -> k.type(KeyType.ECDSA_P384).serviceAccounts(KeyType.RSA_2048)));
        Bootstrap bootstrap = bootstrap(spec, KeyUse.first());
        Map<KeyGeneration, String> keys = keys(spec, bootstrap);

        Map<String, String> member =
                files(bootstrap.part("etcd-1").secrets().orElseThrow().bundle(keys, CLOCK));

        assertThat(KeyAlgorithm.of(
                        certificates(member, PKI + "etcd/ca.crt").get(0).getPublicKey()))
                .contains(KeyAlgorithm.ECDSA_P384);
        assertThat(KeyAlgorithm.of(
                        certificates(member, PKI + "etcd/server.crt").get(0).getPublicKey()))
                .contains(KeyAlgorithm.ECDSA_P384);
        assertThat(SecretKeyPair.fromPem(keys.get(new KeyGeneration(ClusterKey.SERVICE_ACCOUNTS, 1)))
                        .algorithm())
                .isEqualTo(KeyAlgorithm.RSA_2048);
        assertThat(KeyType.values())
                .extracting(Enum::name)
                .containsExactlyElementsOf(
                        Stream.of(KeyAlgorithm.values()).map(Enum::name).toList());
    }

    @Test
    void aMissingKeyIsNamed() {
        MachineSecrets secrets = secrets(PAYMENTS, KeyUse.first()).get("etcd-1");

        assertThatThrownBy(() -> secrets.bundle(Map.of(), CLOCK))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("authority-etcd-1");
    }

    @Test
    void keysComeBackFromTheirTexts_andWhatIsNoneIsRefused() throws GeneralSecurityException {
        KeyGeneration key = new KeyGeneration(ClusterKey.AUTHORITY_FRONT_PROXY, 1);
        String text = KeyMaterial.generate(key, Bootstrap.pki(PAYMENTS), CLOCK);

        CertificateAuthority authority = KeyMaterial.authority(text, CLOCK);

        assertThat(KeyMaterial.given(authority, AuthorityRole.FRONT_PROXY, Bootstrap.pki(PAYMENTS), CLOCK))
                .isEqualTo(text);
        authority.certificate().checkValidity();
        assertThatThrownBy(() -> KeyMaterial.authority("nothing", CLOCK)).isInstanceOf(K8sAwsException.class);
        assertThat(KeyGeneration.named(key.name())).contains(key);
        assertThat(Stream.of("", "authority-etcd", "authority-etcd-0", "authority-etcd-01", "x-1", "authority-etcd-1/"))
                .allSatisfy(name -> assertThat(KeyGeneration.named(name)).isEmpty());
    }
}
