package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A plan is stale when something is left to do that it does not show")
class StalenessTest {
    private static final String AFTER_APPLY = FieldChange.KNOWN_AFTER_APPLY;

    private static Change change(Action action, String id, Risk risk, FieldChange... fields) {
        return new Change(
                new ResourceAddress("subnet", "a"),
                action,
                risk,
                new Cause(Cause.Kind.SPEC, "network"),
                Optional.of(id).filter(text -> !text.isEmpty()),
                List.of(fields),
                List.of());
    }

    private static Change create() {
        return change(Action.CREATE, "", Risk.SAFE, field("size", "", "3"));
    }

    private static Change update(String before, String after) {
        return change(Action.UPDATE, "i-1", Risk.SAFE, field("size", before, after));
    }

    private static Change replace(String id) {
        return change(Action.REPLACE, id, Risk.DISRUPTIVE, field("zone", "a", "b"));
    }

    private static Change delete(String id) {
        return change(Action.DELETE, id, Risk.DISRUPTIVE);
    }

    private static Change duplicate(String id) {
        Change gone = delete(id);
        return new Change(
                gone.resource(),
                gone.action(),
                gone.risk(),
                new Cause(Cause.Kind.DUPLICATE, "of i-1"),
                gone.id(),
                List.of(),
                List.of());
    }

    private static FieldChange field(String name, String before, String after) {
        return new FieldChange(name, before, after);
    }

    /** What a plan showed, what is left, whether that is shown, and whether it is when an earlier run of the plan was cut off. */
    static Stream<Arguments> cases() {
        Change riskyUpdate = change(Action.UPDATE, "i-1", Risk.DISRUPTIVE, field("size", "1", "3"));
        Change twoFields = change(Action.UPDATE, "i-1", Risk.SAFE, field("size", "1", "3"), field("name", "x", "y"));
        return Stream.of(
                arguments("the same creation", create(), create(), true, true),
                arguments("made half", create(), update("1", "3"), true, true),
                arguments("made half, and mending it hurts", create(), riskyUpdate, false, true),
                arguments("to be created, now to be replaced", create(), replace("i-1"), false, false),
                arguments("to be created, now to be deleted", create(), delete("i-1"), false, false),
                arguments("made twice", create(), duplicate("i-2"), false, true),
                arguments("the same update", update("1", "3"), update("1", "3"), true, true),
                arguments("changed by others in between", update("1", "3"), update("2", "3"), false, true),
                arguments("another wish", update("1", "3"), update("1", "4"), false, false),
                arguments("a field is done", twoFields, update("1", "3"), true, true),
                arguments("a field more", update("1", "3"), twoFields, false, false),
                arguments("now it hurts", update("1", "3"), riskyUpdate, false, true),
                arguments("a value that was to be known", update("1", AFTER_APPLY), update("1", "7"), true, true),
                arguments("gone in between", update("1", "3"), create(), false, false),
                arguments("now to be replaced", update("1", "3"), replace("i-1"), false, false),
                arguments("the same replacement", replace("i-1"), replace("i-1"), true, true),
                arguments("replaced by others", replace("i-1"), replace("i-2"), false, true),
                arguments("its first half is done", replace("i-1"), create(), true, true),
                arguments("its second half is left", replace("i-1"), delete("i-1"), true, true),
                arguments("another thing at its place", replace("i-1"), delete("i-2"), false, true),
                arguments("replaced, now an update", replace("i-1"), update("1", "3"), false, true),
                arguments("the same deletion", delete("i-1"), delete("i-1"), true, true),
                arguments("the deletion of another", delete("i-1"), delete("i-2"), false, false),
                arguments("deleted, now a creation", delete("i-1"), create(), false, false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shows(String what, Change planned, Change left, boolean shown, boolean shownWhenResumed) {
        assertThat(Staleness.unplanned(plan(planned), List.of(left), false))
                .isEqualTo(shown ? List.of() : List.of(left));
        assertThat(Staleness.unplanned(plan(planned), List.of(left), true))
                .isEqualTo(shownWhenResumed ? List.of() : List.of(left));
    }

    @Test
    void lessThanPlannedIsNotStale() {
        assertThat(Staleness.unplanned(plan(create()), List.of(), false)).isEmpty();
    }

    @Test
    void whatThePlanDoesNotNameIsStale() {
        assertThat(Staleness.unplanned(plan(), List.of(create()), true)).containsExactly(create());
    }

    @Test
    void eachOfSeveralDeletionsAtOneAddressIsShownById() {
        Plan two = plan(delete("i-1"), delete("i-2"));

        assertThat(Staleness.unplanned(two, List.of(delete("i-2"), delete("i-3")), false))
                .containsExactly(delete("i-3"));
    }

    private static Plan plan(Change... changes) {
        return new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "111122223333",
                Optional.empty(),
                1,
                List.of(changes),
                0,
                List.of());
    }
}
