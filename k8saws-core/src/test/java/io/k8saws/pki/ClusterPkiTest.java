package io.k8saws.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.Golden;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SpecGenerator;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.Violation;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ClusterPkiTest {
    @Example
    void goldenFiles() throws IOException {
        Golden.assertMatches("pki-payments.txt", ClusterPki.of(PkiSamples.payments()) + "\n");
        Golden.assertMatches("pki-lab.txt", ClusterPki.of(PkiSamples.lab()) + "\n");
    }

    /** Row for row what kubeadm makes: name, subject, usages, signer, in the words of its documentation. */
    @Example
    void isWhatKubeadmMakes() {
        ClusterPki pki = ClusterPki.of(PkiSpec.builder()
                .clusterName("demo")
                .apiNames(List.of("api.example.com"))
                .serviceAddress("10.96.0.1")
                .etcdPlacement(EtcdPlacement.STACKED)
                .addControlPlaneNode("cp-1", "10.0.0.11")
                .addEtcdMember("cp-1", "10.0.0.11")
                .build());

        assertThat(pki.authorities())
                .extracting(a -> a.name() + " " + a.role().commonName())
                .containsExactly("ca kubernetes", "front-proxy-ca front-proxy-ca", "etcd/ca etcd-ca");
        assertThat(pki.certificates())
                .extracting(c -> String.join(
                        " | ",
                        c.name(),
                        c.subject().toString(),
                        c.usages().toString(),
                        c.signer().file(),
                        c.altNames().toString()))
                .containsExactlyInAnyOrder(
                        "apiserver | CN=kube-apiserver | [server] | ca | cp-1, kubernetes, kubernetes.default, kubernetes.default.svc,"
                                + " kubernetes.default.svc.cluster.local, api.example.com, 10.96.0.1, 10.0.0.11",
                        "apiserver-kubelet-client | CN=kube-apiserver-kubelet-client | [client] | ca | ",
                        "front-proxy-client | CN=front-proxy-client | [client] | front-proxy-ca | ",
                        "etcd/server | CN=cp-1 | [server, client] | etcd/ca | cp-1, localhost, 10.0.0.11, 127.0.0.1, ::1",
                        "etcd/peer | CN=cp-1 | [server, client] | etcd/ca | cp-1, localhost, 10.0.0.11, 127.0.0.1, ::1",
                        "etcd/healthcheck-client | CN=kube-etcd-healthcheck-client | [client] | etcd/ca | ",
                        "apiserver-etcd-client | CN=kube-apiserver-etcd-client | [client] | etcd/ca | ",
                        "admin.conf | O=kubeadm:cluster-admins, CN=kubernetes-admin | [client] | ca | ",
                        "super-admin.conf | O=system:masters, CN=kubernetes-super-admin | [client] | ca | ",
                        "controller-manager.conf | CN=system:kube-controller-manager | [client] | ca | ",
                        "scheduler.conf | CN=system:kube-scheduler | [client] | ca | ",
                        "kubelet.conf | O=system:nodes, CN=system:node:cp-1 | [client] | ca | ");
        assertThat(pki.certificates().stream()
                        .filter(c -> c.file() instanceof CertificateFile.PemFiles)
                        .map(c -> ((CertificateFile.PemFiles) c.file()).key()))
                .contains("/etc/kubernetes/pki/apiserver.key", "/etc/kubernetes/pki/etcd/peer.key");
        assertThat(pki.keyPairs())
                .extracting(KeyPairRequest::privateFile)
                .containsExactly("/etc/kubernetes/pki/sa.key");
    }

    @Example
    void beforeKubernetes136TheApiServerIsAnAdministratorForKubelets() {
        for (String version : List.of("1.33", "1.35.2", "1.36", "1.36.1", "1.40.0")) {
            CertificateRequest client = ClusterPki.of(PkiSamples.lab().toBuilder()
                            .kubernetesVersion(version)
                            .build())
                    .certificate("apiserver-kubelet-client")
                    .orElseThrow();
            assertThat(client.subject().organization().isPresent())
                    .as(version)
                    .isEqualTo(version.compareTo("1.36") < 0);
        }
    }

    /** An edge: who calls whom, with the certificate that it shows and the file by which the other one judges it. */
    @Example
    void everybodyTrustsWhomTheyMeet() {
        for (PkiSpec spec : List.of(PkiSamples.payments(), PkiSamples.lab())) {
            ClusterPki pki = ClusterPki.of(spec);
            String api = spec.separateEvents() ? "apiserver-etcd-ca" : "etcd/ca";
            trusts(pki, "ca", "apiserver");
            trusts(pki, "ca", "apiserver-kubelet-client");
            trusts(pki, "ca", "admin.conf", "super-admin.conf", "controller-manager.conf", "scheduler.conf");
            trusts(pki, "ca", "kubelet.conf");
            trusts(pki, "front-proxy-ca", "front-proxy-client");
            trusts(pki, api, "etcd/server");
            trusts(pki, "etcd/ca", "apiserver-etcd-client", "etcd/peer", "etcd/server", "etcd/healthcheck-client");
            if (spec.separateEvents()) {
                trusts(pki, api, "etcd-events/server");
                trusts(
                        pki,
                        "etcd-events/client-ca",
                        "apiserver-etcd-client",
                        "etcd-events/healthcheck-client",
                        "etcd-events/server");
                trusts(pki, "etcd-events/ca", "etcd-events/peer");
            }
        }
        assertThat(bundle(ClusterPki.of(PkiSamples.payments()), "etcd-events/ca")
                        .authorities())
                .as("no member of the main cluster passes as a peer of the events cluster")
                .doesNotContain(AuthorityRole.ETCD);
    }

    private static void trusts(ClusterPki pki, String bundle, String... certificates) {
        for (String name : certificates) {
            List<CertificateRequest> shown = pki.certificates().stream()
                    .filter(c -> c.name().equals(name))
                    .toList();
            assertThat(shown).as(name).isNotEmpty();
            assertThat(shown).allSatisfy(c -> assertThat(bundle(pki, bundle).authorities())
                    .contains(c.signer()));
        }
    }

    private static TrustBundle bundle(ClusterPki pki, String name) {
        return pki.trustBundles().stream()
                .filter(b -> b.file().equals("/etc/kubernetes/pki/" + name + ".crt"))
                .findFirst()
                .orElseThrow();
    }

    @Example
    void aKeyIsReadByItsRoleOnly() {
        ClusterPki pki = ClusterPki.of(PkiSamples.payments());

        assertThat(pki.certificatesFor(KeyReader.OPERATOR))
                .extracting(CertificateRequest::name)
                .containsExactly("super-admin.conf");
        assertThat(pki.certificatesFor(KeyReader.ETCD))
                .allMatch(c -> c.name().startsWith("etcd"))
                .hasSize(2 + 3 * 4);
        assertThat(pki.certificatesFor(KeyReader.CONTROL_PLANE))
                .noneMatch(c -> c.name().startsWith("etcd"));
        assertThat(pki.authorities())
                .filteredOn(a -> a.reader() != KeyReader.OPERATOR)
                .extracting(AuthorityRequest::role)
                .containsExactly(AuthorityRole.KUBERNETES);
        assertThat(ClusterPki.of(PkiSamples.lab()).certificatesFor(KeyReader.ETCD))
                .as("stacked members live on control-plane machines")
                .isEmpty();
    }

    @Example
    void etcdOfSomebodyElseNeedsNothingOfOurs() {
        ClusterPki pki = ClusterPki.of(PkiSpec.builder()
                .clusterName("demo")
                .addApiName("api.example.com")
                .serviceAddress("10.96.0.1")
                .build());

        assertThat(pki.toString()).doesNotContain("etcd");
    }

    @Provide
    Arbitrary<ClusterSpec> specs() {
        return SpecGenerator.specs();
    }

    @Property(tries = 200)
    void anyClusterHasAPlan(@ForAll("specs") ClusterSpec spec) {
        PkiSpec described = PkiSpec.of(spec, "api.example.com");
        ClusterPki pki = ClusterPki.of(described);

        assertThat(ClusterPki.of(described)).isEqualTo(pki);
        assertThat(pki.certificates()).extracting(CertificateRequest::id).doesNotHaveDuplicates();
        Set<AuthorityRole> roles =
                pki.authorities().stream().map(AuthorityRequest::role).collect(Collectors.toSet());
        assertThat(pki.certificates()).allSatisfy(c -> assertThat(roles).contains(c.signer()));
        assertThat(pki.trustBundles()).allSatisfy(b -> assertThat(roles).containsAll(b.authorities()));
        Set<String> files = new HashSet<>();
        for (CertificateRequest c : pki.certificates()) {
            assertThat(files.add(c.file() + "@" + c.machine().orElse(""))).isTrue();
            assertThat(c.usages().contains(Usage.SERVER))
                    .as("servers have names, clients have none: %s", c)
                    .isEqualTo(!c.altNames().isEmpty());
        }
        assertThat(pki.certificates().stream().filter(c -> c.name().equals("etcd/peer")))
                .hasSize(spec.etcd().members());
    }

    @Example
    void aClusterWithoutANameForItsApiIsRefused() {
        assertThatThrownBy(() -> PkiSpec.of(SampleSpecs.payments().build()))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("apiNames")
                .hasMessageContaining("load balancer");
    }

    @Example
    void allMistakesAreNamedAtOnce() {
        assertThatThrownBy(() -> PkiSpec.builder()
                        .apiNames(List.of("API.example.com", "10.0.0.300", "https://x", "*.*.example.com", "10.0.0.1"))
                        .kubernetesVersion("v1.36")
                        .serviceAddress("10.96.0.0/12")
                        .clusterDomain("cluster.local.")
                        .addControlPlaneNode("cp_1", "10.0.0.11:6443")
                        .addControlPlaneNode("10.0.0.12")
                        .addControlPlaneNode("cp-3", "10.0.0.13")
                        .addControlPlaneNode("cp-3", "10.0.0.13")
                        .separateEvents(true)
                        .addEtcdPeerName("")
                        .certificateValidity(java.time.Duration.ofDays(4000))
                        .putKeyAlgorithm("apiserve", KeyAlgorithm.RSA_2048)
                        .build())
                .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                        .extracting(Violation::path)
                        .containsExactly(
                                "clusterName",
                                "kubernetesVersion",
                                "apiNames[0]",
                                "apiNames[1]",
                                "apiNames[2]",
                                "apiNames[3]",
                                "serviceAddress",
                                "clusterDomain",
                                "controlPlaneNodes[cp_1].name",
                                "controlPlaneNodes[cp_1].addresses[0]",
                                "controlPlaneNodes[10.0.0.12].name",
                                "controlPlaneNodes[10.0.0.12].addresses",
                                "controlPlaneNodes[cp-3]",
                                "separateEvents",
                                "etcdPeerNames[0]",
                                "authorityValidity",
                                "keyAlgorithms[apiserve]"));
    }

    @Example
    void aMissingAuthorityIsNamed() {
        assertThatThrownBy(() -> ClusterPki.of(PkiSamples.payments()).issue(Map.of(), PkiSamples.CLOCK))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("no authority was given for kubernetes");
    }
}
