package io.k8saws.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads the members of one JSON object of a plan strictly: each must be there with its type, and {@link #end()} refuses the ones that nobody asked for. */
final class JsonObject {
    private final ObjectNode object;
    private final String path;
    private final Set<String> asked = new HashSet<>();

    JsonObject(ObjectNode object, String path) {
        this.object = object;
        this.path = path;
    }

    String text(String name) {
        JsonNode value = member(name);
        if (!value.isTextual()) {
            throw PlanJson.refused(path + name + " is not a text", null);
        }
        return value.textValue();
    }

    Optional<String> optionalText(String name) {
        asked.add(name);
        return object.has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    Optional<JsonNode> optionalTree(String name) {
        asked.add(name);
        return Optional.ofNullable(object.get(name));
    }

    long number(String name, long most) {
        JsonNode value = member(name);
        if (!value.canConvertToExactIntegral()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > most) {
            throw PlanJson.refused(path + name + " is not a whole number from 0 to " + most, null);
        }
        return value.longValue();
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(text))
                .findFirst()
                .orElseThrow(() -> PlanJson.refused(
                        path + name + " is \"" + text + "\", which this version does not know; it knows "
                                + Arrays.toString(type.getEnumConstants()),
                        null));
    }

    ResourceAddress address(String name) {
        return address(name, text(name));
    }

    JsonObject object(String name) {
        return object(path + name, member(name));
    }

    <T> List<T> list(String name, Function<JsonObject, T> read) {
        List<T> items = new ArrayList<>();
        for (JsonNode item : array(name)) {
            JsonObject next = object(path + name + "[" + items.size() + "]", item);
            items.add(read.apply(next));
            next.end();
        }
        return items;
    }

    List<ResourceAddress> addresses(String name) {
        List<ResourceAddress> addresses = new ArrayList<>();
        for (JsonNode item : array(name)) {
            String at = name + "[" + addresses.size() + "]";
            if (!item.isTextual()) {
                throw PlanJson.refused(path + at + " is not a text", null);
            }
            addresses.add(address(at, item.textValue()));
        }
        return addresses;
    }

    Map<String, String> texts(String name) {
        if (!(member(name) instanceof ObjectNode members)) {
            throw PlanJson.refused(path + name + " is not an object", null);
        }
        JsonObject object = new JsonObject(members, path + name + ".");
        Map<String, String> texts = new HashMap<>();
        members.fieldNames().forEachRemaining(member -> texts.put(member, object.text(member)));
        return texts;
    }

    void end() {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!asked.contains(name)) {
                throw PlanJson.refused(path + name + " is not known to this version", null);
            }
        }
    }

    private JsonNode member(String name) {
        asked.add(name);
        JsonNode value = object.get(name);
        if (value == null) {
            throw PlanJson.refused(path + name + " is missing", null);
        }
        return value;
    }

    private ArrayNode array(String name) {
        if (member(name) instanceof ArrayNode array) {
            return array;
        }
        throw PlanJson.refused(path + name + " is not a list", null);
    }

    private static JsonObject object(String path, JsonNode value) {
        if (value instanceof ObjectNode object) {
            return new JsonObject(object, path + ".");
        }
        throw PlanJson.refused(path + " is not an object", null);
    }

    private ResourceAddress address(String name, String text) {
        try {
            return ResourceAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw PlanJson.refused(path + name + " is no resource address: " + e.getMessage(), e);
        }
    }
}
