package io.k8saws.internal.graph;

import io.k8saws.plan.ResourceAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * One wanted resource.
 *
 * @param address its address
 * @param attributes its wanted fields
 * @param specPath the part of the spec that asks for it, for example {@code nodePools[general]}
 * @param after resources that must exist first although no field points to them
 * @param holds resources that its machines take for themselves while they run, although no field points to them: none of them can be made anew before this one
 *     has let go
 */
public record Resource(
        ResourceAddress address,
        Attributes attributes,
        String specPath,
        Set<ResourceAddress> after,
        Set<ResourceAddress> holds) {
    /** Copies the sets. */
    public Resource {
        after = Set.copyOf(after);
        holds = Set.copyOf(holds);
    }

    /** A resource that holds on to nothing but what its fields point to. */
    public Resource(ResourceAddress address, Attributes attributes, String specPath, Set<ResourceAddress> after) {
        this(address, attributes, specPath, after, Set.of());
    }

    /**
     * Everything that must exist before this resource: what its fields point to, {@link #after} and {@link #holds}.
     *
     * @return addresses in no particular order
     */
    public Set<ResourceAddress> needs() {
        Set<ResourceAddress> needs = new HashSet<>(after);
        needs.addAll(holds);
        for (Ref ref : Fields.refs(attributes)) {
            if (ref instanceof Ref.To to) {
                needs.add(to.target());
            }
        }
        return needs;
    }

    /**
     * A copy that also waits for other resources.
     *
     * @param more resources that must exist first
     * @return the copy
     */
    public Resource after(Collection<ResourceAddress> more) {
        Set<ResourceAddress> all = new HashSet<>(after);
        all.addAll(more);
        return new Resource(address, attributes, specPath, all, holds);
    }
}
