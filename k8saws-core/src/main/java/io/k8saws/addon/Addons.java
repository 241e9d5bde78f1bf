package io.k8saws.addon;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.text.LineByLine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The add-ons of a cluster that can be reached: of one that the library made, or of any other. Thread-safe.
 *
 * <pre>{@code
 * Addons addons = Addons.on(client);
 * AddonPlan plan = addons.plan(AddonCatalogue.of(spec, AddonSite.of("api.payments.example.com")));
 * System.out.println(plan);
 * addons.apply(plan);
 * }</pre>
 *
 * <p>Objects are applied on the server's side, as the field manager {@value #MANAGER}: what others set stays, and what two want differently is a conflict with a name.
 */
public final class Addons {
    /** The field manager under which objects are applied. */
    public static final String MANAGER = "k8saws";

    /** The label that says who applied an object; its value is {@value #MANAGER}. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final GuardedKubernetes kubernetes;
    private final Sleeper sleeper;

    private Addons(GuardedKubernetes kubernetes, Sleeper sleeper) {
        this.kubernetes = kubernetes;
        this.sleeper = sleeper;
    }

    /**
     * Looks at a cluster's add-ons, with the patience of {@link ResiliencePolicy#defaults()}. Nothing is called yet.
     *
     * @param client reaches the cluster with an administrator's rights; it stays the caller's, who closes it
     * @return the cluster's add-ons
     */
    public static Addons on(KubernetesClient client) {
        return on(client, ResiliencePolicy.defaults());
    }

    /**
     * Looks at a cluster's add-ons. Nothing is called yet.
     *
     * @param client reaches the cluster with an administrator's rights; it stays the caller's, who closes it
     * @param policy how often and how long a call is tried; the client's own retries are off
     * @return the cluster's add-ons
     */
    public static Addons on(KubernetesClient client, ResiliencePolicy policy) {
        Sleeper sleeper = Sleeper.system();
        return new Addons(new GuardedKubernetes(client, policy, sleeper), sleeper);
    }

    /**
     * Compares what is wanted with what is there. Reads, and asks the server what would become of each object; changes nothing. What carries the labels
     * {@code app.kubernetes.io/managed-by=k8saws} and {@code k8saws.io/addon}, was applied by this library and is not wanted is planned to be deleted; but no
     * namespace and no definition that holds something of others.
     *
     * @param addons all add-ons that the cluster should have
     * @return the plan; empty when all is as it should be
     * @throws KubernetesCallException if a call failed for good, or the server refuses an object
     * @throws OperationCancelledException if the thread is interrupted
     */
    public AddonPlan plan(List<Addon> addons) {
        return new Planning(kubernetes, addons).plan();
    }

    /**
     * Makes the changes of a plan, in its order: definitions, each waited for, namespaces, rights, configuration, workloads, and then what leaves. May be cut off
     * anywhere: planning and applying again goes on from there. When an object fails, the rest of its add-on is skipped and the other add-ons go on.
     *
     * @param plan the plan
     * @return what was done
     * @throws AddonConflictException if another field manager has set fields otherwise and the plan is not {@link AddonPlan#forced()}; where the plan knows of it,
     *     nothing was changed
     * @throws AddonApplyException if some changes failed; it has the report
     * @throws OperationCancelledException if the thread is interrupted
     */
    public AddonReport apply(AddonPlan plan) {
        if (!plan.force() && !plan.conflicts().isEmpty()) {
            throw new AddonConflictException(plan.conflicts());
        }
        return new Applying(kubernetes, sleeper, plan.force()).apply(plan);
    }

    /**
     * Looks whether add-ons are available, and why not. Those that kubeadm installs are looked at, too.
     *
     * @param addons the add-ons
     * @return one status for each, in their order; as text, a few lines each
     * @throws KubernetesCallException if a call failed for good
     * @throws OperationCancelledException if the thread is interrupted
     */
    public List<AddonStatus> status(List<Addon> addons) {
        Readiness readiness = new Readiness(kubernetes);
        return new LineByLine<>(addons.stream().map(readiness::of).toList());
    }

    /**
     * Waits until add-ons are available.
     *
     * @param addons the add-ons
     * @param limit how long at most
     * @throws WaitTimeoutException if one is not available in time; it says which, and what its pods wait for
     * @throws KubernetesCallException if a call failed for good
     * @throws OperationCancelledException if the thread is interrupted
     */
    public void waitUntilReady(List<Addon> addons, Duration limit) {
        long started = sleeper.nanoTime();
        while (true) {
            List<AddonStatus> waiting =
                    status(addons).stream().filter(status -> !status.isReady()).toList();
            if (waiting.isEmpty()) {
                return;
            }
            Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
            if (waited.compareTo(limit) >= 0) {
                throw new WaitTimeoutException(
                        "add-ons to be available",
                        waited,
                        waiting.stream().map(AddonStatus::toString).collect(Collectors.joining("\n")),
                        "look at the pods and nodes that are named",
                        Map.of());
            }
            Duration left = limit.minus(waited);
            sleeper.sleep(left.compareTo(PAUSE) < 0 ? left : PAUSE, "Wait for add-ons to be available");
        }
    }
}
