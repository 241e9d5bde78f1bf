package io.k8saws.internal.blueprint;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.network.PlannedEtcdMember;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** The names of the groups of machines. */
public final class MachineGroups {
    static final String CONTROL_PLANE = "control-plane";

    private MachineGroups() {}

    /**
     * The groups whose machines are nodes or members of etcd.
     *
     * @param spec the cluster
     * @return the names in addresses by the parts of the bucket, etcd first, then the control plane, then the pools
     */
    public static Map<String, String> byPart(ClusterSpec spec) {
        Map<String, String> groups = new LinkedHashMap<>();
        int members = spec.etcd().members();
        if (spec.etcd().placement() == EtcdPlacement.DEDICATED) {
            IntStream.rangeClosed(1, members)
                    .mapToObj(number -> "etcd-" + number)
                    .forEach(name -> groups.put(name, name));
            groups.put(CONTROL_PLANE, CONTROL_PLANE);
        } else {
            IntStream.rangeClosed(1, members)
                    .mapToObj(MachineGroups::stackedMember)
                    .forEach(name -> groups.put(name, name));
        }
        spec.nodePools().forEach(pool -> groups.put(poolPart(pool), pool.name()));
        return groups;
    }

    /**
     * The group whose one machine is a member of etcd.
     *
     * @param spec the cluster
     * @param member the member
     * @return its part of the bucket, which is its name in addresses, too
     */
    public static String ofMember(ClusterSpec spec, PlannedEtcdMember member) {
        return spec.etcd().placement() == EtcdPlacement.DEDICATED ? member.name() : stackedMember(member.number());
    }

    static String stackedMember(int number) {
        return CONTROL_PLANE + "-" + number;
    }

    static String poolPart(NodePoolSpec pool) {
        return "pool-" + pool.name();
    }
}
