package io.k8saws.internal.resource;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.resource.AutoScalingGroups.LifecycleHook;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.LifecycleHookSpecification;

/** The lifecycle hooks of a group, and the tag that remembers them. */
final class GroupHooks {
    /** The tag that holds what was set, one {@code name transition seconds result} after the other with semicolons between. */
    static final String TAG = "k8saws.io/hooks";

    /** The longest value of a tag. */
    private static final int TAG_LIMIT = 256;

    private static final String PREFIX = "autoscaling:EC2_INSTANCE_";
    private static final int WORDS = 4;

    private GroupHooks() {}

    static List<LifecycleHookSpecification> specifications(Set<LifecycleHook> hooks) {
        return sorted(hooks).stream()
                .map(hook -> LifecycleHookSpecification.builder()
                        .lifecycleHookName(hook.name())
                        .lifecycleTransition(hook.transition())
                        .heartbeatTimeout(hook.heartbeatSeconds())
                        .defaultResult(hook.defaultResult())
                        .build())
                .toList();
    }

    /** The tag's value; empty when there are no hooks and so no tag. */
    static Optional<String> text(Step step, Set<LifecycleHook> hooks) {
        if (hooks.isEmpty()) {
            return Optional.empty();
        }
        String text = sorted(hooks).stream()
                .map(hook -> String.join(
                        " ",
                        hook.name(),
                        hook.transition().replace(PREFIX, ""),
                        String.valueOf(hook.heartbeatSeconds()),
                        hook.defaultResult()))
                .collect(Collectors.joining(";"));
        if (text.length() > TAG_LIMIT) {
            throw new K8sAwsException(
                    "Set the lifecycle hooks of " + step.address(),
                    "their description takes " + text.length() + " characters, and a tag holds " + TAG_LIMIT,
                    "use fewer hooks or shorter names",
                    Map.of("hooks", text),
                    null);
        }
        return Optional.of(text);
    }

    /** The hooks that a tag's value tells; what somebody wrote there by hand and cannot be read shows as a hook of that name. */
    static Set<LifecycleHook> parsed(String text) {
        Set<LifecycleHook> hooks = new HashSet<>();
        for (String part : text.split(";", -1)) {
            String[] words = part.split(" ", -1);
            if (words.length == WORDS && words[2].matches("\\d{1,6}")) {
                hooks.add(new LifecycleHook(words[0], PREFIX + words[1], Integer.parseInt(words[2]), words[3]));
            } else {
                hooks.add(new LifecycleHook(part, "", 0, ""));
            }
        }
        return hooks;
    }

    /** The hooks that a group really has; empty when the group is gone. AWS tells those of one group a call and has no pages for them. */
    static Optional<Set<LifecycleHook>> present(Reading reading, String group) {
        // ValidationError is the answer for a group that does not exist
        return Missing.orEmpty(
                Set.of("ValidationError"), () -> reading
                        .aws()
                        .autoScaling()
                        .describeLifecycleHooks(r -> r.autoScalingGroupName(group))
                        .lifecycleHooks()
                        .stream()
                        .map(hook -> new LifecycleHook(
                                hook.lifecycleHookName(),
                                hook.lifecycleTransition(),
                                hook.heartbeatTimeout(),
                                hook.defaultResult()))
                        .collect(Collectors.toSet()));
    }

    /** What is there instead of hooks that were set, by their names. */
    static Map<String, String> altered(Set<LifecycleHook> set, Set<LifecycleHook> present) {
        Map<String, String> altered = new TreeMap<>();
        for (LifecycleHook hook : set) {
            if (!present.contains(hook)) {
                altered.put(
                        hook.name(),
                        present.stream()
                                .filter(other -> other.name().equals(hook.name()))
                                .findFirst()
                                .map(other -> "changed to " + words(other))
                                .orElse("removed"));
            }
        }
        return altered;
    }

    /** The hooks that others made, in words. */
    static List<String> notOf(Set<LifecycleHook> set, Set<LifecycleHook> present) {
        Set<String> names = set.stream().map(LifecycleHook::name).collect(Collectors.toSet());
        return sorted(present).stream()
                .filter(hook -> !names.contains(hook.name()))
                .map(hook -> "lifecycle hook " + hook.name() + ": " + words(hook))
                .toList();
    }

    private static String words(LifecycleHook hook) {
        return hook.transition().replace(PREFIX, "") + ", " + hook.heartbeatSeconds() + " s, " + hook.defaultResult();
    }

    /** Puts what differs or was altered by hand, and deletes what is no longer wanted; does not write the tag. */
    static void converge(
            Step step, String group, Set<LifecycleHook> before, Set<String> altered, Set<LifecycleHook> wanted) {
        AutoScalingClient autoScaling = step.aws().autoScaling();
        for (LifecycleHook hook : sorted(wanted)) {
            if (!before.contains(hook) || altered.contains(hook.name())) {
                autoScaling.putLifecycleHook(r -> r.autoScalingGroupName(group)
                        .lifecycleHookName(hook.name())
                        .lifecycleTransition(hook.transition())
                        .heartbeatTimeout(hook.heartbeatSeconds())
                        .defaultResult(hook.defaultResult()));
            }
        }
        Set<String> names = wanted.stream().map(LifecycleHook::name).collect(Collectors.toSet());
        if (before.stream().map(LifecycleHook::name).allMatch(names::contains)) {
            return;
        }
        List<String> there =
                autoScaling.describeLifecycleHooks(r -> r.autoScalingGroupName(group)).lifecycleHooks().stream()
                        .map(hook -> hook.lifecycleHookName())
                        .toList();
        for (LifecycleHook hook : sorted(before)) {
            if (!names.contains(hook.name()) && there.contains(hook.name())) {
                autoScaling.deleteLifecycleHook(
                        r -> r.autoScalingGroupName(group).lifecycleHookName(hook.name()));
            }
        }
    }

    private static List<LifecycleHook> sorted(Set<LifecycleHook> hooks) {
        return hooks.stream().sorted(Comparator.comparing(LifecycleHook::name)).toList();
    }
}
