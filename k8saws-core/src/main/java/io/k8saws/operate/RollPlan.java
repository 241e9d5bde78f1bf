package io.k8saws.operate;

import io.k8saws.internal.text.Columns;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a roll would do: which machines are out of date, why, and in which order they are replaced. It changes nothing. Immutable.
 *
 * @param cluster the cluster's name
 * @param options what was asked for
 * @param machines all machines of the groups that were asked for, in the order in which they are looked at: members of etcd, the control plane, pools
 * @param unsettled groups that a roll which was cut off left larger than they should be, and that get their size again
 * @param staleNodes nodes in Kubernetes whose machines a roll has ended and that nobody has removed
 * @param refusals why the roll would not be done; empty when it would
 * @param remarks what is worth knowing and holds nothing up
 */
public record RollPlan(
        String cluster,
        RollOptions options,
        List<RollMachine> machines,
        List<String> unsettled,
        List<String> staleNodes,
        List<String> refusals,
        List<String> remarks) {
    /** Checks that no part is missing, and copies the lists. */
    public RollPlan {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(options, "options");
        machines = List.copyOf(machines);
        unsettled = List.copyOf(unsettled);
        staleNodes = List.copyOf(staleNodes);
        refusals = List.copyOf(refusals);
        remarks = List.copyOf(remarks);
    }

    /**
     * Whether there is nothing to do.
     *
     * @return true when no machine is out of date, and a roll that was cut off has left no larger group and no node without a machine
     */
    public boolean isEmpty() {
        return steps().isEmpty() && unsettled.isEmpty() && staleNodes.isEmpty();
    }

    /**
     * The machines that are replaced, in their order. Machines of pools may go side by side.
     *
     * @return those that are out of date
     */
    public List<RollMachine> steps() {
        return machines.stream().filter(RollMachine::outOfDate).toList();
    }

    /**
     * The instances that are replaced.
     *
     * @return ids
     */
    public Set<String> instances() {
        return steps().stream().map(RollMachine::instance).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Refuses to go on with a plan that would not be done.
     *
     * @return this plan
     * @throws RollRefusedException if there are refusals
     */
    public RollPlan requireAllowed() {
        if (!refusals.isEmpty()) {
            throw new RollRefusedException(this, refusals);
        }
        return this;
    }

    /** Returns a table of the machines, then refusals and remarks. */
    @Override
    public String toString() {
        Columns table = new Columns("", "GROUP", "INSTANCE", "RUNS", "GROUP STARTS", "");
        int number = 0;
        for (RollMachine machine : machines) {
            table.row(
                    machine.outOfDate() ? String.valueOf(++number) : "",
                    machine.part(),
                    machine.instance(),
                    machine.runs(),
                    machine.starts(),
                    machine.outOfDate() ? machine.why() : "up to date");
        }
        String head = "roll " + cluster + ": "
                + (isEmpty()
                        ? "nothing to do"
                        : number + (number == 1 ? " machine" : " machines") + " to replace, drain timeout "
                                + options.drainTimeout().toSeconds() + " s");
        return head + "\n\n" + table
                + unsettled.stream()
                        .map(part -> "\n" + part + " gets its size again")
                        .collect(Collectors.joining())
                + staleNodes.stream()
                        .map(node -> "\nnode " + node + " is removed, its machine is gone")
                        .collect(Collectors.joining())
                + refusals.stream().map(why -> "\nREFUSED: " + why).collect(Collectors.joining())
                + remarks.stream().map(what -> "\nnote: " + what).collect(Collectors.joining());
    }
}
