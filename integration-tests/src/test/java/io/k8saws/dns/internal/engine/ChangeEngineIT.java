package io.k8saws.dns.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.internal.route53.ZoneOfRoute53;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import io.k8saws.testkit.fault.RunKilledError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The engine brings names into a zone of an emulator")
@ParameterizedClass
@EnumSource(AwsKind.class)
class ChangeEngineIT {
    private static final Duration TTL = Duration.ofMinutes(5);

    private final AwsKind emulator;
    private final AwsEndpoint endpoint;
    private final HostedZone zone;
    private final Map<DnsName, List<RecordSet>> wanted = new LinkedHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    ChangeEngineIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.emulator = kind;
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.zone = zone();
    }

    /** Things to do, by their time; time does not pass otherwise. Used by the test's thread, so that a kill ends the run where it is. */
    private static final class Entries implements Agenda {
        private record Entry(long at, long order, Runnable what) {}

        private final PriorityQueue<Entry> entries =
                new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
        private long now;
        private long order;

        @Override
        public void after(Duration delay, Runnable what) {
            entries.add(new Entry(now + delay.toNanos(), order++, what));
        }

        @Override
        public long nanoTime() {
            return now;
        }

        void pass(Duration time) {
            long end = now + time.toNanos();
            while (!entries.isEmpty() && entries.peek().at() <= end) {
                Entry next = entries.remove();
                now = next.at();
                next.what().run();
            }
            now = end;
        }
    }

    /** An engine with calls that are counted. */
    private final class Run {
        private final Entries time = new Entries();
        private final FaultyHttpClient http;
        private final ChangeEngine engine = new ChangeEngine(time, Pace.defaults());

        Run(Faults faults) {
            http = FaultyHttpClient.create(faults);
            GuardedClients clients = GuardedClients.open(
                    endpoint.access(http), ResiliencePolicy.defaults().forEmulator(), Sleeper.system());
            open.add(clients);
            open.add(http);
            engine.open(zone, new ZoneOfRoute53(zone, clients), ChangeEngineIT.this::plan);
        }

        Map<DnsName, CompletableFuture<Applied>> go(List<DnsName> names) {
            Map<DnsName, CompletableFuture<Applied>> futures = engine.submit(zone.id(), names);
            time.pass(Duration.ofSeconds(30));
            return futures;
        }

        ZoneMirror filled() {
            CompletableFuture<ZoneMirror> mirror = engine.fill(zone.id());
            time.pass(Duration.ofSeconds(1));
            return mirror.join();
        }

        int count(String operation) {
            return http.calls().count("route53:" + operation);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private HostedZone zone() {
        String name = "z" + UUID.randomUUID().toString().substring(0, 8) + ".example.com";
        GuardedClients clients = GuardedClients.open(
                endpoint.access(), ResiliencePolicy.defaults().forEmulator(), Sleeper.system());
        open.add(clients);
        String id = clients.route53()
                .createHostedZone(r -> r.name(name).callerReference(name))
                .hostedZone()
                .id();
        return new HostedZone(id, DnsName.of(name), false, Map.of());
    }

    private NamePlan plan(DnsName name, Function<DnsName, List<RecordSet>> current) {
        List<RecordSet> want = wanted.getOrDefault(name, List.of());
        List<RecordSet> have = current.apply(name);
        List<SetChange> changes = new ArrayList<>();
        for (RecordSet set : have) {
            if (want.stream().noneMatch(set::isSame)) {
                Optional<RecordSet> after = want.stream()
                        .filter(other -> other.type() == set.type()
                                && other.setIdentifier().equals(set.setIdentifier()))
                        .findFirst();
                changes.add(new SetChange(Optional.of(set), after));
            }
        }
        for (RecordSet set : want) {
            if (have.stream().noneMatch(set::isSame)
                    && changes.stream().noneMatch(change -> change.after().equals(Optional.of(set)))) {
                changes.add(new SetChange(Optional.empty(), Optional.of(set)));
            }
        }
        return new NamePlan(name, changes, List.of(), List.of());
    }

    private DnsName want(String label, RecordSet... sets) {
        DnsName name = name(label);
        wanted.put(name, List.of(sets));
        return name;
    }

    private DnsName name(String label) {
        return DnsName.of(label + "." + zone.name());
    }

    private RecordSet a(String label, String address) {
        return RecordSet.simple(name(label), RecordType.A, new Answer.Values(TTL, List.of(address)));
    }

    private RecordSet routed(String label, String set, RoutingPolicy routing, String address) {
        return new RecordSet(
                name(label),
                RecordType.A,
                Optional.of(set),
                routing,
                Optional.empty(),
                new Answer.Values(TTL, List.of(address)));
    }

    /** What the zone holds but for its own two sets, read by another engine. */
    private Map<DnsName, List<RecordSet>> held() {
        ZoneMirror mirror = new Run(Faults.none()).filled();
        Map<DnsName, List<RecordSet>> held = new LinkedHashMap<>();
        mirror.names().stream()
                .filter(name -> !name.equals(zone.name()))
                .forEach(name -> held.put(name, mirror.at(name)));
        return held;
    }

    @Test
    void aChangedNameIsOneWriteAndNoRead() {
        Run run = new Run(Faults.none());
        run.filled();
        int reads = run.count("ListResourceRecordSets");
        DnsName name = want("www", a("www", "192.0.2.1"));

        assertThat(run.go(List.of(name)).get(name).join().changeId()).isPresent();
        want("www", a("www", "192.0.2.2"));
        assertThat(run.go(List.of(name)).get(name).join().changeId()).isPresent();
        assertThat(run.go(List.of(name)).get(name).join().changeId()).isEmpty();
        run.time.pass(Duration.ofHours(1));

        assertThat(run.count("ChangeResourceRecordSets")).isEqualTo(2);
        assertThat(run.count("ListResourceRecordSets")).isEqualTo(reads);
        assertThat(held()).isEqualTo(Map.of(name, List.of(a("www", "192.0.2.2"))));
    }

    @Test
    void whatIsWrittenIsReadAsItWas() {
        List<DnsName> names = new ArrayList<>();
        names.add(want("*.wild", a("*.wild", "192.0.2.1")));
        names.add(want(
                "weighted",
                routed("weighted", "one", new RoutingPolicy.Weighted(0), "192.0.2.1"),
                routed("weighted", "two", new RoutingPolicy.Weighted(255), "192.0.2.2")));
        names.add(want("far", routed("far", "near", new RoutingPolicy.Latency("eu-west-1"), "192.0.2.1")));
        names.add(want(
                "over",
                routed("over", "p", new RoutingPolicy.Failover(RoutingPolicy.Failover.Role.PRIMARY), "192.0.2.1"),
                routed("over", "s", new RoutingPolicy.Failover(RoutingPolicy.Failover.Role.SECONDARY), "192.0.2.2")));
        names.add(want(
                "geo",
                routed(
                        "geo",
                        "us",
                        new RoutingPolicy.Geolocation(Optional.empty(), Optional.of("US"), Optional.empty()),
                        "192.0.2.1")));
        names.add(want("multi", routed("multi", "m", new RoutingPolicy.Multivalue(), "192.0.2.1")));
        names.add(want(
                "alias",
                RecordSet.simple(name("alias"), RecordType.A, new Answer.Alias(zone.id(), name("multi"), true))));
        names.add(want(
                "text",
                RecordSet.simple(
                        name("text"),
                        RecordType.TXT,
                        new Answer.Values(TTL, List.of("\"heritage=external-dns,external-dns/owner=o\"")))));
        if (emulator == AwsKind.MOTO) { // LocalStack stands on moto without our mends, and forgets where
            names.add(want(
                    "prox",
                    routed(
                            "prox",
                            "p",
                            new RoutingPolicy.Geoproximity(
                                    Optional.of("eu-west-1"), Optional.empty(), Optional.empty(), 10),
                            "192.0.2.1")));
        }

        new Run(Faults.none()).go(names).values().forEach(CompletableFuture::join);

        Run again = new Run(Faults.none());
        Map<DnsName, CompletableFuture<Applied>> futures = again.go(names);
        assertThat(futures.values())
                .allSatisfy(future -> assertThat(future.join().plan().changes()).isEmpty());
        assertThat(again.count("ChangeResourceRecordSets")).isZero();
    }

    @Test
    void aSwitchOfPolicyIsOneCall() {
        DnsName name = want("shop", a("shop", "192.0.2.1"));
        Run run = new Run(Faults.none());
        run.go(List.of(name)).get(name).join();
        int before = run.count("ChangeResourceRecordSets");
        want("shop", routed("shop", "blue", new RoutingPolicy.Weighted(10), "192.0.2.2"));

        run.go(List.of(name)).get(name).join();

        assertThat(run.count("ChangeResourceRecordSets")).isEqualTo(before + 1);
        assertThat(held().get(name)).isEqualTo(wanted.get(name));
    }

    @Test
    void manyNamesTakeFewCalls_comeBackPageByPage_andGoAgain() {
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            names.add(want("n" + i, a("n" + i, "192.0.2.1")));
        }
        Run run = new Run(Faults.none());

        run.go(names).values().forEach(CompletableFuture::join);

        assertThat(run.count("ChangeResourceRecordSets")).isEqualTo(2);
        assertThat(held()).hasSize(1200).isEqualTo(wanted);

        wanted.clear();
        run.go(names).values().forEach(CompletableFuture::join);
        assertThat(run.count("ChangeResourceRecordSets")).isEqualTo(4);
        assertThat(held()).isEmpty();
    }

    @Test
    void aNameThatCannotBe_isFoundByItsName_andTheOthersGoOn() {
        assumeThat(emulator)
                .as("LocalStack takes a CNAME beside others: docs/testbed.md")
                .isEqualTo(AwsKind.MOTO);
        DnsName bad = want(
                "bad",
                a("bad", "192.0.2.1"),
                RecordSet.simple(name("bad"), RecordType.CNAME, new Answer.Values(TTL, List.of("x.example.net"))));
        List<DnsName> names = new ArrayList<>(List.of(bad));
        for (int i = 0; i < 300; i++) {
            names.add(want("n" + i, a("n" + i, "192.0.2.1")));
        }
        Run run = new Run(Faults.none());
        run.filled();

        Map<DnsName, CompletableFuture<Applied>> futures = run.go(names);

        assertThat(run.count("ChangeResourceRecordSets")).isEqualTo(2);
        assertThatThrownBy(futures.get(bad)::join)
                .hasCauseInstanceOf(NameRefusedException.class)
                .hasMessageContaining("CNAME");
        assertThat(held()).hasSize(300);
    }

    @Test
    void whatOthersWriteMeanwhileIsSeen() {
        assumeThat(emulator)
                .as("LocalStack takes a DELETE of what is not so, and a CREATE of what exists: docs/testbed.md")
                .isEqualTo(AwsKind.MOTO);
        DnsName name = want("www", a("www", "192.0.2.1"));
        Run run = new Run(Faults.none());
        run.go(List.of(name)).get(name).join();
        want("www", a("www", "198.51.100.1"));
        new Run(Faults.none()).go(List.of(name)).get(name).join(); // as another program does
        want("www", a("www", "192.0.2.3"));
        int reads = run.count("ListResourceRecordSets");

        run.go(List.of(name)).get(name).join();

        assertThat(run.count("ListResourceRecordSets")).isEqualTo(reads + 1);
        assertThat(held().get(name)).isEqualTo(wanted.get(name));
    }

    @Test
    void killedBeforeOrAfterEachCall_andRunAgain_nothingIsLostAndNothingIsLeft() {
        int kills = 0;
        int last = Integer.MAX_VALUE;
        for (int kill = 1; kill < last; kill++) {
            for (boolean after : List.of(false, true)) {
                wanted.clear();
                List<DnsName> names = new ArrayList<>();
                for (int i = 0; i < 400; i++) {
                    String label = "k" + (i + kill % 3 * 200);
                    names.add(want(label, a(label, "192.0.2." + kill)));
                }
                held().keySet().stream()
                        .filter(name -> !wanted.containsKey(name))
                        .forEach(names::add);
                Run killed = new Run(
                        after ? Faults.none().killAfter(kill) : Faults.none().killBefore(kill));
                try {
                    killed.go(names);
                    last = kill; // it has no more calls than that
                } catch (RunKilledError e) {
                    kills++;
                }

                new Run(Faults.none()).go(names).values().forEach(CompletableFuture::join);
                assertThat(held()).as("call %s, after: %s", kill, after).isEqualTo(wanted);
            }
        }
        assertThat(kills).isGreaterThanOrEqualTo(2 * 2); // before and after one read and one write
    }

    @Test
    void aLostAnswerChangesNothingTwice() {
        DnsName name = want("www", a("www", "192.0.2.1"));
        Run run = new Run(Faults.none()
                .when(
                        call -> call.name().equals("route53:ChangeResourceRecordSets"),
                        faults -> faults.when(call -> call.number() < 5, few -> few.cutAfterServed(1))));

        run.go(List.of(name)).get(name).join();

        assertThat(held()).isEqualTo(Map.of(name, List.of(a("www", "192.0.2.1"))));
    }

    @Test
    void aChangeSpreads() {
        DnsName name = want("www", a("www", "192.0.2.1"));
        Run run = new Run(Faults.none());
        String change = run.go(List.of(name)).get(name).join().changeId().orElseThrow();

        CompletableFuture<Void> one = run.engine.inSync(zone.id(), change);
        CompletableFuture<Void> other = run.engine.inSync(zone.id(), change);
        run.time.pass(Duration.ofMinutes(1));

        assertThat(one).isCompleted();
        assertThat(other).isCompleted();
        assertThat(run.count("GetChange")).isEqualTo(1);
    }
}
