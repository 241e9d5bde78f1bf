package io.k8saws.etcd.internal.seam;

import java.util.List;
import java.util.Optional;

/**
 * What came of changes on condition.
 *
 * @param written whether all were made; otherwise none was
 * @param revision the revision of the store then
 * @param found when none was made, each key as it is
 */
public record WriteAnswer(boolean written, long revision, List<Optional<Entry>> found) {
    /** Copies the list. */
    public WriteAnswer {
        found = List.copyOf(found);
    }
}
