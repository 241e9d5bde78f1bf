package io.k8saws.etcd.internal.seam;

/**
 * A user of etcd with its password. Its text shows no password.
 *
 * @param user the name
 * @param password secret
 */
public record Login(String user, String password) {
    /** The user. */
    @Override
    public String toString() {
        return user;
    }
}
