package io.k8saws.internal.engine;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.engine.Execution.Result;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.StepResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks at the world until it shows what was done. AWS may take a while to show what was just made; what was made twice, because an answer was lost, is deleted
 * on the way. What is still not as planned in the end is reported as unknown.
 */
final class Proof {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Supplier<Draft> left;
    private final Predicate<Draft.Entry> mayFollow;
    private final Function<Draft, Result> carryOut;
    private final Duration window;
    private final Sleeper sleeper;
    private final BooleanSupplier stopping;

    /**
     * Prepares a proof.
     *
     * @param left looks at the world and tells what is left to do
     * @param mayFollow what may be done on top of the plan
     * @param carryOut does it
     * @param window how long AWS may take to show what was done
     * @param sleeper lets time pass
     * @param stopping whether to look no further
     */
    Proof(
            Supplier<Draft> left,
            Predicate<Draft.Entry> mayFollow,
            Function<Draft, Result> carryOut,
            Duration window,
            Sleeper sleeper,
            BooleanSupplier stopping) {
        this.left = left;
        this.mayFollow = mayFollow;
        this.carryOut = carryOut;
        this.window = window;
        this.sleeper = sleeper;
        this.stopping = stopping;
    }

    /**
     * Proves what was done.
     *
     * @param done what was done; all of it succeeded
     * @return the same, with what the world does not show as unknown, and with what went wrong while looking
     */
    Result of(Result done) {
        try {
            Optional<Draft> unproven = unproven();
            return unproven.map(draft -> marked(done, draft)).orElse(done);
        } catch (OperationCancelledException e) {
            return new Result(done.steps(), done.failures(), done.took(), done.criticalPath(), true);
        } catch (K8sAwsException e) {
            List<Throwable> failures = new ArrayList<>(done.failures());
            failures.add(e);
            return new Result(done.steps(), failures, done.took(), done.criticalPath(), done.cutOff());
        }
    }

    /** What the world does not show when the time is over; empty when it shows everything. */
    private Optional<Draft> unproven() {
        long deadline = sleeper.nanoTime() + window.toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            if (stopping.getAsBoolean()) {
                throw new OperationCancelledException(
                        "Look whether AWS shows what was applied", "the library was closed");
            }
            Draft draft = left.get();
            if (draft.isEmpty()) {
                return Optional.empty();
            }
            if (sleeper.nanoTime() > deadline) {
                return Optional.of(draft);
            }
            Draft more = draft.where(mayFollow);
            if (more.isEmpty()) {
                sleeper.sleep(pause, "Look whether AWS shows what was applied");
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            } else if (!carryOut.apply(more).succeeded()) {
                return Optional.of(draft);
            }
        }
    }

    private static Result marked(Result done, Draft unproven) {
        return new Result(
                done.steps().stream().map(step -> marked(step, unproven)).toList(),
                done.failures(),
                done.took(),
                done.criticalPath(),
                done.cutOff());
    }

    private static StepResult marked(StepResult step, Draft unproven) {
        Set<String> differences = unproven.changes().stream()
                .filter(change -> change.resource().equals(step.resource()))
                .map(change -> change.action() + " " + change.fields())
                .collect(Collectors.toSet());
        return differences.isEmpty()
                ? step
                : new StepResult(
                        step.resource(),
                        step.action(),
                        Outcome.UNKNOWN,
                        step.id(),
                        step.took(),
                        Optional.of("AWS does not show it as applied; still to do: " + differences));
    }
}
