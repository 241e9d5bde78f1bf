package io.k8saws.dns.plan;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import java.util.Locale;
import java.util.Objects;

/**
 * What became of the changes of a name. Immutable.
 *
 * @param zone in which zone
 * @param name the name
 * @param state what became of them
 * @param reason why, with Route 53's words; empty when they are done
 */
public record NameResult(HostedZone zone, DnsName name, State state, String reason) {
    /** What became of changes. */
    public enum State {
        /** Route 53 has them. */
        DONE,
        /** Nothing of them was done: Route 53 refuses them, or something else is there than the plan has seen. */
        FAILED,
        /** The answer did not come: plan again, and the plan says what is left. */
        UNKNOWN
    }

    /** Checks that no part is missing. */
    public NameResult {
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
    }

    /** For example {@code www.example.com in example.com (Z123): done}. */
    @Override
    public String toString() {
        return name + " in " + zone + ": " + state.name().toLowerCase(Locale.ROOT)
                + (reason.isEmpty() ? "" : ": " + reason);
    }
}
