package io.k8saws.etcd;

import java.util.List;
import java.util.Objects;

/**
 * All that one revision has changed in the keys that are watched. Immutable.
 *
 * @param clusterId the id of the cluster, 16 hexadecimal digits
 * @param revision the revision
 * @param events at least one
 */
public record KeyEvents(String clusterId, long revision, List<KeyEvent> events) {
    /**
     * A key that was written or deleted.
     *
     * @param key the key; of a deletion its name and revision alone
     * @param deleted whether it was deleted, by somebody or with its lease
     */
    public record KeyEvent(StoredKey key, boolean deleted) {
        /** For example {@code /registry/pods/default/web deleted}. */
        @Override
        public String toString() {
            return deleted ? key.keyText() + " deleted" : key.toString();
        }
    }

    /** Takes what a watch tells. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes the next changes, in the order of their revisions.
         *
         * @param events all that one revision has changed
         * @return whether to go on
         */
        boolean accept(KeyEvents events);
    }

    /** Copies the list. */
    public KeyEvents {
        Objects.requireNonNull(clusterId, "clusterId");
        events = List.copyOf(events);
    }
}
