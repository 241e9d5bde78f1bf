package io.k8saws.addon;

/**
 * A field that an add-on wants and that another field manager has set otherwise. Immutable.
 *
 * @param manager who has set it, such as {@code kubectl-edit}
 * @param field its path, such as {@code .spec.replicas}
 */
public record FieldConflict(String manager, String field) {
    /** Returns one line: the field and who has set it. */
    @Override
    public String toString() {
        return field + " is set by " + manager;
    }
}
