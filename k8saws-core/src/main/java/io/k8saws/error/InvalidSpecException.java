package io.k8saws.error;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What the user wrote cannot be used. It carries every mistake that was found, not only the first one, and it is thrown before the
 * first call to the outside world.
 *
 * <p>Never retryable: the same input gives the same answer.
 */
public class InvalidSpecException extends K8sAwsException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an unmodifiable list of the JDK, which is serializable
    private final List<Violation> violations;

    /**
     * Creates the exception for a list of mistakes.
     *
     * @param tried what was tried, for example {@code Build cluster payments}
     * @param violations all mistakes, in the order in which they are shown
     * @throws IllegalArgumentException when the list is empty
     */
    public InvalidSpecException(String tried, List<Violation> violations) {
        super(tried, why(violations), next(violations));
        this.violations = List.copyOf(violations);
    }

    /**
     * Returns all mistakes, in the order in which they were found.
     *
     * @return an unmodifiable list with at least one element
     */
    public List<Violation> violations() {
        return violations;
    }

    private static String why(List<Violation> violations) {
        if (violations.isEmpty()) {
            throw new IllegalArgumentException("an InvalidSpecException needs at least one violation");
        }
        if (violations.size() == 1) {
            Violation only = violations.get(0);
            return only.path() + ": " + only.problem();
        }
        return "refused, it has " + violations.size() + " mistakes:"
                + violations.stream().map(v -> "\n  - " + v).collect(Collectors.joining())
                + "\n";
    }

    private static String next(List<Violation> violations) {
        return violations.size() == 1 ? violations.get(0).fix() : "Correct all of them";
    }
}
