package io.k8saws.internal.resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tells by tags and descriptions who made something that is not ours. */
final class Owners {
    /** Nothing tells. */
    static final String UNKNOWN = "unknown";

    private static final List<String> TAGS =
            List.of("owner", "managed-by", "managedby", "created-by", "createdby", "app.kubernetes.io/managed-by");

    private Owners() {}

    /**
     * Who made a thing.
     *
     * @param tags its tags
     * @param description its description, empty when it has none
     * @return a name for people, or {@link #UNKNOWN}
     */
    static String of(Map<String, String> tags, String description) {
        String stack = tags.get("aws:cloudformation:stack-name");
        if (stack != null) {
            return "CloudFormation stack " + stack;
        }
        // descriptions that the two controllers write on their rules
        if (description.startsWith("kubernetes.io/rule/")) {
            return "cloud-controller-manager";
        }
        if (description.startsWith("elbv2.k8s.aws/") || tags.containsKey("elbv2.k8s.aws/cluster")) {
            return "aws-load-balancer-controller";
        }
        Map<String, String> byKey = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byKey.putAll(tags);
        return TAGS.stream()
                .flatMap(key -> Optional.ofNullable(byKey.get(key)).stream())
                .filter(value -> !value.isBlank())
                .findFirst()
                .orElse(UNKNOWN);
    }
}
