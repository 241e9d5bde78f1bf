package io.k8saws.internal.engine;

import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Everything that was observed of a cluster at one time. Immutable. */
final class World {
    private final Map<ResourceAddress, List<Observed<?>>> byAddress = new TreeMap<>();
    private final Map<String, ResourceAddress> byId = new HashMap<>();
    private final Set<String> pointedTo = new HashSet<>();
    private final List<Foreign> foreign;

    World(Collection<? extends Observed<?>> resources, Collection<Foreign> foreign) {
        for (Observed<?> resource : resources) {
            byAddress
                    .computeIfAbsent(resource.address(), unused -> new ArrayList<>())
                    .add(resource);
            byId.put(resource.id(), resource.address());
            Fields.refs(resource.attributes()).forEach(ref -> pointedTo.add(ref.toString()));
        }
        byAddress.values().forEach(same -> same.sort(Comparator.comparing(Observed::id)));
        this.foreign = foreign.stream()
                .distinct()
                .sorted(Comparator.comparing(Foreign::toString))
                .toList();
    }

    /** All resources with one address: more than one only after a run that was cut off. */
    List<Observed<?>> at(ResourceAddress address) {
        return byAddress.getOrDefault(address, List.of());
    }

    /** All resources, sorted by address. */
    List<Observed<?>> all() {
        return byAddress.values().stream().flatMap(List::stream).toList();
    }

    /** The address of the resource with an id. */
    Optional<ResourceAddress> addressOf(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Whether a field of another resource points to this one. */
    boolean pointsTo(Observed<?> resource) {
        return Ref.NAMING_OUTPUTS.stream()
                .flatMap(output -> resource.output(output).stream())
                .anyMatch(pointedTo::contains);
    }

    List<Foreign> foreign() {
        return foreign;
    }

    boolean isEmpty() {
        return byAddress.isEmpty();
    }
}
