package io.k8saws.dns.internal.route53;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.internal.seam.AwsClients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ChangeStatus;
import software.amazon.awssdk.services.route53.model.ListHostedZonesResponse;
import software.amazon.awssdk.services.route53.model.TagResourceType;

/** Zones of an account. Safe to use from many threads. */
public final class Route53Zones {
    private static final int TAGGED_AT_ONCE = 10; // API reference, ListTagsForResources

    private final Route53Client route53;

    /**
     * Makes it; calls nothing.
     *
     * @param aws the calls
     */
    public Route53Zones(AwsClients aws) {
        this.route53 = aws.route53();
    }

    /**
     * The zones that are looked after. Tags are asked for only when the filter needs them.
     *
     * @param filter which
     * @return the zones, by their names as Route 53 orders them
     */
    public List<HostedZone> zones(ZoneFilter filter) {
        List<HostedZone> found = new ArrayList<>();
        String marker = null;
        do {
            String from = marker;
            ListHostedZonesResponse page = route53.listHostedZones(r -> r.marker(from));
            page.hostedZones()
                    .forEach(zone ->
                            zone(zone).filter(filter::admitsApartFromTags).ifPresent(found::add));
            marker = Boolean.TRUE.equals(page.isTruncated()) ? page.nextMarker() : null;
        } while (marker != null);
        return (filter.needsTags() ? tagged(found) : found)
                .stream().filter(filter::admits).toList();
    }

    private static Optional<HostedZone> zone(software.amazon.awssdk.services.route53.model.HostedZone zone) {
        try {
            return Optional.of(new HostedZone(
                    zone.id(),
                    DnsName.fromRoute53(zone.name()),
                    zone.config() != null && Boolean.TRUE.equals(zone.config().privateZone()),
                    Map.of()));
        } catch (InvalidSpecException e) {
            return Optional.empty(); // a name in which this library could write nothing
        }
    }

    private List<HostedZone> tagged(List<HostedZone> zones) {
        Map<String, Map<String, String>> tags = new HashMap<>();
        for (int from = 0; from < zones.size(); from += TAGGED_AT_ONCE) {
            List<String> ids = zones.subList(from, Math.min(zones.size(), from + TAGGED_AT_ONCE)).stream()
                    .map(HostedZone::id)
                    .toList();
            route53.listTagsForResources(
                            r -> r.resourceType(TagResourceType.HOSTEDZONE).resourceIds(ids))
                    .resourceTagSets()
                    .forEach(set -> {
                        Map<String, String> some = new HashMap<>();
                        set.tags().forEach(tag -> some.put(tag.key(), tag.value() == null ? "" : tag.value()));
                        tags.put(HostedZone.bareId(set.resourceId()), some);
                    });
        }
        return zones.stream()
                .map(zone -> new HostedZone(
                        zone.id(), zone.name(), zone.isPrivate(), tags.getOrDefault(zone.id(), Map.of())))
                .toList();
    }

    /**
     * Tells whether all name servers have a change.
     *
     * @param change its id
     * @return whether they do
     */
    public boolean isInSync(String change) {
        return route53.getChange(r -> r.id(change)).changeInfo().status() == ChangeStatus.INSYNC;
    }
}
