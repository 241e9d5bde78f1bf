package io.k8saws.testkit.inventory;

import io.k8saws.testkit.AwsEndpoint;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Everything in one account and region of an AWS endpoint that a cluster may be made of, one line each.
 *
 * <pre>{@code
 * AwsInventory before = AwsInventory.of(aws);
 * ... apply, destroy ...
 * assertThat(AwsInventory.of(aws)).isEqualTo(before);
 * }</pre>
 *
 * <p>A line starts with the kind, such as {@code ec2/subnet}, and goes on with the name and the settings. It holds no generated ids, addresses or
 * times: references show the name of what they refer to, so that the same cluster made twice, in two accounts or with an interruption gives the
 * same lines. Two resources with the same line are told apart by {@code #2}, {@code #3}: something made twice shows.
 *
 * <p>Left out is what AWS itself puts into every account or makes for others: the default VPC and its subnets, gateway and main route table, other main route tables without tags,
 * default security groups and network ACLs, terminated instances, deleted NAT gateways, service-linked roles, AWS's policies, the NS and SOA records
 * of a zone.
 *
 * <p>Covers EC2 (VPCs, CIDRs, DHCP options, gateways, subnets, routes, addresses, security groups and rules, network ACLs, endpoints, peerings, key
 * pairs, launch templates, instances, volumes, snapshots, images, interfaces), IAM (roles, profiles, policies, identity providers, users), Auto
 * Scaling, load balancing (v2), S3 (buckets, objects, versions), SQS, EventBridge, Route 53, SSM parameters.
 *
 * <p>Immutable. Two are equal when their lines are.
 */
public final class AwsInventory {
    private final SortedSet<String> lines;

    private AwsInventory(SortedSet<String> lines) {
        this.lines = Collections.unmodifiableSortedSet(lines);
    }

    /**
     * Reads the inventory. Makes some forty calls, and one or two more for each role, bucket, load balancer and zone.
     *
     * @param endpoint the endpoint to read
     * @return what there is
     * @throws software.amazon.awssdk.core.exception.SdkException if a call fails
     */
    public static AwsInventory of(AwsEndpoint endpoint) {
        Lines lines = new Lines();
        Ec2Lines ec2 = Ec2Lines.read(endpoint, lines);
        AccountLines.read(endpoint, lines, ec2.names());
        return new AwsInventory(numbered(lines.all()));
    }

    /**
     * The lines.
     *
     * @return sorted; empty when there is nothing but what AWS puts into every account
     */
    public SortedSet<String> lines() {
        return lines;
    }

    /**
     * What is here and not in another inventory.
     *
     * @param other the other one
     * @return the difference; empty when all of this is in the other
     */
    public AwsInventory minus(AwsInventory other) {
        return where(line -> !other.lines.contains(line));
    }

    /**
     * The lines that pass a test, such as those of one kind.
     *
     * @param test the test
     * @return these lines alone
     */
    public AwsInventory where(Predicate<? super String> test) {
        return new AwsInventory(lines.stream().filter(test).collect(Collectors.toCollection(TreeSet::new)));
    }

    /**
     * The number of resources of a kind.
     *
     * @param kind the beginning of the lines, such as {@code ec2/subnet}
     * @return 0 or more
     */
    public int count(String kind) {
        return where(line -> line.startsWith(kind + " ")).lines.size();
    }

    /**
     * Whether there is nothing.
     *
     * @return true for no lines
     */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AwsInventory inventory && lines.equals(inventory.lines);
    }

    @Override
    public int hashCode() {
        return lines.hashCode();
    }

    /** All lines. */
    @Override
    public String toString() {
        return lines.isEmpty() ? "(nothing)" : String.join(System.lineSeparator(), lines);
    }

    private static SortedSet<String> numbered(Collection<String> lines) {
        Map<String, Integer> seen = new HashMap<>();
        SortedSet<String> numbered = new TreeSet<>();
        for (String line : List.copyOf(lines)) {
            int times = seen.merge(line, 1, Integer::sum);
            numbered.add(times == 1 ? line : line + " #" + times);
        }
        return numbered;
    }
}
