package io.k8saws.kubeconfig;

/** The three lists of a file. */
enum Kind {
    CLUSTER("clusters", "cluster"),
    CONTEXT("contexts", "context"),
    USER("users", "user");

    private final String list;
    private final String body;

    Kind(String list, String body) {
        this.list = list;
        this.body = body;
    }

    /** The key of the list. */
    String list() {
        return list;
    }

    /** The key of an entry's content, beside its name. */
    String body() {
        return body;
    }
}
