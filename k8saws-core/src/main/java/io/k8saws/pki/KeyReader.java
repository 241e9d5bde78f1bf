package io.k8saws.pki;

import java.util.Locale;

/**
 * Whose machines may read a private key, or a file with one in it. There is exactly one for each key, so that a store can keep it under a prefix that only
 * this role may read.
 */
public enum KeyReader {
    /** No machine: only who runs this library. */
    OPERATOR,
    /** The machines of the control plane. */
    CONTROL_PLANE,
    /** The machines of dedicated etcd members. */
    ETCD;

    /** Returns the name in lower case with dashes, such as {@code control-plane}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
