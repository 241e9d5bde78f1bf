package io.k8saws.addon;

import io.k8saws.plan.Action;
import java.util.List;
import java.util.stream.Stream;

/**
 * What has to be done so that a cluster has its add-ons: a value that nothing follows from until it is applied. Immutable.
 *
 * @param objects every object, in the order in which it is applied, those that stay as they are included
 * @param force whether fields are taken from other managers that set them otherwise
 */
public record AddonPlan(List<AddonChange> objects, boolean force) {
    /** Copies the list. */
    public AddonPlan {
        objects = List.copyOf(objects);
    }

    /**
     * Lists what changes.
     *
     * @return the changes in the order in which they are applied
     */
    public List<AddonChange> changes() {
        return objects.stream().filter(change -> change.action() != Action.NONE).toList();
    }

    /**
     * Tells whether there is nothing to do.
     *
     * @return true when every object is as it should be
     */
    public boolean isEmpty() {
        return changes().isEmpty();
    }

    /**
     * Lists the changes of one kind.
     *
     * @param action the kind
     * @return the changes in their order
     */
    public List<AddonChange> with(Action action) {
        return objects.stream().filter(change -> change.action() == action).toList();
    }

    /**
     * Lists the changes that another field manager stands in the way of.
     *
     * @return the changes in their order
     */
    public List<AddonChange> conflicts() {
        return changes().stream()
                .filter(change -> !change.conflicts().isEmpty())
                .toList();
    }

    /**
     * Returns this plan with the leave to take fields from other managers. Who has set them loses them, and may set them again.
     *
     * @return the plan that can be applied in spite of conflicts
     */
    public AddonPlan forced() {
        return new AddonPlan(objects, true);
    }

    /** Returns the plan for people: the changes by add-on, and a line with the numbers. */
    @Override
    public String toString() {
        if (isEmpty()) {
            return "Add-ons: nothing to do, " + objects.size() + " objects are as they should be.";
        }
        StringBuilder text = new StringBuilder();
        changes().stream().map(AddonChange::addon).distinct().forEach(addon -> {
            text.append(addon).append('\n');
            changes().stream()
                    .filter(change -> change.addon().equals(addon))
                    .forEach(change -> text.append("  ").append(change).append('\n'));
        });
        return text.append("Add-ons: ").append(numbers()).append('.').toString();
    }

    private String numbers() {
        return Stream.of(
                        count(Action.CREATE, "to create"),
                        count(Action.UPDATE, "to update"),
                        count(Action.REPLACE, "to replace"),
                        count(Action.DELETE, "to delete"),
                        count(Action.NONE, "unchanged"))
                .filter(part -> !part.startsWith("0 "))
                .reduce((a, b) -> a + ", " + b)
                .orElse("nothing to do");
    }

    private String count(Action action, String what) {
        return with(action).size() + " " + what;
    }
}
