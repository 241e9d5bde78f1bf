package io.k8saws.kill;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NatMode;
import io.k8saws.cluster.SpotStrategy;

/** The clusters that are killed while they are made. */
final class Clusters {
    static final String NAME = "kill";

    private static final String SSH_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1bqW9Yb7mCq0m9Jp1y0Yw0l1nq2bS0m0l1nq2bS0m0 ops";

    private Clusters() {}

    /** As few resources as hold every kind: one zone, one etcd member with two volumes, one pool with spot, a bastion, a zone of its own. */
    static ClusterSpec small(String region) {
        return ClusterSpec.builder()
                .name(NAME)
                .region(region)
                .network(n -> n.zones(region + "a").nat(NatMode.SINGLE).extraCidrs("10.101.0.0/24"))
                .access(a -> a.bastion(b -> b.allowedCidrs("203.0.113.0/24")).sshPublicKey(SSH_KEY))
                .controlPlane(c -> c.size(1))
                .etcd(e -> e.members(1).separateEvents())
                .addNodePool(p -> p.name("spot")
                        .instanceTypes("m6i.large", "m5.large")
                        .size(1)
                        .onDemandPercentageAboveBase(0)
                        .spotStrategy(SpotStrategy.CAPACITY_OPTIMIZED))
                .dns(d -> d.privateZone("kill.internal"))
                .putTag("team", "one")
                .build();
    }

    /**
     * A change that creates, updates, replaces and deletes: another pool and tag, no bastion and no extra addresses, a larger volume, other labels, a
     * load balancer that nobody else may reach.
     */
    static ClusterSpec changed(ClusterSpec spec) {
        return spec.with(b -> b.putTag("team", "two")
                        .access(a -> a.ssm())
                        .network(n -> n.extraCidrs())
                        .api(a -> a.internal())
                        .dns(d -> d.privateZone("kill.test"))
                        .etcd(e -> e.volume(v -> v.sizeGib(30)).instanceType("m6i.xlarge")))
                .withNodePool("spot", p -> p.putLabel("tier", "1").maxSize(3))
                .plusNodePool(p ->
                        p.name("batch").instanceTypes("m6i.large").minSize(0).maxSize(2));
    }

    /** The same over three zones, with three members and a NAT gateway for each zone. */
    static ClusterSpec overThreeZones(String region) {
        return small(region)
                .withNetwork(
                        n -> n.zones(region + "a", region + "b", region + "c").nat(NatMode.PER_ZONE))
                .withEtcd(e -> e.members(3));
    }
}
