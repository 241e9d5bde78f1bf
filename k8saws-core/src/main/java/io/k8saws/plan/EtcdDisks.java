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
     * Finds disks that go, replaced or with their members, when they are more than etcd can lose, in the main cluster or in that for events.
     *
     * @param changes the changes of a plan
     * @param main the number of members of the main cluster once the plan is applied
     * @param events the same of the cluster for events
     * @return the disks that go, in the order of the plan; empty when enough members keep their data, or when a whole cluster is no longer wanted
     */
    static List<Change> beyondQuorum(List<Change> changes, int main, int events) {
        return Stream.concat(beyondQuorum("main", changes, main), beyondQuorum("events", changes, events))
                .toList();
    }

    private static Stream<Change> beyondQuorum(String cluster, List<Change> changes, int members) {
        List<Change> going = changes.stream()
                .filter(change -> isDisk(change, cluster) && goesWithItsData(change))
                .toList();
        // what is created has no data to vote with yet, and what is no longer wanted has
        long created = changes.stream()
                .filter(change -> isDisk(change, cluster) && change.action() == Action.CREATE)
                .count();
        long leaving = disks(going.stream().filter(change -> change.action() == Action.DELETE));
        long today = members - created + leaving;
        return members > 0 && disks(going.stream()) > (today - 1) / 2 ? going.stream() : Stream.empty();
    }

    /** A disk that exists twice, because a run was cut off, counts once. */
    private static long disks(Stream<Change> changes) {
        return changes.map(Change::resource).distinct().count();
    }

    /** A twin that goes has no data that counts. */
    private static boolean goesWithItsData(Change change) {
        return change.action() == Action.REPLACE
                || change.action() == Action.DELETE && change.cause().kind() == Cause.Kind.NO_LONGER_WANTED;
    }

    private static boolean isDisk(Change change, String cluster) {
        Matcher name = NAME.matcher(change.resource().name());
        return change.resource().kind().equals(KIND)
                && name.matches()
                && name.group(1).equals(cluster);
    }
}
