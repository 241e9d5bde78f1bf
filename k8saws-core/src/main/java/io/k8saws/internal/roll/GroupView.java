package io.k8saws.internal.roll;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.internal.resource.LiveGroups.Growth;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A group of machines as it is now.
 *
 * @param part its name in the bucket
 * @param role what its machines are
 * @param etcd whether they are members of etcd, too
 * @param min its smallest size
 * @param max its largest size
 * @param desired how many machines it should have
 * @param growth how a roll let it grow; empty when none has
 * @param starts the template's version that it starts machines from; empty when that cannot be told
 * @param types the instance types that it may start; empty when the template names it
 * @param suspended its suspended processes
 * @param machines its machines
 */
record GroupView(
        String part,
        NodeRole role,
        boolean etcd,
        int min,
        int max,
        int desired,
        Optional<Growth> growth,
        Optional<String> starts,
        Set<String> types,
        Set<String> suspended,
        List<MachineView> machines) {
    GroupView {
        types = Set.copyOf(types);
        suspended = Set.copyOf(suspended);
        machines = List.copyOf(machines);
    }

    /** Those that do not end. */
    List<MachineView> staying() {
        return machines.stream().filter(one -> !one.leaving()).toList();
    }

    /** How many machines it should have if no roll let it be larger. Autoscalers may have changed the size since it grew. */
    int size() {
        int size = growth.map(grown -> desired > grown.before() + grown.by()
                        ? desired - grown.by()
                        : Math.min(grown.before(), desired))
                .orElse(desired);
        return Math.max(min, size);
    }

    /** How many machines more it has than it should have without a roll. */
    int surplus() {
        return Math.max(0, desired - size());
    }

    /** The group without one of its machines and without need of it. */
    GroupView without(MachineView machine) {
        return new GroupView(
                part,
                role,
                etcd,
                min,
                max,
                desired - 1,
                growth,
                starts,
                types,
                suspended,
                machines.stream().filter(one -> !one.equals(machine)).toList());
    }

    /** Whether it has all of its machines, and all do their work. */
    boolean isWhole() {
        return staying().size() >= desired && staying().stream().allMatch(one -> one.up() && !one.draining());
    }

    /** Why a machine is out of date; empty when it is not. */
    String outOfDate(MachineView machine) {
        if (starts.isEmpty()) {
            return "";
        }
        if (!machine.runs().equals(starts)) {
            return machine.runs().isEmpty() ? "it came from no launch template" : "its launch template has changed";
        }
        return types.isEmpty() || types.contains(machine.type())
                ? ""
                : "its group no longer starts machines of type " + machine.type();
    }

    /** What is missing, in a few words. */
    String trouble() {
        for (MachineView machine : staying()) {
            if (!machine.up() || machine.draining()) {
                return part + " " + machine.instance() + ": " + (machine.draining() ? "drains" : machine.state());
            }
        }
        return part + ": its group has " + staying().size() + " of " + desired + " machines";
    }
}
