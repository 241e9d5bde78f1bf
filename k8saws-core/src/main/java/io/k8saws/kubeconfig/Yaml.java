package io.k8saws.kubeconfig;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A piece of a document as an immutable value. It keeps order, style and comments; two pieces are equal when their content is, in any style and with maps
 * in any order.
 */
sealed interface Yaml {
    Remarks remarks();

    Yaml withRemarks(Remarks next);

    /** The same without any comment. */
    Yaml bare();

    /**
     * Whether it ends on the line that it starts on, so that a comment may follow. A text of several lines does not, nor do braces that are written as lines
     * since there are comments in them.
     */
    boolean hasRoomBeside();

    /** Whether there is a comment on it or in it. */
    boolean isRemarked();

    /** Whether Go would read it as the zero value of its type. */
    boolean isZero();

    /** What it is, in words without the value. */
    String kind();

    /** A text, number, boolean or nothing at all. */
    record Scalar(String text, Tag tag, ScalarStyle style, Remarks remarks) implements Yaml {
        static Scalar text(String text) {
            return new Scalar(
                    text, Tag.STR, text.contains("\n") ? ScalarStyle.LITERAL : ScalarStyle.PLAIN, Remarks.NONE);
        }

        static Scalar bool(boolean value) {
            return new Scalar(String.valueOf(value), Tag.BOOL, ScalarStyle.PLAIN, Remarks.NONE);
        }

        @Override
        public Scalar withRemarks(Remarks next) {
            return new Scalar(text, tag, style, next);
        }

        @Override
        public Scalar bare() {
            return withRemarks(Remarks.NONE);
        }

        @Override
        public boolean hasRoomBeside() {
            return style != ScalarStyle.LITERAL && style != ScalarStyle.FOLDED;
        }

        @Override
        public boolean isRemarked() {
            return !remarks.isEmpty();
        }

        boolean isText() {
            return tag.equals(Tag.STR);
        }

        boolean isNull() {
            return tag.equals(Tag.NULL);
        }

        boolean isBool() {
            return tag.equals(Tag.BOOL);
        }

        boolean isTrue() {
            return isBool() && KubectlSchema.isTrue(text);
        }

        @Override
        public boolean isZero() {
            return isNull() || (isBool() && !isTrue()) || (isText() && text.isEmpty());
        }

        @Override
        public String kind() {
            if (isNull()) {
                return "empty";
            }
            if (isText()) {
                return "a text";
            }
            return isBool() ? "true or false" : "a number or of a type of its own";
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Scalar that
                    && tag.equals(that.tag)
                    && (isNull() || (isBool() ? isTrue() == that.isTrue() : text.equals(that.text)));
        }

        @Override
        public int hashCode() {
            return isNull() || isBool() ? tag.hashCode() : text.hashCode();
        }

        @Override
        public String toString() {
            return "(" + kind() + ")";
        }
    }

    /** A list. */
    record Sequence(List<Yaml> items, boolean flow, Remarks remarks) implements Yaml {
        static final Sequence EMPTY = new Sequence(List.of(), false, Remarks.NONE);

        public Sequence {
            items = List.copyOf(items);
        }

        static Sequence texts(List<String> texts) {
            return new Sequence(texts.stream().<Yaml>map(Scalar::text).toList(), false, Remarks.NONE);
        }

        Sequence withItems(List<? extends Yaml> newItems) {
            return new Sequence(List.copyOf(newItems), flow, remarks);
        }

        @Override
        public Sequence withRemarks(Remarks next) {
            return new Sequence(items, flow, next);
        }

        @Override
        public Sequence bare() {
            return new Sequence(items.stream().map(Yaml::bare).toList(), flow, Remarks.NONE);
        }

        @Override
        public boolean hasRoomBeside() {
            return items.isEmpty() || (flow && items.stream().noneMatch(Yaml::isRemarked));
        }

        @Override
        public boolean isRemarked() {
            return !remarks.isEmpty() || items.stream().anyMatch(Yaml::isRemarked);
        }

        /** The items that are maps. */
        List<Mapping> mappings() {
            return items.stream()
                    .filter(Mapping.class::isInstance)
                    .map(Mapping.class::cast)
                    .toList();
        }

        @Override
        public boolean isZero() {
            return items.isEmpty();
        }

        @Override
        public String kind() {
            return "a list";
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Sequence that && items.equals(that.items);
        }

        @Override
        public int hashCode() {
            return items.hashCode();
        }

        @Override
        public String toString() {
            return "(" + items.size() + " items)";
        }
    }

    /** A map, in the order of the document. */
    record Mapping(Map<String, Field> fields, boolean flow, Remarks remarks) implements Yaml {
        static final Mapping EMPTY = new Mapping(Map.of(), false, Remarks.NONE);

