package io.k8saws.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How a value with properties stands in YAML: its keys in their order, each with a codec. What has its default is not written.
 *
 * @param <S> the value
 * @param <B> its builder
 */
final class YamlObject<S, B> implements YamlCodec<S> {

    private final Supplier<B> builder;
    private final Function<B, S> build;
    private final S defaults;
    private final Map<String, Property<S, B, ?>> properties = new LinkedHashMap<>();
    private BiFunction<String, String, Optional<String>> refusal = (path, key) -> Optional.empty();

    YamlObject(Supplier<B> builder, Function<B, S> build) {
        this.builder = builder;
        this.build = build;
        this.defaults = build.apply(builder.get());
    }

    /** A property whose default is that of an otherwise empty value. */
    <T> YamlObject<S, B> with(String key, YamlCodec<T> codec, Function<S, T> get, BiConsumer<B, T> set) {
        T byDefault = get.apply(defaults);
        return with(key, codec, get, set, s -> byDefault);
    }

    /** A property whose default follows from other properties. */
    <T> YamlObject<S, B> with(
            String key, YamlCodec<T> codec, Function<S, T> get, BiConsumer<B, T> set, Function<S, T> byDefault) {
        properties.put(
                key,
                new Property<>(codec, s -> Optional.of(get.apply(s)).filter(v -> !v.equals(byDefault.apply(s))), set));
        return this;
    }

    /** A property that may be absent. */
    <T> YamlObject<S, B> optional(String key, YamlCodec<T> codec, Function<S, Optional<T>> get, BiConsumer<B, T> set) {
        properties.put(key, new Property<>(codec, get, set));
        return this;
    }

    /** Explains keys that are unknown for a reason. The function gets the key and answers with the problem. */
    YamlObject<S, B> refusing(Function<String, Optional<String>> reason) {
        this.refusal = (path, key) -> reason.apply(key);
        return this;
    }

    @Override
    public Optional<S> read(JsonNode node, String path, Findings findings) {
        if (!node.isObject()) {
            findings.add(path, "is " + YamlCodec.kind(node) + ", not a map", "write keys and values, one a line");
            return Optional.empty();
        }
        B target = builder.get();
        Map<String, String> meant = meant(node);
        node.properties().forEach(entry -> {
            String written = entry.getKey();
            if (!properties.containsKey(written)) {
                unknown(at(path, written), path, written, findings);
            }
            String key = meant.getOrDefault(written, written);
            Property<S, B, ?> property = properties.get(key);
            if (property == null) {
                return;
            }
            if (!key.equals(written)) {
                findings.misspelt(at(path, written), at(path, key));
            }
            if (!ClusterYaml.isEmpty(entry.getValue())) {
                property.read(entry.getValue(), at(path, key), findings, target);
            }
        });
        return Optional.of(build.apply(target));
    }

    /** The unknown keys of a map with the keys that were probably meant: such as are not there, each once. */
    Map<String, String> meant(JsonNode node) {
        Map<String, String> meant = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            if (!properties.containsKey(entry.getKey())
                    && refusal.apply("", entry.getKey()).isEmpty()) {
                Nearest.of(entry.getKey(), properties.keySet())
                        .filter(key -> !node.has(key) && !meant.containsValue(key))
                        .ifPresent(key -> meant.put(entry.getKey(), key));
            }
        });
        return meant;
    }

    private static String at(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private void unknown(String at, String path, String key, Findings findings) {
        Optional<String> reason = refusal.apply(path, key);
        if (reason.isPresent()) {
            findings.add(at, reason.get(), "remove it");
            return;
        }
        String fix = Nearest.of(key, properties.keySet())
                .map(n -> "write " + n)
                .orElse("use one of " + String.join(", ", properties.keySet()));
        findings.add(at, "is not a known key", fix);
    }

    @Override
    public ObjectNode write(S value) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        properties.forEach((key, property) -> property.write(value).ifPresent(v -> node.set(key, v)));
        return node;
    }

    private record Property<S, B, T>(YamlCodec<T> codec, Function<S, Optional<T>> get, BiConsumer<B, T> set) {

        void read(JsonNode node, String path, Findings findings, B target) {
            codec.read(node, path, findings).ifPresent(value -> set.accept(target, value));
        }

        Optional<JsonNode> write(S value) {
            return get.apply(value).map(codec::write);
        }
    }
}
