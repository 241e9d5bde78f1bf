package io.k8saws.internal.engine;

import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Whether a plan still says all that would happen. What is left to do may be less than the plan shows, because an earlier run did a part; it may never be
 * something else.
 */
final class Staleness {
    private final Map<ResourceAddress, List<Change>> planned = new HashMap<>();
    private final boolean resumed;

    private Staleness(Plan plan, boolean resumed) {
        plan.changes()
                .forEach(change -> planned.merge(
                        change.resource(), List.of(change), (one, other) -> java.util.stream.Stream.concat(
                                        one.stream(), other.stream())
                                .toList()));
        this.resumed = resumed;
    }

    /**
     * What would happen that a plan does not show.
     *
     * @param plan the plan
     * @param left what is left to do now
     * @param resumed whether an earlier run of this very plan was cut off, which may have left things half made or twice
     * @return the changes that the plan does not show
     */
    static List<Change> unplanned(Plan plan, Collection<Change> left, boolean resumed) {
        Staleness staleness = new Staleness(plan, resumed);
        return left.stream().filter(change -> !staleness.shown(change)).toList();
    }

    private boolean shown(Change left) {
        if (resumed && left.cause().kind() == Cause.Kind.DUPLICATE && left.risk() != Risk.DATA_LOSS) {
            return true;
        }
        return planned.getOrDefault(left.resource(), List.of()).stream().anyMatch(change -> covers(change, left));
    }

    private boolean covers(Change shown, Change left) {
        if (!resumed && left.risk().compareTo(shown.risk()) > 0) {
            return false;
        }
        boolean sameThing = Objects.equals(shown.id(), left.id());
        return switch (left.action()) {
            case CREATE -> shown.action() == Action.CREATE || shown.action() == Action.REPLACE;
            case UPDATE ->
                shown.action() == Action.CREATE
                        || shown.action() == Action.REPLACE && resumed
                        || shown.action() == Action.UPDATE
                                && left.fields().stream().allMatch(field -> covers(shown, field));
            case REPLACE -> shown.action() == Action.REPLACE && (sameThing || resumed);
            case DELETE ->
                shown.action() == Action.DELETE && sameThing
                        || shown.action() == Action.REPLACE && (sameThing || resumed);
            case ADOPT, NONE -> false;
        };
    }

    private boolean covers(Change shown, FieldChange left) {
        return shown.fields().stream()
                .anyMatch(field -> field.field().equals(left.field())
                        && (field.before().equals(left.before()) || resumed)
                        && (field.after().equals(left.after())
                                || field.after().contains(FieldChange.KNOWN_AFTER_APPLY)
                                || left.after().contains(FieldChange.KNOWN_AFTER_APPLY)));
    }
}
