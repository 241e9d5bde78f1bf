package io.k8saws.etcd.health;

/**
 * Whether enough voting members are well to agree: of n members n/2+1 must (etcd's FAQ, "What is failure tolerance?"). Immutable.
 *
 * @param voters how many members vote
 * @param well how many of them are well
 */
public record QuorumView(int voters, int well) {
    /** Checks the range. */
    public QuorumView {
        if (voters < 0 || well < 0 || well > voters) {
            throw new IllegalArgumentException(
                    "etcd has 0 or more voters, and no more of them are well; got " + well + " of " + voters + ".");
        }
    }

    /**
     * How many must agree.
     *
     * @return a majority of the voters; 1 when there are none
     */
    public int needed() {
        return voters / 2 + 1;
    }

    /**
     * Whether enough are well.
     *
     * @return true when etcd can work
     */
    public boolean holds() {
        return well >= needed();
    }

    /**
     * How many more may fail before etcd stops; below 0 it is how many must come back.
     *
     * @return the margin
     */
    public int margin() {
        return well - needed();
    }

    /**
     * How many may fail when all are well.
     *
     * @return 0 or more
     */
    public int tolerates() {
        return voters == 0 ? 0 : voters - needed();
    }

    /** For example {@code quorum 2 of 3: 3 well, 1 may fail}. */
    @Override
    public String toString() {
        if (voters == 0) {
            return "quorum unknown: no voting member is known";
        }
        return "quorum " + needed() + " of " + voters + ": " + well + " well, "
                + (holds()
                        ? (margin() == 0 ? "none may fail" : margin() + " may fail")
                        : "LOST, " + -margin() + " must come back");
    }
}
