package io.k8saws.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.k8saws.plan.ResourceAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Fields read a record as flat, comparable text")
class FieldsTest {
    private record Disk(int size, Optional<String> key) {}

    private record Everything(
            int number,
            boolean flag,
            String text,
            @ReplaceOnChange Optional<String> present,
            Optional<String> absent,
            List<String> ordered,
            Set<String> unordered,
            @Additive Map<String, String> tags,
            Disk disk,
            Optional<Disk> second,
            @Disruptive Set<Disk> disks,
            Ref one,
            Set<Ref> many)
            implements Attributes {}

    private static final ResourceAddress VPC = new ResourceAddress("vpc", "main");

    private static final Everything EVERYTHING = new Everything(
            3,
            true,
            "x",
            Optional.of("here"),
            Optional.empty(),
            List.of("b", "a"),
            Set.of("b", "a"),
            Map.of("team", "pay", "a.b[c]", "1"),
            new Disk(8, Optional.of("k")),
            Optional.of(new Disk(9, Optional.empty())),
            Set.of(new Disk(2, Optional.empty()), new Disk(1, Optional.of("z"))),
            Ref.to(VPC, "arn"),
            Set.of(Ref.id("sg-2"), Ref.id("sg-1")));

    @Test
    void eachShapeHasItsForm() {
        assertThat(Fields.flat(EVERYTHING, Ref::toString))
                .containsExactly(
                        entry("disk.key", "k"),
                        entry("disk.size", "8"),
                        entry("disks", "{key=z, size=1}, {size=2}"),
                        entry("flag", "true"),
                        entry("many", "sg-1, sg-2"),
                        entry("number", "3"),
                        entry("one", "vpc/main.arn"),
                        entry("ordered", "b, a"),
                        entry("present", "here"),
                        entry("second.size", "9"),
                        entry("tags[a.b[c]]", "1"),
                        entry("tags[team]", "pay"),
                        entry("text", "x"),
                        entry("unordered", "a, b"));
    }

    @Test
    void referencesAreFoundAtAnyDepth() {
        assertThat(Fields.refs(EVERYTHING)).contains(Ref.to(VPC, "arn"), Ref.id("sg-1"), Ref.id("sg-2"));
    }

    @ParameterizedTest
    @CsvSource({"tags[team], tags", "tags[a.b[c]], tags", "disk.size, disk", "number, number", "second.size, second"})
    void aFieldBelongsToAComponent(String field, String component) {
        assertThat(Fields.component(field)).isEqualTo(component);
    }

    @Test
    void annotationsAreThoseOfTheComponent() {
        assertThat(Fields.has(Everything.class, "tags[team]", Additive.class)).isTrue();
        assertThat(Fields.has(Everything.class, "present", ReplaceOnChange.class))
                .isTrue();
        assertThat(Fields.has(Everything.class, "present", Additive.class)).isFalse();
        assertThat(Fields.has(Everything.class, "disks", Disruptive.class)).isTrue();
        assertThatThrownBy(() -> Fields.has(Everything.class, "nothing", Additive.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Everything has no component \"nothing\".");
    }
}
