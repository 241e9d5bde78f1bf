package io.k8saws.addon;

import io.k8saws.plan.Action;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Risk;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of one object of an add-on. Immutable.
 *
 * @param addon the add-on that the object belongs to, or belonged to
 * @param action CREATE, UPDATE, REPLACE, DELETE or NONE
 * @param object which object
 * @param fields the fields that differ, for UPDATE and REPLACE
 * @param conflicts fields that another manager has set otherwise; applying needs {@link AddonPlan#forced()} then
 * @param reason why, in a few words; empty where the fields say it
 * @param wanted the object as it should be; empty for DELETE
 * @param uid the id of the object that is there; empty when none is
 */
public record AddonChange(
        String addon,
        Action action,
        ObjectRef object,
        List<FieldChange> fields,
        List<FieldConflict> conflicts,
        String reason,
        Optional<AddonObject> wanted,
        Optional<String> uid) {

    private static final Set<String> PODS = Set.of("DaemonSet", "Deployment", "StatefulSet");

    /** Checks that no part is missing, and copies the lists. */
    public AddonChange {
        Objects.requireNonNull(addon, "addon");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(object, "object");
        fields = List.copyOf(fields);
        conflicts = List.copyOf(conflicts);
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(wanted, "wanted");
        Objects.requireNonNull(uid, "uid");
    }

    /**
     * How much the change can hurt.
     *
     * @return destructive for what is deleted, disruptive for pods that are replaced, safe otherwise
     */
    public Risk risk() {
        return switch (action) {
            case DELETE -> Risk.DESTRUCTIVE;
            case REPLACE -> Risk.DISRUPTIVE;
            case UPDATE -> PODS.contains(object.kind()) ? Risk.DISRUPTIVE : Risk.SAFE;
            case CREATE, ADOPT, NONE -> Risk.SAFE;
        };
    }

    /** Returns a line for the object, and below it one for each field that differs and for each conflict. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(action.symbol() + " " + object + (reason.isEmpty() ? "" : ": " + reason));
        fields.forEach(field -> text.append("\n      ").append(field));
        conflicts.forEach(conflict -> text.append("\n      ! ").append(conflict));
        return text.toString();
    }
}
