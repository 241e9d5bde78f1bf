package io.k8saws.internal.seam;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.route53.model.ChangeResourceRecordSetsRequest;

/**
 * The one way by which requests leave for AWS. Outside in: deadline, retry, circuit breaker, rate limit, request. The SDK's own retries are off, so a request is
 * sent exactly as often as is decided here. Safe to use from many threads.
 */
final class Guard {
    private static final int SKEW_ATTEMPTS = 2;

    private final ResiliencePolicy policy;
    private final RateLimits limits;
    private final Sleeper sleeper;
    private final FreshResources fresh;
    private final Telemetry telemetry;
    private final ConcurrentMap<String, CircuitBreaker> breakers;
    private final AtomicLong sent;
    private final boolean background;

    Guard(ResiliencePolicy policy, Sleeper sleeper, FreshResources fresh) {
        this(policy, sleeper, fresh, Telemetry.none());
    }

    Guard(ResiliencePolicy policy, Sleeper sleeper, FreshResources fresh, Telemetry telemetry) {
        this.policy = policy;
        this.limits = new RateLimits(policy, sleeper::nanoTime);
        this.sleeper = sleeper;
        this.fresh = fresh;
        this.telemetry = Telemetry.tolerant(telemetry);
        this.breakers = new ConcurrentHashMap<>();
        this.sent = new AtomicLong();
        this.background = false;
    }

    private Guard(Guard other) {
        this.policy = other.policy;
        this.limits = other.limits;
        this.sleeper = other.sleeper;
        this.fresh = other.fresh;
        this.telemetry = other.telemetry;
        this.breakers = other.breakers;
        this.sent = other.sent;
        this.background = true;
    }

    /** The same guard for requests that stand back while others have something to send. */
    Guard inBackground() {
        return new Guard(this);
    }

    /** How many requests were sent so far, retries included. */
    long sent() {
        return sent.get();
    }

    /**
     * Sends a request until it succeeds, fails for good, or its time is over.
     *
     * @param operation the action
     * @param request the SDK's request, to see which new resources it names
     * @param listener hears of retries
     * @param send sends it once
     * @return the answer
     * @throws AwsCallException if it failed for good
     * @throws OperationCancelledException if the thread was interrupted
     */
    <T> T call(Operation operation, Object request, CallListener listener, Callable<T> send) {
        Attempts attempts = new Attempts(operation, request);
        Telemetry.Outcome outcome = Telemetry.Outcome.FAILED;
        try {
            T answer = call(operation, attempts, listener, send);
            outcome = Telemetry.Outcome.SUCCEEDED;
            return answer;
        } catch (OperationCancelledException e) {
            outcome = Telemetry.Outcome.CANCELLED;
            throw e;
        } finally {
            telemetry.called(new Telemetry.Call(
                    operation.service(), operation.name(), outcome, attempts.sent, attempts.elapsed()));
        }
    }

