package io.k8saws.addon;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Makes the changes of a plan, one after the other. Used once. */
final class Applying {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final GuardedKubernetes kubernetes;
    private final Sleeper sleeper;
    private final ApiKinds kinds;
    private final boolean force;
    private final List<AddonReport.Result> results = new ArrayList<>();
    private final List<K8sAwsException> failures = new ArrayList<>();
    private final Set<String> failed = new HashSet<>();
    private boolean stopped;

    Applying(GuardedKubernetes kubernetes, Sleeper sleeper, boolean force) {
        this.kubernetes = kubernetes;
        this.sleeper = sleeper;
        this.kinds = new ApiKinds(kubernetes);
        this.force = force;
    }

    AddonReport apply(AddonPlan plan) {
        plan.changes().forEach(this::attempt);
        AddonReport report = new AddonReport(results);
        if (failures.size() == 1 && failures.get(0) instanceof AddonConflictException conflict) {
            conflict.addSuppressed(new AddonApplyException(report, failures));
            throw conflict;
        }
        if (!failures.isEmpty()) {
            throw new AddonApplyException(report, failures);
        }
        return report;
    }

    /** What one add-on lacks is no reason to keep another one back. */
    private void attempt(AddonChange change) {
        if (stopped || failed.contains(change.addon())) {
            String why = stopped ? "the API server could not be asked" : "an object before it failed";
            results.add(new AddonReport.Result(change, Outcome.SKIPPED, why));
            return;
        }
        try {
            make(change);
            results.add(new AddonReport.Result(change, Outcome.DONE, ""));
        } catch (KubernetesCallException | AddonConflictException | WaitTimeoutException e) {
            failures.add(e);
            failed.add(change.addon());
            stopped = e instanceof KubernetesCallException call && (call.statusCode() == 0 || call.statusCode() == 401);
            results.add(new AddonReport.Result(change, Outcome.FAILED, String.valueOf(e.getMessage())));
        }
    }

    private void make(AddonChange change) {
        String path = path(change.object());
        switch (change.action()) {
            case DELETE -> change.uid().ifPresent(uid -> delete(path, uid));
            case REPLACE -> {
                change.uid().ifPresent(uid -> delete(path, uid));
                change.uid().ifPresent(uid -> awaitGone(change.object(), path, uid));
                apply(change, path);
            }
            case CREATE -> {
                change.uid().ifPresent(uid -> awaitGone(change.object(), path, uid));
                apply(change, path);
            }
            case UPDATE -> apply(change, path);
            case ADOPT, NONE -> {}
        }
    }

    /** When another object has taken the name since, it is not the one that was to go. */
    private void delete(String path, String uid) {
        try {
            kubernetes.delete(path, uid);
        } catch (KubernetesCallException e) {
            if (e.statusCode() != 409) {
                throw e;
            }
        }
    }

    private void awaitGone(ObjectRef object, String path, String uid) {
        await(object + " to be gone", "it is still there, perhaps held by a finalizer", () -> kubernetes
                .get(path)
                .map(LiveObject::new)
                .filter(live -> live.uid().equals(uid))
                .isEmpty());
    }

    private void apply(AddonChange change, String path) {
        AddonObject object = change.wanted().orElseThrow();
        try {
            LiveObject after = new LiveObject(kubernetes.apply(path, object.fields(), Addons.MANAGER, force, false));
            if (after.isGoing()) {
                // Somebody deletes it, and what was applied goes with it.
                awaitGone(change.object(), path, after.uid());
                kubernetes.apply(path, object.fields(), Addons.MANAGER, force, false);
            }
        } catch (KubernetesCallException e) {
            List<FieldConflict> conflicts = Planning.conflicts(e);
            if (conflicts.isEmpty()) {
                throw e;
            }
            throw new AddonConflictException(List.of(new AddonChange(
                    change.addon(),
                    Action.UPDATE,
                    change.object(),
                    change.fields(),
                    conflicts,
                    change.reason(),
                    change.wanted(),
                    change.uid())));
        }
        if (change.object().kind().equals("CustomResourceDefinition")) {
            await(change.object() + " to be established", "the API server does not serve it yet", () -> kubernetes
                    .get(path)
                    .map(LiveObject::new)
                    .filter(live -> live.is("Established"))
                    .isPresent());
        }
    }

    private String path(ObjectRef object) {
        Optional<ApiKinds.Kind> kind = kinds.of(object);
        if (kind.isEmpty()) {
            // Between a definition's being established and its showing among the kinds a moment passes.
            await(
                    object.kind() + " of " + object.apiVersion() + " to be known",
                    "the API server lists no such kind",
                    () -> {
                        kinds.forget();
                        return kinds.of(object).isPresent();
                    });
            kind = kinds.of(object);
        }
        return ApiKinds.path(kind.orElseThrow(), object);
    }

    private void await(String what, String lastSeen, BooleanSupplier done) {
        long started = sleeper.nanoTime();
        while (!done.getAsBoolean()) {
            Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
            if (waited.compareTo(LIMIT) >= 0) {
                throw new WaitTimeoutException(
                        what, waited, lastSeen, "look at the object with kubectl, then plan and apply again", Map.of());
            }
            sleeper.sleep(PAUSE, "Wait for " + what);
        }
    }
}
