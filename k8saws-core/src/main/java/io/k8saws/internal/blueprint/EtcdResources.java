package io.k8saws.internal.blueprint;

import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.VolumeSpec;
import io.k8saws.cluster.VolumeType;
import io.k8saws.internal.resource.NetworkInterfaces;
import io.k8saws.internal.resource.Subnets;
import io.k8saws.internal.resource.Volumes;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.SecurityGroupRole;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fixed disk and the fixed address of each etcd member. They carry the member's name, so that no member can take another's. */
final class EtcdResources {
    private EtcdResources() {}

    static void draw(Drawing drawing) {
        EtcdSpec etcd = drawing.spec().etcd();
        for (PlannedEtcdMember member : drawing.network().etcdMembers()) {
            drawVolume(drawing, member, "main", etcd.volume(), "etcd.volume");
            etcd.events()
                    .ifPresent(events -> drawVolume(drawing, member, "events", events.volume(), "etcd.events.volume"));
            SecurityGroupRole group = etcd.placement() == EtcdPlacement.DEDICATED
                    ? SecurityGroupRole.ETCD
                    : SecurityGroupRole.CONTROL_PLANE;
            drawing.add(
                    NetworkInterfaces.KIND,
                    member.name(),
                    new NetworkInterfaces.NetworkInterface(
                            Drawing.ref(Subnets.KIND, member.subnet()),
                            member.address(),
                            Set.of(SecurityResources.group(group)),
                            drawing.tags(Map.of("k8saws.io/etcd-member", member.name()))),
                    "etcd.members");
        }
    }

    /** The network interfaces with the members' fixed addresses. */
    static List<ResourceAddress> addresses(Drawing drawing) {
        return drawing.network().etcdMembers().stream()
                .map(member -> new ResourceAddress(NetworkInterfaces.KIND, member.name()))
                .toList();
    }

    /** What a member's machine needs to find when it boots. */
    static List<ResourceAddress> belongings(Drawing drawing, PlannedEtcdMember member) {
        List<ResourceAddress> belongings = new ArrayList<>();
        belongings.add(new ResourceAddress(Volumes.KIND, "etcd-main-" + member.number()));
        if (drawing.spec().etcd().events().isPresent()) {
            belongings.add(new ResourceAddress(Volumes.KIND, "etcd-events-" + member.number()));
        }
        belongings.add(new ResourceAddress(NetworkInterfaces.KIND, member.name()));
        return belongings;
    }

    private static void drawVolume(
            Drawing drawing, PlannedEtcdMember member, String cluster, VolumeSpec volume, String specPath) {
        Map<String, String> tags =
                drawing.tags(Map.of("k8saws.io/etcd-member", member.name(), "k8saws.io/etcd-cluster", cluster));
        drawing.add(
                Volumes.KIND,
                "etcd-" + cluster + "-" + member.number(),
                new Volumes.Volume(
                        member.zone(),
                        volume.type().name().toLowerCase(Locale.ROOT),
                        volume.sizeGib(),
                        Optional.of(volume.iops()),
                        throughput(volume),
                        true,
                        volume.kmsKey(),
                        tags),
                specPath);
    }

    /** Only gp3 takes a throughput. */
    static Optional<Integer> throughput(VolumeSpec volume) {
        return volume.type() == VolumeType.GP3 ? Optional.of(volume.throughputMibps()) : Optional.empty();
    }
}
