package io.k8saws.internal.operate;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.seam.AwsClients;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machines of a cluster: which there are by its groups, and what each said of itself. */
final class Machines {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

    private final AwsClients aws;
    private final ClusterScope scope;

    Machines(AwsClients aws, ClusterScope scope) {
        this.aws = aws;
        this.scope = scope;
    }

    /** The groups that the cluster owns, by their names in AWS. */
    Map<String, LiveGroups.Group> groups() {
        return LiveGroups.of(aws, scope);
    }

    /** What a machine of a role said of itself. */
    Optional<NodeStatus> status(NodeRole role, String instance) {
        String key = NodeStatus.prefix() + role.label() + "/" + instance + ".json";
        return BucketFiles.read(aws, scope, key)
                .flatMap(text -> parsed(key, text))
                .filter(status -> status.instance().equals(instance));
    }

    private static Optional<NodeStatus> parsed(String key, String text) {
        try {
            return Optional.of(NodeStatus.fromJson(text));
        } catch (K8sAwsException e) {
            LOG.debug("{} is no status of a machine", key, e);
            return Optional.empty();
        }
    }
}
