package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.grpc.Status;
import io.k8saws.error.EtcdAccessDeniedException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    /** etcd's own texts, from api/v3rpc/rpctypes/error.go. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OUT_OF_RANGE        | etcdserver: mvcc: required revision has been compacted | COMPACTED",
                "OUT_OF_RANGE        | etcdserver: mvcc: required revision is a future revision | FUTURE_REVISION",
                "RESOURCE_EXHAUSTED  | etcdserver: mvcc: database space exceeded | NO_SPACE",
                "INVALID_ARGUMENT    | etcdserver: request is too large | TOO_LARGE",
                "RESOURCE_EXHAUSTED  | gRPC message exceeds maximum size 4194304: 9000000 | TOO_LARGE",
                "INVALID_ARGUMENT    | etcdserver: too many operations in txn request | TOO_LARGE",
                "DATA_LOSS           | etcdserver: corrupt cluster | CORRUPT",
                "NOT_FOUND           | etcdserver: requested lease not found | NO_LEASE",
                "NOT_FOUND           | etcdserver: member not found | NO_MEMBER",
                "FAILED_PRECONDITION | etcdserver: can only promote a learner member which is in sync with leader | LEARNER_NOT_READY",
                "FAILED_PRECONDITION | etcdserver: re-configuration failed due to not enough started members | MEMBERS",
                "FAILED_PRECONDITION | etcdserver: too many learner members in cluster | MEMBERS",
                "UNAVAILABLE         | etcdserver: unhealthy cluster | MEMBERS",
                "UNAVAILABLE         | etcdserver: rpc not supported for learner | NOT_SERVED",
                "UNAVAILABLE         | etcdserver: no leader | NO_QUORUM",
                "UNAVAILABLE         | etcdserver: leader changed | NO_QUORUM",
                "UNAVAILABLE         | etcdserver: request timed out, possibly due to previous leader failure | NO_QUORUM",
                "PERMISSION_DENIED   | etcdserver: permission denied | ACCESS_DENIED",
                "INVALID_ARGUMENT    | etcdserver: authentication failed, invalid user ID or password | ACCESS_DENIED",
                "INVALID_ARGUMENT    | etcdserver: user name is empty | ACCESS_DENIED",
                "UNAUTHENTICATED     | etcdserver: invalid auth token | ACCESS_DENIED",
                "FAILED_PRECONDITION | etcdserver: authentication is not enabled | ACCESS_DENIED",
                "DEADLINE_EXCEEDED   | context deadline exceeded | NO_ANSWER",
                "UNAVAILABLE         | Keepalive failed. The connection is likely gone | NO_ANSWER",
                "UNAVAILABLE         | Network closed for unknown reason | UNREACHABLE",
                "UNAVAILABLE         | Connection closed while performing TLS negotiation | UNREACHABLE",
                "UNKNOWN             | context deadline exceeded | NO_ANSWER",
                "UNAVAILABLE         | http2 exception | NOT_ETCD",
                "UNIMPLEMENTED       | HTTP status code 404 | NOT_ETCD",
                "UNIMPLEMENTED       | unknown method | NOT_SERVED",
                "INTERNAL            | something else | OTHER",
            })
    void reasons(Status.Code code, String text, Reason reason) {
        assertThat(Failures.reason(code.toStatus().withDescription(text))).isEqualTo(reason);
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                arguments(new ConnectException("Connection refused"), Reason.UNREACHABLE, true),
                arguments(new UnknownHostException("nowhere.example"), Reason.UNREACHABLE, true),
                arguments(new SSLHandshakeException("PKIX path building failed"), Reason.CERTIFICATE, true),
                arguments(new SSLHandshakeException("not an SSL/TLS record: 15030100"), Reason.NOT_ETCD, true),
                arguments(new java.io.IOException("Connection reset by peer"), Reason.UNREACHABLE, false));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void reasonsByCause(Exception cause, Reason reason, boolean neverSent) {
        Status status = Status.UNAVAILABLE.withDescription("io exception").withCause(new RuntimeException(cause));

        assertThat(Failures.reason(status)).isEqualTo(reason);
        assertThat(Failures.neverSent(status)).isEqualTo(neverSent);
    }

    /** A member that is killed closes connections that worked; what is no etcd closes them before they do. */
    @Test
    void whoHangsUpBeforeItHasSaidAnything() {
        Status closed =
                Failures.withoutConnection(Status.UNAVAILABLE.withDescription("Network closed for unknown reason"));

        assertThat(Failures.reason(closed)).isEqualTo(Reason.NOT_ETCD);
        assertThat(Failures.neverSent(closed)).isTrue();
        assertThat(Failures.translate("KV.Put", "http://a:1", Optional.empty(), 1, true, closed))
                .hasMessageContaining("(Network closed for unknown reason)")
                .satisfies(failure -> assertThat(failure.outcomeUnknown()).isFalse());
        assertThat(Failures.translate("KV.Put", "https://a:1", Optional.empty(), 1, true, closed)
                        .reason())
                .isEqualTo(Reason.CERTIFICATE);
        assertThat(Failures.reason(Failures.withoutConnection(
                        Status.UNAVAILABLE.withCause(new ConnectException("Connection refused")))))
                .isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void aChangeWithoutAnAnswerMayHaveBeenMade() {
        Status late = Status.DEADLINE_EXCEEDED;
        assertThat(Failures.translate("KV.Put", "http://a:1", Optional.empty(), 1, true, late)
                        .outcomeUnknown())
                .isTrue();
        assertThat(Failures.translate("KV.Range", "http://a:1", Optional.empty(), 1, false, late)
                        .outcomeUnknown())
                .isFalse();
        assertThat(Failures.translate(
                                "KV.Put",
                                "http://a:1",
                                Optional.empty(),
                                1,
                                true,
                                Status.UNAVAILABLE.withCause(new ConnectException("Connection refused")))
                        .outcomeUnknown())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, false",
        "OUT_OF_RANGE, false",
        "RESOURCE_EXHAUSTED, false",
        "ALREADY_EXISTS, false",
        "UNKNOWN, true",
        "INTERNAL, true",
        "CANCELLED, true",
        "DATA_LOSS, true"
    })
    void whatAServerHasRefusedWasNotDone(Status.Code code, boolean unknown) {
        EtcdCallException failure = Failures.translate(
                "Cluster.MemberAdd",
                "http://a:1",
                Optional.empty(),
                1,
                true,
                code.toStatus().withDescription("bad member URL"));

        assertThat(failure.reason()).isEqualTo(Reason.OTHER);
        assertThat(failure.outcomeUnknown()).isEqualTo(unknown);
    }

    @Test
    void aConnectionThatBreaksByTlsMayHaveBroughtTheChange() {
        Status broken = Status.UNAVAILABLE.withDescription("io exception").withCause(new SSLException("closed engine"));

        assertThat(Failures.neverSent(broken)).isFalse();
        assertThat(Failures.neverSent(Failures.withoutConnection(broken))).isTrue();
    }

    @Test
    void whoNeverAcceptedAConnectionHasSeenNothing() {
        assertThat(Failures.neverSent(Status.DEADLINE_EXCEEDED)).isFalse();
        Status silent = Failures.withoutConnection(Status.DEADLINE_EXCEEDED);
        assertThat(Failures.neverSent(silent)).isTrue();
        assertThat(Failures.reason(silent)).isEqualTo(Reason.NO_ANSWER);
    }

    @Test
    void tellsWhatWasTriedWhyAndWhatToDo() {
        EtcdCallException failure = Failures.translate(
                "KV.Put",
                "https://10.0.0.4:2379",
                Optional.empty(),
                1,
                true,
                Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded"));

        assertThat(failure)
                .hasMessage(
                        "Call etcd: KV.Put: etcd said: etcdserver: mvcc: database space exceeded. Compact, defragment each member, then disarm the alarm; raise"
                                + " --quota-backend-bytes when the data is really that much. [endpoint=https://10.0.0.4:2379 code=RESOURCE_EXHAUSTED attempts=1]");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void namesTheUserAndWhatItLacksAndNoPassword() {
        EtcdCallException failure = Failures.translate(
                "Maintenance.Snapshot",
                "https://10.0.0.4:2379",
                Optional.of(new Login("backup", "hunter2")),
                1,
                false,
                Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"));

        assertThat(failure).isInstanceOfSatisfying(EtcdAccessDeniedException.class, denied -> {
            assertThat(denied.user()).isEqualTo("backup");
            assertThat(denied.permission()).isEqualTo("role root");
            assertThat(denied.getMessage()).contains("etcdctl user get backup").doesNotContain("hunter2");
        });
    }
}
