package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.TagResourceType;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Zones are taken by their tags")
class DnsTaggedZonesIT {
    private static final String TAGS = "route53:ListTagsForResources";
    private static final int ZONES = 11; // one more than a call tells of

    private final AwsEndpoint endpoint;
    private final String domain = DnsFixture.unique("d") + ".example";

    DnsTaggedZonesIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
    }

    private Dns dns(FaultyHttpClient http, ZoneFilter filter) {
        return DnsFixture.dns(endpoint.access(http), "blue", filter);
    }

    @Test
    void tagsAreAskedForWhenTheFilterNeedsThem_tenZonesACall() {
        try (Route53Client route53 = endpoint.configure(Route53Client.builder()).build()) {
            for (int i = 0; i < ZONES; i++) {
                int number = i;
                String id = route53.createHostedZone(
                                r -> r.name("z" + number + "." + domain).callerReference(domain + number))
                        .hostedZone()
                        .id();
                if (i % 5 == 0) {
                    route53.changeTagsForResource(r -> r.resourceType(TagResourceType.HOSTEDZONE)
                            .resourceId(HostedZone.bareId(id))
                            .addTags(t -> t.key("team").value("t" + number)));
                }
            }
        }
        ZoneFilter.Builder ofDomain = ZoneFilter.builder().addDomain(domain);
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none())) {
            try (Dns dns = dns(http, ofDomain.build())) {
                assertThat(dns.zones()).hasSize(ZONES);
                assertThat(http.calls().count(TAGS)).isZero();
            }
            try (Dns dns = dns(http, ofDomain.putTag("team").build())) {
                assertThat(dns.zones())
                        .extracting(zone -> zone.name().text())
                        .containsExactlyInAnyOrder("z0." + domain, "z5." + domain, "z10." + domain);
                assertThat(http.calls().count(TAGS))
                        .as("not for zones that the filter leaves out all the same")
                        .isEqualTo(2);
            }
            try (Dns dns = dns(http, ofDomain.putTag("team", "t5").build())) {
                assertThat(dns.zones()).extracting(zone -> zone.name().text()).containsExactly("z5." + domain);
            }
        }
    }
}
