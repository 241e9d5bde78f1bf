package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.s3.S3Client;

/** A cluster in the emulator whose etcd is a real one on this host, and whose members lose their disks. */
final class LosingCluster implements AutoCloseable {
    static final String NAME = "replaced";
    static final String REGION = "eu-west-1";

    final K8sAws k8s;
    final Cluster cluster;
    final ClusterSpec spec;

    private final AwsEndpoint aws;
    private final Path directory;
    private final S3Client s3;
    private final Ec2Client ec2;
    private final List<PlayedMachine> machines = new ArrayList<>();
    private final List<Live> etcds = new ArrayList<>();

    /** A real etcd in the place of one of the cluster's, {@code main} or {@code events}. */
    final class Live {
        final EtcdCluster members;
        final Etcd etcd;

        private final String name;
        private final Map<String, URI> peers;
        private final Map<String, URI> clients;
        private final Set<String> withMachine = new HashSet<>();

        Live(String name) {
            this.name = name;
            members = Testbed.etcd(spec.etcd().members());
            etcd = LiveEtcdIT.connect(members);
            EtcdMetrics.await("all are well", () -> etcd.health().isWell());
            new Histories(new Gateway(members.endpoints().get(0)), 17).changes(300);
            List<MemberHealth> all = etcd.health().members();
            peers = all.stream().collect(Collectors.toMap(one -> one.member().name(), one -> one.member()
                    .peerUrls()
                    .get(0)));
            clients = all.stream().collect(Collectors.toMap(one -> one.member().name(), one -> one.member()
                    .clientUrls()
                    .get(0)));
        }

        EtcdDisk disk(Cluster of, String member) {
            return name.equals("events") ? of.etcdEventsDisk(member) : of.etcdDisk(member);
        }

        /** The replacement of a member that has another peer URL than the spec says, because it runs on this host. */
        MemberReplacement replacement(Cluster of, String member) {
            return new MemberReplacement(new ClusterEtcd(NAME, REGION, name), disks(of, member));
        }

        MemberReplacement replacement(String member) {
            return replacement(cluster, member);
        }

        MemberReplacement.Disks disks(Cluster of, String member) {
            return new MemberReplacement.Disks() {
                @Override
                public EtcdDisk look() {
                    return of(member);
                }

                @Override
                public EtcdDisk of(String other) {
                    EtcdDisk disk = disk(of, other);
                    return new EtcdDisk(
                            disk.etcd(),
                            disk.member(),
                            peers,
                            disk.volumes(),
                            disk.holder(),
                            disk.status(),
                            disk.seen(),
                            disk.order(),
                            disk.followed());
                }

                @Override
                public void order(EtcdOrder order) {
                    String planned = disk(of, member).peerUrl().toString();
                    of.orderEtcdDisk(new EtcdOrder(
                            order.etcd(),
                            order.member(),
                            order.memberId(),
                            order.volume(),
                            order.initialCluster().replace(peer(member).toString(), planned)));
                }
            };
        }

        URI peer(String member) {
            return Objects.requireNonNull(peers.get(member));
        }

        /** The members that are named lose their disks, and a leader is elected by the others, if they are enough. */
        void lose(String... lost) {
            for (String member : lost) {
                members.kill(Integer.parseInt(member.substring("etcd-".length())));
            }
            int left = peers.size() - lost.length;
            if (left > peers.size() / 2) {
                EtcdMetrics.await(
                        left + " are left", () -> etcd.health().quorum().well() == left);
                EtcdMetrics.await(
                        "one of them leads", () -> etcd.health().leader().isPresent());
            } else {
                EtcdMetrics.await("nobody leads", () -> etcd.health().leader().isEmpty());
            }
        }

