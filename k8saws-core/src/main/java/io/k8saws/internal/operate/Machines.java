package io.k8saws.internal.operate;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.LaunchTimes;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.seam.AwsClients;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machines of a cluster: which there are by its groups, and what each said of itself. */
public final class Machines {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

    private final AwsClients aws;
    private final ClusterScope scope;

    /**
     * Makes a reader; calls nothing.
     *
     * @param aws the calls
     * @param scope the cluster
     */
    public Machines(AwsClients aws, ClusterScope scope) {
        this.aws = aws;
        this.scope = scope;
    }

    /**
     * The groups that the cluster owns.
     *
     * @return the groups by their names in AWS
     */
    public Map<String, LiveGroups.Group> groups() {
        return LiveGroups.of(aws, scope);
    }

    /** When instances were launched; those that EC2 has forgotten are not there. */
    Map<String, Instant> launched(Collection<String> instances) {
        return instances.isEmpty() ? Map.of() : LaunchTimes.of(aws, instances);
    }

    /**
     * What a machine of a role said of itself.
     *
     * @param role the role
     * @param instance the instance's id
     * @return its status; empty when it has written none that can be read
     */
    public Optional<NodeStatus> status(NodeRole role, String instance) {
        return said(role, instance).status();
    }

    /**
     * What the machines of a group are.
     *
     * @param part the group's name in the bucket
     * @return their role
     */
    public static NodeRole role(String part) {
        return part.startsWith("pool-")
                ? NodeRole.NODES
                : part.startsWith("etcd-") ? NodeRole.ETCD : NodeRole.CONTROL_PLANE;
    }

    /** What a machine of a role said of itself. */
    SelfReport said(NodeRole role, String instance) {
        String key = NodeStatus.prefix() + role.label() + "/" + instance + ".json";
        return BucketFiles.read(aws, scope, key)
                .map(text -> parsed(key, text, instance))
                .orElse(SelfReport.nothing());
    }

    private static SelfReport parsed(String key, String text, String instance) {
        try {
            NodeStatus status = NodeStatus.fromJson(text);
            return status.instance().equals(instance) ? SelfReport.of(status) : SelfReport.unreadable(key);
        } catch (K8sAwsException e) {
            LOG.debug("{} is no status of a machine", key, e);
            return SelfReport.unreadable(key);
        }
    }
}
