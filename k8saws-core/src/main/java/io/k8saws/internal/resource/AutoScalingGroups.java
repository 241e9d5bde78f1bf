package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Disruptive;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Holding;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.CreateAutoScalingGroupRequest;
import software.amazon.awssdk.services.autoscaling.model.DescribeAutoScalingGroupsRequest;
import software.amazon.awssdk.services.autoscaling.model.Filter;
import software.amazon.awssdk.services.autoscaling.model.UpdateAutoScalingGroupRequest;

/**
 * A group of equal instances. Its id is its name. How many instances run is left to autoscalers; only the bounds are ours.
 *
 * <p>A group names one version of its launch template, never {@code $Latest} or {@code $Default}, so that a new version reaches the group as a planned change.
 * AWS tells lifecycle hooks for one group at a time only, so those that were set are kept in the tag {@link GroupHooks#TAG}, which an update writes last, and
 * only a close look compares the tag with the hooks.
 */
public final class AutoScalingGroups implements ResourceKind<AutoScalingGroups.AutoScalingGroup> {
    /** The kind's name. */
    public static final String KIND = "auto-scaling-group";

    private static final int NAME_LIMIT = 255;
    private static final String DELETING = "Delete in progress";
    private static final Duration DELETION = Duration.ofMinutes(20);

    /** The fields that one UpdateAutoScalingGroup call changes. */
    private static final Set<String> UPDATED = Set.of(
            "minSize",
            "maxSize",
            "subnets",
            "launchTemplate",
            "launchTemplateVersion",
            "mixedInstances",
            "maxInstanceLifetimeSeconds",
            "capacityRebalance",
            "scaleInProtection",
            "healthCheck",
            "healthCheckGraceSeconds");

    /**
     * The fields of this kind.
     *
     * @param minSize the fewest instances
     * @param maxSize the most instances
     * @param subnets the ids of the subnets to start instances in
     * @param launchTemplate the id of the launch template
     * @param launchTemplateVersion the number of its version, the output {@link LaunchTemplates#VERSION}
     * @param mixedInstances several instance types and spot; only the template's type on demand when empty
     * @param targetGroups the ARNs of the target groups that instances register with
     * @param maxInstanceLifetimeSeconds after how long an instance is replaced, 86,400 or more; never when empty or 0
     * @param capacityRebalance whether a spot instance is replaced when AWS warns that it will take it
     * @param scaleInProtection whether new instances are protected from scale-in
     * @param healthCheck {@code EC2} or {@code ELB}
     * @param healthCheckGraceSeconds how long a new instance is not checked
     * @param lifecycleHooks pauses before instances serve or end
     * @param tags further tags of the group and its instances
     * @param alteredHooks what AWS has instead of a hook that was set, by the hook's name
     */
    public record AutoScalingGroup(
            int minSize,
            int maxSize,
            @Disruptive @Holding Set<Ref> subnets,
            Ref launchTemplate,
            Ref launchTemplateVersion,
            Optional<MixedInstances> mixedInstances,
            @Disruptive Set<Ref> targetGroups,
            @Disruptive Optional<Long> maxInstanceLifetimeSeconds,
            boolean capacityRebalance,
            boolean scaleInProtection,
            String healthCheck,
            int healthCheckGraceSeconds,
            Set<LifecycleHook> lifecycleHooks,
            @Additive Map<String, String> tags,
            @SeenClosely Map<String, String> alteredHooks)
            implements Attributes {
        /** Copies the collections; a lifetime of 0 is none. */
        public AutoScalingGroup {
            subnets = Set.copyOf(subnets);
            targetGroups = Set.copyOf(targetGroups);
            maxInstanceLifetimeSeconds = maxInstanceLifetimeSeconds.filter(seconds -> seconds > 0);
            lifecycleHooks = Set.copyOf(lifecycleHooks);
            tags = Map.copyOf(tags);
            alteredHooks = Map.copyOf(alteredHooks);
        }

        /** A group whose hooks nobody has altered by hand. */
        public AutoScalingGroup(
                int minSize,
                int maxSize,
                Set<Ref> subnets,
                Ref launchTemplate,
                Ref launchTemplateVersion,
                Optional<MixedInstances> mixedInstances,
                Set<Ref> targetGroups,
                Optional<Long> maxInstanceLifetimeSeconds,
                boolean capacityRebalance,
                boolean scaleInProtection,
                String healthCheck,
                int healthCheckGraceSeconds,
                Set<LifecycleHook> lifecycleHooks,
                Map<String, String> tags) {
            this(
                    minSize,
                    maxSize,
                    subnets,
                    launchTemplate,
                    launchTemplateVersion,
                    mixedInstances,
                    targetGroups,
                    maxInstanceLifetimeSeconds,
                    capacityRebalance,
                    scaleInProtection,
                    healthCheck,
                    healthCheckGraceSeconds,
                    lifecycleHooks,
                    tags,
                    Map.of());
        }

        AutoScalingGroup withAlteredHooks(Map<String, String> altered) {
            return new AutoScalingGroup(
                    minSize,
                    maxSize,
                    subnets,
                    launchTemplate,
                    launchTemplateVersion,
                    mixedInstances,
                    targetGroups,
                    maxInstanceLifetimeSeconds,
                    capacityRebalance,
                    scaleInProtection,
                    healthCheck,
                    healthCheckGraceSeconds,
                    lifecycleHooks,
                    tags,
                    altered);
        }
    }

