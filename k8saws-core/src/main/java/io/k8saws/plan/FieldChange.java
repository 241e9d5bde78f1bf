package io.k8saws.plan;

import java.util.Objects;

/**
 * One field of a resource that differs between what AWS has and what the spec asks for.
 *
 * @param field the path of the field within the resource, for example {@code minSize} or {@code tags[team]}
 * @param before the observed value as text; empty when there is none
 * @param after the wanted value as text; empty when the field goes; {@link #KNOWN_AFTER_APPLY} when it depends on something not yet made
 */
public record FieldChange(String field, String before, String after) {
    /** Stands for a value that only exists once another change of the plan was made. */
    public static final String KNOWN_AFTER_APPLY = "(known after apply)";

    /** Checks that nothing is null. */
    public FieldChange {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
    }

    @Override
    public String toString() {
        String wanted = RuleWords.value(field, after);
        if (before.isEmpty()) {
            return field + ": " + wanted;
        }
        return field + ": " + RuleWords.value(field, before) + " -> " + (after.isEmpty() ? "(none)" : wanted);
    }
}
