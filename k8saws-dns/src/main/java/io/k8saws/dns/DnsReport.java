package io.k8saws.dns;

import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.plan.NameResult.State;
import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an apply did. Immutable.
 *
 * @param owner whose names
 * @param results what became of each name that was to change
 * @param changeIds the last change of each zone that was changed; Route 53 tells by it how far it is spread
 */
public record DnsReport(String owner, List<NameResult> results, List<String> changeIds) {
    /** Copies the lists. */
    public DnsReport {
        Objects.requireNonNull(owner, "owner");
        results = List.copyOf(results);
        changeIds = List.copyOf(changeIds);
    }

    /**
     * The names that have come to a state.
     *
     * @param state the state
     * @return in the order in which they came to it
     */
    public List<NameResult> with(State state) {
        return results.stream().filter(one -> one.state() == state).toList();
    }

    /**
     * Demands that all is done.
     *
     * @return this report
     * @throws K8sAwsException if a name failed or is not known; it names some of them
     */
    public DnsReport requireDone() {
        List<NameResult> others =
                results.stream().filter(one -> one.state() != State.DONE).toList();
        if (!others.isEmpty()) {
            throw new K8sAwsException(
                    "Change names of owner " + owner,
                    others.size() + " of " + results.size() + " are not changed: "
                            + others.stream().limit(5).map(NameResult::toString).toList(),
                    "mend what is named, then plan and apply again: what is done stays done",
                    Map.of("owner", owner),
                    null);
        }
        return this;
    }

    /** A headline with counts, and what is not done. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("DNS of owner " + owner + ": "
                + with(State.DONE).size() + " done, " + with(State.FAILED).size() + " failed, "
                + with(State.UNKNOWN).size() + " unknown");
        results.stream().filter(one -> one.state() != State.DONE).forEach(one -> text.append("\n  ")
                .append(one));
        return text.toString();
    }
}
