package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.DnsFixture;
import io.k8saws.dns.record.DnsName;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** A real API server and moto. */
@Timeout(180)
@DisplayName("A trouble of a zone that is over is told no more")
class DnsTroubleIT {
    private static final String CHANGE = "route53:ChangeResourceRecordSets";

    private final KubernetesClient client;
    private final AwsEndpoint endpoint;
    private final String namespace = DnsFixture.unique("dns-");
    private final String domain = namespace + ".example.com";
    private String zone = "";

    DnsTroubleIT(@ApiServer KubernetesApi kubernetes, @AwsEmulator AwsEndpoint endpoint) {
        this.client = kubernetes.client();
        this.endpoint = endpoint;
    }

    @BeforeEach
    void makeNamespaceAndZone() {
        ClusterFixture.makeNamespace(client, namespace);
        try (Route53Client route53 = endpoint.configure(Route53Client.builder()).build()) {
            zone = DnsFixture.zone(route53, domain);
        }
    }

    @AfterEach
    void deleteNamespace() {
        client.namespaces().withName(namespace).delete();
    }

    private void service(String name) {
        service(name, name, "10.0.0.1");
    }

    private void service(String name, String host, String target) {
        service(name, Map.of("hostname", host + "." + domain, "target", target));
    }

    private void service(String name, Map<String, String> annotations) {
        ClusterFixture.makeService(client, namespace, name, annotations);
    }

    private DnsController start(FaultyHttpClient http) {
        return start(endpoint.access(http));
    }

    private DnsController start(AwsAccess access) {
        return DnsController.start(
                access,
                ResiliencePolicy.defaults().forEmulator(),
                client,
                ClusterFixture.settings(namespace, domain).build());
    }

    private boolean condition(String service, String status) {
        return client.services().inNamespace(namespace).withName(service).get().getStatus().getConditions().stream()
                .anyMatch(condition ->
                        "k8saws.io/DnsInStep".equals(condition.getType()) && status.equals(condition.getStatus()));
    }

    private static void await(DnsController controller, BooleanSupplier condition) {
        ClusterFixture.await(Duration.ofSeconds(90), condition, () -> String.valueOf(controller.health()));
    }

    @Test
    void theObjectNeedNotChangeForThat() {
        AtomicBoolean denied = new AtomicBoolean(true);
        service("web");
        try (FaultyHttpClient http = FaultyHttpClient.create(
                        Faults.none().when(call -> denied.get(), faults -> faults.deny(CHANGE)));
                DnsController controller = start(http)) {
            await(controller, () -> condition("web", "False"));
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains(CHANGE);

            assertThat(controller.explain(DnsName.of("web." + domain)))
                    .contains("Service " + namespace + "/web", domain, "10.0.0.1", CHANGE);

            denied.set(false);

            await(controller, () -> condition("web", "True"));
            assertThat(controller.health().isHealthy())
                    .as(controller.health().toString())
                    .isTrue();
        }
    }

