package io.k8saws.etcd.retention;

import java.time.Instant;
import java.util.List;

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

    /** A line for each backup. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(kept().size() + " stay, " + deleted().size() + " go");
        decisions.forEach(decision -> text.append('\n').append(decision));
        return text.toString();
    }
}
