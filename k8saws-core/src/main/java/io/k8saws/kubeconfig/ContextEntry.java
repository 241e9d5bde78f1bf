package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A context: a cluster, a user and a namespace under one name. Immutable. Fields that this type does not know are kept.
 *
 * <p>Equal are entries of the same name and fields, wherever they were read.
 */
public final class ContextEntry {
    private static final String CLUSTER = "cluster";
    private static final String USER = "user";
    private static final String NAMESPACE = "namespace";

    private final Stanza stanza;

    ContextEntry(Stanza stanza) {
        this.stanza = stanza;
    }

    Stanza stanza() {
        return stanza;
    }

    /**
     * Its name.
     *
     * @return the name
     */
    public String name() {
        return stanza.name();
    }

    /**
     * The file that it was read from.
     *
     * @return the file; empty when it was not read from a file
     */
    public Optional<Path> origin() {
        return stanza.origin();
    }

    /**
     * The name of its cluster.
     *
     * @return a name, which may be one that the file does not have; empty when the file does not say
     */
    public Optional<String> cluster() {
        return stanza.body().text(CLUSTER);
    }

    /**
     * The name of its user.
     *
     * @return a name, which may be one that the file does not have; empty when the file does not say
     */
    public Optional<String> user() {
        return stanza.body().text(USER);
    }

    /**
     * The namespace for what does not name one.
     *
     * @return the namespace; empty means {@code default}
     */
    public Optional<String> namespace() {
        return stanza.body().text(NAMESPACE);
    }

    /**
     * Says which cluster.
     *
     * @param name a cluster's name
     * @return a copy
     */
    public ContextEntry withCluster(String name) {
        return with(stanza.body().with(CLUSTER, Texts.require(name, CLUSTER)));
    }

    /**
     * Says which user.
     *
     * @param name a user's name
     * @return a copy
     */
    public ContextEntry withUser(String name) {
        return with(stanza.body().with(USER, Texts.require(name, USER)));
    }

    /**
     * Says which namespace.
     *
     * @param name a namespace
     * @return a copy
     */
    public ContextEntry withNamespace(String name) {
        return with(stanza.body().with(NAMESPACE, Texts.require(name, NAMESPACE)));
    }

    private ContextEntry with(Mapping body) {
        return new ContextEntry(stanza.withBody(body));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ContextEntry that && stanza.equals(that.stanza);
    }

    @Override
    public int hashCode() {
        return stanza.hashCode();
    }

    /** Name, cluster, user and namespace. */
    @Override
    public String toString() {
        return "ContextEntry[" + name() + ": cluster=" + cluster().orElse("") + ", user=" + user().orElse("")
                + namespace().map(n -> ", namespace=" + n).orElse("") + "]";
    }
}
