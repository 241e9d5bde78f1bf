package io.k8saws.internal.engine;

import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.engine.Execution.Result;
import io.k8saws.internal.engine.Schedule.Node;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.state.Lease;
import io.k8saws.internal.state.StateStore;
import io.k8saws.plan.Action;
import io.k8saws.plan.ApplyException;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import io.k8saws.plan.StalePlanException;
import io.k8saws.plan.StepResult;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import io.k8saws.state.ClusterState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * One apply of one plan: lock, look, refuse what the plan does not show, carry out, look again until the world shows what was done, write the state, unlock.
 * There is no journal: a run that is cut off anywhere is finished by planning and applying again.
 */
final class Application {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final ResourceAddress BUCKET = new ResourceAddress("bucket", "cluster");

    private final Engine engine;
    private final Plan plan;
    private final ClusterScope scope;
    private final Signals signals;
    private final StateStore store;
    private final boolean destroys;

    Application(Engine engine, Plan plan, ClusterScope scope, ProgressListener listener) {
        this.engine = engine;
        this.plan = plan;
        this.scope = scope;
        this.signals = new Signals(listener);
        this.store = engine.state(scope);
        this.destroys = plan.purpose() == Plan.Purpose.DESTROY;
    }

    ApplyReport run() {
        Engine.requireSamePlace(plan, scope);
        long started = System.nanoTime();
        long sentBefore = engine.aws().sent();
        if (plan.isEmpty() && (destroys || sameWish())) {
            return new ApplyReport(
                    plan.id(),
                    plan.cluster(),
                    List.of(),
                    Duration.ZERO,
                    Duration.ZERO,
                    engine.aws().sent() - sentBefore);
        }
        requireBase(store.read()); // before the lock, which would make a bucket for a cluster that is gone
        try (Lease lease = store.acquire()) {
            Engine.Look look = look();
            Draft draft = draft(look);
            requireBase(look.state());
            boolean resumed = look.state()
                    .filter(state -> state.planId().equals(plan.id()) && state.status() != ClusterState.Status.APPLIED)
                    .isPresent();
            requireShown(draft, resumed);
            ClusterState begun = lease.begin(plan.baseSerial(), plan.id(), destroys ? Optional.empty() : plan.spec());
            List<Node> nodes = Schedule.of(draft.entries());
            signals.tell(new ProgressEvent.OperationStarted(
                    destroys ? "destroy" : "apply",
                    plan.cluster(),
                    draft.entries().size(),
                    Estimates.criticalPath(nodes, Estimates::of)));
            long stepsStarted = System.nanoTime();
            Result result = execution(lease, look).run(draft);
            Duration took = Duration.ofNanos(System.nanoTime() - stepsStarted);
            List<Throwable> failures = new ArrayList<>(result.failures());
            List<StepResult> steps = new ArrayList<>(inPlanOrder(result.steps()));
            if (failures.isEmpty() && !result.interrupted()) {
                steps = proven(steps, lease, failures);
            }
            ApplyReport report = new ApplyReport(
                    plan.id(),
                    plan.cluster(),
                    steps,
                    took,
                    result.criticalPath(),
                    engine.aws().sent() - sentBefore);
            finish(lease, begun, report, failures, result.interrupted(), Duration.ofNanos(System.nanoTime() - started));
            return report;
        }
    }

    private boolean sameWish() {
        return store.read()
                .filter(state -> state.status() == ClusterState.Status.APPLIED
                        && state.spec().equals(plan.spec()))
                .isPresent();
    }

    private Engine.Look look() {
        Answer<Optional<ClusterState>> state = Answer.of(engine.threads(), store::read);
        return engine.look(destroys ? Optional.empty() : plan.spec(), scope, state, engine.closelyAsFor(plan));
    }

    private Draft draft(Engine.Look look) {
        return destroys ? look.destroy() : look.converge();
    }

    private void requireBase(Optional<ClusterState> state) {
        boolean samePlan =
                state.filter(current -> current.planId().equals(plan.id())).isPresent();
        long serial = state.map(ClusterState::serial).orElse(0L);
        if (serial != plan.baseSerial() && !samePlan) {
            throw new ConflictException(
                    "Apply plan " + plan.id() + " to " + plan.cluster(),
                    "it was made on state #" + plan.baseSerial() + ", but the state is now "
                            + state.map(ClusterState::toString).orElse("gone"),
                    "plan again; nothing was changed",
                    Map.of("bucket", scope.bucket()),
                    null);
        }
    }

    private void requireShown(Draft draft, boolean resumed) {
        List<Change> unplanned = Staleness.unplanned(plan, draft.changes(), resumed).stream()
                .filter(change -> !ofTheLockItself(change))
                .toList();
        if (!unplanned.isEmpty()) {
            throw new StalePlanException(plan.id(), plan.cluster(), unplanned);
        }
    }

