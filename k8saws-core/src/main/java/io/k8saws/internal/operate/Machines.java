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
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machines of a cluster: which there are by its groups, and what each said of itself. */
public final class Machines {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);
    private static final String ENDING = ".json";

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
        String key = NodeStatus.prefix() + role.label() + "/" + instance + ENDING;
        return BucketFiles.read(aws, scope, key)
                .map(text -> parsed(key, text, instance))
                .orElse(SelfReport.nothing());
    }

    /** What the machines of groups, by their parts, said of themselves: by instance, in the order of the groups. */
    Map<String, SelfReport> said(Map<String, LiveGroups.Group> byPart) {
        List<Supplier<Map.Entry<String, SelfReport>>> questions = new ArrayList<>();
        byPart.forEach((part, group) -> group.instances()
                .forEach(instance -> questions.add(() -> Map.entry(instance, said(role(part), instance)))));
        Map<String, SelfReport> said = new LinkedHashMap<>();
        AtOnce.ask(questions).forEach(answer -> said.put(answer.getKey(), answer.getValue()));
        return said;
    }

    /**
     * Removes what machines have said that are gone: no group has them, and they said it before a moment. An instance's id is never given again, so there is no other writer but the
     * machine itself; one that speaks once more while it ends is removed the next time.
     * One call removes as many as one call can: of very many, the rest is for the next time.
     *
     * @param before what was said later stays, also when its machine is in no group that can be seen yet
     * @param mayChange is called before the removal; throws when the right to change the cluster was lost
     * @return how many were removed
     */
    public int forgetGone(Instant before, Runnable mayChange) {
        // the groups last: who is in one by then is there
        Set<String> old = BucketFiles.writtenBefore(aws, scope, NodeStatus.prefix(), before);
        Set<String> there = groups().values().stream()
                .flatMap(group -> group.machines().stream())
                .map(LiveGroups.Machine::id)
                .collect(Collectors.toSet());
        List<String> gone = old.stream()
                .filter(key -> key.endsWith(ENDING)
                        && !there.contains(key.substring(key.lastIndexOf('/') + 1, key.length() - ENDING.length())))
                .limit(BucketFiles.AT_ONCE)
                .toList();
        if (!gone.isEmpty()) {
            mayChange.run();
            BucketFiles.delete(aws, scope, gone);
        }
        return gone.size();
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
