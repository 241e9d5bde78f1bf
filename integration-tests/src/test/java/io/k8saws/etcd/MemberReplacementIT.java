package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberStep;
import io.k8saws.etcd.member.MemberStep.Kind;
import io.k8saws.etcd.member.MembersRefusedException;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.s3.S3Client;

@DisplayName("A member of a cluster whose disk is lost is replaced, whatever dies on the way")
class MemberReplacementIT {
    private static final String REGION = "eu-west-1";
    private static final String NAME = "replaced";
    private static final String MEMBER = "etcd-2";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private AwsEndpoint aws;
    private K8sAws k8s;
    private Cluster cluster;
    private S3Client s3;
    private String instance;
    private String volume;
    private EtcdCluster members;
    private Etcd etcd;
    private Map<String, URI> peers;
    private URI peerUrl;
    private PlayedMember machine;

    /** Ends a run as a kill does: it is no exception that anybody handles. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void start(@AwsEmulator(shared = false) AwsEndpoint endpoint) {
        aws = endpoint;
    }

    private void loseAMember(EtcdPlacement placement) {
        k8s = K8sAws.connect(aws.access(REGION));
        k8s.apply(k8s.plan(ClusterSpec.builder()
                .name(NAME)
                .region(REGION)
                .network(n -> n.zones(REGION + "a", REGION + "b", REGION + "c"))
                .etcd(e -> e.placement(placement))
                .build()));
        cluster = k8s.cluster(NAME);
        s3 = aws.configure(S3Client.builder()).build();
        String part = placement == EtcdPlacement.STACKED ? MEMBER.replace("etcd", "control-plane") : MEMBER;
        attach(part);
        members = Testbed.etcd(3);
        etcd = LiveEtcdIT.connect(members);
        EtcdMetrics.await("all are well", () -> etcd.health().isWell());
        new Histories(new Gateway(members.endpoints().get(0)), 17).changes(300);
        EtcdHealth before = etcd.health();
        peers = before.members().stream()
                .map(MemberHealth::member)
                .collect(
                        Collectors.toMap(EtcdMember::name, one -> one.peerUrls().get(0)));
        peerUrl = Objects.requireNonNull(peers.get(MEMBER));
        URI clientUrl =
                before.member(MEMBER).orElseThrow().member().clientUrls().get(0);
        members.kill(2);
        EtcdMetrics.await("two are left", () -> etcd.health().quorum().well() == 2);
        EtcdMetrics.await("one of them leads", () -> etcd.health().leader().isPresent());
        machine = new PlayedMember(
                s3,
                bucket(),
                placement == EtcdPlacement.STACKED ? "control-plane" : "etcd",
                part,
                instance,
                volume,
                cluster.etcdDisk(MEMBER).peerUrl().toString(),
                peerUrl,
                clientUrl,
                directory);
    }

    /** The machine of the member has its disk. */
    private void attach(String part) {
        try (AutoScalingClient groups = aws.configure(AutoScalingClient.builder())
                        .region(Region.of(REGION))
                        .build();
                Ec2Client ec2 = aws.configure(Ec2Client.builder())
                        .region(Region.of(REGION))
                        .build()) {
            instance = groups.describeAutoScalingGroups().autoScalingGroups().stream()
                    .filter(group -> group.autoScalingGroupName().equals(part + "." + NAME))
                    .findFirst()
                    .orElseThrow()
                    .instances()
                    .get(0)
                    .instanceId();
            volume = ec2.describeVolumes(r -> r.filters(Filter.builder()
                            .name("tag:k8saws.io/etcd-member")
                            .values(MEMBER)
                            .build()))
                    .volumes()
                    .get(0)
                    .volumeId();
            ec2.attachVolume(r -> r.volumeId(volume).instanceId(instance).device("/dev/sdf"));
        }
    }

