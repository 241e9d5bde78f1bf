package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.AssetHashes;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.BootstrapSite;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.bootstrap.ScriptSet;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.Settings;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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

    private static ClusterSpec.Builder spec() {
        return ClusterSpec.builder()
                .name("rehearsal")
                .region("us-east-1")
                .network(n -> n.zones("us-east-1a", "us-east-1b", "us-east-1c"))
                .addNodePool(p -> p.name("general").instanceTypes("m6i.large").size(1))
                .assets(a -> a.preinstalled(NodeAsset.values()));
    }

    /** Only who makes Secrets is written down. */
    private static final Settings AUDIT = Settings.of(
            "rules",
            List.of(
                    Map.of(
                            "level",
                            "Metadata",
                            "verbs",
                            List.of("create"),
                            "resources",
                            List.of(Map.of("group", "", "resources", List.of("secrets")))),
                    Map.of("level", "None")));

    private static Bootstrap bootstrap(ClusterSpec spec) {
        return Bootstrap.of(
                spec,
                new BootstrapSite("bucket", "amazonaws.com", Optional.empty(), "api", Map.of()),
                AssetHashes.of(spec));
    }

    /** Those whose certificates are signed by an authority of the user's, the key of which never comes here. The others are their own roots. */
    private static final Set<AuthorityRole> GIVEN = Set.of(AuthorityRole.KUBERNETES, AuthorityRole.ETCD);

    /** The keys of a cluster, made as an apply makes them, or as the user gave them before. */
    private static Map<KeyGeneration, String> keys(ClusterSpec spec, Bootstrap bootstrap) {
        ClusterPki pki = Bootstrap.pki(spec);
        SecretKeyPair kms = SecretKeyPair.generate(KeyAlgorithm.RSA_2048);
        CertificateAuthority corporate =
                CertificateAuthority.create(pki.authorities().get(1), kms.publicKey(), kms, CLOCK);
        return bootstrap.keys().stream().collect(Collectors.toMap(Function.identity(), key -> key.key()
                .authority()
                .filter(GIVEN::contains)
                .map(role -> KeyMaterial.given(corporate, role, pki, CLOCK))
                .orElseGet(() -> KeyMaterial.generate(key, pki, CLOCK))));
    }

    private void write(String machine, ScriptSet set, Map<KeyGeneration, String> keys) throws IOException {
        RenderedMachine.write(scratch.resolve(machine), set, keys, CLOCK);
    }

    @Test
    @DisplayName(
            "a control plane boots from the rendered files, is lost, and its successor goes on; authorities of the user's are taken")
    void boots() throws Exception {
        ClusterSpec spec = spec().etcd(EtcdSpec.Builder::separateEvents)
                .kubernetes(k -> k.auditPolicy(AUDIT)
                        .putApiServerFlag("event-ttl", "2h3m0s")
                        .putFeatureGate("APIServingWithRoutine", true))
                .build();
        Bootstrap bootstrap = bootstrap(spec);
        Map<KeyGeneration, String> keys = keys(spec, bootstrap);
        for (String member : List.of("etcd-1", "etcd-2", "etcd-3")) {
            write(member, bootstrap.part(member), keys);
        }
        write("i-1", bootstrap.part("control-plane"), keys);
        write("i-2", bootstrap.part("control-plane"), keys);

        Command.Outcome outcome = rehearse("dedicated");

        assertThat(outcome.text())
                .as("namespaces need root, or a kernel that lets users have them")
                .contains(
                        "ok: i-1: the API server is ready",
                        "ok: i-1: kubeadm's phases ran, and no administrator's file is left",
                        "ok: CoreDNS and kube-proxy are in the cluster",
                        "ok: the public description of the cluster names the API, not this machine",
                        "ok: a Secret is encrypted in etcd",
                        "ok: the audit log has what the policy asks for, and nothing else",
                        "ok: events are in the cluster for events, and nowhere else",
                        "ok: the API server's flag counts: the event lives for ",
                        "ok: API server, controller manager and scheduler have the gate open",
                        "ok: the way in is made, and its token is in no log",
                        "ok: a worker got its certificate",
                        "ok: the machine that came after it reads what the first one wrote",
                        "ok: the kubeconfig that was made before the loss reaches it",
                        "ok: all");
        assertThat(outcome.good()).isTrue();
    }

    @Test
    @DisplayName(
            "control-plane machines with stacked members boot from the rendered files; one is lost with its member, and the others go on")
    void boots_withStackedMembers() throws Exception {
        ClusterSpec spec = spec().etcd(EtcdSpec.Builder::stacked).build();
        Bootstrap bootstrap = bootstrap(spec);
        Map<KeyGeneration, String> keys = keys(spec, bootstrap);
        for (int i = 1; i <= 3; i++) {
            write("i-" + i, bootstrap.part("control-plane-" + i), keys);
        }

        Command.Outcome outcome = rehearse("stacked");

        assertThat(outcome.text())
                .contains(
                        "ok: i-1: the API server is ready",
                        "ok: the three members are stacked",
                        "ok: i-2: kubeadm's phases ran, and no administrator's file is left",
                        "ok: two of three stacked members are a quorum: the second machine reads what the first one wrote",
                        "ok: all");
        assertThat(outcome.good()).isTrue();
    }

    private Command.Outcome rehearse(String placement) throws Exception {
        String programs = Testbed.program("kubeadm").getParent() + ":"
                + Testbed.program("etcd").getParent();
        return new Command("bash", scratch, "install bash, util-linux and iproute2")
                .run(Path.of("src/test/resources/boot/rehearsal.sh").toAbsolutePath(), scratch, programs, placement);
    }
}
