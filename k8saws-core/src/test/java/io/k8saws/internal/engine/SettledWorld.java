package io.k8saws.internal.engine;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.plan.ResourceAddress;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The world in which a graph has come about, and what others then did to it. Each method gives a new world. */
final class SettledWorld {
    private final List<Observed<?>> resources;

    private SettledWorld(List<Observed<?>> resources) {
        this.resources = List.copyOf(resources);
    }

    static SettledWorld of(ResourceGraph graph) {
        Map<ResourceAddress, Observed<?>> made = new LinkedHashMap<>();
        for (Resource resource : graph.inOrder()) {
            ResourceAddress address = resource.address();
            Map<String, String> outputs = new TreeMap<>();
            Set.of("arn", "dnsName", "zoneId", "name", "publicCidr")
                    .forEach(output -> outputs.put(output, output + "-of-" + address));
            outputs.put("version", "1");
            Attributes seen = (Attributes) seen(
                    resource.attributes(),
                    to -> made.get(to.target()).output(to.output()).orElseThrow());
            made.put(address, new Observed<>(address, "id-of-" + address, outputs, seen, Observed.Origin.OURS));
        }
        return new SettledWorld(List.copyOf(made.values()));
    }

    SettledWorld without(String address) {
        return new SettledWorld(resources.stream()
                .filter(resource -> !resource.address().toString().equals(address))
                .toList());
    }

    <A extends Attributes> SettledWorld with(String address, Class<A> type, UnaryOperator<A> change) {
        return new SettledWorld(resources.stream()
                .<Observed<?>>map(resource -> resource.address().toString().equals(address)
                        ? copy(resource, resource.id(), change.apply(type.cast(resource.attributes())))
                        : resource)
                .toList());
    }

    /** A second resource at the same address. */
    <A extends Attributes> SettledWorld twin(String address, String id, Class<A> type, UnaryOperator<A> change) {
        Observed<?> one = at(address);
        return plus(copy(one, id, change.apply(type.cast(one.attributes()))));
    }

    SettledWorld plus(Observed<?> resource) {
        List<Observed<?>> more = new ArrayList<>(resources);
        more.add(resource);
        return new SettledWorld(more);
    }

    Observed<?> at(String address) {
        return resources.stream()
                .filter(resource -> resource.address().toString().equals(address))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + address));
    }

    World world() {
        return new World(resources, List.of());
    }

    private static Observed<?> copy(Observed<?> resource, String id, Attributes attributes) {
        return new Observed<>(resource.address(), id, resource.outputs(), attributes, resource.origin());
    }

    /** The record as AWS reports it: ids in the place of addresses. */
    private static Object seen(Object value, Function<Ref.To, String> ids) {
        if (value instanceof Ref.To to) {
            return Ref.id(ids.apply(to));
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(item -> seen(item, ids));
        }
        if (value instanceof Set<?> set) {
            return set.stream().map(item -> seen(item, ids)).collect(Collectors.toSet());
        }
        return value instanceof Record rec
                        && Fields.refs(new Holder(rec)).stream().anyMatch(Ref.To.class::isInstance)
                ? rebuilt(rec, ids)
                : value;
    }

    private record Holder(Record held) implements Attributes {}

    private static Object rebuilt(Record rec, Function<Ref.To, String> ids) {
        RecordComponent[] components = rec.getClass().getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = seen(components[i].getAccessor().invoke(rec), ids);
            }
            return rec.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("rebuild " + rec, e);
        }
    }
}
