package io.k8saws.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How one kind of value stands in YAML, in both directions. Reading reports what it cannot use and goes on.
 *
 * @param <T> the kind of value
 */
interface YamlCodec<T> {

    /** A text; numbers and the like must be quoted. */
    YamlCodec<String> STRING = new YamlCodec<>() {
        @Override
        public Optional<String> read(JsonNode node, String path, Findings findings) {
            if (node.isTextual()) {
                return Optional.of(node.textValue());
            }
            String fix = node.isValueNode() ? "put it in quotes" : "write a text";
            findings.add(path, "is " + kind(node) + ", not a text", fix);
            return Optional.empty();
        }

        @Override
        public JsonNode write(String value) {
            return TextNode.valueOf(value);
        }
    };

    /** A whole number. */
    YamlCodec<Integer> INTEGER = new YamlCodec<>() {
        @Override
        public Optional<Integer> read(JsonNode node, String path, Findings findings) {
            if (node.isInt()) {
                return Optional.of(node.intValue());
            }
            findings.add(path, "is " + kind(node) + ", not a whole number", "write a number without quotes");
            return Optional.empty();
        }

        @Override
        public JsonNode write(Integer value) {
            return IntNode.valueOf(value);
        }
    };

    /** True or false. */
    YamlCodec<Boolean> BOOLEAN = new YamlCodec<>() {
        @Override
        public Optional<Boolean> read(JsonNode node, String path, Findings findings) {
            if (node.isBoolean()) {
                return Optional.of(node.booleanValue());
            }
            findings.add(path, "is " + kind(node) + ", not true or false", "write true or false without quotes");
            return Optional.empty();
        }

        @Override
        public JsonNode write(Boolean value) {
            return BooleanNode.valueOf(value);
        }
    };

    /** A block of addresses; what is none is found by the rules. */
    YamlCodec<Cidr> CIDR = STRING.map(Cidr::parse, Cidr::toString);

    /** A span as in ISO 8601. */
    YamlCodec<Duration> DURATION = new YamlCodec<>() {
        @Override
        public Optional<Duration> read(JsonNode node, String path, Findings findings) {
            return STRING.read(node, path, findings).flatMap(text -> {
                try {
                    return Optional.of(Duration.parse(text));
                } catch (DateTimeParseException e) {
                    findings.add(
                            path, "'" + text + "' is not a duration", "write it as in ISO 8601, such as P30D or PT36H");
                    return Optional.empty();
                }
            });
        }

        @Override
        public JsonNode write(Duration value) {
            boolean wholeDays =
                    value.toDays() > 0 && Duration.ofDays(value.toDays()).equals(value);
            return TextNode.valueOf(wholeDays ? "P" + value.toDays() + "D" : value.toString());
        }
    };

    /** A map from texts to texts, written in the order of its keys. */
    YamlCodec<Map<String, String>> STRINGS = map(STRING);

    /** A tree of settings, as it is. */
    YamlCodec<Settings> SETTINGS = new YamlCodec<>() {
        @Override
        public Optional<Settings> read(JsonNode node, String path, Findings findings) {
            if (!node.isObject()) {
                findings.add(path, "is " + kind(node) + ", not a map", "write keys and values, one a line");
                return Optional.empty();
            }
            Map<String, Object> values = SettingsTree.values(node, path, findings);
            return Optional.of(Settings.of(values));
        }

        @Override
        public JsonNode write(Settings value) {
            return SettingsTree.node(value.asMap());
        }
    };

    /** Reads a value, or reports why it cannot. */
    Optional<T> read(JsonNode node, String path, Findings findings);

    /** Writes a value. */
    JsonNode write(T value);

    default <U> YamlCodec<U> map(Function<T, U> reading, Function<U, T> writing) {
        YamlCodec<T> self = this;
        return new YamlCodec<>() {
            @Override
            public Optional<U> read(JsonNode node, String path, Findings findings) {
                return self.read(node, path, findings).map(reading);
            }

            @Override
            public JsonNode write(U value) {
                return self.write(writing.apply(value));
            }
        };
    }

    /** An enum, each constant with its own spelling. */
    static <E extends Enum<E>> YamlCodec<E> constants(E[] values, Function<E, String> spelling) {
        return new YamlCodec<>() {
            @Override
            public Optional<E> read(JsonNode node, String path, Findings findings) {
                return STRING.read(node, path, findings).flatMap(text -> {
                    Optional<E> value = Arrays.stream(values)
                            .filter(v -> spelling.apply(v).equals(text))
                            .findFirst();
                    if (value.isEmpty()) {
                        findings.add(path, "'" + text + "' is not known", fix(text));
                    }
                    return value;
                });
            }

            private String fix(String text) {
                List<String> known = Arrays.stream(values).map(spelling).collect(Collectors.toUnmodifiableList());
                return Nearest.of(text, known)
                        .map(n -> "write " + n)
                        .orElse("choose one of " + String.join(", ", known));
            }

            @Override
            public JsonNode write(E value) {
                return TextNode.valueOf(spelling.apply(value));
            }
        };
    }

    /** A map from texts, written in the order of its keys. */
    static <T> YamlCodec<Map<String, T>> map(YamlCodec<T> element) {
        return new YamlCodec<>() {
            @Override
            public Optional<Map<String, T>> read(JsonNode node, String path, Findings findings) {
                if (!node.isObject()) {
                    findings.add(path, "is " + kind(node) + ", not a map", "write keys and values, one a line");
                    return Optional.empty();
                }
                Map<String, T> result = new LinkedHashMap<>();
                node.properties().forEach(e -> element.read(e.getValue(), path + "[" + e.getKey() + "]", findings)
                        .ifPresent(v -> result.put(e.getKey(), v)));
                return Optional.of(result);
            }

            @Override
            public JsonNode write(Map<String, T> value) {
                ObjectNode node = JsonNodeFactory.instance.objectNode();
                new TreeMap<>(value).forEach((key, each) -> node.set(key, element.write(each)));
                return node;
            }
        };
    }

    /** A list; elements are shown by their position in paths. */
    static <T> YamlCodec<List<T>> list(YamlCodec<T> element) {
        return list(element, "");
    }

    /** A list; elements are shown in paths by the value of one of their keys, when they have it. */
    static <T> YamlCodec<List<T>> list(YamlCodec<T> element, String nameKey) {
        return new YamlCodec<>() {
            @Override
            public Optional<List<T>> read(JsonNode node, String path, Findings findings) {
                if (!node.isArray()) {
                    findings.add(path, "is " + kind(node) + ", not a list", "start each element with a dash");
                    return Optional.empty();
                }
                List<T> result = new ArrayList<>();
                for (int i = 0; i < node.size(); i++) {
                    String name = node.get(i).path(nameKey).asText("");
                    String at = path + "[" + (name.isEmpty() ? String.valueOf(i) : name) + "]";
                    element.read(node.get(i), at, findings).ifPresent(result::add);
                }
                return Optional.of(result);
            }

            @Override
            public JsonNode write(List<T> value) {
                ArrayNode node = JsonNodeFactory.instance.arrayNode();
                value.forEach(v -> node.add(element.write(v)));
                return node;
            }
        };
    }

    /** Says in words what a node is. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "a map";
            case NUMBER -> "the number " + node.asText();
            case BOOLEAN -> "the value " + node.asText();
            case STRING -> "the text '" + node.asText() + "'";
            default -> "empty";
        };
    }
}
