package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * external-dns's annotations of an object, under each of its prefixes at once. Where two prefixes say different things, the first one counts, and that is told.
 */
final class Annotations {
    static final String HOSTNAME = "hostname";
    static final String INTERNAL_HOSTNAME = "internal-hostname";
    static final String TARGET = "target";
    static final String INGRESS = "ingress";

    private final Map<String, String> all;
    private final List<String> prefixes;

    Annotations(HasMetadata object, SourceSettings settings) {
        this(Maps.of(object.getMetadata().getAnnotations()), settings.annotationPrefixes());
    }

    Annotations(Map<String, String> all, List<String> prefixes) {
        this.all = all;
        this.prefixes = prefixes;
    }

    /** What an annotation says, without blanks around it; empty also when there are only blanks. */
    Optional<String> get(String suffix) {
        return prefixes.stream()
                .map(prefix -> all.getOrDefault(prefix + suffix, "").trim())
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    /** The whole name under which {@link #get} finds it; of one that is not there, in the words of those that are. */
    String path(String suffix) {
        return prefixes.stream()
                .map(prefix -> prefix + suffix)
                .filter(key -> !all.getOrDefault(key, "").isBlank())
                .findFirst()
                .orElseGet(() -> prefix() + suffix);
    }

    private String prefix() {
        return prefixes.stream()
                .filter(prefix -> all.keySet().stream().anyMatch(key -> key.startsWith(prefix)))
                .findFirst()
                .orElse(prefixes.get(0));
    }

    /** Another program's annotation, by its whole name. */
    Optional<String> foreign(String key) {
        return Optional.of(all.getOrDefault(key, "").trim()).filter(value -> !value.isEmpty());
    }

    /** Whether another program than external-dns is to look after the object. */
    boolean isForAnother() {
        return get("controller")
                .filter(value -> !value.equals("dns-controller"))
                .isPresent();
    }

    List<Violation> contradictions() {
        List<Violation> found = new ArrayList<>();
        all.forEach((key, value) -> prefixes.stream()
                .filter(key::startsWith)
                .map(prefix -> key.substring(prefix.length()))
                .filter(suffix -> !path(suffix).equals(key) && !value.isBlank())
                .filter(suffix ->
                        get(suffix).filter(other -> !other.equals(value.trim())).isPresent())
                .forEach(suffix -> found.add(new Violation(
                        "metadata.annotations[" + key + "]",
                        "it differs from " + path(suffix) + ", which counts",
                        "remove it, or let both say the same"))));
        return found;
    }
}
