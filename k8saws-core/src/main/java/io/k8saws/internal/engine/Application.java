package io.k8saws.internal.engine;

import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.engine.Execution.Result;
import io.k8saws.internal.engine.Schedule.Node;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.Buckets;
import io.k8saws.internal.resource.SecurityGroupRules;
import io.k8saws.internal.state.Lease;
import io.k8saws.internal.state.Standing;
import io.k8saws.internal.state.StateStore;
import io.k8saws.plan.Action;
import io.k8saws.plan.ApplyCancelledException;
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
import java.util.UUID;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One apply of one plan: look, refuse what the plan does not show, lock, carry out, look again until the world shows what was done, write the state, unlock.
 * There is no journal: a run that is cut off anywhere is finished by planning and applying again.
 *
 * <p>The look comes before the lock, so a plan that is refused has written nothing at all. That is safe because lock and state are written on condition that they are
 * still as they were read before the look: nobody else has held the lock in between.
 *
 * <p>A destroy deletes the bucket, which holds the lock, when all else is proven gone, and looks no further: what appears from then on belongs to whoever makes
 * the cluster anew.
 */
final class Application {
    private final Engine engine;
    private final Plan plan;
    private final ClusterScope scope;
    private final Operations.Running running;
    private final ThreadPoolExecutor threads;
    private final Signals signals;
    private final StateStore store;
    private final boolean destroys;

    Application(Engine engine, Plan plan, ClusterScope scope, ProgressListener listener, Operations.Running running) {
        this.engine = engine;
        this.plan = plan;
        this.scope = scope;
        this.running = running;
        this.threads = running.steps(engine.policy().maxConcurrency());
        this.signals = new Signals(listener);
        this.store = engine.state(scope);
        this.destroys = plan.purpose() == Plan.Purpose.DESTROY;
    }

    ApplyReport run() {
        Engine.requireSamePlace(plan, scope);
        if (!destroys) {
            plan.requireEtcdQuorum();
        }
        long started = System.nanoTime();
        long sentBefore = engine.aws().sent();
        if (plan.isEmpty() && (destroys || sameWish())) {
            return report(List.of(), Duration.ZERO, Duration.ZERO, sentBefore);
        }
        Standing standing = store.standing();
        store.requireFree(standing);
        requireBase(standing.state());
        Engine.Look look = look(standing.state());
        Draft draft = draft(look);
        requireShown(draft, resumes(standing.state()));
        try (Lease lease = store.acquire(standing)) {
            ClusterState begun = lease.begin(
                    plan.baseSerial(),
                    plan.id(),
                    destroys ? Optional.empty() : plan.spec(),
                    plan.pins(),
                    plan.keys(),
                    look.records());
            List<Node> nodes = Schedule.of(draft.entries());
            signals.tell(new ProgressEvent.OperationStarted(
                    destroys ? "destroy" : "apply",
                    plan.cluster(),
                    draft.entries().size(),
                    Estimates.criticalPath(nodes, Estimates::of)));
            Supplier<Draft> again = () -> draft(look(Optional.of(begun)));
            Result result = destroys ? destroy(lease, look, draft, again) : converge(lease, look, draft, again);
            ApplyReport report = report(inPlanOrder(result.steps()), result.took(), result.criticalPath(), sentBefore);
            finish(lease, look, begun, report, result, Duration.ofNanos(System.nanoTime() - started));
            return report;
        }
    }

    private ApplyReport report(List<StepResult> steps, Duration took, Duration criticalPath, long sentBefore) {
        return new ApplyReport(
                plan.id(),
                plan.cluster(),
                steps,
                took,
                criticalPath,
                engine.aws().sent() - sentBefore);
    }

    private boolean sameWish() {
        return store.read()
                .filter(state -> state.status() == ClusterState.Status.APPLIED
                        && state.spec().equals(plan.spec())
                        && state.pins().equals(plan.pins())
                        && state.keys().equals(plan.keys()))
                .isPresent();
    }

