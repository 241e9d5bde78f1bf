package io.k8saws.internal.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.k8saws.addon.AddonStatus;
import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.operate.ClusterReadiness;
import io.k8saws.operate.MachineReadiness;
import io.k8saws.progress.ProgressEvent.ComponentChanged;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What machines say is told with reason, log and age")
class MachineSightTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final ClusterScope SCOPE = new ClusterScope("payments", "111122223333", "eu-west-1", "aws");
    private static final String CONSOLE =
            "aws ec2 get-console-output --latest --output text --region eu-west-1 --instance-id i-1";

    private static NodeStatus status(NodeStatus.State state, String step, String reason, Duration ago) {
        return new NodeStatus(
                "payments",
                "etcd",
                "etcd-1",
                "i-1",
                step,
                state,
                reason,
                NOW.minus(ago),
                Duration.ofSeconds(9),
                List.of("one", "two"),
                LoadedKeys.none());
    }

    private static MachineReadiness judged(String part, SelfReport said, Duration sinceLaunch, Optional<Node> node) {
        return new MachineSight(part, "i-1", Optional.of(NOW.minus(sinceLaunch)), said, node).at(NOW, SCOPE);
    }

    private static MachineReadiness judged(String part, NodeStatus status) {
        return judged(part, SelfReport.of(status), Duration.ZERO, Optional.empty());
    }

    private static Node node(String ready) {
        return new NodeBuilder()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withMessage("of the kubelet")
                .endCondition()
                .endStatus()
                .build();
    }

    @Test
    void oneThatTriesAgain_saysWhy_withItsLogAndHowLongAgo() {
        MachineReadiness seen = judged(
                "etcd-1",
                status(
                        NodeStatus.State.RUNNING,
                        "attach-disks",
                        "the disk is attached to i-0",
                        Duration.ofSeconds(40)));

        assertThat(seen.ready()).isFalse();
        assertThat(seen.age()).contains(Duration.ofSeconds(40));
        assertThat(seen)
                .hasToString(
                        "etcd-1 i-1: at attach-disks: the disk is attached to i-0 (said 40 s ago)\n    one\n    two");
    }

    @Test
    void oneThatFailedSaysWhy() {
        assertThat(judged(
                        "etcd-1", status(NodeStatus.State.FAILED, "mount-disks", "it is lost", Duration.ofSeconds(3))))
                .hasToString("etcd-1 i-1: failed at mount-disks: it is lost (said 3 s ago)\n    one\n    two");
    }

    @Test
    void oneThatFellSilentInAStep_isToLookAt() {
        NodeStatus status = status(NodeStatus.State.RUNNING, "join", "", Duration.ofMinutes(10));
        assertThat(judged("etcd-1", status).state()).isEqualTo("at join");

        NodeStatus silent = status(NodeStatus.State.RUNNING, "join", "", Duration.ofMinutes(12));
        assertThat(judged("etcd-1", silent).state())
                .isEqualTo("at join; silent for 12 min: look at its console, " + CONSOLE);
    }

    @Test
    void aClockThatIsAheadMakesNoNegativeAge() {
        NodeStatus status = status(NodeStatus.State.RUNNING, "join", "", Duration.ofSeconds(-5));

        assertThat(judged("etcd-1", status).age()).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "etcd-1, , true, done",
        "pool-a, , false, 'done, and not a node yet'",
        "pool-a, True, true, Ready",
        "pool-a, False, false, not Ready: of the kubelet"
    })
    void oneThatIsDoneIsReadyWhenTheApiSaysSo(String part, String ready, boolean expected, String state) {
        MachineReadiness seen = judged(
                part,
                SelfReport.of(status(NodeStatus.State.DONE, "done", "", Duration.ofHours(3))),
                Duration.ZERO,
                Optional.ofNullable(ready).map(MachineSightTest::node));

        assertThat(seen.ready()).isEqualTo(expected);
        assertThat(seen.state()).isEqualTo(state);
        assertThat(seen.log()).isEmpty();
        if (expected) {
            assertThat(seen).hasToString(part + " i-1: " + state);
        }
    }

    @Test
    void oneThatHasSaidNothingIsGivenTimeToBoot_andThenIsToLookAt() {
        assertThat(judged("pool-a", SelfReport.nothing(), Duration.ofSeconds(179), Optional.empty()))
                .hasToString("pool-a i-1: has said nothing yet");

        assertThat(judged("pool-a", SelfReport.nothing(), Duration.ofSeconds(421), Optional.empty())
                        .state())
                .isEqualTo("has said nothing for 7 min: look at its console, " + CONSOLE
                        + ". If it boots, it has no way to S3, or its role, nodes.payments.eu-west-1, may not read"
                        + " nodes/pool-a and write status/nodes in bucket " + SCOPE.bucket());
    }

    @Test
    void aStatusThatIsNoneIsTold() {
        assertThat(judged("etcd-1", SelfReport.unreadable("status/etcd/i-1.json"), Duration.ZERO, Optional.empty())
                        .state())
                .isEqualTo("its status cannot be read: the object status/etcd/i-1.json in bucket " + SCOPE.bucket()
                        + " is not one that a machine writes. Look who wrote it, and at the machine's console, "
                        + CONSOLE);
    }

    private static ClusterReadiness cluster(NodeStatus status) {
        return new ClusterReadiness(
                "payments",
                Optional.of("connection refused"),
                List.of(
                        judged("etcd-1", status),
                        MachineReadiness.missing("pool-a", "its group has not started it yet")),
                List.of(new AddonStatus("flannel", List.of())));
    }

    @Test
    void whatIsThrownWhenItTakesTooLongNamesAllOfIt() {
        NodeStatus status = status(NodeStatus.State.RUNNING, "start-etcd", "no quorum", Duration.ofSeconds(8));

        WaitTimeoutException late =
                ReadinessNews.late(cluster(status), "the cluster to be ready", Duration.ofMinutes(10));

        assertThat(late.lastSeen()).isEqualTo("""
                etcd-1 i-1: at start-etcd: no quorum (said 8 s ago)
                    one
                    two
                pool-a: its group has not started it yet
                API: connection refused""");
        assertThat(late)
                .hasMessageStartingWith(
                        "Wait for cluster payments: the cluster to be ready: it did not come about in 600 s")
                .hasMessageContaining("docs/boot.md says what to look at");
    }

    @Test
    void readinessIsATable() {
        NodeStatus status = status(NodeStatus.State.RUNNING, "start-etcd", "no quorum", Duration.ofSeconds(8));

        assertThat(cluster(status).toString().lines().map(String::strip))
                .startsWith("payments: not ready")
                .anyMatch(line -> line.matches("etcd-1 +i-1 +no +at start-etcd: no quorum"))
                .contains("API: connection refused");
    }

    @Test
    void progressTellsEachChangeOnce_andAnAgeIsNoChange() {
        ReadinessNews news = new ReadinessNews();
        NodeStatus first = status(NodeStatus.State.RUNNING, "start-etcd", "no quorum", Duration.ofSeconds(8));
        NodeStatus later = status(NodeStatus.State.RUNNING, "start-etcd", "no quorum", Duration.ofSeconds(38));
        NodeStatus other = status(NodeStatus.State.RUNNING, "start-etcd", "no leader", Duration.ofSeconds(1));

        assertThat(news.of(cluster(first)))
                .containsExactly(
                        new ComponentChanged("payments", "etcd-1 i-1", "at start-etcd: no quorum", false),
                        new ComponentChanged("payments", "API", "connection refused", false),
                        new ComponentChanged("payments", "flannel", "installed", true));
        assertThat(news.of(cluster(later))).isEmpty();
        assertThat(news.of(cluster(other)))
                .containsExactly(new ComponentChanged("payments", "etcd-1 i-1", "at start-etcd: no leader", false));
    }
}
