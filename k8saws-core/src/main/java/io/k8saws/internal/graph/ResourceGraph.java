package io.k8saws.internal.graph;

import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** All wanted resources of a cluster, each after those it needs. Immutable. */
public final class ResourceGraph {
    private final Map<ResourceAddress, Resource> resources;

    private ResourceGraph(Map<ResourceAddress, Resource> resources) {
        this.resources = resources;
    }

    /**
     * Orders resources.
     *
     * @param resources the resources, in any order
     * @return the graph
     * @throws IllegalArgumentException if two have the same address, one needs what is not there, or they need each other in a circle
     */
    public static ResourceGraph of(Collection<Resource> resources) {
        Map<ResourceAddress, Resource> byAddress = new TreeMap<>();
        for (Resource resource : resources) {
            if (byAddress.put(resource.address(), resource) != null) {
                throw new IllegalArgumentException("The graph holds " + resource.address() + " twice.");
            }
        }
        Map<ResourceAddress, Resource> ordered = new LinkedHashMap<>();
        for (Resource resource : byAddress.values()) {
            visit(resource, byAddress, ordered, new ArrayList<>());
        }
        return new ResourceGraph(ordered);
    }

    /**
     * A graph without resources.
     *
     * @return the empty graph
     */
    public static ResourceGraph empty() {
        return new ResourceGraph(Map.of());
    }

    private static void visit(
            Resource resource,
            Map<ResourceAddress, Resource> all,
            Map<ResourceAddress, Resource> ordered,
            List<ResourceAddress> path) {
        if (ordered.containsKey(resource.address())) {
            return;
        }
        if (path.contains(resource.address())) {
            throw new IllegalArgumentException(
                    "The graph goes in a circle: " + path + " -> " + resource.address() + ".");
        }
        path.add(resource.address());
        for (ResourceAddress need : new TreeSet<>(resource.needs())) {
            Resource needed = all.get(need);
            if (needed == null) {
                throw new IllegalArgumentException(
                        resource.address() + " needs " + need + ", which the graph does not hold.");
            }
            visit(needed, all, ordered, path);
        }
        path.remove(path.size() - 1);
        ordered.put(resource.address(), resource);
    }

    /**
     * The resources, each after those it needs; the order is the same for equal graphs.
     *
     * @return an unmodifiable view
     */
    public Collection<Resource> inOrder() {
        return java.util.Collections.unmodifiableCollection(resources.values());
    }

    /**
     * Looks up a resource.
     *
     * @param address its address
     * @return the resource, or empty when the graph does not hold it
     */
    public Optional<Resource> find(ResourceAddress address) {
        return Optional.ofNullable(resources.get(address));
    }

    /**
     * The number of resources.
     *
     * @return 0 or more
     */
    public int size() {
        return resources.size();
    }
}
