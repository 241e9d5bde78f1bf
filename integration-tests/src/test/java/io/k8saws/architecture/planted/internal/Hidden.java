package io.k8saws.architecture.planted.internal;

/** Internal to core. */
public final class Hidden {
    private Hidden() {}

    /** Returns something. */
    public static String value() {
        return "hidden";
    }
}
