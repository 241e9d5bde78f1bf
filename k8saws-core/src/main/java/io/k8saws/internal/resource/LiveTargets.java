package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/** The targets of a cluster's load balancers as they are now. */
public final class LiveTargets {
    private LiveTargets() {}

    /**
     * Asks which targets are well.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param name the target group's name in its address
     * @return the instances that the load balancer sends requests to
     */
    public static Set<String> healthy(AwsClients aws, ClusterScope scope, String name) {
        String group = scope.hyphenated(name, LoadBalancing.NAME_LIMIT);
        return Missing.orEmpty(
                        LoadBalancing.NO_GROUP,
                        () -> aws.loadBalancing().describeTargetGroups(r -> r.names(group)).targetGroups().stream()
                                .flatMap(found -> aws
                                        .loadBalancing()
                                        .describeTargetHealth(r -> r.targetGroupArn(found.targetGroupArn()))
                                        .targetHealthDescriptions()
                                        .stream())
                                .filter(target -> target.targetHealth().state() == TargetHealthStateEnum.HEALTHY)
                                .map(target -> target.target().id())
                                .collect(Collectors.toSet()))
                .orElse(Set.of());
    }
}
