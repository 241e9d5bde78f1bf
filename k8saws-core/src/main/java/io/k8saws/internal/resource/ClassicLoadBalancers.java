package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancing.model.LoadBalancerDescription;

/** A classic load balancer. Only the cluster's own controllers make such; they are found here so that destroying the cluster can delete them. */
public final class ClassicLoadBalancers implements ResourceKind<ClassicLoadBalancers.ClassicLoadBalancer> {
    /** The kind's name. */
    public static final String KIND = "classic-load-balancer";

    private static final Set<String> NOT_FOUND = Set.of("LoadBalancerNotFound", "AccessPointNotFound");
    private static final int NAMES_IN_A_CALL = 20;

    /** The fields of this kind. */
    public record ClassicLoadBalancer(
            Set<Ref> subnets,
            Set<Ref> securityGroups,
            @Additive Map<String, String> tags) implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public boolean madeByControllersOnly() {
        return true;
    }

    @Override
    public Class<ClassicLoadBalancer> attributes() {
        return ClassicLoadBalancer.class;
    }

    @Override
    public Set<String> deletedAfter() {
        // As long as the cluster's controllers run, they make their load balancers again.
        return Set.of(AutoScalingGroups.KIND);
    }

    @Override
    public Risk deletionRisk(Observed<ClassicLoadBalancer> observed) {
        return Risk.DESTRUCTIVE;
    }

    @Override
    public Found<ClassicLoadBalancer> read(Reading reading) {
        List<LoadBalancerDescription> all =
                reading
                        .aws()
                        .classicLoadBalancing()
                        .describeLoadBalancersPaginator()
                        .loadBalancerDescriptions()
                        .stream()
                        .toList();
        List<String> names =
                all.stream().map(LoadBalancerDescription::loadBalancerName).toList();
        Map<String, Map<String, String>> tagsByName = new HashMap<>();
        for (int from = 0; from < names.size(); from += NAMES_IN_A_CALL) {
            tagsByName.putAll(tags(reading, names.subList(from, Math.min(names.size(), from + NAMES_IN_A_CALL))));
        }
        List<Observed<ClassicLoadBalancer>> found = new ArrayList<>();
        for (LoadBalancerDescription balancer : all) {
            String name = balancer.loadBalancerName();
            Map<String, String> tags = tagsByName.getOrDefault(name, Map.of());
            if (ClusterScope.OWNED.equals(tags.get(reading.scope().ownedTag()))) {
                found.add(new Observed<>(
                        new ResourceAddress(KIND, name),
                        name,
                        Found.in(balancer.vpcId()),
                        attributes(reading.scope(), balancer, tags),
                        Origin.CONTROLLERS));
            }
        }
        return Found.of(found);
    }

    /**
     * Never called: a spec asks for no classic load balancer.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public Made create(Step step, ClassicLoadBalancer wanted) {
        throw new UnsupportedOperationException("No spec asks for a classic load balancer.");
    }

    /**
     * Never called: a spec asks for no classic load balancer.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public Made update(
            Step step, Observed<ClassicLoadBalancer> observed, ClassicLoadBalancer wanted, Set<String> fields) {
        throw new UnsupportedOperationException("No spec asks for a classic load balancer.");
    }

    @Override
    public void delete(Step step, Observed<ClassicLoadBalancer> observed) {
        Missing.done(
                NOT_FOUND,
                () -> step.aws().classicLoadBalancing().deleteLoadBalancer(r -> r.loadBalancerName(observed.id())));
    }

    /** The tags of at most 20 load balancers. One of them that is gone makes the whole call fail, so then each half is asked for alone. */
    private static Map<String, Map<String, String>> tags(Reading reading, List<String> names) {
        Map<String, Map<String, String>> tags = new HashMap<>();
        boolean all = Missing.done(NOT_FOUND, () -> reading.aws()
                .classicLoadBalancing()
                .describeTags(r -> r.loadBalancerNames(names))
                .tagDescriptions()
                .forEach(one -> {
                    Map<String, String> map = new TreeMap<>();
                    one.tags()
                            .forEach(tag -> map.put(
                                    tag.key(), Optional.ofNullable(tag.value()).orElse("")));
                    tags.put(one.loadBalancerName(), map);
                }));
        if (!all && names.size() > 1) {
            int half = names.size() / 2;
            tags.putAll(tags(reading, names.subList(0, half)));
            tags.putAll(tags(reading, names.subList(half, names.size())));
        }
        return tags;
    }

    private static ClassicLoadBalancer attributes(
            ClusterScope scope, LoadBalancerDescription balancer, Map<String, String> tags) {
        return new ClassicLoadBalancer(
                balancer.subnets().stream().map(Ref::id).collect(Collectors.toSet()),
                balancer.securityGroups().stream().map(Ref::id).collect(Collectors.toSet()),
                scope.ownTags(tags));
    }
}