    /** Taking the lock makes the bucket when there was none; a destroy takes it away again. */
    private boolean ofTheLockItself(Change change) {
        return change.resource().equals(BUCKET)
                && (destroys || plan.change(BUCKET).isPresent());
    }

    private Execution execution(Lease lease, Engine.Look look) {
        return new Execution(
                engine.aws(),
                scope,
                look.dnsZones(),
                UUID.randomUUID().toString(),
                engine.threads(),
                engine.sleeper(),
                signals,
                lease::requireHeld);
    }

    /** One result for each change of the plan; what was found done counts as done. */
    private List<StepResult> inPlanOrder(List<StepResult> results) {
        Map<ResourceAddress, List<StepResult>> byAddress = results.stream()
                .collect(Collectors.groupingBy(StepResult::resource, HashMap::new, Collectors.toList()));
        List<StepResult> ordered = new ArrayList<>();
        for (Change change : plan.changes()) {
            List<StepResult> found = byAddress.getOrDefault(change.resource(), List.of());
            StepResult result = found.stream()
                    .filter(one -> one.action() != Action.DELETE || one.id().equals(change.id()))
                    .findFirst()
                    .map(one -> new StepResult(
                            one.resource(), change.action(), one.outcome(), one.id(), one.took(), one.error()))
                    .orElseGet(() -> new StepResult(
                            change.resource(),
                            change.action(),
                            Outcome.DONE,
                            change.id(),
                            Duration.ZERO,
                            Optional.empty()));
            ordered.add(result);
        }
        return ordered;
    }

    /**
     * Looks at the world until it shows what was done. AWS may take a while to show what was just made; what was made twice, because an answer was lost, is
     * deleted. What is still not as planned in the end is reported as unknown; what fails on the way is added to the failures.
     */
    private List<StepResult> proven(List<StepResult> steps, Lease lease, List<Throwable> failures) {
        try {
            return proven(steps, lease);
        } catch (OperationCancelledException e) {
            throw e;
        } catch (K8sAwsException e) {
            failures.add(e);
            return steps;
        }
    }

    private List<StepResult> proven(List<StepResult> steps, Lease lease) {
        long deadline = System.nanoTime() + engine.policy().consistencyWindow().toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            Engine.Look look = look();
            Draft left = draft(look);
            if (left.isEmpty()) {
                return steps;
            }
            List<Draft.Entry> more =
                    left.entries().stream().filter(this::mayFollow).toList();
            boolean late = System.nanoTime() > deadline;
            if (!more.isEmpty() && !late) {
                Result follow = execution(lease, look).run(new Draft(more, 0, left.world()));
                late = !follow.failures().isEmpty() || follow.interrupted();
            }
            if (late) {
                return steps.stream().map(step -> unproven(step, left)).toList();
            }
            if (more.isEmpty()) {
                engine.sleeper().sleep(pause, "Look whether AWS shows what was applied");
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    /** What may be done on top of the plan: removing one of twins, and in a destroy what was just left behind; never what holds data. */
    private boolean mayFollow(Draft.Entry entry) {
        return entry.change().risk() != Risk.DATA_LOSS
                && (destroys || entry.change().cause().kind() == Cause.Kind.DUPLICATE);
    }

    private static StepResult unproven(StepResult step, Draft left) {
        Set<String> differences = left.changes().stream()
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

    private void finish(
            Lease lease,
            ClusterState begun,
            ApplyReport report,
            List<Throwable> failures,
            boolean interrupted,
            Duration took) {
        boolean complete = report.complete() && failures.isEmpty();
        if (!(destroys && complete)) { // a complete destroy has deleted the bucket with the state
            try {
                lease.end(begun, complete);
            } catch (K8sAwsException e) { // what was done must be told all the same
                failures.add(e);
            }
        }
        int done = report.with(Outcome.DONE).size();
        signals.tell(new ProgressEvent.OperationFinished(
                destroys ? "destroy" : "apply",
                plan.cluster(),
                done,
                report.steps().size() - done,
                took));
        if (interrupted) {
            throw new OperationCancelledException("Apply plan " + plan.id() + " to " + plan.cluster());
        }
        if (!complete && failures.isEmpty()) {
            failures.add(new WaitTimeoutException(
                    "AWS to show what was applied",
                    engine.policy().consistencyWindow(),
                    Engine.names(report.with(Outcome.UNKNOWN).stream()
                            .map(StepResult::toString)
                            .toList()),
                    Map.of()));
        }
        if (!failures.isEmpty()) {
            throw new ApplyException(report, failures);
        }
    }
}
