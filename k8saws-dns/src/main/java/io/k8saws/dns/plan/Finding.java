package io.k8saws.dns.plan;

import io.k8saws.dns.record.DnsName;
import java.util.Objects;

/**
 * What is to be known of a name beside its changes. Immutable.
 *
 * @param name the name
 * @param kind what it is
 * @param text a clause that says why, with the objects and ids
 */
public record Finding(DnsName name, Kind kind, String text) {
    /** What it is. */
    public enum Kind {
        /** Nothing is wrong: so it is wanted, and so it is. */
        IN_STEP,
        /** Another owner has the name, or its mark's place. */
        FOREIGN,
        /** Records without a mark stand there. */
        HANDMADE,
        /** Two sources want what does not go together; one of them got it. */
        CONFLICT,
        /** No zone, or more than one, is right for it. */
        ZONE,
        /** The policy does not allow what would be needed. */
        POLICY,
        /** Route 53 allows no such record. */
        INVALID
    }

    /** Checks that no part is missing. */
    public Finding {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(text, "text");
    }

    /**
     * Whether somebody has to do something before the name can be as wanted.
     *
     * @return false for what is in step
     */
    public boolean isProblem() {
        return kind != Kind.IN_STEP;
    }

    /** Whether it is what stands in the zone that hinders. */
    boolean isObstacle() {
        return kind == Kind.FOREIGN || kind == Kind.HANDMADE;
    }

    /** For example {@code www.example.com: handmade: ...}. */
    @Override
    public String toString() {
        return name + ": " + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ": " + text;
    }
}
