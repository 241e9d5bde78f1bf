package io.k8saws.dns.plan;

import io.k8saws.dns.record.DnsName;
import java.util.List;
import java.util.Objects;

/**
 * What happens to a name in a zone: all of it, or nothing. So a record never stands without its mark, and a change of type or policy is never half done. Immutable.
 *
 * @param name the name
 * @param changes of its record sets and their marks
 * @param causes the objects that want it; empty when nobody does any more
 * @param findings what is in the way
 */
public record NamePlan(DnsName name, List<SetChange> changes, List<String> causes, List<Finding> findings) {
    /** Copies the lists. */
    public NamePlan {
        Objects.requireNonNull(name, "name");
        changes = List.copyOf(changes);
        causes = List.copyOf(causes);
        findings = List.copyOf(findings);
    }

    /**
     * Whether nothing happens.
     *
     * @return whether there is no change
     */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * Whether the name goes: records are deleted, and none comes.
     *
     * @return whether nobody finds it any more
     */
    public boolean isDeletion() {
        return !changes.isEmpty()
                && changes.stream().allMatch(change -> change.after().isEmpty());
    }

    /**
     * How many of the 1,000 values of a batch it takes.
     *
     * @return 0 or more
     */
    public int elements() {
        return changes.stream().mapToInt(SetChange::elements).sum();
    }

    /**
     * How many of the 32,000 characters of a batch it takes.
     *
     * @return 0 or more
     */
    public int characters() {
        return changes.stream().mapToInt(SetChange::characters).sum();
    }
}
