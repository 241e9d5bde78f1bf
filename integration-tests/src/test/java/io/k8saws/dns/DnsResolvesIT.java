package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.OwnerNames;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.resolve.Resolver;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.NameServer;
import io.k8saws.testkit.Testbed;
import io.k8saws.testkit.ZoneFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.route53.Route53Client;

/** What is applied to moto is exported to BIND, and dig is asked. */
@Timeout(180)
@DisplayName("Names resolve as they were planned")
class DnsResolvesIT {
    private static final String BALANCER = "web-1.eu-west-1.elb.amazonaws.com";
    private static final List<String> BALANCER_ADDRESSES =
            List.of("198.51.100.10", "198.51.100.11", "2001:db8:ffff::1");
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String domain = "r" + UUID.randomUUID().toString().substring(0, 8) + ".example";
    private final String reverse = "2.0.192.in-addr.arpa";

    @TempDir
    private Path folder;

    DnsResolvesIT(@AwsEmulator AwsEndpoint endpoint) {
        this.endpoint = endpoint;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @AfterEach
    void close() {
        route53.close();
    }

    private String zone(String name) {
        String id = route53.createHostedZone(
                        r -> r.name(name).callerReference(UUID.randomUUID().toString()))
                .hostedZone()
                .id();
        return id;
    }

    private Dns dns() {
        OwnerMarks marks = new OwnerMarks("blue", new OwnerNames("", "", "any"), Optional.empty(), Set.of());
        return Dns.builder(endpoint.access(), marks)
                .filter(ZoneFilter.builder()
                        .addDomain(domain)
                        .addDomain(reverse)
                        .build())
                .build();
    }

    private String export(String zone) {
        return ZoneFile.of(
                route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                        .toList(),
                name -> name.equals(BALANCER) ? BALANCER_ADDRESSES : List.of());
    }

    private String program(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Testbed.program(name).toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, name, ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
        return text;
    }

    /** What dig answers, line by line, in order. */
    private List<String> dig(NameServer server, String name, String type) throws IOException, InterruptedException {
        return program(
                        "dig",
                        "@127.0.0.1",
                        "-p",
                        String.valueOf(server.address().getPort()),
                        "+short",
                        "+norecurse",
                        "+noidnin",
                        "+noidnout",
                        "+time=5",
                        name,
                        type)
                .lines()
                .sorted()
                .toList();
    }

    private NameServer serve(String name, String zone) throws IOException, InterruptedException {
        String text = export(zone);
        Path file = Files.writeString(folder.resolve(name + ".zone"), text);
        assertThat(program("named-checkzone", "-i", "local", name, file.toString()))
                .contains("OK");
        return Testbed.nameServer(name, text);
    }

    @Test
    void digAnswersEachTypeAsPlanned() throws Exception {
        String zone = zone(domain);
        String back = zone(reverse);
        Records records = Records.builder("program")
                .add("a." + domain, r -> r.addresses("192.0.2.1", "192.0.2.2"))
                .add("six." + domain, r -> r.addresses("2001:db8::1"))
                .add("both." + domain, r -> r.addresses("192.0.2.3", "2001:db8::3"))
                .add("name." + domain, r -> r.host("www.example.net"))
                .add("lb." + domain, r -> r.host(BALANCER))
                .add("*.wild." + domain, r -> r.addresses("192.0.2.4"))
                .add("shop." + domain, r -> r.addresses("192.0.2.5").routed("blue", new RoutingPolicy.Weighted(10)))
                .add("shop." + domain, r -> r.addresses("192.0.2.6").routed("green", new RoutingPolicy.Weighted(90)))
                .add("text." + domain, r -> r.texts("v=spf1 -all", "a \"quoted\" text"))
                .add("_sip._tcp." + domain, r -> r.value(RecordType.SRV, "0 5 443 a." + domain))
                .add("mail." + domain, r -> r.value(RecordType.MX, "10 a." + domain))
                .add("bücher." + domain, r -> r.addresses("192.0.2.7"))
                .add("1." + reverse, r -> r.value(RecordType.PTR, "a." + domain))
                .build();
        try (Dns dns = dns()) {
            DnsPlan plan = dns.plan(records);
            DnsReport report = dns.apply(plan).requireDone();

            try (NameServer server = serve(domain, zone);
                    NameServer backwards = serve(reverse, back)) {
                assertThat(dig(server, "a." + domain, "A")).containsExactly("192.0.2.1", "192.0.2.2");
                assertThat(dig(server, "a." + domain, "AAAA")).isEmpty();
                assertThat(dig(server, "six." + domain, "AAAA")).containsExactly("2001:db8::1");
                assertThat(dig(server, "both." + domain, "A")).containsExactly("192.0.2.3");
                assertThat(dig(server, "both." + domain, "AAAA")).containsExactly("2001:db8::3");
                assertThat(dig(server, "name." + domain, "CNAME")).containsExactly("www.example.net.");
                assertThat(dig(server, "lb." + domain, "A")).containsExactly("198.51.100.10", "198.51.100.11");
                assertThat(dig(server, "any.wild." + domain, "A")).containsExactly("192.0.2.4");
                assertThat(dig(server, "a.b.wild." + domain, "A")).containsExactly("192.0.2.4");
                assertThat(dig(server, "none." + domain, "A")).isEmpty();
                assertThat(dig(server, "shop." + domain, "A")).containsExactly("192.0.2.5", "192.0.2.6");
                assertThat(dig(server, "text." + domain, "TXT"))
                        .containsExactly("\"a \\\"quoted\\\" text\"", "\"v=spf1 -all\"");
                assertThat(dig(server, "_sip._tcp." + domain, "SRV")).containsExactly("0 5 443 a." + domain + ".");
                assertThat(dig(server, "mail." + domain, "MX")).containsExactly("10 a." + domain + ".");
                assertThat(dig(server, "xn--bcher-kva." + domain, "A")).containsExactly("192.0.2.7");
                assertThat(dig(backwards, "1." + reverse, "PTR")).containsExactly("a." + domain + ".");
                assertThat(dig(server, "a-a." + domain, "TXT"))
                        .singleElement()
                        .asString()
                        .contains("external-dns/owner=blue");

                dns.resolves(
                                plan,
                                report,
                                LIMIT,
                                asked -> List.of(Resolver.at(
                                        List.of((asked.name().text().equals(domain) ? server : backwards).address()))))
                        .get(2, TimeUnit.MINUTES);
            }
        }
    }

    @Test
    void aFutureWaitsUntilNameServersHaveWhatWasWritten_andUntilWhatGoesIsGone() throws Exception {
        String zone = zone(domain);
        Records before = Records.builder("program")
                .add("www." + domain, r -> r.addresses("192.0.2.1"))
                .add("old." + domain, r -> r.addresses("192.0.2.2"))
                .build();
        Records after = Records.builder("program")
                .add("www." + domain, r -> r.addresses("192.0.2.9"))
                .add("new." + domain, r -> r.host("www.example.net"))
                .build();
        try (Dns dns = dns()) {
            dns.apply(dns.plan(before)).requireDone();
            try (NameServer server = serve(domain, zone)) {
                DnsPlan plan = dns.plan(after);
                DnsReport report = dns.apply(plan).requireDone();
                Resolver resolver = Resolver.at(List.of(server.address()));

                CompletableFuture<Void> tooShort =
                        dns.resolves(plan, report, Duration.ZERO, asked -> List.of(resolver));
                assertThatThrownBy(() -> tooShort.get(2, TimeUnit.MINUTES))
                        .hasCauseInstanceOf(WaitTimeoutException.class)
                        .hasMessageContaining("answers");
                CompletableFuture<Void> resolves = dns.resolves(plan, report, LIMIT, asked -> List.of(resolver));
                assertThat(resolves).isNotDone();

                server.serve(export(zone));

                resolves.get(2, TimeUnit.MINUTES);
                assertThat(dig(server, "www." + domain, "A")).containsExactly("192.0.2.9");
                assertThat(dig(server, "old." + domain, "A")).isEmpty();
            }
        }
    }

    @Test
    void privateZonesWantAResolver() throws Exception {
        String vpcZone = route53.createHostedZone(r -> r.name(domain)
                        .callerReference(UUID.randomUUID().toString())
                        .vpc(v -> v.vpcId("vpc-1").vpcRegion(endpoint.region())))
                .hostedZone()
                .id();
        Records records = Records.builder("program")
                .add("www." + domain, r -> r.addresses("10.0.0.1"))
                .build();
        try (Dns dns = dns()) {
            DnsPlan plan = dns.plan(records);
            DnsReport report = dns.apply(plan).requireDone();

            assertThatThrownBy(() -> dns.resolves(plan, report, LIMIT).get(2, TimeUnit.MINUTES))
                    .hasMessageContaining("private", "name a resolver");
            try (NameServer server = serve(domain, vpcZone)) {
                dns.resolves(plan, report, LIMIT, asked -> List.of(Resolver.at(List.of(server.address()))))
                        .get(2, TimeUnit.MINUTES);
            }
        }
    }
}
