package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.error.AwsCallException;
import java.util.List;
import java.util.Optional;

/** What Route 53 does for one zone. Each method is one call, which blocks; what it throws says whether to try again. */
public interface ZoneCalls {
    /**
     * Where a page begins, in Route 53's own words, because a zone may hold names that are none of ours.
     *
     * @param name the first name, with a final dot
     * @param type the first type of the name; empty for its first
     * @param setIdentifier the first set of name and type; empty for its first
     */
    record Position(String name, Optional<String> type, Optional<String> setIdentifier) {
        /**
         * The beginning of a name.
         *
         * @param name the name
         * @return the position
         */
        public static Position of(DnsName name) {
            return new Position(name.route53(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * Up to 300 record sets in Route 53's order.
     *
     * @param sets the sets
     * @param next where the next page begins; empty after the last
     */
    record Page(List<RecordSet> sets, Optional<Position> next) {
        /** Copies the list. */
        public Page {
            sets = List.copyOf(sets);
        }
    }

    /**
     * Changes record sets, all or none, by comparing and setting.
     *
     * @param changes DELETE of each before, CREATE of each after
     * @return the change's id
     * @throws AwsCallException with the code {@code InvalidChangeBatch} if one of them cannot be made
     */
    String change(List<SetChange> changes);

    /**
     * Reads a page.
     *
     * @param from where it begins; empty for the zone's first
     * @return the page
     */
    Page list(Optional<Position> from);

    /**
     * Asks whether a change has reached all name servers.
     *
     * @param changeId what {@link #change} returned
     * @return whether it is INSYNC
     */
    boolean isInSync(String changeId);

    /**
     * The same zone, for reads that nobody waits for.
     *
     * @return calls that stand back behind those of others; the same where there is no such way
     */
    default ZoneCalls inBackground() {
        return this;
    }
}
