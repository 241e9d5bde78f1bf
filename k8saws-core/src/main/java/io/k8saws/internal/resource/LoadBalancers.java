package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Holding;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;

/** A network load balancer. */
public final class LoadBalancers implements ResourceKind<LoadBalancers.LoadBalancer> {
    /** The kind's name. */
    public static final String KIND = "load-balancer";

    /** The output that holds the ARN; the id, too. */
    public static final String ARN = "arn";

    /** The output that holds the DNS name, in lower case as Route 53 gives it back. */
    public static final String DNS_NAME = "dnsName";

    /** The output that holds the id of the hosted zone that alias records name. */
    public static final String ZONE_ID = "zoneId";

    private static final String CROSS_ZONE = "load_balancing.cross_zone.enabled";

    /** The fields of this kind. */
    public record LoadBalancer(
            @ReplaceOnChange String scheme,
            @Holding Set<Ref> subnets,
            @Holding Set<Ref> securityGroups,
            boolean crossZone,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<LoadBalancer> attributes() {
        return LoadBalancer.class;
    }

    @Override
    public Set<String> deletedAfter() {
        // As long as the cluster's controllers run, they make their load balancers again.
        return Set.of(AutoScalingGroups.KIND);
    }

    @Override
    public Risk deletionRisk(Observed<LoadBalancer> observed) {
        return Risk.DESTRUCTIVE;
    }

    @Override
    public Found<LoadBalancer> read(Reading reading) {
        List<Observed<LoadBalancer>> found = new ArrayList<>();
        var balancers = LoadBalancing.balancers(reading);
        balancers.stream()
                .filter(balancer -> LoadBalancing.namedByUs(reading.scope(), balancer.loadBalancerName()))
                .forEach(balancer -> reading.ahead(() -> crossZone(reading, balancer.loadBalancerArn())));
        var tagsByArn = LoadBalancing.tags(reading);
        for (var balancer : balancers) {
            String arn = balancer.loadBalancerArn();
            Map<String, String> tags = tagsByArn.getOrDefault(arn, Map.of());
            LoadBalancing.owned(reading.scope(), KIND, arn, tags)
                    .flatMap(owned -> crossZone(reading, arn, owned)
                            .map(crossZone -> new Observed<>(
                                    owned.address(),
                                    arn,
                                    owned.ours() ? outputs(balancer) : Found.in(balancer.vpcId()),
                                    attributes(reading.scope(), balancer, crossZone, tags),
                                    owned.origin())))
                    .ifPresent(found::add);
        }
        return Found.of(found);
    }

    /**
     * The name that a load balancer gets.
     *
     * @param scope the cluster
     * @param name the name in its address
     * @return at most 32 characters
     */
    public static String name(ClusterScope scope, String name) {
        return scope.hyphenated(name, LoadBalancing.NAME_LIMIT);
    }

    /**
     * Asks for the DNS name of a load balancer.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param name the name in its address
     * @return its DNS name; empty when there is none
     */
    public static Optional<String> dnsName(AwsClients aws, ClusterScope scope, String name) {
        String inAws = name(scope, name);
        try {
            return aws.loadBalancing().describeLoadBalancers(r -> r.names(inAws)).loadBalancers().stream()
                    .map(balancer -> balancer.dnsName())
                    .findFirst();
        } catch (AwsCallException e) {
            if (Answers.notThere(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Made create(Step step, LoadBalancer wanted) {
        String name = name(step.scope(), step.address().name());
        var balancer = create(step, name, wanted);
        if (wanted.crossZone()) {
            setCrossZone(step, balancer.loadBalancerArn(), true);
        }
        return new Made(balancer.loadBalancerArn(), outputs(balancer));
    }

    @Override
    public Made update(Step step, Observed<LoadBalancer> observed, LoadBalancer wanted, Set<String> fields) {
        var client = step.aws().loadBalancing();
        String arn = observed.id();
        if (fields.contains("subnets")) {
            client.setSubnets(r -> r.loadBalancerArn(arn).subnets(step.values(wanted.subnets())));
        }
        if (fields.contains("securityGroups")) {
            client.setSecurityGroups(r -> r.loadBalancerArn(arn).securityGroups(step.values(wanted.securityGroups())));
        }
        if (fields.contains("crossZone")) {
            setCrossZone(step, arn, wanted.crossZone());
        }
        LoadBalancing.retag(step, arn, TagChange.of(step, wanted.tags(), fields));
        return new Made(arn, observed.outputs());
    }

    @Override
    public void delete(Step step, Observed<LoadBalancer> observed) {
        Missing.done(
                LoadBalancing.NO_BALANCER,
                () -> step.aws().loadBalancing().deleteLoadBalancer(r -> r.loadBalancerArn(observed.id())));
    }

    private static software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer create(
            Step step, String name, LoadBalancer wanted) {
        var client = step.aws().loadBalancing();
        try {
            // AWS answers with the load balancer that is there when the same is asked for twice, so no token is needed.
            return client.createLoadBalancer(r -> r.name(name)
                            .type(LoadBalancerTypeEnum.NETWORK)
                            .scheme(wanted.scheme())
                            .subnets(step.values(wanted.subnets()))
                            .securityGroups(step.values(wanted.securityGroups()))
                            .tags(LoadBalancing.list(step.tags(wanted.tags()))))
                    .loadBalancers()
                    .get(0);
        } catch (AwsCallException e) {
            if (!e.code().equals("DuplicateLoadBalancerName")) {
                throw e;
            }
            var existing = client.describeLoadBalancers(r -> r.names(name))
                    .loadBalancers()
                    .get(0);
            LoadBalancing.requireOurs(step, existing.loadBalancerArn(), "the load balancer name " + name, e);
            return existing;
        }
    }

    private static void setCrossZone(Step step, String arn, boolean on) {
        var attribute = LoadBalancerAttribute.builder()
                .key(CROSS_ZONE)
                .value(String.valueOf(on))
                .build();
        step.aws().loadBalancing().modifyLoadBalancerAttributes(r -> r.loadBalancerArn(arn)
                .attributes(attribute));
    }

    /** Whether the load balancer sends across zones; empty when it is gone. Only asked for our own. */
    private static Optional<Boolean> crossZone(Reading reading, String arn, LoadBalancing.Owned owned) {
        if (!owned.ours()) {
            return Optional.of(false);
        }
        return crossZone(reading, arn);
    }

    private static Optional<Boolean> crossZone(Reading reading, String arn) {
        return reading.once(
                "DescribeLoadBalancerAttributes " + arn,
                () ->
                        Missing.orEmpty(LoadBalancing.NO_BALANCER, () -> reading
                                .aws()
                                .loadBalancing()
                                .describeLoadBalancerAttributes(r -> r.loadBalancerArn(arn))
                                .attributes()
                                .stream()
                                .anyMatch(attribute ->
                                        CROSS_ZONE.equals(attribute.key()) && "true".equals(attribute.value()))));
    }

    private static LoadBalancer attributes(
            ClusterScope scope,
            software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer balancer,
            boolean crossZone,
            Map<String, String> tags) {
        return new LoadBalancer(
                balancer.schemeAsString(),
                balancer.availabilityZones().stream()
                        .map(zone -> Ref.id(zone.subnetId()))
                        .collect(Collectors.toSet()),
                balancer.securityGroups().stream().map(Ref::id).collect(Collectors.toSet()),
                crossZone,
                scope.ownTags(tags));
    }

    private static Map<String, String> outputs(
            software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer balancer) {
        return Map.of(
                ARN,
                balancer.loadBalancerArn(),
                DNS_NAME,
                balancer.dnsName().toLowerCase(Locale.ROOT),
                ZONE_ID,
                balancer.canonicalHostedZoneId());
    }
}
