package io.k8saws.kubeconfig;

import java.util.Arrays;
import java.util.Optional;

/** What a program that prints credentials does with standard input. */
public enum InteractiveMode {
    /** It never reads it. */
    NEVER("Never"),
    /** It reads it if there is a terminal, and works without. */
    IF_AVAILABLE("IfAvailable"),
    /** It does not work without a terminal. */
    ALWAYS("Always");

    private final String spelling;

    InteractiveMode(String spelling) {
        this.spelling = spelling;
    }

    /**
     * The word in a kubeconfig.
     *
     * @return for example {@code IfAvailable}
     */
    public String spelling() {
        return spelling;
    }

    static Optional<InteractiveMode> of(String spelling) {
        return Arrays.stream(values()).filter(m -> m.spelling.equals(spelling)).findFirst();
    }
}
