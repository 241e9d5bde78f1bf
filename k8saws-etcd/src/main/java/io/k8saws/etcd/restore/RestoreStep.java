package io.k8saws.etcd.restore;

/**
 * One step of a restore.
 *
 * @param kind what it does
 * @param subject on what: a member, in a set with its etcd as {@code events/etcd-1}, or the API servers
 */
public record RestoreStep(Kind kind, String subject) {
    /** What a step does, in the order in which they come. */
    public enum Kind {
        /** Writes and proves the new data directory beside the old one. Harmless. */
        PREPARE("prepare"),
        /** Stops API servers. */
        FENCE("stop"),
        /** Stops etcd. From here on the old cluster serves no more. */
        STOP("stop etcd of"),
        /** Puts the new directory in the place of the old one, which is kept. */
        SWAP("swap the directory of"),
        /** Starts etcd. */
        START("start etcd of"),
        /** Waits until the member has a leader and answers. */
        AWAIT("wait for"),
        /** Lets API servers start again. */
        RELEASE("release");

        private final String verb;

        Kind(String verb) {
            this.verb = verb;
        }
    }

    /** For example {@code swap the directory of a}. */
    @Override
    public String toString() {
        if (subject.equals(ApiServerFence.NOBODY)) {
            return kind == Kind.FENCE
                    ? "see that all are prepared; there are no API servers to stop"
                    : "see that all are in place; there are no API servers to let in";
        }
        return kind.verb + " " + subject;
    }
}
