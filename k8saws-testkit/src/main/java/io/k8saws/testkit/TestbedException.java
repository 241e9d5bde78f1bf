package io.k8saws.testkit;

import io.k8saws.error.K8sAwsException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of the testbed cannot be had: it is not installed, does not start, or does not become healthy in time.
 *
 * <p>The message says which part, why, and the command that helps; when a program was started it shows its last lines and names its log file.
 * A test that meets this exception fails; it is never skipped.
 */
public final class TestbedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    TestbedException(String tried, String why, String hint) {
        super(tried, why, hint);
    }

    TestbedException(String tried, String why, String hint, Map<String, String> context, @Nullable Throwable cause) {
        super(tried, why, hint, context, cause);
    }

    /** Something that can only fail if the testkit itself is wrong. */
    static TestbedException defect(String tried, Exception cause) {
        return new TestbedException(tried, why(cause), "This is a defect of the testkit", Map.of(), cause);
    }

    /** What an exception says, or its type when it says nothing. */
    static String why(Exception cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
