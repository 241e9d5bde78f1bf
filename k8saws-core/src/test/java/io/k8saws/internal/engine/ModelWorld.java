package io.k8saws.internal.engine;

import io.k8saws.internal.engine.Draft.Entry;
import io.k8saws.internal.engine.Schedule.Node;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Holding;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.plan.Action;
import io.k8saws.plan.ResourceAddress;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * AWS as a map: makes, changes and deletes what a schedule says, in any order that the schedule allows, and refuses what AWS would refuse: making something
 * before what it points to, and deleting something that others point to.
 */
final class ModelWorld {
    private final Random random;
    private final Map<String, Observed<?>> byId = new LinkedHashMap<>();
    private int ids;

    ModelWorld(Random random) {
        this.random = random;
    }

    /** What the planner sees. */
    World observed() {
        return new World(byId.values(), List.of());
    }

    int size() {
        return byId.size();
    }

    /** Carries out a draft, or only some of its steps, as a run does that is killed. */
    void carryOut(Draft draft, int steps) {
        Map<ResourceAddress, Observed<?>> made = new HashMap<>();
        draft.staying().forEach(one -> made.put(one.address(), one));
        Set<ResourceAddress> changed = draft.entries().stream()
                .filter(entry -> entry.action() == Action.UPDATE)
                .map(Entry::address)
                .collect(Collectors.toSet());
        List<Node> left = new ArrayList<>(Schedule.of(draft.entries()));
        Set<Node> done = new LinkedHashSet<>();
        for (int step = 0; step < steps && !left.isEmpty(); step++) {
            List<Node> ready =
                    left.stream().filter(node -> done.containsAll(node.needs())).toList();
            Node node = ready.get(random.nextInt(ready.size()));
            carryOut(node, made, changed);
            left.remove(node);
            done.add(node);
        }
    }

    private void carryOut(Node node, Map<ResourceAddress, Observed<?>> made, Set<ResourceAddress> changed) {
        Entry entry = node.entry();
        if (node.makes()) {
            Resource wanted = entry.wanted().orElseThrow();
            requireNeeds(wanted, made);
            Optional<Observed<?>> before = entry.action() == Action.UPDATE ? entry.observed() : Optional.empty();
            Observed<?> result = make(wanted, made, before, entry.fields());
            made.put(entry.address(), result);
        } else {
            remove(entry, changed);
        }
    }

    /** Makes the resources of a graph that pass a coin toss; what they point to may be missing, as after a run whose remains were deleted by hand. */
    void fill(ResourceGraph graph, double share) {
        Map<ResourceAddress, Observed<?>> made = new HashMap<>();
        for (Resource resource : graph.inOrder()) {
            if (random.nextDouble() < share) {
                made.put(resource.address(), make(resource, made, Optional.empty(), Set.of()));
            }
        }
    }

    /** Makes some resources a second time. */
    void duplicate(double share) {
        for (Observed<?> one : List.copyOf(byId.values())) {
            if (random.nextDouble() < share) {
                String id = nextId(one.address());
                byId.put(id, new Observed<>(one.address(), id, outputs(id), one.attributes(), one.origin()));
            }
        }
    }

    /** Changes fields of some resources by hand, or leaves them as a creation does that was cut off. */
    void disturb(double share) {
        for (Observed<?> one : List.copyOf(byId.values())) {
            if (random.nextDouble() < share) {
                Attributes attributes = copy(one.attributes(), this::disturbed);
                byId.put(one.id(), new Observed<>(one.address(), one.id(), one.outputs(), attributes, one.origin()));
            }
        }
    }

    private Object disturbed(Object value) {
        if (random.nextInt(3) > 0) {
            return value;
        }
        if (value instanceof Integer number) {
            return number + 1;
        }
        if (value instanceof Boolean bool) {
            return !bool;
        }
        if (value instanceof Map<?, ?> map && map.keySet().stream().allMatch(String.class::isInstance)) {
            return Map.of();
        }
        if (value instanceof Set<?> set && set.size() > 1) {
            return set.stream().skip(1).collect(Collectors.toSet());
        }
        if (value instanceof Ref.Id) {
            return Ref.id("gone-" + nextNumber());
        }
        return value;
    }

