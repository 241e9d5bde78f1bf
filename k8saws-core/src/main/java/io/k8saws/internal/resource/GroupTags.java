package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.AutoScalingGroups.AutoScalingGroup;
import io.k8saws.plan.ResourceAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.Tag;
import software.amazon.awssdk.services.autoscaling.model.TagDescription;

/** Tags as EC2 Auto Scaling writes, reads and changes them. */
final class GroupTags {
    private static final String TYPE = "auto-scaling-group";
    private static final String FIELD = "tags[";

    /** What is said of the group and not of its instances. */
    private static final Set<String> NOT_PROPAGATED = Set.of(ClusterScope.ADDRESS_TAG, GroupHooks.TAG);

    private static final String AUTOSCALER = "k8s.io/cluster-autoscaler/";

    private GroupTags() {}

    static Map<String, String> map(software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup group) {
        Map<String, String> map = new TreeMap<>();
        for (TagDescription tag : group.tags()) {
            map.put(tag.key(), tag.value() == null ? "" : tag.value());
        }
        return map;
    }

    /** The tags; one that instances do not get although they should, or the other way round, shows so in its value. */
    static Map<String, String> seen(software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup group) {
        Map<String, String> map = map(group);
        for (TagDescription tag : group.tags()) {
            boolean propagated = Boolean.TRUE.equals(tag.propagateAtLaunch());
            if (propagated != propagates(tag.key()) && !NOT_PROPAGATED.contains(tag.key())) {
                map.merge(tag.key(), " (not for instances)", String::concat);
            }
        }
        return map;
    }

    /** The cluster autoscaler reads its tags off groups; on instances they would only use up places. */
    private static boolean propagates(String key) {
        return !NOT_PROPAGATED.contains(key) && !key.startsWith(AUTOSCALER);
    }

    static Optional<ResourceAddress> address(
            ClusterScope scope, software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup group) {
        return scope.addressIn(map(group)).filter(address -> address.kind().equals(AutoScalingGroups.KIND));
    }

    /** The tags of a new group. */
    static List<Tag> created(Step step, String group, AutoScalingGroup wanted) {
        Map<String, String> tags = new TreeMap<>(step.tags(wanted.tags()));
        GroupHooks.text(step, wanted.lifecycleHooks()).ifPresent(text -> tags.put(GroupHooks.TAG, text));
        return list(group, tags);
    }

    /** Sets and removes the tags that differ, with at most one call each. */
    static void converge(Step step, String group, AutoScalingGroup wanted, Set<String> fields, boolean hooks) {
        Map<String, String> all = step.tags(wanted.tags());
        Map<String, String> set = new TreeMap<>();
        Map<String, String> removed = new TreeMap<>();
        for (String field : fields) {
            if (field.startsWith(FIELD)) {
                String key = field.substring(FIELD.length(), field.length() - 1);
                String value = all.get(key);
                (value == null ? removed : set).put(key, value == null ? "" : value);
            }
        }
        if (hooks) {
            Optional<String> text = GroupHooks.text(step, wanted.lifecycleHooks());
            (text.isPresent() ? set : removed).put(GroupHooks.TAG, text.orElse(""));
        }
        AutoScalingClient autoScaling = step.aws().autoScaling();
        if (!set.isEmpty()) {
            autoScaling.createOrUpdateTags(r -> r.tags(list(group, set)));
        }
        if (!removed.isEmpty()) {
            autoScaling.deleteTags(r -> r.tags(removed.keySet().stream()
                    .map(key -> Tag.builder()
                            .resourceId(group)
                            .resourceType(TYPE)
                            .key(key)
                            .build())
                    .toList()));
        }
    }

    static List<Tag> list(String group, Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> Tag.builder()
                        .resourceId(group)
                        .resourceType(TYPE)
                        .key(tag.getKey())
                        .value(tag.getValue())
                        .propagateAtLaunch(propagates(tag.getKey()))
                        .build())
                .toList();
    }
}
