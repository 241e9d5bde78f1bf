package io.k8saws.testkit;

/**
 * A part of the testbed cannot be had: it is not installed, does not start, or does not become healthy in time.
 *
 * <p>The message says which part, why, and the command that helps; it names the log file of the program and ends with its last lines.
 * A test that meets this exception fails; it is never skipped.
 */
public final class TestbedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TestbedException(String message) {
        super(message);
    }

    TestbedException(String message, Throwable cause) {
        super(message, cause);
    }
}
