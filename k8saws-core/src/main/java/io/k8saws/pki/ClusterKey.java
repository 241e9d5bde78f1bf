package io.k8saws.pki;

import java.util.Arrays;
import java.util.Optional;

/** The keys that a cluster rests on. All else is signed with them, or encrypted, and can be made anew. */
public enum ClusterKey {
    /** The authority of the Kubernetes API: its servers, kubelets and clients. */
    AUTHORITY_KUBERNETES("authority-kubernetes", AuthorityRole.KUBERNETES),
    /** The authority by which aggregated API servers know the API server. */
    AUTHORITY_FRONT_PROXY("authority-front-proxy", AuthorityRole.FRONT_PROXY),
    /** The authority of etcd's members and clients. */
    AUTHORITY_ETCD("authority-etcd", AuthorityRole.ETCD),
    /** The authority of the members of etcd for events. */
    AUTHORITY_ETCD_EVENTS("authority-etcd-events", AuthorityRole.ETCD_EVENTS),
    /** Signs the tokens of service accounts. */
    SERVICE_ACCOUNTS("service-accounts", null),
    /** Encrypts Secrets in etcd. */
    SECRETS_ENCRYPTION("secrets-encryption", null);

    private final String label;
    private final Optional<AuthorityRole> authority;

    ClusterKey(String label, @org.jspecify.annotations.Nullable AuthorityRole authority) {
        this.label = label;
        this.authority = Optional.ofNullable(authority);
    }

    /**
     * The name without a generation; see {@link KeyGeneration#name()}.
     *
     * @return such as {@code authority-etcd}
     */
    public String label() {
        return label;
    }

    /**
     * Which authority it is the key of.
     *
     * @return empty for the keys that are no authority's
     */
    public Optional<AuthorityRole> authority() {
        return authority;
    }

    /**
     * The key of an authority.
     *
     * @param role the authority
     * @return its key
     */
    public static ClusterKey of(AuthorityRole role) {
        return Arrays.stream(values())
                .filter(key -> key.authority.filter(role::equals).isPresent())
                .findFirst()
                .orElseThrow();
    }

    /**
     * Finds a key by its name.
     *
     * @param label as {@link #label()} returns it
     * @return the key
     * @throws IllegalArgumentException when there is none of this name
     */
    public static ClusterKey named(String label) {
        return Arrays.stream(values())
                .filter(key -> key.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Find the key '" + label + "': there is none. Use one of " + Arrays.toString(values()) + "."));
    }

    /** Returns {@link #label()}. */
    @Override
    public String toString() {
        return label;
    }
}
