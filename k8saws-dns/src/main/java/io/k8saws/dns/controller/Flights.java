package io.k8saws.dns.controller;

import io.k8saws.dns.record.DnsName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What is on its way into zones. Safe to use from many threads. */
final class Flights {
    private final Map<Long, CompletableFuture<Void>> flying = new ConcurrentHashMap<>();
    private final Map<DnsName, Integer> names = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    /** A name is on its way, until the future ends; {@code landed} hears of that when it is no longer, and the flight is over when it has heard. */
    <T> void add(DnsName name, CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> landed) {
        long flight = last.incrementAndGet();
        CompletableFuture<Void> over = new CompletableFuture<>();
        flying.put(flight, over);
        names.merge(name, 1, Integer::sum);
        CompletableFuture<?> unused = future.whenComplete((applied, failure) -> {
            names.computeIfPresent(name, (n, count) -> count > 1 ? count - 1 : null);
            try {
                landed.accept(applied, failure);
            } finally {
                flying.remove(flight);
                over.complete(null);
            }
        });
    }

    boolean has(DnsName name) {
        return names.containsKey(name);
    }

    int size() {
        return flying.size();
    }

    /** Completes when all that is under way has come to an end, well or badly, and everybody has heard. */
    CompletableFuture<Void> landed() {
        return CompletableFuture.allOf(flying.values().toArray(CompletableFuture<?>[]::new));
    }

    /** Completes when all do; is cancelled when one of them is, and fails with what one of them fails with. */
    static CompletableFuture<Void> together(List<? extends CompletableFuture<?>> all) {
        CompletableFuture<Void> whole = new CompletableFuture<>();
        CompletableFuture<?> unused = CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> {
                    Throwable why = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    if (why == null) {
                        whole.complete(null);
                    } else if (why instanceof CancellationException) {
                        whole.cancel(false);
                    } else {
                        whole.completeExceptionally(why);
                    }
                });
        return whole;
    }
}