    private void requireNeeds(Resource wanted, Map<ResourceAddress, Observed<?>> made) {
        for (ResourceAddress need : wanted.needs()) {
            Observed<?> needed = made.get(need);
            if (needed == null || !byId.containsKey(needed.id())) {
                throw new AssertionError(wanted.address() + " was made before " + need + ", which it needs");
            }
        }
    }

    private Observed<?> make(
            Resource wanted, Map<ResourceAddress, Observed<?>> made, Optional<Observed<?>> before, Set<String> fields) {
        String id = before.map(Observed::id).map(Object::toString).orElseGet(() -> nextId(wanted.address()));
        Map<String, String> outputs =
                new TreeMap<>(before.<Map<String, String>>map(Observed::outputs).orElseGet(() -> outputs(id)));
        ResourceKinds.all()
                .named(wanted.address().kind())
                .outputsChangedBy(fields)
                .forEach(output -> outputs.put(output, nextNumber()));
        Attributes attributes = copy(wanted.attributes(), value -> {
            if (value instanceof Ref.To to) {
                Observed<?> target = made.get(to.target());
                return Ref.id(
                        target == null
                                ? "gone-" + nextNumber()
                                : target.output(to.output()).orElseThrow());
            }
            return value;
        });
        Observed<?> result = new Observed<>(wanted.address(), id, outputs, attributes, Origin.OURS);
        byId.put(id, result);
        return result;
    }

    /**
     * Deletes. What others point to stays until they let go; only what makes room for its successor may go before those that are changed over in place, unless they
     * hold on to it.
     */
    private void remove(Entry entry, Set<ResourceAddress> changed) {
        Observed<?> gone = entry.observed().orElseThrow();
        boolean makesRoom = entry.action() == Action.REPLACE && !entry.kind().createsBeforeDeleting();
        Set<String> names = new LinkedHashSet<>(Set.of(gone.id()));
        gone.output("arn").ifPresent(names::add);
        gone.output("dnsName").ifPresent(names::add);
        for (Observed<?> other : byId.values()) {
            List<Ref> refs = makesRoom && changed.contains(other.address())
                    ? Fields.refsOf(other.attributes(), Holding.class)
                    : Fields.refs(other.attributes());
            boolean points = refs.stream().anyMatch(ref -> ref instanceof Ref.Id id && names.contains(id.value()));
            if (points && !other.id().equals(gone.id())) {
                throw new AssertionError(gone.address() + " was deleted before " + other.address() + " let go of it");
            }
        }
        if (byId.remove(gone.id()) == null) {
            throw new AssertionError(gone.address() + " was deleted twice");
        }
    }

    private String nextNumber() {
        return String.valueOf(++ids);
    }

    private String nextId(ResourceAddress address) {
        return address.kind() + "-id-" + nextNumber();
    }

    /** Every output that some kind has; they are told apart by the id. */
    private static Map<String, String> outputs(String id) {
        Map<String, String> outputs = new TreeMap<>();
        for (String output : OUTPUTS) {
            outputs.put(output, id + "/" + output);
        }
        return outputs;
    }

    private static final Set<String> OUTPUTS = Set.of(
            "arn",
            "dnsName",
            "name",
            "version",
            "url",
            "hostedZoneId",
            "zoneId",
            "publicIp",
            "publicCidr",
            "privateIp",
            "address");

    @SuppressWarnings("unchecked") // a copy has the type of the original
    private static <T> T copy(T rec, UnaryOperator<Object> change) {
        try {
            RecordComponent[] components = rec.getClass().getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            Object[] values = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                var accessor = components[i].getAccessor();
                accessor.setAccessible(true);
                values[i] = value(accessor.invoke(rec), change);
            }
            Constructor<?> constructor = rec.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (T) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Copy " + rec + ".", e);
        }
    }

    private static Object value(Object value, UnaryOperator<Object> change) {
        if (value instanceof Ref) {
            return change.apply(value);
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(one -> value(one, change));
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new TreeMap<>();
            ((Map<?, ?>) change.apply(map)).forEach((key, one) -> copy.put(key, value(one, change)));
            return copy;
        }
        if (value instanceof Collection<?> items) {
            var copies = ((Collection<?>) change.apply(items)).stream().map(one -> value(one, change));
            return value instanceof Set<?> ? copies.collect(Collectors.toSet()) : copies.toList();
        }
        if (value instanceof Record rec) {
            return copy(rec, change);
        }
        return change.apply(value);
    }
}
