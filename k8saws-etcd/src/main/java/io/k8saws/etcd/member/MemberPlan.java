package io.k8saws.etcd.member;

import io.k8saws.etcd.internal.text.Table;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What would be done with the members of an etcd, in which order, and what speaks against it. It changes nothing. Immutable.
 *
 * @param task what shall come about, for example {@code defragment}
 * @param clusterId the id of the cluster
 * @param steps the steps, in their order
 * @param refusals why it would not be done now; empty when it would
 * @param remarks what is worth knowing and holds nothing up
 */
public record MemberPlan(
        String task, String clusterId, List<MemberStep> steps, List<String> refusals, List<String> remarks) {
    /** Checks that no part is missing, and copies the lists. */
    public MemberPlan {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(clusterId, "clusterId");
        steps = List.copyOf(steps);
        refusals = List.copyOf(refusals);
        remarks = List.copyOf(remarks);
    }

    /**
     * Whether there is nothing to do.
     *
     * @return true without a step
     */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /**
     * Refuses to go on with a plan that would not be done.
     *
     * @return this plan
     * @throws MembersRefusedException if there are refusals
     */
    public MemberPlan requireAllowed() {
        if (!refusals.isEmpty()) {
            throw new MembersRefusedException(this, refusals);
        }
        return this;
    }

    /** Returns the steps as a table, then refusals and remarks. */
    @Override
    public String toString() {
        Table table = new Table("", "STEP", "MEMBER", "ID", "");
        int number = 0;
        for (MemberStep step : steps) {
            table.row(
                    String.valueOf(++number),
                    step.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    step.member(),
                    step.memberId(),
                    step.why());
        }
        return task + ", etcd " + clusterId + ": "
                + (isEmpty() ? "nothing to do" : number + (number == 1 ? " step" : " steps")) + "\n"
                + (isEmpty() ? "" : "\n" + table)
                + refusals.stream().map(why -> "\nREFUSED: " + why).collect(Collectors.joining())
                + remarks.stream().map(what -> "\nnote: " + what).collect(Collectors.joining());
    }
}
