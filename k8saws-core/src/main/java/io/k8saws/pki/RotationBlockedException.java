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
        super(
                "Advance the rotation of " + rotation.subject() + " from " + rotation.phase(),
                blockers.stream().limit(10).collect(Collectors.joining("; "))
                        + (blockers.size() > 10 ? "; and " + (blockers.size() - 10) + " more" : ""),
                rotation.task() + ". Then look at the world again",
                Map.of("phase", rotation.phase().name()),
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
