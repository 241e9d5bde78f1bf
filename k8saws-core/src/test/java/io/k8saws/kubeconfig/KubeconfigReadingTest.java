package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl reads, we read; what it refuses, we refuse, with every reason. Each row was tried with kubectl 1.32. */
class KubeconfigReadingTest {

    static List<String> wrong(String yaml) {
        try {
            return List.of("reads as " + Kubeconfig.parse(yaml));
        } catch (InvalidSpecException e) {
            return e.violations().stream()
                    .map(v -> v.path() + " " + v.problem())
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kind: Pod                              | kind is not Config",
                "apiVersion: v2                         | apiVersion is not v1",
                "hello                                  | line 1 the text is a text, not a map",
                "[a]                                    | line 1 the text is a list, not a map",
                "current-context: 12                    | current-context is a number or of a type of its own, not a text",
                "current-context: y                     | current-context is true or false, not a text",
                "current-context: 0o17                  | current-context is a number or of a type of its own, not a text",
                "current-context: 433e40                | current-context is a number or of a type of its own, not a text",
                "current-context: 1_000                 | current-context is a number or of a type of its own, not a text",
                "current-context: .inf                  | current-context is a number or of a type of its own, not a text",
                "clusters: {a: b}                       | clusters is a map, not a list",
                "users: [u]                             | users[0] is a text, not a map",
                "clusters: [{name: c}, {name: c}]       | clusters[c] is there twice",
                "users: [{name: c}, {name: c}]          | users[c] is there twice",
                "contexts: [{name: c}, {name: c}]       | contexts[c] is there twice",
                "extensions: [{name: c, extension: {a: 1}}, {name: c}] | extensions[c] is there twice",
                "clusters: [{}, {}]                     | clusters[1] is there twice",
                "clusters: [{name: c, cluster: [a]}]    | clusters[c].cluster is a list, not a map",
                "clusters: [{name: c, cluster: {insecure-skip-tls-verify: 'true'}}] | clusters[c].cluster.insecure-skip-tls-verify is a text, not true or false",
                "clusters: [{name: c, cluster: {certificate-authority-data: YWJ}}]  | clusters[c].cluster.certificate-authority-data is not Base64",
                "clusters: [{name: c, cluster: {certificate-authority-data: '$!'}}] | clusters[c].cluster.certificate-authority-data is not Base64",
                "users: [{name: c, user: {exec: {command: 1}}}]  | users[c].user.exec.command is a number or of a type of its own, not a text",
                "users: [{name: c, user: {exec: {args: [1]}}}]   | users[c].user.exec.args[0] is a number or of a type of its own, not a text",
                "users: [{name: c, user: {exec: {env: [a]}}}]    | users[c].user.exec.env[0] is a text, not a map",
                "users: [{name: c, user: {as-groups: a}}]        | users[c].user.as-groups is a text, not a list",
                "users: [{name: c, user: {as-user-extra: {k: v}}}] | users[c].user.as-user-extra.k is a text, not a list",
                "users: [{name: c, user: {auth-provider: {config: {k: 1}}}}] | users[c].user.auth-provider.config.k is a number or of a type of its own, not a text",
            })
    void refusesAsKubectlDoes(String yaml, String problem) {
        assertThat(wrong(yaml)).containsExactly(problem);
    }

    @Test
    void refusesAControlCharacterAsKubectlDoes() {
        assertThat(wrong("# a\nusers: [{name: u, user: {token: \"S3cret\u007f\"}}]"))
                .containsExactly("line 2 has the control character U+007F");
        assertThat(wrong("# a\u007f")).containsExactly("line 1 has the control character U+007F");
    }

