package io.k8saws.kubeconfig;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong. No text may hold the value of a field: it may be a secret. */
final class Findings {
    private final List<Violation> found = new ArrayList<>();

    void add(String path, String problem, String fix) {
        found.add(new Violation(path, problem, fix));
    }

    void require(boolean ok, String path, String problem, String fix) {
        if (!ok) {
            add(path, problem, fix);
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Violation> all() {
        return List.copyOf(found);
    }

    /** Throws when there is anything. */
    void throwIfAny(String tried) {
        if (!found.isEmpty()) {
            throw new InvalidSpecException(tried, found);
        }
    }
}
