package io.k8saws.internal.graph;

import io.k8saws.plan.ResourceAddress;
import java.util.Map;
import java.util.Optional;

/**
 * One resource as AWS has it.
 *
 * @param address the address that its tags or its name give it; for what others made, {@code kind/id}
 * @param id the AWS id
 * @param outputs what other resources may refer to, besides the id: ARNs, DNS names, versions
 * @param attributes its fields; references are {@link Ref.Id}
 * @param origin who made it
 * @param <A> the record of the kind's fields
 */
public record Observed<A extends Attributes>(
        ResourceAddress address, String id, Map<String, String> outputs, A attributes, Origin origin) {

    /** The output of kinds that others may make: the id of the VPC that the resource lies in. */
    public static final String VPC = "vpc";

    /** Who made a resource. */
    public enum Origin {
        /** k8saws did, for this cluster. */
        OURS,
        /** A controller inside the cluster did, and tagged it as owned by the cluster; goes when the cluster is destroyed. */
        CONTROLLERS
    }

    /** Copies the map. */
    public Observed {
        outputs = Map.copyOf(outputs);
    }

    /**
     * Looks up an output.
     *
     * @param output the name of an output, or {@link Ref#ID}
     * @return its value, or empty when the kind has no such output
     */
    public Optional<String> output(String output) {
        return output.equals(Ref.ID) ? Optional.of(id) : Optional.ofNullable(outputs.get(output));
    }
}
