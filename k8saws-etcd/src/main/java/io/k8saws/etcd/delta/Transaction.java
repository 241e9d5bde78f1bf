package io.k8saws.etcd.delta;

import io.k8saws.etcd.internal.digest.Sha256;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
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

    /**
     * Tells two histories apart that have the same number: what one revision has put is another thing in each.
     *
     * @return as {@link #fingerprint(List)} of its changes
     */
    public String fingerprint() {
        return fingerprint(changes);
    }

    /**
     * The SHA-256 of what one revision has put: keys, values, numbers and leases, in the order of the keys. Deletions do not count, as a compaction at the very revision forgets them, and neither does the
     * row without a key that a restore with {@code --bump-revision} adds.
     *
     * @param changes what the revision has changed; that of a revision without puts is the SHA-256 of nothing
     * @return in hexadecimal digits
     */
    public static String fingerprint(List<KeyChange> changes) {
        MessageDigest digest = Sha256.digest();
        changes.stream()
                .filter(change -> !change.deleted() && change.hasKey())
                .sorted(KeyChange::byKey)
                .forEach(change -> change.digestTo(digest));
        return HexFormat.of().formatHex(digest.digest());
    }
}
