package io.k8saws.internal.operate;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.k8saws.addon.Addon;
import io.k8saws.addon.AddonCatalogue;
import io.k8saws.addon.AddonSite;
import io.k8saws.addon.AddonStatus;
import io.k8saws.addon.Addons;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.blueprint.MachineGroups;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.resource.SecretBundles;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.text.OneLine;
import io.k8saws.kubeconfig.Kubeconfig;
import io.k8saws.operate.ClusterReadiness;
import io.k8saws.operate.EtcdAccess;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import io.k8saws.operate.MachineReadiness;
import io.k8saws.pki.ExpiryReport;
import io.k8saws.pki.KeyUse;
import io.k8saws.progress.ProgressListener;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Looks at a cluster that was applied, and enters it. Safe to use from many threads. */
public final class Operator {
    /** How long credentials live that nobody asked another life for. */
    public static final Duration CREDENTIALS = Duration.ofHours(1);

    private static final int LOOKED_UP = 200; // values of one filter (EC2 API reference, DescribeInstances)
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final AwsClients aws;
    private final ClusterScope scope;
    private final ResiliencePolicy policy;
    private final Sleeper sleeper;
    private final Entrance entrance;
    private final Machines machines;
    private final Clock clock;

    /**
     * Makes an operator; calls nothing.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param proxy by which the API is reached; empty for the direct way
     * @param policy how patient to be
     * @param sleeper lets time pass
     * @param clock tells now
     */
    public Operator(
            AwsClients aws,
            ClusterScope scope,
            Optional<URI> proxy,
            ResiliencePolicy policy,
            Sleeper sleeper,
            Clock clock) {
        this.aws = aws;
        this.scope = scope;
        this.policy = policy;
        this.sleeper = sleeper;
        this.entrance = new Entrance(aws, scope, proxy, policy, clock);
        this.machines = new Machines(aws, scope);
        this.clock = clock;
    }

    /**
     * Makes an administrator's kubeconfig.
     *
     * @param spec the cluster
     * @param keys which of its keys are in use
     * @param validity how long its certificate lives
     * @return the file's content, with a key of its own
     */
    public Kubeconfig kubeconfig(ClusterSpec spec, KeyUse keys, Duration validity) {
        return entrance.kubeconfig(spec, keys, validity);
    }

    /**
     * When what lies in the cluster's bucket ends.
     *
     * @return authorities and certificates
     */
    public ExpiryReport expiry() {
        return ExpiryReport.of(SecretBundles.certificates(aws, scope), clock.instant());
    }

    /**
     * Opens a client with an administrator's rights.
     *
     * @param spec the cluster
     * @param keys which of its keys are in use
     * @param validity how long its certificate lives
     * @return the client, to be closed
     */
    public KubernetesClient client(ClusterSpec spec, KeyUse keys, Duration validity) {
        return entrance.client(spec, keys, validity);
    }

    /**
     * Makes a client certificate for the cluster's etcd.
     *
     * @param spec the cluster
     * @param keys which of its keys are in use
     * @param events whether the one for events is meant
     * @param validity how long its certificate lives
     * @return where the members are, and what a client needs
     */
    public EtcdAccess etcd(ClusterSpec spec, KeyUse keys, boolean events, Duration validity) {
        return entrance.etcd(spec, keys, events, validity);
    }

    /**
     * Looks at the keys with which Secrets are encrypted in etcd.
     *
     * @param spec the cluster
     * @param keys which of its keys are in use
     * @return one for each key that is needed to read what is in etcd; no secret
     */
    public List<SecretsKey> secretsKeys(ClusterSpec spec, KeyUse keys) {
        return entrance.secretsKeys(spec, keys);
    }

    /**
     * Looks at the disk of an etcd member.
     *
     * @param spec the cluster
     * @param events whether the etcd for events is meant
     * @param member the member's name
     * @return how it is
     */
    public EtcdDisk etcdDisk(ClusterSpec spec, boolean events, String member) {
        return disks(spec).look(events ? EtcdDisks.EVENTS : EtcdDisks.MAIN, member);
    }

    /**
     * Lets the machine of an etcd member start on a disk without data.
     *
     * @param spec the cluster
     * @param order which disk
     * @param mayChange is called before the change; throws when the right to change the cluster was lost
     */
    public void orderEtcdDisk(ClusterSpec spec, EtcdOrder order, Runnable mayChange) {
        disks(spec).order(order, mayChange);
    }

    private EtcdDisks disks(ClusterSpec spec) {
        return new EtcdDisks(aws, scope, spec, machines, sleeper, clock);
    }

    /**
     * What the machines of the cluster's groups said of themselves.
     *
     * @param spec the cluster
     * @return one status for each machine that wrote one and is still there, by group
     */
    public List<NodeStatus> nodes(ClusterSpec spec) {
        Map<String, LiveGroups.Group> groups = groups(spec);
        Map<String, SelfReport> said = machines.said(groups);
        return groups.values().stream()
                .flatMap(group -> group.instances().stream()
                        .sorted()
                        .flatMap(instance -> said.getOrDefault(instance, SelfReport.nothing()).status().stream()))
                .toList();
    }

