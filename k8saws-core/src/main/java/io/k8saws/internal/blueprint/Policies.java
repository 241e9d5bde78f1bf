package io.k8saws.internal.blueprint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes IAM policy documents in one canonical form: keys sorted, single values not wrapped in lists (IAM user guide, "IAM JSON policy elements"). */
final class Policies {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Policies() {}

    static Statement statement(String sid, String effect) {
        return new Statement(sid, effect);
    }

    static Statement allow(String sid) {
        return new Statement(sid, "Allow");
    }

    static String document(Statement... statements) {
        return document(List.of(statements));
    }

    static String document(List<Statement> statements) {
        Map<String, Object> document = new TreeMap<>();
        document.put("Version", "2012-10-17");
        document.put(
                "Statement",
                statements.stream().map(statement -> statement.json).toList());
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps of text are always JSON.", e);
        }
    }

    /** One statement; each call adds to it. */
    static final class Statement {
        private final Map<String, Object> json = new TreeMap<>();
        private final Map<String, Map<String, Object>> conditions = new TreeMap<>();

        private Statement(String sid, String effect) {
            json.put("Sid", sid);
            json.put("Effect", effect);
        }

        Statement principal(String everyone) {
            json.put("Principal", everyone);
            return this;
        }

        Statement service(String... services) {
            json.put("Principal", Map.of("Service", one(List.of(services))));
            return this;
        }

        Statement actions(String... actions) {
            return actions(List.of(actions));
        }

        Statement actions(List<String> actions) {
            json.put("Action", one(actions.stream().sorted().toList()));
            return this;
        }

        Statement resources(String... resources) {
            return resources(List.of(resources));
        }

        Statement resources(List<String> resources) {
            json.put("Resource", one(resources));
            return this;
        }

        Statement condition(String operator, String key, String... values) {
            conditions.computeIfAbsent(operator, unused -> new TreeMap<>()).put(key, one(List.of(values)));
            json.put("Condition", conditions);
            return this;
        }

        private static Object one(List<String> values) {
            return values.size() == 1 ? values.get(0) : new ArrayList<>(values);
        }
    }
}
