package io.k8saws.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.K8sAwsException;
import io.k8saws.pki.KeyRing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads plans as JSON. Nothing is lost on the way, members that this version does not know are refused, and the id of the content is in the
 * text, so that a file that was edited or cut is noticed. The spec stands in it as the YAML text that a user would write.
 */
final class PlanJson {
    static final String FORMAT = "k8saws-plan/1";
    private static final String FAMILY = "k8saws-plan/";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // A lone surrogate is legal in a Java string and not in UTF-8.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .build();
    private static final ObjectWriter WRITER = MAPPER.writer(new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n")));

    private PlanJson() {}

    static String write(Plan plan) {
        ObjectNode content = tree(plan);
        ObjectNode whole = MAPPER.createObjectNode();
        whole.set("format", content.remove("format"));
        whole.put("id", plan.id());
        whole.setAll(content);
        return print(whole);
    }

    /** The JSON of everything but the id, in one fixed form: equal plans have equal content. */
    static String content(Plan plan) {
        return print(tree(plan));
    }

    static Plan read(String json) {
        ObjectNode whole = parse(json);
        JsonObject plan = new JsonObject(whole, "");
        requireKnownFormat(plan.text("format"));
        String id = plan.text("id");
        Plan read = new Plan(
                plan.constant("purpose", Plan.Purpose.class),
                plan.text("cluster"),
                plan.text("region"),
                plan.text("account"),
                plan.optionalText("spec").map(PlanJson::spec),
                plan.number("baseSerial", Long.MAX_VALUE),
                plan.list("changes", PlanJson::change),
                (int) plan.number("unchanged", Integer.MAX_VALUE),
                plan.list("foreign", PlanJson::foreign),
                new Pins(plan.texts("pins")),
                keys(plan.optionalTree("keys")));
        plan.end();
        whole.remove("id");
        if (!id.equals(Plan.id(print(whole)))) {
            throw refused("its content does not match its id " + id + ", so it was edited or cut", null);
        }
        return read;
    }

    private static ObjectNode tree(Plan plan) {
        ObjectNode tree = MAPPER.createObjectNode();
        tree.put("format", FORMAT);
        tree.put("purpose", plan.purpose().name());
        tree.put("cluster", plan.cluster());
        tree.put("region", plan.region());
        tree.put("account", plan.account());
        tree.put("baseSerial", plan.baseSerial());
        tree.put("unchanged", plan.unchanged());
        plan.spec().ifPresent(spec -> tree.put("spec", spec.toYaml()));
        ArrayNode changes = tree.putArray("changes");
        plan.changes().forEach(change -> write(change, changes.addObject()));
        ArrayNode foreign = tree.putArray("foreign");
        plan.foreign().forEach(item -> foreign.addObject()
                .put("resource", item.resource().toString())
                .put("what", item.what())
                .put("owner", item.owner()));
        ObjectNode pins = tree.putObject("pins");
        plan.pins().values().forEach(pins::put);
        if (!plan.keys().equals(KeyRing.first())) {
            tree.set("keys", parse(plan.keys().toJson()));
        }
        return tree;
    }

    private static void write(Change change, ObjectNode to) {
        to.put("resource", change.resource().toString());
        to.put("action", change.action().name());
        to.put("risk", change.risk().name());
        to.putObject("cause")
                .put("kind", change.cause().kind().name())
                .put("detail", change.cause().detail());
        change.id().ifPresent(id -> to.put("id", id));
        ArrayNode fields = to.putArray("fields");
        change.fields().forEach(field -> fields.addObject()
                .put("field", field.field())
                .put("before", field.before())
                .put("after", field.after()));
        ArrayNode after = to.putArray("after");
        change.after().forEach(address -> after.add(address.toString()));
    }

    private static Change change(JsonObject change) {
        JsonObject cause = change.object("cause");
        Change read = new Change(
                change.address("resource"),
                change.constant("action", Action.class),
                change.constant("risk", Risk.class),
                new Cause(cause.constant("kind", Cause.Kind.class), cause.text("detail")),
                change.optionalText("id"),
                change.list("fields", PlanJson::field),
                change.addresses("after"));
        cause.end();
        return read;
    }

    private static FieldChange field(JsonObject field) {
        return new FieldChange(field.text("field"), field.text("before"), field.text("after"));
    }

    private static Foreign foreign(JsonObject foreign) {
        return new Foreign(foreign.address("resource"), foreign.text("what"), foreign.text("owner"));
    }

    private static ClusterSpec spec(String yaml) {
        try {
            return ClusterSpec.fromYaml(yaml);
        } catch (K8sAwsException e) {
            throw refused("its spec cannot be read by this version: " + e.getMessage(), e);
        }
    }

    private static KeyRing keys(Optional<JsonNode> tree) {
        try {
            return tree.map(JsonNode::toString).map(KeyRing::fromJson).orElse(KeyRing.first());
        } catch (K8sAwsException e) {
            throw refused("its keys cannot be read by this version: " + e.getMessage(), e);
        }
    }

    private static ObjectNode parse(String json) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw refused("it is not JSON (" + e.getOriginalMessage() + ")", e);
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw refused("it is not a JSON object", null);
    }

    private static void requireKnownFormat(String format) {
        if (format.equals(FORMAT)) {
            return;
        }
        if (format.startsWith(FAMILY)) {
            throw new IllegalArgumentException("Read a plan: its format is " + format + " and this version reads "
                    + FORMAT + ". Apply it with the version of k8saws that wrote it, or plan again with this one.");
        }
        throw refused("its format is \"" + format + "\", not " + FORMAT, null);
    }

    static IllegalArgumentException refused(String why, @Nullable Throwable cause) {
        return new IllegalArgumentException("Read a plan: " + why + ". Plan again and save the new plan.", cause);
    }

    private static String print(ObjectNode tree) {
        try {
            return WRITER.writeValueAsString(tree) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of texts and numbers can always be written.", e);
        }
    }
}
