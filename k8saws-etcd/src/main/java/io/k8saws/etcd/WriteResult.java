package io.k8saws.etcd;

import io.k8saws.etcd.internal.seam.WriteAnswer;
import java.util.List;
import java.util.Optional;

/**
 * What came of a transaction.
 *
 * @param written whether all was written; otherwise nothing was
 * @param revision the revision of the change; when nothing was written, that at which the keys were looked at
 * @param found when nothing was written, each key as it is, in the order of the writes; empty for one that is not there
 */
public record WriteResult(boolean written, long revision, List<Optional<StoredKey>> found) {
    /** Copies the list. */
    public WriteResult {
        found = List.copyOf(found);
    }

    static WriteResult of(WriteAnswer answer) {
        return new WriteResult(
                answer.written(),
                answer.revision(),
                answer.found().stream().map(entry -> entry.map(StoredKey::new)).toList());
    }
}
