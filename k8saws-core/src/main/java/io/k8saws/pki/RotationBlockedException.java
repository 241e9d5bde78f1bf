package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A rotation cannot go on yet: somebody would distrust somebody. Nothing was changed; look again later. */
public final class RotationBlockedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an unmodifiable list of the JDK, which is serializable
    private final List<String> blockers;

    RotationBlockedException(Rotation rotation, List<String> blockers) {
        this(List.of(rotation), blockers);
    }

    RotationBlockedException(List<Rotation> rotations, List<String> blockers) {
        super(
                "Advance the rotation of "
                        + rotations.stream().map(Rotation::subject).collect(Collectors.joining(", ")) + " from "
                        + rotations.get(0).phase(),
                blockers.stream().limit(10).collect(Collectors.joining("; "))
                        + (blockers.size() > 10 ? "; and " + (blockers.size() - 10) + " more" : ""),
                rotations.stream().map(Rotation::task).distinct().collect(Collectors.joining(". "))
                        + ". Then look at the world again",
                Map.of("phase", rotations.get(0).phase().name()),
                null);
        this.blockers = List.copyOf(blockers);
    }

    /**
     * Returns all that stands in the way.
     *
     * @return at least one line
     */
    public List<String> blockers() {
        return blockers;
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
