package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.route53.model.AliasTarget;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.ChangeStatus;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** An alias record of a load balancer, with a TXT record beside it that says whose it is. */
public final class RecordSets implements ResourceKind<RecordSets.RecordSet> {
    /** The kind's name. */
    public static final String KIND = "record-set";

    /** The output that holds the domain. */
    public static final String DOMAIN = "domain";

    /** The fields of this kind. */
    public record RecordSet(
            @ReplaceOnChange Ref zone,
            @ReplaceOnChange String domain,
            Ref aliasDomain,
            Ref aliasZone,
            Set<String> otherSettings)
            implements Attributes {
        /** Writes the domain as Route 53 compares it. */
        public RecordSet {
            domain = DnsRecords.domain(domain);
            otherSettings = Set.copyOf(otherSettings);
        }

        /** An alias as all of ours are: whether its target is healthy is not its concern. */
        public RecordSet(Ref zone, String domain, Ref aliasDomain, Ref aliasZone) {
            this(zone, domain, aliasDomain, aliasZone, Set.of());
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<RecordSet> attributes() {
        return RecordSet.class;
    }

    @Override
    public Risk deletionRisk(Observed<RecordSet> observed) {
        return Risk.DESTRUCTIVE;
    }

    @Override
    public Found<RecordSet> read(Reading reading) {
        var client = reading.aws().route53();
        List<Observed<RecordSet>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (var zone : HostedZones.ours(reading)) {
            String id = DnsRecords.zoneId(zone.id());
            DnsRecords records = DnsRecords.all(client, reading.scope(), id);
            found.addAll(observed(id, records));
            ResourceAddress address = HostedZones.address(reading.scope(), zone).orElseThrow();
            records.others(DnsRecords.domain(zone.name()))
                    .forEach(other -> foreign.add(foreign(address, records, other)));
        }
        for (Reading.DnsZone zone : reading.dnsZones()) {
            String id = DnsRecords.zoneId(zone.id());
            String domain = DnsRecords.domain(zone.recordName());
            DnsRecords records = DnsRecords.of(client, reading.scope(), id, domain);
            found.addAll(observed(id, records));
            ResourceAddress address = new ResourceAddress(KIND, domain);
            records.inTheWayOf(domain).forEach(other -> foreign.add(foreign(address, records, other)));
        }
        return new Found<>(found, foreign);
    }

    /**
     * Creates both records in one batch, which Route 53 carries out whole or not at all.
     *
     * @throws K8sAwsException if the domain has records of others; then nothing was changed
     */
    @Override
    public Made create(Step step, RecordSet wanted) {
        String zone = DnsRecords.zoneId(step.value(wanted.zone()));
        ChangeAction action = requireFree(step, zone, wanted) ? ChangeAction.UPSERT : ChangeAction.CREATE;
        try {
            write(step, zone, wanted, action);
        } catch (AwsCallException e) {
            // Someone was faster, or this very batch was carried out and its answer was lost.
            if (!e.code().equals("InvalidChangeBatch") || !requireFree(step, zone, wanted)) {
                throw e;
            }
            write(step, zone, wanted, ChangeAction.UPSERT);
        }
        return made(zone, wanted.domain());
    }

    @Override
    public Made update(Step step, Observed<RecordSet> observed, RecordSet wanted, Set<String> fields) {
        String zone = DnsRecords.zoneId(step.value(wanted.zone()));
        write(step, zone, wanted, ChangeAction.UPSERT);
        return made(zone, wanted.domain());
    }

    @Override
    public void delete(Step step, Observed<RecordSet> observed) {
        var client = step.aws().route53();
        String zone = step.value(observed.attributes().zone());
        String domain = observed.attributes().domain();
        DnsRecords.delete(client, zone, () -> DnsRecords.of(client, step.scope(), zone, domain)
                .ours(domain));
    }

    /** Fails when the domain has records of others; tells whether it has records of ours. */
    private static boolean requireFree(Step step, String zone, RecordSet wanted) {
        DnsRecords records = DnsRecords.of(step.aws().route53(), step.scope(), zone, wanted.domain());
        var others = records.inTheWayOf(wanted.domain());
        if (!others.isEmpty()) {
            throw new K8sAwsException(
                    "Create " + step.address(),
                    "the hosted zone holds records of this name that this cluster did not make: "
                            + DnsRecords.names(others),
                    "delete these records, or choose another name in the spec",
                    Map.of("zone", zone, "owner", records.ownerOf(others.get(0))),
                    null);
        }
        return records.ours().containsKey(wanted.domain());
    }

    private static void write(Step step, String zone, RecordSet wanted, ChangeAction action) {
        var client = step.aws().route53();
        var alias = ResourceRecordSet.builder()
                .name(wanted.domain())
                .type(RRType.A)
                .aliasTarget(a -> a.dnsName(step.value(wanted.aliasDomain()))
                        .hostedZoneId(step.value(wanted.aliasZone()))
                        .evaluateTargetHealth(false))
                .build();
        var owner = DnsRecords.ownerRecord(step.scope(), step.address(), wanted.domain());
        var change = client.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                        .changeBatch(b -> b.changes(DnsRecords.changes(action, List.of(alias, owner)))))
                .changeInfo();
        if (change.status() == ChangeStatus.INSYNC) {
            return;
        }
        // Resolvers remember that a name is missing for up to 15 minutes, so nobody should be told of it before it is
        // there.
        step.await("record " + wanted.domain() + " on all name servers", Duration.ofMinutes(5), () -> {
            ChangeStatus status =
                    client.getChange(r -> r.id(change.id())).changeInfo().status();
            return status == ChangeStatus.INSYNC ? Optional.empty() : Optional.of(String.valueOf(status));
        });
    }

    private static List<Observed<RecordSet>> observed(String zone, DnsRecords records) {
        List<Observed<RecordSet>> found = new ArrayList<>();
        records.ours().forEach((domain, address) -> {
            Optional<ResourceRecordSet> alias = records.addressRecord(domain);
            Made made = made(zone, domain);
            found.add(new Observed<>(
                    address,
                    made.id(),
                    made.outputs(),
                    new RecordSet(
                            Ref.id(zone),
                            domain,
                            Ref.id(alias.map(RecordSets::target).orElse("")),
                            Ref.id(alias.map(ResourceRecordSet::aliasTarget)
                                    .map(AliasTarget::hostedZoneId)
                                    .orElse("")),
                            new OtherSettings()
                                    .when(
                                            alias.map(ResourceRecordSet::aliasTarget)
                                                    .map(AliasTarget::evaluateTargetHealth)
                                                    .orElse(false),
                                            "evaluates the target's health")
                                    .found()),
                    Origin.OURS));
        });
        return found;
    }

    /** Where a record points: the alias, or the addresses that someone put in its place. */
    private static String target(ResourceRecordSet rrset) {
        return rrset.aliasTarget() != null
                ? DnsRecords.domain(rrset.aliasTarget().dnsName())
                : rrset.resourceRecords().stream().map(ResourceRecord::value).collect(Collectors.joining(" "));
    }

    private static Foreign foreign(ResourceAddress address, DnsRecords records, ResourceRecordSet other) {
        return new Foreign(address, "record " + DnsRecords.name(other), records.ownerOf(other));
    }

    private static Made made(String zone, String domain) {
        return new Made(zone + "/" + domain, Map.of(DOMAIN, domain));
    }
}