    /** Go takes underscores out of numbers, but not everywhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {"_1", "__1", "_", "_.5", "_0x1", "._1", ".5_", ".1__0", "-.inf_", "+.i_nf", ".n_an", "+_", "0b_"
            })
    void readsAsTextsWhatOnlyLooksLikeNumbers(String word) {
        Kubeconfig config = Kubeconfig.parse("users: [{name: u, user: {token: " + word + "}}]");

        assertThat(config.users().get(0).credentials()).containsExactly(Credentials.token(word));
    }

    @ParameterizedTest
    @ValueSource(strings = {"+_1", "1_.5", "1e_3", "0_b1", ".1_0", "1__0", "0_", "-.inf"})
    void numbersMayHaveUnderscores(String word) {
        assertThat(wrong("current-context: " + word))
                .containsExactly("current-context is a number or of a type of its own, not a text");
    }

    @Test
    void refusesWhatKubectlReadsOnlyInPart() {
        assertThat(wrong("a: 1\n---\nb: 2\n")).containsExactly("line 2, column 1 starts a second document");
        assertThat(wrong("current-context: a\ncurrent-context: b\n")).containsExactly("current-context is there twice");
    }

    @Test
    void tellsAllProblemsAtOnce() {
        assertThat(wrong("""
                        kind: Pod
                        current-context: 7
                        clusters:
                        - name: c
                          cluster: {server: 1, insecure-skip-tls-verify: maybe}
                        users:
                        - name: u
                          user: {token: 12345, client-key-data: "%"}
                        """))
                .containsExactly(
                        "kind is not Config",
                        "current-context is a number or of a type of its own, not a text",
                        "clusters[c].cluster.server is a number or of a type of its own, not a text",
                        "clusters[c].cluster.insecure-skip-tls-verify is a text, not true or false",
                        "users[u].user.token is a number or of a type of its own, not a text",
                        "users[u].user.client-key-data is not Base64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token: *S3cret",
                "token: 'S3cret",
                "token: \"S3cret\\q\"",
                "token: %S3cret",
                "token: @S3cret",
                "token: S3cret: x",
                "token: 5\n  S3cret",
                "token: !S3cret! x",
                "token: !<S3cret> 5",
                "token: &S3cret [",
                "\tS3cret: 5",
                "token: S3cret\u0007",
                "- S3cret\ntoken: S3cret",
                "token: {<<: S3cret}",
                "token: &S3cret {a: *S3cret}",
            })
    void neverQuotesTheFile(String broken) {
        String yaml = "users:\n- name: u\n  user:\n    " + broken + "\n    exec: S3cret\n";

        assertThatThrownBy(() -> Kubeconfig.parse(yaml))
                .isInstanceOf(InvalidSpecException.class)
                .satisfies(e -> {
                    for (Throwable t = e; t != null; t = t.getCause()) {
                        assertThat(t.toString()).doesNotContain("S3cret");
                    }
                });
    }

    @Test
    void tellsThePlaceOfASyntaxError() {
        assertThat(wrong("users:\n- name: 'u\n")).singleElement().asString().startsWith("line 3, column 1 is not YAML");
    }

    @Test
    void refusesWhatIsMadeToHurt() {
        assertThat(wrong("x: " + "[".repeat(5000) + "]".repeat(5000)))
                .containsExactly("line 1, column 103 is nested deeper than 100 levels");
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            String before = "*a" + (i - 1);
            bomb.append(
                    "a" + i + ": &a" + i + " [" + String.join(", ", java.util.Collections.nCopies(10, before)) + "]\n");
        }
        assertThat(wrong(bomb.toString())).isNotEmpty().noneMatch(p -> p.startsWith("reads as"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing\n",
                "---\n",
                "{}",
                "null",
                "clusters:\nusers: ~\ncontexts: null\n",
                "\uFEFFkind: Config"
            })
    void readsNothingAsEmpty(String yaml) {
        Kubeconfig empty = Kubeconfig.parse(yaml);

        assertThat(empty).isEqualTo(Kubeconfig.empty());
        assertThat(empty.clusters()).isEmpty();
        assertThat(empty.users()).isEmpty();
        assertThat(empty.contexts()).isEmpty();
        assertThat(empty.currentContext()).isEmpty();
    }

    /** Row K11. */
    @Test
    void readsAFileWithACurrentContextOnly() {
        Kubeconfig only = Kubeconfig.parse("current-context: any-context-value");

        assertThat(only.currentContext()).contains("any-context-value");
        assertThat(only.contexts()).isEmpty();
    }

