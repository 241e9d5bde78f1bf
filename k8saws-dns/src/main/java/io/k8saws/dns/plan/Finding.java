package io.k8saws.dns.plan;

import io.k8saws.dns.record.DnsName;
import java.util.Objects;
import java.util.Optional;

/**
 * What is to be known of a name beside its changes. Immutable.
 *
 * @param name the name
 * @param kind what it is
 * @param text a clause that says why, with the objects and ids
 * @param only the one object that it concerns, as it stands in marks, such as {@code service/default/web}; empty when it concerns all that want the name
 */
public record Finding(DnsName name, Kind kind, String text, Optional<String> only) {
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
        /** An object asks what cannot be, or it is not known what it asks: the name keeps what it has, for all who want it. */
        HELD,
        /** An object has nothing to lead to: the name loses nothing. */
        WAITING,
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
        Objects.requireNonNull(only, "only");
    }

    /**
     * A finding that concerns all who want the name.
     *
     * @param name the name
     * @param kind what it is
     * @param text a clause that says why, with the objects and ids
     */
    public Finding(DnsName name, Kind kind, String text) {
        this(name, kind, text, Optional.empty());
    }

    /** The one that did not get what it wants, because another one did. */
    static Finding conflict(DnsName name, Wanted loser, String text) {
        return new Finding(
                name,
                Kind.CONFLICT,
                loser.cause().text() + " wants " + text,
                Optional.of(loser.cause().text()));
    }

    /**
     * Whether somebody has to do something before the name can be as wanted.
     *
     * @return false for what is in step
     */
    public boolean isProblem() {
        return kind != Kind.IN_STEP;
    }

    /**
     * Whether it is what stands in the zone that hinders, so that the name can be as wanted when that goes.
     *
     * @return true for what is foreign or made by hand
     */
    public boolean isObstacle() {
        return kind == Kind.FOREIGN || kind == Kind.HANDMADE;
    }

    /** Whether it tells of an object that wants the name, and asks nothing that could be written. */
    boolean tellsWhoWants() {
        return kind == Kind.HELD || kind == Kind.WAITING || kind == Kind.INVALID || kind == Kind.ZONE;
    }

    /** For example {@code www.example.com: handmade: ...}. */
    @Override
    public String toString() {
        return name + ": " + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ": " + text;
    }
}
