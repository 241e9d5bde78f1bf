package io.k8saws.etcd.ssm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.seam.Sleeper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CancelCommandRequest;
import software.amazon.awssdk.services.ssm.model.CancelCommandResponse;
import software.amazon.awssdk.services.ssm.model.CommandInvocationStatus;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationRequest;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;
import software.amazon.awssdk.services.ssm.model.SendCommandResponse;

/**
 * Systems Manager as its pages describe it, with this machine as the machine: scripts are run by a real shell. A command is not known at first, then pending, then in progress. The time
 * is made up.
 */
final class PlayedSsm implements SsmClient, Sleeper, AutoCloseable {
    private final Path directory;
    private final List<SendCommandRequest> sent = new ArrayList<>();
    private int looks;
    private int cancelled;
    private long now;
    private @Nullable Process process;
    private @Nullable GetCommandInvocationResponse fixed;
    private boolean endless;
    private boolean interrupts;

    PlayedSsm(Path directory) {
        this.directory = directory;
    }

    /** What the machine says in place of running anything. */
    PlayedSsm answering(CommandInvocationStatus status, String details, int code) {
        fixed = GetCommandInvocationResponse.builder()
                .status(status)
                .statusDetails(details)
                .responseCode(code)
                .standardOutputContent("")
                .standardErrorContent("")
                .build();
        return this;
    }

    /** Time passes, and the script goes on. */
    PlayedSsm endless() {
        endless = true;
        return this;
    }

    /** The thread is interrupted in its first pause. */
    PlayedSsm interrupting() {
        interrupts = true;
        return this;
    }

    List<SendCommandRequest> sent() {
        return sent;
    }

    int cancelled() {
        return cancelled;
    }

    boolean runs() {
        return process != null && process.isAlive();
    }

    @Override
    public String serviceName() {
        return "ssm";
    }

    @Override
    public void close() {
        if (process != null) {
            end(process);
        }
    }

    private static void end(Process some) {
        some.descendants().forEach(ProcessHandle::destroyForcibly);
        some.destroyForcibly();
    }

    @Override
    public SendCommandResponse sendCommand(SendCommandRequest request) {
        sent.add(request);
        if (fixed == null) {
            try {
                Path script = Files.writeString(
                        directory.resolve("script"),
                        String.join("\n", request.parameters().get("commands")) + "\n");
                process = new ProcessBuilder("bash", script.toString())
                        .redirectOutput(directory.resolve("output").toFile())
                        .redirectError(directory.resolve("error").toFile())
                        .start();
                process.getOutputStream().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return SendCommandResponse.builder()
                .command(command -> command.commandId("command-1"))
                .build();
    }

    @Override
    public GetCommandInvocationResponse getCommandInvocation(GetCommandInvocationRequest request) {
        looks++;
        if (looks == 1) {
            throw new AwsCallException(
                    new AwsCallException.Failure(
                            "ssm", "GetCommandInvocation", "InvocationDoesNotExist", 400, "request", 1, false),
                    "AWS answered InvocationDoesNotExist",
                    "look again",
                    null);
        }
        if (fixed != null) {
            return fixed;
        }
        if (looks == 2 || runs()) {
            CommandInvocationStatus status =
                    looks == 2 ? CommandInvocationStatus.PENDING : CommandInvocationStatus.IN_PROGRESS;
            return GetCommandInvocationResponse.builder()
                    .status(status)
                    .statusDetails(status.toString())
                    .responseCode(-1)
                    .build();
        }
        int code = process == null ? -1 : process.exitValue();
        return GetCommandInvocationResponse.builder()
                .status(code == 0 ? CommandInvocationStatus.SUCCESS : CommandInvocationStatus.FAILED)
                .statusDetails(code == 0 ? "Success" : "Failed")
                .responseCode(code)
                .standardOutputContent(beginning("output", 24_000))
                .standardErrorContent(beginning("error", 8000))
                .build();
    }

    private String beginning(String name, int characters) {
        try {
            String text = Files.readString(directory.resolve(name), UTF_8);
            return text.substring(0, Math.min(characters, text.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CancelCommandResponse cancelCommand(CancelCommandRequest request) {
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationCancelledException("Call ssm:CancelCommand");
        }
        cancelled++;
        close();
        return CancelCommandResponse.builder().build();
    }

    @Override
    public void sleep(Duration pause, String why) {
        now += pause.toNanos();
        if (interrupts) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(why);
        }
        try {
            if (!endless && process != null && !process.waitFor(1, TimeUnit.MINUTES)) {
                throw new AssertionError("the script has not ended within a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(why);
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }
}
