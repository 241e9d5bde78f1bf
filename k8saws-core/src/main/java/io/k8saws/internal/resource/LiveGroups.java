package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Filter;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.autoscaling.model.Tag;

/** The Auto Scaling groups of a cluster as they are now, with their instances, and what a roll does to them. */
public final class LiveGroups {
    /** The tag that remembers, while a roll lets a group be larger, how large it was and by how many machines it grew, as {@code 3+1}. */
    static final String SIZE_TAG = "k8saws.io/size-before-roll";

    private static final Pattern GROWTH = Pattern.compile("([0-9]{1,5})\\+([0-9]{1,5})");

    private static final String TYPE = "auto-scaling-group";

    private LiveGroups() {}

    /**
     * An instance of a group.
     *
     * @param id its id
     * @param leaving whether it ends, or leaves the group
     * @param template the launch template's id and version that it came from, such as {@code lt-0a1b:3}; empty when there is none
     * @param type its instance type
     */
    public record Machine(String id, boolean leaving, Optional<String> template, String type) {}

    /**
     * How a group has grown for a roll.
     *
     * @param before how large it was
     * @param by how many machines more it got
     */
    public record Growth(int before, int by) {}

    /**
     * A group.
     *
     * @param name its name in AWS
     * @param min its smallest size
     * @param max its largest size
     * @param desired how many instances it should have
     * @param template the launch template's id and version that it starts instances from; empty when the version is not one number
     * @param types the instance types that it may start; empty when the template names it
     * @param suspended its processes that somebody has suspended
     * @param growth how a roll let it grow; empty when none has
     * @param machines its instances
     */
    public record Group(
            String name,
            int min,
            int max,
            int desired,
            Optional<String> template,
            Set<String> types,
            Set<String> suspended,
            Optional<Growth> growth,
            List<Machine> machines) {
        /** Copies the collections. */
        public Group {
            types = Set.copyOf(types);
            suspended = Set.copyOf(suspended);
            machines = List.copyOf(machines);
        }

        /**
         * The instances that do not leave.
         *
         * @return their ids
         */
        public List<String> instances() {
            return machines.stream()
                    .filter(one -> !one.leaving())
                    .map(Machine::id)
                    .toList();
        }
    }

    /**
     * Looks at the groups that a cluster owns.
     *
     * @param aws the calls
     * @param scope the cluster
     * @return the groups by their names in AWS
     */
    public static Map<String, Group> of(AwsClients aws, ClusterScope scope) {
        Map<String, Group> groups = new TreeMap<>();
        for (AutoScalingGroup group : aws.autoScaling()
                .describeAutoScalingGroupsPaginator(r -> r.filters(Filter.builder()
                                .name("tag:" + scope.ownedTag())
                                .values(ClusterScope.OWNED)
                                .build())
                        .maxRecords(100))
                .autoScalingGroups()) {
            groups.put(group.autoScalingGroupName(), parsed(group));
        }
        return groups;
    }

    private static Group parsed(AutoScalingGroup group) {
        var mixed = Optional.ofNullable(group.mixedInstancesPolicy()).map(policy -> policy.launchTemplate());
        Optional<LaunchTemplateSpecification> template = mixed.map(one -> one.launchTemplateSpecification())
                .or(() -> Optional.ofNullable(group.launchTemplate()));
        return new Group(
                group.autoScalingGroupName(),
                group.minSize(),
                group.maxSize(),
                group.desiredCapacity(),
                template.flatMap(LiveGroups::version),
                mixed.map(one -> one.overrides().stream()
                                .map(override -> override.instanceType())
                                .filter(Objects::nonNull)
                                .collect(Collectors.toSet()))
                        .orElse(Set.of()),
                group.suspendedProcesses().stream()
                        .map(process -> process.processName())
                        .collect(Collectors.toSet()),
                Optional.ofNullable(GroupTags.map(group).get(SIZE_TAG))
                        .map(GROWTH::matcher)
                        .filter(Matcher::matches)
                        .map(text -> new Growth(Integer.parseInt(text.group(1)), Integer.parseInt(text.group(2)))),
                group.instances().stream()
                        .map(one -> new Machine(
                                one.instanceId(),
                                leaves(one.lifecycleStateAsString()) || "Unhealthy".equals(one.healthStatus()),
                                Optional.ofNullable(one.launchTemplate()).flatMap(LiveGroups::version),
                                Optional.ofNullable(one.instanceType()).orElse("")))
                        .toList());
    }

    private static Optional<String> version(LaunchTemplateSpecification template) {
        return Optional.ofNullable(template.version())
                .filter(version -> version.matches("[0-9]+"))
                .map(version -> template.launchTemplateId() + ":" + version);
    }

    private static boolean leaves(String lifecycle) {
        return lifecycle.startsWith("Terminat") || lifecycle.startsWith("Detach");
    }

    /**
     * Ends an instance of a group. One that has ended already is as good.
     *
     * @param aws the calls
     * @param instance its id
     * @param shrink whether the group shall be smaller by one afterwards; else it starts a successor
     */
    public static void end(AwsClients aws, String instance, boolean shrink) {
        // ValidationError is the answer for an instance that no group has any more; the next look tells.
        Missing.done(Set.of("ValidationError"), () -> aws.autoScaling()
                .terminateInstanceInAutoScalingGroup(
                        r -> r.instanceId(instance).shouldDecrementDesiredCapacity(shrink)));
    }

    /**
     * Lets a group grow, and remembers how large it was. The note comes first, so that a run which is cut off is understood by the next.
     *
     * @param aws the calls
     * @param group the group
     * @param growth how large it is and by how many machines it shall grow
     */
    public static void grow(AwsClients aws, Group group, Growth growth) {
        String text = growth.before() + "+" + growth.by();
        aws.autoScaling()
                .createOrUpdateTags(r -> r.tags(Tag.builder()
                        .resourceId(group.name())
                        .resourceType(TYPE)
                        .key(SIZE_TAG)
                        .value(text)
                        .propagateAtLaunch(false)
                        .build()));
        setDesired(aws, group, growth.before() + growth.by());
    }

    /**
     * Gives a group the size again that it had, and forgets it.
     *
     * @param aws the calls
     * @param group the group
     * @param before how large it should be
     */
    public static void settle(AwsClients aws, Group group, int before) {
        if (group.desired() > before) {
            setDesired(aws, group, before);
        }
        aws.autoScaling()
                .deleteTags(r -> r.tags(Tag.builder()
                        .resourceId(group.name())
                        .resourceType(TYPE)
                        .key(SIZE_TAG)
                        .build()));
    }

    private static void setDesired(AwsClients aws, Group group, int desired) {
        aws.autoScaling().setDesiredCapacity(r -> r.autoScalingGroupName(group.name())
                .desiredCapacity(desired)
                .honorCooldown(false));
    }
}
