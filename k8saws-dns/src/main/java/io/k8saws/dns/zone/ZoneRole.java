package io.k8saws.dns.zone;

import io.k8saws.dns.record.DnsName;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * An IAM role by which zones are reached, as a rule those of another account. Immutable.
 *
 * @param arn the role's ARN, such as {@code arn:aws:iam::111122223333:role/dns}
 * @param externalId what its trust policy asks for; empty for nothing
 * @param zoneIds zones that are reached by it
 * @param domains zones of these names, and below, that are reached by it
 */
public record ZoneRole(String arn, Optional<String> externalId, Set<String> zoneIds, Set<DnsName> domains) {
    private static final Pattern ARN = Pattern.compile("arn:aws[a-z-]*:iam::\\d{12}:role/[\\w+=,.@/-]+");
    private static final Pattern EXTERNAL_ID =
            Pattern.compile("[\\w+=,.@:/-]{2,1224}"); // STS API reference, AssumeRole

    /**
     * Copies the sets, and checks ARN and external id.
     *
     * @throws InvalidSpecException if one of them is none
     */
    public ZoneRole {
        Objects.requireNonNull(externalId, "externalId");
        Set<String> ids = new TreeSet<>();
        zoneIds.forEach(id -> ids.add(HostedZone.bareId(id)));
        zoneIds = Set.copyOf(ids);
        domains = Set.copyOf(domains);
        if (!ARN.matcher(arn).matches()) {
            throw refused("arn", "'" + arn + "' is no role's ARN", "write one like arn:aws:iam::111122223333:role/dns");
        }
        if (externalId.filter(id -> !EXTERNAL_ID.matcher(id).matches()).isPresent()) {
            throw refused(
                    "externalId", "it has other characters", "take 2 to 1224 letters, digits and + = , . @ : / -");
        }
    }

    private static InvalidSpecException refused(String path, String problem, String fix) {
        return new InvalidSpecException("Reach zones by a role", List.of(new Violation("role." + path, problem, fix)));
    }

    /**
     * A role by which all zones of its account are reached, unless {@link #forDomain} or {@link #forZone} say which.
     *
     * @param arn the role's ARN
     * @return the role
     * @throws InvalidSpecException if it is none
     */
    public static ZoneRole of(String arn) {
        return new ZoneRole(arn, Optional.empty(), Set.of(), Set.of());
    }

    /**
     * Shows an external id when the role is assumed.
     *
     * @param id what the role's trust policy asks for
     * @return the copy
     * @throws InvalidSpecException if it is none
     */
    public ZoneRole withExternalId(String id) {
        return new ZoneRole(arn, Optional.of(id), zoneIds, domains);
    }

    /**
     * Reaches zones of a name by this role, and zones below. While the role cannot be assumed, the names of this domain wait.
     *
     * @param domain such as {@code example.com}
     * @return the copy
     * @throws InvalidSpecException if it is no name
     */
    public ZoneRole forDomain(String domain) {
        Set<DnsName> all = new LinkedHashSet<>(domains);
        all.add(DnsName.of(domain));
        return new ZoneRole(arn, externalId, zoneIds, all);
    }

    /**
     * Reaches one zone by this role. Its name is known only once the role can be assumed, so {@link #forDomain} beside it is better.
     *
     * @param id such as {@code Z123}
     * @return the copy
     */
    public ZoneRole forZone(String id) {
        Set<String> all = new LinkedHashSet<>(zoneIds);
        all.add(id);
        return new ZoneRole(arn, externalId, all, domains);
    }

    /**
     * Whether a zone of its account is reached by it.
     *
     * @param zone the zone
     * @return whether it is
     */
    public boolean covers(HostedZone zone) {
        return (zoneIds.isEmpty() && domains.isEmpty())
                || zoneIds.contains(zone.id())
                || domains.stream().anyMatch(domain -> zone.name().endsWith(domain));
    }

    /** The ARN. */
    @Override
    public String toString() {
        return arn;
    }
}
