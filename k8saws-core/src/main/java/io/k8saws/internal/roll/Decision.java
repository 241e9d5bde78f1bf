package io.k8saws.internal.roll;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.internal.resource.LiveGroups.Growth;
import io.k8saws.operate.RollOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What may be done next, and what is waited for. A function of what was just seen: nothing is remembered from one decision to the next, so a run that is cut off anywhere is
 * gone on with by the next one.
 *
 * <p>Members of etcd come first, one at a time, each only while all others work and the API reaches a quorum; then the control plane, one at a time, each only while all others
 * work; then pools, side by side. A kind comes when the one before it is done and works.
 *
 * @param acts what to do
 * @param waits what is waited for, in words
 */
record Decision(List<Act> acts, List<String> waits) {
    Decision {
        acts = List.copyOf(acts);
        waits = List.copyOf(waits);
    }

    /** A step that may be taken. */
    sealed interface Act {
        /**
         * Lets the pods of a machine leave, and ends it when they have.
         *
         * @param part its group
         * @param instance its id
         * @param shrink whether the group shall have one machine less afterwards
         */
        record Replace(String part, String instance, boolean shrink) implements Act {}

        /**
         * Lets a group grow.
         *
         * @param part the group
         * @param growth from which size, and by how many machines
         */
        record Grow(String part, Growth growth) implements Act {}

        /**
         * Gives a group its size again.
         *
         * @param part the group
         * @param before how large it shall be
         */
        record Settle(String part, int before) implements Act {}
    }

    /** Whether there is nothing to do and nothing to wait for. */
    boolean isDone() {
        return acts.isEmpty() && waits.isEmpty();
    }

    /**
     * Decides.
     *
     * @param view what was just seen
     * @param targets the instances to replace, of whatever groups
     * @param parts the groups to bring to rest
     * @param options how carefully
     */
    static Decision of(RollView view, Set<String> targets, Set<String> parts, RollOptions options) {
        return new Deciding(view, targets, parts, options).decide();
    }

    /** One decision in the making. */
    private static final class Deciding {
        private static final Comparator<MachineView> BEGUN_FIRST =
                Comparator.comparing((MachineView one) -> !one.draining()).thenComparing(MachineView::up);

        private final RollView view;
        private final Set<String> targets;
        private final Set<String> parts;
        private final RollOptions options;
        private final List<Act> acts = new ArrayList<>();
        private final List<String> waits = new ArrayList<>();

        Deciding(RollView view, Set<String> targets, Set<String> parts, RollOptions options) {
            this.view = view;
            this.targets = targets;
            this.parts = parts;
            this.options = options;
        }

        Decision decide() {
            if (view.api().isPresent()) {
                return new Decision(
                        List.of(), List.of("the API to answer: " + view.api().get()));
            }
            members();
            if (acts.isEmpty() && waits.isEmpty()) {
                groups(group -> !group.etcd() && group.role() == NodeRole.CONTROL_PLANE)
                        .forEach(this::controlPlane);
            }
            if (acts.isEmpty() && waits.isEmpty()) {
                groups(group -> group.role() == NodeRole.NODES).forEach(this::pool);
            }
            return new Decision(acts, waits);
        }

        private List<GroupView> groups(Predicate<GroupView> kind) {
            return view.groups().stream()
                    .filter(kind)
                    .filter(group -> parts.contains(group.part()))
                    .toList();
        }

        /** The machines of a group that are to go and still run, those that a roll has begun with first. */
        private List<MachineView> old(GroupView group) {
            return group.staying().stream()
                    .filter(one -> targets.contains(one.instance()))
                    .sorted(BEGUN_FIRST)
                    .toList();
        }

        private void members() {
            List<GroupView> members = view.members();
            List<GroupView> due = members.stream()
                    .filter(group -> parts.contains(group.part()) && !old(group).isEmpty())
                    .sorted(Comparator.comparing((GroupView group) -> old(group).get(0), BEGUN_FIRST))
                    .toList();
            if (due.isEmpty()) {
                groups(GroupView::etcd).stream()
                        .filter(group -> !group.isWhole())
                        .forEach(group -> waits.add(group.trouble()));
                return;
            }
            GroupView next = due.get(0);
            List<String> others = members.stream()
                    .filter(group -> !group.part().equals(next.part()) && !group.isWhole())
                    .map(GroupView::trouble)
                    .toList();
            if (!others.isEmpty()) {
                others.forEach(trouble -> waits.add(next.part() + " waits for " + trouble));
            } else if (view.quorum().isPresent()) {
                waits.add(next.part() + " waits for etcd: " + view.quorum().get());
            } else if (members.size() < 3 && !options.outageAllowed()) {
                waits.add(next.part() + " waits: of " + members.size() + " members none may be away");
            } else {
                acts.add(new Act.Replace(next.part(), old(next).get(0).instance(), false));
            }
        }

        private void controlPlane(GroupView group) {
            List<MachineView> old = old(group);
            if (old.isEmpty()) {
                rest(group);
                return;
            }
            if (grows(group, old.size())) {
                return;
            }
            MachineView next = old.get(0);
            GroupView others = group.without(next);
            if (!others.isWhole()) {
                waits.add(group.part() + " " + next.instance() + " waits for " + others.trouble());
            } else if (others.staying().isEmpty() && !options.outageAllowed()) {
                waits.add(group.part() + " waits: its only machine may not be away");
            } else {
                replace(group, next, old.size());
            }
        }

        private void pool(GroupView group) {
            List<MachineView> old = old(group);
            if (old.isEmpty()) {
                rest(group);
                return;
            }
            if (grows(group, old.size())) {
                return;
            }
            int budget = options.maxUnavailable().orElse(group.surplus() > 0 ? 0 : 1);
            int available = (int) group.staying().stream()
                    .filter(one -> one.up() && !one.draining())
                    .count();
            int away = (int) old.stream().filter(MachineView::draining).count()
                    + Math.max(0, group.desired() - group.staying().size());
            int left = old.size();
            for (MachineView machine : old) {
                boolean free = machine.up()
                        ? available - 1 >= group.size() - budget
                        : away < Math.max(1, budget + group.surplus());
                if (machine.draining()) {
                    replace(group, machine, left--);
                } else if (free) {
                    replace(group, machine, left--);
                    available -= machine.up() ? 1 : 0;
                    away++;
                }
            }
            if (acts.isEmpty()) {
                waits.add(
                        group.isWhole()
                                ? group.part()
                                        + " waits: none of its machines may be away, and it has no room for another"
                                : group.part() + " waits for " + group.trouble());
            }
        }

        private void replace(GroupView group, MachineView machine, int left) {
            boolean shrink = left <= group.surplus() && group.desired() > group.min();
            acts.add(new Act.Replace(group.part(), machine.instance(), shrink));
        }

        /** A group grows first, as far as it has room, by no more machines than are old. */
        private boolean grows(GroupView group, int old) {
            int by = Math.min(Math.min(options.surge(), old), group.max() - group.size());
            if (by <= group.surplus()) {
                return false;
            }
            acts.add(new Act.Grow(group.part(), new Growth(group.size(), by)));
            return true;
        }

        /** A group without old machines gets its size again, and shall be whole. */
        private void rest(GroupView group) {
            if (group.growth().isPresent()) {
                acts.add(new Act.Settle(group.part(), group.size()));
            } else if (!group.isWhole()) {
                waits.add(group.trouble());
            }
        }
    }
}
