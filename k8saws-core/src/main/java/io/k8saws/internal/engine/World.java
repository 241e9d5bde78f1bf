package io.k8saws.internal.engine;

import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.Vpcs;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;

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

    /**
     * The same without what belongs to another cluster of the same name. Other tools tag what they own as we do, so controllers' things that lie in a VPC which is not
     * ours are not this cluster's. When there are some, neither is what lies in no VPC, such as disks: nothing tells whose it is. All of it becomes foreign.
     */
    World withoutOtherClusters() {
        Set<String> vpcs = all().stream()
                .filter(one ->
                        one.origin() == Origin.OURS && one.address().kind().equals(Vpcs.KIND))
                .map(Observed::id)
                .collect(Collectors.toSet());
        Predicate<Observed<?>> elsewhere = one -> one.origin() == Origin.CONTROLLERS
                && one.output(Observed.VPC).filter(vpc -> !vpcs.contains(vpc)).isPresent();
        if (all().stream().noneMatch(elsewhere)) {
            return this;
        }
        Predicate<Observed<?>> notOurs = one -> elsewhere.test(one)
                || one.origin() == Origin.CONTROLLERS
                        && one.output(Observed.VPC).isEmpty()
                        && !one.address().kind().equals(AutoScalingGroups.KIND);
        List<Foreign> all = new ArrayList<>(foreign);
        all().stream()
                .filter(notOurs)
                .forEach(one -> all.add(new Foreign(
                        one.address(),
                        "carries the cluster's name"
                                + one.output(Observed.VPC)
                                        .map(vpc -> " in " + vpc)
                                        .orElse(""),
                        "another cluster of this name")));
        return new World(all().stream().filter(notOurs.negate()).toList(), all);
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
