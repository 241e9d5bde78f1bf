package io.k8saws.addon;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The pods within an object that can be changed: of a DaemonSet, a Deployment or the like. */
final class Containers {
    private static final String NAME = "name";

    private final Map<String, Object> pod;

    private Containers(Map<String, Object> pod) {
        this.pod = pod;
    }

    /** The pods of an object; empty when it has none. */
    static Optional<Containers> of(Map<String, Object> object) {
        return map(object, "spec")
                .flatMap(spec -> map(spec, "template"))
                .flatMap(template -> map(template, "spec"))
                .map(Containers::new);
    }

    boolean onHostNetwork() {
        return Boolean.TRUE.equals(pod.get("hostNetwork"));
    }

    Stream<String> images() {
        return all().stream().map(container -> String.valueOf(container.get("image")));
    }

    void renameImages(UnaryOperator<String> rename) {
        all().forEach(container ->
                container.computeIfPresent("image", (key, image) -> rename.apply(String.valueOf(image))));
    }

    /** Sets environment variables of all containers, where they are not set already. */
    void environment(Map<String, String> variables) {
        all().forEach(container -> variables.forEach((name, value) -> {
            List<Object> list = list(container, "env");
            if (list.stream().noneMatch(entry -> isNamed(entry, name))) {
                list.add(variable(name, value));
            }
        }));
    }

    /** Sets environment variables of one container, over what is set already. */
    void environment(String container, Map<String, String> variables) {
        named(container)
                .forEach(one -> variables.forEach((name, value) -> {
                    List<Object> list = list(one, "env");
                    list.removeIf(entry -> isNamed(entry, name));
                    list.add(variable(name, value));
                }));
    }

    /** Sets flags of one container, over what is set already. */
    void arguments(String container, Map<String, String> flags) {
        named(container)
                .forEach(one -> flags.forEach((name, value) -> {
                    List<Object> list = list(one, "args");
                    String flag = "--" + name;
                    String argument = value.isEmpty() ? flag : flag + "=" + value;
                    int at = -1;
                    for (int i = 0; i < list.size(); i++) {
                        String old = String.valueOf(list.get(i));
                        at = old.equals(flag) || old.startsWith(flag + "=") ? i : at;
                    }
                    if (at < 0) {
                        list.add(argument);
                    } else {
                        list.set(at, argument);
                    }
                }));
    }

    private List<Map<String, Object>> named(String container) {
        return all().stream().filter(one -> isNamed(one, container)).toList();
    }

    private List<Map<String, Object>> all() {
        List<Map<String, Object>> result = new ArrayList<>();
        for (String key : List.of("initContainers", "containers")) {
            if (pod.get(key) instanceof List<?> list) {
                list.forEach(element -> result.add(asMap(element)));
            }
        }
        return result;
    }

    private static Map<String, Object> variable(String name, String value) {
        Map<String, Object> variable = new LinkedHashMap<>();
        variable.put(NAME, name);
        variable.put("value", value);
        return variable;
    }

    private static boolean isNamed(Object entry, String name) {
        return entry instanceof Map<?, ?> map && name.equals(map.get(NAME));
    }

    @SuppressWarnings("unchecked") // objects are read from YAML, or made changeable, with texts as keys
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked") // the same
    private static List<Object> list(Map<String, Object> container, String key) {
        return (List<Object>) container.computeIfAbsent(key, unused -> new ArrayList<>());
    }

    /** A map within a map; made when it is not there. */
    static Map<String, Object> child(Map<String, Object> of, String key) {
        return asMap(of.computeIfAbsent(key, unused -> new LinkedHashMap<String, Object>()));
    }

    private static Optional<Map<String, Object>> map(Map<String, Object> from, String key) {
        return from.get(key) instanceof Map<?, ?> found ? Optional.of(asMap(found)) : Optional.empty();
    }
}
