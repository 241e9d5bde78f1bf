package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** Tags as EC2 writes, finds and changes them. */
final class Ec2Tags {
    private static final String FIELD = "tags[";

    private Ec2Tags() {}

    /** The tags that a creating call sets. */
    static TagSpecification specification(ResourceType type, Map<String, String> tags) {
        return TagSpecification.builder().resourceType(type).tags(list(tags)).build();
    }

    /** Tags as EC2 returns them, sorted by key. */
    static Map<String, String> map(List<Tag> tags) {
        Map<String, String> map = new TreeMap<>();
        tags.forEach(tag -> map.put(tag.key(), tag.value() == null ? "" : tag.value()));
        return map;
    }

    /** Tags as EC2 takes them. */
    static List<Tag> list(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    /** Finds what the cluster owns, whether the library or one of the cluster's controllers made it. */
    static Filter owned(ClusterScope scope) {
        return filter("tag:" + scope.ownedTag(), ClusterScope.OWNED);
    }

    /** A filter with one value. */
    static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    /** The address in the tags, if it is one of this kind. */
    static Optional<ResourceAddress> address(ClusterScope scope, String kind, Map<String, String> tags) {
        return scope.addressIn(tags).filter(address -> address.kind().equals(kind));
    }

    /**
     * Sets and removes the tags that differ, with at most one call each. A tag is removed only as long as it has the value that was observed.
     *
     * @param step the calls and the resource's address
     * @param id the resource's EC2 id
     * @param observed the tags as they are
     * @param wanted the wanted tags without those that every resource has
     * @param fields the paths that differ; others than tags are ignored
     */
    static void converge(
            Step step, String id, Map<String, String> observed, Map<String, String> wanted, Set<String> fields) {
        Map<String, String> all = step.tags(wanted);
        Map<String, String> set = new TreeMap<>();
        List<Tag> remove = new ArrayList<>();
        for (String field : fields) {
            if (!field.startsWith(FIELD)) {
                continue;
            }
            String key = field.substring(FIELD.length(), field.length() - 1);
            String value = all.get(key);
            if (value != null) {
                set.put(key, value);
            } else {
                remove.add(Tag.builder().key(key).value(observed.get(key)).build());
            }
        }
        if (!set.isEmpty()) {
            step.aws().ec2().createTags(request -> request.resources(id).tags(list(set)));
        }
        if (!remove.isEmpty()) {
            step.aws().ec2().deleteTags(request -> request.resources(id).tags(remove));
        }
    }
}
