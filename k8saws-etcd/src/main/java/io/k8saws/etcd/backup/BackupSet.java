package io.k8saws.etcd.backup;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Backups of several etcds of one cluster that belong together.
 *
 * @param id the set's id; begins with its time
 * @param parts the etcds that it should have
 * @param backups those that are there
 */
public record BackupSet(String id, List<String> parts, List<Backup> backups) {
    /** Makes copies of the lists, the backups in the order of the parts. */
    public BackupSet {
        List<String> order = List.copyOf(parts);
        parts = order;
        backups = backups.stream()
                .sorted(Comparator.comparing(
                        backup -> order.indexOf(backup.manifest().etcd())))
                .toList();
    }

    /**
     * The backup of one etcd.
     *
     * @param etcd for example {@code events}
     * @return the backup, or empty if it is not there
     */
    public Optional<Backup> of(String etcd) {
        return backups.stream()
                .filter(backup -> backup.manifest().etcd().equals(etcd))
                .findFirst();
    }

    /**
     * Whether all of it is there, once, and counts, and all of it says the same of which etcds the set has.
     *
     * @return false for a set that must not be restored as one
     */
    public boolean counts() {
        return !parts.isEmpty()
                && backups.size() == parts.size()
                && backups.stream().allMatch(backup -> backup.manifest().setOf().equals(parts))
                && parts.stream()
                        .allMatch(part -> of(part).filter(Backup::counts).isPresent());
    }

    /** Its id and what it should have, then a line for each etcd. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                "set " + id + " of " + String.join(", ", parts) + (counts() ? "" : ", does not count"));
        backups.forEach(backup -> text.append("\n  ").append(backup));
        parts.stream()
                .filter(part -> of(part).isEmpty())
                .forEach(part -> text.append("\n! ").append(part).append(" is not there"));
        return text.toString();
    }
}
