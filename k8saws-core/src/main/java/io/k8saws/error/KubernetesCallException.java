package io.k8saws.error;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request to a Kubernetes API failed for good: it was refused, or it was sent again as often as that made sense. */
public class KubernetesCallException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /**
     * Made at the seam to Kubernetes.
     *
     * @param failure what the request was and how it failed
     * @param why why it failed, as a clause
     * @param hint what to do next, as a clause
     * @param cause what lies below, or null
     */
    public KubernetesCallException(Failure failure, String why, String hint, @Nullable Throwable cause) {
        super("Call Kubernetes: " + failure.method() + " " + failure.path(), why, hint, failure.context(), cause);
        this.failure = failure;
    }

    /**
     * How a request failed.
     *
     * @param method the HTTP method
     * @param path the path below the API server's address, without the query
     * @param statusCode the HTTP status; 0 when no answer came
     * @param reason Kubernetes' reason, such as {@code Conflict}; empty when there is none
     * @param causes Kubernetes' causes
     * @param attempts how often it was sent
     * @param retryable whether the same request may succeed later
     */
    public record Failure(
            String method,
            String path,
            int statusCode,
            String reason,
            List<Cause> causes,
            int attempts,
            boolean retryable) {
        /** Checks that nothing is null. */
        public Failure {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(reason, "reason");
            causes = List.copyOf(causes);
        }

        private Map<String, String> context() {
            Map<String, String> context = new LinkedHashMap<>();
            if (statusCode > 0) {
                context.put("status", String.valueOf(statusCode));
            }
            if (!reason.isEmpty()) {
                context.put("reason", reason);
            }
            context.put("attempts", String.valueOf(attempts));
            return context;
        }
    }

    /**
     * One cause that Kubernetes tells.
     *
     * @param reason its kind, such as {@code FieldManagerConflict}
     * @param message what it is about
     * @param field the field's path, such as {@code .spec.replicas}; may be empty
     */
    public record Cause(String reason, String message, String field) {}

    /**
     * What the request was and how it failed.
     *
     * @return the details
     */
    public Failure failure() {
        return failure;
    }

    /**
     * The HTTP status.
     *
     * @return the status, 0 when no answer came
     */
    public int statusCode() {
        return failure.statusCode();
    }

    @Override
    public boolean retryable() {
        return failure.retryable();
    }
}
