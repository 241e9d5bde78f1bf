package io.k8saws.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a machine last said of its way to becoming a node: it writes this to the cluster's bucket when a step begins or fails, and while a step is tried again, twice a minute
 * at most. Immutable.
 *
 * @param cluster the cluster's name
 * @param role what it becomes, as in {@link NodeRole#label()}
 * @param part the group that it belongs to, as in {@link ScriptSet#part()}
 * @param instance the instance's id
 * @param step the step at which it is, {@code done} after the last one
 * @param state where it stands
 * @param reason why a step failed, or why its last try did; empty otherwise
 * @param time when it said this, by its own clock
 * @param elapsed how long this run of its script had been going on then; a script that failed starts anew, and so does this
 * @param log the last lines of its log, the oldest first
 * @param keys which of the cluster's keys it has loaded; what it says at another step than the last is what it is about to load
 */
public record NodeStatus(
        String cluster,
        String role,
        String part,
        String instance,
        String step,
        State state,
        String reason,
        Instant time,
        Duration elapsed,
        List<String> log,
        LoadedKeys keys) {

    private static final JsonMapper JSON = new JsonMapper();

    /** Where a machine stands. */
    public enum State {
        /** It is at the step. */
        RUNNING,
        /** The step failed. The machine tries again from the start after half a minute. */
        FAILED,
        /** It has gone all the way. */
        DONE
    }

    /** Copies the list. */
    public NodeStatus {
        log = List.copyOf(log);
    }

    /**
     * Returns the prefix under which machines of a cluster write.
     *
     * @return {@code status/}; then follow role and instance
     */
    public static String prefix() {
        return "status/";
    }

    /**
     * Reads what a machine wrote.
     *
     * @param json the object's text; what a later version adds is passed over
     * @return the status
     * @throws K8sAwsException when the text is no status
     */
    public static NodeStatus fromJson(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            List<String> log = new ArrayList<>();
            root.path("log").forEach(line -> log.add(line.asText()));
            List<String> keys = new ArrayList<>();
            root.path("keys").forEach(line -> keys.add(line.asText()));
            return new NodeStatus(
                    text(root, "cluster"),
                    text(root, "role"),
                    text(root, "part"),
                    text(root, "instance"),
                    text(root, "step"),
                    state(text(root, "state")),
                    text(root, "reason"),
                    Instant.parse(text(root, "time")),
                    Duration.ofSeconds(root.path("uptimeSeconds").asLong()),
                    log,
                    LoadedKeys.of(keys));
        } catch (JsonProcessingException | DateTimeParseException | IllegalArgumentException e) {
            throw new K8sAwsException(
                    "Read the status of a machine",
                    "the text is not one that a machine writes",
                    "look at the object below " + prefix() + ", and at the machine's console",
                    Map.of("length", String.valueOf(json.length())),
                    e);
        }
    }

    private static String text(JsonNode root, String field) {
        JsonNode value = root.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("there is no text '" + field + "'");
        }
        return value.textValue();
    }

    private static State state(String text) {
        for (State state : State.values()) {
            if (state.name().equalsIgnoreCase(text)) {
                return state;
            }
        }
        throw new IllegalArgumentException("there is no state '" + text + "'");
    }

    /** Returns part, instance, step and state, and why it failed. */
    @Override
    public String toString() {
        String at = part + " " + instance;
        return switch (state) {
            case DONE -> at + " done after " + elapsed.toSeconds() + " s";
            case RUNNING -> at + " at " + step + " (" + time + ")" + (reason.isEmpty() ? "" : ": " + reason);
            case FAILED -> at + " failed at " + step + ": " + reason;
        };
    }
}
