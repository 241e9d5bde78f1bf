package io.k8saws.etcd.internal.seam;

import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Asks members once, side by side. A member that does not answer is an outcome. Safe to use from many threads. */
record Rounds(Optional<Login> login, Tokens tokens, Attempt attempt) {
    /** Sends a call once. */
    interface Attempt {
        <Q, R> CompletableFuture<R> start(URI endpoint, MethodDescriptor<Q, R> method, Q request, Duration limit);
    }

    <Q, R, T> Map<URI, Outcome<T>> ask(
            Collection<URI> endpoints, MethodDescriptor<Q, R> method, Q request, Function<R, T> value, Duration limit) {
        Map<URI, Outcome<T>> outcomes = round(endpoints, method, request, value, limit);
        if (outcomes.values().stream().noneMatch(Rounds::isDenied)) {
            return outcomes;
        }
        tokens.forget(); // it may be no longer good; a user that may not do this is refused again
        return tokens.used() ? round(endpoints, method, request, value, limit) : outcomes;
    }

    private static boolean isDenied(Outcome<?> outcome) {
        return outcome.failure()
                .filter(failure -> failure.reason() == Reason.ACCESS_DENIED)
                .isPresent();
    }

    private <Q, R, T> Map<URI, Outcome<T>> round(
            Collection<URI> endpoints, MethodDescriptor<Q, R> method, Q request, Function<R, T> value, Duration limit) {
        Map<URI, CompletableFuture<R>> running = new LinkedHashMap<>();
        endpoints.forEach(endpoint -> running.put(endpoint, attempt.start(endpoint, method, request, limit)));
        Map<URI, Outcome<T>> outcomes = new LinkedHashMap<>();
        try {
            running.forEach((endpoint, future) -> {
                try {
                    outcomes.put(
                            endpoint, new Outcome<>(Optional.of(value.apply(Answers.of(future))), Optional.empty()));
                } catch (StatusRuntimeException e) {
                    EtcdCallException failure = Failures.translate(
                            EtcdCalls.name(method), endpoint.toString(), login, 1, false, e.getStatus());
                    outcomes.put(endpoint, new Outcome<>(Optional.empty(), Optional.of(failure)));
                }
            });
        } finally {
            running.values().forEach(future -> future.cancel(true));
        }
        return outcomes;
    }
}
