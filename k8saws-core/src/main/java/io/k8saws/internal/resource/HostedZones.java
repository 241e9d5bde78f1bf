package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.internal.seam.AwsClients;
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
import software.amazon.awssdk.services.route53.model.VPC;

/** A private hosted zone of the cluster, bound to its VPC. */
public final class HostedZones implements ResourceKind<HostedZones.HostedZone> {
    /** The kind's name. */
    public static final String KIND = "hosted-zone";

    /** The output that holds the domain. */
    public static final String DOMAIN = "domain";

    /** The question that {@link #all} answers. */
    static final String QUESTION = "ListHostedZones";

    private static final Set<String> EXISTS = Set.of("HostedZoneAlreadyExists", "ConflictingDomainExists");

    /** The fields of this kind. */
    public record HostedZone(
            @ReplaceOnChange String domain, @ReplaceOnChange Ref vpc) implements Attributes {
        /** Writes the domain as Route 53 compares it. */
        public HostedZone {
            domain = DnsRecords.domain(domain);
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<HostedZone> attributes() {
        return HostedZone.class;
    }

    @Override
    public Risk deletionRisk(Observed<HostedZone> observed) {
        return Risk.DESTRUCTIVE;
    }

    @Override
    public Found<HostedZone> read(Reading reading) {
        List<Observed<HostedZone>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (var zone : ours(reading)) {
            String id = DnsRecords.zoneId(zone.id());
            Missing.orEmpty(DnsRecords.NO_ZONE, () -> reading.aws().route53().getHostedZone(r -> r.id(id)))
                    .ifPresent(detail -> {
                        ResourceAddress address = address(reading.scope(), zone).orElseThrow();
                        String vpc = vpc(reading, detail.vpCs());
                        found.add(new Observed<>(
                                address,
                                id,
                                Map.of(DOMAIN, DnsRecords.domain(zone.name())),
                                new HostedZone(DnsRecords.domain(zone.name()), Ref.id(vpc)),
                                Origin.OURS));
                        detail.vpCs().stream()
                                .filter(other -> !vpc.equals(other.vpcId()))
                                .forEach(other -> foreign.add(new Foreign(
                                        address,
                                        "bound to " + other.vpcId() + " in " + other.vpcRegionAsString(),
                                        Owners.UNKNOWN)));
                    });
        }
        return new Found<>(found, foreign);
    }

    @Override
    public Made create(Step step, HostedZone wanted) {
        String id;
        try {
            id = step.aws()
                    .route53()
                    .createHostedZone(r -> r.name(wanted.domain())
                            .callerReference(step.token())
                            .hostedZoneConfig(c -> c.comment(comment(step.scope(), step.address()))
                                    .privateZone(true))
                            .vpc(v -> v.vpcId(step.value(wanted.vpc()))
                                    .vpcRegion(step.scope().region())))
                    .hostedZone()
                    .id();
        } catch (AwsCallException e) {
            if (!EXISTS.contains(e.code())) {
                throw e;
            }
            id = existing(step, wanted, e);
        }
        return new Made(DnsRecords.zoneId(id), Map.of(DOMAIN, wanted.domain()));
    }

    /** Never has anything to change: both fields need another zone. */
    @Override
    public Made update(Step step, Observed<HostedZone> observed, HostedZone wanted, Set<String> fields) {
        return new Made(observed.id(), observed.outputs());
    }

    /**
     * Deletes the zone with the records that are ours.
     *
     * @throws K8sAwsException if the zone holds records of others; then nothing was deleted
     */
    @Override
    public void delete(Step step, Observed<HostedZone> observed) {
        var client = step.aws().route53();
        String id = observed.id();
        DnsRecords records = DnsRecords.all(client, step.scope(), id);
        var others = records.others(observed.attributes().domain());
        if (!others.isEmpty()) {
            throw new K8sAwsException(
                    "Delete " + step.address(),
                    "the zone holds records that this cluster did not make: " + DnsRecords.names(others),
                    "delete or move these records, then run it again",
                    Map.of("zone", id, "records", String.valueOf(others.size())),
                    null);
        }
        DnsRecords.delete(client, id, () -> {
            DnsRecords left = DnsRecords.all(client, step.scope(), id);
            return left.ours().keySet().stream()
                    .flatMap(domain -> left.ours(domain).stream())
                    .toList();
        });
        step.await("hosted zone " + id + " to take its deletion", Duration.ofMinutes(2), () -> {
            boolean taken = Missing.done(
                    Set.of("PriorRequestNotComplete"),
                    () -> Missing.done(DnsRecords.NO_ZONE, () -> client.deleteHostedZone(r -> r.id(id))));
            return taken ? Optional.empty() : Optional.of("an earlier change is still under way");
        });
    }

    /** The zones of the cluster. One list of all zones answers this, whatever their domains are. */
    static List<software.amazon.awssdk.services.route53.model.HostedZone> ours(Reading reading) {
        return reading.once(QUESTION, () -> all(reading.aws())).stream()
                .filter(zone -> address(reading.scope(), zone).isPresent())
                .toList();
    }

    /** All zones of the account. */
    static List<software.amazon.awssdk.services.route53.model.HostedZone> all(AwsClients aws) {
        return aws.route53().listHostedZonesPaginator().hostedZones().stream().toList();
    }

    /** The address of a zone of ours, as its comment has it; empty when the zone is not this cluster's. */
    static Optional<ResourceAddress> address(
            ClusterScope scope, software.amazon.awssdk.services.route53.model.HostedZone zone) {
        if (zone.config() == null
                || !Boolean.TRUE.equals(zone.config().privateZone())
                || zone.config().comment() == null) {
            return Optional.empty();
        }
        String comment = zone.config().comment();
        String mark = mark(scope);
        return comment.startsWith(mark)
                ? Optional.of(new ResourceAddress(KIND, comment.substring(mark.length())))
                : Optional.empty();
    }

    private static String comment(ClusterScope scope, ResourceAddress address) {
        return mark(scope) + address.name();
    }

    /** Route 53 is global, so the region tells two clusters of one name apart. */
    private static String mark(ClusterScope scope) {
        return "k8saws cluster=" + scope.cluster() + " region=" + scope.region() + " hosted-zone=";
    }

    /** The VPC of the zone. Of several, as after someone bound the zone to another, the one that is the cluster's. */
    private static String vpc(Reading reading, List<VPC> vpcs) {
        List<String> here = vpcs.stream()
                .filter(vpc -> reading.scope().region().equals(vpc.vpcRegionAsString()))
                .map(VPC::vpcId)
                .toList();
        if (here.size() < 2) {
            return here.stream().findFirst().orElse("");
        }
        Set<String> ours =
                Vpcs.described(reading).stream().map(vpc -> vpc.vpcId()).collect(Collectors.toSet());
        return here.stream().filter(ours::contains).findFirst().orElse(here.get(0));
    }

    private static String existing(Step step, HostedZone wanted, AwsCallException refusal) {
        var sameDomain = step.aws().route53().listHostedZonesPaginator().hostedZones().stream()
                .filter(zone -> DnsRecords.domain(zone.name()).equals(wanted.domain()))
                .toList();
        return sameDomain.stream()
                .filter(zone -> address(step.scope(), zone).equals(Optional.of(step.address())))
                .map(zone -> zone.id())
                .findFirst()
                .orElseThrow(() -> new K8sAwsException(
                        "Create " + step.address(),
                        "a hosted zone of " + wanted.domain()
                                + " that is not this cluster's is bound to the VPC already",
                        "use that zone in the spec, or another domain",
                        Map.of(
                                "zones",
                                sameDomain.stream()
                                        .map(zone -> DnsRecords.zoneId(zone.id()))
                                        .collect(Collectors.joining(","))),
                        refusal));
    }
}
