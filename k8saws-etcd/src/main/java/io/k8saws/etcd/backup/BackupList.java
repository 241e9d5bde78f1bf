package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Optional;

/**
 * The backups of a cluster that are in a store.
 *
 * @param all those whose manifest can be read, oldest first
 * @param unreadable those whose manifest or object is damaged or gone, with the reason
 * @param unreadableProofs single proofs that are damaged, or of a level that is not known here; their backups are in {@code all}, without them
 */
public record BackupList(List<Backup> all, List<Unreadable> unreadable, List<Unreadable> unreadableProofs) {
    /**
     * A backup, or a proof, that cannot be used.
     *
     * @param directory where it lies; for a proof its key
     * @param why what is wrong
     */
    public record Unreadable(String directory, String why) {
        /** For example {@code payments/main/20261127T042827Z-b04bd55d/: its object is gone}. */
        @Override
        public String toString() {
            return directory + ": " + why;
        }
    }

    /** Makes copies of the lists. */
    public BackupList {
        all = List.copyOf(all);
        unreadable = List.copyOf(unreadable);
        unreadableProofs = List.copyOf(unreadableProofs);
    }

    /**
     * Those that count.
     *
     * @return oldest first
     */
    public List<Backup> good() {
        return all.stream().filter(Backup::counts).toList();
    }

    /**
     * The newest one of an etcd that counts.
     *
     * @param etcd for example {@code main}
     * @return the backup, or empty
     */
    public Optional<Backup> latestGood(String etcd) {
        return good().stream()
                .filter(backup -> backup.manifest().etcd().equals(etcd))
                .reduce((earlier, later) -> later);
    }

    /** How many there are and how many count, then a line for each, those that cannot be read last. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(all.size() + " backups, " + good().size() + " count"
                + (unreadable.isEmpty() ? "" : ", " + unreadable.size() + " cannot be read")
                + (unreadableProofs.isEmpty() ? "" : ", " + unreadableProofs.size() + " proofs cannot be read"));
        all.forEach(backup -> text.append("\n  ").append(backup));
        unreadable.forEach(one -> text.append("\n! ").append(one));
        unreadableProofs.forEach(one -> text.append("\n! proof ").append(one));
        return text.toString();
    }
}
