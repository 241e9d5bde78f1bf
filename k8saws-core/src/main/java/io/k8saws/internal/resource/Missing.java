package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Calls whose refusal with certain error codes is an answer: that something is not there. */
final class Missing {
    private Missing() {}

    /** What the call answers, or empty when it fails with one of the codes. */
    static <T> Optional<T> orEmpty(Set<String> codes, Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (AwsCallException e) {
            if (codes.contains(e.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Makes the call; false when it fails with one of the codes. */
    static boolean done(Set<String> codes, Runnable call) {
        return orEmpty(codes, () -> {
                    call.run();
                    return true;
                })
                .isPresent();
    }
}
