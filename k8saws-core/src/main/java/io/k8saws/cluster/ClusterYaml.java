package io.k8saws.cluster;

/** The YAML form of a specification. */
final class ClusterYaml {

    private ClusterYaml() {}

    static ClusterSpec read(String yaml, String tried) {
        throw new UnsupportedOperationException(tried + ": reading YAML is not there yet.");
    }

    static String write(ClusterSpec spec) {
        throw new UnsupportedOperationException("Write cluster " + spec.name() + ": writing YAML is not there yet.");
    }
}
