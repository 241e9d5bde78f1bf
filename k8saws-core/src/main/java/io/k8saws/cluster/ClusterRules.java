package io.k8saws.cluster;

import io.k8saws.error.Violation;
import java.util.List;

/** The rules that a specification keeps. */
final class ClusterRules {

    private ClusterRules() {}

    static List<Violation> violations(ClusterSpec spec) {
        return List.of();
    }

    static List<Violation> warnings(ClusterSpec spec) {
        return List.of();
    }
}
