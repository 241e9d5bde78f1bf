package io.k8saws.pki;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.K8sAwsException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON form of a rotation. */
final class RotationJson {
    private static final String FORMAT = "k8saws-rotation/1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private RotationJson() {}

    static String write(Rotation rotation) {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", FORMAT);
        json.put("key", rotation.key().label());
        json.put("from", rotation.from());
        json.put("to", rotation.to());
        json.put("phase", rotation.phase().name());
        json.put("since", rotation.since().toString());
        json.put("unseenLife", rotation.unseenLife().toString());
        return json.toPrettyString();
    }

    static Rotation read(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw refused("it is not JSON", e);
        }
        if (!FORMAT.equals(json.path("format").asText())) {
            throw refused("its format is \"" + json.path("format").asText() + "\", not \"" + FORMAT + "\"", null);
        }
        try {
            return new Rotation(
                    key(json),
                    text(json, "from"),
                    text(json, "to"),
                    RotationPhase.valueOf(text(json, "phase")),
                    Instant.parse(text(json, "since")),
                    Duration.parse(text(json, "unseenLife")));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw refused("it has a value that this version does not know (" + e.getMessage() + ")", e);
        }
    }

    /** Earlier versions named the authority, and nothing for the service-account key. */
    private static ClusterKey key(JsonNode json) {
        if (json.has("key")) {
            return ClusterKey.named(text(json, "key"));
        }
        return json.has("authority")
                ? ClusterKey.of(AuthorityRole.valueOf(text(json, "authority")))
                : ClusterKey.SERVICE_ACCOUNTS;
    }

    private static String text(JsonNode json, String name) {
        if (!json.path(name).isTextual()) {
            throw refused(name + " is missing or is not a text", null);
        }
        return json.path(name).textValue();
    }

    private static K8sAwsException refused(String why, @Nullable Exception cause) {
        return new K8sAwsException(
                "Read a rotation",
                why,
                "use the version of k8saws that wrote it, and the text as it was saved: going on from another phase could make components distrust each other",
                Map.of(),
                cause);
    }
}
