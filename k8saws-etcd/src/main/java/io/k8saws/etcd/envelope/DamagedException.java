package io.k8saws.etcd.envelope;

import io.k8saws.error.K8sAwsException;

/** Packed bytes are not what was packed: they are damaged, cut, put in another order, or were made for something else. */
public final class DamagedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final String why;

    DamagedException(String why) {
        super("Unpack a backup", why, "do not use it: take another backup");
        this.why = why;
    }

    /**
     * What is wrong.
     *
     * @return a clause
     */
    public String why() {
        return why;
    }
}
