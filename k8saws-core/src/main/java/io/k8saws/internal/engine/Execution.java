package io.k8saws.internal.engine;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.engine.Draft.Entry;
import io.k8saws.internal.engine.Schedule.Node;
import io.k8saws.internal.engine.Signals.Ended;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.Made;
import io.k8saws.internal.resource.Reading;
import io.k8saws.internal.resource.Reading.DnsZone;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.seam.CallListener;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.StepResult;
import io.k8saws.progress.ProgressEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a draft. Each step starts when its own needs are met, on a thread of the pool; the calling thread coordinates and tells the listener. When a step
 * fails, those that need it are skipped and the others go on. An interrupt lets the running steps end and starts no new one.
 */
final class Execution {
    private static final int LOOKS_FOR_LOST_ANSWER = 5;
    private static final Duration PAUSE_BETWEEN_LOOKS = Duration.ofMillis(300);

    private final GuardedClients aws;
    private final ClusterScope scope;
    private final Set<DnsZone> dnsZones;
    private final String runId;
    private final Executor threads;
    private final Sleeper sleeper;
    private final Clock clock;
    private final Signals signals;
    private final Runnable beforeEachStep;
    private final Runnable beforeEachWrite;
    private final BooleanSupplier stopping;
    private final Map<ResourceAddress, Made> made = new ConcurrentHashMap<>();
    private final Map<Node, Duration> took = new HashMap<>();
    private final Map<Node, Outcome> outcomes = new HashMap<>();
    private final Set<Entry> begun = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Entry> over = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Node, String> errors = new HashMap<>();
    private final List<Throwable> failures = new ArrayList<>();
    private @Nullable Error fatal;

    /**
     * Prepares an execution.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param dnsZones records to look for in hosted zones that the cluster did not make
     * @param runId a name that no other run has, for idempotency tokens
     * @param threads runs the steps
     * @param sleeper lets time pass
     * @param clock tells now
     * @param signals brings events to the listener
     * @param beforeEachStep throws if the right to change the cluster was lost
     * @param beforeEachWrite the same, before each request of a step that may change something, and at each turn of a wait
     * @param stopping whether to start nothing more
     */
    Execution(
            GuardedClients aws,
            ClusterScope scope,
            Set<DnsZone> dnsZones,
            String runId,
            Executor threads,
            Sleeper sleeper,
            Clock clock,
            Signals signals,
            Runnable beforeEachStep,
            Runnable beforeEachWrite,
            BooleanSupplier stopping) {
        this.aws = aws;
        this.scope = scope;
        this.dnsZones = dnsZones;
        this.runId = runId;
        this.threads = threads;
        this.sleeper = sleeper;
        this.clock = clock;
        this.signals = signals;
        this.beforeEachStep = beforeEachStep;
        this.beforeEachWrite = beforeEachWrite;
        this.stopping = stopping;
    }

    /**
     * What came of it.
     *
     * @param steps one result a change
     * @param failures what went wrong
     * @param took from the start of the first to the end of the last step
     * @param criticalPath the longest chain of steps that had to wait for each other
     * @param cutOff whether not all steps were tried, because the thread was interrupted or the library is being closed
     */
    record Result(
            List<StepResult> steps, List<Throwable> failures, Duration took, Duration criticalPath, boolean cutOff) {
        /** Whether all steps were tried and none has failed. */
        boolean succeeded() {
            return failures.isEmpty() && !cutOff;
        }

        /** This and what was done after it. */
        Result then(Result next) {
            return new Result(
                    both(steps, next.steps),
                    both(failures, next.failures),
                    took.plus(next.took),
                    criticalPath.plus(next.criticalPath),
                    cutOff || next.cutOff);
        }

        private static <T> List<T> both(List<T> one, List<T> other) {
            return Stream.concat(one.stream(), other.stream()).toList();
        }
    }