    private Engine.Look look(Optional<ClusterState> state) {
        return engine.look(
                destroys ? Optional.empty() : plan.spec(),
                plan.pins(),
                plan.keys(),
                scope,
                state,
                engine.closelyAsFor(plan));
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

    /** Whether an earlier run of this very plan was cut off. */
    private boolean resumes(Optional<ClusterState> state) {
        return state.filter(found -> found.planId().equals(plan.id()) && found.status() != ClusterState.Status.APPLIED)
                .isPresent();
    }

    private void requireShown(Draft draft, boolean resumed) {
        List<Change> unplanned = Staleness.unplanned(plan, draft.changes(), resumed).stream()
                .filter(change -> !ofTheLockItself(change))
                .toList();
        if (!unplanned.isEmpty()) {
            throw new StalePlanException(plan.id(), plan.cluster(), unplanned);
        }
    }

    /** Taking the lock makes the bucket when there is none, also for a run that comes no further; a destroy takes it away again. */
    private boolean ofTheLockItself(Change change) {
        return change.resource().equals(Buckets.ADDRESS)
                && (destroys || plan.change(Buckets.ADDRESS).isPresent());
    }

    private Result converge(Lease lease, Engine.Look look, Draft draft, Supplier<Draft> again) {
        Result result = execution(lease, look).run(draft);
        return result.succeeded() ? proof(lease, look, again).of(result) : result;
    }

    private Result destroy(Lease lease, Engine.Look look, Draft draft, Supplier<Draft> again) {
        AtomicReference<Draft> bucket = new AtomicReference<>(draft.where(Application::isBucket));
        Supplier<Draft> left = () -> {
            Draft seen = again.get();
            bucket.set(seen.where(Application::isBucket)); // taking the lock has made it when it was gone
            return seen.where(entry -> !isBucket(entry));
        };
        Result result = execution(lease, look).run(draft.where(entry -> !isBucket(entry)));
        if (result.succeeded()) {
            result = proof(lease, look, left).of(result);
        }
        boolean gone = result.succeeded() && result.steps().stream().allMatch(step -> step.outcome() == Outcome.DONE);
        if (!gone) {
            return result.then(untouched(bucket.get(), "not all else is gone", List.of()));
        }
        try {
            lease.renewForTheLastTime();
        } catch (ConflictException e) {
            return result.then(untouched(bucket.get(), "the lock was lost", List.of(e)));
        }
        // the lock lies in the bucket and was renewed for the last time: no renewal must make it anew
        return result.then(execution(lease, look, () -> {}).run(bucket.get()));
    }

    private static boolean isBucket(Draft.Entry entry) {
        return entry.address().equals(Buckets.ADDRESS);
    }

    private static Result untouched(Draft draft, String why, List<Throwable> failures) {
        List<StepResult> steps = draft.changes().stream()
                .map(change -> new StepResult(
                        change.resource(),
                        change.action(),
                        Outcome.SKIPPED,
                        change.id(),
                        Duration.ZERO,
                        Optional.of("not tried, because " + why)))
                .toList();
        return new Result(steps, failures, Duration.ZERO, Duration.ZERO, false);
    }

    private Proof proof(Lease lease, Engine.Look look, Supplier<Draft> left) {
        return new Proof(
                left,
                this::mayFollow,
                more -> execution(lease, look).run(more),
                engine.policy().consistencyWindow(),
                engine.sleeper(),
                running::stopping);
    }

    /**
     * What may be done on top of the plan: removing one of twins, or the rule of EC2's that a group was made with, and in a destroy what was just left behind; never
     * what holds data.
     */
    private boolean mayFollow(Draft.Entry entry) {
        return entry.change().risk() != Risk.DATA_LOSS
                && (destroys
                        || entry.change().cause().kind() == Cause.Kind.DUPLICATE
                        || SecurityGroupRules.isDefaultEgress(entry.address()));
    }

    private Execution execution(Lease lease, Engine.Look look) {
        return execution(lease, look, lease::requireHeld);
    }

    private Execution execution(Lease lease, Engine.Look look, Runnable beforeEachWrite) {
        return new Execution(
                engine.aws(),
                scope,
                look.dnsZones(),
                UUID.randomUUID().toString(),
                threads,
                engine.sleeper(),
                engine.clock(),
                signals,
                lease::requireHeld,
                beforeEachWrite,
                running::stopping);
    }

    /** One result for each change of the plan; what was found done counts as done. */
    private List<StepResult> inPlanOrder(List<StepResult> results) {
        Map<ResourceAddress, List<StepResult>> byAddress = results.stream()
                .collect(Collectors.groupingBy(StepResult::resource, HashMap::new, Collectors.toList()));
        return plan.changes().stream()
                .map(change -> byAddress.getOrDefault(change.resource(), List.of()).stream()
                        .filter(one -> one.action() != Action.DELETE || one.id().equals(change.id()))
                        .findFirst()
                        .map(one -> new StepResult(
                                one.resource(), change.action(), one.outcome(), one.id(), one.took(), one.error()))
                        .orElseGet(() -> foundDone(change)))
                .toList();
    }

    private static StepResult foundDone(Change change) {
        return new StepResult(
                change.resource(), change.action(), Outcome.DONE, change.id(), Duration.ZERO, Optional.empty());
    }

    private void finish(
            Lease lease, Engine.Look look, ClusterState begun, ApplyReport report, Result result, Duration took) {
        List<Throwable> failures = new ArrayList<>(result.failures());
        boolean complete = report.complete() && result.succeeded();
        if (!(destroys && complete)) { // a complete destroy has deleted the bucket with the state
            try {
                lease.end(begun, complete, look.wantedRecords());
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
        if (result.cutOff()) {
            throw new ApplyCancelledException(
                    report, running.stopping() ? "the library was closed" : "the thread was interrupted", failures);
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