    /**
     * How a group mixes instance types and purchase options. On-demand instances are taken in the order of the types.
     *
     * @param instanceTypes the types in order of preference
     * @param onDemandBase how many instances are always on demand
     * @param onDemandPercentageAboveBase the share of on-demand instances above the base, 0 to 100
     * @param spotStrategy the spot allocation strategy; {@code price-capacity-optimized} when empty
     * @param spotMaxPrice the highest price an hour; the on-demand price when empty
     * @param otherSettings what is set otherwise than in all of our groups
     */
    public record MixedInstances(
            List<String> instanceTypes,
            int onDemandBase,
            int onDemandPercentageAboveBase,
            Optional<String> spotStrategy,
            Optional<String> spotMaxPrice,
            Set<String> otherSettings) {
        /** Makes the default strategy explicit. */
        public MixedInstances {
            instanceTypes = List.copyOf(instanceTypes);
            spotStrategy = spotStrategy.or(() -> Optional.of("price-capacity-optimized"));
            spotMaxPrice = spotMaxPrice.filter(price -> !price.isEmpty());
            otherSettings = Set.copyOf(otherSettings);
        }

        /** A mix as all of ours are: on-demand instances in the order of the types, each type with the same weight and template. */
        public MixedInstances(
                List<String> instanceTypes,
                int onDemandBase,
                int onDemandPercentageAboveBase,
                Optional<String> spotStrategy,
                Optional<String> spotMaxPrice) {
            this(instanceTypes, onDemandBase, onDemandPercentageAboveBase, spotStrategy, spotMaxPrice, Set.of());
        }
    }

    /**
     * A pause before an instance starts to serve or ends.
     *
     * @param name the hook's name
     * @param transition {@code autoscaling:EC2_INSTANCE_LAUNCHING} or {@code autoscaling:EC2_INSTANCE_TERMINATING}
     * @param heartbeatSeconds how long AWS waits
     * @param defaultResult {@code CONTINUE} or {@code ABANDON}
     */
    public record LifecycleHook(String name, String transition, int heartbeatSeconds, String defaultResult) {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<AutoScalingGroup> attributes() {
        return AutoScalingGroup.class;
    }

