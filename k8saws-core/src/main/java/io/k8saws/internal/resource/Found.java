package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.plan.Foreign;
import java.util.List;

/**
 * What a read found.
 *
 * @param resources the cluster's resources of one kind
 * @param foreign what sits on them that others made
 * @param <A> the record of the kind's fields
 */
public record Found<A extends Attributes>(List<Observed<A>> resources, List<Foreign> foreign) {
    /** Copies the lists. */
    public Found {
        resources = List.copyOf(resources);
        foreign = List.copyOf(foreign);
    }

    /**
     * Only resources, nothing foreign.
     *
     * @param resources the resources
     * @param <A> the record of the kind's fields
     * @return the result
     */
    public static <A extends Attributes> Found<A> of(List<Observed<A>> resources) {
        return new Found<>(resources, List.of());
    }
}
