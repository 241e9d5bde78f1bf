package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.record.DnsName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A flight is over when who waits for it has heard of its end")
class FlightsTest {
    private static final DnsName WWW = DnsName.of("www.example.com");

    private final Flights flights = new Flights();

    @Test
    void whoHearsOfTheEndFindsTheNameNoLongerOnItsWayAndTheFlightNotOver() {
        CompletableFuture<String> future = new CompletableFuture<>();
        List<String> heard = new ArrayList<>();
        CompletableFuture<?>[] landed = new CompletableFuture<?>[1];
        flights.add(
                WWW,
                future,
                (applied, failure) -> heard.add(applied + " " + failure + " " + flights.has(WWW) + " " + flights.size()
                        + " " + landed[0].isDone()));
        landed[0] = flights.landed();
        assertThat(flights.has(WWW)).isTrue();

        future.complete("done");

        assertThat(heard).containsExactly("done null false 1 false");
        assertThat(landed[0]).isCompleted();
        assertThat(flights.size()).isZero();
    }

    @Test
    void aNameOfTwoFlightsIsOnItsWayUntilBothHaveEnded() {
        CompletableFuture<String> one = new CompletableFuture<>();
        CompletableFuture<String> two = new CompletableFuture<>();
        flights.add(WWW, one, (applied, failure) -> {});
        flights.add(WWW, two, (applied, failure) -> {});

        one.complete("done");
        assertThat(flights.has(WWW)).isTrue();
        assertThat(flights.landed()).isNotDone();

        two.completeExceptionally(new IllegalStateException("refused"));
        assertThat(flights.has(WWW)).isFalse();
        assertThat(flights.landed()).isCompleted();
    }

    @Test
    void whoThrowsWhenItHearsLeavesNoFlightBehind() {
        CompletableFuture<String> future = new CompletableFuture<>();
        flights.add(WWW, future, (applied, failure) -> {
            throw new IllegalStateException("a mistake in what hears");
        });

        future.complete("done");

        assertThat(flights.landed()).isCompleted();
        assertThat(flights.size()).isZero();
    }

    @Test
    void whatSendsOffMoreWhenItHearsIsFollowedByAnotherFlight() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        flights.add(WWW, first, (applied, failure) -> flights.add(WWW, second, (more, why) -> {}));
        CompletableFuture<Void> landed = flights.landed();

        first.complete("done");

        assertThat(landed).isCompleted();
        assertThat(flights.size()).isEqualTo(1);
        assertThat(flights.has(WWW)).isTrue();
    }

    @Test
    void togetherIsCancelledWhenOneIs() {
        CompletableFuture<String> one = new CompletableFuture<>();
        CompletableFuture<Void> whole = Flights.together(List.of(one, CompletableFuture.completedFuture("done")));

        one.cancel(false);

        assertThat(whole).isCancelled();
        assertThat(Flights.together(List.of())).isCompleted();
        assertThat(Flights.together(List.of(CompletableFuture.failedFuture(new IllegalStateException("refused")))))
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalStateException.class);
    }
}
