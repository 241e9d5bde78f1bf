package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.registry.ResourceKey;
import java.util.Optional;
import java.util.function.Function;

/**
 * A key that two snapshots, or a snapshot and a live etcd, do not have alike.
 *
 * @param kind what is different
 * @param before the key in the first snapshot; empty if it was added
 * @param after the key in the second snapshot; empty if it was removed
 */
public record KeyDifference(Kind kind, Optional<KeyRevision> before, Optional<KeyRevision> after) {
    /** What is different. */
    public enum Kind {
        /** Only the second snapshot has the key. */
        ADDED("+"),
        /** Only the first snapshot has the key. */
        REMOVED("-"),
        /** The values are different. */
        CHANGED("~");

        private final String sign;

        Kind(String sign) {
            this.sign = sign;
        }

        /**
         * A sign for lists.
         *
         * @return {@code +}, {@code -} or {@code ~}
         */
        public String sign() {
            return sign;
        }
    }

    /**
     * The key as the newest snapshot that has it knows it.
     *
     * @return the one after, else the one before
     */
    public KeyRevision newest() {
        return after.or(() -> before).orElseThrow();
    }

    /**
     * Which object of Kubernetes it is about.
     *
     * @return the object; empty when the key is none of an API server
     */
    public Optional<ResourceKey> resource() {
        return newest().resource();
    }

    /** For example {@code ~ deployments.apps payments/web, revision 12 -> 40, 812 -> 830 bytes}. */
    @Override
    public String toString() {
        String name = resource().map(ResourceKey::toString).orElseGet(() -> newest().keyText());
        return kind.sign() + " " + name + ", revision "
                + pair(kr -> kr.revision().toString()) + ", " + pair(kr -> Integer.toString(kr.valueSize())) + " bytes";
    }

    private String pair(Function<KeyRevision, String> what) {
        if (before.isPresent() && after.isPresent()) {
            return what.apply(before.get()) + " -> " + what.apply(after.get());
        }
        return what.apply(newest());
    }
}
