package io.k8saws.kubeconfig;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Which file gets which change, as kubectl decides it: a changed entry goes where it came from, a new one into the default file. A new current context goes into
 * the default file; none is chosen by clearing the first file that chooses one.
 */
final class Placement {
    private final List<Path> files;
    private final Path defaultFile;
    private final Map<Path, Kubeconfig> contents;
    private final Map<Path, Kubeconfig> changed = new LinkedHashMap<>();

    /**
     * @param files all files, the most important first
     * @param defaultFile the one for new entries
     * @param contents what is in those that exist
     */
    Placement(List<Path> files, Path defaultFile, Map<Path, Kubeconfig> contents) {
        this.files = files;
        this.defaultFile = defaultFile;
        this.contents = contents;
    }

    /** The new contents of the files that change. */
    Map<Path, Kubeconfig> of(Kubeconfig before, Kubeconfig after) {
        for (Kind kind : Kind.values()) {
            after.of(kind)
                    .values()
                    .forEach(stanza -> put(Optional.ofNullable(before.of(kind).get(stanza.name())), stanza));
            before.of(kind).values().stream()
                    .filter(stanza -> !after.of(kind).containsKey(stanza.name()))
                    .forEach(stanza -> change(home(stanza), content -> content.without(kind, stanza.name())));
        }
        current(before.currentContext(), after.currentContext());
        after.rest().fields().forEach((key, field) -> {
            if (!before.rest().get(key).equals(Optional.of(field.value()))) {
                change(defaultFile, content -> content.withRest(key, field.value()));
            }
        });
        return changed;
    }

    private void put(Optional<Stanza> before, Stanza stanza) {
        if (before.isPresent() && before.get().sameAs(stanza)) {
            return;
        }
        Path home = home(before.orElse(stanza));
        // In another folder a relative path would mean another file.
        boolean stays = stanza.origin().isEmpty() || stanza.origin().get().equals(home);
        change(home, content -> content.with(stays ? stanza : stanza.resolved()));
    }

    private Path home(Stanza stanza) {
        return stanza.origin().filter(files::contains).orElse(defaultFile);
    }

    private void current(Optional<String> before, Optional<String> after) {
        if (before.equals(after)) {
            return;
        }
        if (after.isPresent()) {
            change(defaultFile, content -> content.withCurrent(after.get()));
        } else {
            files.stream()
                    .filter(file -> content(file).currentContext().isPresent())
                    .findFirst()
                    .ifPresent(file -> change(file, Kubeconfig::withoutCurrentContext));
        }
    }

    private void change(Path file, UnaryOperator<Kubeconfig> change) {
        changed.put(file, change.apply(content(file)));
    }

    private Kubeconfig content(Path file) {
        return changed.containsKey(file)
                ? Objects.requireNonNull(changed.get(file))
                : contents.getOrDefault(file, Kubeconfig.empty());
    }
}
