package io.k8saws.internal.seam;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.OperationCancelledException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.exception.SdkException;

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
    private final ConcurrentMap<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();

    Guard(ResiliencePolicy policy, Sleeper sleeper, FreshResources fresh) {
        this.policy = policy;
        this.limits = new RateLimits(policy);
        this.sleeper = sleeper;
        this.fresh = fresh;
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
     * @param request the call
     * @return the answer
     * @throws AwsCallException if it failed for good
     * @throws OperationCancelledException if the thread was interrupted
     */
    <T> T call(Operation operation, Object request, CallListener listener, Callable<T> send) {
        Attempts attempts = new Attempts(operation, request, System.nanoTime());
        Retry retry = Retry.of(
                operation.toString(),
                RetryConfig.<T>custom()
                        .maxAttempts(Integer.MAX_VALUE)
                        .intervalBiFunction((attempt, outcome) -> attempts.pause(listener, attempt, outcome.getLeft())
                                .toMillis())
                        .retryOnException(attempts::again)
                        .build());
        CircuitBreaker breaker = breaker(operation.service());
        try {
            return retry.executeCallable(() -> {
                sleeper.sleep(limits.take(operation), "Keep " + operation + " below AWS's request rate");
                return breaker.executeCallable(() -> send(operation, attempts, send));
            });
        } catch (CallNotPermittedException e) {
            throw Failures.translate(operation, attempts.sent, attempts.last == null ? e : attempts.last);
        } catch (SdkException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("Call " + operation);
            }
            throw Failures.translate(operation, attempts.sent, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("AWS clients throw no checked exceptions.", e);
        }
    }

    private <T> T send(Operation operation, Attempts attempts, Callable<T> send) throws Exception {
        sent.incrementAndGet();
        attempts.sent++;
        try {
            T answer = send.call();
            limits.served(operation);
            if (operation.makes() && answer != null) {
                fresh.addIdsIn(answer);
            }
            return answer;
        } catch (SdkException e) {
            attempts.last = e;
            if (Failures.throttled(e)) {
                limits.throttled(operation);
            }
            throw e;
        }
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
                                .build()));
    }

    /** The attempts of one call. Used by one thread. */
    private final class Attempts {
        private final Operation operation;
        private final Object request;
        private final long started;
        private int sent;
        private int failures;
        private boolean answerLost;
        private @org.jspecify.annotations.Nullable SdkException last;

        Attempts(Operation operation, Object request, long started) {
            this.operation = operation;
            this.request = request;
            this.started = started;
        }

        boolean again(Throwable failure) {
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
            failures++;
            Duration spent = Duration.ofNanos(System.nanoTime() - started);
            if (spent.compareTo(policy.callDeadline()) >= 0) {
                return false;
            }
            if (failure instanceof CallNotPermittedException) {
                return true;
            }
            if (Failures.notThere(failure) && answerLost && operation.removes()) {
                return false; // the attempt whose answer was lost has removed it
            }
            answerLost |= Failures.serverTrouble(failure);
            if (Failures.notThere(failure) && !operation.reads() && fresh.namedIn(request)) {
                return spent.compareTo(policy.consistencyWindow()) < 0;
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

        Duration pause(CallListener listener, int attempt, Throwable failure) {
            long first = policy.firstBackoff().toMillis();
            long longest = Math.min(policy.maxBackoff().toMillis(), first << Math.min(attempt - 1, 20));
            Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 4, longest + 1));
            listener.onRetry(operation.toString(), attempt, pause, Failures.brief(failure));
            return pause;
        }
    }
}
