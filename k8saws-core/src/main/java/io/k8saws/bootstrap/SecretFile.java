package io.k8saws.bootstrap;

/**
 * A file that others make for a machine and that only the machine's role may read: a key, a certificate, a list of authorities. It is no part of user data, of
 * documents or of plans; a machine fetches it at each boot. Immutable.
 *
 * @param key the key in the cluster's bucket
 * @param path where the machine writes it
 * @param mode its permissions in octal
 */
public record SecretFile(String key, String path, String mode) {
    /** Returns path and key. */
    @Override
    public String toString() {
        return path + " <- " + key;
    }
}
