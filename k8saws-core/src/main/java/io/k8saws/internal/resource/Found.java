package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.plan.Foreign;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
     * The output that tells where a resource lies.
     *
     * @param vpc the id of its VPC; null when it lies in none
     * @return the output; none outside of a VPC
     */
    static Map<String, String> in(@Nullable String vpc) {
        return vpc == null ? Map.of() : Map.of(Observed.VPC, vpc);
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
