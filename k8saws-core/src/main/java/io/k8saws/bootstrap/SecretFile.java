package io.k8saws.bootstrap;

/**
 * A file that only machines of one role may read: a key, a certificate, a list of authorities. It is no part of user data, of documents or of plans; a machine fetches
 * it at each boot. Immutable.
 *
 * @param path where the machine writes it
 * @param mode its permissions in octal
 */
public record SecretFile(String path, String mode) {
    /** Returns the path. */
    @Override
    public String toString() {
        return path;
    }
}
