package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Ref;
import java.util.Map;
import java.util.Optional;

/**
 * What a create or an update leaves behind for those that refer to it.
 *
 * @param id the AWS id
 * @param outputs further values by name: ARNs, DNS names, versions
 */
public record Made(String id, Map<String, String> outputs) {
    /** Copies the map. */
    public Made {
        outputs = Map.copyOf(outputs);
    }

    /**
     * A resource whose id is all there is to refer to.
     *
     * @param id the AWS id
     * @return the result
     */
    public static Made id(String id) {
        return new Made(id, Map.of());
    }

    /**
     * Looks up an output.
     *
     * @param output the name of an output, or {@link Ref#ID}
     * @return its value, or empty when there is none
     */
    public Optional<String> output(String output) {
        return output.equals(Ref.ID) ? Optional.of(id) : Optional.ofNullable(outputs.get(output));
    }
}
