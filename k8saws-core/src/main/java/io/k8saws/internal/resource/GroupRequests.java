package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.AutoScalingGroups.AutoScalingGroup;
import io.k8saws.internal.resource.AutoScalingGroups.LifecycleHook;
import io.k8saws.internal.resource.AutoScalingGroups.MixedInstances;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.autoscaling.model.CreateAutoScalingGroupRequest;
import software.amazon.awssdk.services.autoscaling.model.InstancesDistribution;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.autoscaling.model.MixedInstancesPolicy;
import software.amazon.awssdk.services.autoscaling.model.UpdateAutoScalingGroupRequest;

/** Writes our fields as requests of EC2 Auto Scaling, and reads them back. */
final class GroupRequests {
    private static final Set<String> TEMPLATE = Set.of("launchTemplate", "launchTemplateVersion", "mixedInstances");

    /** On-demand instances are of the first type that AWS has. */
    private static final String ON_DEMAND_STRATEGY = "prioritized";

    private GroupRequests() {}

    static CreateAutoScalingGroupRequest create(Step step, String name, AutoScalingGroup wanted) {
        CreateAutoScalingGroupRequest.Builder request = CreateAutoScalingGroupRequest.builder()
                .autoScalingGroupName(name)
                .minSize(wanted.minSize())
                .maxSize(wanted.maxSize())
                .desiredCapacity(wanted.minSize())
                .vpcZoneIdentifier(subnets(step, wanted))
                .capacityRebalance(wanted.capacityRebalance())
                .newInstancesProtectedFromScaleIn(wanted.scaleInProtection())
                .healthCheckType(wanted.healthCheck())
                .healthCheckGracePeriod(wanted.healthCheckGraceSeconds())
                .tags(GroupTags.created(step, name, wanted));
        if (!wanted.targetGroups().isEmpty()) {
            request.targetGroupARNs(
                    step.values(wanted.targetGroups()).stream().sorted().toList());
        }
        if (!wanted.lifecycleHooks().isEmpty()) {
            request.lifecycleHookSpecificationList(GroupHooks.specifications(wanted.lifecycleHooks()));
        }
        wanted.maxInstanceLifetimeSeconds().map(Math::toIntExact).ifPresent(request::maxInstanceLifetime);
        wanted.mixedInstances()
                .ifPresentOrElse(
                        mixed -> request.mixedInstancesPolicy(policy(step, wanted, mixed)),
                        () -> request.launchTemplate(template(step, wanted)));
        return request.build();
    }

    /** Only what is named; a policy is always sent whole. */
    static UpdateAutoScalingGroupRequest update(
            Step step, String name, AutoScalingGroup wanted, Set<String> components) {
        UpdateAutoScalingGroupRequest.Builder request =
                UpdateAutoScalingGroupRequest.builder().autoScalingGroupName(name);
        if (components.contains("minSize")) {
            request.minSize(wanted.minSize());
        }
        if (components.contains("maxSize")) {
            request.maxSize(wanted.maxSize());
        }
        if (components.contains("subnets")) {
            request.vpcZoneIdentifier(subnets(step, wanted));
        }
        if (components.contains("maxInstanceLifetimeSeconds")) {
            // 0 takes the lifetime away
            request.maxInstanceLifetime(
                    Math.toIntExact(wanted.maxInstanceLifetimeSeconds().orElse(0L)));
        }
        if (components.contains("capacityRebalance")) {
            request.capacityRebalance(wanted.capacityRebalance());
        }
        if (components.contains("scaleInProtection")) {
            request.newInstancesProtectedFromScaleIn(wanted.scaleInProtection());
        }
        if (components.contains("healthCheck")) {
            request.healthCheckType(wanted.healthCheck());
        }
        if (components.contains("healthCheckGraceSeconds")) {
            request.healthCheckGracePeriod(wanted.healthCheckGraceSeconds());
        }
        if (components.stream().anyMatch(TEMPLATE::contains)) {
            wanted.mixedInstances()
                    .ifPresentOrElse(
                            mixed -> request.mixedInstancesPolicy(policy(step, wanted, mixed)),
                            () -> request.launchTemplate(template(step, wanted)));
        }
        return request.build();
    }

    private static String subnets(Step step, AutoScalingGroup wanted) {
        return step.values(wanted.subnets()).stream().sorted().collect(Collectors.joining(","));
    }

    private static LaunchTemplateSpecification template(Step step, AutoScalingGroup wanted) {
        return LaunchTemplateSpecification.builder()
                .launchTemplateId(step.value(wanted.launchTemplate()))
                .version(step.value(wanted.launchTemplateVersion()))
                .build();
    }