        public Mapping {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        @Override
        public Mapping withRemarks(Remarks next) {
            return new Mapping(fields, flow, next);
        }

        @Override
        public Mapping bare() {
            Map<String, Field> copy = new LinkedHashMap<>();
            fields.forEach((key, field) ->
                    copy.put(key, new Field(field.key().bare(), field.value().bare())));
            return new Mapping(copy, flow, Remarks.NONE);
        }

        @Override
        public boolean hasRoomBeside() {
            return fields.isEmpty() || (flow && fields.values().stream().noneMatch(Field::isRemarked));
        }

        @Override
        public boolean isRemarked() {
            return !remarks.isEmpty() || fields.values().stream().anyMatch(Field::isRemarked);
        }

        /** A copy with another value that takes over nothing of the old one's comments. */
        Mapping replaced(String key, Yaml value) {
            Map<String, Field> copy = new LinkedHashMap<>(fields);
            @Nullable Field old = fields.get(key);
            copy.put(key, new Field(old == null ? Scalar.text(key) : old.key(), value));
            return new Mapping(copy, flow, remarks);
        }

        Optional<Yaml> get(String key) {
            return Optional.ofNullable(fields.get(key)).map(Field::value);
        }

        /** The text of a field; empty when there is none or it is the empty text. */
        Optional<String> text(String key) {
            return scalar(key).filter(Scalar::isText).map(Scalar::text).filter(text -> !text.isEmpty());
        }

        boolean isTrue(String key) {
            return scalar(key).filter(Scalar::isTrue).isPresent();
        }

        /** The map in a field; an empty one when there is none. */
        Mapping mapping(String key) {
            return get(key).filter(Mapping.class::isInstance)
                    .map(Mapping.class::cast)
                    .orElse(EMPTY);
        }

        /** The list in a field; an empty one when there is none. */
        Sequence sequence(String key) {
            return get(key).filter(Sequence.class::isInstance)
                    .map(Sequence.class::cast)
                    .orElse(Sequence.EMPTY);
        }

        private Optional<Scalar> scalar(String key) {
            return get(key).filter(Scalar.class::isInstance).map(Scalar.class::cast);
        }

        /** A copy with another value in a field, in its place; a new field is the last. Comments stay. */
        Mapping with(String key, Yaml value) {
            Map<String, Field> copy = new LinkedHashMap<>(fields);
            @Nullable Field old = fields.get(key);
            copy.put(key, old == null ? new Field(Scalar.text(key), value) : old.withValue(value));
            return new Mapping(copy, flow, remarks);
        }

        Mapping with(String key, String text) {
            return text.equals(text(key).orElse(null)) ? this : with(key, Scalar.text(text));
        }

        /** A copy that says true, or that has no such field. */
        Mapping with(String key, boolean value) {
            if (value == isTrue(key)) {
                return this;
            }
            return value ? with(key, Scalar.bool(true)) : without(key);
        }

        Mapping without(String... keys) {
            Map<String, Field> copy = new LinkedHashMap<>(fields);
            List.of(keys).forEach(copy::remove);
            return new Mapping(copy, flow, remarks);
        }

        @Override
        public boolean isZero() {
            return fields.isEmpty();
        }

        @Override
        public String kind() {
            return "a map";
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Mapping that && fields.equals(that.fields);
        }

        @Override
        public int hashCode() {
            return fields.hashCode();
        }

        @Override
        public String toString() {
            return fields.keySet().toString();
        }
    }

    /** A key as it is written, and its value. */
    record Field(Scalar key, Yaml value) {
        boolean isRemarked() {
            return key.isRemarked() || value.isRemarked();
        }

        /** The same key with another value; comments stay as near as they can. */
        Field withValue(Yaml next) {
            Remarks old = value.remarks();
            if (next.hasRoomBeside()) {
                // Beside a key is room only when its value is on the lines below.
                Remarks besideKey = new Remarks(List.of(), key.remarks().beside(), List.of());
                Remarks above = new Remarks(key.remarks().before(), List.of(), List.of()).withMoreBefore(besideKey);
                return new Field(key.withRemarks(above), next.withRemarks(old));
            }
            return new Field(key.withRemarks(key.remarks().withMoreBefore(old)), next.withRemarks(Remarks.NONE));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Field that && value.equals(that.value);
        }

        @Override
        public int hashCode() {
            return value.hashCode();
        }
    }

    /** The comments and empty lines around a piece. */
    record Remarks(List<CommentLine> before, List<CommentLine> beside, List<CommentLine> after) {
        static final Remarks NONE = new Remarks(List.of(), List.of(), List.of());

        public Remarks {
            before = List.copyOf(before);
            beside = List.copyOf(beside);
            after = List.copyOf(after);
        }

        boolean isEmpty() {
            return before.isEmpty() && beside.isEmpty() && after.isEmpty();
        }

        Remarks withMoreBefore(Remarks more) {
            List<CommentLine> lines = new ArrayList<>(before);
            Stream.of(more.before, more.beside, more.after)
                    .flatMap(List::stream)
                    .map(Comments::alone)
                    .forEach(lines::add);
            return new Remarks(lines, beside, after);
        }
    }
}
