package io.k8saws.plan;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The disks of etcd members among the changes of a plan. Members and their disks are numbered: {@code volume/etcd-main-1} is the first member's. */
final class EtcdDisks {
    private static final String KIND = "volume";
    private static final Pattern NAME = Pattern.compile("etcd-(main|events)-[0-9]+");

    private EtcdDisks() {}

    /**
     * Finds replacements of disks that are more than etcd can lose, in the main cluster or in that for events.
     *
     * @param changes the changes of a plan
     * @param members the number of members once the plan is applied
     * @return the replacements in the order of the plan; empty when enough members keep their data
     */
    static List<Change> beyondQuorum(List<Change> changes, int members) {
        return Stream.of("main", "events")
                .flatMap(cluster -> beyondQuorum(cluster, changes, members))
                .toList();
    }

    private static Stream<Change> beyondQuorum(String cluster, List<Change> changes, int members) {
        List<Change> replaced = of(cluster, Action.REPLACE, changes).toList();
        // what is created has no data to vote with yet, and what is no longer wanted has
        long today = members
                - of(cluster, Action.CREATE, changes).count()
                + of(cluster, Action.DELETE, changes)
                        .filter(change -> change.cause().kind() == Cause.Kind.NO_LONGER_WANTED)
                        .count();
        return replaced.size() > (today - 1) / 2 ? replaced.stream() : Stream.empty();
    }

    private static Stream<Change> of(String cluster, Action action, List<Change> changes) {
        return changes.stream().filter(change -> {
            Matcher name = NAME.matcher(change.resource().name());
            return change.action() == action
                    && change.resource().kind().equals(KIND)
                    && name.matches()
                    && name.group(1).equals(cluster);
        });
    }
}
