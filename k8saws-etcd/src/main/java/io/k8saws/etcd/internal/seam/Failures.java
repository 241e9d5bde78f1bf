package io.k8saws.etcd.internal.seam;

import io.grpc.Status;
import io.k8saws.error.EtcdAccessDeniedException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** What a status of gRPC means, from etcd's own texts ({@code api/v3rpc/rpctypes/error.go}), which have stayed the same from 3.4 to 3.6. */
final class Failures {
    private static final Set<Reason> PASSING =
            Set.of(Reason.UNREACHABLE, Reason.NO_ANSWER, Reason.NO_QUORUM, Reason.LEARNER_NOT_READY);
    private static final Set<Reason> OPEN_ENDS =
            Set.of(Reason.UNREACHABLE, Reason.NO_ANSWER, Reason.NO_QUORUM, Reason.NOT_ETCD, Reason.CERTIFICATE);
    /** With another code a server has looked at the call, and refused it. */
    private static final Set<Status.Code> OPEN_CODES = Set.of(
            Status.Code.UNKNOWN,
            Status.Code.INTERNAL,
            Status.Code.CANCELLED,
            Status.Code.ABORTED,
            Status.Code.DATA_LOSS,
            Status.Code.UNAVAILABLE);

    private static final int LONGEST = 300;
    private static final String NO_CONNECTION = "[no connection]";
    private static final String NOT_SENT = "[not sent]";

    private Failures() {}

    /** Marks the status of a call for which no connection was ever made, so that no server can have seen it. */
    static Status withoutConnection(Status status) {
        return isSilence(status) ? status.augmentDescription(NO_CONNECTION) : status;
    }

    /** Somebody refuses a connection, or says nothing at all. */
    private static boolean isSilence(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    }

    /** Marks why a call was not even begun: no token, no channel. Who was refused is not marked, and is not asked again. */
    static Status notSent(Status status) {
        return isSilence(status) ? status.augmentDescription(NOT_SENT) : status;
    }

    private static boolean isNotSent(Status status) {
        return String.valueOf(status.getDescription()).endsWith(NOT_SENT);
    }

    private static boolean isWithoutConnection(Status status) {
        return String.valueOf(status.getDescription()).contains(NO_CONNECTION);
    }

    static Reason reason(Status status) {
        String text = text(status);
        Reason named = named(text);
        return named != null ? named : byCode(status, text);
    }

    private static @Nullable Reason named(String text) {
        if (text.contains("revision has been compacted")) {
            return Reason.COMPACTED;
        }
        if (text.contains("future revision")) {
            return Reason.FUTURE_REVISION;
        }
        if (text.contains("database space exceeded")) {
            return Reason.NO_SPACE;
        }
        if (text.contains("corrupt cluster") || text.contains("corrupt alarm")) {
            return Reason.CORRUPT;
        }
        if (text.contains("request is too large")
                || text.contains("message exceeds maximum size")
                || text.contains("message larger than max")
                || text.contains("too many operations in txn")) {
            return Reason.TOO_LARGE;
        }
        if (text.contains("lease not found")) {
            return Reason.NO_LEASE;
        }
        if (text.contains("member not found")) {
            return Reason.NO_MEMBER;
        }
        if (text.contains("in sync with leader")) {
            return Reason.LEARNER_NOT_READY;
        }
        if (text.contains("not supported for learner")) {
            return Reason.NOT_SERVED;
        }
        if (text.contains("not enough started members")
                || text.contains("unhealthy cluster")
                || text.contains("too many learner")
                || text.contains("peer urls already exists")
                || text.contains("member id already exist")
                || text.contains("only promote a learner")
                || text.contains("not a learner")) {
            return Reason.MEMBERS;
        }
        if (text.contains("no leader") || text.contains("leader changed") || text.contains("request timed out")) {
            return Reason.NO_QUORUM;
        }
        if (text.contains("permission denied")
                || text.contains("invalid user id or password")
                || text.contains("user name is empty")
                || text.contains("user name not found")
                || text.contains("invalid auth token")
                || text.contains("revision in header is old")
                || text.contains("authentication is not enabled")) {
            return Reason.ACCESS_DENIED;
        }
        return null;
    }

