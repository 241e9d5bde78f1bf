package io.k8saws.internal.seam;

import static io.k8saws.internal.seam.Refusals.answer;
import static io.k8saws.internal.seam.Refusals.bare;
import static io.k8saws.internal.seam.Refusals.broken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.AbortedException;

@DisplayName("The guard sends a request as often as makes sense, and no more")
class GuardTest {
    private static final Operation READ = new Operation("ec2", "DescribeVpcs");
    private static final Operation WRITE = new Operation("ec2", "ModifyVpcAttribute");
    private static final Operation MAKE_ONCE = new Operation("ec2", "CreateVpc");
    private static final Operation REMOVE = new Operation("ec2", "DeleteSubnet");

    private final VirtualTime time = new VirtualTime();
    private final ResiliencePolicy policy = ResiliencePolicy.defaults();
    private final FreshResources fresh = new FreshResources(policy.consistencyWindow(), time::nanoTime);
    private final Guard guard = new Guard(policy, time, fresh);
    private final List<String> retries = new ArrayList<>();

    private Object call(Operation operation, Object request, Callable<Object> send) {
        return guard.call(
                operation,
                request,
                (action, attempt, delay, reason) -> retries.add(action + " " + attempt + " " + reason),
                send);
    }

    /** Answers with one outcome after the other, the last one for ever. */
    private static Callable<Object> script(Object... outcomes) {
        Deque<Object> left = new ArrayDeque<>(List.of(outcomes));
        return () -> {
            Object next = left.size() > 1 ? left.removeFirst() : left.getFirst();
            if (next instanceof Exception failure) {
                throw failure;
            }
            return next;
        };
    }

    private AwsCallException failure(Operation operation, Object request, Callable<Object> send) {
        AwsCallException failure = catchThrowableOfType(AwsCallException.class, () -> call(operation, request, send));
        assertThat(failure).isNotNull();
        return failure;
    }

