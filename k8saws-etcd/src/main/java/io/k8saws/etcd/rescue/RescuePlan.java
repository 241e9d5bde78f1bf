package io.k8saws.etcd.rescue;

import io.k8saws.plan.Action;
import io.k8saws.plan.Risk;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a rescue would do, key by key. Making one has only read. Immutable; equal plans do the same.
 *
 * @param snapshot the name of the snapshot's file
 * @param fingerprint what tells the snapshot from any other, {@link io.k8saws.etcd.snapshot.SnapshotFile#fingerprint()}
 * @param clusterId the id of the live cluster, 16 hexadecimal digits
 * @param source the revision of the snapshot that is taken
 * @param live the revision at which the live keys were read
 * @param selection what was chosen
 * @param changes in the order in which they are made: namespaces, definitions of custom resources, owners before what they own, deletions last
 * @param unchanged how many chosen keys have the same value in both
 * @param leftOut chosen keys that are not written, and those that are not deleted because API servers keep them for themselves
 * @param caveats what Kubernetes may make of it
 */
public record RescuePlan(
        String snapshot,
        String fingerprint,
        String clusterId,
        long source,
        long live,
        Selection selection,
        List<RescueChange> changes,
        long unchanged,
        List<LeftOut> leftOut,
        List<String> caveats) {
    private static final int MOST_LINES = 200;
    private static final int MOST_NAMES = 3;

    /**
     * A chosen key that is not written.
     *
     * @param key the key
     * @param refused true when it would do harm; false when it would be of no use
     * @param reason why, with what to do
     */
    public record LeftOut(String key, boolean refused, String reason) {}

    /** Copies the lists. */
    public RescuePlan {
        changes = List.copyOf(changes);
        leftOut = List.copyOf(leftOut);
        caveats = List.copyOf(caveats);
    }

    /**
     * Whether nothing would be done.
     *
     * @return true when there is no change
     */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * The highest risk of all changes.
     *
     * @return {@code SAFE} when there is none
     */
    public Risk risk() {
        return changes.stream().map(RescueChange::risk).max(Risk::compareTo).orElse(Risk.SAFE);
    }

    /**
     * The changes of a kind.
     *
     * @param action which
     * @return in the order of the plan
     */
    public List<RescueChange> with(Action action) {
        return changes.stream().filter(change -> change.action() == action).toList();
    }

    /**
     * The chosen keys that are refused.
     *
     * @return with the reasons
     */
    public List<LeftOut> refused() {
        return leftOut.stream().filter(LeftOut::refused).toList();
    }

    /** A headline, a line for each change, what is left out by its reason, and the caveats. Long plans are cut at 200 changes. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Rescue " + selection + " from " + snapshot + " at revision " + source
                + " into etcd " + clusterId + ": " + with(Action.CREATE).size() + " create, "
                + with(Action.REPLACE).size() + " replace, "
                + with(Action.DELETE).size() + " delete, " + unchanged + " unchanged, " + leftOut.size() + " left out"
                + (risk() == Risk.SAFE ? "" : ", risk " + risk()));
        changes.stream().limit(MOST_LINES).forEach(change -> text.append("\n  ").append(change));
        if (changes.size() > MOST_LINES) {
            text.append("\n  and ").append(changes.size() - MOST_LINES).append(" more");
        }
        Map<String, List<LeftOut>> reasons = leftOut.stream()
                .collect(Collectors.groupingBy(
                        one -> (one.refused() ? "refused: " : "left out: ") + one.reason(),
                        TreeMap::new,
                        Collectors.toList()));
        reasons.forEach((reason, keys) -> text.append("\n  ! ")
                .append(keys.size())
                .append(' ')
                .append(reason)
                .append(" (")
                .append(keys.stream().limit(MOST_NAMES).map(LeftOut::key).collect(Collectors.joining(", ")))
                .append(keys.size() > MOST_NAMES ? ", ...)" : ")"));
        caveats.forEach(caveat -> text.append("\n  note: ").append(caveat));
        return text.toString();
    }
}
