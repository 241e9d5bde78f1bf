package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import io.k8saws.kubeconfig.Yaml.Scalar;
import io.k8saws.kubeconfig.Yaml.Sequence;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What makes kubectl refuse to read a file: another kind, fields of the wrong type, names that are there twice. */
final class Structure {
    private static final List<String> USER_TEXTS =
            List.of("client-certificate", "client-key", "token", "tokenFile", "as", "as-uid", "username", "password");
    private static final List<String> CLUSTER_TEXTS =
            List.of("server", "tls-server-name", "certificate-authority", "proxy-url");

    private final Findings findings;

    private Structure(Findings findings) {
        this.findings = findings;
    }

    static void check(Mapping document, Findings findings) {
        Structure structure = new Structure(findings);
        structure.header(document, "apiVersion", "v1");
        structure.header(document, "kind", "Config");
        structure.text(document, "", "current-context");
        structure.named(document, "", Kind.CLUSTER.list(), Kind.CLUSTER.body(), structure::cluster);
        structure.named(document, "", Kind.CONTEXT.list(), Kind.CONTEXT.body(), structure::context);
        structure.named(document, "", Kind.USER.list(), Kind.USER.body(), structure::user);
        structure.extensions(document, "");
        structure.mapping(document, "", "preferences").ifPresent(preferences -> {
            structure.bool(preferences, "preferences", "colors");
            structure.extensions(preferences, "preferences");
        });
    }

    private void header(Mapping document, String key, String value) {
        text(document, "", key)
                .filter(text -> !text.isEmpty() && !text.equals(value))
                .ifPresent(text -> findings.add(key, "is not " + value, "write " + key + ": " + value));
    }

    private void cluster(Mapping body, String path) {
        CLUSTER_TEXTS.forEach(key -> text(body, path, key));
        path(body, path, "certificate-authority");
        bytes(body, path, "certificate-authority-data");
        bool(body, path, "insecure-skip-tls-verify");
        bool(body, path, "disable-compression");
        extensions(body, path);
    }

    private void context(Mapping body, String path) {
        List.of("cluster", "user", "namespace").forEach(key -> text(body, path, key));
        extensions(body, path);
    }

    private void user(Mapping body, String path) {
        USER_TEXTS.forEach(key -> text(body, path, key));
        List.of("client-certificate", "client-key", "tokenFile").forEach(key -> path(body, path, key));
        bytes(body, path, "client-certificate-data");
        bytes(body, path, "client-key-data");
        texts(body, path, "as-groups");
        mapping(body, path, "as-user-extra")
                .ifPresent(extra -> extra.fields().keySet().forEach(key -> texts(extra, path + ".as-user-extra", key)));
        mapping(body, path, "exec").ifPresent(exec -> exec(exec, path + ".exec"));
        mapping(body, path, "auth-provider").ifPresent(provider -> {
            String at = path + ".auth-provider";
            text(provider, at, "name");
            mapping(provider, at, "config")
                    .ifPresent(config -> config.fields().keySet().forEach(key -> text(config, at + ".config", key)));
        });
        extensions(body, path);
    }

    private void exec(Mapping exec, String path) {
        List.of("command", "apiVersion", "installHint", "interactiveMode").forEach(key -> text(exec, path, key));
        path(exec, path, "command");
        bool(exec, path, "provideClusterInfo");
        texts(exec, path, "args");
        sequence(exec, path, "env").ifPresent(env -> {
            for (int i = 0; i < env.items().size(); i++) {
                String at = path + ".env[" + i + "]";
                asMapping(env.items().get(i), at).ifPresent(variable -> {
                    text(variable, at, "name");
                    text(variable, at, "value");
                });
            }
        });
    }

    // The content of an extension is anybody's.
    private void extensions(Mapping owner, String path) {
        named(owner, path, "extensions", "extension", null);
    }

    private void named(
            Mapping owner, String path, String list, String body, @Nullable BiConsumer<Mapping, String> content) {
        Set<String> names = new HashSet<>();
        sequence(owner, path, list).ifPresent(sequence -> {
            for (int i = 0; i < sequence.items().size(); i++) {
                String position = join(path, list) + "[" + i + "]";
                Optional<Mapping> element = asMapping(sequence.items().get(i), position);
                if (element.isEmpty()) {
                    continue;
                }
                Optional<String> name = element.get().text("name");
                String at = name.map(n -> join(path, list) + "[" + n + "]").orElse(position);
                text(element.get(), at, "name");
                findings.require(
                        names.add(name.orElse("")),
                        at,
                        "is there twice",
                        "give one of them another name, or remove it");
                if (content != null) {
                    mapping(element.get(), at, body).ifPresent(found -> content.accept(found, at + "." + body));
                }
            }
        });
    }

    private Optional<String> text(Mapping owner, String path, String key) {
        Optional<Yaml> value = present(owner, key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof Scalar scalar && scalar.isText()) {
            return Optional.of(scalar.text());
        }
        String fix = value.get() instanceof Scalar ? "put it in quotes" : "write a text";
        findings.add(join(path, key), "is " + value.get().kind() + ", not a text", fix);
        return Optional.empty();
    }

    private void bool(Mapping owner, String path, String key) {
        present(owner, key)
                .filter(value -> !(value instanceof Scalar scalar && scalar.isBool()))
                .ifPresent(value -> findings.add(
                        join(path, key),
                        "is " + value.kind() + ", not true or false",
                        "write true or false without quotes"));
    }

    private void texts(Mapping owner, String path, String key) {
        sequence(owner, path, key).ifPresent(sequence -> {
            for (int i = 0; i < sequence.items().size(); i++) {
                Yaml item = sequence.items().get(i);
                findings.require(
                        item instanceof Scalar scalar && scalar.isText(),
                        join(path, key) + "[" + i + "]",
                        "is " + item.kind() + ", not a text",
                        "put it in quotes");
            }
        });
    }

    private void bytes(Mapping owner, String path, String key) {
        text(owner, path, key)
                .filter(text -> !isBase64(text))
                .ifPresent(text -> findings.add(
                        join(path, key), "is not Base64", "encode the file's bytes, for example with base64 -w0"));
    }

    private void path(Mapping owner, String path, String key) {
        owner.text(key)
                .filter(text -> !isPath(text))
                .ifPresent(text -> findings.add(join(path, key), "is not a path on this system", "correct it"));
    }

    private Optional<Mapping> mapping(Mapping owner, String path, String key) {
        return present(owner, key).flatMap(value -> asMapping(value, join(path, key)));
    }

    private Optional<Mapping> asMapping(Yaml value, String path) {
        if (value instanceof Mapping mapping) {
            return Optional.of(mapping);
        }
        findings.add(path, "is " + value.kind() + ", not a map", "write keys and values, one a line");
        return Optional.empty();
    }

    private Optional<Sequence> sequence(Mapping owner, String path, String key) {
        Optional<Yaml> value = present(owner, key);
        if (value.isPresent() && !(value.get() instanceof Sequence)) {
            findings.add(
                    join(path, key), "is " + value.get().kind() + ", not a list", "start each element with a dash");
            return Optional.empty();
        }
        return value.map(Sequence.class::cast);
    }

    private static Optional<Yaml> present(Mapping owner, String key) {
        return owner.get(key).filter(value -> !(value instanceof Scalar scalar && scalar.isNull()));
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    // As Go reads it: line ends do not count, padding does.
    private static boolean isBase64(String text) {
        String plain = text.replace("\n", "").replace("\r", "");
        try {
            Base64.getDecoder().decode(plain);
            return plain.length() % 4 == 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isPath(String text) {
        try {
            return !Path.of(text).toString().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
