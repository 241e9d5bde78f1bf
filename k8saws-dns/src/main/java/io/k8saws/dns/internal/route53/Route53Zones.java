package io.k8saws.dns.internal.route53;

import io.k8saws.dns.internal.change.RefusedBatchException;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.internal.seam.AwsClients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.ChangeStatus;
import software.amazon.awssdk.services.route53.model.InvalidChangeBatchException;
import software.amazon.awssdk.services.route53.model.ListHostedZonesResponse;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsRequest;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsResponse;
import software.amazon.awssdk.services.route53.model.TagResourceType;

/** Zones and records of an account. Safe to use from many threads. */
public final class Route53Zones {
    private static final String PAGE = "300"; // record sets of a page, at most (API reference, ListResourceRecordSets)
    private static final String NAME_PAGE = "20";
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
            page.hostedZones().forEach(zone -> zone(zone).ifPresent(found::add));
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
     * All record sets of a zone.
     *
     * @param zone the zone
     * @return those that this library understands
     */
    public List<RecordSet> records(HostedZone zone) {
        return records(
                ListResourceRecordSetsRequest.builder().hostedZoneId(zone.id()).maxItems(PAGE), set -> true);
    }

    /**
     * The record sets of one name, without reading the zone.
     *
     * @param zone the zone
     * @param name the name
     * @return those that this library understands
     */
    public List<RecordSet> records(HostedZone zone, DnsName name) {
        return records(
                ListResourceRecordSetsRequest.builder()
                        .hostedZoneId(zone.id())
                        .startRecordName(name.route53())
                        .maxItems(NAME_PAGE),
                set -> isNamed(set, name));
    }

    private static boolean isNamed(String text, DnsName name) {
        try {
            return DnsName.fromRoute53(text).equals(name);
        } catch (InvalidSpecException e) {
            return false;
        }
    }

    private List<RecordSet> records(ListResourceRecordSetsRequest.Builder request, Predicate<String> goesOn) {
        List<RecordSet> found = new ArrayList<>();
        while (true) {
            ListResourceRecordSetsResponse page = route53.listResourceRecordSets(request.build());
            for (var set : page.resourceRecordSets()) {
                if (!goesOn.test(set.name())) {
                    return found;
                }
                RecordSets.from(set).ifPresent(found::add);
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return found;
            }
            request.startRecordName(page.nextRecordName())
                    .startRecordType(page.nextRecordType())
                    .startRecordIdentifier(page.nextRecordIdentifier());
        }
    }

    /**
     * Changes a zone: what was there is deleted with all that was seen of it, and what shall be there is created, so that Route 53 itself refuses when somebody else was quicker.
     *
     * @param zone the zone
     * @param changes one batch
     * @return the id of the change
     * @throws RefusedBatchException if Route 53 refuses a change; nothing was done
     */
    public String change(HostedZone zone, List<SetChange> changes) {
        List<Change> all = new ArrayList<>();
        changes.forEach(change -> change.before()
                .ifPresent(set -> all.add(Change.builder()
                        .action(ChangeAction.DELETE)
                        .resourceRecordSet(RecordSets.to(set))
                        .build())));
        changes.forEach(change -> change.after()
                .ifPresent(set -> all.add(Change.builder()
                        .action(ChangeAction.CREATE)
                        .resourceRecordSet(RecordSets.to(set))
                        .build())));
        try {
            return route53.changeResourceRecordSets(r -> r.hostedZoneId(zone.id())
                            .changeBatch(batch -> batch.changes(all).comment("k8saws")))
                    .changeInfo()
                    .id();
        } catch (AwsCallException e) {
            if (e.code().equals("InvalidChangeBatch")) {
                throw new RefusedBatchException(reasons(e), e);
            }
            throw e;
        }
    }

    private static List<String> reasons(AwsCallException refusal) {
        if (refusal.getCause() instanceof InvalidChangeBatchException invalid) {
            if (!invalid.messages().isEmpty()) {
                return invalid.messages();
            }
            if (invalid.awsErrorDetails() != null && invalid.awsErrorDetails().errorMessage() != null) {
                return List.of(invalid.awsErrorDetails().errorMessage().split("(?<=\\]),\\s*(?=\\[?Tried)"));
            }
        }
        return List.of(String.valueOf(refusal.getMessage()));
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
