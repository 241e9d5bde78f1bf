package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.Golden;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of {@code kubectl config}'s own tests, and the texts that come out. */
class KubeconfigChangesTest {
    private static final PemSource CA = PemSource.inline("ca");
    private static final Credentials CERTIFICATE =
            Credentials.clientCertificate(PemSource.file(Path.of("me.crt")), PemSource.file(Path.of("me.key")));

    private static Kubeconfig cluster(String fields) {
        return Kubeconfig.parse("clusters: [{name: c, cluster: {" + fields + "}}]");
    }

    private static Kubeconfig user(String fields) {
        return Kubeconfig.parse("users: [{name: u, user: {" + fields + "}}]");
    }

    /** Row C1. */
    @Test
    void switchesToAContextThatIsThere() {
        Kubeconfig config = Kubeconfig.parse("contexts: [{name: dev}, {name: prod}]");

        assertThat(config.withCurrentContext("prod").currentContext()).contains("prod");
        assertThat(config.withCurrentContext("prod").withoutCurrentContext()).isEqualTo(config);
        assertThatThrownBy(() -> config.withCurrentContext("test"))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("no context is named 'test'. Choose one of dev, prod.");
    }

    /** Row C3. */
    @Test
    void certificateAndTokenGoTogether() {
        assertThat(user("client-certificate: me.crt, client-key: me.key")
                        .withUser("u", u -> u.withCredentials(Credentials.token("t"))))
                .isEqualTo(user("client-certificate: me.crt, client-key: me.key, token: t"));
        assertThat(user("token: t").withUser("u", u -> u.withCredentials(CERTIFICATE)))
                .isEqualTo(user("token: t, client-certificate: me.crt, client-key: me.key"));
    }

    /** Row C4: what kubectl refuses in one command cannot be made at all. */
    @Test
    void tokenAndPasswordReplaceEachOther() {
        assertThat(user("token: t").withUser("u", u -> u.withCredentials(new Credentials.Basic("a", "b"))))
                .isEqualTo(user("username: a, password: b"));
        assertThat(user("username: a, password: b").withUser("u", u -> u.withCredentials(Credentials.token("t"))))
                .isEqualTo(user("token: t"));
    }

    /** Row C5. */
    @Test
    void contentReplacesAFile() {
        assertThat(user("client-certificate: me.crt, client-key: me.key")
                        .withUser(
                                "u",
                                u -> u.withCredentials(Credentials.clientCertificate(
                                        PemSource.inline("abc"), PemSource.inline("abc")))))
                .isEqualTo(user("client-certificate-data: YWJj, client-key-data: YWJj"));
        assertThat(user("client-certificate-data: YWJj, client-key-data: YWJj")
                        .withUser("u", u -> u.withCredentials(CERTIFICATE)))
                .isEqualTo(user("client-certificate: me.crt, client-key: me.key"));
    }

    /** Rows C7, C8 and C9. */
    @Test
    void authorityAndInsecureReplaceEachOther() {
        assertThat(cluster("server: s, certificate-authority: f, certificate-authority-data: YQ==")
                        .withCluster("c", c -> c.withInsecureSkipTlsVerify(true)))
                .isEqualTo(cluster("server: s, insecure-skip-tls-verify: true"));
        assertThat(cluster("server: s, certificate-authority: f, insecure-skip-tls-verify: true")
                        .withCluster("c", c -> c.withCertificateAuthority(CA)))
                .isEqualTo(cluster("server: s, certificate-authority-data: Y2E="));
        assertThat(cluster("certificate-authority-data: YQ==")
                        .withCluster("c", c -> c.withCertificateAuthority(PemSource.file(Path.of("f")))))
                .isEqualTo(cluster("certificate-authority: f"));
        assertThat(cluster("server: s, insecure-skip-tls-verify: true")
                        .withCluster("c", c -> c.withInsecureSkipTlsVerify(false)))
                .isEqualTo(cluster("server: s"));
    }

    /** Row C10. */
    @Test
    void aNewEntryMayBeEmpty() {
        assertThat(Kubeconfig.empty().withCluster("c", c -> c)).isEqualTo(cluster(""));
    }

    /** Rows C11 and C12. */
    @Test
    void onlyWhatIsChangedChanges() {
        assertThat(cluster("server: s, tls-server-name: api, unknown: 1").withCluster("c", c -> c.withServer("t")))
                .isEqualTo(cluster("server: t, tls-server-name: api, unknown: 1"));
        assertThat(Kubeconfig.parse("contexts: [{name: k, context: {cluster: c, user: u}}]")
                        .withContext("k", k -> k.withNamespace("ns")))
                .isEqualTo(Kubeconfig.parse("contexts: [{name: k, context: {cluster: c, user: u, namespace: ns}}]"));
    }

