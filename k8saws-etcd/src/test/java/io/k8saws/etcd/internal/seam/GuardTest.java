package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.telemetry.Telemetry;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardTest {
    private static final URI A = URI.create("http://a:2379");
    private static final URI B = URI.create("http://b:2379");
    private static final Limits LIMITS =
            new Limits(4, Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(100), Duration.ofSeconds(2));

    private final Time time = new Time();
    private final List<String> told = new ArrayList<>();
    private final Telemetry heard = new Telemetry() {
        @Override
        public void called(Call call) {
            told.add(call.service() + " " + call.operation() + " " + call.outcome() + " " + call.attempts());
        }

        @Override
        public void retried(Retry retry) {
            told.add(retry.operation() + " again after " + retry.attempt());
        }
    };
    private final Guard guard = new Guard(LIMITS, Optional.empty(), time, heard);
    private final List<URI> asked = new ArrayList<>();
    private int forgotten;

    /** Time that passes when it is told to. */
    private static final class Time implements Pause {
        private long now = 1;

        @Override
        public void pause(Duration pause, String why) {
            now += pause.toNanos();
        }

        @Override
        public long nanoTime() {
            return now;
        }
    }

    private String call(boolean changes, List<URI> endpoints, Status... failures) {
        return guard.call("KV.Test", changes, endpoints, () -> forgotten++, (endpoint, limit) -> {
            asked.add(endpoint);
            if (asked.size() <= failures.length) {
                throw failures[asked.size() - 1].asRuntimeException();
            }
            return "answer";
        });
    }

    private static Status refused() {
        return Status.UNAVAILABLE.withCause(new ConnectException("Connection refused"));
    }

    @Test
    void telemetryHearsOfEachCall() {
        call(false, List.of(A), Status.DEADLINE_EXCEEDED);
        assertThat(told).containsExactly("KV.Test again after 1", "etcd KV.Test SUCCEEDED 2");
        told.clear();
        asked.clear();
        assertThatThrownBy(() -> call(true, List.of(A), Status.DEADLINE_EXCEEDED))
                .isInstanceOf(EtcdCallException.class);
        assertThat(told).containsExactly("etcd KV.Test FAILED 1");
        told.clear();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> call(true, List.of(A))).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(told).containsExactly("etcd KV.Test CANCELLED 0");
    }

    @Test
    void aReadGoesOnWithAnotherMemberAndStaysWithTheOneThatAnswers() {
        assertThat(call(false, List.of(A, B), Status.DEADLINE_EXCEEDED)).isEqualTo("answer");
        assertThat(asked).containsExactly(A, B);
        asked.clear();
        assertThat(call(false, List.of(A, B))).isEqualTo("answer");
        assertThat(asked).containsExactly(B);
    }

    /** A change is sent again only when it is sure that nobody has seen it. */
    @ParameterizedTest
    @CsvSource({"DEADLINE_EXCEEDED,", "UNAVAILABLE,", "UNAVAILABLE,etcdserver: leader changed"})
    void aChangeIsNotSentAgainWhenItMayHaveBeenMade(Status.Code code, String text) {
        EtcdCallException failure = catchThrowableOfType(
                EtcdCallException.class,
                () -> call(true, List.of(A, B), code.toStatus().withDescription(text)));

        assertThat(asked).containsExactly(A);
        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    void aChangeIsSentAgainWhenNobodyHasSeenIt() {
        assertThat(call(true, List.of(A, B), refused())).isEqualTo("answer");
        assertThat(asked).containsExactly(A, B);
    }

    @Test
    void aChangeIsSentAgainWhenTheServerHadTooMuchToDoToLookAtIt() {
        assertThat(call(true, List.of(A), Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests")))
                .isEqualTo("answer");
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatALearnerDoesNotServeAVoterDoes() {
        Status learner = Status.UNAVAILABLE.withDescription("etcdserver: rpc not supported for learner");
        assertThat(call(true, List.of(A, B), learner)).isEqualTo("answer");
        asked.clear();
        assertThatThrownBy(() -> call(true, List.of(A), learner)).isInstanceOf(EtcdCallException.class);
        assertThat(asked).hasSize(1);
    }

    @Test
    void aTokenThatIsForgottenIsAskedForAnewOnce() {
        Status stale = Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");
        assertThat(call(true, List.of(A), stale)).isEqualTo("answer");
        assertThat(forgotten).isEqualTo(1);
        asked.clear();
        assertThatThrownBy(() -> call(true, List.of(A), stale, stale, stale)).isInstanceOf(EtcdCallException.class);
        assertThat(asked).hasSize(2);
    }

    @Test
    void endsAfterItsAttempts() {
        EtcdCallException failure = catchThrowableOfType(
                EtcdCallException.class,
                () -> call(false, List.of(A), refused(), refused(), refused(), refused(), refused()));
        assertThat(failure.failure().attempts()).isEqualTo(4);
        assertThat(failure.reason()).isEqualTo(EtcdCallException.Reason.UNREACHABLE);
    }

    @Test
    void endsWithItsTime() {
        assertThatThrownBy(() -> guard.call("KV.Test", false, List.of(A, B), () -> {}, (endpoint, limit) -> {
                    asked.add(endpoint);
                    assertThat(limit).isBetween(Duration.ofMillis(1), Duration.ofSeconds(5));
                    time.pause(Duration.ofSeconds(8), "the call");
                    throw Status.DEADLINE_EXCEEDED.asRuntimeException();
                }))
                .isInstanceOf(EtcdCallException.class);
        assertThat(asked).hasSize(3);
    }

    @Test
    void leavesAMemberAloneThatFailsAgainAndAgain() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> guard.call("KV.Test", false, List.of(A), () -> {}, (endpoint, limit) -> {
                        asked.add(endpoint);
                        throw refused().asRuntimeException();
                    }))
                    .isInstanceOf(EtcdCallException.class);
        }
        assertThat(asked).hasSizeLessThan(12);
        time.pause(Duration.ofSeconds(3), "it recovers");
        String answer = guard.call("KV.Test", false, List.of(A), () -> {}, (endpoint, limit) -> "answer");
        assertThat(answer).isEqualTo("answer");
    }

    @Test
    void anInterruptEndsIt() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> call(false, List.of(A))).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(asked).isEmpty();
    }
}
