package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.MemberRemoveResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.telemetry.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who was silent is asked once how it is, in the time that is left. With a server on loopback whose time is that of the test. */
class LeaderlessLookTest {
    private static final Duration ATTEMPT = Duration.ofSeconds(20);
    private static final Duration CALL = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong(1);
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger tokens = new AtomicInteger();
    /** How much time the look had, in milliseconds. */
    private final AtomicLong left = new AtomicLong();

    private volatile Duration silence = Duration.ZERO;
    private volatile Consumer<StreamObserver<StatusResponse>> status = observer -> {
        observer.onNext(StatusResponse.getDefaultInstance());
        observer.onCompleted();
    };
    private final PlayedEtcd etcd = new PlayedEtcd(
            new ClusterGrpc.ClusterImplBase() {
                @Override
                public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> observer) {
                    now.addAndGet(silence.toNanos());
                    observer.onError(Status.DEADLINE_EXCEEDED.asRuntimeException());
                }
            },
            new MaintenanceGrpc.MaintenanceImplBase() {
                @Override
                public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
                    Deadline deadline = Objects.requireNonNull(Context.current().getDeadline());
                    left.set(deadline.timeRemaining(TimeUnit.MILLISECONDS));
                    looks.incrementAndGet();
                    status.accept(observer);
                }
            },
            new AuthGrpc.AuthImplBase() {
                @Override
                public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
                    tokens.incrementAndGet();
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

    private EtcdCalls calls() {
        return new EtcdCalls(
                new Access(
                        List.of(etcd.endpoint()),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Login("root", "secret")),
                        new Limits(1, ATTEMPT, CALL, Duration.ofMillis(1), Duration.ofMillis(2)),
                        Telemetry.none()),
                new Pause() {
                    @Override
                    public void pause(Duration pause, String why) {
                        now.addAndGet(pause.toNanos());
                    }

                    @Override
                    public long nanoTime() {
                        return now.get();
                    }
                });
    }

    private EtcdCallException failure() {
        try (EtcdCalls calls = calls()) {
            return catchThrowableOfType(EtcdCallException.class, () -> calls.removeMember(1));
        }
    }

    @Test
    void itHasAsMuchTimeAsAnAttempt() {
        assertThat(failure().reason()).isEqualTo(Reason.NO_QUORUM);
        assertThat(looks).hasValue(1);
        assertThat(left.get()).isLessThanOrEqualTo(ATTEMPT.toMillis());
    }

    @Test
    void itHasNoMoreTimeThanTheCallHasLeft() {
        silence = CALL.minusSeconds(10);

        assertThat(failure().reason()).isEqualTo(Reason.NO_QUORUM);
        assertThat(left.get()).isLessThanOrEqualTo(Duration.ofSeconds(10).toMillis());
    }

    @Test
    void whenTheTimeIsOverNobodyIsAsked() {
        silence = CALL;

        EtcdCallException failure = failure();

        assertThat(failure.reason()).isEqualTo(Reason.NO_ANSWER);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(looks).hasValue(0);
    }

    /** Another token, and the same once more with it, would take as long again. */
    @Test
    void whoMayNotLookDoesNotTryAgain() {
        status = observer -> observer.onError(Status.UNAUTHENTICATED
                .withDescription("etcdserver: invalid auth token")
                .asRuntimeException());

        assertThat(failure().reason()).isEqualTo(Reason.NO_ANSWER);
        assertThat(looks).hasValue(1);
        assertThat(tokens).hasValue(1);
    }

    @Test
    void anInterruptEndsTheLookAndIsKept() {
        Thread caller = Thread.currentThread();
        status = observer -> caller.interrupt(); // and no answer

        try (EtcdCalls calls = calls()) {
            assertThatThrownBy(() -> calls.removeMember(1)).isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(looks).hasValue(1);
    }
}
