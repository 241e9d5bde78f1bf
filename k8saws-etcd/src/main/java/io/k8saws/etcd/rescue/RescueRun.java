package io.k8saws.etcd.rescue;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.KeyWrite;
import io.k8saws.etcd.StoredKey;
import io.k8saws.etcd.WriteResult;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Carries out a plan, a transaction at a time. What was written by a run before, which was cut off, is seen when its keys are no longer as the plan saw them. Used once, by one thread. */
final class RescueRun {
    /** etcd's {@code --max-txn-ops}. */
    private static final int MOST_KEYS = 128;
    /** Two thirds of etcd's {@code --max-request-bytes}. */
    private static final long MOST_BYTES = 1 << 20;
    /** A key stands in a compare, a write and a look, each with some bytes around it. */
    private static final int TIMES_KEY = 3;

    private static final int AROUND = 64;
    private static final String OPERATION = "rescue";

    private final RescuePlan plan;
    private final SnapshotFile snapshot;
    private final Etcd etcd;
    private final ProgressListener listener;
    private final Duration limit;
    private final long started = System.nanoTime();
    private final Map<String, KeyRevision> sources = new HashMap<>();
    private final Map<String, RescueReport.Result> results = new HashMap<>();
    private long lease;
    private boolean deaf;

    RescueRun(RescuePlan plan, SnapshotFile snapshot, Etcd etcd, ProgressListener listener, Duration limit) {
        this.plan = plan;
        this.snapshot = snapshot;
        this.etcd = etcd;
        this.listener = listener;
        this.limit = limit;
    }

    RescueReport run() {
        List<List<RescueChange>> batches = batches(plan.changes());
        tell(new ProgressEvent.OperationStarted(OPERATION, plan.selection().toString(), batches.size(), Duration.ZERO));
        List<RescueChange> sent = List.of();
        try {
            find();
            for (List<RescueChange> batch : batches) {
                if (spent().compareTo(limit) > 0) {
                    throw new WaitTimeoutException(
                            "Rescue " + plan.selection(),
                            spent(),
                            results.size() + " of " + plan.changes().size() + " keys",
                            "apply the same plan again, with more time: it goes on from there",
                            Map.of());
                }
                sent = batch;
                write(batch);
                sent = List.of();
                tell(new ProgressEvent.StageAdvanced(
                        OPERATION,
                        plan.selection().toString(),
                        "write",
                        results.size(),
                        plan.changes().size(),
                        "keys"));
            }
        } catch (K8sAwsException e) {
            sent.forEach(change -> results.putIfAbsent(
                    change.key(),
                    new RescueReport.Result(change, Outcome.UNKNOWN, Optional.ofNullable(e.getMessage()), false)));
            RescueReport report = report();
            ended(report);
            throw new RescueException(plan, report, e);
        }
        RescueReport report = report();
        ended(report);
        return report;
    }

    /** Where the values lie in the snapshot. */
    private void find() {
        Map<String, RescueChange> wanted = new HashMap<>();
        plan.changes().stream()
                .filter(change -> change.action() != Action.DELETE)
                .forEach(change -> wanted.put(change.key(), change));
        try (Stream<KeyRevision> keys = snapshot.keys(plan.source())) {
            keys.forEach(key -> {
                RescueChange change = wanted.get(key.keyText());
                if (change != null && change.revision() == key.revision().main()) {
                    sources.put(key.keyText(), key);
                }
            });
        }
        if (sources.size() != wanted.size()) {
            throw new IllegalArgumentException(
                    "Apply a rescue from " + plan.snapshot() + ": " + (wanted.size() - sources.size())
                            + " of its keys are not in the file as the plan says. Plan again.");
        }
    }

