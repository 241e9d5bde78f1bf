package io.k8saws.etcd.delta;

import java.time.Instant;
import java.util.List;

/**
 * All that one revision has changed. A watch can tell a transaction in several answers: put them together first.
 *
 * @param revision the main revision
 * @param seenAt when it was seen, by the clock of the one that watches; to the millisecond
 * @param changes in the order in which the watch tells them, at least one
 */
public record Transaction(long revision, Instant seenAt, List<KeyChange> changes) {
    /** Copies the list. */
    public Transaction {
        changes = List.copyOf(changes);
        if (revision < 1 || changes.isEmpty()) {
            throw new IllegalArgumentException("Take down revision " + revision + " with " + changes.size()
                    + " changes: a transaction has a revision of 1 or more and at least one change.");
        }
    }
}
