package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberStep;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What is left to do about a member whose disk is lost")
class LostMemberTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String LEADER = "0000000000000001";

    private static URI peer(int number) {
        return URI.create("https://10.0.0." + number + ":2380");
    }

    private static MemberHealth member(int number, String id, String look) {
        boolean started = !look.contains("added");
        EtcdMember member = new EtcdMember(
                id,
                started ? "etcd-" + number : "",
                List.of(peer(number)),
                started ? List.of(URI.create("https://10.0.0." + number + ":2379")) : List.of(),
                look.contains("learner"),
                "");
        return new MemberHealth(
                member,
                started ? "https://10.0.0." + number + ":2379" : "",
                look.contains("well")
                        ? Optional.of(new MemberState(
                                "3.6.10", "", 100, 100, OptionalLong.empty(), LEADER, 100, 2, 50, 50, List.of()))
                        : Optional.empty(),
                look.contains("well") ? "" : "it is away");
    }

    /** Two members that are well, and the third as its etcd has it: {@code none}, {@code voter}, {@code voter well}, {@code learner}, {@code learner well}, {@code learner added}. */
    private static EtcdHealth health(String third, String others) {
        List<MemberHealth> members = new ArrayList<>(
                List.of(member(1, LEADER, "voter well"), member(2, "0000000000000002", "voter " + others)));
        if (!third.equals("none")) {
            members.add(member(3, "0000000000000003", third));
        }
        return new EtcdHealth("00000000000000ff", members, List.of(), List.of(), NOW);
    }

    /** The machine waits, runs at a step, or is done; the order is none, hand, other, ours, or ours on another volume. */
    private static EtcdDisk disk(String machine, String order, String followed) {
        boolean waits = machine.equals("waits");
        return new EtcdDisk(
                "main",
                new PlannedEtcdMember(3, "eu-west-1c", "10.0.0.3", "private-c"),
                Map.of("etcd-1", peer(1), "etcd-2", peer(2), "etcd-3", peer(3)),
                List.of("vol-0a"),
                Optional.of("i-1"),
                Optional.of(new NodeStatus(
                        "payments",
                        "etcd",
                        "etcd-3",
                        "i-1",
                        waits ? "mount-disks" : machine,
                        waits
                                ? NodeStatus.State.FAILED
                                : machine.equals("done") ? NodeStatus.State.DONE : NodeStatus.State.RUNNING,
                        waits
                                ? "etcd-main does not start on vol-0a: it is empty, and the cluster has data: its disk is lost. Replace the member"
                                : "",
                        NOW,
                        Duration.ZERO,
                        List.of(),
                        LoadedKeys.none())),
                NOW,
                order.equals("none")
                        ? Optional.empty()
                        : Optional.of(new EtcdOrder(
                                "main",
                                "etcd-3",
                                order.equals("hand")
                                        ? ""
                                        : order.startsWith("ours") ? "0000000000000003" : "0000000000000009",
                                order.endsWith("elsewhere") ? "vol-0b" : "vol-0a",
                                "etcd-3=" + peer(3))),
                switch (followed) {
                    case "just now" -> Optional.of(NOW); // its machine has not said so yet
                    case "true" -> Optional.of(NOW.minusSeconds(60));
                    default -> Optional.empty();
                });
    }

    private static String steps(MemberPlan plan) {
        return plan.steps().stream()
                .map(step -> step.kind().name().toLowerCase(Locale.ROOT)
                        + (step.kind() == MemberStep.Kind.REMOVE
                                ? " " + step.memberId().charAt(15)
                                : ""))
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest(name = "{0}; the machine: {1}; order {2}, followed {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                // from the beginning, and cut off after each step
                "voter          | waits           | none  | false | remove 3, add_learner, start, promote",
                "none           | waits           | none  | false | add_learner, start, promote",
                "learner added  | waits           | none  | false | start, promote",
                "learner added  | waits           | ours  | false | start, promote",
                "learner added  | start-etcd      | ours  | true  | start, promote",
                "learner        | wait-for-quorum | ours  | true  | start, promote",
                "learner well   | wait-for-quorum | ours  | true  | promote",
                "voter well     | wait-for-quorum | ours  | true  | ''",
                "voter well     | done            | ours  | true  | ''",
                "voter well     | done            | none  | false | ''",
                // a second loss, after an order was followed
                "voter          | waits           | other | true  | remove 3, add_learner, start, promote",
                "voter          | waits           | ours  | true  | remove 3, add_learner, start, promote",
                "none           | waits           | ours  | true  | add_learner, start, promote",
                "learner added  | waits           | other | true  | start, promote",
                // the disk of an order is lost before its member has a vote: another id
                "learner added  | waits           | ours  | true  | remove 3, add_learner, start, promote",
                "learner        | waits           | ours  | true  | remove 3, add_learner, start, promote",
                "learner added  | waits           | ours elsewhere | false | remove 3, add_learner, start, promote",
                // somebody has begun by hand
                "learner added  | waits           | hand  | false | start, promote",
                "learner        | waits           | hand  | true  | remove 3, add_learner, start, promote",
                "learner well   | wait-for-quorum | hand  | true  | promote",
                // its words are old: it has read its order, and not yet said so
                "learner added  | waits           | ours  | just now | start, promote",
                "learner        | waits           | ours  | just now | start, promote",
                "learner well   | waits           | ours  | true  | promote",
                "voter well     | waits           | ours  | true  | ''",
            })
    void whatIsLeftFollowsFromWhatIsSeen(String third, String machine, String order, String followed, String steps) {
        MemberPlan plan = new LostMember(disk(machine, order, followed), health(third, "well")).plan();

        assertThat(plan.refusals()).isEmpty();
        assertThat(steps(plan)).isEqualTo(steps);
        assertThat(LostMember.removesNow(plan)).isEqualTo(steps.startsWith("remove"));
    }

    @ParameterizedTest(name = "{0}; the machine: {1}; order {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "voter         | done            | none | its machine does not say that its disk is lost: etcd-3 i-1 done",
                "voter         | wait-for-quorum | ours | it votes already, so start it on the data that it has",
                "none          | done            | none | its machine does not say that its disk is lost",
                "learner added | done            | none | its machine does not say that its disk is lost",
                "voter well    | waits           | none | answers at https://10.0.0.3:2379, and its machine says that its disk is lost",
            })
    void nothingIsDoneUnlessTheMachineSaysThatItWaits(String third, String machine, String order, String why) {
        MemberPlan plan = new LostMember(disk(machine, order, "true"), health(third, "well")).plan();

        assertThat(plan.refusals()).anyMatch(refusal -> refusal.contains(why));
        assertThat(LostMember.removesNow(plan)).isFalse();
    }

    /** An etcd for other keys, or of another cluster, has members of the same names. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"2382", "2380"})
    void anEtcdWhoseMembersAreElsewhereIsRefused(int port) {
        List<MemberHealth> members = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            String host = port == 2380 ? "10.9.0." + number : "10.0.0." + number;
            members.add(new MemberHealth(
                    new EtcdMember(
                            "000000000000000" + number,
                            "etcd-" + number,
                            List.of(URI.create("https://" + host + ":" + port)),
                            List.of(URI.create("https://" + host + ":2383")),
                            false,
                            ""),
                    "https://" + host + ":2383",
                    number == 3
                            ? Optional.empty()
                            : Optional.of(new MemberState(
                                    "3.6.10", "", 100, 100, OptionalLong.empty(), LEADER, 100, 2, 50, 50, List.of())),
                    number == 3 ? "it is away" : ""));
        }
        LostMember lost = new LostMember(
                disk("waits", "none", "false"), new EtcdHealth("00000000000000ff", members, List.of(), List.of(), NOW));

        assertThat(lost.change().removed()).isEmpty();
        assertThat(lost.plan().refusals())
                .filteredOn(refusal -> refusal.contains("this is another etcd"))
                .hasSize(3)
                .anyMatch(refusal -> refusal.contains("the member etcd-3 0000000000000003 at [https://10."));
    }

    @Test
    void nothingIsDoneWhileAnotherMemberIsAway() {
        for (String third : List.of("voter", "none", "learner added", "learner well")) {
            assertThat(new LostMember(disk("waits", "none", "false"), health(third, "away"))
                            .plan()
                            .refusals())
                    .as(third)
                    .anyMatch(refusal -> refusal.contains("etcd-2 is not well"));
        }
    }
}
