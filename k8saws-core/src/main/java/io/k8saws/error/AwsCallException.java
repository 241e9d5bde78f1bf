package io.k8saws.error;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An AWS request failed for good: it was refused, or it was sent again as often as that made sense. */
public class AwsCallException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final String service;
    private final String operation;
    private final String code;
    private final int statusCode;
    private final String requestId;
    private final int attempts;
    private final boolean retryable;

    /**
     * Made at the seam to AWS.
     *
     * @param failure what the request was and how it failed
     * @param why why it failed, as a clause
     * @param hint what to do next, as a clause
     * @param cause the exception of the SDK
     */
    public AwsCallException(Failure failure, String why, String hint, @Nullable Throwable cause) {
        super("Call " + failure.service() + ":" + failure.operation(), why, hint, failure.context(), cause);
        this.service = failure.service();
        this.operation = failure.operation();
        this.code = failure.code();
        this.statusCode = failure.statusCode();
        this.requestId = failure.requestId();
        this.attempts = failure.attempts();
        this.retryable = failure.retryable();
    }

    /**
     * How a request failed.
     *
     * @param service the service as IAM names it, for example {@code ec2}
     * @param operation the API action, for example {@code CreateVpc}
     * @param code AWS's error code; empty when no answer came
     * @param statusCode the HTTP status; 0 when no answer came
     * @param requestId AWS's request id; empty when no answer came
     * @param attempts how often it was sent
     * @param retryable whether the same request may succeed later
     */
    public record Failure(
            String service,
            String operation,
            String code,
            int statusCode,
            String requestId,
            int attempts,
            boolean retryable) {
        /** Checks that nothing is null. */
        public Failure {
            Objects.requireNonNull(service, "service");
            Objects.requireNonNull(operation, "operation");
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(requestId, "requestId");
        }

        private Map<String, String> context() {
            Map<String, String> context = new java.util.LinkedHashMap<>();
            if (!code.isEmpty()) {
                context.put("code", code);
            }
            if (statusCode > 0) {
                context.put("status", String.valueOf(statusCode));
            }
            if (!requestId.isEmpty()) {
                context.put("request", requestId);
            }
            context.put("attempts", String.valueOf(attempts));
            return context;
        }
    }

    /**
     * The service as IAM names it.
     *
     * @return for example {@code ec2}
     */
    public String service() {
        return service;
    }

    /**
     * The API action.
     *
     * @return for example {@code CreateVpc}
     */
    public String operation() {
        return operation;
    }

    /**
     * AWS's error code.
     *
     * @return for example {@code VpcLimitExceeded}; empty when no answer came
     */
    public String code() {
        return code;
    }

    /**
     * The HTTP status.
     *
     * @return the status, 0 when no answer came
     */
    public int statusCode() {
        return statusCode;
    }

    /**
     * AWS's request id, which its support asks for.
     *
     * @return the id; empty when no answer came
     */
    public String requestId() {
        return requestId;
    }

    /**
     * How often the request was sent.
     *
     * @return 1 or more, 0 when it was never sent
     */
    public int attempts() {
        return attempts;
    }

    /**
     * Whether the request may have been carried out although no answer came.
     *
     * @return true when the connection broke or timed out after the request was sent, or something between here and AWS answered with a server error
     */
    public boolean outcomeUnknown() {
        return code.isEmpty() && attempts > 0 && (statusCode == 0 || statusCode >= 500);
    }

    @Override
    public boolean retryable() {
        return retryable;
    }
}
