package io.k8saws.internal.engine;

import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.plan.Action;
import io.k8saws.plan.Change;
import io.k8saws.plan.ResourceAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The differences between what is wanted and what was observed, with all that is needed to carry them out.
 *
 * @param entries one entry a change, each after those it waits for
 * @param unchanged how many wanted resources are as they should be
 * @param world what was observed
 */
record Draft(List<Entry> entries, int unchanged, World world) {
    Draft {
        entries = List.copyOf(entries);
    }

    /**
     * One change and its two sides.
     *
     * @param change the change as the plan shows it
     * @param kind the kind that carries it out
     * @param wanted the wanted resource; empty for a deletion
     * @param observed the resource as it is; empty for a creation
     */
    record Entry(Change change, ResourceKind<?> kind, Optional<Resource> wanted, Optional<Observed<?>> observed) {
        ResourceAddress address() {
            return change.resource();
        }

        Action action() {
            return change.action();
        }

        Set<String> fields() {
            return change.fields().stream().map(field -> field.field()).collect(Collectors.toSet());
        }
    }

    List<Change> changes() {
        return entries.stream().map(Entry::change).toList();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }
}