    @Override
    public Found<AutoScalingGroup> read(Reading reading) {
        ClusterScope scope = reading.scope();
        DescribeAutoScalingGroupsRequest request = DescribeAutoScalingGroupsRequest.builder()
                .filters(Filter.builder()
                        .name("tag:" + scope.ownedTag())
                        .values(ClusterScope.OWNED)
                        .build())
                .maxRecords(100)
                .build();
        List<Supplier<Observed<AutoScalingGroup>>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (var group : reading.aws()
                .autoScaling()
                .describeAutoScalingGroupsPaginator(request)
                .autoScalingGroups()) {
            GroupTags.address(scope, group).ifPresent(address -> {
                Observed<AutoScalingGroup> told = observed(scope, address, group);
                group.suspendedProcesses()
                        .forEach(process -> foreign.add(
                                new Foreign(address, "suspended process " + process.processName(), Owners.UNKNOWN)));
                var hooks = reading.closely(address, () -> GroupHooks.present(reading, told.id()));
                found.add(() -> hooks.get()
                        .map(present -> closely(told, present, foreign))
                        .orElse(told));
            });
        }
        return new Found<>(found.stream().map(Supplier::get).toList(), foreign);
    }

    private static Observed<AutoScalingGroup> closely(
            Observed<AutoScalingGroup> told, Set<LifecycleHook> present, List<Foreign> foreign) {
        Set<LifecycleHook> set = told.attributes().lifecycleHooks();
        GroupHooks.notOf(set, present).forEach(what -> foreign.add(new Foreign(told.address(), what, Owners.UNKNOWN)));
        return new Observed<>(
                told.address(),
                told.id(),
                told.outputs(),
                told.attributes().withAlteredHooks(GroupHooks.altered(set, present)),
                told.origin());
    }

    /**
     * A group that is being deleted is as good as gone for those who want to have it, but its instances still hold on to others; so it is only seen by those who
     * delete everything.
     */
    private static Observed<AutoScalingGroup> observed(
            ClusterScope scope,
            ResourceAddress address,
            software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup group) {
        String name = group.autoScalingGroupName();
        boolean leaving = DELETING.equals(group.status());
        return new Observed<>(
                leaving ? new ResourceAddress(KIND, name) : address,
                name,
                Map.of("name", name),
                GroupRequests.parsed(scope, group),
                leaving ? Observed.Origin.CONTROLLERS : Observed.Origin.OURS);
    }

    /**
     * The name that a group gets.
     *
     * @param scope the cluster
     * @param name the name in its address
     * @return at most 255 characters
     */
    public static String name(ClusterScope scope, String name) {
        return scope.qualified(name, NAME_LIMIT);
    }

    @Override
    public Made create(Step step, AutoScalingGroup wanted) {
        String name = name(step.scope(), step.address().name());
        CreateAutoScalingGroupRequest request = GroupRequests.create(step, name, wanted);
        AutoScalingClient autoScaling = step.aws().autoScaling();
        try {
            autoScaling.createAutoScalingGroup(request);
        } catch (AwsCallException e) {
            if (!Answers.alreadyThere(e)) {
                throw e;
            }
            if (!leaving(step, name, e)) {
                return new Made(name, Map.of("name", name));
            }
            awaitGone(step, name);
            autoScaling.createAutoScalingGroup(request);
        }
        return new Made(name, Map.of("name", name));
    }

    /** Whether the group of this name is one of ours that is being deleted; fails when it is not ours. */
    private static boolean leaving(Step step, String name, AwsCallException refusal) {
        var group = find(step.aws().autoScaling(), name);
        if (group.isEmpty()) {
            return true;
        }
        if (GroupTags.address(step.scope(), group.get())
                .filter(step.address()::equals)
                .isEmpty()) {
            throw Answers.taken(
                    step, "the Auto Scaling group name " + name, group.get().autoScalingGroupARN(), refusal);
        }
        return DELETING.equals(group.get().status());
    }

    private static Optional<software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup> find(
            AutoScalingClient autoScaling, String name) {
        return autoScaling.describeAutoScalingGroups(r -> r.autoScalingGroupNames(name)).autoScalingGroups().stream()
                .findFirst();
    }