    private static MixedInstancesPolicy policy(Step step, AutoScalingGroup wanted, MixedInstances mixed) {
        InstancesDistribution.Builder distribution = InstancesDistribution.builder()
                .onDemandAllocationStrategy(ON_DEMAND_STRATEGY)
                .onDemandBaseCapacity(mixed.onDemandBase())
                .onDemandPercentageAboveBaseCapacity(mixed.onDemandPercentageAboveBase())
                // an empty text takes away a price that was set before
                .spotMaxPrice(mixed.spotMaxPrice().orElse(""));
        mixed.spotStrategy().ifPresent(distribution::spotAllocationStrategy);
        return MixedInstancesPolicy.builder()
                .instancesDistribution(distribution.build())
                .launchTemplate(t -> t.launchTemplateSpecification(template(step, wanted))
                        .overrides(mixed.instanceTypes().stream()
                                .map(type -> LaunchTemplateOverrides.builder()
                                        .instanceType(type)
                                        .build())
                                .toList()))
                .build();
    }

    /** Reads the fields back. */
    static AutoScalingGroup parsed(
            ClusterScope scope, software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup group) {
        Optional<MixedInstancesPolicy> policy = Optional.ofNullable(group.mixedInstancesPolicy());
        Optional<LaunchTemplateSpecification> template = policy.flatMap(
                        p -> Optional.ofNullable(p.launchTemplate().launchTemplateSpecification()))
                .or(() -> Optional.ofNullable(group.launchTemplate()));
        Map<String, String> tags = new TreeMap<>(scope.ownTags(GroupTags.seen(group)));
        Set<LifecycleHook> hooks = Optional.ofNullable(tags.remove(GroupHooks.TAG))
                .map(GroupHooks::parsed)
                .orElseGet(Set::of);
        return new AutoScalingGroup(
                group.minSize(),
                group.maxSize(),
                Arrays.stream(Optional.ofNullable(group.vpcZoneIdentifier())
                                .orElse("")
                                .split(",", -1))
                        .map(String::strip)
                        .filter(subnet -> !subnet.isEmpty())
                        .map(Ref::id)
                        .collect(Collectors.toSet()),
                Ref.id(template.map(LaunchTemplateSpecification::launchTemplateId)
                        .orElse("")),
                Ref.id(template.map(LaunchTemplateSpecification::version).orElse("")),
                policy.map(GroupRequests::parsed),
                group.targetGroupARNs().stream().map(Ref::id).collect(Collectors.toSet()),
                Optional.ofNullable(group.maxInstanceLifetime()).map(Integer::longValue),
                Boolean.TRUE.equals(group.capacityRebalance()),
                Boolean.TRUE.equals(group.newInstancesProtectedFromScaleIn()),
                Optional.ofNullable(group.healthCheckType()).orElse("EC2"),
                Optional.ofNullable(group.healthCheckGracePeriod()).orElse(0),
                hooks,
                tags);
    }

    private static MixedInstances parsed(MixedInstancesPolicy policy) {
        Optional<InstancesDistribution> distribution = Optional.ofNullable(policy.instancesDistribution());
        return new MixedInstances(
                policy.launchTemplate().overrides().stream()
                        .map(override -> Optional.ofNullable(override.instanceType())
                                .orElse("any type that meets the requirements"))
                        .toList(),
                distribution.map(InstancesDistribution::onDemandBaseCapacity).orElse(0),
                distribution
                        .map(InstancesDistribution::onDemandPercentageAboveBaseCapacity)
                        .orElse(100),
                distribution.map(InstancesDistribution::spotAllocationStrategy).or(() -> Optional.of("lowest-price")),
                distribution.map(InstancesDistribution::spotMaxPrice),
                others(policy, distribution));
    }

    private static Set<String> others(MixedInstancesPolicy policy, Optional<InstancesDistribution> distribution) {
        OtherSettings others = new OtherSettings();
        distribution
                .map(InstancesDistribution::onDemandAllocationStrategy)
                .ifPresent(strategy ->
                        others.when(!strategy.equals(ON_DEMAND_STRATEGY), "on-demand strategy " + strategy));
        for (LaunchTemplateOverrides override : policy.launchTemplate().overrides()) {
            others.when(
                    override.weightedCapacity() != null,
                    "weight " + override.weightedCapacity() + " of " + override.instanceType());
            others.when(
                    override.launchTemplateSpecification() != null,
                    "a template of its own for " + override.instanceType());
        }
        return others.found();
    }
}
