package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.AwsCallException;
import io.k8saws.etcd.restore.RemoteShell;
import io.k8saws.etcd.ssm.RunCommand;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Command;

/** The emulator takes each command for done, and runs nothing. */
@DisplayName("Scripts reach Run Command as AWS wants them, and once")
class RunCommandIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final AwsEndpoint moto;
    private String instance = "";

    RunCommandIT(@AwsEmulator AwsEndpoint moto) {
        this.moto = moto;
    }

    @BeforeEach
    void nameAMachine() {
        instance = "i-" + Long.toHexString(System.nanoTime() | 1L << 63) + "0";
    }

    private List<Command> commands() {
        try (SsmClient ssm = moto.configure(SsmClient.builder()).build()) {
            return ssm.listCommands(request -> request.instanceId(instance)).commands();
        }
    }

    @Test
    void aScriptIsSent() {
        try (RunCommand run = RunCommand.open(moto.access())) {
            assertThat(run.shell(instance).run("echo 'a \"b\" $c'\n\ntrue", LIMIT))
                    .isEqualTo(new RemoteShell.Result(0, "", ""));
        }
        assertThat(commands()).singleElement().satisfies(command -> {
            assertThat(command.documentName()).isEqualTo("AWS-RunShellScript");
            assertThat(command.instanceIds()).containsExactly(instance);
            assertThat(command.parameters().get("executionTimeout")).containsExactly("90");
            assertThat(command.parameters().get("commands"))
                    .startsWith("#!/bin/bash")
                    .containsSequence("echo 'a \"b\" $c'", "", "true");
        });
    }

    /** Nobody knows whether it runs: it must not run twice. */
    @Test
    void aLostAnswerIsNotFollowedByASecondCommand() {
        Faults faults =
                Faults.none().when(call -> call.operation().equals("SendCommand"), some -> some.cutAfterServed(1));
        try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                RunCommand run = RunCommand.open(moto.access(http))) {
            assertThatThrownBy(() -> run.shell(instance).run("true", LIMIT))
                    .isInstanceOfSatisfying(AwsCallException.class, e -> assertThat(e.outcomeUnknown())
                            .isTrue());
        }
        assertThat(commands()).hasSize(1);
    }
}
