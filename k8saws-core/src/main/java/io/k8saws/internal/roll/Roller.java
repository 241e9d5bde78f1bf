package io.k8saws.internal.roll;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.engine.Engine;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.operate.Machines;
import io.k8saws.internal.operate.Operator;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import io.k8saws.operate.RollReport;
import io.k8saws.pki.KeyRing;
import io.k8saws.pki.KeyUse;
import io.k8saws.progress.ProgressListener;
import io.k8saws.state.ClusterState;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans rolls of a cluster and does them. */
public final class Roller {
    private static final Logger LOG = LoggerFactory.getLogger(Roller.class);

    /** So long a status stays to be read after its machine has gone. */
    private static final Duration KEPT = Duration.ofDays(1);

    private final AwsClients aws;
    private final ClusterScope scope;
    private final Engine engine;
    private final Operator operator;
    private final ResiliencePolicy policy;
    private final Sleeper sleeper;
    private final Clock clock;

    /**
     * Makes a roller; calls nothing.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param engine has the cluster's lock
     * @param operator has the way in
     * @param policy how patient to be
     * @param sleeper lets time pass
     * @param clock tells now
     */
    public Roller(
            AwsClients aws,
            ClusterScope scope,
            Engine engine,
            Operator operator,
            ResiliencePolicy policy,
            Sleeper sleeper,
            Clock clock) {
        this.aws = aws;
        this.scope = scope;
        this.engine = engine;
        this.operator = operator;
        this.policy = policy;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /**
     * Plans a roll. Reads only.
     *
     * @param spec the cluster
     * @param options what is asked for
     * @return the plan
     */
    public RollPlan plan(ClusterSpec spec, RollOptions options) {
        try (KubernetesClient client = operator.client(spec, keys(), Operator.CREDENTIALS)) {
            RollWorld world = world(spec, client);
            RollWorld.Seen seen = world.look();
            RollView view = seen.view();
            view.api().ifPresent(why -> {
                throw new K8sAwsException(
                        "Plan a roll of cluster " + scope.cluster(),
                        "its API does not answer: " + why,
                        "see readiness() for what is missing; docs/boot.md says what to look at");
            });
            requireKnown(options, view);
            return world.plan(options, seen);
        }
    }

    private void requireKnown(RollOptions options, RollView view) {
        Set<String> known = view.groups().stream().map(GroupView::part).collect(Collectors.toCollection(TreeSet::new));
        Set<String> unknown = new TreeSet<>(options.parts());
        unknown.removeAll(known);
        unknown.removeAll(Set.of(RollOptions.ETCD, RollOptions.CONTROL_PLANE));
        if (!unknown.isEmpty()) {
            throw new K8sAwsException(
                    "Plan a roll of cluster " + scope.cluster(),
                    "it has no " + String.join(", ", unknown),
                    "name some of " + String.join(", ", known));
        }
    }

    /**
     * Does a roll.
     *
     * @param spec the cluster
     * @param plan the plan
     * @param limit how long at most
     * @param listener hears of each change
     * @return what was done
     */
    public RollReport roll(ClusterSpec spec, RollPlan plan, Duration limit, ProgressListener listener) {
        if (!plan.cluster().equals(scope.cluster())) {
            throw new IllegalArgumentException(
                    "The plan is one of cluster " + plan.cluster() + ", not of " + scope.cluster() + ".");
        }
        plan.requireAllowed();
        if (plan.isEmpty()) {
            return new RollReport(plan.cluster(), java.util.List.of(), java.util.List.of(), Duration.ZERO);
        }
        return engine.locked(scope, mayChange -> {
            try (KubernetesClient client = operator.client(spec, keys(), Operator.CREDENTIALS.plus(limit))) {
                GuardedKubernetes kubernetes = new GuardedKubernetes(client, policy, sleeper);
                RollReport report = new RollRun(
                                plan,
                                new RollWorld(aws, scope, spec, kubernetes),
                                new RollHands(aws, kubernetes),
                                mayChange,
                                sleeper,
                                listener)
                        .run(limit);
                tidy(mayChange);
                return report;
            }
        });
    }

    /** What the machines of former rolls said is of no use any more. The roll is done whether it can be removed or not. */
    private void tidy(Runnable mayChange) {
        try {
            int removed = new Machines(aws, scope).forgetGone(clock.instant().minus(KEPT), mayChange);
            LOG.debug("removed {} statuses of machines of cluster {} that are gone", removed, scope.cluster());
        } catch (K8sAwsException e) {
            LOG.debug("cannot remove statuses of machines of cluster {} that are gone", scope.cluster(), e);
        }
    }

    private KeyUse keys() {
        return engine.state(scope)
                .read()
                .map(ClusterState::keys)
                .orElse(KeyRing.first())
                .use();
    }

    private RollWorld world(ClusterSpec spec, KubernetesClient client) {
        return new RollWorld(aws, scope, spec, new GuardedKubernetes(client, policy, sleeper));
    }
}
