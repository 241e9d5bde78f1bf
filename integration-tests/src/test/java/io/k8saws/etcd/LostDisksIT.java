package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.error.QuorumLostException;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberStep;
import io.k8saws.etcd.member.MemberStep.Kind;
import io.k8saws.etcd.member.MembersException;
import io.k8saws.etcd.member.MembersRefusedException;
import io.k8saws.plan.Plan;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Disks of etcd that are lost together, with their volume, or of the etcd for events")
class LostDisksIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private LosingCluster world(AwsEndpoint aws, ClusterSpec.Builder spec) {
        return new LosingCluster(aws, directory, spec.build());
    }

    /** etcd adds nobody while another with a vote is away, so the second one leaves before the first one comes back. */
    @Test
    void twoOfFive_comeBackOneAfterTheOther(@AwsEmulator(shared = false) AwsEndpoint aws) {
        try (LosingCluster world =
                world(aws, LosingCluster.spec(EtcdPlacement.DEDICATED).etcd(e -> e.members(5)))) {
            LosingCluster.Live main = world.live("main");
            PlayedMachine third = world.machine("etcd-3", main);
            PlayedMachine fourth = world.machine("etcd-4", main);
            main.lose("etcd-3", "etcd-4");
            third.start();
            fourth.start();
            MemberReplacement ofThird = main.replacement("etcd-3");
            MemberReplacement ofFourth = main.replacement("etcd-4");
            MemberPlan plan = ofThird.plan(main.etcd);
            assertThat(plan.remarks())
                    .anyMatch(remark -> remark.startsWith("etcd-4 is not well")
                            && remark.endsWith("nobody is added until it is back or has left, too"));

            assertThatThrownBy(() -> ofThird.run(main.etcd, plan, LIMIT))
                    .isInstanceOf(MembersException.class)
                    .hasMessageContaining("the disk of etcd-4 is lost, too")
                    .hasMessageContaining("Replace etcd-4 now, then plan and run this again");
            assertThat(main.etcd.health().voters())
                    .extracting(one -> one.member().name())
                    .as("the first is out, nothing else was done")
                    .containsExactlyInAnyOrder("etcd-0", "etcd-1", "etcd-2", "etcd-4");
            assertThat(third.order("main")).isEmpty();
            assertThat(ofThird.plan(main.etcd).refusals()).anyMatch(why -> why.startsWith("etcd-4 is not well"));

            assertThat(ofFourth.run(main.etcd, ofFourth.plan(main.etcd), LIMIT).left())
                    .isEmpty();
            assertThat(ofThird.run(main.etcd, ofThird.plan(main.etcd), LIMIT).done())
                    .extracting(MemberStep::kind)
                    .containsExactly(Kind.ADD_LEARNER, Kind.START, Kind.PROMOTE);

            main.assertWhole();
            assertThat(third.starts("main")).isEqualTo(1);
            assertThat(fourth.starts("main")).isEqualTo(1);
        }
    }

    @Test
    void twoOfThree_areRefusedAndNothingIsChanged(@AwsEmulator(shared = false) AwsEndpoint aws) {
        try (LosingCluster world = world(aws, LosingCluster.spec(EtcdPlacement.DEDICATED))) {
            LosingCluster.Live main = world.live("main");
            PlayedMachine one = world.machine("etcd-1", main);
            PlayedMachine other = world.machine("etcd-2", main);
            main.lose("etcd-1", "etcd-2");
            one.start();
            other.start();
            EtcdMetrics.await(
                    "the one that is left knows no leader any more",
                    () -> main.etcd.health().quorum().well() == 0);
            MemberReplacement replacement = main.replacement("etcd-1");
            MemberPlan plan = replacement.plan(main.etcd);

            assertThat(plan.refusals())
                    .anyMatch(why -> why.contains("the quorum is lost, 0 of 3 members with a vote are well")
                            && why.contains("QuorumRecovery"));
            assertThatThrownBy(() -> replacement.run(main.etcd, plan, LIMIT))
                    .isInstanceOf(MembersRefusedException.class);
            assertThatThrownBy(() -> main.etcd.health().requireQuorum()).isInstanceOf(QuorumLostException.class);
            assertThat(one.order("main")).isEmpty();
            assertThat(other.order("main")).isEmpty();

            main.members.restart(1);
            EtcdMetrics.await(
                    "the quorum is back", () -> main.etcd.health().quorum().well() == 2);
            assertThat(main.etcd.members()).as("nobody was removed").hasSize(3);
        }
    }

    /** What a member has on no disk at all comes with the next apply: a volume with its tags, and nothing on it. */
    @Test
    void aVolumeThatIsGone_isMadeByAnApply_andTheMemberIsReplaced(@AwsEmulator(shared = false) AwsEndpoint aws) {
        try (LosingCluster world = world(aws, LosingCluster.spec(EtcdPlacement.DEDICATED))) {
            LosingCluster.Live main = world.live("main");
            PlayedMachine machine = world.machine("etcd-2", main);
            String gone = world.volume("main", "etcd-2");
            machine.start();
            main.lose("etcd-2");
            world.deleteVolume(gone);
            MemberReplacement replacement = main.replacement("etcd-2");
            assertThat(replacement.plan(main.etcd).refusals())
                    .as("there is nothing to order")
                    .anyMatch(why ->
                            why.contains("refuses " + gone + ", and the volumes of etcd-2 for etcd-main are []"));
            assertThat(main.etcd.members()).hasSize(3);

            K8sAws k8s = world.k8s;
            Plan plan = k8s.plan(world.spec);
            k8s.apply(plan);
            String made = world.volume("main", "etcd-2");
            assertThat(made).as(plan.toString()).isNotEqualTo(gone);
            assertThat(replacement.plan(main.etcd).refusals())
                    .as("the machine has the old one")
                    .anyMatch(why -> why.contains("refuses " + gone + ", and the volumes of etcd-2"));
            world.attach(made, "etcd-2", "main");
            machine.giveVolume("main", made);
            EtcdMetrics.await("the machine waits on it", () -> main.disk(world.cluster, "etcd-2")
                    .waits());

            replacement.run(main.etcd, replacement.plan(main.etcd), LIMIT);

            main.assertWhole();
            assertThat(machine.order("main").orElseThrow()).startsWith(made);
            assertThat(k8s.plan(world.spec).isEmpty()).isTrue();
        }
    }

    @Test
    void aMemberOfTheEtcdForEvents_isReplacedToItsEnd(@AwsEmulator(shared = false) AwsEndpoint aws) {
        try (LosingCluster world =
                world(aws, LosingCluster.spec(EtcdPlacement.DEDICATED).etcd(e -> e.separateEvents()))) {
            LosingCluster.Live events = world.live("events");
            PlayedMachine machine = world.machine("etcd-2", events);
            events.lose("etcd-2");
            machine.start();
            MemberReplacement replacement = events.replacement("etcd-2");

            assertThat(replacement
                            .run(events.etcd, replacement.plan(events.etcd), LIMIT)
                            .done())
                    .extracting(MemberStep::kind)
                    .containsExactly(Kind.REMOVE, Kind.ADD_LEARNER, Kind.START, Kind.PROMOTE);

            events.assertWhole();
            assertThat(machine.followed("events")).isEqualTo(1);
            assertThat(world.cluster.etcdDisk("etcd-2").order())
                    .as("of the main etcd")
                    .isEmpty();
        }
    }

    /** The machine starts neither before both may start, so the first replacement stops, and says which other is needed. */
    @Test
    void aMachineWhoseTwoDisksAreLost_getsBothMembersBack(@AwsEmulator(shared = false) AwsEndpoint aws) {
        try (LosingCluster world =
                world(aws, LosingCluster.spec(EtcdPlacement.DEDICATED).etcd(e -> e.separateEvents()))) {
            LosingCluster.Live main = world.live("main");
            LosingCluster.Live events = world.live("events");
            PlayedMachine machine = world.machine("etcd-2", main, events);
            main.lose("etcd-2");
            events.lose("etcd-2");
            machine.start();
            MemberReplacement ofMain = main.replacement("etcd-2");
            MemberReplacement ofEvents = events.replacement("etcd-2");
            assertThat(ofEvents.plan(events.etcd).refusals())
                    .anyMatch(why -> why.contains("waits for the member of etcd-main first"));

            assertThatThrownBy(() -> ofMain.run(main.etcd, ofMain.plan(main.etcd), LIMIT))
                    .isInstanceOf(MembersException.class)
                    .hasMessageContaining("Replace its member of etcd-events, too");
            assertThat(machine.starts("main")).as("an order is not used up").isZero();
            assertThat(machine.followed("main")).isZero();

            ofEvents.run(events.etcd, ofEvents.plan(events.etcd), LIMIT);
            ofMain.run(main.etcd, ofMain.plan(main.etcd), LIMIT);

            main.assertWhole();
            events.assertWhole();
            assertThat(machine.starts("main")).isEqualTo(1);
            assertThat(machine.starts("events")).isEqualTo(1);
        }
    }
}
