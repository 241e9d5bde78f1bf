package io.k8saws.error;

/**
 * The work was cut off: the calling thread was interrupted while it waited, and its interrupt flag is set again; or another thread closed the library.
 */
public class OperationCancelledException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param tried what was going on
     */
    public OperationCancelledException(String tried) {
        this(tried, "the thread was interrupted");
    }

    /**
     * Creates an exception.
     *
     * @param tried what was going on
     * @param why what cut it off
     */
    public OperationCancelledException(String tried, String why) {
        super(tried, why, "run it again; it goes on from where this stopped");
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
