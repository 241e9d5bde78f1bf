package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What has changed is looked at, whatever throws. */
class ChangesTest {
    private static final DnsName WWW = DnsName.of("www.example.com");
    private static final DnsName API = DnsName.of("api.example.com");
    private static final ObjectKey WEB = new ObjectKey("Service", "shop", "web");

    private final Changes changes = new Changes();
    private final List<String> worked = new ArrayList<>();

    @Test
    void namesAndObjectsOfWorkThatThrowsAreThereAgain() {
        changes.add(Set.of(WWW), Set.of(WEB));

        assertThatThrownBy(() -> changes.work((names, objects) -> {
                    changes.add(Set.of(API), Set.of());
                    throw new IllegalStateException("busy");
                }))
                .hasMessage("busy");

        changes.work((names, objects) -> worked.add(names.size() + " " + objects));
        assertThat(worked).containsExactly("2 [" + WEB + "]");
        assertThat(changes.names()).isZero();
    }

    @Test
    void allTogetherIsCancelledWhenOneIs_andFailsAsOneDoes() {
        CompletableFuture<Integer> one = new CompletableFuture<>();
        CompletableFuture<Integer> two = new CompletableFuture<>();
        CompletableFuture<Void> both = Flights.together(List.of(one, two));
        one.complete(1);
        assertThat(both).isNotDone();
        two.cancel(false);
        assertThat(both).isCancelled();
        assertThatThrownBy(both::join).isInstanceOf(CancellationException.class);

        CompletableFuture<Integer> bad = CompletableFuture.failedFuture(new IllegalStateException("away"));
        assertThatThrownBy(() -> Flights.together(List.of(one, bad)).join())
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(Flights.together(List.of(one))).isCompleted();
    }
}
