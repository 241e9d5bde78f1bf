package io.k8saws.error;

/** The calling thread was interrupted while it waited. The interrupt flag is set again. */
public final class OperationCancelledException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param tried what was going on
     */
    public OperationCancelledException(String tried) {
        super(tried, "the thread was interrupted", "run it again; it goes on from where this stopped");
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
