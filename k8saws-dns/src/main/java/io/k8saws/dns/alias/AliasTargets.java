package io.k8saws.dns.alias;

import io.k8saws.dns.record.DnsName;
import java.util.Optional;

/** Tells what an alias to a host name of AWS needs. Implementations are safe to use from many threads. */
@FunctionalInterface
public interface AliasTargets {
    /**
     * A resource of AWS that an alias may lead to.
     *
     * @param zoneId the hosted zone of its name
     * @param hasIpv6 whether it answers with addresses of version 6
     */
    record AliasTarget(String zoneId, boolean hasIpv6) {}

    /**
     * Looks a host name up.
     *
     * @param host the host name
     * @return what an alias needs; empty when the name is none of a resource that aliases may lead to
     */
    Optional<AliasTarget> find(DnsName host);

    /**
     * What is known of the form of names, without asking AWS: load balancers by their regions, CloudFront and Global Accelerator. Whether a load balancer has addresses of version 6 is not to be seen, unless its name begins with
     * {@code dualstack}; an alias AAAA to one that has none would answer nothing.
     *
     * @return the table
     */
    static AliasTargets byName() {
        return AliasTable.KNOWN;
    }

    /**
     * Asks these first, and others for what they do not know.
     *
     * @param others the others
     * @return both
     */
    default AliasTargets or(AliasTargets others) {
        return host -> find(host).or(() -> others.find(host));
    }
}
