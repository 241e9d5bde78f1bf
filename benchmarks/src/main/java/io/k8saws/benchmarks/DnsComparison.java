package io.k8saws.benchmarks;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.controller.DnsController;
import io.k8saws.dns.controller.DnsControllerSettings;
import io.k8saws.dns.controller.DnsHealth;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.Testbed;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.services.route53.Route53Client;

/** Counts the calls to Route 53 that keep the names of a cluster's Services, and how long they take. Argument: runs (3). */
public final class DnsComparison {
    private static final int SERVICES = 1000;
    private static final String DOMAIN = "example.com";
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String NAMESPACE = "bench";
    private static final String HOSTNAME = SourceSettings.PREFIX + "hostname";
    private static final String TARGET = SourceSettings.PREFIX + "target";

    private final int runs;
    private final PrintStream out;

    private DnsComparison(int runs, PrintStream out) {
        this.runs = runs;
        this.out = out;
    }

    /**
     * Measures and prints the tables.
     *
     * @param arguments number of runs, optional
     * @throws IOException if the kubeconfig cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        new DnsComparison(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3, System.out).run();
    }

    private void run() throws IOException {
        out.printf(
                Locale.ROOT,
                "%s; %d cores, load %.1f at the start; Java %s, heap limit %d MiB; medians of %d runs%n",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                System.getProperty("java.version"),
                Runtime.getRuntime().maxMemory() >> 20,
                runs);
        Path kubeconfig = Files.createTempFile("k8saws-benchmark-", ".kubeconfig");
        try (AwsEndpoint aws = Testbed.moto();
                KubernetesApi kubernetes = Testbed.kubernetes(false, 0)) {
            Files.writeString(kubeconfig, kubernetes.kubeconfig());
            services(kubernetes.client());
            oneShot(aws, kubernetes.client(), kubeconfig);
            controller(aws, kubernetes.client());
        } finally {
            Files.delete(kubeconfig);
        }
    }

    private static void services(KubernetesClient client) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        for (int i = 0; i < SERVICES; i++) {
            client.resource(new ServiceBuilder()
                            .withNewMetadata()
                            .withName("checkout-" + i)
                            .withNamespace(NAMESPACE)
                            .addToAnnotations(HOSTNAME, "checkout-" + i + "." + DOMAIN)
                            .addToAnnotations(TARGET, "10.1." + i / 250 + "." + (i % 250 + 1))
                            .endMetadata()
                            .withNewSpec()
                            .withType("LoadBalancer")
                            .addNewPort()
                            .withPort(80)
                            .endPort()
                            .endSpec()
                            .build())
                    .create();
        }
    }

    /** Without a resource version, as kubectl does: the controller writes conditions to the same object. */
    private static void retarget(KubernetesClient client, String address) {
        client.services()
                .inNamespace(NAMESPACE)
                .withName("checkout-7")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(TARGET, address));
    }

    private void oneShot(AwsEndpoint aws, KubernetesClient client, Path kubeconfig) {
        List<DnsOneShot.Times> first = new ArrayList<>();
        List<DnsOneShot.Times> none = new ArrayList<>();
        List<DnsOneShot.Times> one = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            aws.reset();
            zone(aws);
            first.add(once(aws, kubeconfig, SERVICES));
            none.add(once(aws, kubeconfig, 0));
            retarget(client, "10.2.0." + (run + 1));
            one.add(once(aws, kubeconfig, 1));
        }
        out.printf(
                "%n### A Java process that syncs %d Services once, against moto%n%n| | calls | process | of which the sync | known tool |%n|---|---|---|---|---|%n",
                SERVICES);
        row("first sync", first, "8 calls, 4.4 s");
        row("nothing to do", none, "9 calls, 0.5 s");
        row("one changed name", one, "15 calls, 1.5 s");
    }

    private static DnsOneShot.Times once(AwsEndpoint aws, Path kubeconfig, int changed) {
        DnsOneShot.Times times = DnsOneShot.run(aws.uri(), kubeconfig, DOMAIN);
        require(times.changed() == changed, changed + " names change, not " + times.changed());
        return times;
    }

    private void row(String what, List<DnsOneShot.Times> runs, String known) {
        out.printf(
                Locale.ROOT,
                "| %s | %d | %.2f s | %.2f s | %s |%n",
                what,
                runs.get(0).calls(),
                Contest.median(
                        runs.stream().map(one -> one.process().toMillis() / 1e3).toList()),
                Contest.median(
                        runs.stream().map(one -> one.sync().toMillis() / 1e3).toList()),
                known);
    }

    private static void zone(AwsEndpoint aws) {
        try (Route53Client route53 = aws.configure(Route53Client.builder()).build()) {
            route53.createHostedZone(r -> r.name(DOMAIN).callerReference("benchmark"));
        }
    }

    /** The running controller; the zone holds what the last one-shot run has left. */
    private void controller(AwsEndpoint aws, KubernetesClient client) {
        DnsControllerSettings settings = DnsControllerSettings.builder("bench")
                .zones(ZoneFilter.builder().addDomain(DOMAIN).build())
                .build();
        out.printf(
                "%n### The running controller, %d Services, against moto and a kube-apiserver%n%n| | calls | time |%n|---|---|---|%n",
                SERVICES);
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none())) {
            long started = System.nanoTime();
            try (DnsController controller = DnsController.start(
                    Scenario.access(aws, http), ResiliencePolicy.defaults().forEmulator(), client, settings)) {
                await(() -> controller.health().state() == DnsHealth.State.LEADING && isCalm(controller));
                row("start beside a zone in step", http, started);
                started = System.nanoTime();
                LockSupport.parkNanos(IDLE.toNanos());
                row("idle", http, started);
                started = System.nanoTime();
                retarget(client, "10.3.0.1");
                await(() -> http.calls().writes().count() > 0 && isCalm(controller));
                row("one changed name", http, started);
            }
        }
    }

    private static boolean isCalm(DnsController controller) {
        return controller.health().waiting() == 0;
    }

    private void row(String what, FaultyHttpClient http, long started) {
        out.printf(
                Locale.ROOT,
                "| %s | %d: %s | %.2f s |%n",
                what,
                http.calls().count(),
                http.calls().byOperation(),
                (System.nanoTime() - started) / 1e9);
        http.forgetCalls();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            require(System.nanoTime() < deadline, "the controller is done within " + LIMIT);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("The benchmark demands that " + what + ".");
        }
    }
}
