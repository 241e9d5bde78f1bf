package io.k8saws.dns.internal.route53;

import io.k8saws.dns.alias.AliasTargets.AliasTarget;
import io.k8saws.dns.record.DnsName;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.internal.seam.AwsClients;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.VpcEndpoint;

/** Asks Elastic Load Balancing and EC2. Safe to use from many threads. */
final class TargetsOfAws implements TargetCalls {
    private static final int IDS_AT_ONCE = 200; // EC2 API reference, filters
    private static final String IPV4 = "ipv4";

    private final AwsClients aws;

    TargetsOfAws(AwsClients aws) {
        this.aws = aws;
    }

    @Override
    public Map<DnsName, AliasTarget> balancers() {
        Map<DnsName, AliasTarget> found = new HashMap<>();
        aws.loadBalancing()
                .describeLoadBalancersPaginator(r -> {})
                .loadBalancers()
                .forEach(one -> put(
                        found,
                        one.dnsName(),
                        one.canonicalHostedZoneId(),
                        !IPV4.equals(one.ipAddressTypeAsString()) && one.ipAddressTypeAsString() != null));
        return found;
    }

    @Override
    public Map<DnsName, AliasTarget> classicBalancers() {
        Map<DnsName, AliasTarget> found = new HashMap<>();
        aws.classicLoadBalancing()
                .describeLoadBalancersPaginator(r -> {})
                .loadBalancerDescriptions()
                // in a VPC they have addresses of version 4 alone (Classic Load Balancers guide)
                .forEach(one -> put(found, one.dnsName(), one.canonicalHostedZoneNameID(), false));
        return found;
    }

    @Override
    public Map<DnsName, AliasTarget> endpoints(Set<String> ids) {
        Map<DnsName, AliasTarget> found = new HashMap<>();
        List<String> all = ids.stream().sorted().toList();
        for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
            List<String> some = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
            Filter named = Filter.builder().name("vpc-endpoint-id").values(some).build();
            aws.ec2()
                    .describeVpcEndpointsPaginator(r -> r.filters(List.of(named)))
                    .vpcEndpoints()
                    .forEach(one -> one.dnsEntries()
                            .forEach(entry -> put(found, entry.dnsName(), entry.hostedZoneId(), hasIpv6(one))));
        }
        return found;
    }

    private static boolean hasIpv6(VpcEndpoint endpoint) {
        String records =
                endpoint.dnsOptions() == null ? null : endpoint.dnsOptions().dnsRecordIpTypeAsString();
        String type = records == null || records.equals("service-defined") ? endpoint.ipAddressTypeAsString() : records;
        return type != null && !type.equals(IPV4);
    }

    /** A resource that is still being made has no host name yet, or no zone. */
    private static void put(
            Map<DnsName, AliasTarget> found, @Nullable String host, @Nullable String zone, boolean hasIpv6) {
        if (host == null || host.isBlank() || zone == null || zone.isBlank()) {
            return;
        }
        try {
            found.put(DnsName.of(host), new AliasTarget(zone, hasIpv6));
        } catch (InvalidSpecException e) {
            // nothing that a record could lead to
        }
    }
}
