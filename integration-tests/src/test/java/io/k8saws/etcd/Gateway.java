package io.k8saws.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.delta.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;

/** An etcd server by its JSON gateway: thousands of writes in a second, which a program for each would not do. */
final class Gateway {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI endpoint;

    Gateway(URI endpoint) {
        this.endpoint = endpoint;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void put(String key, byte[] value, long lease) {
        call("/v3/kv/put", put(key, value).put("lease", Long.toString(lease)));
    }

    void put(String key, String value) {
        put(key, bytes(value), 0);
    }

    private static ObjectNode put(String key, byte[] value) {
        return JSON.createObjectNode().put("key", base64(bytes(key))).put("value", base64(value));
    }

    void delete(String key) {
        call("/v3/kv/deleterange", JSON.createObjectNode().put("key", base64(bytes(key))));
    }

    /** Writes up to 128 keys at once. */
    void transaction(List<String> keys, byte[] value) {
        ObjectNode request = JSON.createObjectNode();
        ArrayNode success = request.putArray("success");
        keys.forEach(key -> success.addObject().set("requestPut", put(key, value)));
        call("/v3/kv/txn", request);
    }

    long lease(long seconds) {
        return Long.parseLong(call("/v3/lease/grant", JSON.createObjectNode().put("TTL", seconds))
                .path("ID")
                .asText());
    }

    void compact(long revision) {
        call(
                "/v3/kv/compaction",
                JSON.createObjectNode().put("revision", revision).put("physical", true));
    }

    void raiseAlarm(long member, String alarm) {
        call(
                "/v3/maintenance/alarm",
                JSON.createObjectNode()
                        .put("action", "ACTIVATE")
                        .put("memberID", Long.toUnsignedString(member))
                        .put("alarm", alarm));
    }

    /** All keys as they were at a revision, 0 for now: fields as in the API. */
    JsonNode all(long revision) {
        return call(
                "/v3/kv/range",
                JSON.createObjectNode()
                        .put("key", base64(new byte[1]))
                        .put("range_end", base64(new byte[1]))
                        .put("revision", Long.toString(revision)));
    }

    long revision() {
        return all(0).path("header").path("revision").asLong();
    }

    /** What a watch of all keys tells, from one revision to another. */
    List<Transaction> watch(long from, long to) {
        ObjectNode request = JSON.createObjectNode();
        request.putObject("create_request")
                .put("key", base64(new byte[1]))
                .put("range_end", base64(new byte[1]))
                .put("start_revision", Long.toString(from));
        TreeMap<Long, List<KeyChange>> transactions = new TreeMap<>();
        try (InputStream in = http.send(
                                HttpRequest.newBuilder(endpoint.resolve("/v3/watch"))
                                        .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                                        .build(),
                                HttpResponse.BodyHandlers.ofInputStream())
                        .body();
                MappingIterator<JsonNode> answers =
                        JSON.readerFor(JsonNode.class).readValues(in)) {
            while (transactions.isEmpty() || transactions.lastKey() < to) {
                for (JsonNode event : answers.next().path("result").path("events")) {
                    JsonNode kv = event.path("kv");
                    byte[] key = Base64.getDecoder().decode(kv.path("key").asText());
                    transactions
                            .computeIfAbsent(kv.path("mod_revision").asLong(), revision -> new ArrayList<>())
                            .add(
                                    event.path("type").asText().equals("DELETE")
                                            ? KeyChange.delete(key)
                                            : KeyChange.put(
                                                    key,
                                                    Base64.getDecoder()
                                                            .decode(kv.path("value")
                                                                    .asText()),
                                                    kv.path("create_revision").asLong(),
                                                    kv.path("version").asLong(),
                                                    kv.path("lease").asLong()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return transactions.entrySet().stream()
                .map(entry -> new Transaction(entry.getKey(), Instant.now(), entry.getValue()))
                .toList();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private JsonNode call(String path, ObjectNode request) {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(endpoint.resolve(path))
                            .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new AssertionError(path + " answered " + response.statusCode() + ": " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
