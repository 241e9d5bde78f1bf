package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsResponse;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Some records of a hosted zone, and whose they are. Beside each record {@code <domain>} of ours stands a TXT record {@code _k8saws.<domain>} that names cluster,
 * account, region and resource; a record without it is not ours. Route 53 is global, so the region tells two clusters of one name apart.
 */
final class DnsRecords {
    static final Set<String> NO_ZONE = Set.of("NoSuchHostedZone");
    private static final String OWNER_LABEL = "_k8saws.";
    private static final Set<RRType> RESOLVING = Set.of(RRType.A, RRType.AAAA, RRType.CNAME);
    private static final long OWNER_TTL_SECONDS = 300;

    private final ClusterScope scope;
    private final List<ResourceRecordSet> records;

    private DnsRecords(ClusterScope scope, List<ResourceRecordSet> records) {
        this.scope = scope;
        this.records = List.copyOf(records);
    }

    /** All records of a zone; none when the zone is gone. */
    static DnsRecords all(Route53Client client, ClusterScope scope, String zone) {
        return Missing.orEmpty(
                        NO_ZONE,
                        () ->
                                client
                                        .listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone))
                                        .resourceRecordSets()
                                        .stream()
                                        .toList())
                .map(records -> new DnsRecords(scope, records))
                .orElseGet(() -> new DnsRecords(scope, List.of()));
    }

    /**
     * The records of a domain and the owner's record beside it; none when the zone is gone. Route 53 lists a domain's children right behind it (API reference,
     * ListResourceRecordSets), so one page holds them unless the domain has hundreds of children.
     */
    static DnsRecords of(Route53Client client, ClusterScope scope, String zone, String domain) {
        List<ResourceRecordSet> found = new ArrayList<>();
        Missing.done(NO_ZONE, () -> {
            ListResourceRecordSetsResponse page =
                    client.listResourceRecordSets(r -> r.hostedZoneId(zone).startRecordName(domain));
            while (addFrom(page, domain, found) && page.isTruncated()) {
                ListResourceRecordSetsResponse last = page;
                page = client.listResourceRecordSets(r -> r.hostedZoneId(zone)
                        .startRecordName(last.nextRecordName())
                        .startRecordType(last.nextRecordType())
                        .startRecordIdentifier(last.nextRecordIdentifier()));
            }
        });
        return new DnsRecords(scope, found);
    }

    /** Takes what belongs to the domain out of a page; false when the following pages hold nothing of it. */
    private static boolean addFrom(ListResourceRecordSetsResponse page, String domain, List<ResourceRecordSet> found) {
        for (ResourceRecordSet rrset : page.resourceRecordSets()) {
            String name = domain(rrset.name());
            if (name.equals(domain) || name.equals(OWNER_LABEL + domain)) {
                found.add(rrset);
            } else if (!name.endsWith("." + domain)) {
                return false;
            }
        }
        return true;
    }

    /** The alias records of ours by domain, with their addresses. A domain whose alias was deleted by someone is there, too: with its owner's record alone. */
    Map<String, ResourceAddress> ours() {
        Map<String, ResourceAddress> ours = new TreeMap<>();
        for (ResourceRecordSet rrset : records) {
            if (isOwnerRecord(rrset)) {
                Map<String, String> owner = owner(rrset);
                String resource = owner.getOrDefault("resource", "");
                boolean wellFormed =
                        resource != null && resource.matches("[^/\\s]+/\\S+"); // anybody can write a TXT record
                if (wellFormed && owner.equals(ownerOf(ResourceAddress.parse(resource)))) {
                    ours.put(domain(rrset.name()).substring(OWNER_LABEL.length()), ResourceAddress.parse(resource));
                }
            }
        }
        return ours;
    }

    /** The address record of a domain. */
    Optional<ResourceRecordSet> addressRecord(String domain) {
        return records.stream()
                .filter(rrset ->
                        rrset.type() == RRType.A && domain(rrset.name()).equals(domain))
                .findFirst();
    }

    /** The records that make up what is ours under a domain, as they must be named to delete them. */
    List<ResourceRecordSet> ours(String domain) {
        return ours().containsKey(domain)
                ? records.stream()
                        .filter(rrset -> belongsTo(rrset, Set.of(domain)))
                        .toList()
                : List.of();
    }

    /** What is not ours, without the two records that every zone has. */
    List<ResourceRecordSet> others(String zoneDomain) {
        Set<String> ours = ours().keySet();
        return records.stream()
                .filter(rrset -> !belongsTo(rrset, ours) && !isZoneOwn(rrset, zoneDomain))
                .toList();
    }

    /** Records that stand in the way of an address record of ours: any of the domain that resolve it, and an owner's record of someone else. */
    List<ResourceRecordSet> inTheWayOf(String domain) {
        if (ours().containsKey(domain)) {
            return List.of();
        }
        return records.stream()
                .filter(rrset -> isOwnerRecord(rrset) || RESOLVING.contains(rrset.type()))
                .toList();
    }

    private static boolean belongsTo(ResourceRecordSet rrset, Set<String> domains) {
        String name = domain(rrset.name());
        return rrset.type() == RRType.A && domains.contains(name)
                || isOwnerRecord(rrset) && domains.contains(name.substring(OWNER_LABEL.length()));
    }

    private static boolean isZoneOwn(ResourceRecordSet rrset, String zoneDomain) {
        return domain(rrset.name()).equals(zoneDomain) && (rrset.type() == RRType.SOA || rrset.type() == RRType.NS);
    }

    private static boolean isOwnerRecord(ResourceRecordSet rrset) {
        return rrset.type() == RRType.TXT && domain(rrset.name()).startsWith(OWNER_LABEL);
    }

    /** The record that says whose a domain is. */
    static ResourceRecordSet ownerRecord(ClusterScope scope, ResourceAddress address, String domain) {
        String text = new DnsRecords(scope, List.of())
                .ownerOf(address).entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(","));
        return ResourceRecordSet.builder()
                .name(OWNER_LABEL + domain)
                .type(RRType.TXT)
                .ttl(OWNER_TTL_SECONDS)
                .resourceRecords(
                        ResourceRecord.builder().value("\"" + text + "\"").build())
                .build();
    }

    private Map<String, String> ownerOf(ResourceAddress address) {
        return new TreeMap<>(Map.of(
                "heritage", "k8saws",
                "cluster", scope.cluster(),
                "account", scope.account(),
                "region", scope.region(),
                "resource", address.toString()));
    }

    /** The {@code key=value} pairs of a TXT record; empty when it holds none. */
    private static Map<String, String> owner(ResourceRecordSet rrset) {
        Map<String, String> owner = new HashMap<>();
        for (ResourceRecord value : rrset.resourceRecords()) {
            for (String pair : value.value().replace("\"", "").split(",")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    owner.put(pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
        }
        return owner;
    }

    /** Whom the records beside a record name as its owner, in k8saws' words or in external-dns'; {@code unknown} when none does. */
    String ownerOf(ResourceRecordSet rrset) {
        String domain = domain(rrset.name());
        return records.stream()
                .filter(other -> other.type() == RRType.TXT
                        && (domain(other.name()).equals(domain)
                                || domain(other.name()).endsWith(domain)))
                .map(DnsRecords::owner)
                .filter(owner -> owner.containsKey("heritage"))
                .map(owner -> owner.get("heritage") + " "
                        + owner.getOrDefault("cluster", owner.getOrDefault("external-dns/owner", "")))
                .map(String::strip)
                .findFirst()
                .orElse("unknown");
    }

    /** The name of records for messages, ten at most. */
    static String names(List<ResourceRecordSet> records) {
        String names = records.stream().limit(10).map(DnsRecords::name).collect(Collectors.joining(", "));
        return records.size() > 10 ? names + " and " + (records.size() - 10) + " more" : names;
    }

    static String name(ResourceRecordSet rrset) {
        return rrset.typeAsString() + " " + domain(rrset.name());
    }

    static List<Change> changes(ChangeAction action, List<ResourceRecordSet> records) {
        return records.stream()
                .map(rrset ->
                        Change.builder().action(action).resourceRecordSet(rrset).build())
                .toList();
    }

    /**
     * Deletes records. The batch must name them as they are, so it is made from a look. When it is refused, a second look tells whether they are gone, because an
     * answer was lost, or are others now.
     */
    static void delete(Route53Client client, String zone, Supplier<List<ResourceRecordSet>> look) {
        List<ResourceRecordSet> records = look.get();
        try {
            delete(client, zone, records);
        } catch (AwsCallException e) {
            List<ResourceRecordSet> now = look.get();
            if (!e.code().equals("InvalidChangeBatch") || now.equals(records)) {
                throw e;
            }
            delete(client, zone, now);
        }
    }

    private static void delete(Route53Client client, String zone, List<ResourceRecordSet> records) {
        if (!records.isEmpty()) {
            client.changeResourceRecordSets(
                    r -> r.hostedZoneId(zone).changeBatch(b -> b.changes(changes(ChangeAction.DELETE, records))));
        }
    }

    /** A domain as we write it: lower case, no final dot. */
    static String domain(@Nullable String name) {
        String lower = name == null ? "" : name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** A zone's id without the path that some answers put before it. */
    static String zoneId(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }
}
