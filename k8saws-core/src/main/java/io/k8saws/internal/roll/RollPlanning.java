package io.k8saws.internal.roll;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.operate.RollMachine;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes the plan of a roll from what was seen. Pure. */
final class RollPlanning {
    private static final Set<String> PROCESSES = Set.of("Launch", "Terminate");

    private final String cluster;
    private final RollOptions options;
    private final RollView view;
    private final List<String> refusals = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    private RollPlanning(String cluster, RollOptions options, RollView view) {
        this.cluster = cluster;
        this.options = options;
        this.view = view;
    }

    /**
     * Plans.
     *
     * @param cluster the cluster's name
     * @param options what is asked for
     * @param view what was seen
     * @param staleNodes nodes whose machines a roll has ended
     * @param pods all pods
     * @param budgets all budgets
     */
    static RollPlan plan(
            String cluster,
            RollOptions options,
            RollView view,
            List<String> staleNodes,
            List<PodView> pods,
            List<BudgetView> budgets) {
        return new RollPlanning(cluster, options, view).plan(staleNodes, pods, budgets);
    }

    /** Whether a roll is about a group. */
    static boolean isAbout(RollOptions options, GroupView group) {
        Set<String> parts = options.parts();
        return parts.isEmpty()
                || parts.contains(group.part())
                || (group.etcd() && parts.contains(RollOptions.ETCD))
                || (group.role() == NodeRole.CONTROL_PLANE && parts.contains(RollOptions.CONTROL_PLANE));
    }

    private RollPlan plan(List<String> staleNodes, List<PodView> pods, List<BudgetView> budgets) {
        List<RollMachine> machines = new ArrayList<>();
        view.groups().stream().filter(group -> isAbout(options, group)).forEach(group -> {
            List<RollMachine> here = group.staying().stream()
                    .sorted(Comparator.comparing((MachineView one) -> !one.draining())
                            .thenComparing(MachineView::up))
                    .map(one -> machine(group, one))
                    .toList();
            machines.addAll(here);
            check(group, here.stream().filter(RollMachine::outOfDate).toList());
        });
        Set<String> old = machines.stream()
                .filter(RollMachine::outOfDate)
                .map(RollMachine::instance)
                .collect(Collectors.toSet());
        checkMembers(machines);
        pods.stream().filter(pod -> old.contains(pod.node())).forEach(pod -> check(pod, budgets));
        List<String> unsettled = view.groups().stream()
                .filter(group -> isAbout(options, group)
                        && group.growth().isPresent()
                        && machines.stream()
                                .noneMatch(one -> one.outOfDate() && one.part().equals(group.part())))
                .map(GroupView::part)
                .toList();
        return new RollPlan(cluster, options, machines, unsettled, staleNodes, refusals, remarks);
    }

    private RollMachine machine(GroupView group, MachineView machine) {
        String why = group.outOfDate(machine);
        return new RollMachine(
                group.part(),
                machine.instance(),
                machine.runs().orElse(""),
                group.starts().orElse(""),
                why.isEmpty() && options.also().contains(machine.instance()) ? "it is asked for by its id" : why);
    }

    private void check(GroupView group, List<RollMachine> old) {
        if (group.starts().isEmpty()) {
            refusals.add(
                    group.part()
                            + ": its group does not name one version of a launch template, so nobody can tell what is out of date; plan a repair and apply it first");
        }
        group.staying().stream()
                .filter(one -> one.draining()
                        && group.outOfDate(one).isEmpty()
                        && !options.also().contains(one.instance()))
                .forEach(one -> remarks.add(group.part() + " " + one.instance()
                        + " is up to date and was cordoned by a roll that was cut off: kubectl uncordon "
                        + one.instance()
                        + ", and remove its annotation " + NodeView.MARK));
        if (old.isEmpty()) {
            return;
        }
        group.suspended().stream()
                .filter(PROCESSES::contains)
                .sorted()
                .forEach(process -> refusals.add(
                        group.part() + ": its group's process " + process + " is suspended; resume it first"));
        if (group.etcd()) {
            return;
        }
        int room = Math.min(options.surge(), group.max() - group.size());
        if (group.role() == NodeRole.CONTROL_PLANE && group.size() < 2 && room < 1 && !options.outageAllowed()) {
            refusals.add(
                    group.part() + " " + old.get(0).instance()
                            + ": it is the only machine of the control plane, so the API would be away; let controlPlane.maxSize be 2, or use allowOutage()");
        }
        if (group.role() == NodeRole.NODES
                && room < 1
                && options.maxUnavailable().orElse(1) == 0) {
            refusals.add(
                    group.part()
                            + ": none of its machines may be away, and its largest size leaves no room for another; let maxSize be larger, or use maxUnavailable(1)");
        }
    }

    /** One member may be away only while the others are a quorum. */
    private void checkMembers(List<RollMachine> machines) {
        List<GroupView> members = view.members();
        List<RollMachine> old = machines.stream()
                .filter(machine -> machine.outOfDate()
                        && members.stream().anyMatch(group -> group.part().equals(machine.part())))
                .toList();
        if (old.isEmpty()) {
            return;
        }
        if (members.size() < 3 && !options.outageAllowed()) {
            refusals.add(old.get(0) + ": etcd has " + members.size() + (members.size() == 1 ? " member" : " members")
                    + ", and none may be away, so the API would be; use three members, or allowOutage()");
        }
        for (GroupView group : members) {
            boolean othersGo = old.stream().anyMatch(one -> !one.part().equals(group.part()));
            group.staying().stream()
                    .filter(one -> one.failed() && othersGo)
                    .forEach(one -> refusals.add(group.part() + " " + one.instance() + ": " + one.state()
                            + "; while a member is away no other one may go"));
            if (othersGo && !group.isWhole() && group.staying().stream().noneMatch(MachineView::failed)) {
                remarks.add("other members of etcd wait for " + group.trouble());
            }
        }
    }

    private void check(PodView pod, List<BudgetView> budgets) {
        if (Drain.of(List.of(pod)).evict().isEmpty()) {
            return;
        }
        if (pod.controller().isEmpty() && !options.barePodsLost()) {
            refusals.add("pod " + pod + " on " + pod.node()
                    + " belongs to no controller, so nothing would start it anew; delete it, or use loseBarePods()");
        }
        List<BudgetView> counting =
                budgets.stream().filter(budget -> budget.counts(pod)).toList();
        if (counting.size() > 1) {
            refusals.add("pod " + pod + " on " + pod.node() + " is counted by the PodDisruptionBudgets "
                    + counting.stream().map(BudgetView::name).sorted().collect(Collectors.joining(", "))
                    + ", and Kubernetes evicts no pod with more than one; leave one of them");
        }
        counting.stream()
                .filter(BudgetView::neverAllows)
                .forEach(budget -> refusals.add("pod " + pod + " on " + pod.node() + ": PodDisruptionBudget "
                        + budget.name() + " wants " + budget.desired() + " of " + budget.expected()
                        + " healthy, so it never lets one go; let it allow one, or start more pods"));
    }
}
