package io.k8saws.error;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of etcd failed for good: it was refused, or it was sent again as often as that made sense. {@link #reason()} says which. */
public class EtcdCallException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private static final String UNKNOWN = "; whether it was carried out is not known, so read before you send it again";

    private final transient Failure failure;

    /**
     * Made at the seam to etcd.
     *
     * @param failure what the call was and how it failed
     * @param why why it failed, as a clause; that the outcome is unknown is said behind it
     * @param hint what to do next, as a clause
     * @param cause what lies below, or null
     */
    public EtcdCallException(Failure failure, String why, String hint, @Nullable Throwable cause) {
        super(
                "Call etcd: " + failure.call(),
                failure.outcomeUnknown() ? why + UNKNOWN : why,
                hint,
                failure.context(),
                cause);
        this.failure = failure;
    }

    /** Why etcd did not do what was asked. A minor release may add one. */
    public enum Reason {
        /** Nobody listens at the endpoint, or the way to it is barred. */
        UNREACHABLE,
        /** Somebody listens, and no answer came in time: the member is stopped, overloaded, or has no quorum. */
        NO_ANSWER,
        /** What listens there speaks another protocol, or TLS where plain text is spoken, or the other way round. */
        NOT_ETCD,
        /** One side does not accept the other's certificate. */
        CERTIFICATE,
        /** The user or the certificate may not do this. */
        ACCESS_DENIED,
        /** There is no leader, or not enough members to agree. */
        NO_QUORUM,
        /** The revision that was asked for was compacted away. */
        COMPACTED,
        /** The revision that was asked for is yet to come. */
        FUTURE_REVISION,
        /** The request is larger than the server takes, or the answer larger than the client does. */
        TOO_LARGE,
        /** The database has reached its quota: the alarm NOSPACE is raised, and writes are refused. */
        NO_SPACE,
        /** A member's data differs from the others': the alarm CORRUPT is raised. */
        CORRUPT,
        /** There is no such lease. */
        NO_LEASE,
        /** There is no such member. */
        NO_MEMBER,
        /** The learner is not yet as far as the leader. */
        LEARNER_NOT_READY,
        /** The change of members would cost the quorum, or is not possible now. */
        MEMBERS,
        /** This member does not serve such calls: a learner, or a member of an older version. */
        NOT_SERVED,
        /** Anything else. */
        OTHER
    }

    /**
     * How a call failed.
     *
     * @param call the method, for example {@code KV.Range}
     * @param endpoint the client URL that was asked
     * @param reason why
     * @param code gRPC's status code, for example {@code UNAVAILABLE}
     * @param attempts how often it was sent
     * @param retryable whether the same call may succeed later
     * @param outcomeUnknown whether the call may have been carried out although no answer came
     */
    public record Failure(
            String call,
            String endpoint,
            Reason reason,
            String code,
            int attempts,
            boolean retryable,
            boolean outcomeUnknown) {
        /** Checks that nothing is null. */
        public Failure {
            Objects.requireNonNull(call, "call");
            Objects.requireNonNull(endpoint, "endpoint");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(code, "code");
        }

        private Map<String, String> context() {
            Map<String, String> context = new LinkedHashMap<>();
            context.put("endpoint", endpoint);
            context.put("code", code);
            context.put("attempts", String.valueOf(attempts));
            return context;
        }
    }

    /**
     * What the call was and how it failed.
     *
     * @return the details
     */
    public Failure failure() {
        return failure;
    }

    /**
     * Why it failed.
     *
     * @return the reason
     */
    public Reason reason() {
        return failure.reason();
    }

    /**
     * The client URL that was asked last.
     *
     * @return for example {@code https://10.0.0.4:2379}
     */
    public String endpoint() {
        return failure.endpoint();
    }

    /**
     * Whether the call may have been carried out although no answer came.
     *
     * @return true for a change that was sent and not answered
     */
    public boolean outcomeUnknown() {
        return failure.outcomeUnknown();
    }

    @Override
    public boolean retryable() {
        return failure.retryable();
    }
}