    @Override
    public Made update(Step step, Observed<AutoScalingGroup> observed, AutoScalingGroup wanted, Set<String> fields) {
        String name = observed.id();
        AutoScalingGroup before = observed.attributes();
        Set<String> components = fields.stream().map(Fields::component).collect(Collectors.toSet());
        boolean hooks = components.contains("lifecycleHooks");
        if (hooks || components.contains("alteredHooks")) {
            GroupHooks.converge(
                    step, name, before.lifecycleHooks(), before.alteredHooks().keySet(), wanted.lifecycleHooks());
        }
        if (components.stream().anyMatch(UPDATED::contains)) {
            UpdateAutoScalingGroupRequest request = GroupRequests.update(step, name, wanted, components);
            step.aws().autoScaling().updateAutoScalingGroup(request);
        }
        if (components.contains("targetGroups")) {
            convergeTargetGroups(step, name, before.targetGroups(), wanted.targetGroups());
        }
        GroupTags.converge(step, name, wanted, fields, hooks);
        return new Made(name, observed.outputs());
    }

    private static void convergeTargetGroups(Step step, String name, Set<Ref> before, Set<Ref> wanted) {
        List<String> attached = step.values(before);
        List<String> arns = step.values(wanted);
        List<String> added =
                arns.stream().filter(arn -> !attached.contains(arn)).sorted().toList();
        List<String> removed =
                attached.stream().filter(arn -> !arns.contains(arn)).sorted().toList();
        AutoScalingClient autoScaling = step.aws().autoScaling();
        if (!added.isEmpty()) {
            autoScaling.attachLoadBalancerTargetGroups(
                    r -> r.autoScalingGroupName(name).targetGroupARNs(added));
        }
        if (!removed.isEmpty()) {
            autoScaling.detachLoadBalancerTargetGroups(
                    r -> r.autoScalingGroupName(name).targetGroupARNs(removed));
        }
    }

    @Override
    public void delete(Step step, Observed<AutoScalingGroup> observed) {
        String name = observed.id();
        try {
            step.aws().autoScaling().deleteAutoScalingGroup(r -> r.autoScalingGroupName(name)
                    .forceDelete(true));
        } catch (AwsCallException e) {
            // ValidationError is also the answer for a group that is gone or going; the wait below tells it from others
            if (!e.code().equals("ScalingActivityInProgress")
                    && !(e.code().equals("ValidationError") && goneOrGoing(step, name))) {
                throw e;
            }
        }
        awaitGone(step, name);
    }

    private static boolean goneOrGoing(Step step, String name) {
        return find(step.aws().autoScaling(), name)
                .map(group -> DELETING.equals(group.status()))
                .orElse(true);
    }

    /** Instances outlive a group that was deleted by force, and hold on to subnets, security groups, disks and addresses. */
    private static void awaitGone(Step step, String name) {
        step.await("Auto Scaling group " + name + " and its instances to be gone", DELETION, () -> {
            if (find(step.aws().autoScaling(), name).isPresent()) {
                return Optional.of("the group is being deleted");
            }
            long instances = step
                    .aws()
                    .ec2()
                    .describeInstancesPaginator(
                            r -> r.filters(Ec2Tags.filter("tag:" + Instances.ASG_TAG, name), Instances.present()))
                    .reservations()
                    .stream()
                    .mapToLong(reservation -> reservation.instances().size())
                    .sum();
            return instances == 0 ? Optional.empty() : Optional.of(instances + " instances are not terminated yet");
        });
    }

    /** A lower maximum ends instances when more of them run; none may be left when it is 0. */
    @Override
    public Risk updateRisk(Observed<AutoScalingGroup> observed, AutoScalingGroup wanted, Set<String> fields) {
        if (!fields.contains("maxSize")
                || wanted.maxSize() >= observed.attributes().maxSize()) {
            return Risk.SAFE;
        }
        return wanted.maxSize() == 0 ? Risk.DESTRUCTIVE : Risk.DISRUPTIVE;
    }

    @Override
    public Risk deletionRisk(Observed<AutoScalingGroup> observed) {
        return Risk.DESTRUCTIVE;
    }
}
