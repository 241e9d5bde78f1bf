package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A group of equal instances. */
public final class AutoScalingGroups implements ResourceKind<AutoScalingGroups.AutoScalingGroup> {
    /** The kind's name. */
    public static final String KIND = "auto-scaling-group";

    /** The fields of this kind. */
    public record AutoScalingGroup(
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
            @Additive Map<String, String> tags)
            implements Attributes {}

    /**
     * How a group mixes instance types and purchase options.
     *
     * @param instanceTypes the types in order of preference
     * @param onDemandBase how many instances are always on demand
     * @param onDemandPercentageAboveBase the share of on-demand instances above the base, 0 to 100
     * @param spotStrategy the spot allocation strategy
     * @param spotMaxPrice the highest price an hour; the on-demand price when empty
     */
    public record MixedInstances(
            List<String> instanceTypes,
            int onDemandBase,
            int onDemandPercentageAboveBase,
            Optional<String> spotStrategy,
            Optional<String> spotMaxPrice) {}

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
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, AutoScalingGroup wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<AutoScalingGroup> observed, AutoScalingGroup wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<AutoScalingGroup> observed) {
        throw new UnsupportedOperationException();
    }
}