    private <T> T call(Operation operation, Attempts attempts, CallListener listener, Callable<T> send) {
        Retry.AsyncContext<T> retries = Retry.of(operation.toString(), attempts.<T>rules())
                .asyncContext(); // which says how long to wait, but leaves the waiting to us
        CircuitBreaker breaker = breaker(operation.service());
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("Call " + operation);
            }
            try {
                attempts.inLine(limits.await(attempts.load, sleeper));
                if (!operation.reads()) {
                    listener.beforeWrite(operation.toString());
                }
                return breaker.executeCallable(() -> send(operation, attempts, send));
            } catch (SdkException | CallNotPermittedException e) {
                if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
                    Thread.currentThread().interrupt();
                    throw new OperationCancelledException("Call " + operation);
                }
                Duration pause = Duration.ofMillis(retries.onError(e));
                if (pause.isNegative() || attempts.overAfter(pause)) {
                    throw Failures.translate(operation, attempts.sent, attempts.last == null ? e : attempts.last);
                }
                telemetry.retried(new Telemetry.Retry(operation.service(), operation.name(), attempts.failures, pause));
                listener.onRetry(operation.toString(), attempts.failures, pause, Failures.brief(e));
                sleeper.sleep(pause, "Call " + operation);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("AWS clients throw no checked exceptions.", e);
            }
        }
    }

    private <T> T send(Operation operation, Attempts attempts, Callable<T> send) throws Exception {
        sent.incrementAndGet();
        attempts.sent++;
        try {
            T answer = send.call();
            if (operation.makes() && answer != null) {
                fresh.addIdsIn(answer);
                fresh.addNamesIn(attempts.request);
            }
            return answer;
        } catch (SdkException e) {
            attempts.last = e;
            if (Failures.tooFast(e)) {
                limits.throttled(attempts.load);
            }
            throw e;
        }
    }

    /** The pause after a failed attempt: doubles each time, and a random share of it is taken, so that those who failed together do not come back together. */
    static Duration pause(ResiliencePolicy policy, int attempt, RandomGenerator random) {
        long first = policy.firstBackoff().toMillis();
        long longest = Math.min(policy.maxBackoff().toMillis(), first << Math.min(attempt - 1, 20));
        return Duration.ofMillis(random.nextLong(longest / 4, longest + 1));
    }

    /** Route 53 counts changes of records beside requests. */
    private static int recordChanges(Object request) {
        return request instanceof ChangeResourceRecordSetsRequest records && records.changeBatch() != null
                ? records.changeBatch().changes().size()
                : 0;
    }

    private CircuitBreaker breaker(String service) {
        return breakers.computeIfAbsent(
                service,
                name -> CircuitBreaker.of(
                        name,
                        CircuitBreakerConfig.custom()
                                .slidingWindowSize(50)
                                .minimumNumberOfCalls(25)
                                .failureRateThreshold(80)
                                .waitDurationInOpenState(Duration.ofSeconds(5))
                                .permittedNumberOfCallsInHalfOpenState(5)
                                .automaticTransitionFromOpenToHalfOpenEnabled(false)
                                .recordException(Failures::serverTrouble)
                                .clock(((InstantSource) () -> Instant.ofEpochSecond(0, sleeper.nanoTime()))
                                        .withZone(ZoneOffset.UTC))
                                .currentTimestampFunction(unused -> sleeper.nanoTime(), TimeUnit.NANOSECONDS)
                                .build()));
    }

    /** The attempts of one call. Used by one thread. */
    private final class Attempts {
        private final Operation operation;
        private final Object request;
        private final RateLimits.Load load;
        private final long started = sleeper.nanoTime();
        private Duration inLine = Duration.ZERO;
        private int sent;
        private int failures;
        private boolean answerLost;
        private @Nullable SdkException last;

        Attempts(Operation operation, Object request) {
            this.operation = operation;
            this.request = request;
            this.load = new RateLimits.Load(operation, recordChanges(request), background);
        }

        <T> RetryConfig rules() {
            return RetryConfig.<T>custom()
                    .maxAttempts(Integer.MAX_VALUE)
                    .retryOnException(this::again)
                    .intervalBiFunction((attempt, outcome) -> pause(attempt))
                    .build();
        }

        /** Whether what the request takes away is gone, rather than what it is taken from. */
        private boolean gone(Throwable failure) {
            return operation.deletes() || (operation.removes() && Failures.partNotThere(failure));
        }

        private boolean again(Throwable failure) {
            failures++;
            if (failure instanceof CallNotPermittedException) {
                return true;
            }
            if (Failures.notThere(failure) && answerLost && operation.removes()) {
                return false; // the attempt whose answer was lost has removed it
            }
            answerLost |= Failures.serverTrouble(failure);
            if (Failures.notThere(failure) && !operation.reads() && !gone(failure) && fresh.namedIn(request)) {
                return true;
            }
            if (failures >= policy.maxAttempts()) {
                return false;
            }
            if (Failures.throttled(failure)) {
                return true;
            }
            if (Failures.clockSkew(failure)) {
                return failures < SKEW_ATTEMPTS;
            }
            return Failures.serverTrouble(failure) && operation.repeatable();
        }

        private long pause(int attempt) {
            return Guard.pause(policy, attempt, ThreadLocalRandom.current()).toMillis();
        }

        /** Time in the line that keeps us below AWS's rate says nothing about AWS, so it does not count against the call's deadline. */
        void inLine(Duration waited) {
            inLine = inLine.plus(waited);
        }

        Duration elapsed() {
            return Duration.ofNanos(sleeper.nanoTime() - started);
        }

        /** Whether the call's time is over when another pause has passed. */
        boolean overAfter(Duration pause) {
            Duration spent = elapsed().minus(inLine);
            return spent.plus(pause).compareTo(policy.callDeadline()) >= 0;
        }
    }
}
