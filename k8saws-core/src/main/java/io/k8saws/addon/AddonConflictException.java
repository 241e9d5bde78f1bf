package io.k8saws.addon;

import io.k8saws.error.ConflictException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Other field managers have set fields of add-ons otherwise. Nothing was changed, or nothing more. */
public final class AddonConflictException extends ConflictException {
    private static final long serialVersionUID = 1L;

    private final transient List<AddonChange> changes;

    AddonConflictException(List<AddonChange> changes) {
        super(
                "Apply add-ons",
                changes.stream()
                        .map(change -> change.object() + ": "
                                + change.conflicts().stream()
                                        .map(FieldConflict::toString)
                                        .collect(Collectors.joining(", ")))
                        .collect(Collectors.joining("; ")),
                "let the other manager give the fields up, or apply plan.forced(), which takes them",
                Map.of("objects", String.valueOf(changes.size())),
                null);
        this.changes = List.copyOf(changes);
    }

    /**
     * Which objects, and who has set which of their fields.
     *
     * @return the changes that could not be made
     */
    public List<AddonChange> changes() {
        return changes;
    }

    /** Returns false: the other manager has to give way first. */
    @Override
    public boolean retryable() {
        return false;
    }
}
