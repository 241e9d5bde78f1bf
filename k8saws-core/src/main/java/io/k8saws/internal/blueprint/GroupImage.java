package io.k8saws.internal.blueprint;

import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.BastionSpec;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.ControlPlaneSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.internal.machine.ImageQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The image that a part of a spec asks for.
 *
 * @param specPath the part, for example {@code nodePools[general]}
 * @param query the image
 * @param rootDevice the name that its root device is taken to have
 */
public record GroupImage(String specPath, ImageQuery query, String rootDevice) {

    /**
     * The images of all machines that a cluster has.
     *
     * @param spec the cluster
     * @return one for each part of the spec that makes machines
     */
    public static List<GroupImage> of(ClusterSpec spec) {
        List<GroupImage> images = new ArrayList<>();
        images.add(of(spec.controlPlane()));
        if (spec.etcd().placement() == EtcdPlacement.DEDICATED) {
            images.add(of(spec.etcd()));
        }
        spec.nodePools().forEach(pool -> images.add(of(pool)));
        if (spec.access().method() == AccessMethod.BASTION) {
            images.add(of(spec.access().bastion()));
        }
        return images;
    }

    static GroupImage of(ControlPlaneSpec control) {
        return of(
                "controlPlane",
                control.image(),
                control.rootDevice(),
                control.instanceTypes().get(0));
    }

    static GroupImage of(EtcdSpec etcd) {
        return of("etcd", etcd.image(), etcd.rootDevice(), etcd.instanceType());
    }

    static GroupImage of(NodePoolSpec pool) {
        ImageQuery query =
                ImageQuery.of(pool.image(), pool.instanceTypes().get(0), pool.os() == OperatingSystem.WINDOWS);
        return new GroupImage(
                "nodePools[" + pool.name() + "]", query, pool.rootDevice().orElse(query.rootDevice()));
    }

    static GroupImage of(BastionSpec bastion) {
        return of("access.bastion", bastion.image(), bastion.rootDevice(), bastion.instanceType());
    }

    private static GroupImage of(
            String specPath, Optional<String> image, Optional<String> rootDevice, String instanceType) {
        ImageQuery query = ImageQuery.of(image, instanceType);
        return new GroupImage(specPath, query, rootDevice.orElse(query.rootDevice()));
    }
}
