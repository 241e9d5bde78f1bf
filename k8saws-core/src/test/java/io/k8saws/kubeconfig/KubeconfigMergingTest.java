package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of client-go's own loader tests. */
class KubeconfigMergingTest {
    /** One cluster, user and context, and no current context. */
    private static final String A = """
            clusters: [{name: cow-cluster, cluster: {server: "http://cow.org:8080"}}]
            users: [{name: red-user, user: {token: red-token}}]
            contexts: [{name: federal-context, context: {cluster: cow-cluster, user: red-user, namespace: hammer-ns}}]
            """;
    /** The same names with other content, and more. */
    private static final String X = """
            clusters:
            - {name: cow-cluster, cluster: {server: "http://different.org", insecure-skip-tls-verify: true, disable-compression: true}}
            - {name: donkey-cluster, cluster: {server: "http://donkey.org", insecure-skip-tls-verify: true, disable-compression: true}}
            users:
            - {name: red-user, user: {token: a-different-red-token, client-certificate: x.crt}}
            - {name: yellow-user, user: {token: yellow-token}}
            current-context: federal-context
            """;

    @TempDir
    Path dir;

    private Path file(String name, String content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** Row K1. */
    @Test
    void oneNamedFileIsReadAlone() throws IOException {
        Kubeconfig a = Kubeconfig.load(file("a", A));

        assertThat(a).isEqualTo(Kubeconfig.parse(A));
        assertThat(a.currentContext()).isEmpty();
    }

    /** Row K2: of two entries with one name the first is taken as a whole. */
    @Test
    void firstFileWins() throws IOException {
        Kubeconfig both = Kubeconfig.load(List.of(file("a", A), file("x", X)));

        assertThat(both.clusters()).extracting(ClusterEntry::name).containsExactly("cow-cluster", "donkey-cluster");
        assertThat(both.cluster("cow-cluster")).isEqualTo(Kubeconfig.parse(A).cluster("cow-cluster"));
        assertThat(both.cluster("cow-cluster").orElseThrow().insecureSkipTlsVerify())
                .isFalse();
        assertThat(both.user("red-user").orElseThrow().credentials()).containsExactly(Credentials.token("red-token"));
        assertThat(both.user("yellow-user")).isPresent();
        assertThat(both.currentContext()).contains("federal-context");
        both.requireUsable("federal-context");
    }

    @Test
    void orderDecides() throws IOException {
        Kubeconfig both = Kubeconfig.load(List.of(file("x", X), file("a", A)));

        assertThat(both.cluster("cow-cluster").orElseThrow().server()).contains("http://different.org");
        assertThat(both.context("federal-context")).isPresent();
    }

    /** Row K3. */
    @Test
    void disjointFilesAreJoined() throws IOException {
        Kubeconfig four = Kubeconfig.load(List.of(
                file("1", "clusters: [{name: c1}]"),
                file("2", "users: [{name: u1}]\ncurrent-context: ''"),
                file("3", "contexts: [{name: k1}]\ncurrent-context: first"),
                file("4", "clusters: [{name: c2}]\ncurrent-context: second")));

        assertThat(four).hasToString("Kubeconfig[current=first, contexts=[k1], clusters=[c1, c2], users=[u1]]");
    }

    /** Row K4, and that a name no context has is taken, too. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "any-context-value, a-different-context, any-context-value",
                "-, a-different-context, a-different-context",
                "'', a-different-context, a-different-context",
                "any-context-value, -, any-context-value",
            })
    void firstChosenContextIsChosen(String first, String second, String chosen) {
        Kubeconfig a = Kubeconfig.parse(first == null ? "" : "current-context: '" + first + "'");
        Kubeconfig b = Kubeconfig.parse(second == null ? "" : "current-context: '" + second + "'");

        assertThat(a.merge(b).currentContext()).contains(chosen);
    }

    /** Row K6. */
    @Test
    void missingFilesAreLeftOut() throws IOException {
        Path a = file("a", A);
        Path gone = dir.resolve("gone");
        Path alsoGone = dir.resolve("also-gone");

        assertThat(Kubeconfig.load(List.of(gone, a))).isEqualTo(Kubeconfig.parse(A));
        assertThat(Kubeconfig.load(List.of(gone, alsoGone))).isEqualTo(Kubeconfig.empty());
        assertThat(KubeconfigFiles.of(List.of(gone, a, alsoGone)).missing()).containsExactly(gone, alsoGone);
    }

    /** Row K8. */
    @Test
    void namesInTheListCountOnce() {
        String list = List.of("a", "", "a", "b", "b", "c", "", "b").stream()
                .collect(Collectors.joining(java.io.File.pathSeparator));

        assertThat(KubeconfigFiles.fromEnvironment(Map.of("KUBECONFIG", list), dir)
                        .paths())
                .containsExactly(Path.of("a"), Path.of("b"), Path.of("c"));
    }

    /** Row K9. */
    @Test
    void theEnvironmentWinsOverTheHomeFolder() throws IOException {
        file(".kube/config", "current-context: home");
        Path one = file("one", "current-context: one");
        Path two = file("two", "current-context: two\nusers: [{name: u}]");
        String both = one + java.io.File.pathSeparator + two;

        assertThat(Kubeconfig.fromEnvironment(Map.of(), dir).currentContext()).contains("home");
        assertThat(Kubeconfig.fromEnvironment(Map.of("KUBECONFIG", ""), dir).currentContext())
                .contains("home");
        assertThat(Kubeconfig.fromEnvironment(Map.of("KUBECONFIG", one.toString()), dir)
                        .currentContext())
                .contains("one");
        assertThat(Kubeconfig.fromEnvironment(Map.of("KUBECONFIG", both), dir))
                .hasToString("Kubeconfig[current=one, contexts=[], clusters=[], users=[u]]");
        assertThat(Kubeconfig.fromEnvironment(Map.of("KUBECONFIG", java.io.File.pathSeparator), dir))
                .isEqualTo(Kubeconfig.empty());
    }

    /** Row K13. */
    @Test
    void pathsAreRelativeToTheirOwnFile() throws IOException {
        Path d1 = file("d1/config", """
                clusters: [{name: c1, cluster: {certificate-authority: ../relative/ca}}]
                users: [{name: u1, user: {client-certificate: relative/client/cert, client-key: relative/key, tokenFile: t, exec: {command: ../relative/client/cmd}}}]
                """);
        Path d2 = file("d2/config", """
                clusters: [{name: c2, cluster: {certificate-authority: /absolute/ca}}]
                users: [{name: u2, user: {client-certificate: ../cert, client-key: /absolute/key, exec: {command: cmd}}}]
                """);
        Kubeconfig config = Kubeconfig.load(List.of(d1, d2));

        assertThat(config.toYaml())
                .contains("certificate-authority: " + dir.resolve("relative/ca"))
                .contains("client-certificate: " + dir.resolve("d1/relative/client/cert"))
                .contains("client-key: " + dir.resolve("d1/relative/key"))
                .contains("tokenFile: " + dir.resolve("d1/t"))
                .contains("command: " + dir.resolve("relative/client/cmd"))
                .contains("certificate-authority: /absolute/ca")
                .contains("client-certificate: " + dir.resolve("cert"))
                .contains("client-key: /absolute/key")
                .contains("command: cmd");
        assertThat(config.cluster("c1").orElseThrow().origin()).contains(d1);
        assertThat(config.user("u2").orElseThrow().origin()).contains(d2);
    }

    @Test
    void extensionsAndPreferencesAreJoined() {
        Kubeconfig first = Kubeconfig.parse("""
                preferences: {colors: false, extensions: [{name: a, extension: 1}]}
                extensions: [{name: x, extension: {from: first}}]
                unknown: {from: first}
                """);
        Kubeconfig second = Kubeconfig.parse("""
                preferences: {colors: true, extensions: [{name: a, extension: 2}, {name: b, extension: 3}]}
                extensions: [{name: z, extension: {from: second}}, {name: x, extension: {from: second}}]
                unknown: {from: second}
                other: [second]
                """);

        assertThat(first.merge(second)).isEqualTo(Kubeconfig.parse("""
                        preferences: {colors: true, extensions: [{name: a, extension: 1}, {name: b, extension: 3}]}
                        extensions: [{name: x, extension: {from: first}}, {name: z, extension: {from: second}}]
                        unknown: {from: first}
                        other: [second]
                        """));
    }
}
