package io.k8saws.dns.source;

import io.k8saws.dns.record.DnsName;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is wrong with an object, collected. Not thread-safe. */
final class Problems {
    private final Set<Violation> found = new LinkedHashSet<>();

    void add(String path, String problem, String fix) {
        found.add(new Violation(path, problem, fix));
    }

    void addAll(List<Violation> more) {
        found.addAll(more);
    }

    List<Violation> all() {
        return List.copyOf(new ArrayList<>(found));
    }

    /** A name; or a problem. */
    Optional<DnsName> name(String path, String text) {
        try {
            return Optional.of(DnsName.of(text));
        } catch (InvalidSpecException e) {
            e.violations().forEach(v -> add(path, v.problem(), v.fix()));
            return Optional.empty();
        }
    }

    /** A list of names, with commas or blanks between. */
    Set<DnsName> names(String path, String text) {
        Set<DnsName> names = new LinkedHashSet<>();
        for (String part : text.split("[,\\s]+")) {
            if (!part.isEmpty()) {
                name(path, part).ifPresent(names::add);
            }
        }
        return names;
    }
}
