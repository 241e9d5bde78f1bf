package io.k8saws.internal.operate;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Filter;

/** The machines of a cluster: which there are by its groups, and what each said of itself. */
final class Machines {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

    private final AwsClients aws;
    private final ClusterScope scope;

    Machines(AwsClients aws, ClusterScope scope) {
        this.aws = aws;
        this.scope = scope;
    }

    /**
     * An instance of a group.
     *
     * @param id its id
     * @param lifecycle its state in the group, such as {@code InService}
     */
    record Instance(String id, String lifecycle) {
        boolean leaves() {
            return lifecycle.startsWith("Terminat") || lifecycle.startsWith("Detach");
        }
    }

    /**
     * A group as it is.
     *
     * @param desired how many instances it should have
     * @param instances those that it has
     */
    record Group(int desired, List<Instance> instances) {}

    /** The groups that the cluster owns, by their names in AWS. */
    Map<String, Group> groups() {
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
                                    .map(one -> new Instance(one.instanceId(), one.lifecycleStateAsString()))
                                    .filter(one -> !one.leaves())
                                    .toList()));
        }
        return groups;
    }

    /** What a machine of a role said of itself. */
    Optional<NodeStatus> status(NodeRole role, String instance) {
        return status(NodeStatus.prefix() + role.label() + "/" + instance + ".json")
                .filter(status -> status.instance().equals(instance));
    }

    private Optional<NodeStatus> status(String key) {
        try {
            return Optional.of(NodeStatus.fromJson(aws.s3()
                    .getObject(
                            r -> r.bucket(scope.bucket())
                                    .expectedBucketOwner(scope.account())
                                    .key(key),
                            ResponseTransformer.toBytes())
                    .asUtf8String()));
        } catch (AwsCallException e) {
            if (e.statusCode() == 404) {
                return Optional.empty();
            }
            throw e;
        } catch (K8sAwsException e) {
            LOG.debug("{} is no status of a machine", key, e);
            return Optional.empty();
        }
    }
}
