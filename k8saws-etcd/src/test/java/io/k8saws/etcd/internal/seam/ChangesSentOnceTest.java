package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.MemberRemoveResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server may have done is not asked of it, or of another, a second time. With a server on loopback that answers as each case says. */
class ChangesSentOnceTest {
    private static final long MEMBER = 0x867b506b8e0c0690L;

    private final AtomicInteger removals = new AtomicInteger();
    private final Queue<Status> tokens = new ArrayDeque<>();
    private Consumer<StreamObserver<MemberRemoveResponse>> answer = observer -> {
        observer.onNext(MemberRemoveResponse.getDefaultInstance());
        observer.onCompleted();
    };
    private final PlayedEtcd etcd = new PlayedEtcd(
            new ClusterGrpc.ClusterImplBase() {
                @Override
                public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> observer) {
                    removals.incrementAndGet();
                    answer.accept(observer);
                }
            },
            new AuthGrpc.AuthImplBase() {
                @Override
                public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
                    Status refusal = tokens.poll();
                    if (refusal != null) {
                        observer.onError(refusal.asRuntimeException());
                        return;
                    }
                    observer.onNext(AuthenticateResponse.newBuilder()
                            .setToken("a-token")
                            .build());
                    observer.onCompleted();
                }
            });

    @AfterEach
    void stop() {
        etcd.close();
    }

    private EtcdCalls calls(Optional<Login> login) {
        // the same server twice, as one of several members would be asked next
        return calls(
                login, List.of(etcd.endpoint(), URI.create("http://localhost:" + etcd.port())), Duration.ofSeconds(20));
    }

    private static EtcdCalls calls(Optional<Login> login, List<URI> endpoints, Duration attempt) {
        return new EtcdCalls(
                new Access(
                        endpoints,
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        login,
                        new Limits(4, attempt, Duration.ofMinutes(1), Duration.ofMillis(1), Duration.ofMillis(2)),
                        Telemetry.none()),
                (pause, why) -> {});
    }

    private EtcdCallException refused() {
        try (EtcdCalls calls = calls(Optional.empty())) {
            return catchThrowableOfType(EtcdCallException.class, () -> calls.removeMember(MEMBER));
        }
    }

    /** A member that is removed answers so when it asks itself to go. */
    @Test
    void aServerThatStopsMayHaveMadeTheChange() {
        answer = observer -> observer.onError(
                Status.UNAVAILABLE.withDescription("etcdserver: server stopped").asRuntimeException());

        EtcdCallException failure = refused();

        assertThat(removals).hasValue(1);
        assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(failure).hasMessageContaining("etcdserver: server stopped");
    }

    @Test
    void aServerThatGoesAwayMayHaveMadeTheChange() {
        answer = observer -> etcd.end();

        EtcdCallException failure = refused();

        assertThat(removals).hasValue(1);
        assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    void whereNobodyListensNothingWasDone() throws InterruptedException {
        etcd.close();

        EtcdCallException failure = refused();

        assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(failure.getMessage()).contains("attempts=4");
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    /** As the address of a machine that is gone: nobody refuses, and nobody answers. */
    @Test
    void whoSaysNothingAtAllHasSeenNothing_andAnotherIsAsked() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EtcdCalls calls = calls(
                        Optional.empty(),
                        List.of(URI.create("http://127.0.0.1:" + silent.getLocalPort()), etcd.endpoint()),
                        Duration.ofSeconds(1))) {
            calls.removeMember(MEMBER);
        }

        assertThat(removals).hasValue(1);
    }

    @Test
    void aTokenThatIsNotGivenInThisMomentIsAskedForAgain() {
        tokens.add(Status.UNAVAILABLE.withDescription("etcdserver: server stopped"));
        try (EtcdCalls calls = calls(Optional.of(new Login("root", "secret")))) {
            calls.removeMember(MEMBER);
        }

        assertThat(removals).hasValue(1);
    }
}
