package io.k8saws.kubeconfig;

/** Checks of what callers give. */
final class Texts {
    private Texts() {}

    /** Refuses a text that is empty; its value is not told. */
    static String require(String text, String what) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("Change a kubeconfig: the " + what + " is empty. Give a text.");
        }
        return text;
    }
}
