package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.AssetHashes;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.BootstrapSite;
import io.k8saws.bootstrap.EncryptionKey;
import io.k8saws.bootstrap.NodeRole;
import io.k8saws.bootstrap.ScriptSet;
import io.k8saws.bootstrap.SecretFile;
import io.k8saws.bootstrap.StoredDocument;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateFile;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.PkiSpec;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.pki.TrustBundle;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** etcd, API server, controller manager and scheduler from exactly the files that the library renders, at their true paths and addresses. */
@Tag("machines")
class RenderedControlPlaneIT {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path scratch;

    private static ClusterSpec spec() {
        return ClusterSpec.builder()
                .name("rehearsal")
                .region("us-east-1")
                .network(n -> n.zones("us-east-1a", "us-east-1b", "us-east-1c"))
                .etcd(EtcdSpec.Builder::separateEvents)
                .addNodePool(p -> p.name("general").instanceTypes("m6i.large").size(1))
                .assets(a -> a.preinstalled(NodeAsset.values()))
                .build();
    }

    /** What others put into the bucket for the machines: by the object's key. */
    private static Map<String, String> secrets(ClusterSpec spec) {
        ClusterPki pki = ClusterPki.of(PkiSpec.of(spec, "api.rehearsal.test"));
        Map<AuthorityRole, CertificateAuthority> authorities = pki.createAuthorities(CLOCK);
        SecretKeyPair serviceAccount = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);
        Map<String, String> objects = new HashMap<>();
        for (NodeRole role : NodeRole.values()) {
            String prefix = Bootstrap.secretPrefix(role);
            for (TrustBundle bundle : pki.trustBundles()) {
                objects.put(
                        prefix + below(bundle.file()),
                        bundle.authorities().stream()
                                .map(authority -> authorities.get(authority).certificatePem())
                                .collect(Collectors.joining()));
            }
            for (IssuedCertificate certificate : pki.issue(authorities, CLOCK)) {
                if (certificate.request().file() instanceof CertificateFile.PemFiles files) {
                    String machine =
                            certificate.request().machine().map(m -> m + "/").orElse("");
                    objects.put(prefix + machine + below(files.certificate()), certificate.certificatePem());
                    objects.put(
                            prefix + machine + below(files.key()),
                            certificate.key().orElseThrow().privateKeyPem());
                }
            }
        }
        String controlPlane = Bootstrap.secretPrefix(NodeRole.CONTROL_PLANE);
        objects.put(
                controlPlane + "ca.key",
                authorities.get(AuthorityRole.KUBERNETES).key().orElseThrow().privateKeyPem());
        objects.put(controlPlane + "sa.key", serviceAccount.privateKeyPem());
        objects.put(controlPlane + "sa.pub", serviceAccount.publicKeyPem());
        objects.put(Bootstrap.encryptionKey(), EncryptionKey.configuration(List.of(EncryptionKey.generate("key1"))));
        return objects;
    }

    private static String below(String path) {
        return path.substring("/etc/kubernetes/pki/".length());
    }

    /** Writes what a machine has after its first steps: its documents, and its secrets. */
    private void write(String machine, ScriptSet set, Map<String, String> objects) throws IOException {
        Path root = scratch.resolve(machine);
        for (StoredDocument document : set.documents()) {
            PkiDirectory.write(root.resolve(document.path().substring(1)), document.content());
        }
        for (SecretFile secret : set.secrets()) {
            assertThat(objects).as("what %s asks for", machine).containsKey(secret.key());
            PkiDirectory.write(root.resolve(secret.path().substring(1)), objects.get(secret.key()));
        }
    }

    @Test
    @DisplayName("a control plane boots from the rendered files, is lost, and its successor goes on")
    void boots() throws Exception {
        ClusterSpec spec = spec();
        Bootstrap bootstrap = Bootstrap.of(
                spec,
                new BootstrapSite("bucket", "amazonaws.com", Optional.empty(), "api", Map.of()),
                AssetHashes.of(spec));
        Map<String, String> objects = secrets(spec);
        for (String member : List.of("etcd-1", "etcd-2", "etcd-3")) {
            write(member, bootstrap.part(member), objects);
        }
        write("i-1", bootstrap.part("control-plane"), objects);
        write("i-2", bootstrap.part("control-plane"), objects);
        String programs = Testbed.program("kubeadm").getParent() + ":"
                + Testbed.program("etcd").getParent();

        Command.Outcome outcome = new Command("bash", scratch, "install bash, util-linux and iproute2")
                .run(Path.of("src/test/resources/boot/rehearsal.sh").toAbsolutePath(), scratch, programs);

        assertThat(outcome.text())
                .as("namespaces need root, or a kernel that lets users have them")
                .contains(
                        "ok: i-1: the API server is ready",
                        "ok: i-1: kubeadm's phases ran, and no administrator's file is left",
                        "ok: CoreDNS and kube-proxy are in the cluster",
                        "ok: the public description of the cluster names the API, not this machine",
                        "ok: a Secret is encrypted in etcd",
                        "ok: events are in the cluster for events, and nowhere else",
                        "ok: the way in is made, and its token is in no log",
                        "ok: a worker got its certificate",
                        "ok: the machine that came after it reads what the first one wrote",
                        "ok: all");
        assertThat(outcome.good()).isTrue();
    }
}