    /** Rows C14 and C17. */
    @Test
    void removesEntries() {
        Kubeconfig config =
                Kubeconfig.parse("users: [{name: a}, {name: b}]\ncontexts: [{name: k}]\ncurrent-context: k");

        assertThat(config.withoutUser("a").users()).extracting(UserEntry::name).containsExactly("b");
        assertThat(config.withoutUser("c")).isEqualTo(config);
        Kubeconfig without = config.withoutContext("k");
        assertThat(without.currentContext()).contains("k");
        assertThat(without.violations()).extracting(Violation::path).containsExactly("current-context");
    }

    @Test
    void credentialsGoAndTheRestStays() {
        assertThat(user("token: t, exec: {command: c}, as: root, unknown: 1")
                        .withUser("u", UserEntry::withoutCredentials))
                .isEqualTo(user("as: root, unknown: 1"));
    }

    @Test
    void aPluginKeepsWhatWeDoNotKnow() {
        Credentials.Exec exec = Credentials.exec("aws", "eks", "get-token").withEnv("AWS_PROFILE", "dev");

        assertThat(user("exec: {command: old, args: [x], future: [1]}").withUser("u", u -> u.withCredentials(exec)))
                .isEqualTo(user(
                        "exec: {command: aws, args: [eks, get-token], future: [1], apiVersion: client.authentication.k8s.io/v1,"
                                + " interactiveMode: IfAvailable, env: [{name: AWS_PROFILE, value: dev}]}"));
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> Kubeconfig.empty().withCluster("", c -> c))
                .hasMessageContaining("the name of a cluster is empty");
        assertThatThrownBy(() -> Kubeconfig.empty().withCluster("c", c -> c.withServer("")))
                .hasMessageContaining("the server is empty");
        assertThatThrownBy(() ->
                        cluster("").withCluster("d", d -> cluster("").clusters().get(0)))
                .hasMessageContaining("the function returned c");
        assertThatThrownBy(() -> user("").withUser("u", u -> u.withCredentials(new Credentials.AuthProvider("gcp"))))
                .hasMessageContaining("Use Credentials.exec");
        assertThatThrownBy(() -> new PemSource.Inline("S3cret!"))
                .hasMessageContaining("it is not Base64")
                .hasMessageNotContaining("S3cret")
                .hasNoCause();
    }

    /** Row K21. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "current-context: x                                     | current-context no context is named 'x'",
                "contexts: [{name: k, context: {cluster: c, user: x}}]  | contexts[k].context.user no user is named 'x'",
                "contexts: [{name: k, context: {cluster: x, user: u}}]  | contexts[k].context.cluster no cluster is named 'x'",
                "contexts: [{name: k, context: {user: u}}]              | contexts[k].context.cluster is missing",
                "contexts: [{name: k, context: {cluster: c}}]           | contexts[k].context.user is missing",
                "contexts: [{name: '', context: {cluster: c, user: u}}] | contexts a context has no name",
                "contexts: [{name: k, context: {cluster: c, user: u, namespace: A_b}}] | contexts[k].context.namespace 'A_b' is not a namespace",
            })
    void tellsWhatAContextLacks(String yaml, String problem) {
        Kubeconfig config =
                Kubeconfig.parse("clusters: [{name: c, cluster: {server: s}}]\nusers: [{name: u}]\n" + yaml);

        assertThat(config.violations())
                .extracting(v -> v.path() + " " + v.problem())
                .containsExactly(problem);
    }

    /** Row K21. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "token: t, username: a                                   | token is there beside a name or password",
                "client-certificate: f                                   | client-key is missing beside a certificate",
                "as-groups: [g]                                          | as is missing beside as-groups, as-uid or as-user-extra",
                "as-uid: '1'                                             | as is missing beside as-groups, as-uid or as-user-extra",
                "exec: {apiVersion: a, interactiveMode: Never}           | exec.command is missing",
                "exec: {command: c, interactiveMode: Never}              | exec.apiVersion is missing",
                "exec: {command: c, apiVersion: a}                       | exec.interactiveMode is missing",
                "exec: {command: c, apiVersion: a, interactiveMode: No1} | exec.interactiveMode is not known",
                "exec: {command: c, apiVersion: a, interactiveMode: Always, env: [{value: v}]} | exec.env[0].name is missing",
                "exec: {command: c, apiVersion: a, interactiveMode: Always}, auth-provider: {name: gcp} | auth-provider is there beside a plugin",
            })
    void tellsWhatAUserLacks(String fields, String problem) {
        assertThat(user(fields).violations())
                .extracting(v -> v.path() + " " + v.problem())
                .containsExactly("users[u].user." + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tls-server-name: api                                         | server is missing",
                "server: s, proxy-url: 'ftp://x'                            | proxy-url is not a proxy's URL",
                "server: s, proxy-url: ' '                                  | proxy-url is not a proxy's URL",
                "server: s, insecure-skip-tls-verify: true, certificate-authority: f | insecure-skip-tls-verify is true beside a certificate authority",
                "server: s, certificate-authority: f, certificate-authority-data: YQ== | certificate-authority is there beside certificate-authority-data, which wins",
            })
    void tellsWhatAClusterLacks(String fields, String problem) {
        assertThat(cluster(fields).violations())
                .extracting(v -> v.path() + " " + v.problem())
                .containsExactly("clusters[c].cluster." + problem);
    }

    @Test
    void oneContextMayBeUsableAlthoughAnotherIsNot() {
        Kubeconfig config = Kubeconfig.parse("""
                clusters: [{name: c, cluster: {server: s}}, {name: broken}]
                users: [{name: u, user: {token: t}}]
                contexts:
                - {name: good, context: {cluster: c, user: u}}
                - {name: bad, context: {cluster: broken, user: u}}
                """);

        assertThat(config.requireUsable("good")).isSameAs(config);
        assertThatThrownBy(() -> config.requireUsable("bad"))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageStartingWith("Use context bad: clusters[broken].cluster.server: is missing.");
        assertThatThrownBy(() -> config.requireUsable("gone")).hasMessageContaining("Choose one of good, bad.");
    }

    @Test
    void minifiesToOneContext() {
        Kubeconfig config = Kubeconfig.parse("""
                current-context: b
                extensions: [{name: e, extension: 1}]
                clusters: [{name: c}, {name: d}]
                users: [{name: u}, {name: v}]
                contexts: [{name: a, context: {cluster: c, user: v}}, {name: b}, {name: x, context: {cluster: z, user: z}}]
                """);

        assertThat(config.minify("a")).isEqualTo(Kubeconfig.parse("""
                        current-context: a
                        extensions: [{name: e, extension: 1}]
                        clusters: [{name: c}]
                        users: [{name: v}]
                        contexts: [{name: a, context: {cluster: c, user: v}}]
                        """));
        assertThat(config.minify("b").clusters()).isEmpty();
        assertThatThrownBy(() -> config.minify("x"))
                .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                        .extracting(Violation::path)
                        .containsExactly("contexts[x].context.cluster", "contexts[x].context.user"));
        assertThatThrownBy(() -> config.minify("gone")).hasMessageContaining("no context is named 'gone'");
    }

    @Test
    void flattensFiles(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("ca.crt"), "authority");
        Files.writeString(dir.resolve("me.crt"), "certificate");
        Files.writeString(dir.resolve("me.key"), "key");
        Path file = Files.writeString(dir.resolve("config"), """
                clusters: [{name: c, cluster: {server: s, certificate-authority: ca.crt}}]
                users: [{name: u, user: {client-certificate: me.crt, client-key: me.key, tokenFile: t, exec: {command: ./x}}}]
                """);

        Kubeconfig flat = Kubeconfig.load(file).flatten();

        assertThat(flat.cluster("c").orElseThrow().certificateAuthority()).contains(PemSource.inline("authority"));
        assertThat(flat.user("u").orElseThrow().credentials())
                .contains(
                        Credentials.clientCertificate(PemSource.inline("certificate"), PemSource.inline("key")),
                        new Credentials.TokenFile(dir.resolve("t")));
        assertThat(flat.toYaml()).doesNotContain("certificate-authority:", "client-key:", "client-certificate:");
        assertThat(flat.flatten()).isEqualTo(flat);
    }

    @Test
    void tellsAllThatCannotBeFlattened(@TempDir Path dir) throws IOException {
        Kubeconfig config = Kubeconfig.parse("clusters: [{name: c, cluster: {certificate-authority: relative}}]\n"
                + "users: [{name: u, user: {client-certificate: " + dir.resolve("gone") + ", client-key: "
                + dir.resolve("k") + ", client-key-data: YWJj}}]");

        assertThatThrownBy(config::flatten)
                .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                        .extracting(v -> v.path() + " " + v.problem())
                        .containsExactly(
                                "clusters[c].cluster.certificate-authority relative is relative, and it is not known to which folder",
                                "users[u].user.client-certificate " + dir.resolve("gone") + " is not there",
                                "users[u].user.client-key is there beside client-key-data"));
    }

    @Test
    void showsNoSecret() {
        Kubeconfig config = Kubeconfig.empty()
                .withCluster("c", c -> c.withServer("https://me:S3cret@example.com:1/x"))
                .withUser("token", u -> u.withCredentials(Credentials.token("S3cret")))
                .withUser("password", u -> u.withCredentials(new Credentials.Basic("me", "S3cret")))
                .withUser(
                        "certificate",
                        u -> u.withCredentials(
                                Credentials.clientCertificate(PemSource.inline("S3cret"), PemSource.inline("S3cret"))))
                .withUser(
                        "plugin",
                        u -> u.withCredentials(
                                Credentials.exec("cmd", "--password=S3cret").withEnv("KEY", "S3cret")))
                .merge(Kubeconfig.parse(
                        "users: [{name: old, user: {auth-provider: {name: gcp, config: {id-token: S3cret}}}}]"));

        assertThat(config.toYaml()).contains("S3cret");
        assertThat(config.toString() + config.clusters() + config.users() + config.contexts())
                .doesNotContain("S3cret", "UzNjcmV0")
                .contains("Token[****]", "password=****", "Inline[6 bytes]", "env=[KEY]", "//****@example.com");
        for (UserEntry user : config.users()) {
            assertThat(user.stanza().toString() + user.stanza().body()).doesNotContain("S3cret", "UzNjcmV0");
        }
    }

    /** Read by eye: a file as this library makes it. */
    @Test
    void writesANewFile() throws IOException {
        Kubeconfig made = Kubeconfig.empty()
                .withCluster("payments", c -> c.withServer("https://api.payments.example.com")
                        .withCertificateAuthority(PemSource.inline("-----BEGIN CERTIFICATE-----\n")))
                .withUser(
                        "payments-admin",
                        u -> u.withCredentials(Credentials.clientCertificate(
                                PemSource.file(Path.of("admin.crt")), PemSource.file(Path.of("admin.key")))))
                .withUser(
                        "433e40",
                        u -> u.withCredentials(Credentials.exec("aws-iam-authenticator", "token", "-i", "payments")
                                .withEnv("AWS_PROFILE", "yes")
                                .withInteractiveMode(InteractiveMode.NEVER)
                                .withProvideClusterInfo(true)
                                .withInstallHint(
                                        "Install aws-iam-authenticator:\n  brew install aws-iam-authenticator\n")))
                .withContext("payments", k -> k.withCluster("payments")
                        .withUser("payments-admin")
                        .withNamespace("12:30"))
                .withCurrentContext("payments");

        Golden.assertMatches("kubeconfig/made.yaml", made.toYaml());
        assertThat(Kubeconfig.parse(made.toYaml())).isEqualTo(made);
    }

    /** Read by eye: what is left of a hand-written file after changes. */
    @Test
    void keepsWhatIsNotChanged() throws IOException {
        Kubeconfig before = Kubeconfig.parse(Golden.read("kubeconfig/by-hand.yaml"));
        Kubeconfig after = before.withCluster("dev", c -> c.withServer("https://new.example.com"))
                .withCluster("prod", c -> c.withCertificateAuthority(CA))
                .withUser("robot", u -> u.withCredentials(Credentials.token("n3w")))
                .withContext("both", k -> k.withCluster("prod").withUser("robot"))
                .withoutUser("gone")
                .withCurrentContext("both");

        Golden.assertMatches("kubeconfig/by-hand-unchanged.yaml", before.toYaml());
        Golden.assertMatches("kubeconfig/by-hand-changed.yaml", after.toYaml());
        assertThat(List.of(before.toYaml(), after.toYaml()))
                .allSatisfy(text -> assertThat(Kubeconfig.parse(text).toYaml()).isEqualTo(text));
    }

    @Test
    void changesAJsonFile() {
        Kubeconfig json = Kubeconfig.parse(
                "{\"kind\": \"Config\", \"clusters\": [{\"name\": \"c\", \"cluster\": {\"server\": \"s\"}}], \"users\": []}");
        Kubeconfig changed = json.withCluster("d", d -> d.withServer("t")).withUser("u", u -> u);

        assertThat(Kubeconfig.parse(changed.toYaml())).isEqualTo(changed);
        assertThat(changed.clusters()).extracting(ClusterEntry::name).containsExactly("c", "d");
    }

    @Test
    void knowsItsOwn() {
        assertThat(InteractiveMode.of("Sometimes")).isEmpty();
        assertThat(Map.of("a", user("token: t"))).isEqualTo(Map.of("a", user("token: t")));
        assertThat(user("token: t")).isNotEqualTo(user("token: u")).hasSameHashCodeAs(user("token: t"));
        assertThat(user("a: 1, b: 2").user("u")).isEqualTo(user("b: 2, a: 1").user("u"));
        assertThat(user("a: 1")).isNotEqualTo(user("a: '1'"));
    }
}
