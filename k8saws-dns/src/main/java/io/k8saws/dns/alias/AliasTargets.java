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
    record AliasTarget(String zoneId, boolean hasIpv6) {
        /**
         * Whether an alias may follow the health of this target. Route 53 takes no such alias to CloudFront (API reference, AliasTarget).
         *
         * @return whether it may
         */
        public boolean tellsHealth() {
            return !zoneId.equals(AliasTable.CLOUDFRONT);
        }
    }

    /**
     * Looks a host name up.
     *
     * @param host the host name
     * @return what an alias needs; empty when the name is none of a resource that aliases may lead to
     */
    Optional<AliasTarget> find(DnsName host);

    /**
     * What is known of the form of names, without asking AWS: load balancers, VPC endpoints and domains of API Gateway by their regions, CloudFront and Global Accelerator. Whether one has addresses of version 6 is seen only where its name
     * has the word {@code dualstack}; an alias AAAA to one that has none would answer nothing.
     *
     * @return the table
     */
    static AliasTargets byName() {
        return AliasTable.KNOWN;
    }

    /**
     * What AWS says of its load balancers and VPC endpoints in the region of the access: their hosted zones, and whether they have addresses of version 6. {@link #byName} tells the rest, and all where AWS does not allow the question.
     *
     * <p>It takes the rights {@code elasticloadbalancing:DescribeLoadBalancers} and {@code ec2:DescribeVpcEndpoints}. AWS is asked when a name leads to a host that was not asked for before, once for all such hosts together.
     *
     * @return these targets
     */
    static AliasTargets ofAws() {
        return AskedTargets.INSTANCE;
    }

    /**
     * Whether AWS is to be asked.
     *
     * @return true for {@link #ofAws} and what is combined with it
     */
    default boolean asksAws() {
        return false;
    }

    /**
     * Asks these first, and others for what they do not know.
     *
     * @param others the others
     * @return both
     */
    default AliasTargets or(AliasTargets others) {
        AliasTargets these = this;
        return new AliasTargets() {
            @Override
            public Optional<AliasTarget> find(DnsName host) {
                return these.find(host).or(() -> others.find(host));
            }

            @Override
            public boolean asksAws() {
                return these.asksAws() || others.asksAws();
            }
        };
    }
}
