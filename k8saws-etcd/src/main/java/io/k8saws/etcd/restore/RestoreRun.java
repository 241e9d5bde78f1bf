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
import org.jspecify.annotations.Nullable;

/** Carries the steps of a plan out, one after the other. What is done already, by an earlier run, is seen on the machines and not done again. */
final class RestoreRun {
    private final RestoreRequest request;
    private final String fingerprint;
    private final List<RestoreStep> steps;
    private final long deadline;
    private final Duration limit;
    private final long began = System.nanoTime();
    private @Nullable ProgressListener listener;

    RestoreRun(
            RestoreRequest request,
            String fingerprint,
            List<RestoreStep> steps,
            Duration limit,
            ProgressListener listener) {
        this.request = request;
        this.fingerprint = fingerprint;
        this.steps = steps;
        this.limit = limit;
        this.deadline = began + limit.toNanos();
        this.listener = listener;
    }

    RestoreReport run() {
        List<RestoreReport.Result> results = new ArrayList<>();
        RuntimeException failure = null;
        tell(new ProgressEvent.OperationStarted("restore", cluster().token(), steps.size(), Duration.ZERO));
        for (RestoreStep step : steps) {
            if (failure != null) {
                results.add(new RestoreReport.Result(step, Outcome.SKIPPED, Duration.ZERO, Optional.empty()));
                continue;
            }
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
            tell(new ProgressEvent.StepFinished(
                    new ResourceAddress(step.kind().name().toLowerCase(Locale.ROOT), step.subject()),
                    Action.UPDATE,
                    outcome,
                    took,
                    Duration.ZERO));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        RestoreReport report = new RestoreReport(cluster().clusterId(), results, took);
        int done = (int) results.stream()
                .filter(result -> result.outcome() == Outcome.DONE)
                .count();
        tell(new ProgressEvent.OperationFinished("restore", cluster().token(), done, steps.size() - done, took));
        if (failure != null) {
            throw new RestoreException(report, failure);
        }
        return report;
    }

    private void carryOut(RestoreStep step) {
        Duration left = left(step);
        switch (step.kind()) {
            case PREPARE -> {
                requirePlanned();
                host(step).prepare(request.restore(), left(step));
                requirePlanned();
            }
            case FENCE -> {
                requireAllPrepared();
                if (!allNew()) {
                    request.fence().raise(left(step));
                }
            }
            case STOP -> {
                if (!isNew(facts(host(step)))) {
                    host(step).stop(left(step));
                }
            }
            case SWAP -> host(step).swap(cluster(), left);
            case START -> host(step).start(left);
            case AWAIT -> host(step).awaitHealthy(left);
            case RELEASE -> request.fence().lower(left);
        }
    }

    /** Each member reads the file anew, by its name: one of another file would begin with other data. */
    private void requirePlanned() {
        if (!request.restore().fingerprint().equals(fingerprint)) {
            throw new K8sAwsException(
                    "Restore " + request.restore().snapshot(),
                    "it is not what the plan has read: the snapshot or a delta was replaced since",
                    "copy them to where nobody replaces them, and plan anew with a new token",
                    Map.of("cluster", cluster().clusterId()),
                    null);
        }
    }

    /** Nothing is stopped before every machine has what it needs, of one restore. */
    private void requireAllPrepared() {
        for (MemberHost host : request.hosts()) {
            HostFacts facts = facts(host);
            if (!isNew(facts) && !facts.preparedClusterId().equals(cluster().clusterId())) {
                throw new K8sAwsException(
                        "Stop the old cluster",
                        "nothing is prepared on " + host,
                        "restore again, which prepares it",
                        Map.of("cluster", cluster().clusterId()),
                        null);
            }
            if (!facts.restoredFrom().equals(fingerprint)) {
                throw new K8sAwsException(
                        "Stop the old cluster",
                        "what is prepared on " + host + " is of another restore than the plan's: "
                                + facts.restoredFrom(),
                        "plan anew with a new token",
                        Map.of("cluster", cluster().clusterId()),
                        null);
            }
            if (!isNew(facts) && facts.running() && !request.replacesRunning()) {
                throw new K8sAwsException(
                        "Stop the old cluster",
                        "etcd runs on " + host + " since the plan was made",
                        "stop it, or plan with replacingRunningMembers",
                        Map.of("cluster", cluster().clusterId()),
                        null);
            }
        }
    }

    private boolean allNew() {
        return request.hosts().stream()
                .allMatch(host -> isNew(facts(host)) && facts(host).running());
    }

    private HostFacts facts(MemberHost host) {
        return host.facts(cluster(), left(new RestoreStep(RestoreStep.Kind.AWAIT, host.member())));
    }

    private boolean isNew(HostFacts facts) {
        return facts.clusterId().equals(cluster().clusterId());
    }

    private MemberHost host(RestoreStep step) {
        return request.hosts().stream()
                .filter(host -> host.member().equals(step.subject()))
                .findFirst()
                .orElseThrow();
    }

    private NewCluster cluster() {
        return request.restore().cluster();
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
                    Map.of("cluster", cluster().clusterId()));
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
