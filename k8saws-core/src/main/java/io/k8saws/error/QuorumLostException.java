package io.k8saws.error;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fewer voting members of etcd answer than must agree. Nothing can be written, and nothing read for sure. Members that come back bring it back; when they cannot, see the plan of a recovery.
 */
public final class QuorumLostException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final int voters;
    private final int healthy;

    @SuppressWarnings("serial") // always an unmodifiable list of the JDK, which is serializable
    private final List<String> missing;

    /**
     * Creates an exception.
     *
     * @param tried what was tried
     * @param clusterId the id of the cluster; empty when no member told it
     * @param voters how many members vote
     * @param healthy how many of them answer and see a leader
     * @param missing the others, each with its reason
     */
    public QuorumLostException(String tried, String clusterId, int voters, int healthy, List<String> missing) {
        super(
                tried,
                healthy + " of " + voters + " voting members are well, and " + (voters / 2 + 1) + " must agree"
                        + (missing.isEmpty() ? "" : ": " + String.join("; ", missing)),
                "start the members that are away, with the data that they have; docs/etcd.md says what to do when that cannot be",
                context(clusterId, voters, healthy),
                null);
        this.voters = voters;
        this.healthy = healthy;
        this.missing = List.copyOf(missing);
    }

    private static Map<String, String> context(String clusterId, int voters, int healthy) {
        Map<String, String> context = new LinkedHashMap<>();
        if (!clusterId.isEmpty()) {
            context.put("cluster", clusterId);
        }
        context.put("voters", String.valueOf(voters));
        context.put("well", String.valueOf(healthy));
        return context;
    }

    /**
     * How many members vote.
     *
     * @return 0 when no member told
     */
    public int voters() {
        return voters;
    }

    /**
     * How many voting members answer and see a leader.
     *
     * @return less than a majority
     */
    public int healthy() {
        return healthy;
    }

    /**
     * The members that are not well, each with its reason.
     *
     * @return a line each
     */
    public List<String> missing() {
        return missing;
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
