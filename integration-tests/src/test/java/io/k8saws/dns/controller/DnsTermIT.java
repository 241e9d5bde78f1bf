package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.DnsFixture;
import io.k8saws.dns.Records;
import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.kubernetes.ClusterWatch;
import io.k8saws.dns.internal.kubernetes.ObjectEvents;
import io.k8saws.dns.internal.route53.ZoneAccounts;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;

/** One term as the leader, against moto. All names are the program's own, so no cluster is asked. */
@Timeout(60)
@DisplayName("A term looks for what one before has left, and sends nothing any more once it is over")
class DnsTermIT {
    private static final String CHANGE = "route53:ChangeResourceRecordSets";

    private final AwsEndpoint endpoint;
    private final String domain = "t" + UUID.randomUUID().toString().substring(0, 8) + ".example.com";
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3);
    private final ExecutorService tellers = Executors.newSingleThreadExecutor();
    private final ExecutorService steps = Executors.newSingleThreadExecutor();
    private final KubernetesClient nowhere = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build())
            .build();
    private final List<Later> later = new CopyOnWriteArrayList<>();
    private final Set<DnsName> again = ConcurrentHashMap.newKeySet();
    private Consumer<Records> wish = unused -> {};
    private String zone = "";

    /** What is to happen in ten seconds or more. */
    private record Later(Duration delay, Runnable what) {}

    /** Does at once what is soon, and keeps the rest for the test. */
    private final Agenda agenda = new Agenda() {
        @Override
        public void after(Duration delay, Runnable what) {
            if (delay.compareTo(Duration.ofSeconds(10)) < 0) {
                Agenda.on(threads).after(delay, what);
            } else {
                later.add(new Later(delay, what));
            }
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    };

    DnsTermIT(@AwsEmulator AwsEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @BeforeEach
    void makeZone() {
        try (Route53Client route53 = endpoint.configure(Route53Client.builder()).build()) {
            zone = DnsFixture.zone(route53, domain);
        }
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        tellers.shutdownNow();
        steps.shutdownNow();
        nowhere.close();
    }

    private Leadership term(FaultyHttpClient http, GuardedClients aws, Records records) {
        AwsAccess access = access(http);
        DnsControllerSettings settings = DnsControllerSettings.builder("owner-" + domain)
                .zones(ZoneFilter.builder().addDomain(domain).build())
                .deletions(1)
                .deletedShare(0)
                .build();
        ClusterWatch watch = new ClusterWatch(nowhere, settings.sources(), (object, names) -> {});
        wish = wanted -> {
            Set<DnsName> unused = watch.desired().program(wanted.endpoints());
        };
        wish.accept(records);
        Clock clock = Clock.systemUTC();
        return new Leadership(
                settings,
                new ZoneAccounts(
                        access,
                        ResiliencePolicy.defaults().forEmulator(),
                        Sleeper.system(),
                        aws,
                        settings.zones(),
                        settings.marks().owner(),
                        clock),
                Optional.empty(),
                watch,
                new ObjectNews(watch.desired(), new ObjectEvents(nowhere, watch::find, clock), Optional.empty()),
                new Grace(settings.grace(), agenda::nanoTime),
                new DeletionGuard(settings.deletions(), settings.deletedShare()),
                CheckNote.none(),
                agenda,
                tellers,
                again::add);
    }

    private AwsAccess access(FaultyHttpClient http) {
        return endpoint.access(http);
    }

    private GuardedClients clients(FaultyHttpClient http) {
        return GuardedClients.open(access(http), ResiliencePolicy.defaults().forEmulator(), Sleeper.system());
    }

    @Test
    void aChangeThatIsToBeTriedAgainIsNot_whenTheTermIsOverByThen() throws Exception {
        AtomicReference<Leadership> term = new AtomicReference<>();
        DnsName www = DnsName.of("www." + domain);
        try (FaultyHttpClient http = FaultyHttpClient.create(
                        Faults.none().when(call -> call.name().equals(CHANGE), faults -> faults.meanwhile(
                                        1, () -> term.get().close())
                                .fail(1.0, 503)));
                GuardedClients aws = clients(http)) {
            term.set(term(
                    http,
                    aws,
                    Records.builder("program")
                            .add(www.text(), r -> r.addresses("192.0.2.1"))
                            .build()));
            term.get().open();

            term.get().flush(Set.of(www));
            term.get().landed().get(30, TimeUnit.SECONDS);

            assertThat(http.calls().count(CHANGE)).isEqualTo(1);
        }
    }

    /** Two names, each of one or two members. */
    private Records members(String first, String... second) {
        Records.Builder records = Records.builder("program");
        for (String name : List.of("one.", "two.")) {
            records.add(name + domain, r -> r.addresses(first).routed("x", new RoutingPolicy.Weighted(1)));
            for (String address : second) {
                records.add(name + domain, r -> r.addresses(address).routed("y", new RoutingPolicy.Weighted(1)));
            }
        }
        return records.build();
    }

    /** What is in the zone, and how many names are kept, after two names would lose a member each and change the other one; something happens while that change is on its way. */
    private Kept kept(Consumer<Leadership> meanwhile) throws Exception {
        Set<DnsName> both = Set.of(DnsName.of("one." + domain), DnsName.of("two." + domain));
        AtomicReference<Leadership> led = new AtomicReference<>();
        AtomicInteger interventions = new AtomicInteger();
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none()
                        .when(
                                call -> call.name().equals(CHANGE),
                                changes -> changes.meanwhile(2, () -> {
                                    step(() -> meanwhile.accept(led.get()));
                                    interventions.incrementAndGet();
                                })));
                GuardedClients aws = clients(http);
                Leadership term = term(http, aws, members("192.0.2.1", "192.0.2.2"));
                Route53Client route53 =
                        endpoint.configure(Route53Client.builder()).build()) {
            led.set(term);
            term.open();
            step(() -> term.flush(both));
            settle(term);

            wish.accept(members("192.0.2.9"));
            step(() -> term.flush(both));
            settle(term);
            assertThat(interventions).hasValue(1);
            for (int i = 0; i < 5; i++) { // what is to be looked at again, one by one
                for (DnsName name : Set.copyOf(again)) {
                    again.remove(name);
                    step(() -> term.flush(Set.of(name)));
                    settle(term);
                }
            }
            return new Kept(
                    term.held(),
                    route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                            .filter(set -> set.type() == RRType.A)
                            .flatMap(set -> set.resourceRecords().stream())
                            .map(ResourceRecord::value)
                            .sorted()
                            .toList());
        }
    }

    /** Steps of a term are taken one at a time. */
    private void step(Runnable step) {
        CompletableFuture.runAsync(step, steps).orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** What lands may send off more, so one look is not enough. */
    private static void settle(Leadership term) throws Exception {
        while (term.waiting() > 0) {
            term.landed().get(30, TimeUnit.SECONDS);
        }
    }

    private record Kept(int names, List<String> addresses) {}

    @Test
    void whatIsKeptStaysKept_whenItIsLookedAtWhileAnotherChangeOfItIsOnItsWay() throws Exception {
        assertThat(kept(term -> term.flush(term.kept())))
                .isEqualTo(new Kept(2, List.of("192.0.2.2", "192.0.2.2", "192.0.2.9", "192.0.2.9")));
    }

    @Test
    void whatIsKeptGoes_whenSomebodyConsentsWhileAnotherChangeOfItIsOnItsWay() throws Exception {
        assertThat(kept(Leadership::consent)).isEqualTo(new Kept(0, List.of("192.0.2.9", "192.0.2.9")));
    }

    @Test
    void aMinuteAfterItsBeginningItLooksForHealthChecksThatAreLeft() throws Exception {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                GuardedClients aws = clients(http);
                Leadership term = term(
                        http,
                        aws,
                        Records.builder("program")
                                .add("www." + domain, r -> r.addresses("192.0.2.1")
                                        .healthCheck(HealthCheck.http()))
                                .build())) {
            term.open();
            assertThat(http.calls().count("route53:ListHealthChecks")).isZero();

            later.stream().filter(one -> one.delay().equals(LeftChecks.SOON)).forEach(one -> one.what()
                    .run());

            assertThat(http.calls().count("route53:ListHealthChecks")).isPositive();
        }
    }
}
