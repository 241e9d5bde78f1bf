package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fabric8.kubernetes.client.Config;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Kubeconfigs go to and fro between us and others")
class KubeconfigIT {
    private static final String VERSION = "v1.36.1";

    @TempDir
    Path dir;

    private String kubeadm(String... args) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Testbed.program("kubeadm").toString()));
        line.addAll(List.of(args));
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.directory(
                dir.toFile()); // kubeadm takes relative paths from where it runs, not from where the file lies
        builder.environment().put("HOME", dir.toString());
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("kubeadm ends").isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        return Files.readString(out);
    }

    private void authority() throws IOException, InterruptedException {
        kubeadm("init", "phase", "certs", "ca", "--cert-dir", pki(), "--kubernetes-version", VERSION);
    }

    private String pki() {
        return dir.resolve("pki").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "super-admin", "controller-manager", "scheduler", "kubelet"})
    void filesOfKubeadmComeBackByteForByte(String name) throws IOException, InterruptedException {
        authority();
        List<String> line = new ArrayList<>(List.of(
                "init",
                "phase",
                "kubeconfig",
                name,
                "--cert-dir",
                pki(),
                "--kubeconfig-dir",
                dir.toString(),
                "--apiserver-advertise-address",
                "10.1.2.3",
                "--kubernetes-version",
                VERSION));
        if (name.equals("kubelet")) {
            line.addAll(List.of("--node-name", "node-1"));
        }
        kubeadm(line.toArray(String[]::new));
        Path file = dir.resolve(name + ".conf");
        String text = Files.readString(file);

        Kubeconfig config = Kubeconfig.load(file);

        assertThat(config.toYaml()).isEqualTo(text);
        assertThat(config.violations()).isEmpty();
        String context = config.currentContext().orElseThrow();
        assertThat(config.requireUsable(context).minify(context).flatten()).isEqualTo(config);
        assertThat(config.clusters()).singleElement().satisfies(cluster -> {
            assertThat(cluster.server()).contains("https://10.1.2.3:6443");
            assertThat(cluster.certificateAuthority())
                    .contains(PemSource.inline(Files.readAllBytes(dir.resolve("pki/ca.crt"))));
        });
        assertThat(config.users().get(0).credentials())
                .singleElement()
                .isInstanceOf(Credentials.ClientCertificate.class);
        config.save(file);
        assertThat(file).hasContent(text);
    }

    @Test
    void usersOfKubeadmAreMerged() throws IOException, InterruptedException {
        authority();
        Path settings = Files.writeString(dir.resolve("kubeadm.yaml"), """
                apiVersion: kubeadm.k8s.io/v1beta4
                kind: ClusterConfiguration
                kubernetesVersion: %s
                certificatesDir: %s
                controlPlaneEndpoint: api.example.com:6443
                """.formatted(VERSION, pki()));
        Kubeconfig certificate = Kubeconfig.parse(
                kubeadm("kubeconfig", "user", "--client-name", "anna", "--config", settings.toString()));
        Kubeconfig token = Kubeconfig.parse(kubeadm(
                "kubeconfig", "user", "--client-name", "robot", "--token", "t0", "--config", settings.toString()));

        Kubeconfig both = certificate.merge(token);

        assertThat(both)
                .hasToString("Kubeconfig[current=anna@kubernetes, contexts=[anna@kubernetes, robot@kubernetes], "
                        + "clusters=[kubernetes], users=[anna, robot]]");
        assertThat(both.user("robot").orElseThrow().credentials()).containsExactly(Credentials.token("t0"));
        assertThat(both.minify("robot@kubernetes")).isEqualTo(token);
    }

    /** kubeadm reads by the code that kubectl reads by; that it gets an answer shows that it understood address, trust and token. */
    @Test
    void kubeadmUsesWhatWeWrite(@ApiServer KubernetesApi kubernetes) throws IOException, InterruptedException {
        Kubeconfig given = Kubeconfig.parse(kubernetes.kubeconfig());
        ContextEntry context =
                given.context(given.currentContext().orElseThrow()).orElseThrow();
        ClusterEntry cluster = given.cluster(context.cluster().orElseThrow()).orElseThrow();
        PemSource.Inline authority =
                (PemSource.Inline) cluster.certificateAuthority().orElseThrow();
        Files.write(dir.resolve("yes.crt"), authority.bytes());
        Credentials.Token token = (Credentials.Token) given.user(context.user().orElseThrow())
                .orElseThrow()
                .credentials()
                .get(0);
        Path file = dir.resolve("config");

        // Names that YAML 1.1 takes for something else, a file beside the kubeconfig, and a comment.
        Files.writeString(file, "# mine\nusers: [{name: other, user: {token: wrong}}] # his\n");
        KubeconfigFiles.of(List.of(file)).modify(config -> config.withCluster(
                        "0777", c -> c.withServer(cluster.server().orElseThrow())
                                .withCertificateAuthority(PemSource.file(Path.of("yes.crt"))))
                .withUser("433e40", u -> u.withCredentials(token))
                .withContext("no", k -> k.withCluster("0777").withUser("433e40").withNamespace("12"))
                .withCurrentContext("no"));

        assertThat(Files.readString(file)).startsWith("# mine\n").contains("certificate-authority: yes.crt");
        kubeadm("token", "list", "--kubeconfig", file.toString());

        Path flat = dir.resolve("elsewhere/config");
        Kubeconfig.load(file).minify("no").flatten().save(flat);
        Files.delete(dir.resolve("yes.crt"));
        kubeadm("token", "list", "--kubeconfig", flat.toString());
        assertThat(Files.readString(flat)).doesNotContain("wrong");
    }

    @Test
    void fabric8UnderstandsTheSame() {
        Kubeconfig config = Kubeconfig.empty()
                .withCluster("prod", c -> c.withServer("https://api.example.com:6443/")
                        .withTlsServerName("api")
                        .withCertificateAuthority(PemSource.inline("authority")))
                .withCluster(
                        "test", c -> c.withServer("https://test.example.com/").withInsecureSkipTlsVerify(true))
                .withUser("anna", u -> u.withCredentials(
                                Credentials.clientCertificate(PemSource.inline("certificate"), PemSource.inline("key")))
                        .withCredentials(Credentials.token("433e40")))
                .withContext("prod", k -> k.withCluster("prod").withUser("anna").withNamespace("payments"))
                .withContext("test", k -> k.withCluster("test").withUser("anna"))
                .withCurrentContext("prod");

        Config prod = Config.fromKubeconfig(config.toYaml());
        Config test = Config.fromKubeconfig(config.minify("test").toYaml());

        assertThat(prod.getMasterUrl()).isEqualTo("https://api.example.com:6443/");
        assertThat(prod.getTlsServerName()).isEqualTo("api");
        assertThat(decoded(prod.getCaCertData())).isEqualTo("authority");
        assertThat(decoded(prod.getClientCertData())).isEqualTo("certificate");
        assertThat(decoded(prod.getClientKeyData())).isEqualTo("key");
        assertThat(prod.getAutoOAuthToken()).isEqualTo("433e40");
        assertThat(prod.getNamespace()).isEqualTo("payments");
        assertThat(prod.isTrustCerts()).isFalse();
        assertThat(test.getMasterUrl()).isEqualTo("https://test.example.com/");
        assertThat(test.isTrustCerts()).isTrue();
        assertThat(test.getCaCertData()).isNull();
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /** The testkit's kubeconfig is another one that we did not write. */
    @Test
    void theTestkitsOwnFileIsUsable(@ApiServer KubernetesApi kubernetes) {
        Kubeconfig config = Kubeconfig.parse(kubernetes.kubeconfig());

        assertThat(config.violations()).isEmpty();
        assertThat(config.users().get(0).credentials())
                .singleElement(type(Credentials.Token.class))
                .satisfies(
                        token -> assertThat(config.toString() + config.users()).doesNotContain(token.value()));
        assertThat(Kubeconfig.parse(config.toYaml())).isEqualTo(config);
    }
}