    /**
     * Carries out a draft.
     *
     * @param draft the changes
     * @return one result a change, in the draft's order
     */
    Result run(Draft draft) {
        long started = System.nanoTime();
        for (Observed<?> observed : draft.staying()) {
            made.put(observed.address(), new Made(observed.id(), observed.outputs()));
        }
        List<Node> nodes = Schedule.of(draft.entries());
        Map<Node, List<Node>> waiting = Schedule.waiting(nodes);
        Map<Node, Integer> open = new HashMap<>();
        nodes.forEach(node -> open.put(node, node.needs().size()));
        int running = 0;
        boolean interrupted = false;
        boolean stopped = false;
        List<Node> ready = new ArrayList<>(
                nodes.stream().filter(node -> node.needs().isEmpty()).toList());
        while (running > 0 || !ready.isEmpty()) {
            for (Node node : ready) {
                stopped |= interrupted || stopping.getAsBoolean();
                if (stopped || fatal != null) {
                    skip(node, nodes, waiting, "the run was stopped");
                } else if (!outcomes.containsKey(node)) {
                    start(node, nodes);
                    running++;
                }
            }
            ready.clear();
            if (running == 0) {
                break;
            }
            try {
                Ended ended = signals.next();
                running--;
                finish(ended, nodes, waiting);
                for (Node next : waiting.getOrDefault(ended.node(), List.of())) {
                    if (open.merge(next, -1, Integer::sum) == 0 && !outcomes.containsKey(next)) {
                        ready.add(next);
                    }
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (fatal != null) {
            throw fatal;
        }
        nodes.stream()
                .filter(node -> !outcomes.containsKey(node))
                .forEach(node -> skip(node, nodes, waiting, "the run was stopped"));
        Duration criticalPath = Estimates.criticalPath(nodes, node -> took.getOrDefault(node, Duration.ZERO));
        Duration spent = Duration.ofNanos(System.nanoTime() - started);
        return new Result(results(draft, nodes), failures, spent, criticalPath, interrupted || stopped);
    }

    private void start(Node node, List<Node> nodes) {
        if (begun.add(node.entry())) {
            Duration estimate = halves(node, nodes).stream().map(Estimates::of).reduce(Duration.ZERO, Duration::plus);
            signals.tell(new ProgressEvent.StepStarted(
                    node.entry().address(), node.entry().action(), estimate));
        }
        threads.execute(() -> {
            long started = System.nanoTime();
            Optional<Made> result = Optional.empty();
            Optional<Throwable> failure = Optional.empty();
            try {
                if (stopping.getAsBoolean()) {
                    throw new OperationCancelledException("Carry out " + node, "the library was closed");
                }
                beforeEachStep.run();
                result = carryOut(node);
            } catch (Throwable e) { // whatever a step throws must reach the coordinator, or it would wait for ever
                failure = Optional.of(e);
            }
            signals.post(new Ended(node, Duration.ofNanos(System.nanoTime() - started), result, failure));
        });
    }

    private void finish(Ended ended, List<Node> nodes, Map<Node, List<Node>> waiting) {
        Node node = ended.node();
        took.put(node, ended.took());
        if (ended.failure().isPresent()) {
            Throwable failure = ended.failure().get();
            if (failure instanceof Error error) {
                fatal = error;
            }
            boolean unknown = failure instanceof OperationCancelledException
                    || failure instanceof AwsCallException call && call.outcomeUnknown();
            failures.add(failure);
            errors.put(node, String.valueOf(failure.getMessage()));
            outcomes.put(node, unknown ? Outcome.UNKNOWN : Outcome.FAILED);
            for (Node next : waiting.getOrDefault(node, List.of())) {
                skip(next, nodes, waiting, node.entry().address() + " failed");
            }
        } else {
            outcomes.put(node, Outcome.DONE);
        }
        tellEnd(node, nodes);
    }

    /** A step that has begun ends when each of its halves is done, has failed or is not tried. */
    private void tellEnd(Node node, List<Node> nodes) {
        List<Node> halves = halves(node, nodes);
        if (outcomes.keySet().containsAll(halves) && begun.contains(node.entry()) && over.add(node.entry())) {
            signals.tell(new ProgressEvent.StepFinished(
                    node.entry().address(),
                    node.entry().action(),
                    worst(halves),
                    halves.stream()
                            .map(half -> took.getOrDefault(half, Duration.ZERO))
                            .reduce(Duration.ZERO, Duration::plus),
                    Estimates.remaining(nodes, took, outcomes::containsKey)));
        }
    }

    /** What carries out one change: a replacement is made and deleted apart, and is one step all the same to whoever watches. */
    private static List<Node> halves(Node node, List<Node> nodes) {
        return nodes.stream().filter(other -> other.entry() == node.entry()).toList();
    }

    private void skip(Node node, List<Node> nodes, Map<Node, List<Node>> waiting, String why) {
        if (outcomes.containsKey(node)) {
            return;
        }
        outcomes.put(node, Outcome.SKIPPED);
        errors.put(node, "not tried, because " + why);
        for (Node next : waiting.getOrDefault(node, List.of())) {
            skip(next, nodes, waiting, why);
        }
        tellEnd(node, nodes);
    }

    private Optional<Made> carryOut(Node node) {
        return carryOut(node, node.entry().kind());
    }

    @SuppressWarnings("unchecked") // an entry's two sides are of its kind
    private <A extends Attributes> Optional<Made> carryOut(Node node, ResourceKind<A> kind) {
        Entry entry = node.entry();
        ResourceAddress address = entry.address();
        StepContext step = step(address);
        if (!node.makes()) {
            Observed<A> observed = (Observed<A>) entry.observed().orElseThrow();
            kind.delete(step, observed);
            aws.fresh()
                    .remove(Ref.NAMING_OUTPUTS.stream()
                            .flatMap(output -> observed.output(output).stream())
                            .toList());
            return Optional.empty();
        }
        A wanted = (A) entry.wanted().orElseThrow().attributes();
        Made result = entry.action() == Action.UPDATE
                ? kind.update(step, (Observed<A>) entry.observed().orElseThrow(), wanted, entry.fields())
                : create(step, kind, wanted, entry.observed().map(Observed::id));
        made.put(address, result);
        aws.fresh()
                .add(Ref.NAMING_OUTPUTS.stream()
                        .flatMap(output -> result.output(output).stream())
                        .toList());
        return Optional.of(result);
    }

    private StepContext step(ResourceAddress address) {
        GuardedClients calls = aws.reportingTo(new CallListener() {
            @Override
            public void onRetry(String operation, int attempt, Duration delay, String reason) {
                signals.post(new ProgressEvent.StepRetrying(address, attempt, delay, operation + " " + reason));
            }

            @Override
            public void beforeWrite(String operation) {
                beforeEachWrite.run();
            }
        });
        return new StepContext(calls, scope, address, runId, made, sleeper, clock, beforeEachWrite, signals::post);
    }

    /** Creates; when the answer is lost, looks whether the resource is there before it is created again. */
    private <A extends Attributes> Made create(
            StepContext step, ResourceKind<A> kind, A wanted, Optional<String> replaced) {
        K8sAwsException lost = null;
        for (int attempt = 1; attempt <= 3; attempt++) {
            try {
                return kind.create(step, wanted);
            } catch (AwsCallException e) {
                boolean serverTrouble = e.statusCode() >= 500;
                if (!e.outcomeUnknown() && !serverTrouble) {
                    throw e;
                }
                lost = e;
            }
            Optional<Made> found = lookFor(step, kind, wanted, replaced);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw lost;
    }

    private <A extends Attributes> Optional<Made> lookFor(
            StepContext step, ResourceKind<A> kind, A wanted, Optional<String> replaced) {
        for (int look = 1; look <= LOOKS_FOR_LOST_ANSWER; look++) {
            for (Observed<A> observed :
                    kind.read(new Reading(step.aws(), scope, dnsZones, clock)).resources()) {
                boolean before = replaced.isPresent() && replaced.get().equals(observed.id());
                if (observed.address().equals(step.address()) && !before) {
                    Set<String> differences = differences(step, observed, wanted);
                    return Optional.of(
                            differences.isEmpty()
                                    ? new Made(observed.id(), observed.outputs())
                                    : kind.update(step, observed, wanted, differences));
                }
            }
            sleeper.sleep(PAUSE_BETWEEN_LOOKS, "Look whether " + step.address() + " was created");
        }
        return Optional.empty();
    }

    private static <A extends Attributes> Set<String> differences(StepContext step, Observed<A> observed, A wanted) {
        Map<String, String> want = Fields.flat(wanted, step::value);
        Map<String, String> have = Fields.flat(observed.attributes(), step::value);
        Set<String> differences = new TreeSet<>();
        want.forEach((field, value) -> {
            if (!value.equals(have.get(field))) {
                differences.add(field);
            }
        });
        return differences;
    }

    private List<StepResult> results(Draft draft, List<Node> nodes) {
        Map<Entry, List<Node>> byEntry = new HashMap<>();
        nodes.forEach(node -> byEntry.computeIfAbsent(node.entry(), unused -> new ArrayList<>())
                .add(node));
        return draft.entries().stream()
                .map(entry -> result(entry, byEntry.getOrDefault(entry, List.of())))
                .toList();
    }

    private StepResult result(Entry entry, List<Node> nodes) {
        Outcome worst = worst(nodes);
        boolean half = worst == Outcome.SKIPPED && nodes.stream().anyMatch(node -> outcomes.get(node) == Outcome.DONE);
        Duration time = nodes.stream()
                .map(node -> took.getOrDefault(node, Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
        Optional<String> error = nodes.stream()
                .map(errors::get)
                .filter(java.util.Objects::nonNull)
                .findFirst();
        Optional<String> id = entry.action() == Action.DELETE
                ? entry.observed().map(Observed::id)
                : Optional.ofNullable(made.get(entry.address())).map(Made::id);
        return half // of a replacement
                ? new StepResult(
                        entry.address(),
                        entry.action(),
                        Outcome.FAILED,
                        id,
                        time,
                        error.map(why -> "the old one is deleted, the new one was " + why))
                : new StepResult(entry.address(), entry.action(), worst, id, time, error);
    }

    private Outcome worst(List<Node> nodes) {
        return nodes.stream()
                .map(node -> outcomes.getOrDefault(node, Outcome.SKIPPED))
                .max(java.util.Comparator.comparingInt(Execution::severity))
                .orElse(Outcome.DONE);
    }

    private static int severity(Outcome outcome) {
        return java.util.List.of(Outcome.DONE, Outcome.SKIPPED, Outcome.UNKNOWN, Outcome.FAILED)
                .indexOf(outcome);
    }
}
