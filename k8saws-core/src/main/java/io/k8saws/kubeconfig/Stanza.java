package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One element of a list as it stands in the file, with all that we do not know.
 *
 * @param element the whole element: name, content and whatever else
 * @param origin the file it was read from
 */
record Stanza(Kind kind, String name, Mapping element, Optional<Path> origin) {
    private static final List<String> CLUSTER_FILES = List.of("certificate-authority");
    private static final List<String> USER_FILES = List.of("client-certificate", "client-key", "tokenFile");

    static Stanza empty(Kind kind, String name) {
        Mapping element = Mapping.EMPTY.with("name", Yaml.Scalar.text(name)).with(kind.body(), Mapping.EMPTY);
        return new Stanza(kind, name, element, Optional.empty());
    }

    static Stanza of(Kind kind, Mapping element) {
        return new Stanza(kind, element.text("name").orElse(""), element, Optional.empty());
    }

    Mapping body() {
        return element.mapping(kind.body());
    }

    Stanza withBody(Mapping body) {
        return new Stanza(kind, name, element.with(kind.body(), body), origin);
    }

    Stanza withOrigin(Path file) {
        return new Stanza(kind, name, element, Optional.of(file));
    }

    /** The path in a field, resolved against the file's folder. */
    Optional<Path> path(String key) {
        return body().text(key).map(Path::of).map(this::resolve);
    }

    private Path resolve(Path path) {
        return path.isAbsolute()
                ? path
                : origin.map(file -> folder(file).resolve(path).normalize()).orElse(path);
    }

    private static Path folder(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    /** A copy that means the same wherever it stands: paths are absolute, if it is known to what they are relative. */
    Stanza resolved() {
        if (origin.isEmpty() || kind == Kind.CONTEXT) {
            return this;
        }
        Mapping body = body();
        for (String key : kind == Kind.CLUSTER ? CLUSTER_FILES : USER_FILES) {
            Optional<Path> path = path(key);
            body = path.isPresent() ? body.with(key, path.get().toString()) : body;
        }
        Mapping exec = body.mapping("exec");
        // A bare name is looked up on the PATH.
        Optional<String> command = exec.text("command")
                .filter(c -> c.contains(origin.get().getFileSystem().getSeparator()));
        if (command.isPresent()) {
            String absolute = resolve(Path.of(command.get())).toString();
            body = body.with("exec", exec.with("command", absolute));
        }
        return body.equals(body()) ? this : withBody(body);
    }

    /** Equal in content, wherever it was read. */
    boolean sameAs(Stanza other) {
        return element.equals(other.element);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Stanza that && kind == that.kind && sameAs(that);
    }

    @Override
    public int hashCode() {
        return element.hashCode();
    }

    /** By name, in the order of the file. */
    static Map<String, Stanza> byName(List<Stanza> stanzas) {
        Map<String, Stanza> result = new LinkedHashMap<>();
        stanzas.forEach(stanza -> result.put(stanza.name(), stanza));
        return result;
    }
}