        void assertWhole() {
            EtcdHealth after = etcd.health();
            assertThat(after.voters()).hasSize(peers.size());
            assertThat(after.learners()).isEmpty();
            assertThat(after.isWell()).as(after.toString()).isTrue();
            long revision = etcd.revision();
            EtcdMetrics.await("all have come as far", () -> etcd.health().members().stream()
                    .allMatch(one -> one.state().orElseThrow().revision() == revision));
            assertThat(etcd.hashKv(revision).stream()
                            .map(one -> one.hash().orElseThrow())
                            .distinct())
                    .hasSize(1);
            // of those alone that have a machine here: a plan waits for the word of one that has said nothing yet
            withMachine.forEach(
                    member -> assertThat(replacement(member).plan(etcd).isEmpty())
                            .as(member)
                            .isTrue());
        }
    }

    LosingCluster(AwsEndpoint aws, Path directory, ClusterSpec spec) {
        this.aws = aws;
        this.directory = directory;
        this.spec = spec;
        k8s = K8sAws.connect(aws.access(REGION));
        k8s.apply(k8s.plan(spec));
        cluster = k8s.cluster(NAME);
        s3 = aws.configure(S3Client.builder()).build();
        ec2 = aws.configure(Ec2Client.builder()).region(Region.of(REGION)).build();
    }

    static ClusterSpec.Builder spec(EtcdPlacement placement) {
        return ClusterSpec.builder()
                .name(NAME)
                .region(REGION)
                .network(n -> n.zones(REGION + "a", REGION + "b", REGION + "c"))
                .etcd(e -> e.placement(placement));
    }

    Live live(String etcd) {
        Live live = new Live(etcd);
        etcds.add(live);
        return live;
    }

    /** The machine of a member has its disks, of these etcds. */
    PlayedMachine machine(String member, Live... lives) {
        String part =
                spec.etcd().placement() == EtcdPlacement.STACKED ? member.replace("etcd", "control-plane") : member;
        PlayedMachine machine = new PlayedMachine(s3, bucket(), member, part, instance(part), directory);
        for (Live live : lives) {
            String volume = volume(live.name, member);
            attach(volume, part, live.name);
            live.withMachine.add(member);
            machine.disk(
                    live.name,
                    volume,
                    live.disk(cluster, member).peerUrl().toString(),
                    live.peer(member),
                    Objects.requireNonNull(live.clients.get(member)));
        }
        machines.add(machine);
        return machine;
    }

    void attach(String volume, String part, String etcd) {
        String instance = instance(part);
        ec2.attachVolume(
                r -> r.volumeId(volume).instanceId(instance).device(etcd.equals("main") ? "/dev/sdf" : "/dev/sdg"));
    }

    /** As when somebody deletes it, or its zone loses it. */
    void deleteVolume(String volume) {
        ec2.detachVolume(r -> r.volumeId(volume));
        ec2.deleteVolume(r -> r.volumeId(volume));
    }

    String volume(String etcd, String member) {
        return ec2.describeVolumes(r -> r.filters(
                        Filter.builder()
                                .name("tag:k8saws.io/etcd-member")
                                .values(member)
                                .build(),
                        Filter.builder()
                                .name("tag:k8saws.io/etcd-cluster")
                                .values(etcd)
                                .build()))
                .volumes()
                .get(0)
                .volumeId();
    }

    String instance(String part) {
        try (AutoScalingClient groups = aws.configure(AutoScalingClient.builder())
                .region(Region.of(REGION))
                .build()) {
            return groups.describeAutoScalingGroups().autoScalingGroups().stream()
                    .filter(group -> group.autoScalingGroupName().equals(part + "." + NAME))
                    .findFirst()
                    .orElseThrow()
                    .instances()
                    .get(0)
                    .instanceId();
        }
    }

    private String bucket() {
        return s3.listBuckets().buckets().stream()
                .map(bucket -> bucket.name())
                .filter(name -> name.contains(NAME))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        machines.forEach(PlayedMachine::close);
        etcds.forEach(live -> {
            live.etcd.close();
            live.members.close();
        });
        ec2.close();
        s3.close();
        k8s.close();
    }
}
