package io.k8saws.internal.resource;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.DnsKind;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.Violation;
import io.k8saws.internal.resource.Reading.DnsZone;
import io.k8saws.internal.seam.AwsClients;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.route53.model.HostedZone;

/** Finds the public hosted zone that a spec names, in one list of all zones; used by one thread. */
public final class HostedZoneLookup {
    private final AwsClients aws;
    private @Nullable List<HostedZone> zones;

    /**
     * Makes a lookup that has asked nothing yet.
     *
     * @param aws the calls
     */
    public HostedZoneLookup(AwsClients aws) {
        this.aws = aws;
    }

    /**
     * The zone in which the cluster's records lie. An id that the spec gives is not believed: a record that its zone cannot take would fail only when all that it
     * points to is made.
     *
     * @param spec the cluster
     * @return the zone, or empty when the spec names no public zone
     * @throws InvalidSpecException if the id that the spec gives is not that of the public zone that it names
     * @throws K8sAwsException if there is no such zone, or more than one and the spec does not say which
     */
    public Optional<DnsZone> publicZone(ClusterSpec spec) {
        if (spec.dns().kind() != DnsKind.PUBLIC) {
            return Optional.empty();
        }
        spec.dns().hostedZoneId().ifPresent(id -> requireMeant(spec, id));
        List<String> found = found(spec);
        if (found.size() == 1) {
            return Optional.of(zone(spec, found.get(0)));
        }
        String domain = domain(spec);
        throw found.isEmpty()
                ? new K8sAwsException(
                        "Find the public hosted zone " + domain,
                        "the account has none of that name",
                        "create it, or set dns to the zone that you use, to a private zone, or to none")
                : new K8sAwsException(
                        "Find the public hosted zone " + domain,
                        "the account has " + found.size() + " of that name",
                        "set dns.hostedZoneId to the one you mean",
                        Map.of("zones", String.join(",", found)),
                        null);
    }

    /**
     * The zone in which the records of a former spec lie. That it is gone must not stop a new plan.
     *
     * @param spec the cluster as it was
     * @return the zone, or empty when the spec named no public zone or that is no longer there
     */
    public Optional<DnsZone> formerPublicZone(ClusterSpec spec) {
        return spec.dns().kind() == DnsKind.PUBLIC && found(spec).size() == 1
                ? Optional.of(zone(spec, found(spec).get(0)))
                : Optional.empty();
    }

    private void requireMeant(ClusterSpec spec, String id) {
        String domain = domain(spec);
        Optional<HostedZone> zone = zones().stream()
                .filter(one -> DnsRecords.zoneId(one.id()).equals(id))
                .findFirst();
        Optional<String> problem = zone.isEmpty()
                ? Optional.of("the account has no hosted zone " + id)
                : Optional.of(zone.get())
                        .filter(one ->
                                isPrivate(one) || !DnsRecords.domain(one.name()).equals(domain))
                        .map(one -> id + " is the " + (isPrivate(one) ? "private" : "public") + " zone "
                                + DnsRecords.domain(one.name()) + ", not the public zone " + domain);
        if (problem.isPresent()) {
            throw new InvalidSpecException(
                    "Find the hosted zone of cluster " + spec.name(),
                    List.of(new Violation(
                            "dns.hostedZoneId",
                            problem.get(),
                            "write the id of the public zone " + domain
                                    + ", or leave it out: the zone is found by its name, if only one has it")));
        }
    }

    private List<String> found(ClusterSpec spec) {
        String domain = domain(spec);
        return spec.dns().hostedZoneId().map(List::of).orElseGet(() -> zones().stream()
                .filter(zone ->
                        !isPrivate(zone) && DnsRecords.domain(zone.name()).equals(domain))
                .map(zone -> DnsRecords.zoneId(zone.id()))
                .toList());
    }

    private List<HostedZone> zones() {
        if (zones == null) {
            zones = HostedZones.all(aws);
        }
        return zones;
    }

    /**
     * Lets a look at the world know what was found out here.
     *
     * @param reading the look, before it has begun
     */
    public void tell(Reading reading) {
        if (zones != null) {
            reading.know(HostedZones.QUESTION, zones);
        }
    }

    private static boolean isPrivate(HostedZone zone) {
        return zone.config() != null && Boolean.TRUE.equals(zone.config().privateZone());
    }

    private static DnsZone zone(ClusterSpec spec, String id) {
        return new DnsZone(id, spec.apiHostName().orElseThrow());
    }

    private static String domain(ClusterSpec spec) {
        return spec.dns().zone().orElseThrow();
    }
}
