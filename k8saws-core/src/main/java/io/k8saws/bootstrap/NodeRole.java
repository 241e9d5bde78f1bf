package io.k8saws.bootstrap;

/** What a machine becomes. Each role has its own IAM role, its own script and its own prefixes in the cluster's bucket. */
public enum NodeRole {
    /** Runs the API server, the controller manager and the scheduler; with stacked etcd a member, too. */
    CONTROL_PLANE("control-plane", "control-plane.sh"),

    /** Runs a member of etcd and nothing else. */
    ETCD("etcd", "etcd-member.sh"),

    /** Runs the users' pods. */
    NODES("nodes", "node.sh");

    private final String label;
    private final String runbook;

    NodeRole(String label, String runbook) {
        this.label = label;
        this.runbook = runbook;
    }

    /**
     * Returns the name in keys of the bucket and in IAM roles.
     *
     * @return such as {@code control-plane}
     */
    public String label() {
        return label;
    }

    /** The resource that holds the role's steps. */
    String runbook() {
        return runbook;
    }

    /** Whether the machine is a node of the cluster. */
    boolean isNode() {
        return this != ETCD;
    }
}
