package io.k8saws.etcd.retention;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What stays and what goes. A value: nothing is deleted by it.
 *
 * @param decisions one for each backup, newest first
 */
public record PrunePlan(List<Decision> decisions) {
    /**
     * What becomes of one backup.
     *
     * @param id the backup
     * @param taken when it was taken
     * @param keep whether it stays
     * @param reason why, as a clause
     */
    public record Decision(String id, Instant taken, boolean keep, String reason) {
        @Override
        public String toString() {
            return (keep ? "  keep   " : "- delete ") + id + ": " + reason;
        }
    }

    /** Makes a copy of the list. */
    public PrunePlan {
        decisions = List.copyOf(decisions);
    }

    /**
     * What goes.
     *
     * @return ids, newest first
     */
    public List<String> deleted() {
        return decisions.stream()
                .filter(decision -> !decision.keep())
                .map(Decision::id)
                .toList();
    }

    /**
     * What stays.
     *
     * @return ids, newest first
     */
    public List<String> kept() {
        return decisions.stream().filter(Decision::keep).map(Decision::id).toList();
    }

    /**
     * Looks at the plan again when it is old: backups may have been damaged since, or have come to need others.
     *
     * @param now what there is by now
     * @return of those that should go, those that must not any more, each with the reason as a clause
     */
    public Map<String, String> neededNow(List<StoredBackup> now) {
        Set<String> deleted = Set.copyOf(deleted());
        Map<String, String> reasons = new LinkedHashMap<>();
        now.stream()
                .collect(Collectors.groupingBy(StoredBackup::line, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(line -> line.stream()
                        .filter(StoredBackup::good)
                        .max(Comparator.comparing(StoredBackup::taken).thenComparing(StoredBackup::id))
                        .ifPresent(newest -> reasons.put(newest.id(), "the newest that counts")));
        for (StoredBackup backup : now) {
            if (backup.doubted()) {
                reasons.putIfAbsent(backup.id(), RetentionPolicy.DOUBTED);
            } else if (!deleted.contains(backup.id())) {
                reasons.putIfAbsent(backup.id(), "it stays");
            }
        }
        RetentionPolicy.keepBases(now, reasons);
        reasons.keySet().retainAll(deleted);
        return reasons;
    }

    /** A line for each backup. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(kept().size() + " stay, " + deleted().size() + " go");
        decisions.forEach(decision -> text.append('\n').append(decision));
        return text.toString();
    }
}
