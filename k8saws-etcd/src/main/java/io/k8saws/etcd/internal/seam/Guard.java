package io.k8saws.etcd.internal.seam;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.telemetry.Telemetry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Sends a call until it succeeds, fails for good, or its time is over; another member each time where any will do. Outside in: deadline, retry, circuit breaker for each member, call. A change is sent
 * again only when it is sure that no server has seen it. Safe to use from many threads.
 */
final class Guard {
    static final String SERVICE = "etcd";

    private static final int TOKEN_ATTEMPTS = 2;

    private final Limits limits;
    private final Optional<Login> login;
    private final Pause pause;
    private final Telemetry telemetry;
    private final ConcurrentMap<URI, CircuitBreaker> breakers = new ConcurrentHashMap<>();
    private final AtomicInteger preferred = new AtomicInteger();

    Guard(Limits limits, Optional<Login> login, Pause pause, Telemetry telemetry) {
        this.telemetry = telemetry;
        this.limits = limits;
        this.login = login;
        this.pause = pause;
    }

    /**
     * Sends a call.
     *
     * @param call its name
     * @param changes whether it changes something
     * @param endpoints who may answer it; the one that did last time is asked first
     * @param staleToken hears that the token is no longer good
     * @param send sends it once, to an endpoint, within a time
     * @return the answer
     */
    <T> T call(
            String call, boolean changes, List<URI> endpoints, Runnable staleToken, BiFunction<URI, Duration, T> send) {
        Attempts attempts = new Attempts(changes, endpoints.size() > 1);
        Telemetry.Outcome outcome = Telemetry.Outcome.FAILED;
        try {
            T answer = call(call, changes, endpoints, staleToken, send, attempts);
            outcome = Telemetry.Outcome.SUCCEEDED;
            return answer;
        } catch (OperationCancelledException e) {
            outcome = Telemetry.Outcome.CANCELLED;
            throw e;
        } finally {
            telemetry.called(new Telemetry.Call(SERVICE, call, outcome, attempts.sent, attempts.spent()));
        }
    }

    private <T> T call(
            String call,
            boolean changes,
            List<URI> endpoints,
            Runnable staleToken,
            BiFunction<URI, Duration, T> send,
            Attempts attempts) {
        Retry.AsyncContext<T> retries = Retry.of(call, attempts.<T>rules()).asyncContext();
        int start = preferred.get();
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("Call etcd: " + call);
            }
            int turn = start + attempts.failures;
            URI endpoint = endpoints.get(Math.floorMod(turn, endpoints.size()));
            try {
                T answer = breaker(endpoint).executeSupplier(() -> {
                    attempts.sent++;
                    return send.apply(endpoint, attempts.nextLimit());
                });
                if (endpoints.size() > 1) {
                    preferred.set(turn);
                }
                return answer;
            } catch (StatusRuntimeException | CallNotPermittedException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationCancelledException("Call etcd: " + call);
                }
                if (e instanceof StatusRuntimeException failed) {
                    attempts.last = failed.getStatus();
                    if (Failures.staleToken(failed.getStatus())) {
                        staleToken.run();
                    }
                }
                Duration next = Duration.ofMillis(retries.onError(e));
                if (next.isNegative() || attempts.overAfter(next)) {
                    throw Failures.translate(call, endpoint.toString(), login, attempts.sent, changes, attempts.last);
                }
                telemetry.retried(new Telemetry.Retry(SERVICE, call, attempts.failures, next));
                pause.pause(next, "Call etcd: " + call);
            }
        }
    }

    private CircuitBreaker breaker(URI endpoint) {
        return breakers.computeIfAbsent(
                endpoint,
                name -> CircuitBreaker.of(
                        name.toString(),
                        CircuitBreakerConfig.custom()
                                .slidingWindowSize(20)
                                .minimumNumberOfCalls(10)
                                .failureRateThreshold(80)
                                .waitDurationInOpenState(Duration.ofSeconds(2))
                                .permittedNumberOfCallsInHalfOpenState(2)
                                .automaticTransitionFromOpenToHalfOpenEnabled(false)
                                .recordException(e -> e instanceof StatusRuntimeException failed
                                        && Failures.serverTrouble(failed.getStatus()))
                                .clock(((InstantSource) () -> Instant.ofEpochSecond(0, pause.nanoTime()))
                                        .withZone(ZoneOffset.UTC))
                                .currentTimestampFunction(unused -> pause.nanoTime(), TimeUnit.NANOSECONDS)
                                .build()));
    }

    /** The attempts of one call. Used by one thread. */
    private final class Attempts {
        private final boolean changes;
        private final boolean others;
        private final long started = pause.nanoTime();
        private int sent;
        private int failures;
        private Status last = Failures.notSent(Status.UNAVAILABLE.withDescription(
                "this member has failed so often of late that it is left alone for two seconds"));

        Attempts(boolean changes, boolean others) {
            this.changes = changes;
            this.others = others;
        }

        <T> RetryConfig rules() {
            return RetryConfig.<T>custom()
                    .maxAttempts(Integer.MAX_VALUE)
                    .retryOnException(this::again)
                    .intervalBiFunction((attempt, outcome) -> backoff(attempt))
                    .build();
        }

        private boolean again(Throwable failure) {
            failures++;
            if (failure instanceof CallNotPermittedException) {
                return true;
            }
            Status status = Status.fromThrowable(failure);
            if (Failures.staleToken(status)) {
                return failures < TOKEN_ATTEMPTS;
            }
            if (failures >= limits.maxAttempts()) {
                return false;
            }
            if (others && Failures.reason(status) == Reason.NOT_SERVED) {
                return true; // a learner has refused it, and a voter will not
            }
            if (changes) {
                return Failures.neverSent(status) || Failures.overloaded(status);
            }
            return Failures.passing(status);
        }

        private long backoff(int attempt) {
            long first = limits.firstBackoff().toMillis();
            long longest = Math.min(limits.maxBackoff().toMillis(), first << Math.min(attempt - 1, 20));
            return ThreadLocalRandom.current().nextLong(longest / 4, longest + 1);
        }

        Duration nextLimit() {
            Duration left = limits.callDeadline().minus(spent());
            return left.compareTo(limits.attemptTimeout()) < 0 ? left : limits.attemptTimeout();
        }

        boolean overAfter(Duration pause) {
            return spent().plus(pause).compareTo(limits.callDeadline()) >= 0;
        }

        private Duration spent() {
            return Duration.ofNanos(pause.nanoTime() - started);
        }
    }
}
