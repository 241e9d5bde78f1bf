package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/** The disks of etcd members, found as a member's machine finds them: by their tags. */
public final class MemberVolumes {
    private MemberVolumes() {}

    /**
     * A disk.
     *
     * @param id the volume's id
     * @param holder the instance that has it
     */
    public record MemberVolume(String id, Optional<String> holder) {}

    /**
     * Looks a member's disks up.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param etcd which etcd, {@code main} or {@code events}
     * @param member the member's name
     * @return one, when all is right
     */
    public static List<MemberVolume> of(AwsClients aws, ClusterScope scope, String etcd, String member) {
        return aws
                .ec2()
                .describeVolumesPaginator(r -> r.filters(
                        Ec2Tags.filter("tag:" + ClusterScope.CLUSTER_TAG, scope.cluster()),
                        Ec2Tags.filter("tag:k8saws.io/etcd-member", member),
                        Ec2Tags.filter("tag:k8saws.io/etcd-cluster", etcd),
                        Filter.builder()
                                .name("status")
                                .values(VolumeState.AVAILABLE.toString(), VolumeState.IN_USE.toString())
                                .build()))
                .volumes()
                .stream()
                .map(volume -> new MemberVolume(
                        volume.volumeId(),
                        volume.attachments().stream()
                                .map(attachment -> attachment.instanceId())
                                .findFirst()))
                .toList();
    }
}
