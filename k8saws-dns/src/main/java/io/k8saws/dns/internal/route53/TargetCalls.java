package io.k8saws.dns.internal.route53;

import io.k8saws.dns.alias.AliasTargets.AliasTarget;
import io.k8saws.dns.record.DnsName;
import io.k8saws.error.AwsCallException;
import java.util.Map;
import java.util.Set;

/** What AWS tells of the resources to which aliases lead. Each method is one call, or a few by pages; all block. */
public interface TargetCalls {
    /**
     * All application and network load balancers of the region.
     *
     * @return by their host names
     * @throws AwsCallException if AWS does not answer
     */
    Map<DnsName, AliasTarget> balancers();

    /**
     * All classic load balancers of the region.
     *
     * @return by their host names
     * @throws AwsCallException if AWS does not answer
     */
    Map<DnsName, AliasTarget> classicBalancers();

    /**
     * VPC endpoints of the region.
     *
     * @param ids which; those that are not there are left out
     * @return by their host names
     * @throws AwsCallException if AWS does not answer
     */
    Map<DnsName, AliasTarget> endpoints(Set<String> ids);
}
