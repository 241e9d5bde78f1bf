package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Carries the steps of a plan of one etcd or of several out, one after the other. What is done already, by an earlier run, is seen on the machines and not done again. */
final class RestoreRun {
    /** The limit of the restore may be over. */
    private static final Duration LOWERING = Duration.ofMinutes(2);

    private final String subject;
    private final List<RestorePart> parts;
    private final ApiServerFence fence;
    private final List<RestoreStep> steps;
    private final long deadline;
    private final Duration limit;
    private final long began = System.nanoTime();
    private @Nullable ProgressListener listener;

    RestoreRun(
            String subject,
            List<RestorePart> parts,
            ApiServerFence fence,
            List<RestoreStep> steps,
            Duration limit,
            ProgressListener listener) {
        this.subject = subject;
        this.parts = parts;
        this.fence = fence;
        this.steps = steps;
        this.limit = limit;
        this.deadline = began + limit.toNanos();
        this.listener = listener;
    }

    RestoreReport run() {
        List<RestoreReport.Result> results = new ArrayList<>();
        RuntimeException failure = null;
        tell(new ProgressEvent.OperationStarted("restore", subject, steps.size(), Duration.ZERO));
        for (RestoreStep step : steps) {
            if (failure != null) {
                results.add(new RestoreReport.Result(step, Outcome.SKIPPED, Duration.ZERO, Optional.empty()));
                continue;
            }
            ResourceAddress address = new ResourceAddress(step.kind().name().toLowerCase(Locale.ROOT), step.subject());
            tell(new ProgressEvent.StepStarted(address, Action.UPDATE, Duration.ZERO));
            long start = System.nanoTime();
            Outcome outcome = Outcome.DONE;
            try {
                carryOut(step);
            } catch (WaitTimeoutException | OperationCancelledException e) {
                failure = e;
                outcome = Outcome.UNKNOWN;
            } catch (RuntimeException e) {
                failure = e;
                outcome = Outcome.FAILED;
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            results.add(new RestoreReport.Result(
                    step, outcome, took, Optional.ofNullable(failure).map(Throwable::getMessage)));
            tell(new ProgressEvent.StepFinished(address, Action.UPDATE, outcome, took, Duration.ZERO));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        RestoreReport report = new RestoreReport(clusterIds(), results, took);
        int done = (int) results.stream()
                .filter(result -> result.outcome() == Outcome.DONE)
                .count();
        tell(new ProgressEvent.OperationFinished("restore", subject, done, steps.size() - done, took));
        if (failure != null) {
            throw new RestoreException(report, failure);
        }
        return report;
    }

    /** The machine of a step. */
    private record Place(RestorePart part, MemberHost host) {
        NewCluster cluster() {
            return part.cluster();
        }
    }

    private void carryOut(RestoreStep step) {
        Duration left = left(step);
        switch (step.kind()) {
            case PREPARE -> {
                RestorePart part = place(step).part();
                part.requirePlanned();
                place(step).host().prepare(part.request().restore(), left(step));
                part.requirePlanned();
            }
            case FENCE -> {
                places().forEach(place -> place.part().requirePrepared(place.host(), facts(place)));
                if (!allNew()) {
                    raise(step);
                }
            }
            case STOP -> {
                Place place = place(step);
                if (!place.part().isNew(facts(place))) {
                    place.host().stop(left(step));
                }
            }
            case SWAP -> place(step).host().swap(place(step).cluster(), left);
            case START -> place(step).host().start(left);
            case AWAIT -> place(step).host().awaitHealthy(left);
            case RELEASE -> {
                places().forEach(place -> place.part().requireInPlace(place.host(), facts(place)));
                fence.lower(left(step));
            }
        }
    }

    /** While nothing of etcd was stopped yet, API servers that were stopped for nothing start again; later they must not. */
    private void raise(RestoreStep step) {
        boolean untouched = places().stream()
                .allMatch(place ->
                        !place.part().isNew(facts(place)) && facts(place).running());
        try {
            fence.raise(left(step));
        } catch (OperationCancelledException e) {
            throw e;
        } catch (RuntimeException e) {
            boolean lowered = untouched && lower(e);
            throw new K8sAwsException(
                    "Stop " + fence.subject(),
                    String.valueOf(e.getMessage()),
                    lowered
                            ? "etcd is as it was, and those that were stopped were let start again: mend the cause, and"
                                    + " restore again"
                            : "some of them may be stopped: mend the cause and restore again, or let them start by the"
                                    + " fence if you give up and etcd is as it was",
                    Map.of("cluster", clusterIds()),
                    e);
        }
    }

    private boolean lower(RuntimeException cause) {
        try {
            fence.lower(LOWERING);
            return true;
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
            return false;
        }
    }

    private boolean allNew() {
        return places().stream()
                .allMatch(place ->
                        place.part().isNew(facts(place)) && facts(place).running());
    }

    private HostFacts facts(Place place) {
        return place.host()
                .facts(
                        place.cluster(),
                        left(new RestoreStep(
                                RestoreStep.Kind.AWAIT, place.part().subject(place.host()))));
    }

    private List<Place> places() {
        return parts.stream()
                .flatMap(part -> part.request().hosts().stream().map(host -> new Place(part, host)))
                .toList();
    }

    private Place place(RestoreStep step) {
        return places().stream()
                .filter(place -> place.part().subject(place.host()).equals(step.subject()))
                .findFirst()
                .orElseThrow();
    }

    private String clusterIds() {
        return parts.stream().map(part -> part.cluster().clusterId()).collect(Collectors.joining(" and "));
    }

    private Duration left(RestoreStep step) {
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationCancelledException("Restore, at: " + step);
        }
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (left.isNegative()) {
            throw new WaitTimeoutException(
                    "the restore",
                    limit,
                    "the time was over before: " + step,
                    "restore the same plan again",
                    Map.of("cluster", clusterIds()));
        }
        return left;
    }

    private void tell(ProgressEvent event) {
        ProgressListener to = listener;
        if (to == null) {
            return;
        }
        try {
            to.onEvent(event);
        } catch (RuntimeException e) {
            // a listener that throws does not disturb the restore, and is asked no more
            listener = null;
        }
    }
}
