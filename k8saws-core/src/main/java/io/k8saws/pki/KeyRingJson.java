package io.k8saws.pki;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.K8sAwsException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON form of a key ring: an object with one member for each key that is not at its first generation. */
final class KeyRingJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private KeyRingJson() {}

    static String write(KeyRing ring) {
        ObjectNode json = JSON.createObjectNode();
        ring.slots().forEach((key, slot) -> {
            ObjectNode one = json.putObject(key.label());
            one.put("current", slot.current());
            one.put("made", slot.made());
            slot.rotation().ifPresent(rotation -> one.set("rotation", tree(rotation.toJson())));
        });
        return json.toPrettyString();
    }

    static KeyRing read(String text) {
        if (!(tree(text) instanceof ObjectNode json)) {
            throw refused("it is not a JSON object", null);
        }
        try {
            Map<ClusterKey, KeyRing.Slot> slots = new EnumMap<>(ClusterKey.class);
            json.properties().forEach(entry -> {
                JsonNode one = entry.getValue();
                slots.put(
                        ClusterKey.named(entry.getKey()),
                        new KeyRing.Slot(
                                number(one, "current"),
                                number(one, "made"),
                                one.has("rotation")
                                        ? Optional.of(Rotation.fromJson(
                                                one.path("rotation").toString()))
                                        : Optional.empty()));
            });
            return new KeyRing(slots);
        } catch (IllegalArgumentException e) {
            throw refused("it has a value that this version does not know (" + e.getMessage() + ")", e);
        }
    }

    private static int number(JsonNode json, String name) {
        if (!json.path(name).isInt()) {
            throw refused(name + " is missing or is not a number", null);
        }
        return json.path(name).intValue();
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw refused("it is not JSON", e);
        }
    }

    private static K8sAwsException refused(String why, @Nullable Exception cause) {
        return new K8sAwsException(
                "Read which keys of the cluster are in use",
                why,
                "use the version of k8saws that wrote it, and the text as it was saved: with other keys machines could distrust each other",
                Map.of(),
                cause);
    }
}
