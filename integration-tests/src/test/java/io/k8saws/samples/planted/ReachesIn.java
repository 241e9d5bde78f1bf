package io.k8saws.samples.planted;

import io.k8saws.architecture.planted.internal.Hidden;

/** Another module that uses what is internal to core. */
public final class ReachesIn {
    private ReachesIn() {}

    /** Returns what it must not know. */
    public static String value() {
        return Hidden.value();
    }
}
