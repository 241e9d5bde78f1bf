package io.k8saws.dns.health;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What became of health checks that no record uses any more. Immutable.
 *
 * @param checks those to which something happened, or should have
 * @param why why nothing could be looked at, or nothing deleted; empty when all zones and checks were read
 */
public record RetiredChecks(List<One> checks, List<String> why) {
    /** Copies the lists. */
    public RetiredChecks {
        checks = List.copyOf(checks);
        why = List.copyOf(why);
    }

    /** What became of a check. */
    public enum State {
        /** It has a tag with the time now, and goes when it is still unused half an hour later. */
        MARKED,
        /** It is gone. */
        DELETED,
        /** A call failed; it is tried again. */
        FAILED
    }

    /**
     * One of them.
     *
     * @param id its id
     * @param zone the id of the zone whose records it was made for
     * @param text what it did, for people
     * @param state what became of it
     * @param reason why it failed; else empty
     */
    public record One(String id, String zone, String text, State state, String reason) {
        /** Checks that no part is missing. */
        public One {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(zone, "zone");
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(reason, "reason");
        }

        /** For example {@code abcd (check HTTP 192.0.2.1 80 / - 3 30) of zone Z1: deleted}. */
        @Override
        public String toString() {
            return id + " (" + text + ") of zone " + zone + ": " + state.name().toLowerCase(Locale.ROOT)
                    + (reason.isEmpty() ? "" : ": " + reason);
        }
    }

    /**
     * Those that have come to a state.
     *
     * @param state the state
     * @return in the order in which they came to it
     */
    public List<One> with(State state) {
        return checks.stream().filter(one -> one.state() == state).toList();
    }

    /** A line for each. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(checks.size() + " health checks");
        checks.forEach(one -> text.append("\n  ").append(one));
        why.forEach(one -> text.append("\n  ").append(one));
        return text.toString();
    }
}
