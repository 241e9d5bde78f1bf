package io.k8saws.dns.zone;

import io.k8saws.dns.record.DnsName;
import java.util.Objects;
import java.util.Set;

/**
 * Zones that are looked after, and cannot be read or written now. Their names wait, all others go on. Immutable.
 *
 * @param ids their ids, as far as they are known
 * @param domains the names that they are known to hold; what is below belongs to them, too
 * @param why a clause that says why, and what is to be done
 */
public record UnreachableZones(Set<String> ids, Set<DnsName> domains, String why) {
    /** Copies the sets. */
    public UnreachableZones {
        ids = Set.copyOf(ids);
        domains = Set.copyOf(domains);
        Objects.requireNonNull(why, "why");
    }

    /** Whether a name belongs here rather than into a zone whose name has so many characters; of two zones of one name the one that cannot be seen may be meant. */
    boolean claims(DnsName name, int characters) {
        return domains.stream()
                .anyMatch(domain -> name.endsWith(domain) && domain.text().length() >= characters);
    }
}
