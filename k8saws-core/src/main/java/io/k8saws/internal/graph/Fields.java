package io.k8saws.internal.graph;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the components of {@link Attributes} records as flat, comparable text: {@code minSize -> 3}, {@code tags[team] -> payments},
 * {@code rootVolume.iops -> 3000}. Absent values have no entry.
 */
public final class Fields {
    private Fields() {}

    /**
     * Flattens a record.
     *
     * @param attributes the record
     * @param resolve turns a reference into the text to compare
     * @return the fields by path, sorted
     */
    public static Map<String, String> flat(Attributes attributes, Function<Ref, String> resolve) {
        Map<String, String> fields = new TreeMap<>();
        components((Record) attributes, "", resolve, fields);
        return fields;
    }

    /**
     * All references in a record, at any depth.
     *
     * @param attributes the record
     * @return the references in the order of the components
     */
    public static List<Ref> refs(Attributes attributes) {
        List<Ref> refs = new ArrayList<>();
        flat(attributes, ref -> {
            refs.add(ref);
            return "";
        });
        return refs;
    }

    /**
     * The references in those components that carry an annotation.
     *
     * @param attributes the record
     * @param annotation the annotation to look for
     * @return the references in the order of the components
     */
    public static List<Ref> refsOf(Attributes attributes, Class<? extends Annotation> annotation) {
        List<Ref> refs = new ArrayList<>();
        for (RecordComponent component : attributes.getClass().getRecordComponents()) {
            if (component.isAnnotationPresent(annotation)) {
                Object value = value((Record) attributes, component);
                put(
                        component.getName(),
                        value,
                        ref -> {
                            refs.add(ref);
                            return "";
                        },
                        new TreeMap<>());
            }
        }
        return refs;
    }

    /**
     * Tells whether the component that a field belongs to carries an annotation.
     *
     * @param type the record type
     * @param field a path as {@link #flat} makes them
     * @param annotation the annotation to look for
     * @return true when the top-level component has it
     */
    public static boolean has(Class<?> type, String field, Class<? extends Annotation> annotation) {
        String top = component(field);
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getName().equals(top)) {
                return component.isAnnotationPresent(annotation);
            }
        }
        throw new IllegalArgumentException(type.getSimpleName() + " has no component \"" + top + "\".");
    }

    /**
     * The top-level component that a field belongs to.
     *
     * @param field a path as {@link #flat} makes them
     * @return for example {@code tags} for {@code tags[team]}
     */
    public static String component(String field) {
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '[' || field.charAt(i) == '.') {
                return field.substring(0, i);
            }
        }
        return field;
    }

    private static void components(Record rec, String prefix, Function<Ref, String> resolve, Map<String, String> into) {
        for (RecordComponent component : rec.getClass().getRecordComponents()) {
            put(prefix + component.getName(), value(rec, component), resolve, into);
        }
    }

    private static void put(String path, Object value, Function<Ref, String> resolve, Map<String, String> into) {
        if (value instanceof Optional<?> optional) {
            optional.ifPresent(present -> put(path, present, resolve, into));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> put(path + "[" + key + "]", item, resolve, into));
        } else if (value instanceof Record nested && !(value instanceof Ref)) {
            components(nested, path + ".", resolve, into);
        } else {
            String text = text(value, resolve);
            if (!text.isEmpty()) {
                into.put(path, text);
            }
        }
    }

    private static String text(Object value, Function<Ref, String> resolve) {
        if (value instanceof Ref ref) {
            return resolve.apply(ref);
        }
        if (value instanceof Collection<?> items) {
            var texts = items.stream().map(item -> text(item, resolve));
            return (value instanceof Set<?> ? texts.sorted() : texts).collect(Collectors.joining(", "));
        }
        if (value instanceof Record rec) {
            Map<String, String> nested = new TreeMap<>();
            components(rec, "", resolve, nested);
            return nested.toString();
        }
        return String.valueOf(value);
    }

    private static Object value(Record rec, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(rec);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(
                    "Read " + component + " of " + rec.getClass().getSimpleName() + ".", e);
        }
    }
}
