package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;

/**
 * What load balancers, target groups and listeners share: the service lists without looking at tags, and tells the tags of 20 resources in a call, of whatever
 * kind they are.
 */
final class LoadBalancing {
    /** The longest name of a load balancer or a target group (API reference, CreateLoadBalancer). */
    static final int NAME_LIMIT = 32;

    /** The tag by which the AWS Load Balancer Controller marks what it makes. */
    static final String CONTROLLER_TAG = "elbv2.k8s.aws/cluster";

    static final Set<String> NO_BALANCER = Set.of("LoadBalancerNotFound");
    static final Set<String> NO_GROUP = Set.of("TargetGroupNotFound");
    static final Set<String> NO_LISTENER = Set.of("ListenerNotFound", "LoadBalancerNotFound");
    private static final Set<String> NOT_FOUND =
            Set.of("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound");
    private static final int ARNS_IN_A_CALL = 20;

    private LoadBalancing() {}

    /** All network and application load balancers of the account in the region. */
    static List<LoadBalancer> balancers(Reading reading) {
        return reading.once(
                "DescribeLoadBalancers",
                () -> reading.aws().loadBalancing().describeLoadBalancersPaginator().loadBalancers().stream()
                        .toList());
    }

    /** All target groups of the account in the region. */
    static List<TargetGroup> groups(Reading reading) {
        return reading.once(
                "DescribeTargetGroups",
                () -> reading.aws().loadBalancing().describeTargetGroupsPaginator().targetGroups().stream()
                        .toList());
    }

    /** The listeners of the load balancers that bear a name of ours; whose they are, their tags tell. */
    static List<Listener> listeners(Reading reading) {
        return reading.once("DescribeListeners", () -> {
            List<Listener> listeners = new ArrayList<>();
            for (LoadBalancer balancer : balancers(reading)) {
                if (namedByUs(reading.scope(), balancer.loadBalancerName())) {
                    Missing.orEmpty(NO_LISTENER, () -> reading
                                    .aws()
                                    .loadBalancing()
                                    .describeListenersPaginator(r -> r.loadBalancerArn(balancer.loadBalancerArn()))
                                    .listeners()
                                    .stream()
                                    .toList())
                            .ifPresent(listeners::addAll);
                }
            }
            return listeners;
        });
    }

    /** The tags of all of them, by ARN. What was deleted meanwhile has no entry. */
    static Map<String, Map<String, String>> tags(Reading reading) {
        return reading.once("DescribeTags of load balancing", () -> {
            Supplier<List<TargetGroup>> groups = reading.ahead(() -> groups(reading));
            List<String> arns = Stream.of(
                            balancers(reading).stream().map(LoadBalancer::loadBalancerArn),
                            groups.get().stream().map(TargetGroup::targetGroupArn),
                            listeners(reading).stream().map(Listener::listenerArn))
                    .flatMap(all -> all)
                    .toList();
            List<Supplier<Map<String, Map<String, String>>>> parts = new ArrayList<>();
            for (int from = 0; from < arns.size(); from += ARNS_IN_A_CALL) {
                List<String> part = arns.subList(from, Math.min(arns.size(), from + ARNS_IN_A_CALL));
                parts.add(reading.ahead(() -> tags(reading.aws().loadBalancing(), part)));
            }
            Map<String, Map<String, String>> tags = new HashMap<>();
            parts.forEach(part -> tags.putAll(part.get()));
            return tags;
        });
    }

    /** The tags of at most 20 resources. One of them that is gone makes the whole call fail, so then each half is asked for alone. */
    static Map<String, Map<String, String>> tags(ElasticLoadBalancingV2Client client, List<String> arns) {
        Map<String, Map<String, String>> tags = new HashMap<>();
        boolean all = Missing.done(NOT_FOUND, () -> client.describeTags(r -> r.resourceArns(arns))
                .tagDescriptions()
                .forEach(one -> tags.put(one.resourceArn(), map(one.tags()))));
        if (!all && arns.size() > 1) {
            int half = arns.size() / 2;
            tags.putAll(tags(client, arns.subList(0, half)));
            tags.putAll(tags(client, arns.subList(half, arns.size())));
        }
        return tags;
    }

    /** Whose a resource is by its tags, and its address; empty when it is not the cluster's. */
    static Optional<Owned> owned(ClusterScope scope, String kind, String id, Map<String, String> tags) {
        Optional<ResourceAddress> address = scope.addressIn(tags);
        if (address.isPresent()) {
            return address.map(ours -> new Owned(ours, Origin.OURS));
        }
        boolean controllers = ClusterScope.OWNED.equals(tags.get(scope.ownedTag()))
                || scope.cluster().equals(tags.get(CONTROLLER_TAG));
        return controllers
                ? Optional.of(new Owned(new ResourceAddress(kind, id), Origin.CONTROLLERS))
                : Optional.empty();
    }

    /**
     * A resource of the cluster.
     *
     * @param address its address
     * @param origin who made it
     */
    record Owned(ResourceAddress address, Origin origin) {
        boolean ours() {
            return origin == Origin.OURS;
        }
    }

    /** Whether an update changes tags, and the calls that do it. */
    static void retag(Step step, String arn, TagChange change) {
        var client = step.aws().loadBalancing();
        if (!change.set().isEmpty()) {
            client.addTags(r -> r.resourceArns(arn).tags(list(change.set())));
        }
        if (!change.removed().isEmpty()) {
            client.removeTags(r -> r.resourceArns(arn).tagKeys(change.removed()));
        }
    }

    /** Fails unless a resource whose name or port is taken turns out to be this step's own. */
    static void requireOurs(Step step, String arn, String taken, AwsCallException refusal) {
        Map<String, String> tags =
                tags(step.aws().loadBalancing(), List.of(arn)).getOrDefault(arn, Map.of());
        if (!step.scope().addressIn(tags).equals(Optional.of(step.address()))) {
            throw new io.k8saws.error.K8sAwsException(
                    "Create " + step.address(),
                    taken + " is taken by something that is not this cluster's",
                    "delete or rename it, or give the cluster another name",
                    Map.of("arn", arn, "owner", tags.getOrDefault(ClusterScope.CLUSTER_TAG, "unknown")),
                    refusal);
        }
    }

    static List<Tag> list(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    private static Map<String, String> map(Collection<Tag> tags) {
        Map<String, String> map = new TreeMap<>();
        tags.forEach(tag -> map.put(tag.key(), Optional.ofNullable(tag.value()).orElse("")));
        return map;
    }

    /** Whether a name is the one that {@link ClusterScope#hyphenated} gives to the beginning of the name. */
    static boolean namedByUs(ClusterScope scope, String name) {
        for (int end = 1; end < name.length(); end++) {
            if (scope.hyphenated(name.substring(0, end), NAME_LIMIT).equals(name)) {
                return true;
            }
        }
        return false;
    }
}
