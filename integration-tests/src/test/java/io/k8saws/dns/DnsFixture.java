package io.k8saws.dns;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.zone.ZoneFilter;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.RRType;

/** What tests of names begin with: a domain that no other test has, a zone of it, and programs that look after it. */
public final class DnsFixture {
    private DnsFixture() {}

    /** A label that no other test has. */
    public static String unique(String prefix) {
        return prefix + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Makes a public zone; returns its id as Route 53 tells it. */
    public static String zone(Route53Client route53, String domain) {
        return route53.createHostedZone(
                        r -> r.name(domain).callerReference(UUID.randomUUID().toString()))
                .hostedZone()
                .id();
    }

    /** Names of an owner. */
    public static Dns dns(AwsAccess access, String owner, ZoneFilter filter) {
        return Dns.builder(access, OwnerMarks.of(owner))
                .filter(filter)
                .resilience(ResiliencePolicy.defaults().forEmulator())
                .build();
    }

    /** Names of an owner in a domain. */
    public static Dns dns(AwsAccess access, String owner, String domain) {
        return dns(access, owner, ZoneFilter.builder().addDomain(domain).build());
    }

    /** A zone's addresses, the first of each name, by the names without the domain. */
    public static Map<String, String> addresses(Route53Client route53, String zone, String domain) {
        Map<String, String> found = new TreeMap<>();
        route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.type() == RRType.A)
                .forEach(set -> found.put(
                        set.name().replace("." + domain + ".", ""),
                        set.resourceRecords().get(0).value()));
        return found;
    }
}
