package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberStep;
import io.k8saws.etcd.member.MemberStep.Kind;
import io.k8saws.etcd.member.MembersRefusedException;
import io.k8saws.operate.EtcdOrder;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A member of a cluster whose disk is lost is replaced, whatever dies on the way")
class MemberReplacementIT {
    private static final String REGION = LosingCluster.REGION;
    private static final String NAME = LosingCluster.NAME;
    private static final String MEMBER = "etcd-2";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private AwsEndpoint aws;
    private LosingCluster world;
    private LosingCluster.Live main;
    private Cluster cluster;
    private Etcd etcd;
    private PlayedMachine machine;

    /** Ends a run as a kill does: it is no exception that anybody handles. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void start(@AwsEmulator(shared = false) AwsEndpoint endpoint) {
        aws = endpoint;
    }

    private void loseAMember(EtcdPlacement placement) {
        world = new LosingCluster(aws, directory, LosingCluster.spec(placement).build());
        cluster = world.cluster;
        main = world.live("main");
        etcd = main.etcd;
        machine = world.machine(MEMBER, main);
        main.lose(MEMBER);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void assertReplaced(int orders) {
        main.assertWhole();
        assertThat(machine.followed("main")).as("orders that were followed").isEqualTo(orders);
        assertThat(machine.starts("main")).as("starts without data").isEqualTo(orders);
    }

    /** Each run dies after it has done something, which its listener hears. */
    @Test
    void aRunThatDiesAfterEachStepIsGoneOnWith_andTheDiskMayBeLostAgain() {
        loseAMember(EtcdPlacement.DEDICATED);
        machine.start();
        Set<String> ids = new HashSet<>();
        etcd.members().forEach(one -> ids.add(one.id()));
        MemberReplacement replacement = main.replacement(MEMBER);
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
                .endpoints(main.members.endpoints().stream().map(URI::toString).toList())
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

    @Test
    void aMemberOnAMachineOfTheControlPlaneIsReplacedLikewise() {
        loseAMember(EtcdPlacement.STACKED);
        machine.start();
        MemberReplacement replacement = main.replacement(MEMBER);

        assertThat(replacement.run(etcd, replacement.plan(etcd), LIMIT).left()).isEmpty();

        assertReplaced(1);
    }

    @Test
    void theEtcdOfOthersIsRefused() {
        loseAMember(EtcdPlacement.DEDICATED);
        machine.start();
        MemberReplacement ofEvents =
                new MemberReplacement(new ClusterEtcd(NAME, REGION, "events"), main.disks(cluster, MEMBER));
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
        String volume = world.volume("main", MEMBER);
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
        assertThat(machine.order("main")).contains(second.text());
    }

    /** Each run dies one call to AWS later than the last one, before it is sent or after it was served. */
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
            world.k8s.breakLock(NAME); // of a process that has ended; it would free itself
        }

        System.out.println(runs + " runs, order:\n" + machine.order("main").orElseThrow());
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
            MemberReplacement replacement = main.replacement(mortal.cluster(NAME), MEMBER);
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
        String volume = world.volume("main", MEMBER);
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
        assertThat(machine.order("main")).isEmpty();
        assertThat(cluster.lock()).isPresent();

        cluster.orderEtcdDisk(order);
        cluster.orderEtcdDisk(order);
        assertThat(machine.order("main")).contains(order.text());
        assertThat(cluster.etcdDisk(MEMBER).order()).contains(order);
        EtcdMetrics.await("it is followed", () -> machine.followed("main") == 1);
        EtcdOrder second = new EtcdOrder(
                "main", MEMBER, order.memberId(), volume, order.initialCluster() + ",x=http://10.0.0.1:2380");
        assertThatThrownBy(() -> cluster.orderEtcdDisk(second))
                .hasMessageContaining("this id was ordered before, with " + volume);
        EtcdMetrics.await(
                "the machine says so",
                () -> cluster.etcdDisk(MEMBER).status().orElseThrow().state() == NodeStatus.State.RUNNING);
        assertThatThrownBy(() -> cluster.orderEtcdDisk(
                        new EtcdOrder("main", MEMBER, "00000000000000ac", volume, order.initialCluster())))
                .hasMessageContaining(
                        "its machine does not say that its disk is lost: etcd-2 " + world.instance(MEMBER));
        assertThat(machine.order("main")).contains(order.text());
    }
}
