package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.DnsFixture;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.RRType;

/** A real API server and moto: the zone comes to what the objects want. */
@Timeout(180)
class DnsControllerIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String HOSTNAME = SourceSettings.PREFIX + "hostname";
    private static final String TARGET = SourceSettings.PREFIX + "target";

    private final KubernetesApi kubernetes;
    private final KubernetesClient client;
    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String namespace = DnsFixture.unique("dns-");
    private final String domain = namespace + ".example.com";
    private String zone = "";

    DnsControllerIT(@ApiServer KubernetesApi kubernetes, @AwsEmulator AwsEndpoint endpoint) {
        this.kubernetes = kubernetes;
        this.client = kubernetes.client();
        this.endpoint = endpoint;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeNamespaceAndZone() {
        ClusterFixture.makeNamespace(client, namespace);
        zone = DnsFixture.zone(route53, domain);
    }

    @AfterEach
    void close() {
        client.namespaces().withName(namespace).delete();
        route53.close();
    }

    private DnsControllerSettings.Builder settings() {
        return ClusterFixture.settings(namespace, domain);
    }

    private DnsController start(DnsControllerSettings.Builder settings) {
        return DnsController.start(
                endpoint.access(), ResiliencePolicy.defaults().forEmulator(), client, settings.build());
    }

    private LeaseSettings lease(String identity) {
        return ClusterFixture.lease(namespace, identity);
    }

    private void service(String name, String host, String target) {
        ClusterFixture.makeService(client, namespace, name, host, target, Map.of());
    }

    private void retarget(String name, String target) {
        annotate(name, TARGET, "\"" + target + "\"");
    }

    /** Without a resource version, as kubectl does: the controller writes conditions to the same object meanwhile. */
    private void annotate(String service, String annotation, String json) {
        client.services()
                .inNamespace(namespace)
                .withName(service)
                .patch(MERGE, "{\"metadata\":{\"annotations\":{\"%s\":%s}}}".formatted(annotation, json));
    }

    private void ingress(String name, String host, String target) {
        client.resource(new IngressBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withAnnotations(Map.of(TARGET, target))
                        .endMetadata()
                        .withNewSpec()
                        .withNewDefaultBackend()
                        .withNewService()
                        .withName("any")
                        .withNewPort()
                        .withNumber(80)
                        .endPort()
                        .endService()
                        .endDefaultBackend()
                        .addNewRule()
                        .withHost(host)
                        .endRule()
                        .endSpec()
                        .build())
                .create();
    }

    private void status(String name, Optional<String> address) {
        String ingress = address.map("[{\"ip\":\"%s\"}]"::formatted).orElse("null");
        client.services()
                .inNamespace(namespace)
                .withName(name)
                .subresource("status")
                .patch(MERGE, "{\"status\":{\"loadBalancer\":{\"ingress\":%s}}}".formatted(ingress));
    }

    /** The zone's addresses by their names, without the domain. */
    private Map<String, String> addresses() {
        return DnsFixture.addresses(route53, zone, domain);
    }

    private static void await(BooleanSupplier condition, Supplier<String> told) {
        ClusterFixture.await(LIMIT, condition, told);
    }

    private void awaitZone(DnsController controller, Map<String, String> wanted) {
        awaitZone(LIMIT, controller, wanted);
    }

    private void awaitZone(Duration limit, DnsController controller, Map<String, String> wanted) {
        ClusterFixture.await(
                limit,
                () -> controller.health().waiting() == 0 && addresses().equals(wanted),
                () -> controller.health() + "\nwanted " + wanted + "\nfound  " + addresses());
    }

    @Test
    void objectsComeChangeAndGo_andABadOneHindersNobody() {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            service("early-" + i, "early-" + i + "." + domain, "10.0.0." + i);
            wanted.put("early-" + i, "10.0.0." + i);
        }
        try (DnsController controller = start(settings())) {
            awaitZone(controller, wanted);
            service("bad", "x".repeat(64) + "." + domain, "10.9.9.9");
            for (int i = 0; i < 60; i++) {
                ingress("late-" + i, "late-" + i + "." + domain, "10.1.0." + i);
                wanted.put("late-" + i, "10.1.0." + i);
                if (i % 2 == 0) {
                    retarget("early-" + i, "10.2.0." + i);
                    wanted.put("early-" + i, "10.2.0." + i);
                } else {
                    client.services()
                            .inNamespace(namespace)
                            .withName("early-" + i)
                            .delete();
                    wanted.remove("early-" + i);
                }
            }
            awaitZone(controller, wanted);
            await(() -> event("bad", "RecordError").isPresent(), () -> "no event; " + controller.health());
            assertThat(event("bad", "RecordError"))
                    .hasValueSatisfying(event -> assertThat(event.getMessage()).contains("64 characters"));
            await(() -> event("late-1", "RecordReady").isPresent(), () -> "no event; " + controller.health());
            assertThat(controller.health().state()).isEqualTo(DnsHealth.State.LEADING);
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains("64 characters");
            assertThat(controller.explain(DnsName.of("late-1." + domain)))
                    .contains("Ingress " + namespace + "/late-1", "nothing to do");
        }
        retarget("early-0", "10.3.0.0");
        wanted.put("early-0", "10.3.0.0");
        client.network()
                .v1()
                .ingresses()
                .inNamespace(namespace)
                .withName("late-3")
                .delete();
        wanted.remove("late-3");
        try (DnsController again = start(settings())) {
            awaitZone(again, wanted);
        }
    }

    private Optional<Event> event(String object, String reason) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(object) && reason.equals(event.getReason()))
                .findFirst();
    }

    @Test
    void ofTwo_oneLeads_andTheOtherTakesOver() {
        Map<String, String> wanted = new TreeMap<>(Map.of("one", "10.0.0.1"));
        service("one", "one." + domain, "10.0.0.1");
        List<DnsController> both = List.of(
                start(settings().lease(lease("first"))), start(settings().lease(lease("second"))));
        try {
            await(() -> both.stream().anyMatch(DnsControllerIT::isLeading), () -> healths(both));
            DnsController leader =
                    both.stream().filter(DnsControllerIT::isLeading).findFirst().orElseThrow();
            DnsController other =
                    both.stream().filter(one -> one != leader).findFirst().orElseThrow();
            awaitZone(leader, wanted);
            assertThat(other.health().state()).isEqualTo(DnsHealth.State.STANDBY);

            leader.close();
            service("two", "two." + domain, "10.0.0.2");
            wanted.put("two", "10.0.0.2");

            await(() -> isLeading(other), () -> healths(both));
            awaitZone(other, wanted);
        } finally {
            both.forEach(DnsController::close);
        }
    }

    private static String healths(List<DnsController> all) {
        return all.stream().map(one -> one.health().toString()).collect(Collectors.joining("\n"));
    }

    private static boolean isLeading(DnsController controller) {
        return controller.health().state() == DnsHealth.State.LEADING;
    }

    /** An API that does not let objects be told before it is opened, and counts how often the Lease is renewed. */
    private static final class SlowToBeTold implements Interceptor {
        private final CountDownLatch opened = new CountDownLatch(1);
        private final AtomicInteger told = new AtomicInteger();
        private final AtomicInteger renewals = new AtomicInteger();

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (request.method().equals("GET")) {
                return;
            }
            String path = request.uri().getPath();
            if (path.contains("/leases/")) {
                renewals.incrementAndGet();
            } else if (path.endsWith("/events") || path.endsWith("/status")) {
                told.incrementAndGet();
                try {
                    opened.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Test
    void aLeaderKeepsItsLease_whileObjectsCannotBeTold() {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            service("s-" + i, "s-" + i + "." + domain, "10.0.0." + i);
            wanted.put("s-" + i, "10.0.0." + i);
        }
        SlowToBeTold slow = new SlowToBeTold();
        try (KubernetesClient slowClient = new KubernetesClientBuilder()
                        .withConfig(client.getConfiguration())
                        .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("slow", slow))
                        .build();
                DnsController controller = DnsController.start(
                        endpoint.access(),
                        ResiliencePolicy.defaults().forEmulator(),
                        slowClient,
                        settings().lease(lease("slow")).build())) {
            awaitZone(controller, wanted);
            await(() -> slow.told.get() > 0, () -> String.valueOf(controller.health()));
            int before = slow.renewals.get();

            await(() -> slow.renewals.get() > before + 20, () -> slow.renewals + " renewals, " + controller.health());

            assertThat(slow.told).hasValue(1);
            assertThat(isLeading(controller)).isTrue();
            assertThat(holder()).hasValue("slow");
            slow.opened.countDown();
            await(() -> condition("s-39", "True"), () -> String.valueOf(controller.health()));
        } finally {
            slow.opened.countDown();
        }
    }

    @Test
    void manyNames_doNotGoWithoutConsent() {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            service("s-" + i, "s-" + i + "." + domain, "10.0.0." + i);
            wanted.put("s-" + i, "10.0.0." + i);
        }
        try (DnsController controller = start(settings())) {
            awaitZone(controller, wanted);
        }
        client.services().inNamespace(namespace).delete();
        try (DnsController careful = start(settings().deletions(2).deletedShare(0))) {
            await(() -> careful.health().held() == 10, () -> String.valueOf(careful.health()));
            assertThat(addresses()).isEqualTo(wanted);
            assertThat(careful.health().problems()).singleElement().asString().contains("10 names would go");

            careful.allowDeletions();

            awaitZone(careful, Map.of());
            assertThat(careful.health().isHealthy()).isTrue();
        }
    }

    /** A member of a weighted name. */
    private void member(String service, String target) {
        named(service, "w." + domain, target);
        annotate(service, SourceSettings.PREFIX + "set-identifier", "\"" + service + "\"");
        annotate(service, SourceSettings.PREFIX + "aws-weight", "\"1\"");
    }

    private Map<String, String> members() {
        return route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.type() == RRType.A)
                .collect(Collectors.toMap(
                        set -> set.setIdentifier(),
                        set -> set.resourceRecords().get(0).value()));
    }

    @Test
    void aNameThatMayNotLoseAMemberFollowsTheOthers() {
        member("a", "10.0.0.1");
        member("b", "10.0.0.2");
        try (DnsController careful = start(settings().deletions(0).deletedShare(0))) {
            await(
                    () -> members().equals(Map.of("a", "10.0.0.1", "b", "10.0.0.2")),
                    () -> careful.health() + "\n" + members());
            client.services().inNamespace(namespace).withName("a").delete();
            await(() -> careful.health().held() == 1, () -> String.valueOf(careful.health()));

            retarget("b", "10.0.0.3");

            await(
                    () -> members().equals(Map.of("a", "10.0.0.1", "b", "10.0.0.3")),
                    () -> careful.health() + "\n" + members());
            assertThat(careful.health().held()).isEqualTo(1);
            careful.allowDeletions();
            await(() -> members().equals(Map.of("b", "10.0.0.3")), () -> careful.health() + "\n" + members());
        }
    }

    @Test
    void aLoadBalancerWithoutAddress_keepsItsNameForAWhile() {
        ClusterFixture.makeService(client, namespace, "lb", Map.of("hostname", "lb." + domain));
        status("lb", Optional.of("10.0.0.1"));
        try (DnsController patient = start(settings())) {
            awaitZone(patient, Map.of("lb", "10.0.0.1"));
            status("lb", Optional.empty());
            service("other", "other." + domain, "10.0.0.2");
            awaitZone(patient, Map.of("lb", "10.0.0.1", "other", "10.0.0.2"));
        }
        try (DnsController hasty = start(settings().grace(Duration.ofSeconds(1)))) {
            awaitZone(hasty, Map.of("other", "10.0.0.2"));
            status("lb", Optional.of("10.0.0.3"));
            awaitZone(hasty, Map.of("lb", "10.0.0.3", "other", "10.0.0.2"));
        }
    }

    // ---- what keeps names when a controller fails ----

    private Optional<String> holder() {
        return Optional.ofNullable(
                        client.leases().inNamespace(namespace).withName("dns").get())
                .map(lease -> lease.getSpec().getHolderIdentity())
                .filter(holder -> !holder.isEmpty());
    }

    private Process program(String identity) throws IOException {
        return DnsControllerProgram.start(endpoint, kubernetes.kubeconfig(), namespace, domain, identity);
    }

    @Test
    void aLeaderThatDies_keepsItsLease_andIsFollowedWhenThatIsOver() throws Exception {
        Map<String, String> wanted = new TreeMap<>(Map.of("one", "10.0.0.1"));
        service("one", "one." + domain, "10.0.0.1");
        Process first = program("first");
        try {
            await(() -> addresses().equals(wanted), () -> "zone " + addresses());
            try (DnsController second = start(settings().lease(lease("second")))) {
                await(() -> second.health().state() == DnsHealth.State.STANDBY, () -> String.valueOf(second.health()));

                first.destroyForcibly().waitFor();

                assertThat(holder()).hasValue("first");
                service("two", "two." + domain, "10.0.0.2");
                wanted.put("two", "10.0.0.2");
                await(() -> isLeading(second), () -> String.valueOf(second.health()));
                awaitZone(second, wanted);
            }
        } finally {
            first.destroyForcibly();
        }
    }

    @Test
    @Timeout(300)
    void killedAtSeveralMoments_theNextOneComesToTheSameZone() throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < 90; i++) {
            service("s-" + i, "s-" + i + "." + domain, "10.0.0." + i);
            wanted.put("s-" + i, "10.0.0." + i);
        }
        for (int run = 0; run < 4; run++) {
            int moment = run;
            Map<String, String> before = addresses();
            Process process = program("run-" + run);
            try {
                // at its start, at the first write, and in the midst of what changes meanwhile
                await(
                        () -> moment == 0
                                ? holder().filter("run-0"::equals).isPresent()
                                : !addresses().equals(before),
                        () -> "zone " + addresses());
                for (int i = run; i < 90; i += 4) {
                    retarget("s-" + i, "10." + (run + 1) + ".0." + i);
                    wanted.put("s-" + i, "10." + (run + 1) + ".0." + i);
                }
                client.services().inNamespace(namespace).withName("s-" + run).delete();
                wanted.remove("s-" + run);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        try (DnsController last = start(settings().lease(lease("last")))) {
            awaitZone(last, wanted);
            assertThat(last.health().problems()).isEmpty();
        }
    }

    @Test
    @Timeout(600)
    void thousandsOfObjectsComeChangeAndGo_andTheZoneIsAsThePlan() throws Exception {
        Map<String, String> wanted = new TreeMap<>();
        try (DnsController controller = start(settings().deletions(5000))) {
            inParallel(2000, i -> named("s-" + i, "s-" + i + "." + domain, address(10, i)));
            inParallel(500, i -> ingress("i-" + i, "i-" + i + "." + domain, address(11, i)));
            for (int i = 0; i < 2000; i++) {
                wanted.put("s-" + i, address(10, i));
            }
            for (int i = 0; i < 500; i++) {
                wanted.put("i-" + i, address(11, i));
            }
            awaitZone(Duration.ofMinutes(4), controller, wanted);
            inParallel(1000, i -> {
                if (i % 2 == 0) {
                    retarget("s-" + i, address(12, i));
                } else {
                    client.services().inNamespace(namespace).withName("s-" + i).delete();
                }
            });
            inParallel(250, i -> client.network()
                    .v1()
                    .ingresses()
                    .inNamespace(namespace)
                    .withName("i-" + i)
                    .delete());
            for (int i = 0; i < 1000; i++) {
                if (i % 2 == 0) {
                    wanted.put("s-" + i, address(12, i));
                } else {
                    wanted.remove("s-" + i);
                }
            }
            for (int i = 0; i < 250; i++) {
                wanted.remove("i-" + i);
            }
            awaitZone(Duration.ofMinutes(4), controller, wanted);
            assertThat(controller.health().problems()).isEmpty();
        }
    }

    private static String address(int first, int i) {
        return first + ".1." + i / 250 + "." + i % 250;
    }

    /** A Service that takes no address and no port of the cluster's. */
    private void named(String name, String host, String target) {
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withAnnotations(Map.of(HOSTNAME, host, TARGET, target))
                        .endMetadata()
                        .withNewSpec()
                        .withType("ExternalName")
                        .withExternalName("elsewhere.example.com")
                        .endSpec()
                        .build())
                .create();
    }

    private static void inParallel(int count, IntConsumer what) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int each = i;
                all.add(threads.submit(() -> what.accept(each)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoCannotWatch_doesNotTakeTheLease_untilItCan() {
        client.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("dns")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        allow("dns-" + namespace, rule("", "nodes"), rule("coordination.k8s.io", "leases"));
        service("one", "one." + domain, "10.0.0.1");
        String token = client.serviceAccounts()
                .inNamespace(namespace)
                .withName("dns")
                .tokenRequest()
                .getStatus()
                .getToken();
        Config config = new ConfigBuilder(client.getConfiguration())
                .withOauthToken(token)
                .withClientCertData(null)
                .withClientKeyData(null)
                .withUsername(null)
                .withPassword(null)
                .build();
        try (KubernetesClient limited =
                        new KubernetesClientBuilder().withConfig(config).build();
                DnsController controller = DnsController.start(
                        endpoint.access(),
                        ResiliencePolicy.defaults().forEmulator(),
                        limited,
                        settings().lease(lease("limited")).build())) {
            await(
                    () -> controller.health().problems().stream()
                            .anyMatch(problem -> problem.contains("cannot be watched")),
                    () -> String.valueOf(controller.health()));
            assertThat(holder()).isEmpty();
            assertThat(controller.health().state()).isEqualTo(DnsHealth.State.SYNCING);

            allow(
                    "dns-more-" + namespace,
                    rule("", "services", "pods", "events"),
                    rule("discovery.k8s.io", "endpointslices"),
                    rule("networking.k8s.io", "ingresses"));

            await(() -> isLeading(controller), () -> String.valueOf(controller.health()));
            awaitZone(controller, Map.of("one", "10.0.0.1"));
            // the name is there, though conditions may not be written
            await(
                    () -> controller.health().problems().stream()
                            .anyMatch(problem -> problem.contains("does not allow to write conditions")),
                    () -> String.valueOf(controller.health()));
        } finally {
            client.rbac().clusterRoleBindings().withName("dns-" + namespace).delete();
            client.rbac()
                    .clusterRoleBindings()
                    .withName("dns-more-" + namespace)
                    .delete();
            client.rbac().clusterRoles().withName("dns-" + namespace).delete();
            client.rbac().clusterRoles().withName("dns-more-" + namespace).delete();
        }
    }

    private static PolicyRule rule(String group, String... resources) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resources)
                .withVerbs("get", "list", "watch", "create", "update", "patch")
                .build();
    }

    private void allow(String name, PolicyRule... rules) {
        client.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .create();
        client.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                        .addNewSubject(null, "ServiceAccount", "dns", namespace)
                        .build())
                .create();
    }

    @Test
    void servicesSayInTheirStatus_howTheirNamesAre() {
        service("good", "good." + domain, "10.0.0.1");
        service("bad", "x".repeat(64) + "." + domain, "10.0.0.2");
        try (DnsController controller = start(settings())) {
            await(() -> condition("good", "True"), () -> String.valueOf(controller.health()));
            await(() -> condition("bad", "False"), () -> String.valueOf(controller.health()));
            annotate("good", HOSTNAME, "null");
            await(
                    () -> !condition("good", "True") && !condition("good", "False"),
                    () -> String.valueOf(controller.health()));
        }
    }

    private boolean condition(String service, String status) {
        Service found =
                client.services().inNamespace(namespace).withName(service).get();
        return found.getStatus().getConditions().stream()
                .anyMatch(condition ->
                        "k8saws.io/DnsInStep".equals(condition.getType()) && status.equals(condition.getStatus()));
    }
}
