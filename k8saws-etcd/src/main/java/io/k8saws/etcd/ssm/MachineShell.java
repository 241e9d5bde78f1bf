package io.k8saws.etcd.ssm;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.restore.RemoteShell;
import io.k8saws.internal.seam.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CommandInvocationStatus;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;

/** The shell of one machine. Sources: Systems Manager's API reference, SendCommand and GetCommandInvocation; user guide, "Understanding command statuses". */
final class MachineShell implements RemoteShell {
    private static final Logger LOG = LoggerFactory.getLogger(MachineShell.class);
    /** Characters of standard output that Run Command keeps. */
    static final int LONGEST_OUTPUT = 24_000;

    private static final String DOCUMENT = "AWS-RunShellScript";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final long SHORTEST_DELIVERY = 30;
    private static final long LONGEST_RUN = 172_800;

    /** Run Command keeps the beginning of standard error, 8,000 characters, and what tells why a script failed is its end. */
    private static final List<String> BEFORE =
            List.of("#!/bin/bash", "errors=$(mktemp)", "trap 'rm -f \"$errors\"' EXIT", "(");

    private static final List<String> AFTER =
            List.of(") 2>\"$errors\"", "code=$?", "tail --bytes=6000 \"$errors\" >&2", "exit \"$code\"");

    private final SsmClient ssm;
    private final Sleeper sleeper;
    private final String instance;

    MachineShell(SsmClient ssm, Sleeper sleeper, String instance) {
        this.ssm = ssm;
        this.sleeper = sleeper;
        this.instance = instance;
    }

    @Override
    public Result run(String script, Duration limit) {
        long started = sleeper.nanoTime();
        String command = send(script, Math.max(1, limit.plusMillis(999).toSeconds()));
        boolean ended = false;
        try {
            GetCommandInvocationResponse answer = await(command, limit, started);
            ended = true;
            return result(command, answer, limit);
        } finally {
            if (!ended) {
                cancel(command);
            }
        }
    }

    private String send(String script, long seconds) {
        return ssm.sendCommand(request -> request.documentName(DOCUMENT)
                        .instanceIds(instance)
                        .comment("k8saws: a step of a restore")
                        // how long the machine may let it wait, and how long it may run there when nobody waits for it
                        // any more
                        .timeoutSeconds((int) Math.min(LONGEST_RUN, Math.max(SHORTEST_DELIVERY, seconds)))
                        .parameters(Map.of(
                                "commands",
                                lines(script),
                                "executionTimeout",
                                List.of(Long.toString(Math.min(LONGEST_RUN, seconds))))))
                .command()
                .commandId();
    }

    /** The lines of what runs there. */
    static List<String> lines(String script) {
        List<String> lines = new ArrayList<>(BEFORE);
        lines.addAll(script.lines().toList());
        lines.addAll(AFTER);
        return lines;
    }

    private GetCommandInvocationResponse await(String command, Duration limit, long started) {
        Duration pause = FIRST_PAUSE;
        while (true) {
            Optional<GetCommandInvocationResponse> seen = look(command);
            if (seen.map(GetCommandInvocationResponse::status)
                    .filter(MachineShell::ended)
                    .isPresent()) {
                return seen.get();
            }
            Duration left = limit.minusNanos(sleeper.nanoTime() - started);
            if (left.isNegative() || left.isZero()) {
                throw late(
                        command,
                        limit,
                        seen.map(GetCommandInvocationResponse::statusDetails).orElse("not known yet"));
            }
            sleeper.sleep(pause.compareTo(left) < 0 ? pause : left, "Run a script on " + instance);
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
    }

    /** Some moments pass before a command that was sent is known for its machine. */
    private Optional<GetCommandInvocationResponse> look(String command) {
        try {
            return Optional.of(ssm.getCommandInvocation(
                    request -> request.commandId(command).instanceId(instance)));
        } catch (AwsCallException e) {
            if (e.code().equals("InvocationDoesNotExist")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static boolean ended(CommandInvocationStatus status) {
        return switch (status) {
            case SUCCESS, FAILED, TIMED_OUT, CANCELLED -> true;
            default -> false;
        };
    }

    private Result result(String command, GetCommandInvocationResponse answer, Duration limit) {
        int code = answer.responseCode() == null ? -1 : answer.responseCode();
        boolean ran = answer.status() == CommandInvocationStatus.SUCCESS
                || answer.status() == CommandInvocationStatus.FAILED && code > 0;
        if (ran) {
            String output = text(answer.standardOutputContent());
            if (output.length() >= LONGEST_OUTPUT) {
                throw new K8sAwsException(
                        "Read what a script wrote on " + instance,
                        "Run Command keeps " + LONGEST_OUTPUT + " characters, and it wrote as many or more",
                        "let the script write less; it ended with code " + code,
                        context(command),
                        null);
            }
            return new Result(code, output, text(answer.standardErrorContent()));
        }
        if (answer.status() == CommandInvocationStatus.CANCELLED) {
            throw new OperationCancelledException(
                    "Run a script on " + instance, "command " + command + " was cancelled by somebody");
        }
        if (text(answer.statusDetails()).equals("ExecutionTimedOut")) {
            throw late(command, limit, "ExecutionTimedOut");
        }
        throw new K8sAwsException(
                "Run a script on " + instance,
                "Run Command says " + text(answer.statusDetails()),
                "look whether the machine runs, its agent is online in Fleet Manager, and its role lets it work",
                context(command),
                null);
    }

    private static String text(@org.jspecify.annotations.Nullable String given) {
        return given == null ? "" : given;
    }

    private Map<String, String> context(String command) {
        return Map.of("instance", instance, "command", command);
    }

    private WaitTimeoutException late(String command, Duration limit, String seen) {
        return new WaitTimeoutException(
                "a script on " + instance,
                limit,
                seen,
                "look at the command in Systems Manager; it was told to end, and may still run",
                context(command));
    }

    /** Also when the thread was interrupted: the machine should not go on for nobody. */
    private void cancel(String command) {
        boolean interrupted = Thread.interrupted();
        try {
            ssm.cancelCommand(request -> request.commandId(command).instanceIds(instance));
        } catch (K8sAwsException e) {
            LOG.debug("Command {} on {} could not be cancelled; it ends by its own limit.", command, instance, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** For example {@code i-0123456789abcdef0 by Run Command}. */
    @Override
    public String toString() {
        return instance + " by Run Command";
    }
}
