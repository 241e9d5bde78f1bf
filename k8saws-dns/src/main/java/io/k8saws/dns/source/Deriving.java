package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.InvalidSpecException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects what one object asks for. Not thread-safe. */
final class Deriving {
    static final String HOSTNAME = "hostname annotation";
    static final String INTERNAL_HOSTNAME = "internal-hostname annotation";
    static final String TEMPLATE = "template";

    private record Key(String name, String setIdentifier, RecordType type) implements Comparable<Key> {
        private static final Comparator<Key> ORDER = Comparator.comparing(Key::name)
                .thenComparing(Key::setIdentifier)
                .thenComparing(Key::type);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private record Found(DnsName name, Wishes wishes, String rule, SortedSet<String> targets) {}

    private final HasMetadata object;
    private final SourceKind kind;
    private final SourceSettings settings;
    private final Annotations annotations;
    private final Problems problems = new Problems();
    private final Map<Key, Found> wanted = new TreeMap<>();
    private final Set<DnsName> awaiting = new HashSet<>();
    private final Set<DnsName> held = new HashSet<>();
    private final Wishes wishes;

    Deriving(HasMetadata object, SourceKind kind, SourceSettings settings) {
        this.object = object;
        this.kind = kind;
        this.settings = settings;
        this.annotations = new Annotations(object, settings);
        this.wishes = new WishReader(annotations::get, suffix -> path(annotations.path(suffix)), problems).read();
        problems.addAll(annotations.contradictions());
    }

    private static String path(String annotation) {
        return "metadata.annotations[" + annotation + "]";
    }

    Annotations annotations() {
        return annotations;
    }

    Problems problems() {
        return problems;
    }

    SourceSettings settings() {
        return settings;
    }

    Wishes wishes() {
        return wishes;
    }

    /** The names in one of external-dns's annotations. */
    Set<DnsName> named(String suffix) {
        if (settings.ignoreHostnameAnnotation()) {
            return Set.of();
        }
        return annotations
                .get(suffix)
                .map(text -> problems.names(path(annotations.path(suffix)), text))
                .orElse(Set.of());
    }

    /** The names in another program's annotation. */
    Set<DnsName> foreign(String key) {
        return annotations
                .foreign(key)
                .map(text -> problems.names(path(key), text))
                .orElse(Set.of());
    }

    /** The names that templates make, when there are none so far or they are to be combined. */
    Set<DnsName> templated(boolean hasNames) {
        if (hasNames && !settings.combineTemplates()) {
            return Set.of();
        }
        Set<DnsName> names = new HashSet<>();
        for (NameTemplate template : settings.templates()) {
            template.fill(object)
                    .ifPresent(text -> names.addAll(problems.names("template '" + template.text() + "'", text)));
        }
        return names;
    }

    /** The target annotation. */
    Optional<Targets> asked() {
        return annotations
                .get(Annotations.TARGET)
                .map(text -> Targets.of(List.of(text.split(","))))
                .filter(targets -> !targets.isEmpty());
    }

    /** Leaves a name as it is: what is asked for it cannot be read. */
    void hold(DnsName name) {
        held.add(name);
    }

    /** Wants names to lead to targets, as the annotations of the object ask. */
    void want(Collection<DnsName> names, Targets targets, String rule) {
        names.forEach(name -> want(name, targets, wishes, rule));
    }

    /** Wants a name to lead to targets; without targets, it waits for them. */
    void want(DnsName name, Targets targets, Wishes how, String rule) {
        if (how.isBroken()) {
            held.add(name);
        } else if (targets.isEmpty()) {
            awaiting.add(name);
        } else {
            targets.byType().forEach((type, texts) -> want(name, type, texts, how, rule));
        }
    }

    void want(DnsName name, RecordType type, Collection<String> targets, Wishes how, String rule) {
        if (how.isBroken()) {
            held.add(name);
            return;
        }
        Key key = new Key(name.text(), how.setIdentifier().orElse(""), type);
        wanted.computeIfAbsent(key, k -> new Found(name, how, rule, new TreeSet<>()))
                .targets()
                .addAll(targets);
    }

    Derivation done() {
        List<Endpoint> endpoints = new ArrayList<>();
        wanted.forEach((key, found) -> endpoint(key, found).ifPresent(endpoints::add));
        awaiting.removeIf(name -> endpoints.stream().anyMatch(e -> e.name().equals(name)));
        return new Derivation(endpoints, awaiting, held, problems.all());
    }

    private Optional<Endpoint> endpoint(Key key, Found found) {
        List<String> targets = List.copyOf(found.targets());
        if (key.type() == RecordType.CNAME && targets.size() > 1) {
            problems.add(
                    key.name(),
                    "it is to lead to " + targets.size() + " host names, and can only lead to one; " + targets.get(0)
                            + " is taken",
                    "name one with the target annotation");
            targets = targets.subList(0, 1);
        }
        try {
            return Optional.of(endpoint(key, found, targets));
        } catch (InvalidSpecException e) {
            e.violations().forEach(v -> problems.add(key.name(), v.problem(), v.fix()));
            held.add(found.name());
            return Optional.empty();
        }
    }

    private Endpoint endpoint(Key key, Found found, List<String> targets) {
        Wishes how = found.wishes();
        return new Endpoint(
                found.name(),
                key.type(),
                targets,
                how.ttl(),
                how.setIdentifier(),
                how.routing(),
                how.healthCheckId(),
                how.options(),
                new Cause(
                        kind.mark(),
                        Maps.of(object.getMetadata().getNamespace()),
                        object.getMetadata().getName(),
                        found.rule()));
    }
}
