package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A plan as JSON")
class PlanJsonTest {
    @Property(tries = 300)
    void losesNothing(@ForAll("plans") Plan plan) {
        Plan read = Plan.fromJson(plan.toJson());

        assertThat(read).isEqualTo(plan);
        assertThat(read.id()).isEqualTo(plan.id());
        assertThat(read.toJson()).isEqualTo(plan.toJson());
    }

    @Property(tries = 200)
    void hasAnIdOfItsContent(@ForAll("plans") Plan a, @ForAll("plans") Plan b) {
        assertThat(a.id()).matches("[0-9a-f]{8}");
        assertThat(a.id().equals(b.id())).isEqualTo(a.equals(b));
    }

    @Test
    @DisplayName("is saved to a file and loaded again, with characters that no file can hold")
    void file(@TempDir Path directory) {
        Plan plan = Plans.with(Plans.creates("subnet/\ud800é", "x", List.of()));
        Path file = directory.resolve("plan.json");

        assertThat(plan.save(file)).isSameAs(plan);

        assertThat(Plan.load(file)).isEqualTo(plan);
    }

    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @DisplayName("is refused with the reason and what to do")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"k8saws-plan/1\" | \"k8saws-plan/2\" | its format is k8saws-plan/2 and this version reads k8saws-plan/1. Apply it with the version",
                "\"k8saws-plan/1\" | \"tarball\"       | its format is \"tarball\", not k8saws-plan/1",
                "\"unchanged\"     | \"unchangedd\"    | unchanged is missing",
                "\"unchanged\" : 61 | \"unchanged\" : 60 | was edited or cut",
                "\"unchanged\" : 61 | \"unchanged\" : 6.5 | unchanged is not a whole number",
                "\"unchanged\" : 61 | \"unchanged\" : -1 | unchanged is not a whole number",
                "\"unchanged\" : 61 | \"unchanged\" : 99999999999 | unchanged is not a whole number",
                "\"unchanged\" : 61 | \"unchanged\" : 61, \"more\" : 1 | more is not known to this version",
                "\"unchanged\" : 61 | \"unchanged\" : 61, \"unchanged\" : 61 | it is not JSON",
                "\"REPLACE\"        | \"RECREATE\"      | changes[1].action is \"RECREATE\", which this version does not know",
                "\"DRIFT\"          | \"WEATHER\"       | changes[0].cause.kind is \"WEATHER\"",
                "\"field\" : \"maxSize\" | \"feild\" : \"maxSize\" | changes[3].fields[0].field is missing",
                "\"resource\" : \"volume/etcd-4\" | \"resource\" : \"volume\" | changes[6].resource is no resource address",
                "\"account\" : \"123456789012\" | \"account\" : 123456789012 | account is not a text",
                "eu-west-1b         | mars-1         | its spec cannot be read by this version",
            })
    void refused(String part, String other, String why) {
        String json = Plans.change().toJson();
        assertThat(json).contains(part);

        assertThatThrownBy(() -> Plan.fromJson(json.replaceFirst(Pattern.quote(part), Matcher.quoteReplacement(other))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Read a plan: ")
                .hasMessageContaining(why)
                .hasMessageMatching("(?s).*([Pp]lan again).*");
    }

    @ParameterizedTest
    @DisplayName("is refused when it is something else")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"`` | not a JSON object", "[] | not a JSON object", "nonsense | not JSON", "{} | format is missing"
            })
    void somethingElse(String text, String why) {
        assertThatThrownBy(() -> Plan.fromJson(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    @DisplayName("is refused when it was cut off")
    void cut() {
        String json = Plans.change().toJson();

        assertThatThrownBy(() -> Plan.fromJson(json.substring(0, json.length() / 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is not JSON");
    }

    @Provide
    static Arbitrary<Plan> plans() {
        Arbitrary<String> text = Arbitraries.strings().ofMaxLength(12);
        Arbitrary<String> name = text.filter(value -> !value.isBlank());
        Arbitrary<ResourceAddress> address = Combinators.combine(name.filter(value -> value.indexOf('/') < 0), name)
                .as(ResourceAddress::new);
        Arbitrary<Cause> cause =
                Combinators.combine(Arbitraries.of(Cause.Kind.class), text).as(Cause::new);
        Arbitrary<FieldChange> field = Combinators.combine(text, text, text).as(FieldChange::new);
        Arbitrary<Change> change = Combinators.combine(
                        address,
                        Arbitraries.of(Action.class),
                        Arbitraries.of(Risk.class),
                        cause,
                        text.optional(),
                        field.list().ofMaxSize(3),
                        address.list().ofMaxSize(3))
                .as(Change::new);
        Arbitrary<Foreign> foreign = Combinators.combine(address, text, text).as(Foreign::new);
        return Combinators.combine(
                        Arbitraries.of(Plan.Purpose.class),
                        text,
                        text,
                        Arbitraries.just(Plans.spec()).optional(),
                        Arbitraries.longs().greaterOrEqual(0),
                        change.list().ofMaxSize(4),
                        Arbitraries.integers().greaterOrEqual(0),
                        foreign.list().ofMaxSize(2))
                .as((purpose, cluster, region, spec, serial, changes, unchanged, foreigners) ->
                        new Plan(purpose, cluster, region, "1", spec, serial, changes, unchanged, foreigners));
    }
}
