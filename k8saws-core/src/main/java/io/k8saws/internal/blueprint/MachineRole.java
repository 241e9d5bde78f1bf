package io.k8saws.internal.blueprint;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.network.SecurityGroupRole;

/** What a machine of the cluster is for. Each role has its own IAM role, security group and part of the bucket. */
enum MachineRole {
    CONTROL_PLANE("control-plane", SecurityGroupRole.CONTROL_PLANE),
    ETCD("etcd", SecurityGroupRole.ETCD),
    NODES("nodes", SecurityGroupRole.NODE),
    BASTION("bastion", SecurityGroupRole.BASTION);

    /** The tag that says of an instance, its disk and its first network interface what they are for; the roles' policies ask for it. */
    static final String TAG = "k8saws.io/role";

    private final String label;
    private final SecurityGroupRole group;

    MachineRole(String label, SecurityGroupRole group) {
        this.label = label;
        this.group = group;
    }

    /** The role's name in resource names. */
    String label() {
        return label;
    }

    SecurityGroupRole group() {
        return group;
    }

    /** The part of the spec that asks for machines of the role. Every cluster is ready for nodes, also one that has no pool yet. */
    String specPath(ClusterSpec spec) {
        return switch (this) {
            case CONTROL_PLANE -> "controlPlane";
            case ETCD -> "etcd";
            case NODES -> spec.nodePools().isEmpty() ? "name" : "nodePools";
            case BASTION -> "access.bastion";
        };
    }
}
