package io.k8saws.pki;

import java.util.Locale;

/**
 * What an authority is for. Each is the root of its own tree, so that a certificate of one tree means nothing in another. Names and files are kubeadm's
 * (kubeadm, "PKI certificates and requirements"); the one for the events cluster follows the same pattern.
 */
public enum AuthorityRole {
    /** Signs what the Kubernetes API serves with and what its clients show. */
    KUBERNETES("kubernetes", "ca"),
    /** Signs the client certificate with which the API server calls aggregated API servers. Nobody else may have one: its holder may claim to be anybody. */
    FRONT_PROXY("front-proxy-ca", "front-proxy-ca"),
    /** Signs what members of the main etcd cluster and their clients show. */
    ETCD("etcd-ca", "etcd/ca"),
    /** Signs what members of the separate etcd cluster for events show, so that no member of one cluster passes as a member of the other. */
    ETCD_EVENTS("etcd-events-ca", "etcd-events/ca");

    private final String commonName;
    private final String file;

    AuthorityRole(String commonName, String file) {
        this.commonName = commonName;
        this.file = file;
    }

    /**
     * Returns the subject's common name.
     *
     * @return such as {@code kubernetes}
     */
    public String commonName() {
        return commonName;
    }

    /**
     * Returns the name of its files below the PKI directory, without extension.
     *
     * @return such as {@code etcd/ca}
     */
    public String file() {
        return file;
    }

    /** Returns the name in lower case with dashes, such as {@code front-proxy}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