    @Test
    void readsEveryField() {
        Kubeconfig all = Kubeconfig.parse("""
                apiVersion: v1
                kind: Config
                current-context: dev
                clusters:
                - name: prod
                  cluster:
                    server: https://api.example.com:6443
                    tls-server-name: api
                    insecure-skip-tls-verify: no
                    certificate-authority-data: |
                      YW
                      Jj
                    proxy-url: socks5://proxy:1080
                    disable-compression: yes
                users:
                - name: me
                  user:
                    client-certificate: /pki/me.crt
                    client-key-data: YWJj
                    token: t0
                    tokenFile: /run/token
                    as: root
                    exec:
                      apiVersion: client.authentication.k8s.io/v1
                      command: aws
                      args: [eks, get-token]
                      env:
                      - {name: AWS_PROFILE, value: dev}
                      installHint: brew install awscli
                      provideClusterInfo: true
                      interactiveMode: Never
                - name: old
                  user:
                    username: admin
                    password: pw
                    auth-provider: {name: gcp}
                contexts:
                - name: dev
                  context: {cluster: prod, user: me, namespace: payments}
                """);

        ClusterEntry cluster = all.cluster("prod").orElseThrow();
        assertThat(cluster.server()).contains("https://api.example.com:6443");
        assertThat(cluster.tlsServerName()).contains("api");
        assertThat(cluster.insecureSkipTlsVerify()).isFalse();
        assertThat(cluster.certificateAuthority()).contains(PemSource.inline("abc"));
        assertThat(cluster.proxyUrl()).contains("socks5://proxy:1080");
        assertThat(cluster.disableCompression()).isTrue();
        assertThat(all.user("me").orElseThrow().impersonates()).contains("root");
        assertThat(all.user("me").orElseThrow().credentials())
                .containsExactly(
                        Credentials.clientCertificate(PemSource.file(Path.of("/pki/me.crt")), PemSource.inline("abc")),
                        new Credentials.TokenFile(Path.of("/run/token")),
                        Credentials.token("t0"),
                        new Credentials.Exec(
                                "client.authentication.k8s.io/v1",
                                "aws",
                                List.of("eks", "get-token"),
                                Map.of("AWS_PROFILE", "dev"),
                                Optional.of(InteractiveMode.NEVER),
                                true,
                                Optional.of("brew install awscli")));
        assertThat(all.user("old").orElseThrow().credentials())
                .containsExactly(new Credentials.Basic("admin", "pw"), new Credentials.AuthProvider("gcp"));
        ContextEntry context = all.context("dev").orElseThrow();
        assertThat(context.cluster()).contains("prod");
        assertThat(context.user()).contains("me");
        assertThat(context.namespace()).contains("payments");
        assertThat(all.currentContext()).contains("dev");
        assertThat(all.violations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"v1alpha1,IF_AVAILABLE", "v1beta1,IF_AVAILABLE", "v1,"})
    void oldPluginVersionsHaveADefaultMode(String version, InteractiveMode expected) {
        Kubeconfig config =
                Kubeconfig.parse("users: [{name: u, user: {exec: {command: c, apiVersion: client.authentication.k8s.io/"
                        + version + "}}}]");

        assertThat(config.users().get(0).credentials())
                .singleElement()
                .asInstanceOf(type(Credentials.Exec.class))
                .satisfies(exec -> assertThat(exec.interactiveMode()).isEqualTo(Optional.ofNullable(expected)));
    }

    /** Row K20, first half. */
    @Test
    void whatIsInlineWinsOverAFile() {
        Kubeconfig config = Kubeconfig.parse("""
                clusters: [{name: c, cluster: {server: s, certificate-authority: f, certificate-authority-data: YWJj}}]
                users: [{name: u, user: {client-certificate: f, client-certificate-data: YWJj, client-key: f, client-key-data: YWJj}}]
                """);

        assertThat(config.clusters().get(0).certificateAuthority()).contains(PemSource.inline("abc"));
        assertThat(config.users().get(0).credentials())
                .containsExactly(Credentials.clientCertificate(PemSource.inline("abc"), PemSource.inline("abc")));
        assertThat(config.violations())
                .extracting(Violation::path)
                .containsExactly(
                        "users[u].user.client-certificate",
                        "users[u].user.client-key",
                        "clusters[c].cluster.certificate-authority");
    }

    @Test
    void readsAliasesAndMergeKeysAsKubectlDoes() {
        Kubeconfig config = Kubeconfig.parse("""
                x-base: &base {server: s, disable-compression: true}
                clusters:
                - name: a
                  cluster: *base
                - name: b
                  cluster:
                    <<: *base
                    server: t
                - name: c
                  cluster:
                    <<: [{proxy-url: "http://p"}, *base]
                """);

        assertThat(config.cluster("a").orElseThrow().server()).contains("s");
        assertThat(config.cluster("b").orElseThrow().server()).contains("t");
        assertThat(config.cluster("b").orElseThrow().disableCompression()).isTrue();
        assertThat(config.cluster("c").orElseThrow().proxyUrl()).contains("http://p");
        assertThat(config.cluster("c").orElseThrow().server()).contains("s");
        assertThat(Kubeconfig.parse(config.toYaml())).isEqualTo(config);
    }

    /** Row K5. */
    @Test
    void aNamedFileMustBeThere(@TempDir Path dir) {
        assertThatThrownBy(() -> Kubeconfig.load(dir.resolve("gone")))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining(dir.resolve("gone") + ": is not there");
    }

    /** Row K7. */
    @Test
    void aFileThatCannotBeReadIsNamed(@TempDir Path dir) throws IOException {
        Path junk = Files.writeString(dir.resolve("junk"), "][");
        Path latin = Files.write(dir.resolve("latin"), new byte[] {'k', ':', ' ', (byte) 0xE4});

        assertThatThrownBy(() -> Kubeconfig.load(dir)).hasMessageContaining(dir + ": is a folder");
        assertThatThrownBy(() -> Kubeconfig.load(junk)).hasMessageContaining("Read kubeconfig " + junk);
        assertThatThrownBy(() -> Kubeconfig.load(latin)).hasMessageContaining(latin + ": is not UTF-8");
        assertThatThrownBy(() -> Kubeconfig.load(List.of(junk, dir.resolve("gone"), latin, dir)))
                .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                        .extracting(Violation::path)
                        .satisfiesExactly(
                                p -> assertThat(p).startsWith(junk + ": line 1"),
                                p -> assertThat(p).isEqualTo(latin.toString()),
                                p -> assertThat(p).isEqualTo(dir.toString())));
    }
}