    /** The groups that are there, by their parts in the order in which they are shown. */
    private Map<String, LiveGroups.Group> groups(ClusterSpec spec) {
        Map<String, LiveGroups.Group> found = machines.groups();
        Map<String, LiveGroups.Group> groups = new LinkedHashMap<>();
        MachineGroups.byPart(spec)
                .forEach((part, name) -> Optional.ofNullable(found.get(AutoScalingGroups.name(scope, name)))
                        .ifPresent(group -> groups.put(part, group)));
        return groups;
    }

    /**
     * The add-ons that the cluster should have.
     *
     * @param spec the cluster
     * @return the add-ons in their order
     */
    public List<Addon> addons(ClusterSpec spec) {
        return AddonCatalogue.of(spec, AddonSite.of(entrance.host(spec)));
    }

    /**
     * The add-ons of the cluster behind a client.
     *
     * @param client the client
     * @return to plan and apply
     */
    public Addons addons(KubernetesClient client) {
        return Addons.on(client, policy);
    }

    /**
     * Looks at everything once.
     *
     * @param spec the cluster
     * @param client reaches its API
     * @return what was seen
     */
    public ClusterReadiness look(ClusterSpec spec, KubernetesClient client) {
        Map<String, LiveGroups.Group> groups = groups(spec);
        Map<String, SelfReport> said = machines.said(groups);
        Optional<String> api = Optional.empty();
        Map<String, Node> nodes = new HashMap<>();
        List<AddonStatus> addons = List.of();
        try {
            client.nodes()
                    .list()
                    .getItems()
                    .forEach(node -> nodes.put(node.getMetadata().getName(), node));
            addons = addons(client).status(addons(spec));
        } catch (KubernetesClientException | K8sAwsException e) {
            api = Optional.of(reason(e));
        }
        List<MachineReadiness> all = new ArrayList<>();
        MachineGroups.byPart(spec)
                .keySet()
                .forEach(part -> all.addAll(machines(part, Optional.ofNullable(groups.get(part)), said, nodes)));
        return new ClusterReadiness(scope.cluster(), api, all, addons);
    }

    /** The innermost cause says why; what is around it says what was tried. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return OneLine.of(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), 200);
    }

    private List<MachineReadiness> machines(
            String part, Optional<LiveGroups.Group> group, Map<String, SelfReport> reports, Map<String, Node> nodes) {
        if (group.isEmpty()) {
            return List.of(MachineReadiness.missing(part, "its group is not there"));
        }
        Map<String, SelfReport> said = new LinkedHashMap<>();
        group.get()
                .instances()
                .forEach(instance -> said.put(instance, reports.getOrDefault(instance, SelfReport.nothing())));
        Map<String, Instant> launched = machines.launched(said.entrySet().stream()
                .filter(one -> one.getValue().status().isEmpty())
                .map(Map.Entry::getKey)
                .limit(LOOKED_UP)
                .toList());
        List<MachineReadiness> all = new ArrayList<>();
        said.forEach((instance, report) -> all.add(new MachineSight(
                        part,
                        instance,
                        Optional.ofNullable(launched.get(instance)),
                        report,
                        Optional.ofNullable(nodes.get(instance)))
                .at(clock.instant(), scope)));
        for (int missing = all.size(); missing < group.get().desired(); missing++) {
            all.add(MachineReadiness.missing(part, "its group has not started it yet"));
        }
        return all;
    }

    /**
     * Waits until the API answers.
     *
     * @param spec the cluster
     * @param client reaches its API
     * @param limit how long at most
     * @param listener hears of each change
     * @throws WaitTimeoutException if it does not in time; it names the machines and where they are
     */
    public void awaitApi(ClusterSpec spec, KubernetesClient client, Duration limit, ProgressListener listener) {
        await(spec, client, limit, listener, "the API to answer", seen -> seen.api()
                .isEmpty());
    }

    /**
     * Waits until all is ready.
     *
     * @param spec the cluster
     * @param client reaches its API
     * @param limit how long at most
     * @param listener hears of each change
     * @return what was seen in the end
     * @throws WaitTimeoutException if it is not ready in time; it names each machine and add-on that is not, with step, reason and the last lines of its log
     */
    public ClusterReadiness awaitReady(
            ClusterSpec spec, KubernetesClient client, Duration limit, ProgressListener listener) {
        return await(spec, client, limit, listener, "the cluster to be ready", ClusterReadiness::isReady);
    }

    private ClusterReadiness await(
            ClusterSpec spec,
            KubernetesClient client,
            Duration limit,
            ProgressListener listener,
            String what,
            Predicate<ClusterReadiness> enough) {
        long started = sleeper.nanoTime();
        ReadinessNews news = new ReadinessNews();
        while (true) {
            ClusterReadiness seen = look(spec, client);
            news.of(seen).forEach(listener::onEvent);
            if (enough.test(seen)) {
                return seen;
            }
            Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
            if (waited.compareTo(limit) >= 0) {
                throw ReadinessNews.late(seen, what, waited);
            }
            sleeper.sleep(PAUSE, "Wait for " + what);
        }
    }
}
