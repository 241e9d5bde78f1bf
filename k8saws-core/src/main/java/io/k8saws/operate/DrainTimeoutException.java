package io.k8saws.operate;

import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The pods of a node did not leave it in time. Its machine still runs, and the node may be given pods again, unless it was cordoned before. */
public final class DrainTimeoutException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final String node;
    private final transient List<HeldPod> pods;

    /**
     * Made by a roll.
     *
     * @param machine the node's machine
     * @param timeout how long its pods had
     * @param pods those that are left
     */
    public DrainTimeoutException(RollMachine machine, Duration timeout, List<HeldPod> pods) {
        super(
                "Drain node " + machine.instance() + " of " + machine.part(),
                "after " + timeout.toSeconds() + " s it still has "
                        + pods.stream().map(HeldPod::toString).collect(Collectors.joining("; ")),
                "see that the pods that their budgets count become ready, let the budgets allow a disruption, or give more time with drainTimeout",
                Map.of("node", machine.instance()),
                null);
        this.node = machine.instance();
        this.pods = List.copyOf(pods);
    }

    /**
     * The node.
     *
     * @return its name, which is its instance's id
     */
    public String node() {
        return node;
    }

    /**
     * What is left on it.
     *
     * @return at least one pod
     */
    public List<HeldPod> pods() {
        return pods;
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
