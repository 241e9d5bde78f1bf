package io.k8saws.internal.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.pki.KeyRing;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import io.k8saws.state.PublicRecord;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON forms of state and lock. */
final class StateJson {
    private static final String STATE_FORMAT = "k8saws-state/1";
    private static final String LOCK_FORMAT = "k8saws-lock/1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private StateJson() {}

    static String write(ClusterState state) {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", STATE_FORMAT);
        json.put("serial", state.serial());
        json.put("status", state.status().name());
        json.put("plan", state.planId());
        state.spec().ifPresent(spec -> json.put("spec", spec.toYaml()));
        state.applied().ifPresent(spec -> json.put("applied", spec.toYaml()));
        write(state.pins(), json.putObject("pins"));
        write(state.appliedPins(), json.putObject("appliedPins"));
        write("keys", state.keys(), json);
        write("appliedKeys", state.appliedKeys(), json);
        ArrayNode records = json.putArray("records");
        state.records().stream()
                .sorted(Comparator.comparing(PublicRecord::zoneId).thenComparing(PublicRecord::name))
                .forEach(record ->
                        records.addObject().put("zone", record.zoneId()).put("name", record.name()));
        json.put("fence", state.fence());
        json.put("writtenAt", state.writtenAt().toString());
        json.put("writer", state.writer());
        return json.toPrettyString();
    }

    static ClusterState state(String text) {
        JsonNode json = parse(text, STATE_FORMAT);
        try {
            return new ClusterState(
                    json.path("serial").asLong(),
                    ClusterState.Status.valueOf(json.path("status").asText()),
                    json.path("plan").asText(),
                    spec(json.path("spec")),
                    spec(json.path("applied")),
                    pins(json.path("pins")),
                    pins(json.path("appliedPins")),
                    keys(json.path("keys")),
                    keys(json.path("appliedKeys")),
                    records(json.path("records")),
                    json.path("fence").asLong(),
                    Instant.parse(json.path("writtenAt").asText()),
                    json.path("writer").asText());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw unreadable("it has a value that this version does not know (" + e.getMessage() + ")", e);
        }
    }

    /** A spec that today's rules no longer accept counts as unknown: then everything can still be planned, repaired and destroyed by its tags. */
    private static Optional<ClusterSpec> spec(JsonNode yaml) {
        try {
            return yaml.isTextual() ? Optional.of(ClusterSpec.fromYaml(yaml.asText())) : Optional.empty();
        } catch (InvalidSpecException e) {
            return Optional.empty();
        }
    }

    private static void write(Pins pins, ObjectNode to) {
        pins.values().forEach(to::put);
    }

    private static Pins pins(JsonNode object) {
        Map<String, String> pins = new HashMap<>();
        object.properties().forEach(pin -> pins.put(pin.getKey(), pin.getValue().asText()));
        return new Pins(pins);
    }

    private static void write(String name, KeyRing keys, ObjectNode to) {
        if (!keys.equals(KeyRing.first())) {
            to.set(name, tree(keys.toJson()));
        }
    }

    /** A state of before the first rotation, or of a version that knew none, does not name keys. */
    private static KeyRing keys(JsonNode object) {
        try {
            return object.isMissingNode() ? KeyRing.first() : KeyRing.fromJson(object.toString());
        } catch (K8sAwsException e) {
            throw unreadable("it has a value that this version does not know (" + e.getMessage() + ")", e);
        }
    }

    private static Set<PublicRecord> records(JsonNode array) {
        Set<PublicRecord> records = new HashSet<>();
        array.forEach(record -> records.add(new PublicRecord(
                record.path("zone").asText(), record.path("name").asText())));
        return records;
    }

    /** A lock, and how often it was renewed: without that a renewal would leave the same object with the same tag, and nobody could tell that the holder lives. */
    static String write(Lock lock, long renewals) {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", LOCK_FORMAT);
        json.put("fence", lock.fence());
        json.put("holder", lock.holder());
        json.put("process", lock.process());
        json.put("host", lock.host());
        json.put("leaseMillis", lock.lease().toMillis());
        json.put("renewals", renewals);
        return json.toPrettyString();
    }

    static Lock lock(String text) {
        JsonNode json = parse(text, LOCK_FORMAT);
        return new Lock(
                json.path("fence").asLong(),
                json.path("holder").asText(),
                json.path("process").asLong(),
                json.path("host").asText(),
                Duration.ofMillis(json.path("leaseMillis").asLong()));
    }

    private static JsonNode parse(String text, String format) {
        JsonNode json = tree(text);
        if (format.equals(json.path("format").asText())) {
            return json;
        }
        throw unreadable("its format is \"" + json.path("format").asText() + "\", not \"" + format + "\"", null);
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw unreadable("it is not JSON", e);
        }
    }

    private static K8sAwsException unreadable(String why, @Nullable Exception cause) {
        return new K8sAwsException(
                "Read the state of the cluster",
                why,
                "use the version of k8saws that wrote it, or restore an older version of the object: the bucket keeps them",
                Map.of(),
                cause);
    }
}
