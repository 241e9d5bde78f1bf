package io.k8saws.internal.graph;

import io.k8saws.plan.ResourceAddress;
import java.util.Set;

/**
 * A field of a resource that points to another resource: as the graph writes it ({@link To}, resolved when that resource exists) or as AWS reports it
 * ({@link Id}).
 */
public sealed interface Ref {
    /** The output that most references mean: the resource's AWS id. */
    String ID = "id";

    /** The outputs that name one resource and no other, unlike a version or a zone. */
    Set<String> NAMING_OUTPUTS = Set.of(ID, "arn", "dnsName");

    /**
     * Points to an output of a wanted resource.
     *
     * @param target the resource
     * @param output which of its outputs, for example {@code id} or {@code arn}
     */
    record To(ResourceAddress target, String output) implements Ref {
        @Override
        public String toString() {
            return output.equals(ID) ? target.toString() : target + "." + output;
        }
    }

    /**
     * A value that is known.
     *
     * @param value an id, an ARN or a name, whatever the field holds
     */
    record Id(String value) implements Ref {
        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * Points to the AWS id of a resource.
     *
     * @param target the resource
     * @return the reference
     */
    static Ref to(ResourceAddress target) {
        return new To(target, ID);
    }

    /**
     * Points to an output of a resource.
     *
     * @param target the resource
     * @param output which output
     * @return the reference
     */
    static Ref to(ResourceAddress target, String output) {
        return new To(target, output);
    }

    /**
     * Wraps a known value.
     *
     * @param value the value
     * @return the reference
     */
    static Ref id(String value) {
        return new Id(value);
    }
}