    @Test
    void anObjectHearsThatAllIsWellAlsoWhenTheAnswerWasLost() {
        AtomicInteger changes = new AtomicInteger();
        service("web");
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none()
                        .when(
                                call -> call.name().equals(CHANGE) && changes.incrementAndGet() == 1,
                                faults -> faults.cutAfterServed(1)));
                DnsController controller = start(http)) {
            await(controller, () -> hasEvent("web", "RecordReady"));
            assertThat(changes).as("calls").hasValueGreaterThan(1);
            assertThat(controller.explain(DnsName.of("web." + domain))).contains("nothing to do");
        }
    }

    private boolean hasEvent(String service, String reason) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .anyMatch(event -> event.getInvolvedObject().getName().equals(service)
                        && event.getReason().equals(reason));
    }

    @Test
    void whatSomebodyElseMadeSinceTheZoneWasReadIsTold_untilItGoes() {
        service("web");
        try (Route53Client route53 = endpoint.configure(Route53Client.builder()).build();
                DnsController controller = start(endpoint.access())) {
            await(controller, () -> condition("web", "True")); // so the zone is read
            change(route53, ChangeAction.CREATE, "hand");

            service("hand");

            await(controller, () -> condition("hand", "False"));
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains("hand." + domain, "nobody has marked");
            assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                    .filteredOn(event -> "hand".equals(event.getInvolvedObject().getName()))
                    .extracting(Event::getReason)
                    .contains("RecordError")
                    .doesNotContain("RecordReady");

            change(route53, ChangeAction.DELETE, "hand");
            controller.audit().join();

            await(controller, () -> condition("hand", "True"));
            assertThat(controller.health().isHealthy())
                    .as(controller.health().toString())
                    .isTrue();
        }
    }

    @Test
    void aNameWhoseMarksPlaceWasTaken_comesWhenThatIsFree_withAndWithoutAnAudit() {
        try (Route53Client route53 = endpoint.configure(Route53Client.builder()).build()) {
            change(route53, ChangeAction.CREATE, text("a-one"));
            change(route53, ChangeAction.CREATE, text("a-two"));
            service("one");
            service("two");
            try (DnsController controller = start(endpoint.access())) {
                await(controller, () -> condition("one", "False") && condition("two", "False"));
                assertThat(controller.health().problems()).hasSize(2).allSatisfy(problem -> assertThat(problem)
                        .contains("the place of its mark has"));

                change(route53, ChangeAction.DELETE, text("a-one"));
                controller.audit().join();
                await(controller, () -> condition("one", "True"));
                assertThat(isThere(route53, "one")).isTrue();

                change(route53, ChangeAction.DELETE, text("a-two"));
                await(controller, () -> condition("two", "True"));
                assertThat(isThere(route53, "two")).isTrue();
                assertThat(controller.health().isHealthy())
                        .as(controller.health().toString())
                        .isTrue();
            }
        }
    }

    private ResourceRecordSet text(String name) {
        return ResourceRecordSet.builder()
                .name(name + "." + domain)
                .type(RRType.TXT)
                .ttl(60L)
                .resourceRecords(value -> value.value("\"by hand\""))
                .build();
    }

    @Test
    void ofTwoServicesThatWantOneName_theOneThatHasItIsToldThatAllIsWell() {
        service("web");
        try (DnsController controller = start(endpoint.access())) {
            await(controller, () -> condition("web", "True"));

            service("late", "web", "10.0.0.2");

            await(controller, () -> condition("late", "False"));
            controller.audit().join();
            assertThat(condition("web", "True")).isTrue();
            assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                    .filteredOn(event -> "web".equals(event.getInvolvedObject().getName()))
                    .extracting(Event::getReason)
                    .doesNotContain("RecordError");
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains("service/" + namespace + "/late wants", "service/" + namespace + "/web has it");
        }
    }

    @Test
    void aNameThatStaysBecauseOfAnotherServicesMistake_isNotToldAsWell_untilThatIsGone() {
        service("web");
        try (DnsController controller = start(endpoint.access())) {
            await(controller, () -> condition("web", "True"));
            service(
                    "bad",
                    Map.of(
                            "hostname",
                            "web." + domain,
                            "target",
                            "10.0.0.2",
                            "set-identifier",
                            "x",
                            "aws-weight",
                            "heavy"));
            await(controller, () -> condition("bad", "False"));
            assertThat(condition("web", "True")).as("it is as it wants it").isTrue();

            service("web", "web", "10.0.0.3");

            await(controller, () -> condition("web", "False"));
            assertThat(controller.explain(DnsName.of("web." + domain))).contains("Service " + namespace + "/bad");

            client.services().inNamespace(namespace).withName("bad").delete();
            await(controller, () -> condition("web", "True"));
        }
    }

    @Test
    void anObjectThatComesBackWhileItsNameGoes_getsItAgain() {
        AtomicBoolean goes = new AtomicBoolean();
        AtomicInteger changes = new AtomicInteger(); // from the one on that takes the name away
        service("web");
        service("other"); // the last name of a kind would not go
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none()
                        .when(
                                call -> call.name().equals(CHANGE) && goes.get() && changes.incrementAndGet() == 1,
                                faults -> faults.delay(Duration.ofSeconds(3))));
                Route53Client route53 =
                        endpoint.configure(Route53Client.builder()).build();
                DnsController controller = start(http)) {
            await(controller, () -> condition("web", "True") && condition("other", "True"));

            goes.set(true);
            client.services().inNamespace(namespace).withName("web").delete();
            await(controller, () -> changes.get() == 1);
            service("web");

            await(controller, () -> changes.get() == 2); // the name has gone by then
            await(controller, () -> isThere(route53, "web") && condition("web", "True"));
        }
    }

    private boolean isThere(Route53Client route53, String name) {
        return route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .anyMatch(set -> set.type() == RRType.A && set.name().equals(name + "." + domain + "."));
    }

    private void change(Route53Client route53, ChangeAction action, String name) {
        change(
                route53,
                action,
                ResourceRecordSet.builder()
                        .name(name + "." + domain)
                        .type(RRType.A)
                        .ttl(60L)
                        .resourceRecords(value -> value.value("192.0.2.99"))
                        .build());
    }

    private void change(Route53Client route53, ChangeAction action, ResourceRecordSet set) {
        route53.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                .changeBatch(b -> b.changes(
                        Change.builder().action(action).resourceRecordSet(set).build())));
    }
}
