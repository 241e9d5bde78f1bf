package io.k8saws.dns.record;

import io.k8saws.dns.health.TargetCheck;
import java.util.Objects;
import java.util.Optional;

/**
 * A record set of a hosted zone, as Route 53 has it or shall have it. Immutable.
 *
 * @param name its name
 * @param type its type
 * @param setIdentifier which of several of the name and type; empty for {@link RoutingPolicy.Simple}
 * @param routing how Route 53 chooses among them
 * @param healthCheckId the health check that it depends on: its id, or the text of one that this library makes
 * @param answer what it answers
 */
public record RecordSet(
        DnsName name,
        RecordType type,
        Optional<String> setIdentifier,
        RoutingPolicy routing,
        Optional<String> healthCheckId,
        Answer answer) {
    /** Checks that no part is missing. */
    public RecordSet {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(setIdentifier, "setIdentifier");
        Objects.requireNonNull(routing, "routing");
        Objects.requireNonNull(healthCheckId, "healthCheckId");
        Objects.requireNonNull(answer, "answer");
    }

    /**
     * A set without a policy or a health check.
     *
     * @param name its name
     * @param type its type
     * @param answer what it answers
     * @return the set
     */
    public static RecordSet simple(DnsName name, RecordType type, Answer answer) {
        return new RecordSet(name, type, Optional.empty(), new RoutingPolicy.Simple(), Optional.empty(), answer);
    }

    /**
     * Tells whether it is an alias.
     *
     * @return whether it has no values of its own
     */
    public boolean isAlias() {
        return answer instanceof Answer.Alias;
    }

    /**
     * How many of the 1,000 values of a batch it takes: an alias has none (Route 53 API reference, ChangeResourceRecordSets).
     *
     * @return 0 or more
     */
    public int elements() {
        return answer instanceof Answer.Values values ? values.values().size() : 0;
    }

    /**
     * How many of the 32,000 characters of a batch it takes.
     *
     * @return 0 or more
     */
    public int characters() {
        return answer instanceof Answer.Values values
                ? values.values().stream().mapToInt(String::length).sum()
                : 0;
    }

    /**
     * Tells whether two sets of one name, type and identifier do the same.
     *
     * @param other the other
     * @return whether nothing would change for anybody
     */
    public boolean isSame(RecordSet other) {
        return name.equals(other.name)
                && type == other.type
                && setIdentifier.equals(other.setIdentifier)
                && routing.equals(other.routing)
                && healthCheckId.equals(other.healthCheckId)
                && answer.isSame(type, other.answer);
    }

    /** For example {@code www.example.com A 192.0.2.1 (300 s)}. */
    @Override
    public String toString() {
        return name + " " + type + setIdentifier.map(set -> " [" + set + "]").orElse("") + " "
                + (answer instanceof Answer.Values values
                        ? String.join(", ", values.values()) + " ("
                                + values.ttl().toSeconds() + " s)"
                        : "alias of " + ((Answer.Alias) answer).target())
                + healthCheckId
                        .flatMap(TargetCheck::read) // an id tells nothing to who reads
                        .map(check -> ", " + check)
                        .orElse("");
    }
}
