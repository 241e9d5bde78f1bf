package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Filter;

/** The Auto Scaling groups of a cluster as they are now, with their instances. */
public final class LiveGroups {
    private LiveGroups() {}

    /**
     * A group.
     *
     * @param desired how many instances it should have
     * @param instances the ids of those that it has and that do not leave
     */
    public record Group(int desired, List<String> instances) {}

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
            groups.put(
                    group.autoScalingGroupName(),
                    new Group(
                            group.desiredCapacity(),
                            group.instances().stream()
                                    .filter(one -> !leaves(one.lifecycleStateAsString()))
                                    .map(one -> one.instanceId())
                                    .toList()));
        }
        return groups;
    }

    private static boolean leaves(String lifecycle) {
        return lifecycle.startsWith("Terminat") || lifecycle.startsWith("Detach");
    }
}
