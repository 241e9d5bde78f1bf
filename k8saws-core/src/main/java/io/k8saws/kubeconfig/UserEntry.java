package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user as a kubeconfig names one: how to prove who calls. Immutable. Fields that this type does not know are kept.
 *
 * <p>Equal are entries of the same name and fields, wherever they were read. {@code toString} shows no secret.
 */
public final class UserEntry {
    private final Stanza stanza;

    UserEntry(Stanza stanza) {
        this.stanza = stanza;
    }

    Stanza stanza() {
        return stanza;
    }

    /**
     * The name by which contexts refer to it.
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
     * All ways in which the user proves who they are: certificate, token file, token, password, plugin, in this order. What is inline wins over a file. A
     * certificate without a key does not count; {@link Kubeconfig#violations} tells of it.
     *
     * @return an unmodifiable list; empty for a user without credentials
     */
    public List<Credentials> credentials() {
        return CredentialFields.read(stanza);
    }

    /**
     * Whom the user acts as, once it is proved who they are.
     *
     * @return a user's name in the cluster; empty for nobody else
     */
    public Optional<String> impersonates() {
        return stanza.body().text("as");
    }

    /**
     * Adds credentials, in the place of those of the same type. As in kubectl, a token and a password replace each other, and everything else stays.
     *
     * @param credentials the new ones
     * @return a copy
     * @throws IllegalArgumentException for an {@link Credentials.AuthProvider}, which no client knows any more
     */
    public UserEntry withCredentials(Credentials credentials) {
        return with(CredentialFields.write(stanza.body(), credentials));
    }

    /**
     * Removes all credentials.
     *
     * @return a copy
     */
    public UserEntry withoutCredentials() {
        return with(CredentialFields.clear(stanza.body()));
    }

    private UserEntry with(Mapping body) {
        return new UserEntry(stanza.withBody(body));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UserEntry that && stanza.equals(that.stanza);
    }

    @Override
    public int hashCode() {
        return stanza.hashCode();
    }

    /** Name and kinds of credentials, without any secret. */
    @Override
    public String toString() {
        return "UserEntry[" + name() + ": " + credentials() + "]";
    }
}