    private String bucket() {
        return s3.listBuckets().buckets().stream()
                .map(bucket -> bucket.name())
                .filter(name -> name.contains(NAME))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void close() {
        machine.close();
        etcd.close();
        members.close();
        s3.close();
        k8s.close();
    }

    /** The replacement of a member that has another peer URL than the spec says, because it runs on this host. */
    private MemberReplacement replacement(Cluster of) {
        return new MemberReplacement(new ClusterEtcd(NAME, REGION, "main"), disks(of));
    }

    private MemberReplacement.Disks disks(Cluster of) {
        return new MemberReplacement.Disks() {
            @Override
            public EtcdDisk look() {
                EtcdDisk disk = of.etcdDisk(MEMBER);
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
                String planned = of.etcdDisk(MEMBER).peerUrl().toString();
                of.orderEtcdDisk(new EtcdOrder(
                        order.etcd(),
                        order.member(),
                        order.memberId(),
                        order.volume(),
                        order.initialCluster().replace(peerUrl.toString(), planned)));
            }
        };
    }

    private void assertReplaced(int orders) {
        EtcdHealth after = etcd.health();
        assertThat(after.voters()).hasSize(3);
        assertThat(after.learners()).isEmpty();
        assertThat(after.isWell()).as(after.toString()).isTrue();
        assertThat(machine.followed()).as("orders that were followed").isEqualTo(orders);
        assertThat(machine.starts()).as("starts without data").isEqualTo(orders);
        long revision = etcd.revision();
        EtcdMetrics.await("all have come as far", () -> etcd.health().members().stream()
                .allMatch(one -> one.state().orElseThrow().revision() == revision));
        assertThat(etcd.hashKv(revision).stream()
                        .map(one -> one.hash().orElseThrow())
                        .distinct())
                .hasSize(1);
        assertThat(replacement(cluster).plan(etcd).isEmpty()).isTrue();
    }

    /** Each run dies after it has done something, which its listener hears. */
    @Test
    void aRunThatDiesAfterEachStepIsGoneOnWith_andTheDiskMayBeLostAgain() {
        loseAMember(EtcdPlacement.DEDICATED);
        machine.start();
        Set<String> ids = new HashSet<>();
        etcd.members().forEach(one -> ids.add(one.id()));
        MemberReplacement replacement = replacement(cluster);
        assertThat(replacement.plan(etcd).steps())
                .extracting(MemberStep::kind)
                .containsExactly(Kind.REMOVE, Kind.ADD_LEARNER, Kind.START, Kind.PROMOTE);

        List<String> done = dyingRuns(replacement, ids);

        assertThat(done.stream()
                        .map(step -> step.replaceFirst("(http|etcd).*", "").strip())
                        .filter(step -> !step.isEmpty())
                        .distinct())
                .containsExactly("remove", "add learner", "start", "promote");
        assertReplaced(1);
        assertThat(ids).as("ids that there ever were").hasSize(4);

        machine.lose();
        EtcdMetrics.await("it is seen", () -> etcd.health().quorum().well() == 2);
        EtcdMetrics.await("its machine has said so since it followed its order", () -> cluster.etcdDisk(MEMBER)
                .waits());
        MemberPlan again = replacement.plan(etcd);
        assertThat(again.steps())
                .extracting(MemberStep::kind)
                .containsExactly(Kind.REMOVE, Kind.ADD_LEARNER, Kind.START, Kind.PROMOTE);
        assertThat(replacement.run(etcd, again, LIMIT).left()).isEmpty();
        assertReplaced(2);
    }

    private List<String> dyingRuns(MemberReplacement replacement, Set<String> ids) {
        List<String> done = new ArrayList<>();
        try (Etcd mortal = Etcd.builder()
                .endpoints(members.endpoints().stream().map(URI::toString).toList())
                .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(15))
                .progress(event -> {
                    if (event instanceof ProgressEvent.ComponentChanged step) {
                        done.add(step.state());
                        throw new Killed();
                    }
                })
                .build()) {
            while (!replacement.plan(etcd).isEmpty()) {
                try {
                    replacement.run(mortal, replacement.plan(etcd), LIMIT);
                } catch (Killed e) {
                    etcd.members().forEach(one -> ids.add(one.id()));
                } catch (MembersRefusedException e) {
                    EtcdMetrics.await(
                            "the others are well", () -> etcd.health().quorum().well() >= 2);
                }
            }
        }
        return done;
    }

    /** Each run dies one call to AWS later than the last one, before it is sent or after it was served. */
    @Test
    void aMemberOnAMachineOfTheControlPlaneIsReplacedLikewise() {
        loseAMember(EtcdPlacement.STACKED);
        machine.start();
        MemberReplacement replacement = replacement(cluster);

        assertThat(replacement.run(etcd, replacement.plan(etcd), LIMIT).left()).isEmpty();

        assertReplaced(1);
    }

    @Test
    void theEtcdOfOthersIsRefused() {
        loseAMember(EtcdPlacement.DEDICATED);
        machine.start();
        MemberReplacement ofEvents = new MemberReplacement(new ClusterEtcd(NAME, REGION, "events"), disks(cluster));
        try (Etcd main = Etcd.on(cluster).build()) {
            assertThatThrownBy(() -> ofEvents.plan(main))
                    .hasMessageContaining("Replace a member of etcd-events of cluster replaced in eu-west-1")
                    .hasMessageContaining("is etcd-main of cluster replaced in eu-west-1");
        }
        MemberReplacement unmapped = MemberReplacement.of(cluster, MEMBER);
        assertThat(unmapped.plan(etcd).refusals())
                .as("members on this host are none of the cluster's")
                .anyMatch(refusal -> refusal.contains("this is another etcd"));
        assertThatThrownBy(() -> unmapped.run(etcd, unmapped.plan(etcd), LIMIT))
                .isInstanceOf(MembersRefusedException.class);
        assertThat(etcd.members()).hasSize(3);
    }

