package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.kubeconfig.Yaml.Field;
import io.k8saws.kubeconfig.Yaml.Mapping;
import io.k8saws.kubeconfig.Yaml.Remarks;
import io.k8saws.kubeconfig.Yaml.Scalar;
import io.k8saws.kubeconfig.Yaml.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Tag;

/** What holds for any configuration, with fields that nobody knows. */
class KubeconfigPropertiesTest {
    private static final List<String> TRICKY = List.of(
            "",
            " ",
            "yes",
            "No",
            "n",
            "~",
            "null",
            "0",
            "007",
            "0o17",
            "1_000",
            "433e40",
            "1.0",
            ".5",
            ".inf",
            "12:30:45",
            "2001-01-01",
            "=",
            "<<",
            "- a",
            "a: b",
            "a #b",
            "#c",
            "*x",
            "&x",
            "!x",
            "%x",
            "@x",
            "`x",
            "{",
            "]",
            "'",
            "\"",
            "\\",
            "|",
            ">",
            "?",
            ",",
            "a\nb",
            "a\n",
            "\n",
            " a\n b ",
            "\t",
            "a\tb",
            "\u00e4",
            "\ud83d\ude00",
            "\u007f",
            "\u0085",
            "\u2028",
            "\u0000",
            "\u001b[0m",
            "\ufeff",
            "a\r\nb",
            "---",
            "...",
            "true",
            "a\n\n\nb  \n");

    private static final Arbitrary<String> WORDS = Arbitraries.of("a", "b", "c", "d", "prod", "dev");
    private static final Arbitrary<String> TEXTS = Arbitraries.oneOf(
            Arbitraries.of(TRICKY),
            WORDS,
            Arbitraries.strings().ofMaxLength(12).filter(KubeconfigPropertiesTest::isUnicode));

    private static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static Yaml number(String digits) {
        return new Scalar(digits, digits.contains(".") ? Tag.FLOAT : Tag.INT, ScalarStyle.PLAIN, Remarks.NONE);
    }

