package io.k8saws.samples;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Closes what a class has opened, as far as it came: what was never opened is passed over, and a failure keeps nothing else open. */
final class Closing {
    private Closing() {}

    static void all(@Nullable AutoCloseable... opened) throws Exception {
        Exception first = null;
        for (AutoCloseable one : Arrays.stream(opened).filter(Objects::nonNull).toList()) {
            try {
                one.close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
