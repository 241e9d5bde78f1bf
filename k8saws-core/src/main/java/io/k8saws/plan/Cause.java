package io.k8saws.plan;

import java.util.Objects;

/**
 * Why a plan holds a {@link Change}.
 *
 * @param kind the class of reason, for programs
 * @param detail the reason in words, for people: the path in the spec, the resource that pulls this one along, or what was seen
 */
public record Cause(Kind kind, String detail) {
    /** Checks that nothing is null. */
    public Cause {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    /** The classes of reasons. A minor release may add one: treat an unknown constant as {@link #SPEC}. */
    public enum Kind {
        /** The spec asks for it, or asks for something else than before. */
        SPEC("spec"),
        /** The spec is the same as at the last apply; the resource was changed or removed outside of k8saws. */
        DRIFT("drift"),
        /** A resource that this one is bound to changes. */
        DEPENDENCY("follows"),
        /** The spec no longer asks for it. */
        NO_LONGER_WANTED("no longer wanted"),
        /** The same resource exists twice, after a run that was cut off; the younger one goes. */
        DUPLICATE("duplicate"),
        /** The cluster is being destroyed. */
        DESTROY("destroy");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /**
         * The kind as printed plans say it.
         *
         * @return one or a few lower-case words
         */
        public String words() {
            return words;
        }
    }

    @Override
    public String toString() {
        return detail.isEmpty() ? kind.words() : kind.words() + ": " + detail;
    }
}
