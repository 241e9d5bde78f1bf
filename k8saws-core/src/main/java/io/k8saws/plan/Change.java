package io.k8saws.plan;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One line of a {@link Plan}: what happens to one resource, why, and what it may cost.
 *
 * @param resource which resource
 * @param action what is done to it
 * @param risk how much that can hurt
 * @param cause why it is done
 * @param id the AWS id of the resource as it stands, empty when it does not exist
 * @param fields the fields that differ, in a stable order; for {@link Action#CREATE} all fields that are set, for {@link Action#DELETE} none
 * @param after the changes of the same plan that must be done before this one starts
 */
public record Change(
        ResourceAddress resource,
        Action action,
        Risk risk,
        Cause cause,
        Optional<String> id,
        List<FieldChange> fields,
        List<ResourceAddress> after) {
    /** Copies the lists and checks that nothing is null. */
    public Change {
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(risk, "risk");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(id, "id");
        fields = List.copyOf(fields);
        after = List.copyOf(after);
    }

    @Override
    public String toString() {
        return action.symbol() + " " + resource + " [" + cause + "]" + (risk == Risk.SAFE ? "" : " " + risk);
    }
}
