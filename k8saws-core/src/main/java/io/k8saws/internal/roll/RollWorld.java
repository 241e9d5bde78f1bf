package io.k8saws.internal.roll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.k8saws.bootstrap.NodeRole;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.internal.blueprint.MachineGroups;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.operate.Machines;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.resource.LiveTargets;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.internal.text.OneLine;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Looks at a cluster for a roll. For one thread. */
final class RollWorld {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String API = "api";

    private final AwsClients aws;
    private final ClusterScope scope;
    private final ClusterSpec spec;
    private final Machines machines;
    private final GuardedKubernetes kubernetes;

    /** What this run has ended: AWS may show it as it was for a while. */
    private final Set<String> ended = new HashSet<>();

    RollWorld(AwsClients aws, ClusterScope scope, ClusterSpec spec, GuardedKubernetes kubernetes) {
        this.aws = aws;
        this.scope = scope;
        this.spec = spec;
        this.machines = new Machines(aws, scope);
        this.kubernetes = kubernetes;
    }

    /**
     * What was seen at once.
     *
     * @param view what decisions are made from
     * @param groups the groups in AWS by their parts
     * @param nodes the nodes by their names
     */
    record Seen(RollView view, Map<String, LiveGroups.Group> groups, Map<String, NodeView> nodes) {
        /** Nodes whose machines a roll has ended, and that no group has any more. */
        List<NodeView> remains() {
            Set<String> there = new HashSet<>();
            groups.values().forEach(group -> group.machines().forEach(one -> there.add(one.id())));
            return nodes.values().stream()
                    .filter(node -> node.mark().equals(NodeView.ENDING) && !there.contains(node.name()))
                    .toList();
        }
    }

    /** Plans a roll from a look. */
    RollPlan plan(RollOptions options, Seen seen) {
        return RollPlanning.plan(
                scope.cluster(),
                options,
                seen.view(),
                seen.remains().stream().map(NodeView::name).sorted().toList(),
                pods(Optional.empty()),
                budgets());
    }

    void hasEnded(String instance) {
        ended.add(instance);
    }

    Seen look() {
        Optional<String> api = Optional.empty();
        Optional<String> quorum = Optional.empty();
        Map<String, NodeView> nodes = new HashMap<>();
        try {
            list("/api/v1/nodes", "", NodeView::of).forEach(node -> nodes.put(node.name(), node));
            quorum = quorum();
        } catch (KubernetesCallException e) {
            if (!e.retryable()) {
                throw e;
            }
            api = Optional.of(OneLine.of(String.valueOf(e.getMessage()), 200));
        }
        Map<String, LiveGroups.Group> found = machines.groups();
        Set<String> healthy = LiveTargets.healthy(aws, scope, API);
        Map<String, LiveGroups.Group> byPart = new LinkedHashMap<>();
        List<GroupView> groups = new ArrayList<>();
        MachineGroups.byPart(spec).forEach((part, name) -> {
            LiveGroups.Group group = found.get(AutoScalingGroups.name(scope, name));
            if (group != null) {
                byPart.put(part, group);
            }
            groups.add(group == null ? missing(part) : group(part, group, nodes, healthy));
        });
        return new Seen(new RollView(api, quorum, groups), byPart, nodes);
    }

    /** The API server says so of itself when it does not get an answer from a quorum. */
    private Optional<String> quorum() {
        try {
            kubernetes.get("/readyz/etcd");
            return Optional.empty();
        } catch (KubernetesCallException e) {
            if (!e.retryable()) {
                throw e;
            }
            return Optional.of(OneLine.of(String.valueOf(e.getMessage()), 200));
        }
    }

    private boolean isMember(NodeRole role) {
        return role == NodeRole.ETCD
                || (role == NodeRole.CONTROL_PLANE && spec.etcd().placement() != EtcdPlacement.DEDICATED);
    }

    private GroupView missing(String part) {
        NodeRole role = Machines.role(part);
        return new GroupView(
                part, role, isMember(role), 1, 1, 1, Optional.empty(), Optional.empty(), Set.of(), Set.of(), List.of());
    }

    private GroupView group(String part, LiveGroups.Group group, Map<String, NodeView> nodes, Set<String> healthy) {
        NodeRole role = Machines.role(part);
        return new GroupView(
                part,
                role,
                isMember(role),
                group.min(),
                group.max(),
                group.desired(),
                group.growth(),
                group.template(),
                group.types(),
                group.suspended(),
                group.machines().stream()
                        .map(one -> machine(role, one, Optional.ofNullable(nodes.get(one.id())), healthy))
                        .toList());
    }

    private MachineView machine(
            NodeRole role, LiveGroups.Machine machine, Optional<NodeView> node, Set<String> healthy) {
        boolean leaving = machine.leaving() || ended.contains(machine.id());
        boolean nodeReady = node.filter(NodeView::ready).isPresent();
        // a node that is Ready needs no word of its machine
        Optional<NodeStatus> status = leaving || (role == NodeRole.NODES && nodeReady)
                ? Optional.empty()
                : machines.status(role, machine.id());
        boolean done =
                status.filter(one -> one.state() == NodeStatus.State.DONE).isPresent();
        boolean served = healthy.contains(machine.id());
        boolean up = !leaving
                && switch (role) {
                    case ETCD -> done;
                    case CONTROL_PLANE -> done && nodeReady && served;
                    case NODES -> nodeReady;
                };
        return new MachineView(
                machine.id(),
                machine.template(),
                machine.type(),
                leaving,
                up,
                node.filter(NodeView::isMarked).isPresent(),
                up ? "works" : state(leaving, status, done, nodeReady),
                status.filter(one -> one.state() == NodeStatus.State.FAILED).isPresent());
    }

    private static String state(boolean leaving, Optional<NodeStatus> status, boolean done, boolean nodeReady) {
        if (leaving) {
            return "ends";
        }
        if (status.isEmpty()) {
            return "has said nothing yet";
        }
        if (done) {
            return nodeReady ? "is no healthy target of the load balancer yet" : "its node is not Ready";
        }
        String reason =
                status.get().reason().isEmpty() ? "" : ": " + status.get().reason();
        return (status.get().state() == NodeStatus.State.FAILED ? "failed at " : "at ")
                + status.get().step()
                + reason;
    }

    /** All pods, or those of a node. */
    List<PodView> pods(Optional<String> node) {
        return list("/api/v1/pods", node.map(name -> "spec.nodeName=" + name).orElse(""), PodView::of);
    }

    List<BudgetView> budgets() {
        return list("/apis/policy/v1/poddisruptionbudgets", "", BudgetView::of);
    }

    private <T> List<T> list(String path, String fields, Function<JsonNode, T> view) {
        return kubernetes.list(path, "", fields).stream()
                .map(object -> view.apply(JSON.valueToTree(object)))
                .toList();
    }
}