    /** Anything that may be in a field that nobody knows. */
    private static Arbitrary<Yaml> anything(int depth) {
        Arbitrary<Yaml> scalars = Arbitraries.oneOf(
                TEXTS.map(Scalar::text),
                Arbitraries.of(true, false).map(Scalar::bool),
                Arbitraries.of("0", "-17", "0x1F", "1_000", "3.0", "6.02e23", "007")
                        .map(KubeconfigPropertiesTest::number),
                Arbitraries.just(new Scalar("", Tag.NULL, ScalarStyle.PLAIN, Remarks.NONE)));
        if (depth == 0) {
            return scalars;
        }
        Arbitrary<Yaml> inner = anything(depth - 1);
        Arbitrary<Boolean> flow = Arbitraries.of(true, false);
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, scalars),
                net.jqwik.api.Tuple.of(
                        1,
                        Combinators.combine(inner.list().ofMaxSize(3), flow)
                                .as((items, f) -> new Sequence(items, f, Remarks.NONE))),
                net.jqwik.api.Tuple.of(
                        1,
                        Combinators.combine(Arbitraries.maps(TEXTS, inner).ofMaxSize(3), flow)
                                .as((fields, f) -> new Mapping(fields(fields), f, Remarks.NONE))));
    }

    private static Map<String, Field> fields(Map<String, Yaml> values) {
        Map<String, Field> fields = new LinkedHashMap<>();
        values.forEach((key, value) -> fields.put(key, new Field(Scalar.text(key), value)));
        return fields;
    }

    private static Arbitrary<Mapping> body(Map<String, Arbitrary<Yaml>> known) {
        List<Arbitrary<Mapping>> parts = new ArrayList<>();
        known.forEach((key, value) -> parts.add(value.optional(0.6)
                .map(v -> v.map(x -> Mapping.EMPTY.with(key, x)).orElse(Mapping.EMPTY))));
        parts.add(anything(2).optional(0.4).map(v -> v.map(x -> Mapping.EMPTY.with("x-unknown", x))
                .orElse(Mapping.EMPTY)));
        return Combinators.combine(parts).as(KubeconfigPropertiesTest::join);
    }

    private static Mapping join(List<Mapping> parts) {
        Mapping all = Mapping.EMPTY;
        for (Mapping part : parts) {
            for (Map.Entry<String, Field> field : part.fields().entrySet()) {
                all = all.with(field.getKey(), field.getValue().value());
            }
        }
        return all;
    }

    private static Arbitrary<Yaml> entries(Kind kind, Map<String, Arbitrary<Yaml>> known) {
        return Combinators.combine(WORDS, body(known), anything(1).optional(0.2))
                .as((name, body, extra) -> {
                    Mapping element = Stanza.empty(kind, name).withBody(body).element();
                    return extra.map(x -> element.with("x-beside", x)).orElse(element);
                })
                .list()
                .ofMaxSize(4)
                .uniqueElements(element -> element.text("name"))
                .map(list -> Sequence.EMPTY.withItems(list));
    }

    private static Arbitrary<Yaml> extensions() {
        return Combinators.combine(WORDS, anything(1))
                .as((name, content) -> Mapping.EMPTY.with("name", name).with("extension", content))
                .list()
                .ofMaxSize(3)
                .uniqueElements(element -> element.text("name"))
                .map(list -> Sequence.EMPTY.withItems(list));
    }

    @Provide
    Arbitrary<Kubeconfig> configs() {
        return documents().map(Kubeconfig::of);
    }

    /** Without texts over several lines, in which a comment would be text. */
    @Provide
    Arbitrary<Kubeconfig> configsOfShortTexts() {
        return documents().map(document -> Kubeconfig.of((Mapping) quoted(document)));
    }

    private static Yaml quoted(Yaml piece) {
        if (piece instanceof Scalar scalar && scalar.isText()) {
            return new Scalar(scalar.text(), scalar.tag(), ScalarStyle.DOUBLE_QUOTED, scalar.remarks());
        }
        if (piece instanceof Sequence list) {
            return new Sequence(
                    list.items().stream().map(KubeconfigPropertiesTest::quoted).toList(), list.flow(), list.remarks());
        }
        if (piece instanceof Mapping map) {
            Map<String, Field> fields = new LinkedHashMap<>();
            map.fields()
                    .forEach((key, field) ->
                            fields.put(key, new Field((Scalar) quoted(field.key()), quoted(field.value()))));
            return new Mapping(fields, map.flow(), map.remarks());
        }
        return piece;
    }

    private static Arbitrary<Mapping> documents() {
        Arbitrary<Yaml> texts = TEXTS.map(Scalar::text);
        Arbitrary<Yaml> paths = Arbitraries.of("ca.crt", "../x", "/abs/ca.crt").map(Scalar::text);
        Arbitrary<Yaml> bools = Arbitraries.of(true, false).map(Scalar::bool);
        Arbitrary<Yaml> data = Arbitraries.of("YWJj", "YQ==").map(Scalar::text);
        Arbitrary<Yaml> words = WORDS.map(Scalar::text);
        Arbitrary<Yaml> lists = TEXTS.list().ofMaxSize(3).map(Sequence::texts);
        Arbitrary<Yaml> exec = body(Map.of(
                        "command", words, "args", lists, "apiVersion", texts, "interactiveMode", texts))
                .map(x -> x);
        Arbitrary<Yaml> preferences =
                body(Map.of("colors", bools, "extensions", extensions())).map(x -> x);
        Map<String, Arbitrary<Yaml>> top = new LinkedHashMap<>();
        top.put("current-context", words);
        top.put(
                "clusters",
                entries(
                        Kind.CLUSTER,
                        Map.of(
                                "server",
                                texts,
                                "insecure-skip-tls-verify",
                                bools,
                                "certificate-authority",
                                paths,
                                "certificate-authority-data",
                                data,
                                "extensions",
                                extensions())));
        top.put(
                "users",
                entries(
                        Kind.USER,
                        Map.of(
                                "token",
                                texts,
                                "client-key-data",
                                data,
                                "tokenFile",
                                paths,
                                "exec",
                                exec,
                                "as-groups",
                                lists)));
        top.put("contexts", entries(Kind.CONTEXT, Map.of("cluster", words, "user", words, "namespace", texts)));
        top.put("extensions", extensions());
        top.put("preferences", preferences);
        return body(top);
    }

    @Property(tries = 500)
    void textLosesNothing(@ForAll("configs") Kubeconfig config) {
        String yaml = config.toYaml();

        assertThat(parse(yaml)).isEqualTo(config).hasSameHashCodeAs(config);
        assertThat(parse(yaml).toYaml()).as("written again").isEqualTo(yaml);
    }

    @Property(tries = 300)
    void mergeIsAssociative(
            @ForAll("configs") Kubeconfig a, @ForAll("configs") Kubeconfig b, @ForAll("configs") Kubeconfig c) {
        assertThat(a.merge(b).merge(c)).isEqualTo(a.merge(b.merge(c)));
    }

    @Property(tries = 300)
    void theFirstOneWinsAndNothingElseIsLost(@ForAll("configs") Kubeconfig a, @ForAll("configs") Kubeconfig b) {
        Kubeconfig both = a.merge(b);

        assertThat(both.currentContext()).isEqualTo(a.currentContext().or(b::currentContext));
        for (Kind kind : Kind.values()) {
            assertThat(both.of(kind)).containsAllEntriesOf(a.of(kind));
            b.of(kind).forEach((name, stanza) -> assertThat(both.of(kind))
                    .containsEntry(name, a.of(kind).getOrDefault(name, stanza)));
        }
        assertThat(a.merge(a)).isEqualTo(a);
        assertThat(a.merge(Kubeconfig.empty())).isEqualTo(a);
        assertThat(Kubeconfig.empty().merge(a)).isEqualTo(a);
    }

    @Property(tries = 300)
    void minifiedIsStillTheSameContext(@ForAll("configs") Kubeconfig config) {
        for (ContextEntry context : config.contexts()) {
            boolean whole = context.cluster()
                            .map(c -> config.cluster(c).isPresent())
                            .orElse(true)
                    && context.user().map(u -> config.user(u).isPresent()).orElse(true);
            if (whole) {
                Kubeconfig small = config.minify(context.name());
                assertThat(small.contexts()).containsExactly(context);
                assertThat(small.currentContext()).contains(context.name());
                assertThat(small.minify(context.name())).isEqualTo(small);
                assertThat(UsageRules.of(small, context.name()).all())
                        .extracting(v -> v.path() + v.problem())
                        .isEqualTo(UsageRules.of(config, context.name()).all().stream()
                                .map(v -> v.path() + v.problem())
                                .toList());
            }
        }
    }

    /** Whatever is changed in the merged view is what the files say together afterwards, but for what a removal uncovers. */
    @Property(tries = 300)
    void filesSayWhatWasWanted(
            @ForAll("configs") Kubeconfig one, @ForAll("configs") Kubeconfig two, @ForAll("configs") Kubeconfig more) {
        Path first = Path.of("/one/config");
        Path second = Path.of("/two/config");
        Map<Path, Kubeconfig> contents = new LinkedHashMap<>();
        contents.put(first, one.withOrigin(first));
        contents.put(second, two.withOrigin(second));
        Kubeconfig before = one.withOrigin(first).merge(two.withOrigin(second));
        Kubeconfig wanted = before.merge(more);
        for (ClusterEntry cluster : more.clusters()) {
            wanted = wanted.withCluster(
                    cluster.name(), c -> c.withServer("changed").withDisableCompression(true));
        }

        Map<Path, Kubeconfig> changed = new Placement(List.of(first, second), first, contents).of(before, wanted);

        Map<Path, Kubeconfig> after = new LinkedHashMap<>(contents);
        after.putAll(changed);
        assertThat(after.values().stream().reduce(Kubeconfig::merge)).isEqualTo(Optional.of(wanted));
    }

    /** No comment may be lost or make a file unreadable, wherever it stands. */
    @Property(tries = 500)
    void commentsStay(@ForAll("configsOfShortTexts") Kubeconfig config, @ForAll long seed) {
        java.util.Random random = new java.util.Random(seed);
        List<String> lines = new ArrayList<>();
        List<String> comments = new ArrayList<>();
        for (String line : config.toYaml().split("\n", -1)) {
            // The parser takes no comment between the two halves of "? key" and ": value".
            boolean room = !line.isEmpty() && !line.strip().startsWith(":");
            if (room && (comments.isEmpty() || random.nextInt(4) == 0)) {
                comments.add("# c" + comments.size() + ".");
                lines.add(" ".repeat(line.length() - line.stripLeading().length()) + comments.get(comments.size() - 1));
            }
            lines.add(line);
        }
        Kubeconfig remarked = parse(String.join("\n", lines));

        assertThat(remarked).isEqualTo(config);
        assertThat(remarked.toYaml()).contains(comments.toArray(String[]::new));
        assertThat(parse(remarked.toYaml())).isEqualTo(config);
        assertThat(parse(remarked.toYaml()).toYaml()).contains(comments.toArray(String[]::new));
    }

    private static Kubeconfig parse(String yaml) {
        try {
            return Kubeconfig.parse(yaml);
        } catch (InvalidSpecException e) {
            throw new AssertionError("cannot be read:\n" + yaml, e);
        }
    }
}