    /** A machine that has read an order finds out that there is a newer one when it wants to follow it. */
    @Test
    void anOrderThatNobodyHasFollowedIsUsedUpByTheNextOne() {
        loseAMember(EtcdPlacement.DEDICATED);
        machine.lookOnce();
        String list = MEMBER + "=" + cluster.etcdDisk(MEMBER).peerUrl();
        EtcdOrder first = new EtcdOrder("main", MEMBER, "00000000000000ab", volume, list);
        EtcdOrder second = new EtcdOrder("main", MEMBER, "00000000000000ac", volume, list);

        cluster.orderEtcdDisk(first);
        cluster.orderEtcdDisk(second);

        assertThat(machine.follows(first)).as("a machine may follow the first").isFalse();
        assertThat(cluster.etcdDisk(MEMBER).order()).contains(second);
        assertThat(cluster.etcdDisk(MEMBER).followed()).isEmpty();
        assertThat(machine.follows(second)).isTrue();
        assertThatThrownBy(() -> cluster.orderEtcdDisk(new EtcdOrder("main", MEMBER, "00000000000000ad", volume, list)))
                .as("it has said nothing since it followed the second")
                .hasMessageContaining("when its last order was used up");
        assertThat(machine.order()).contains(second.text());
    }

    @Test
    void aRunThatDiesAtAnyCallToAwsIsGoneOnWith() {
        loseAMember(EtcdPlacement.DEDICATED);
        machine.start();
        Set<String> ids = new HashSet<>();
        etcd.members().forEach(one -> ids.add(one.id()));
        int runs = 0;
        boolean alive = false;
        while (!alive) {
            int call = 1 + runs / 2;
            Faults death = runs % 2 == 0
                    ? Faults.none().killBefore(call)
                    : Faults.none().killAfter(call);
            runs++;
            alive = livesThrough(death);
            etcd.members().forEach(one -> ids.add(one.id()));
            k8s.breakLock(NAME); // of a process that has ended; it would free itself
        }

        System.out.println(runs + " runs, order:\n" + machine.order().orElseThrow());
        assertThat(runs).isGreaterThan(20);
        assertReplaced(1);
        assertThat(ids).as("ids that there ever were").hasSize(4);
    }

    private boolean livesThrough(Faults death) {
        FaultyHttpClient http = FaultyHttpClient.create(death);
        try (K8sAws mortal = K8sAws.connect(AwsAccess.builder()
                .region(REGION)
                .endpoint(aws.uri())
                .credentials(aws.credentials())
                .httpClient(http)
                .build())) {
            MemberReplacement replacement = replacement(mortal.cluster(NAME));
            MemberPlan plan = replacement.plan(etcd);
            if (!plan.isEmpty()) {
                replacement.run(etcd, plan, LIMIT);
            }
            return true;
        } catch (Throwable e) {
            if (!http.killed()) {
                throw e;
            }
            return false;
        }
    }

    @Test
    void nothingIsOrderedUnlessTheMemberWaitsForIt_andTheMessageNamesAll() {
        loseAMember(EtcdPlacement.DEDICATED);
        EtcdOrder order = new EtcdOrder(
                "main",
                MEMBER,
                "00000000000000ab",
                volume,
                MEMBER + "=" + cluster.etcdDisk(MEMBER).peerUrl());
        assertThatThrownBy(() -> cluster.etcdDisk("etcd-9")).hasMessageContaining("etcd-1, etcd-2, etcd-3");
        assertThatThrownBy(() -> cluster.etcdEventsDisk(MEMBER)).hasMessageContaining("no etcd named events");
        assertThat(cluster.etcdDisk(MEMBER).hindrance()).contains("no machine of etcd-2 has said anything yet");

        machine.start();
        assertThatThrownBy(() -> cluster.orderEtcdDisk(new EtcdOrder(
                        "main", MEMBER, order.memberId(), "vol-0123456789abcdef0", order.initialCluster())))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("vol-0123456789abcdef0")
                .hasMessageContaining("the volumes of etcd-2 for etcd-main are [" + volume + "]");
        assertThat(machine.order()).isEmpty();
        assertThat(cluster.lock()).isPresent();

        cluster.orderEtcdDisk(order);
        cluster.orderEtcdDisk(order);
        assertThat(machine.order()).contains(order.text());
        assertThat(cluster.etcdDisk(MEMBER).order()).contains(order);
        EtcdMetrics.await("it is followed", () -> machine.followed() == 1);
        EtcdOrder second = new EtcdOrder(
                "main", MEMBER, order.memberId(), volume, order.initialCluster() + ",x=http://10.0.0.1:2380");
        assertThatThrownBy(() -> cluster.orderEtcdDisk(second))
                .hasMessageContaining("this id was ordered before, with " + volume);
        EtcdMetrics.await(
                "the machine says so",
                () -> cluster.etcdDisk(MEMBER).status().orElseThrow().state() == NodeStatus.State.RUNNING);
        assertThatThrownBy(() -> cluster.orderEtcdDisk(
                        new EtcdOrder("main", MEMBER, "00000000000000ac", volume, order.initialCluster())))
                .hasMessageContaining("its machine does not say that its disk is lost: etcd-2 " + instance);
        assertThat(machine.order()).contains(order.text());
    }
}