    private static Reason byCode(Status status, String text) {
        switch (status.getCode()) {
            case DEADLINE_EXCEEDED:
                return Reason.NO_ANSWER;
            case UNAUTHENTICATED:
            case PERMISSION_DENIED:
                return Reason.ACCESS_DENIED;
            case UNIMPLEMENTED:
                return text.contains("http status") ? Reason.NOT_ETCD : Reason.NOT_SERVED;
            case UNAVAILABLE:
                return unavailable(status, text);
            case CANCELLED:
                return text.contains("rst_stream") ? Reason.UNREACHABLE : Reason.OTHER; // a server that goes away
            case UNKNOWN:
            case INTERNAL:
                if (text.contains("context deadline exceeded")) {
                    return Reason.NO_ANSWER; // the server's own deadline, as 3.4 tells of it
                }
                return text.contains("http") || text.contains("content-type") ? Reason.NOT_ETCD : Reason.OTHER;
            default:
                return Reason.OTHER;
        }
    }

    private static Reason unavailable(Status status, String text) {
        if (cause(status, SSLException.class::isInstance)
                        .map(e -> lower(e.getMessage()).contains("not an ssl/tls record"))
                        .orElse(false)
                || text.contains("first received frame was not settings")
                || text.contains("http2 exception")
                || text.contains("http status")) {
            return Reason.NOT_ETCD;
        }
        if (text.contains("connection closed while performing tls negotiation")) {
            return Reason.UNREACHABLE; // a tunnel whose other end is away: who refuses a certificate says so
        }
        if (cause(status, e -> e instanceof SSLException || e instanceof GeneralSecurityException)
                .isPresent()) {
            return Reason.CERTIFICATE;
        }
        if (text.contains("keepalive failed")) {
            return Reason.NO_ANSWER;
        }
        // somebody listens, and hangs up before it has said anything
        return isWithoutConnection(status) && cause(status, Failures::isNoWay).isEmpty()
                ? Reason.NOT_ETCD
                : Reason.UNREACHABLE;
    }

    private static boolean isNoWay(Throwable e) {
        return e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof UnknownHostException
                || e instanceof UnresolvedAddressException;
    }

    /** Whether it is sure that no server has seen the request. */
    static boolean neverSent(Status status) {
        return isNotSent(status)
                || (isSilence(status) && isWithoutConnection(status))
                || (status.getCode() == Status.Code.UNAVAILABLE
                        && cause(status, e -> isNoWay(e) || e instanceof SSLHandshakeException)
                                .isPresent());
    }

    /** Whether the same call may go better in a moment, or with another member. */
    static boolean passing(Status status) {
        return PASSING.contains(reason(status))
                || overloaded(status)
                || (isWithoutConnection(status)
                        && cause(status, SSLException.class::isInstance).isEmpty());
    }

    static boolean overloaded(Status status) {
        return text(status).contains("too many requests");
    }

    /** Whether the token is no longer good, so that the user has to be named again. */
    static boolean staleToken(Status status) {
        String text = text(status);
        return text.contains("invalid auth token") || text.contains("revision in header is old");
    }

    /** Whether it says something about the server, so that it counts for the circuit breaker. */
    static boolean serverTrouble(Status status) {
        Reason reason = reason(status);
        return reason == Reason.UNREACHABLE || reason == Reason.NO_ANSWER;
    }

    static EtcdCallException translate(
            String call, String endpoint, Optional<Login> login, int attempts, boolean changes, Status status) {
        Reason reason = reason(status);
        if (reason == Reason.NOT_ETCD
                && endpoint.startsWith("https")
                && cause(status, SSLException.class::isInstance).isEmpty()
                && isWithoutConnection(status)) {
            reason =
                    Reason.CERTIFICATE; // in TLS 1.3 a server hangs up on a client whose certificate it does not accept
        }
        Failure failure = new Failure(
                call,
                endpoint,
                reason,
                status.getCode().name(),
                attempts,
                passing(status),
                changes && !neverSent(status) && isOpen(reason, status));
        String why = why(reason, status);
        Throwable cause = status.getCause();
        if (reason == Reason.ACCESS_DENIED) {
            return new EtcdAccessDeniedException(
                    failure, login.map(Login::user).orElse(""), permission(call), why, cause);
        }
        return new EtcdCallException(failure, why, hint(reason), cause);
    }

