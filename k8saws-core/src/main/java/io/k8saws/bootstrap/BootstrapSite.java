package io.k8saws.bootstrap;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a cluster lives, as its machines must know it. Immutable.
 *
 * @param bucket the cluster's bucket
 * @param dnsSuffix what AWS's host names of the partition end with, {@code amazonaws.com} in most
 * @param endpoint one URL for all services in the place of AWS's own, for an emulator; without a slash at the end
 * @param apiLoadBalancer the name of the API's load balancer; machines ask for its DNS name when the cluster publishes none
 * @param groups the names of the Auto Scaling groups by the parts of {@link ScriptSet#part()}, so that a machine can end its group's wait; may be empty
 */
public record BootstrapSite(
        String bucket,
        String dnsSuffix,
        Optional<String> endpoint,
        String apiLoadBalancer,
        Map<String, String> groups) {
    /** Checks that no part is missing, and copies the map. */
    public BootstrapSite {
        Objects.requireNonNull(bucket, "bucket");
        Objects.requireNonNull(dnsSuffix, "dnsSuffix");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(apiLoadBalancer, "apiLoadBalancer");
        groups = Map.copyOf(groups);
    }

    /**
     * Describes a cluster on AWS.
     *
     * @param bucket the cluster's bucket
     * @param partition the AWS partition, such as {@code aws} or {@code aws-cn}
     * @param apiLoadBalancer the name of the API's load balancer
     * @return the place
     */
    public static BootstrapSite of(String bucket, String partition, String apiLoadBalancer) {
        String suffix = partition.equals("aws-cn") ? "amazonaws.com.cn" : "amazonaws.com";
        return new BootstrapSite(bucket, suffix, Optional.empty(), apiLoadBalancer, Map.of());
    }

    /** The URL below which a bucket's objects lie. */
    String s3(String region, String name) {
        return endpoint.map(url -> url + "/" + name).orElse("https://" + name + ".s3." + region + "." + dnsSuffix);
    }

    /** The URL of a service. */
    String service(String name, String region) {
        return endpoint.orElse("https://" + name + "." + region + "." + dnsSuffix);
    }
}