    static List<List<RescueChange>> batches(List<RescueChange> changes) {
        List<List<RescueChange>> batches = new ArrayList<>();
        List<RescueChange> batch = new ArrayList<>();
        long bytes = 0;
        for (RescueChange change : changes) {
            // at most three bytes for each character
            long more = change.bytes() + TIMES_KEY * (3L * change.key().length() + AROUND);
            if (!batch.isEmpty() && (batch.size() == MOST_KEYS || bytes + more > MOST_BYTES)) {
                batches.add(List.copyOf(batch));
                batch.clear();
                bytes = 0;
            }
            batch.add(change);
            bytes += more;
        }
        if (!batch.isEmpty()) {
            batches.add(List.copyOf(batch));
        }
        return batches;
    }

    private void write(List<RescueChange> batch) {
        List<RescueChange> open = batch;
        while (!open.isEmpty()) {
            WriteResult answer;
            try {
                answer = etcd.writeIfUnchanged(open.stream().map(this::write).toList());
            } catch (EtcdCallException e) {
                if (e.reason() != Reason.TOO_LARGE) {
                    throw e;
                }
                tooLarge(open, e);
                return;
            }
            if (answer.written()) {
                open.forEach(change -> put(change, Outcome.DONE, Optional.empty(), false));
                return;
            }
            List<RescueChange> rest = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                if (!settle(open.get(i), answer.found().get(i))) {
                    rest.add(open.get(i));
                }
            }
            if (rest.size() == open.size()) {
                throw new IllegalStateException(
                        "etcd refused a transaction although all its keys are as they were seen");
            }
            open = rest;
        }
    }

    /** The server's limit is lower than etcd's own: one by one, then, and what is still too large is refused. */
    private void tooLarge(List<RescueChange> open, EtcdCallException e) {
        if (open.size() == 1) {
            put(open.get(0), Outcome.FAILED, Optional.ofNullable(e.getMessage()), false);
        } else {
            open.forEach(change -> write(List.of(change)));
        }
    }

    private KeyWrite write(RescueChange change) {
        if (change.action() == Action.DELETE) {
            return KeyWrite.delete(change.key(), change.seen());
        }
        if (!change.life().isZero() && lease == 0) {
            lease = etcd.grantLease(change.life());
        }
        return KeyWrite.put(
                change.key(), change.seen(), value(change), change.life().isZero() ? 0 : lease);
    }

    private byte[] value(RescueChange change) {
        return Objects.requireNonNull(sources.get(change.key())).value();
    }

    /** Whether a key, as it is, needs no further try: it is done already, or refused. */
    private boolean settle(RescueChange change, Optional<StoredKey> found) {
        long now = found.map(StoredKey::modRevision).orElse(0L);
        if (now == change.seen()) {
            return false;
        }
        boolean done = change.action() == Action.DELETE
                ? found.isEmpty()
                : found.filter(key -> Arrays.equals(key.value(), value(change))).isPresent();
        put(
                change,
                done ? Outcome.DONE : Outcome.FAILED,
                done
                        ? Optional.empty()
                        : Optional.of((found.isEmpty()
                                        ? "it is gone"
                                        : change.seen() == 0
                                                ? "it is there, since revision "
                                                        + found.get().createRevision()
                                                : "it was changed, at revision " + now)
                                + ", and the plan did not see that; nothing was written. Plan again"),
                done);
        return true;
    }

    private void put(RescueChange change, Outcome outcome, Optional<String> error, boolean already) {
        results.put(change.key(), new RescueReport.Result(change, outcome, error, already));
    }

    private RescueReport report() {
        return new RescueReport(
                plan.changes().stream()
                        .map(change -> results.getOrDefault(
                                change.key(),
                                new RescueReport.Result(
                                        change, Outcome.SKIPPED, Optional.of("the rescue stopped before it"), false)))
                        .toList(),
                spent());
    }

    private void ended(RescueReport report) {
        int done = report.with(Outcome.DONE).size();
        tell(new ProgressEvent.OperationFinished(
                OPERATION, plan.selection().toString(), done, report.results().size() - done, report.took()));
    }

    private void tell(ProgressEvent event) {
        if (!deaf) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException e) {
                deaf = true;
            }
        }
    }

    private Duration spent() {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
