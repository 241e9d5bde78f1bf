package io.k8saws.dns.internal.change;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Route 53 refused a batch; nothing of it was done. */
public final class RefusedBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> reasons;

    /**
     * Makes it.
     *
     * @param reasons Route 53's words
     * @param cause the failed call
     */
    public RefusedBatchException(List<String> reasons, @Nullable Throwable cause) {
        super(String.join("; ", reasons), cause);
        this.reasons = List.copyOf(reasons);
    }

    /**
     * Route 53's words, one text for each change that it refused, as far as it says so.
     *
     * @return at least one
     */
    public List<String> reasons() {
        return reasons;
    }
}
