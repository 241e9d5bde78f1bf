package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;

/** Against moto alone: LocalStack's Route 53 accepts a CREATE of what is there, so nothing would hold a late plan back. */
@DisplayName("What has changed since the plan is refused, name by name")
class DnsRaceIT {
    private final String domain = "d" + UUID.randomUUID() + ".example";

    @Test
    void aPlanThatCameTooLateTouchesNothingOfWhoWasQuicker(@AwsEmulator AwsEndpoint moto) {
        try (Route53Client route53 = moto.configure(Route53Client.builder()).build();
                Dns dns = Dns.builder(moto.access(), OwnerMarks.of("blue"))
                        .filter(ZoneFilter.builder().addDomain(domain).build())
                        .build()) {
            String zone = route53.createHostedZone(r -> r.name(domain).callerReference(domain))
                    .hostedZone()
                    .id();
            Records records = Records.builder("program")
                    .add("quick." + domain, r -> r.addresses("192.0.2.1"))
                    .add("www." + domain, r -> r.addresses("192.0.2.2"))
                    .build();
            DnsPlan plan = dns.plan(records);
            route53.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                    .changeBatch(b -> b.changes(
                            c -> c.action(ChangeAction.CREATE).resourceRecordSet(s -> s.name("quick." + domain)
                                    .type(RRType.A)
                                    .ttl(60L)
                                    .resourceRecords(ResourceRecord.builder()
                                            .value("198.51.100.1")
                                            .build())))));

            DnsReport report = dns.apply(plan);

            assertThat(report.with(NameResult.State.DONE))
                    .extracting(one -> one.name().text())
                    .containsExactly("www." + domain);
            assertThat(report.with(NameResult.State.FAILED))
                    .extracting(one -> one.name().text())
                    .containsExactly("quick." + domain);
            assertThat(route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                            .filter(set -> set.name().startsWith("quick."))
                            .flatMap(set -> set.resourceRecords().stream())
                            .map(ResourceRecord::value))
                    .containsExactly("198.51.100.1");
            assertThat(dns.plan(records).problems()).hasSize(1);
        }
    }
}