    /** What etcd has not refused, it may have done. */
    private static boolean isOpen(Reason reason, Status status) {
        return OPEN_ENDS.contains(reason) || (reason == Reason.OTHER && OPEN_CODES.contains(status.getCode()));
    }

    private static String permission(String call) {
        if (call.startsWith("KV.Range") || call.startsWith("Watch")) {
            return "a role with read of these keys";
        }
        return call.startsWith("KV.") || call.startsWith("Lease.")
                ? "a role with readwrite of these keys"
                : "role root";
    }

    /** What happened, in the words of who knows most: etcd itself, or what lies lowest. */
    static String why(Reason reason, Status status) {
        String said = said(status);
        switch (reason) {
            case UNREACHABLE:
                return "the endpoint cannot be reached (" + said + ")";
            case NO_ANSWER:
                return "the member gave no answer in time";
            case NOT_ETCD:
                return "what answers there does not speak as etcd does, or not with the same TLS (" + said + ")";
            case CERTIFICATE:
                return "one side does not accept the other's certificate (" + said + ")";
            default:
                return "etcd said: " + said;
        }
    }

    private static String hint(Reason reason) {
        switch (reason) {
            case UNREACHABLE:
                return "check the endpoint's host and port, that etcd runs there, and that security groups let this machine in";
            case NO_ANSWER:
                return "look at etcd.health(): a member that is stopped, frozen or overloaded does not answer";
            case NOT_ETCD:
                return "check port and scheme: https needs tls(...), and a member's peer port and metrics port speak otherwise";
            case CERTIFICATE:
                return "give the authority that signed the servers, a client certificate that etcd's --trusted-ca-file trusts, and an endpoint or serverName(...) that the server's"
                        + " certificate names";
            case NO_QUORUM:
                return "look at etcd.health(): a majority of the voting members must answer; an election takes a second or two";
            case COMPACTED:
                return "read at a newer revision, or begin anew from a snapshot";
            case FUTURE_REVISION:
                return "ask another member, or wait until this one has come as far";
            case TOO_LARGE:
                return "send less at once, or raise --max-request-bytes of the servers";
            case NO_SPACE:
                return "compact, defragment each member, then disarm the alarm; raise --quota-backend-bytes when the data is really that much";
            case CORRUPT:
                return "find the member whose data differs by hashKv, replace it, then disarm the alarm; do not take backups of it";
            case NO_LEASE:
                return "grant a new lease: this one has ended";
            case NO_MEMBER:
                return "look at etcd.members(): it was removed already, or the id is of another cluster";
            case LEARNER_NOT_READY:
                return "wait until the learner has as much as the leader, then promote it again";
            case MEMBERS:
                return "look at etcd.health(): all members must be well before one is added or removed, and one learner is allowed at a time";
            case NOT_SERVED:
                return "ask another member: learners serve few calls, and older versions lack some";
            default:
                return "look at the member's log";
        }
    }

    private static String said(Status status) {
        Throwable lowest = status.getCause();
        while (lowest != null && lowest.getCause() != null) {
            lowest = lowest.getCause();
        }
        String text = lowest != null && lowest.getMessage() != null
                ? lowest.getMessage()
                : status.getDescription() != null
                        ? status.getDescription()
                        : status.getCode().name();
        if (lowest instanceof UnknownHostException) {
            text = "no address is known for host " + text.replaceFirst(":.*", "");
        }
        String line = text.replace(NO_CONNECTION, "")
                .replace(NOT_SENT, "")
                .replaceAll("\\s+", " ")
                .strip();
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }

    private static Optional<Throwable> cause(Status status, Predicate<Throwable> wanted) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (wanted.test(cause)) {
                return Optional.of(cause);
            }
        }
        return Optional.empty();
    }

    private static String text(Status status) {
        return lower(status.getDescription());
    }

    private static String lower(@Nullable String text) {
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }
}
