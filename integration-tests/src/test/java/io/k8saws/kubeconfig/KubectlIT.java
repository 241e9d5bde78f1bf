package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.k8saws.error.ConflictException;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.Testbed;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kubectl itself is asked for each rule: what it reads and refuses, what it makes of our files, and where it puts a change. */
@DisplayName("kubectl and we take the same files for the same")
@Tag("machines") // kubectl is one of the machines' programs
class KubectlIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A file of the list that is not there. */
    private static final String MISSING = "missing";

    /** Nobody listens there: who gets as far as that has found nothing to refuse. */
    private static final String NOBODY = "127.0.0.1:1";

    @TempDir
    Path dir;

    // --- running kubectl ---

    private record Answer(int code, String text, String errors) {
        boolean good() {
            return code == 0;
        }

        JsonNode json() {
            assertThat(code).as(errors).isZero();
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new UncheckedIOException(text, e);
            }
        }
    }

    private Answer kubectl(Map<String, String> environment, List<String> arguments) {
        List<String> line = new ArrayList<>(List.of(Testbed.program("kubectl").toString()));
        line.addAll(arguments);
        try {
            Path out = Files.createTempFile(dir, "kubectl", ".out");
            Path err = Files.createTempFile(dir, "kubectl", ".err");
            ProcessBuilder builder = new ProcessBuilder(line)
                    .directory(Files.createDirectories(dir.resolve("elsewhere")).toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().remove("KUBECONFIG");
            builder.environment().put("HOME", home().toString());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("kubectl ends").isTrue();
            Answer answer = new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Answer kubectl(List<Path> files, String... arguments) {
        return kubectl(
                Map.of(
                        "KUBECONFIG",
                        files.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator))),
                List.of(arguments));
    }

    private JsonNode view(List<Path> files, String... more) {
        List<String> arguments = new ArrayList<>(List.of("config", "view", "--raw", "-o", "json"));
        arguments.addAll(List.of(more));
        return kubectl(files, arguments.toArray(String[]::new)).json();
    }

    /** What kubectl makes of a kubeconfig of ours. */
    private JsonNode view(Kubeconfig config) throws IOException {
        Path file = Files.createTempDirectory(dir, "saved").resolve("config");
        config.save(file);
        return view(List.of(file));
    }

    private Path home() {
        return dir.resolve("home");
    }

    private Path file(String name, String content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** Each in a folder of its own. */
    private List<Path> files(String folder, String... contents) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String content : contents) {
            String name = folder + "/" + files.size() + "/config";
            files.add(content.equals(MISSING) ? dir.resolve(name) : file(name, content));
        }
        return files;
    }

    // --- what a kubeconfig says, in the words of either ---

    private static List<String> told(Kubeconfig config) {
        List<String> lines = new ArrayList<>();
        lines.add("current " + config.currentContext().orElse(""));
        config.clusters()
                .forEach(c -> lines.add(String.join(
                        " | ",
                        "cluster " + c.name(),
                        c.server().orElse(""),
                        c.tlsServerName().orElse(""),
                        c.certificateAuthority().map(KubectlIT::told).orElse(""),
                        c.proxyUrl().orElse(""),
                        c.insecureSkipTlsVerify() + " " + c.disableCompression())));
        config.users()
                .forEach(u ->
                        lines.add("user " + u.name() + " | " + u.impersonates().orElse("") + " | "
                                + u.credentials().stream().map(KubectlIT::told).toList()));
        config.contexts()
                .forEach(c -> lines.add(String.join(
                        " | ",
                        "context " + c.name(),
                        c.cluster().orElse(""),
                        c.user().orElse(""),
                        c.namespace().orElse(""))));
        return lines.stream().sorted().toList();
    }

    private static String told(PemSource source) {
        return source instanceof PemSource.Inline inline
                ? "inline " + inline.base64()
                : "file " + ((PemSource.InFile) source).path();
    }

    private static String told(Credentials credentials) {
        if (credentials instanceof Credentials.ClientCertificate c) {
            return "certificate " + told(c.certificate()) + " " + told(c.key());
        } else if (credentials instanceof Credentials.TokenFile f) {
            return "token file " + f.path();
        } else if (credentials instanceof Credentials.Token t) {
            return "token " + t.value();
        } else if (credentials instanceof Credentials.Basic b) {
            return "basic " + b.username() + ":" + b.password();
        } else if (credentials instanceof Credentials.Exec e) {
            return String.join(
                    " ",
                    "exec",
                    e.apiVersion(),
                    e.command(),
                    e.args().toString(),
                    new TreeMap<>(e.env()).toString(),
                    e.interactiveMode().map(InteractiveMode::spelling).orElse(""),
                    "" + e.provideClusterInfo(),
                    e.installHint().orElse(""));
        }
        return "auth provider " + ((Credentials.AuthProvider) credentials).name();
    }

    private static List<String> told(JsonNode view) {
        List<String> lines = new ArrayList<>();
        lines.add("current " + text(view, "current-context"));
        for (JsonNode entry : view.path("clusters")) {
            JsonNode c = entry.path("cluster");
            lines.add(String.join(
                    " | ",
                    "cluster " + text(entry, "name"),
                    text(c, "server"),
                    text(c, "tls-server-name"),
                    pem(c, "certificate-authority"),
                    text(c, "proxy-url"),
                    c.path("insecure-skip-tls-verify").asBoolean() + " "
                            + c.path("disable-compression").asBoolean()));
        }
        for (JsonNode entry : view.path("users")) {
            JsonNode u = entry.path("user");
            lines.add("user " + text(entry, "name") + " | " + text(u, "as") + " | " + credentials(u));
        }
        for (JsonNode entry : view.path("contexts")) {
            JsonNode c = entry.path("context");
            lines.add(String.join(
                    " | ",
                    "context " + text(entry, "name"),
                    text(c, "cluster"),
                    text(c, "user"),
                    text(c, "namespace")));
        }
        return lines.stream().sorted().toList();
    }

    private static List<String> credentials(JsonNode user) {
        List<String> found = new ArrayList<>();
        if (!pem(user, "client-certificate").isEmpty()
                && !pem(user, "client-key").isEmpty()) {
            found.add("certificate " + pem(user, "client-certificate") + " " + pem(user, "client-key"));
        }
        if (!text(user, "tokenFile").isEmpty()) {
            found.add("token file " + text(user, "tokenFile"));
        }
        if (!text(user, "token").isEmpty()) {
            found.add("token " + text(user, "token"));
        }
        if (!(text(user, "username") + text(user, "password")).isEmpty()) {
            found.add("basic " + text(user, "username") + ":" + text(user, "password"));
        }
        JsonNode exec = user.path("exec");
        if (exec.isObject()) {
            Map<String, String> env = new TreeMap<>();
            exec.path("env").forEach(one -> env.put(text(one, "name"), text(one, "value")));
            found.add(String.join(
                    " ",
                    "exec",
                    text(exec, "apiVersion"),
                    text(exec, "command"),
                    StreamSupport.stream(exec.path("args").spliterator(), false)
                            .map(JsonNode::asText)
                            .toList()
                            .toString(),
                    env.toString(),
                    text(exec, "interactiveMode"),
                    "" + exec.path("provideClusterInfo").asBoolean(),
                    text(exec, "installHint")));
        }
        if (user.path("auth-provider").isObject()) {
            found.add("auth provider " + text(user.path("auth-provider"), "name"));
        }
        return found;
    }

    private static String pem(JsonNode body, String key) {
        String inline = text(body, key + "-data");
        String file = text(body, key);
        return !inline.isEmpty() ? "inline " + inline : !file.isEmpty() ? "file " + file : "";
    }

    private static String text(JsonNode owner, String key) {
        return owner.path(key).asText("");
    }

    // --- reading ---

    private static final String FARM = """
            clusters: [{name: cow, cluster: {server: "http://cow.org:8080"}}]
            users: [{name: red, user: {token: red-token}}]
            contexts: [{name: federal, context: {cluster: cow, user: red, namespace: hammer}}]
            """;
    private static final String OTHER_FARM = """
            clusters:
            - {name: cow, cluster: {server: "http://different.org", insecure-skip-tls-verify: true, disable-compression: true}}
            - {name: donkey, cluster: {server: "http://donkey.org", tls-server-name: ass, proxy-url: "socks5://stable:1080"}}
            users:
            - {name: red, user: {token: another, client-certificate: /x.crt, client-key: /x.key}}
            - {name: yellow, user: {username: yellow, password: pw, as: root}}
            contexts:
            - {name: federal, context: {cluster: donkey, user: yellow}}
            - {name: queen, context: {cluster: donkey, user: red}}
            current-context: federal
            """;

    static Stream<Arguments> severalFiles() {
        return Stream.of(
                arguments("the first of two entries with one name counts, as a whole", List.of(FARM, OTHER_FARM)),
                arguments("the other way round", List.of(OTHER_FARM, FARM)),
                arguments("an empty entry counts, too", List.of("""
                        clusters: [{name: cow}]
                        users: [{name: red, user: {}}]
                        contexts: [{name: federal, context: {namespace: first}}]
                        """, OTHER_FARM)),
                arguments(
                        "a context of one file, its cluster of another, its user of a third",
                        List.of("""
                        contexts: [{name: k, context: {cluster: donkey, user: red}}]
                        current-context: k
                        """, FARM, OTHER_FARM)),
                arguments(
                        "the first current context that is chosen",
                        List.of("current-context: ''", "kind: Config", "current-context: queen", OTHER_FARM)),
                arguments("one that no context has", List.of("current-context: nobody", OTHER_FARM)),
                arguments("missing files are left out", List.of(MISSING, FARM, MISSING, OTHER_FARM, MISSING)),
                arguments("all are missing", List.of(MISSING, MISSING)),
                arguments("empty files", List.of("", "# nothing\n", FARM)),
                arguments("preferences and extensions are joined", List.of("""
                        preferences: {colors: false, extensions: [{name: a, extension: {n: 1}}]}
                        extensions: [{name: x, extension: {from: first}}]
                        """, """
                        preferences: {colors: true, extensions: [{name: a, extension: {n: 2}}, {name: b, extension: {n: 3}}]}
                        extensions: [{name: z, extension: {from: second}}, {name: x, extension: {from: second}}]
                        """, FARM)),
                arguments("credentials beside each other", List.of("""
                        clusters: [{name: c, cluster: {server: s, certificate-authority: /ca, certificate-authority-data: YWJj}}]
                        users:
                        - name: all
                          user:
                            client-certificate: /crt
                            client-certificate-data: YWJj
                            client-key: /key
                            client-key-data: ZGVm
                            token: t
                            tokenFile: /t
                            username: u
                            password: p
                            exec: {apiVersion: client.authentication.k8s.io/v1, command: c}
                            auth-provider: {name: gcp, config: {k: v}}
                        - {name: halves, user: {client-certificate: /crt, client-key-data: ZGVm, username: only}}
                        - {name: none}
                        contexts: [{name: k, context: {cluster: c, user: all}}]
                        """)),
                arguments("plugins", List.of("""
                        users:
                        - name: full
                          user:
                            exec:
                              apiVersion: client.authentication.k8s.io/v1
                              command: aws
                              args: [eks, get-token, "12"]
                              env: [{name: AWS_PROFILE, value: dev}, {name: EMPTY, value: ""}]
                              installHint: |
                                brew install
                                awscli
                              provideClusterInfo: true
                              interactiveMode: Never
                        - {name: beta, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: c, args: null}}}
                        - {name: alpha, user: {exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: c, env: []}}}
                        - {name: v1, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: c}}}
                        """)),
                arguments("anchors and merge keys", List.of("""
                        x-base: &base {server: s, disable-compression: true}
                        clusters:
                        - {name: a, cluster: *base}
                        - {name: b, cluster: {<<: *base, server: t}}
                        - {name: c, cluster: {<<: [{proxy-url: "http://p"}, *base]}}
                        """)),
                arguments("texts over several lines", List.of("""
                        users:
                        - name: folded
                          user: {token: "a
                              b\\
                              c"}
                        - name: block
                          user:
                            token: >-
                              a
                              b
                            password: |
                              c
                        """)),
                arguments("JSON", List.of("""
                        {"kind":"Config","apiVersion":"v1","clusters":[{"name":"a","cluster":{"server":"https://x"}}],"users":null}
                        """)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("severalFiles")
    void filesSayTheSame(String name, List<String> contents) throws IOException {
        List<Path> files = files("read", contents.toArray(String[]::new));
        JsonNode theirs = view(files);

        Kubeconfig ours = Kubeconfig.load(files);

        assertThat(told(ours)).isEqualTo(told(theirs));
        assertThat(view(ours)).as("all that kubectl knows").isEqualTo(theirs);
        Answer current = kubectl(files, "config", "current-context");
        assertThat(ours.currentContext())
                .isEqualTo(current.good() ? Optional.of(current.text().strip()) : Optional.empty());
        assertThat(ours.contexts().stream().map(ContextEntry::name).sorted())
                .isEqualTo(kubectl(files, "config", "get-contexts", "-o", "name")
                        .text()
                        .lines()
                        .toList());
        assertThat(kubectl(files, "config", "get-contexts", "--no-headers")
                        .text()
                        .lines()
                        .filter(line -> line.startsWith("*"))
                        .map(line -> line.split(" +")[1]))
                .as("the current one, if it is there")
                .isEqualTo(ours.currentContext().flatMap(ours::context).stream()
                        .map(ContextEntry::name)
                        .toList());
        minified(files, ours);
    }

    /** Each context, and one that is not there. */
    private void minified(List<Path> files, Kubeconfig ours) throws IOException {
        List<String> contexts =
                new ArrayList<>(ours.contexts().stream().map(ContextEntry::name).toList());
        contexts.add("not-there");
        for (String context : contexts) {
            Answer theirs = kubectl(files, "config", "view", "--raw", "-o", "json", "--minify", "--context", context);
            Optional<Kubeconfig> small = accepted(() -> ours.minify(context));
            assertThat(small.isPresent()).as(context + ": " + theirs.errors()).isEqualTo(theirs.good());
            if (small.isPresent()) {
                assertThat(view(small.get())).isEqualTo(theirs.json());
            }
        }
    }

    private interface Reading {
        Kubeconfig get();
    }

    private static Optional<Kubeconfig> accepted(Reading reading) {
        try {
            return Optional.of(reading.get());
        } catch (InvalidSpecException e) {
            return Optional.empty();
        }
    }

    /** What KUBECONFIG may be, with CONFIGS in the place of a folder. */
    @ParameterizedTest
    @ValueSource(strings = {"not set", "", ":", "CONFIGS/a", "CONFIGS/a:CONFIGS/b", ":CONFIGS/b::CONFIGS/a:CONFIGS/b:"})
    void theEnvironmentNamesTheSameFiles(String variable) throws IOException {
        file("home/.kube/config", "current-context: home");
        file("configs/a", "current-context: a\nusers: [{name: u, user: {token: a}}]");
        file("configs/b", "current-context: b\nusers: [{name: u, user: {token: b}}]");
        Map<String, String> environment = variable.equals("not set")
                ? Map.of()
                : Map.of(
                        "KUBECONFIG",
                        variable.replace("CONFIGS", dir.resolve("configs").toString()));

        assertThat(told(Kubeconfig.fromEnvironment(environment, home())))
                .isEqualTo(told(kubectl(environment, List.of("config", "view", "--raw", "-o", "json"))
                        .json()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind: Pod",
                "apiVersion: v2",
                "hello",
                "[a]",
                "][",
                "users:\n- name: 'u\n",
                "\tusers: []",
                "current-context: 12",
                "current-context: y",
                "clusters: {a: b}",
                "users: [u]",
                "clusters: [{name: c}, {name: c}]",
                "users: [{name: c}, {name: c}]",
                "contexts: [{name: c}, {name: c}]",
                "extensions: [{name: c, extension: {a: 1}}, {name: c}]",
                "preferences: {extensions: [{name: c, extension: {a: 1}}, {name: c}]}",
                "users: [{name: c, user: {token: \"a\u007f\"}}]",
                "# a\u007f",
                "clusters: [{}, {}]",
                "clusters: [{name: 5}]",
                "clusters: [{name: c, cluster: [a]}]",
                "clusters: [{name: c, cluster: {server: 1}}]",
                "clusters: [{name: c, cluster: {insecure-skip-tls-verify: 'true'}}]",
                "clusters: [{name: c, cluster: {certificate-authority-data: YWJ}}]",
                "clusters: [{name: c, cluster: {certificate-authority-data: '$!'}}]",
                "contexts: [{name: c, context: {namespace: on}}]",
                "contexts: [{name: c, context: {namespace: 12}}]",
                "users: [{name: c, user: {token: 12345}}]",
                "users: [{name: c, user: {token: [a]}}]",
                "users: [{name: c, user: {exec: {command: 1}}}]",
                "users: [{name: c, user: {exec: {args: [1]}}}]",
                "users: [{name: c, user: {exec: {env: [a]}}}]",
                "users: [{name: c, user: {as-groups: a}}]",
                "users: [{name: c, user: {as-user-extra: {k: v}}}]",
                "users: [{name: c, user: {auth-provider: {config: {k: 1}}}}]",
                "preferences: {colors: 1}",
            })
    void bothRefuseToRead(String yaml) throws IOException {
        Path file = file("refused", yaml);
        Path good = file("good", FARM);

        Answer theirs = kubectl(List.of(file), "config", "view");

        assertThat(theirs.good()).as(theirs.text()).isFalse();
        assertThatThrownBy(() -> Kubeconfig.parse(yaml)).isInstanceOf(InvalidSpecException.class);
        assertThat(kubectl(List.of(good, file), "config", "view").good())
                .as("among others")
                .isFalse();
        assertThatThrownBy(() -> Kubeconfig.load(List.of(good, file))).isInstanceOf(InvalidSpecException.class);
        assertThat(kubectl(List.of(file), "config", "set-context", "new").good())
                .as("to write")
                .isFalse();
        assertThatThrownBy(() -> KubeconfigFiles.of(List.of(file)).modify(c -> c.withContext("new", k -> k)))
                .isInstanceOf(InvalidSpecException.class);
        assertThat(file).hasContent(yaml);
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
                "\uFEFFkind: Config",
                "kind: ''\napiVersion: ''",
                "unknown: [1]",
                "clusters: [{}]",
                "clusters: [{name: '', cluster: {server: s}}]",
                "clusters: [{name: c, cluster: {certificate-authority-data: ''}}]",
                "clusters: [{name: c, cluster: {insecure-skip-tls-verify: no, disable-compression: yes}}]",
                "clusters: [{name: c, cluster: {insecure-skip-tls-verify: null}}]",
                "clusters: [{name: c, cluster: {certificate-authority-data: \"YW\\nJj\"}}]",
                "users: [{name: c, user: {as: a, as-uid: '1', as-groups: [g], as-user-extra: {k: [v]}}}]",
                "users: [{name: c, user: {exec: {}}}]",
                "users: [{name: c, user: {token: \"\\u00e4\\U0001F600\"}}]",
            })
    void bothReadTheSame(String yaml) throws IOException {
        Path file = file("read", yaml);
        JsonNode theirs = view(List.of(file));

        Kubeconfig ours = Kubeconfig.load(file);

        assertThat(told(ours)).isEqualTo(told(theirs));
        assertThat(view(ours)).isEqualTo(theirs);
    }

    /** Words that some reader of YAML takes for something else. */
    private static List<String> words() {
        return Stream.of(
                        "12345 0 -0 007 08 0777 0o17 0o8 0b11 0b2 0x1F 0xG 1_000 _1 1_ -5 +5 - + 1. .5 . 1e3 433e40 1e 12e-4 1.5e3 .e3 - --",
                        ".inf -.Inf +.INF .nan .NaN inf nan 9223372036854775808 18446744073709551616 -9223372036854775809 0x1p4",
                        "y Y yes Yes YES yEs n N no No NO on On ON oN off Off OFF true True TRUE tRUE false False FALSE",
                        "~ null Null NULL nULL nil None none 12:30 1:2:3 190:20:30 2001-01-01 2001-01-01T10:00:00Z 2001-1-1 = <<",
                        "a.b a-b a:b a#b a=b <a 1a 1.2.3 1,000 v1 e3 1e3e 0x 0_7 0b1_0 1__0 +0x1F -0b1 -0o7 +.5 5.e1 .1_0 +_1 -_1 ._1 _ __1 1_.5 _0x1 +_ 1e_3 0_b1 .5_ -. _.5 -.inf_ .i_nf +_.5 0x_1 0_x1 ~_ 0_ 0o_7 0b_ 1_e3 .1__0 .n_an")
                .flatMap(line -> Stream.of(line.split(" ")))
                .distinct()
                .toList();
    }

    @Test
    void wordsWithoutQuotesMeanTheSame() throws IOException {
        Map<String, String> theirs = new LinkedHashMap<>();
        Map<String, String> ours = new LinkedHashMap<>();
        for (String word : words()) {
            String yaml = "users:\n- name: u\n  user:\n    token: " + word + "\n";
            Answer answer = kubectl(List.of(file("word", yaml)), "config", "view", "--raw", "-o", "json");
            theirs.put(word, answer.good() ? told(answer.json()).toString() : "refused");
            ours.put(
                    word,
                    accepted(() -> Kubeconfig.parse(yaml))
                            .map(config -> told(config).toString())
                            .orElse("refused"));
        }

        assertThat(ours).containsExactlyEntriesOf(theirs);
        assertThat(theirs).containsEntry("12345", "refused").containsValue("[current , user u |  | [token a.b]]");
    }

    @Test
    void textsThatWeWriteComeBack() throws IOException {
        List<String> texts = new ArrayList<>(words());
        texts.addAll(List.of(
                "a b",
                " a",
                "a ",
                "a: b",
                "a #b",
                "#a",
                "- a",
                "? a",
                "a:",
                ":a",
                "{a}",
                "[a]",
                "*a",
                "&a",
                "!a",
                "%a",
                "@a",
                "`a`",
                "|",
                ">",
                "'",
                "\"",
                "a'b",
                "a\"b",
                "\\",
                "a\\n",
                "a\nb",
                "a\n",
                "\na",
                "a\n\nb\n",
                "\t",
                "a\tb",
                "---",
                "...",
                "--- a",
                "ä",
                "😀",
                "\u0085",
                "\u2028",
                "\u00a0",
                "\ufeffa",
                "a\rb",
                "a\r\nb",
                "\u0007",
                "\u007f",
                "x".repeat(5000),
                ("long words " + "and more ").repeat(50),
                "$HOME",
                "${A}",
                "{{a}}"));
        Kubeconfig config = Kubeconfig.empty();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            config = config.withUser("user-" + i, u -> u.withCredentials(Credentials.token(text)))
                    .withContext(text, k -> k.withNamespace(text));
        }

        JsonNode theirs = view(config);

        Map<String, String> tokens = new TreeMap<>();
        theirs.path("users").forEach(u -> tokens.put(text(u, "name"), text(u.path("user"), "token")));
        assertThat(IntStream.range(0, texts.size()).mapToObj(i -> tokens.get("user-" + i)))
                .containsExactlyElementsOf(texts);
        assertThat(StreamSupport.stream(theirs.path("contexts").spliterator(), false)
                        .map(k -> text(k, "name")))
                .containsExactlyInAnyOrderElementsOf(texts);
        assertThat(told(config)).isEqualTo(told(theirs));
    }

    // --- using ---

    private static final String USABLE = """
            clusters:
            - {name: c, cluster: {server: "https://127.0.0.1:1", CLUSTER}}
            users:
            - {name: u, user: {USER}}
            contexts:
            - {name: k, context: {CONTEXT}}
            """;

    static Stream<Arguments> uses() {
        String plugin = "exec: {apiVersion: client.authentication.k8s.io/v1, command: PLUGIN, interactiveMode: Never";
        String both = "cluster: c, user: u";
        return Stream.of(
                arguments(true, "", "token: t", both),
                arguments(true, "insecure-skip-tls-verify: true", "username: a, password: b", both),
                arguments(true, "proxy-url: ''", "token: t", both),
                arguments(true, "", plugin + "}", both),
                arguments(true, "", "token: t, as: a, as-groups: [g], as-uid: '1', as-user-extra: {k: [v]}", both),
                arguments(true, "", "token: t, tokenFile: TOKEN", both),
                arguments(true, "", "token: t", both + ", namespace: ns"),
                arguments(false, "", "token: t, username: a", both),
                arguments(false, "", "token: t, password: b", both),
                arguments(false, "", "token: t, as-groups: [g]", both),
                arguments(false, "", "token: t, as-uid: '1'", both),
                arguments(false, "", "token: t, as-user-extra: {k: [v]}", both),
                arguments(false, "", "client-certificate-data: YWJj", both),
                arguments(
                        false,
                        "",
                        "client-certificate: /not-there, client-certificate-data: YWJj, client-key-data: YWJj",
                        both),
                arguments(false, "", "exec: {command: PLUGIN, interactiveMode: Never}", both),
                arguments(
                        false, "", "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}", both),
                arguments(false, "", "exec: {apiVersion: client.authentication.k8s.io/v1, command: PLUGIN}", both),
                arguments(false, "", plugin.replace("Never", "Sometimes") + "}", both),
                arguments(false, "", plugin + ", env: [{value: v}]}", both),
                arguments(false, "", plugin + "}, auth-provider: {name: gcp}", both),
                arguments(false, "server: ''", "token: t", both),
                arguments(false, "certificate-authority: /ca, certificate-authority-data: YWJj", "token: t", both),
                arguments(false, "insecure-skip-tls-verify: true, certificate-authority-data: YWJj", "token: t", both),
                arguments(false, "proxy-url: 'ftp://p'", "token: t", both),
                arguments(false, "proxy-url: 'p:80'", "token: t", both),
                arguments(false, "", "token: t", "cluster: gone, user: u"),
                arguments(false, "", "token: t", "cluster: c, user: gone"));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void bothUseOrRefuse(boolean usable, String cluster, String user, String context) throws IOException {
        Path plugin = plugin("plugin", "t");
        String server = cluster.startsWith("server:") ? cluster : "server: \"https://" + NOBODY + "\", " + cluster;
        String yaml = USABLE.replaceFirst("server: .*CLUSTER", server)
                .replace("USER", user)
                .replace("CONTEXT", context)
                .replace("PLUGIN", plugin.toString())
                .replace("TOKEN", file("token", "t").toString());

        Kubeconfig ours = Kubeconfig.parse(yaml);
        Answer theirs = kubectl(List.of(file("used", yaml)), "get", "--raw", "/x", "--context", "k");

        assertThat(theirs.good()).isFalse();
        assertThat(theirs.errors().contains(NOBODY))
                .as("kubectl tries to connect: " + theirs.errors())
                .isEqualTo(usable);
        assertThat(accepted(() -> ours.requireUsable("k")).isPresent())
                .as(ours.violations().toString())
                .isEqualTo(usable);
    }

    private Path plugin(String name, String token) throws IOException {
        Path plugin = file(name, """
                #!/bin/sh
                echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}'
                """.formatted(token));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
        return plugin;
    }

    /** Certificates, token files and plugins are found beside the file that names them, wherever kubectl and we run. */
    @Test
    void relativePathsMeanTheSame(@ApiServer KubernetesApi kubernetes) throws IOException {
        Kubeconfig given = Kubeconfig.parse(kubernetes.kubeconfig());
        ClusterEntry cluster = given.clusters().get(0);
        Credentials.Token token =
                (Credentials.Token) given.users().get(0).credentials().get(0);
        file("one/pki/ca.crt", "").toFile();
        Files.write(
                dir.resolve("one/pki/ca.crt"),
                ((PemSource.Inline) cluster.certificateAuthority().orElseThrow()).bytes());
        file("two/token", token.value());
        plugin("two/bin/plugin", token.value());
        Path one = file("one/config", """
                clusters: [{name: c, cluster: {server: "%s", certificate-authority: pki/ca.crt}}]
                """.formatted(cluster.server().orElseThrow()));
        Path two = file("two/config", """
                users:
                - {name: file, user: {tokenFile: ./token}}
                - {name: plugin, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ../two/bin/plugin, interactiveMode: Never}}}
                contexts:
                - {name: file, context: {cluster: c, user: file}}
                - {name: plugin, context: {cluster: c, user: plugin}}
                """);
        Path absolute = dir.resolve("third/config");
        Path flat = dir.resolve("fourth/config");

        Kubeconfig ours = Kubeconfig.load(List.of(one, two));
        ours.save(absolute);
        ours.flatten().save(flat);

        for (String context : List.of("file", "plugin")) {
            for (List<Path> files : List.of(List.of(one, two), List.of(absolute), List.of(flat))) {
                Answer answer = kubectl(files, "get", "--raw", "/api", "--context", context);
                assertThat(answer.good())
                        .as(context + " of " + files + ": " + answer.errors())
                        .isTrue();
            }
        }
        assertThat(view(List.of(flat)).path("clusters"))
                .isEqualTo(view(List.of(one, two), "--flatten").path("clusters"));
        assertThat(view(List.of(one, two)).toString()).contains("pki/ca.crt", "./token", "../two/bin/plugin");
        assertThat(KubeconfigFiles.of(List.of(one, two)).modify(same -> same).toYaml())
                .as("to change files, as they are written")
                .contains("pki/ca.crt", "./token", "../two/bin/plugin");
    }

    // --- writing ---

    private static final String FIRST = """
            # the first file
            clusters:
            - {name: a, cluster: {server: "https://a", certificate-authority: /ca.crt, proxy-url: "http://p"}}
            users:
            - {name: u, user: {token: t1, client-certificate: /u.crt, client-key: /u.key}}
            - {name: both, user: {username: me, password: pw}}
            """;
    private static final String SECOND = """
            clusters:
            - {name: a, cluster: {server: "https://hidden"}}
            - {name: b, cluster: {server: "https://b", insecure-skip-tls-verify: true}}
            users:
            - {name: u, user: {token: hidden}}
            - {name: plugin, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: old, args: [x], interactiveMode: Always}}}
            contexts:
            - {name: k, context: {cluster: b, user: u, namespace: ns}}
            - {name: l, context: {cluster: a, user: plugin}}
            current-context: k
            """;

    private record Change(String line, UnaryOperator<Kubeconfig> ours) {
        @Override
        public String toString() {
            return line;
        }
    }

    static Stream<Change> changes() {
        Credentials.Exec exec = Credentials.exec("new", "one", "two").withEnv("K", "V");
        return Stream.of(
                new Change(
                        "set-cluster new --server=https://new",
                        x -> x.withCluster("new", c -> c.withServer("https://new"))),
                new Change(
                        "set-cluster a --server=https://other",
                        x -> x.withCluster("a", c -> c.withServer("https://other"))),
                new Change(
                        "set-cluster a --tls-server-name=name",
                        x -> x.withCluster("a", c -> c.withTlsServerName("name"))),
                new Change(
                        "set-cluster a --proxy-url=http://q", x -> x.withCluster("a", c -> c.withProxyUrl("http://q"))),
                new Change(
                        "set-cluster b --certificate-authority=PEM",
                        x -> x.withCluster("b", c -> c.withCertificateAuthority(PemSource.file(Path.of("PEM"))))),
                new Change(
                        "set-cluster a --certificate-authority=PEM --embed-certs=true",
                        x -> x.withCluster("a", c -> c.withCertificateAuthority(PemSource.inline("pem")))),
                new Change(
                        "set-cluster a --insecure-skip-tls-verify=true",
                        x -> x.withCluster("a", c -> c.withInsecureSkipTlsVerify(true))),
                new Change(
                        "set-credentials new --token=12345",
                        x -> x.withUser("new", u -> u.withCredentials(Credentials.token("12345")))),
                new Change(
                        "set-credentials u --token=t2",
                        x -> x.withUser("u", u -> u.withCredentials(Credentials.token("t2")))),
                new Change(
                        "set-credentials both --token=t2",
                        x -> x.withUser("both", u -> u.withCredentials(Credentials.token("t2")))),
                new Change(
                        "set-credentials u --username=me --password=no",
                        x -> x.withUser("u", u -> u.withCredentials(new Credentials.Basic("me", "no")))),
                new Change(
                        "set-credentials u --client-certificate=PEM --client-key=PEM --embed-certs=true",
                        x -> x.withUser(
                                "u",
                                u -> u.withCredentials(Credentials.clientCertificate(
                                        PemSource.inline("pem"), PemSource.inline("pem"))))),
                new Change(
                        "set-credentials new --exec-command=new --exec-api-version=client.authentication.k8s.io/v1"
                                + " --exec-arg=one --exec-arg=two --exec-env=K=V --exec-interactive-mode=IfAvailable",
                        x -> x.withUser("new", u -> u.withCredentials(exec))),
                new Change(
                        "set-credentials plugin --exec-command=new --exec-api-version=client.authentication.k8s.io/v1"
                                + " --exec-arg=one --exec-arg=two --exec-env=K=V --exec-interactive-mode=Never",
                        x -> x.withUser(
                                "plugin", u -> u.withCredentials(exec.withInteractiveMode(InteractiveMode.NEVER)))),
                new Change(
                        "set-context new --cluster=a --user=u --namespace=on",
                        x -> x.withContext(
                                "new", k -> k.withCluster("a").withUser("u").withNamespace("on"))),
                new Change("set-context k --user=both", x -> x.withContext("k", k -> k.withUser("both"))),
                new Change(
                        "set-context k --namespace=elsewhere",
                        x -> x.withContext("k", k -> k.withNamespace("elsewhere"))),
                new Change("use-context l", x -> x.withCurrentContext("l")),
                new Change("use-context k", x -> x.withCurrentContext("k")),
                new Change("unset current-context", Kubeconfig::withoutCurrentContext),
                new Change("delete-cluster a", x -> x.withoutCluster("a")),
                new Change("delete-cluster b", x -> x.withoutCluster("b")),
                new Change("delete-user u", x -> x.withoutUser("u")),
                new Change("delete-context k", x -> x.withoutContext("k")));
    }

    /** The same files for both; each changes them, and kubectl and we look at what has become of either. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aChangeGoesToTheSamePlace(Change change) throws IOException {
        Path pem = file("pem", "pem");
        List<Path> theirs = files("theirs", MISSING, FIRST, SECOND);
        List<Path> ours = files("ours", MISSING, FIRST, SECOND);

        Answer answer = kubectl(theirs, ("config " + change.line().replace("PEM", pem.toString())).split(" "));
        Kubeconfig after =
                KubeconfigFiles.of(ours).modify(config -> withPem(change.ours().apply(config), pem));

        assertThat(answer.good()).as(answer.errors()).isTrue();
        assertThat(Files.exists(theirs.get(0))).isEqualTo(Files.exists(ours.get(0)));
        for (int i = 1; i < theirs.size(); i++) {
            assertThat(view(List.of(ours.get(i)))).as("file " + i).isEqualTo(view(List.of(theirs.get(i))));
        }
        assertThat(told(Kubeconfig.load(theirs))).isEqualTo(told(view(theirs))).isEqualTo(told(after));
        assertThat(told(Kubeconfig.load(ours))).isEqualTo(told(view(ours)));
    }

    private static Kubeconfig withPem(Kubeconfig config, Path pem) {
        return config.clusters().stream()
                .filter(c -> c.certificateAuthority().orElse(null) instanceof PemSource.InFile f
                        && f.path().endsWith("PEM"))
                .map(ClusterEntry::name)
                .findFirst()
                .map(name -> config.withCluster(name, c -> c.withCertificateAuthority(PemSource.file(pem))))
                .orElse(config);
    }

    /** Where nothing is there yet, both begin in the same file. */
    @Test
    void theFirstEntryGoesIntoTheSameNewFile() throws IOException {
        List<Path> theirs = files("theirs", MISSING, MISSING);
        List<Path> ours = files("ours", MISSING, MISSING);

        kubectl(theirs, "config", "set-cluster", "c", "--server=https://c");
        KubeconfigFiles.of(ours).modify(x -> x.withCluster("c", c -> c.withServer("https://c")));

        assertThat(theirs.get(0)).doesNotExist();
        assertThat(ours.get(0)).doesNotExist();
        assertThat(view(ours.subList(1, 2))).isEqualTo(view(theirs.subList(1, 2)));
        assertThat(Files.getPosixFilePermissions(ours.get(1))).isEqualTo(Files.getPosixFilePermissions(theirs.get(1)));
    }

    @Test
    void aWholeFileOfOursIsReadAsItIsMeant() throws IOException {
        Kubeconfig config = Kubeconfig.empty()
                .withCluster("prod", c -> c.withServer("https://api.example.com:6443")
                        .withTlsServerName("api")
                        .withCertificateAuthority(PemSource.inline("authority"))
                        .withProxyUrl("socks5://p:1080")
                        .withDisableCompression(true))
                .withUser("anna", u -> u.withCredentials(
                                Credentials.clientCertificate(PemSource.inline("crt"), PemSource.inline("key")))
                        .withCredentials(Credentials.token("433e40"))
                        .withCredentials(new Credentials.TokenFile(Path.of("/run/token"))))
                .withUser(
                        "robot",
                        u -> u.withCredentials(Credentials.exec("aws", "eks", "get-token")
                                .withEnv("AWS_PROFILE", "on")
                                .withInteractiveMode(InteractiveMode.NEVER)
                                .withProvideClusterInfo(true)
                                .withInstallHint("brew install awscli")))
                .withContext("0777", k -> k.withCluster("prod").withUser("anna").withNamespace("12"))
                .withCurrentContext("0777");
        Path file = dir.resolve("whole");
        config.save(file);

        assertThat(told(view(List.of(file)))).isEqualTo(told(config)).contains("context 0777 | prod | anna | 12");
        assertThat(kubectl(List.of(file), "config", "rename-context", "0777", "yes")
                        .good())
                .isTrue();
        assertThat(told(Kubeconfig.load(file)))
                .isEqualTo(told(view(List.of(file))))
                .contains("current yes");
    }

    /** A lock of one keeps the other out, so nobody's change is lost. */
    @Test
    void bothHeedTheSameLock() throws Exception {
        List<Path> files = files("shared", FIRST);
        Path lock = Files.createFile(files.get(0).resolveSibling("config.lock"));

        assertThat(kubectl(files, "config", "set-context", "x").good()).isFalse();
        assertThatThrownBy(() -> KubeconfigFiles.of(files).modify(x -> x.withoutCluster("a")))
                .isInstanceOf(ConflictException.class);
        Files.delete(lock);

        int changes = 12;
        CompletableFuture<Void> theirs = CompletableFuture.runAsync(() -> IntStream.range(0, changes)
                .forEach(i -> insist(() ->
                        kubectl(files, "config", "set-context", "theirs-" + i).good())));
        IntStream.range(0, changes)
                .forEach(i -> insist(() -> {
                    KubeconfigFiles.of(files).modify(x -> x.withContext("ours-" + i, k -> k));
                    return true;
                }));
        theirs.get(1, TimeUnit.MINUTES);

        assertThat(Kubeconfig.load(files).contexts())
                .extracting(ContextEntry::name)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                IntStream.range(0, changes).mapToObj(i -> "theirs-" + i),
                                IntStream.range(0, changes).mapToObj(i -> "ours-" + i))
                        .toList());
    }

    /** Until the lock is free, with a pause after each try that leaves it to the other. */
    private static void insist(BooleanSupplier change) {
        for (int i = 0; i < 200; i++) {
            boolean done = false;
            try {
                done = change.getAsBoolean();
            } catch (ConflictException e) {
                // the other has the lock
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            if (done) {
                return;
            }
        }
        throw new AssertionError("the lock was never free");
    }

    // --- where we differ on purpose: both sides of each row of the page ---

    @Test
    void unknownFieldsCommentsAndOrderStayWithUs() throws IOException {
        String content = """
                # mine
                users: [{name: u, user: {token: t, x-mine: {a: 1}}, note: hello}] # his
                x-top: [1, 2]
                clusters: [{name: c, cluster: {server: s}}]
                """;
        Path ours = file("ours", content);
        Path theirs = file("theirs", content);

        KubeconfigFiles.of(List.of(ours))
                .modify(x -> x.withContext("k", k -> k.withCluster("c").withUser("u")));
        kubectl(List.of(theirs), "config", "set-context", "k", "--cluster=c", "--user=u");

        assertThat(view(List.of(ours))).isEqualTo(view(List.of(theirs)));
        assertThat(Files.readString(ours))
                .contains("# mine", "# his", "x-mine", "note: hello", "x-top")
                .startsWith("# mine\nusers:");
        assertThat(Files.readString(theirs))
                .doesNotContain("mine", "his", "note", "x-top")
                .startsWith("apiVersion: v1\nclusters:");
    }

    @Test
    void weNarrowPermissions() throws IOException {
        Path ours = file("ours", FIRST);
        Path theirs = file("theirs", FIRST);
        for (Path file : List.of(ours, theirs)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }

        KubeconfigFiles.of(List.of(ours)).modify(x -> x.withoutUser("u"));
        kubectl(List.of(theirs), "config", "delete-user", "u");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ours)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(theirs)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void weLeavePathsAsTheyAreWritten() throws IOException {
        String content = "users: [{name: u, user: {exec: {command: ./plugin}, client-key: ./pki/../key}}]";
        Path ours = file("ours", content);
        Path theirs = file("theirs", content);

        KubeconfigFiles.of(List.of(ours)).modify(x -> x.withUser("u", u -> u.withCredentials(Credentials.token("t"))));
        kubectl(List.of(theirs), "config", "set-credentials", "u", "--token=t");

        assertThat(view(List.of(ours)).toString()).contains("\"./plugin\"", "\"./pki/../key\"");
        assertThat(view(List.of(theirs)).toString()).contains("\"plugin\"", "\"key\"");
    }

    static Stream<Arguments> endsOfInsecurity() {
        return Stream.of(
                arguments("--server=https://n", of(c -> c.withServer("https://n"))),
                arguments("--tls-server-name=n", of(c -> c.withTlsServerName("n"))),
                arguments("--proxy-url=http://n", of(c -> c.withProxyUrl("http://n"))));
    }

    private static UnaryOperator<ClusterEntry> of(UnaryOperator<ClusterEntry> change) {
        return change;
    }

    @ParameterizedTest
    @MethodSource("endsOfInsecurity")
    void aChangeOfAClusterEndsNothingElse(String flag, UnaryOperator<ClusterEntry> change) throws IOException {
        Path ours = file("ours", SECOND);
        Path theirs = file("theirs", SECOND);

        KubeconfigFiles.of(List.of(ours)).modify(x -> x.withCluster("b", change));
        kubectl(List.of(theirs), "config", "set-cluster", "b", flag);

        assertThat(Kubeconfig.load(ours).cluster("b").orElseThrow().insecureSkipTlsVerify())
                .isTrue();
        assertThat(Kubeconfig.load(theirs).cluster("b").orElseThrow().insecureSkipTlsVerify())
                .isFalse();
    }

    @Test
    void weGivePluginsAMode() throws IOException {
        Path theirs = dir.resolve("theirs");

        kubectl(
                List.of(theirs),
                "config",
                "set-credentials",
                "u",
                "--exec-command=c",
                "--exec-api-version=" + Credentials.EXEC_API_VERSION);

        assertThat(Kubeconfig.load(theirs).violations()).isNotEmpty();
        assertThat(Kubeconfig.empty()
                        .withUser("u", u -> u.withCredentials(Credentials.exec("c")))
                        .violations())
                .isEmpty();
    }

    @Test
    void readingWritesNothing() throws IOException {
        file("home/.kube/.kubeconfig", "current-context: old");

        assertThat(Kubeconfig.fromEnvironment(Map.of(), home())).isEqualTo(Kubeconfig.empty());
        assertThat(home().resolve(".kube/config")).doesNotExist();
        assertThat(kubectl(Map.of(), List.of("config", "current-context")).text())
                .isEqualTo("old\n");
        assertThat(home().resolve(".kube/config")).exists();
    }

    @Test
    void removingWhatIsNotThereIsFine() throws IOException {
        Path file = file("config", FIRST);

        assertThat(kubectl(List.of(file), "config", "delete-cluster", "gone").good())
                .isFalse();
        KubeconfigFiles.of(List.of(file)).modify(x -> x.withoutCluster("gone"));

        assertThat(file).hasContent(FIRST);
    }

    /** kubectl asks for a name and a password, takes localhost, or sends what is no namespace. */
    @ParameterizedTest
    @ValueSource(strings = {"cluster: c", "user: u", "cluster: c, user: u, namespace: A B"})
    void weRefuseContextsThatAreNotWhole(String context) throws IOException {
        String yaml = USABLE.replace("CLUSTER", "").replace("USER", "token: t").replace("CONTEXT", context);

        Answer theirs = kubectl(List.of(file("config", yaml)), "get", "--raw", "/x", "--context", "k");

        assertThat(theirs.text() + theirs.errors())
                .containsPattern("Please enter Username|localhost:8080 was refused|127.0.0.1:1 was refused");
        assertThat(accepted(() -> Kubeconfig.parse(yaml).requireUsable("k"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "current-context: a\ncurrent-context: b\n",
                "current-context: a\n---\ncurrent-context: b\n",
                "current-context: a\nextensions: [{name: c}, {name: c, extension: {a: 1}}]",
            })
    void weRefuseWhatKubectlReadsInPart(String yaml) throws IOException {
        assertThat(kubectl(List.of(file("config", yaml)), "config", "current-context")
                        .good())
                .isTrue();
        assertThatThrownBy(() -> Kubeconfig.parse(yaml)).isInstanceOf(InvalidSpecException.class);
    }
}