    static Stream<Exception> passing() {
        return Stream.of(
                answer(503, "RequestLimitExceeded", "Request limit exceeded."),
                answer(400, "Throttling", "Rate exceeded"),
                answer(503, "SlowDown", "Please reduce your request rate."),
                answer(400, "PriorRequestNotComplete", "The request was rejected"),
                answer(500, "InternalError", "An internal error has occurred"),
                bare(502),
                broken());
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatPassesIsSentAgain(Exception failure) {
        assertThat(call(WRITE, "", script(failure, failure, "done"))).isEqualTo("done");
        assertThat(guard.sent()).isEqualTo(3);
        assertThat(retries).hasSize(2).allMatch(line -> line.startsWith("ec2:ModifyVpcAttribute "));
        assertThat(time.pauses()).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void telemetryHearsOfEachCallAndMayThrow() {
        List<String> told = new ArrayList<>();
        Guard heard = new Guard(policy, time, fresh, new Telemetry() {
            @Override
            public void called(Call call) {
                told.add(call.service() + " " + call.operation() + " " + call.outcome() + " " + call.attempts());
                throw new IllegalStateException("no");
            }

            @Override
            public void retried(Retry retry) {
                told.add(retry.operation() + " again after " + retry.attempt());
                throw new IllegalStateException("no");
            }
        });
        assertThat(heard.<Object>call(READ, "", CallListener.silent(), script(broken(), "done")))
                .isEqualTo("done");
        assertThatThrownBy(() -> heard.call(
                        WRITE, "", CallListener.silent(), script(answer(400, "InvalidParameterValue", "wrong"))))
                .isInstanceOf(AwsCallException.class);
        assertThat(told)
                .containsExactly(
                        "DescribeVpcs again after 1",
                        "ec2 DescribeVpcs SUCCEEDED 2",
                        "ec2 ModifyVpcAttribute FAILED 1");
    }

    @Test
    void whatIsWrongIsNotSentAgain() {
        AwsCallException e = failure(WRITE, "", script(answer(400, "InvalidParameterValue", "no such value")));

        assertThat(e.attempts()).isEqualTo(1);
        assertThat(e.retryable()).isFalse();
        assertThat(retries).isEmpty();
    }

    @Test
    void attemptsAreCounted_andEndAtTheirMost() {
        AwsCallException e = failure(READ, "", script(answer(500, "InternalError", "An internal error")));

        assertThat(e.attempts()).isEqualTo(10);
        assertThat(guard.sent()).isEqualTo(10);
        assertThat(e.retryable()).isTrue();
        assertThat(retries).hasSize(9);
    }

    @Test
    void pausesGrow_andHaveALongest() {
        failure(READ, "", script(broken()));

        for (int i = 0; i < time.pauses().size(); i++) {
            long most = Math.min(10_000, 200L << i);
            assertThat(time.pauses().get(i)).isBetween(Duration.ofMillis(most / 4), Duration.ofMillis(most));
        }
    }

    @Test
    void aListenerMayKeepAWriteFromBeingSent_alsoAgain_butNoRead() {
        AtomicInteger mayWrite = new AtomicInteger(1);
        CallListener once = new CallListener() {
            @Override
            public void onRetry(String operation, int attempt, Duration delay, String reason) {}

            @Override
            public void beforeWrite(String operation) {
                if (mayWrite.getAndDecrement() <= 0) {
                    throw new IllegalStateException("no longer: " + operation);
                }
            }
        };

        assertThatThrownBy(() -> guard.call(WRITE, "", once, script(broken(), "never sent")))
                .hasMessage("no longer: ec2:ModifyVpcAttribute");
        assertThat(guard.sent()).isEqualTo(1);
        assertThat(guard.call(READ, "", once, script("seen"))).isEqualTo("seen");
    }

    @Test
    void timeInLineDoesNotCountAgainstTheDeadline() {
        Guard slow = new Guard(policy.withRateShare(0.001), time, fresh); // one request in 200 s, and 180 s for a call
        CallListener silent = (action, attempt, delay, reason) -> {};
        slow.call(WRITE, "", silent, script("first"));

        assertThat(slow.call(WRITE, "", silent, script(broken(), "done"))).isEqualTo("done");
        assertThat(slow.sent()).isEqualTo(3);
    }

    @Test
    void nobodyStandsInLineForEver() {
        Guard slow = new Guard(policy.withRateShare(0.0001), time, fresh); // one request in 2000 s
        CallListener silent = (action, attempt, delay, reason) -> {};
        slow.call(WRITE, "", silent, script("first"));

        assertThatThrownBy(() -> slow.call(WRITE, "", silent, script("second")))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("ec2:ModifyVpcAttribute");
        assertThat(time.passed()).isEqualTo(RateLimits.LONGEST_LINE);
        assertThat(slow.sent()).isEqualTo(1);
    }

    @Test
    void noAttemptStartsAfterTheDeadline() {
        Callable<Object> slow = () -> {
            time.pass(Duration.ofSeconds(20));
            throw broken();
        };
        AwsCallException e = failure(READ, "", slow);

        assertThat(e.attempts()).isBetween(6, 9);
        assertThat(time.passed()).isLessThan(policy.callDeadline().plus(policy.attemptTimeout()));
    }

    @Nested
    @DisplayName("when the answer to a creation that has no name is lost,")
    class LostAnswers {
        @ParameterizedTest
        @ValueSource(
                strings = {"CreateVpc", "CreateSubnet", "CreateInternetGateway", "CreateDhcpOptions", "AllocateAddress"
                })
        void itIsNotSentAgain(String name) {
            AwsCallException e = failure(new Operation("ec2", name), "", script(broken()));

            assertThat(e.attempts()).isEqualTo(1);
            assertThat(e.outcomeUnknown()).isTrue();
        }

        @Test
        void aGatewaysErrorLeavesItUnknown() {
            assertThat(failure(MAKE_ONCE, "", script(bare(502))).outcomeUnknown())
                    .isTrue();
        }

        @Test
        void aRefusalIsNoLostAnswer() {
            assertThat(failure(MAKE_ONCE, "", script(bare(403))).outcomeUnknown())
                    .isFalse();
            assertThat(failure(MAKE_ONCE, "", script(answer(400, "VpcLimitExceeded", "")))
                            .outcomeUnknown())
                    .isFalse();
        }

        @Test
        void throttlingIsSentAgain_becauseNothingWasDone() {
            assertThat(call(MAKE_ONCE, "", script(answer(503, "RequestLimitExceeded", ""), "vpc")))
                    .isEqualTo("vpc");
        }
    }

    @Nested
    @DisplayName("while AWS does not know yet what was just made,")
    class Consistency {
        private final Exception notFound =
                answer(400, "InvalidVpcID.NotFound", "The vpc ID 'vpc-0a1b2c3d' does not exist");

        @Test
        void aWriteThatNamesItIsSentAgain() {
            call(MAKE_ONCE, "", script("CreateVpcResponse(Vpc=Vpc(VpcId=vpc-0a1b2c3d))"));

            assertThat(call(WRITE, "Request(VpcId=vpc-0a1b2c3d)", script(notFound, notFound, "done")))
                    .isEqualTo("done");
        }

        @Test
        void itIsSentAgainForTheWindowAndNoLonger() {
            fresh.add(List.of("vpc-0a1b2c3d"));
            AwsCallException e = failure(WRITE, "Request(VpcId=vpc-0a1b2c3d)", script(notFound));

            assertThat(time.passed())
                    .isBetween(
                            policy.consistencyWindow(),
                            policy.consistencyWindow().plus(policy.maxBackoff()));
            assertThat(e.attempts()).isGreaterThan(policy.maxAttempts());
        }

        @Test
        void whatWasMadeLongAgoIsGone() {
            fresh.add(List.of("vpc-0a1b2c3d"));
            time.pass(policy.consistencyWindow());

            assertThat(failure(WRITE, "Request(VpcId=vpc-0a1b2c3d)", script(notFound))
                            .attempts())
                    .isEqualTo(1);
        }

        @Test
        void whatOthersMadeIsGone() {
            assertThat(failure(WRITE, "Request(VpcId=vpc-0a1b2c3d)", script(notFound))
                            .attempts())
                    .isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"RevokeSecurityGroupEgress", "DetachInternetGateway", "RemoveRoleFromInstanceProfile"})
        void whatIsTakenFromANewThingWaitsForTheThing(String name) {
            fresh.add(List.of("vpc-0a1b2c3d"));

            assertThat(guard.call(
                            new Operation("ec2", name),
                            "Request(VpcId=vpc-0a1b2c3d)",
                            CallListener.silent(),
                            script(notFound, "there")))
                    .isEqualTo("there");
        }

        @ParameterizedTest
        @ValueSource(strings = {"DeleteSubnet", "ReleaseAddress", "TerminateInstances"})
        void whatIsToBeGoneIsNotWaitedFor(String name) {
            fresh.add(List.of("vpc-0a1b2c3d"));

            assertThat(failure(new Operation("ec2", name), "Request(VpcId=vpc-0a1b2c3d)", script(notFound))
                            .attempts())
                    .isEqualTo(1);
        }

        @Test
        void blankNamesAreNoNames() {
            fresh.add(List.of("", " "));

            assertThat(failure(WRITE, "Request(VpcId=vpc-1 )", script(notFound)).attempts())
                    .isEqualTo(1);
        }
    }

    @Test
    void aClockThatIsOffIsTriedTwice_becauseTheSdkSetsIt() {
        Exception skewed = answer(403, "RequestTimeTooSkewed", "The difference is too large");

        assertThat(call(WRITE, "", script(skewed, "done"))).isEqualTo("done");
        assertThat(failure(WRITE, "", script(skewed)).attempts()).isEqualTo(2);
    }

    @Nested
    @DisplayName("when the thread is interrupted,")
    class Interrupts {
        @Test
        void aPauseEnds_andTheFlagStays() {
            Callable<Object> interrupting = () -> {
                Thread.currentThread().interrupt();
                throw answer(503, "RequestLimitExceeded", "");
            };

            assertThatThrownBy(() -> call(READ, "", interrupting))
                    .isInstanceOf(OperationCancelledException.class)
                    .hasMessageContaining("ec2:DescribeVpcs");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(guard.sent()).isEqualTo(1);
        }

        @Test
        void aRequestEnds_andTheFlagStays() {
            assertThatThrownBy(() -> call(READ, "", script(AbortedException.create("Thread was interrupted"))))
                    .isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        void nothingIsSent() {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> call(READ, "", script("never"))).isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(guard.sent()).isZero();
        }
    }

    @Nested
    @DisplayName("when a service is in trouble,")
    class Breaker {
        private void ruin() {
            for (int i = 0; i < 25; i++) {
                failure(MAKE_ONCE, "", script(broken()));
            }
        }

        @Test
        void requestsAreHeldBack_untilItIsWell() {
            ruin();
            long before = guard.sent();
            Duration then = time.passed();

            assertThat(call(READ, "", script("well"))).isEqualTo("well");

            assertThat(guard.sent()).isEqualTo(before + 1);
            assertThat(time.passed().minus(then)).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
            assertThat(retries).isNotEmpty();
        }

        @Test
        void otherServicesAreNotHeldBack() {
            ruin();
            Duration then = time.passed();

            call(new Operation("iam", "GetRole"), "", script("well"));

            assertThat(time.passed()).isEqualTo(then);
        }

        @Test
        void refusalsAreNoTrouble() {
            for (int i = 0; i < 60; i++) {
                failure(REMOVE, "", script(answer(400, "DependencyViolation", "in use")));
                assertThat(call(READ, "", script(answer(503, "RequestLimitExceeded", ""), "done")))
                        .isEqualTo("done");
            }

            assertThat(retries).allMatch(line -> line.endsWith("RequestLimitExceeded"));
        }
    }

    @Test
    void requestsStayBelowAwssRate() {
        for (int i = 0; i < 150; i++) {
            call(READ, "", script("done"));
        }

        // a tenth less than 100 at once, then 20 a second (EC2 developer guide, "Request throttling")
        assertThat(time.passed()).isBetween(Duration.ofMillis(2900), Duration.ofMillis(3100));
    }
}
