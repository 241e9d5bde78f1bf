package io.k8saws.dns.internal.route53;

import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.InvalidSpecException;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.route53.model.AliasTarget;
import software.amazon.awssdk.services.route53.model.Coordinates;
import software.amazon.awssdk.services.route53.model.GeoLocation;
import software.amazon.awssdk.services.route53.model.GeoProximityLocation;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** Record sets in the SDK's shape and in ours. Pure. */
final class RecordSets {
    private RecordSets() {}

    /** What Route 53 tells; empty when its name or type is none that this library could ever write, so that it is nobody's here. */
    static Optional<RecordSet> from(ResourceRecordSet set) {
        RecordType type;
        DnsName name;
        try {
            type = RecordType.valueOf(set.typeAsString());
            name = DnsName.fromRoute53(set.name());
        } catch (IllegalArgumentException | InvalidSpecException e) {
            return Optional.empty();
        }
        return answer(set)
                .map(answer -> new RecordSet(
                        name,
                        type,
                        Optional.ofNullable(set.setIdentifier()),
                        routing(set),
                        Optional.ofNullable(set.healthCheckId()),
                        answer));
    }

    private static Optional<Answer> answer(ResourceRecordSet set) {
        AliasTarget alias = set.aliasTarget();
        if (alias != null) {
            try {
                return Optional.of(new Answer.Alias(
                        alias.hostedZoneId(),
                        DnsName.fromRoute53(alias.dnsName()),
                        Boolean.TRUE.equals(alias.evaluateTargetHealth())));
            } catch (InvalidSpecException e) {
                return Optional.empty();
            }
        }
        return set.resourceRecords().isEmpty()
                ? Optional.empty()
                : Optional.of(new Answer.Values(
                        Duration.ofSeconds(set.ttl() == null ? 0 : set.ttl()),
                        set.resourceRecords().stream()
                                .map(ResourceRecord::value)
                                .toList()));
    }

    private static RoutingPolicy routing(ResourceRecordSet set) {
        if (set.trafficPolicyInstanceId() != null) {
            return new RoutingPolicy.Foreign("traffic policy " + set.trafficPolicyInstanceId());
        }
        if (set.cidrRoutingConfig() != null) {
            return new RoutingPolicy.Foreign(
                    "addresses " + set.cidrRoutingConfig().collectionId() + " "
                            + set.cidrRoutingConfig().locationName());
        }
        if (set.weight() != null) {
            return new RoutingPolicy.Weighted(set.weight());
        }
        if (set.region() != null) {
            return new RoutingPolicy.Latency(set.regionAsString());
        }
        if (set.failover() != null) {
            return new RoutingPolicy.Failover(RoutingPolicy.Failover.Role.valueOf(set.failoverAsString()));
        }
        GeoLocation where = set.geoLocation();
        if (where != null) {
            return new RoutingPolicy.Geolocation(
                    Optional.ofNullable(where.continentCode()),
                    Optional.ofNullable(where.countryCode()),
                    Optional.ofNullable(where.subdivisionCode()));
        }
        GeoProximityLocation near = set.geoProximityLocation();
        if (near != null) {
            return new RoutingPolicy.Geoproximity(
                    Optional.ofNullable(near.awsRegion()),
                    Optional.ofNullable(near.localZoneGroup()),
                    Optional.ofNullable(near.coordinates()).map(at -> at.latitude() + "," + at.longitude()),
                    near.bias() == null ? 0 : near.bias());
        }
        return Boolean.TRUE.equals(set.multiValueAnswer())
                ? new RoutingPolicy.Multivalue()
                : new RoutingPolicy.Simple();
    }

    /** What Route 53 is asked for. */
    static ResourceRecordSet to(RecordSet set) {
        ResourceRecordSet.Builder built = ResourceRecordSet.builder()
                .name(set.name().route53())
                .type(set.type().name());
        set.setIdentifier().ifPresent(built::setIdentifier);
        set.healthCheckId().ifPresent(built::healthCheckId);
        if (set.answer() instanceof Answer.Alias alias) {
            built.aliasTarget(target -> target.hostedZoneId(HostedZone.bareId(alias.zoneId()))
                    .dnsName(alias.target().route53())
                    .evaluateTargetHealth(alias.evaluateTargetHealth()));
        } else {
            Answer.Values values = (Answer.Values) set.answer();
            built.ttl(values.ttl().toSeconds())
                    .resourceRecords(values.values().stream()
                            .map(value -> ResourceRecord.builder().value(value).build())
                            .toList());
        }
        route(set.routing(), built);
        return built.build();
    }

    private static void route(RoutingPolicy routing, ResourceRecordSet.Builder built) {
        if (routing instanceof RoutingPolicy.Weighted weighted) {
            built.weight(weighted.weight());
        } else if (routing instanceof RoutingPolicy.Latency latency) {
            built.region(latency.region());
        } else if (routing instanceof RoutingPolicy.Failover failover) {
            built.failover(failover.role().name());
        } else if (routing instanceof RoutingPolicy.Geolocation where) {
            GeoLocation.Builder place = GeoLocation.builder();
            where.continent().ifPresent(place::continentCode);
            where.country().ifPresent(place::countryCode);
            where.subdivision().ifPresent(place::subdivisionCode);
            built.geoLocation(place.build());
        } else if (routing instanceof RoutingPolicy.Geoproximity near) {
            GeoProximityLocation.Builder place = GeoProximityLocation.builder().bias(near.bias());
            near.region().ifPresent(place::awsRegion);
            near.localZoneGroup().ifPresent(place::localZoneGroup);
            near.coordinates().map(RecordSets::coordinates).ifPresent(place::coordinates);
            built.geoProximityLocation(place.build());
        } else if (routing instanceof RoutingPolicy.Multivalue) {
            built.multiValueAnswer(true);
        } else if (routing instanceof RoutingPolicy.Foreign foreign) {
            throw new IllegalArgumentException("A record set with " + foreign.text() + " is not written here.");
        }
    }

    private static Coordinates coordinates(String text) {
        String[] parts = text.split(",", 2);
        return Coordinates.builder()
                .latitude(parts[0].strip())
                .longitude(parts[1].strip())
                .build();
    }
}
