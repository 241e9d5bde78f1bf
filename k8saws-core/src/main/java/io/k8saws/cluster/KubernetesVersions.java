package io.k8saws.cluster;

import java.util.List;

/** The Kubernetes versions that this version of the library knows. */
final class KubernetesVersions {

    /** What a cluster gets when nothing is said. */
    static final String DEFAULT = "1.36.1";

    /** The minor versions, oldest first. */
    static final List<String> MINORS = List.of("1.33", "1.34", "1.35", "1.36");

    private KubernetesVersions() {}
}
