package io.k8saws.internal.blueprint;

import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.IamRolePolicies;
import io.k8saws.internal.resource.IamRoles;
import io.k8saws.internal.resource.InstanceProfiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One IAM role, inline policy and instance profile for each machine role that the cluster has. */
final class IdentityResources {
    private IdentityResources() {}

    static void draw(Drawing drawing) {
        for (MachineRole role : roles(drawing.spec())) {
            String cause = role.specPath(drawing.spec());
            Ref self = drawing.add(
                    IamRoles.KIND,
                    role.label(),
                    new IamRoles.IamRole(trust(drawing), drawing.spec().permissionsBoundary(), drawing.tags()),
                    cause);
            RolePolicy.of(role, drawing)
                    .ifPresent(document -> drawing.add(
                            IamRolePolicies.KIND,
                            role.label(),
                            new IamRolePolicies.IamRolePolicy(self, document),
                            cause));
            drawing.add(
                    InstanceProfiles.KIND,
                    role.label(),
                    new InstanceProfiles.InstanceProfile(Optional.of(self)),
                    cause);
        }
    }

    static List<MachineRole> roles(ClusterSpec spec) {
        List<MachineRole> roles = new ArrayList<>(List.of(MachineRole.CONTROL_PLANE, MachineRole.NODES));
        if (spec.etcd().placement() == EtcdPlacement.DEDICATED) {
            roles.add(MachineRole.ETCD);
        }
        if (spec.access().method() == AccessMethod.BASTION) {
            roles.add(MachineRole.BASTION);
        }
        return roles;
    }

    private static String trust(Drawing drawing) {
        String suffix = drawing.scope().partition().equals("aws-cn") ? ".cn" : "";
        return Policies.document(Policies.allow("Instances")
                .service("ec2.amazonaws.com" + suffix)
                .actions("sts:AssumeRole"));
    }
}
