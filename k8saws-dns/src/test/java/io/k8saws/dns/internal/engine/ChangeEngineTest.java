package io.k8saws.dns.internal.engine;

import static io.k8saws.dns.internal.engine.Wishes.a;
import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("An engine writes into several zones at once")
class ChangeEngineTest {
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
    private final ChangeEngine engine = new ChangeEngine(Agenda.on(threads), Pace.defaults());

    @AfterEach
    void end() {
        engine.close();
        threads.shutdownNow();
    }

    /** A zone whose changes say so when they begin, and of which no two may run at once. */
    private static ZoneCalls zone(String domain, CyclicBarrier both) {
        ModelCalls model = new ModelCalls(domain);
        AtomicInteger running = new AtomicInteger();
        return new ZoneCalls() {
            @Override
            public String change(List<SetChange> changes) {
                assertThat(running.incrementAndGet()).as("calls at once").isEqualTo(1);
                try {
                    int unused = both.await(30, TimeUnit.SECONDS);
                    return model.change(changes);
                } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                    throw new AssertionError("the other zone's call did not come meanwhile", e);
                } finally {
                    running.decrementAndGet();
                }
            }

            @Override
            public Page list(Optional<Position> from) {
                return model.list(from);
            }

            @Override
            public boolean isInSync(String changeId) {
                return model.isInSync(changeId);
            }
        };
    }

    /** Each call waits for one of the other zone to begin, so one zone after the other would never come to an end. */
    @Test
    void callsOfTwoZonesAreUnderWayTogether_oneInEach() {
        CyclicBarrier both = new CyclicBarrier(2);
        Wishes wishes = new Wishes();
        Map<String, String> domains = Map.of("Z1", "example.com", "Z2", "example.net");
        Map<String, List<DnsName>> names = new TreeMap<>();
        domains.forEach((id, domain) -> {
            names.put(id, new ArrayList<>());
            for (int i = 0; i < 5; i++) {
                String name = "n" + i + "." + domain;
                names.get(id).add(wishes.want(name, a(name, "192.0.2.1")));
            }
        });
        domains.forEach((id, domain) ->
                engine.open(new HostedZone(id, DnsName.of(domain), false, Map.of()), zone(domain, both), wishes));

        for (int i = 0; i < 5; i++) {
            List<CompletableFuture<Applied>> futures = new ArrayList<>();
            for (String id : domains.keySet()) {
                DnsName name = names.get(id).get(i);
                futures.addAll(engine.submit(id, List.of(name)).values());
            }
            assertThat(futures).hasSize(2).allSatisfy(future -> assertThat(future)
                    .succeedsWithin(Duration.ofSeconds(40))
                    .satisfies(applied -> assertThat(applied.changeId()).isPresent()));
        }
    }
}
