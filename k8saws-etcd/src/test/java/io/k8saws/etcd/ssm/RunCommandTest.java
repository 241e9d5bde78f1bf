package io.k8saws.etcd.ssm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.aws.AwsAccess;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.restore.HostFacts;
import io.k8saws.etcd.restore.MemberHost;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RemoteHost;
import io.k8saws.etcd.restore.RemoteMachine;
import io.k8saws.etcd.restore.RemoteShell;
import io.k8saws.etcd.restore.RestorePlan;
import io.k8saws.etcd.restore.RestoreRequest;
import io.k8saws.etcd.restore.SnapshotRestore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ssm.model.CommandInvocationStatus;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;

class RunCommandTest {
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private PlayedSsm ssm;

    @BeforeEach
    void play() {
        ssm = new PlayedSsm(directory);
    }

    @AfterEach
    void end() {
        ssm.close();
    }

    private RemoteShell shell() {
        return new RunCommand(ssm, ssm, () -> {}).shell(INSTANCE);
    }

    @Test
    void aScriptTellsWhatItWroteAndHowItEnded() {
        RemoteShell.Result result = shell().run("echo out\necho err >&2\nexit 7\n", LIMIT);

        assertThat(result).isEqualTo(new RemoteShell.Result(7, "out\n", "err\n"));
        assertThat(ssm.cancelled()).isZero();
        SendCommandRequest sent = ssm.sent().get(0);
        assertThat(sent.documentName()).isEqualTo("AWS-RunShellScript");
        assertThat(sent.instanceIds()).containsExactly(INSTANCE);
        assertThat(sent.timeoutSeconds()).isEqualTo(60);
        assertThat(sent.parameters().get("executionTimeout")).containsExactly("60");
    }

    /** It stops at the first command that fails, as it would by itself. */
    @Test
    void optionsOfTheScriptCount() {
        assertThat(shell().run("set -euo pipefail\nfalse\necho on\n", LIMIT))
                .isEqualTo(new RemoteShell.Result(1, "", ""));
    }

    /** Run Command keeps the beginning; tools write their log first and say why they failed last. */
    @Test
    void ofStandardErrorTheEndIsKept() {
        RemoteShell.Result result =
                shell().run("for i in $(seq 5000); do echo line $i >&2; done\necho the reason >&2\nfalse", LIMIT);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.error()).endsWith("line 5000\nthe reason\n").hasSizeLessThanOrEqualTo(6000);
    }

    @Test
    void whatIsCutIsNotTakenForAll() {
        RemoteShell shell = shell();

        assertThatThrownBy(() -> shell.run("for i in $(seq 6000); do echo line $i; done", LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("keeps 24000 characters")
                .hasMessageContaining("ended with code 0");
    }

    @Test
    void aScriptThatIsLateIsCancelled() {
        RemoteShell shell = shell();
        ssm.endless();

        assertThatThrownBy(() -> shell.run("sleep 600", Duration.ofSeconds(20)))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining(INSTANCE)
                .hasMessageContaining("InProgress");
        assertThat(ssm.cancelled()).isEqualTo(1);
        assertThat(Duration.ofNanos(ssm.nanoTime())).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void anInterruptCancelsIt_andStaysSet() {
        RemoteShell shell = shell();
        ssm.interrupting();

        assertThatThrownBy(() -> shell.run("sleep 600", LIMIT)).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ssm.cancelled()).isEqualTo(1);
    }

    @Test
    void aMachineThatTakesNoCommandsIsSaidSo() {
        for (String details : List.of("Undeliverable", "DeliveryTimedOut", "Terminated", "AccessDenied")) {
            RemoteShell shell = new RunCommand(
                            ssm.answering(CommandInvocationStatus.FAILED, details, -1), ssm, () -> {})
                    .shell(INSTANCE);
            assertThatThrownBy(() -> shell.run("true", LIMIT))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("Run Command says " + details)
                    .hasMessageContaining(INSTANCE);
        }
        assertThat(ssm.cancelled()).isZero();
    }

    @Test
    void whatTheMachineEndedItselfIsLate_andWhatSomebodyCancelledIsCancelled() {
        RemoteShell shell = shell();
        ssm.answering(CommandInvocationStatus.TIMED_OUT, "ExecutionTimedOut", -1);
        assertThatThrownBy(() -> shell.run("true", LIMIT)).isInstanceOf(WaitTimeoutException.class);

        ssm.answering(CommandInvocationStatus.CANCELLED, "Cancelled", -1);
        assertThatThrownBy(() -> shell.run("true", LIMIT))
                .isInstanceOf(OperationCancelledException.class)
                .hasMessageContaining("command-1 was cancelled by somebody");
    }

    @Test
    void limitsOfRunCommandAreKept() {
        ssm.answering(CommandInvocationStatus.SUCCESS, "Success", 0);
        shell().run("true", Duration.ofMillis(1));
        shell().run("true", Duration.ofDays(9));

        assertThat(ssm.sent()).extracting(SendCommandRequest::timeoutSeconds).containsExactly(30, 172_800);
        assertThat(ssm.sent())
                .extracting(sent -> sent.parameters().get("executionTimeout"))
                .containsExactly(List.of("1"), List.of("172800"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "i-1", "web-1", "i-0123456789ABCDEF0", "i-0123456789abcdef0 ", "$(reboot)"})
    void whatIsNoIdIsRefused(String id) {
        RunCommand run = new RunCommand(ssm, ssm, () -> {});

        assertThatThrownBy(() -> run.shell(id)).isInstanceOf(InvalidSpecException.class);
    }

    static void restoreOnMachines(SnapshotRestore restore, String sha256) {
        // snippet: machines
        RemoteMachine machine = RemoteMachine.ofUnit(
                "/var/lib/etcd",
                "etcd",
                "http://127.0.0.1:2381/health",
                "aws s3 cp s3://acme-restores/monday.db \"$backup\"",
                sha256);
        try (RunCommand run = RunCommand.open(AwsAccess.of("eu-west-1"))) {
            List<MemberHost> hosts = List.of(
                    RemoteHost.of("a", machine, run.shell("i-0a1b2c3d4e5f60718")),
                    RemoteHost.of("b", machine, run.shell("i-0b2c3d4e5f6071829")),
                    RemoteHost.of("c", machine, run.shell("i-0c3d4e5f60718293a")));
            RestorePlan plan = RestorePlan.plan(RestoreRequest.of(restore, hosts), Duration.ofMinutes(5));
            System.out.println(plan);
        }
        // end: machines
    }

    /** The whole way: a member of a restore, its script, a real shell. */
    @Test
    void aMemberIsLookedAt() {
        Path data = directory.resolve("data");
        RemoteHost host = RemoteHost.of(
                "a",
                new RemoteMachine(
                        data.toString(), "true", "0".repeat(64), "true", "true", "false", "true", "bash", "true"),
                shell());

        HostFacts facts = host.facts(NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:2380"))), LIMIT);

        assertThat(facts.running()).isFalse();
        assertThat(facts.occupied()).isFalse();
        assertThat(facts.freeBytes()).isPositive();
    }
}
