package io.k8saws.internal.engine;

import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.plan.Action;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.ResourceAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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

    /** One change and its two sides. Compared by identity: a change is told apart by where it stands, not by what it says. */
    static final class Entry {
        private final Change change;
        private final ResourceKind<?> kind;
        private final Optional<Resource> wanted;
        private final Optional<Observed<?>> observed;

        /**
         * Makes an entry.
         *
         * @param change the change as the plan shows it
         * @param kind the kind that carries it out
         * @param wanted the wanted resource; empty for a deletion
         * @param observed the resource as it is; empty for a creation
         */
        Entry(Change change, ResourceKind<?> kind, Optional<Resource> wanted, Optional<Observed<?>> observed) {
            this.change = change;
            this.kind = kind;
            this.wanted = wanted;
            this.observed = observed;
        }

        Change change() {
            return change;
        }

        ResourceKind<?> kind() {
            return kind;
        }

        Optional<Resource> wanted() {
            return wanted;
        }

        Optional<Observed<?>> observed() {
            return observed;
        }

        ResourceAddress address() {
            return change.resource();
        }

        Action action() {
            return change.action();
        }

        Set<String> fields() {
            return change.fields().stream().map(FieldChange::field).collect(Collectors.toSet());
        }
    }

    /** What was observed but for what is to be deleted: of twins, only the one that stays may be pointed to. */
    List<Observed<?>> staying() {
        Set<Observed<?>> leaving = entries.stream()
                .filter(entry -> entry.action() == Action.DELETE)
                .flatMap(entry -> entry.observed().stream())
                .collect(Collectors.toSet());
        return world.all().stream()
                .filter(observed -> !leaving.contains(observed))
                .toList();
    }

    /** The same with some of the changes. */
    Draft where(Predicate<Entry> wanted) {
        return new Draft(entries.stream().filter(wanted).toList(), unchanged, world);
    }

    List<Change> changes() {
        return entries.stream().map(Entry::change).toList();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }
}
