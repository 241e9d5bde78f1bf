package io.k8saws.dns.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.Horizon;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneChoiceTest {
    private static final EndpointOptions ANY = EndpointOptions.defaults();

    private static HostedZone zone(String id, String name, boolean isPrivate) {
        return new HostedZone("/hostedzone/" + id, DnsName.of(name), isPrivate, Map.of("team", id));
    }

    private static final List<HostedZone> ZONES = List.of(
            zone("Z1", "example.com", false),
            zone("Z2", "a.example.com", false),
            zone("Z3", "example.com", true),
            zone("Z4", "twice.com", false),
            zone("Z5", "twice.com", false));

    private static ZoneChoice.Chosen choose(String name, EndpointOptions options) {
        return new ZoneChoice(ZONES, ZoneFilter.all()).choose(DnsName.of(name), options);
    }

    private static List<String> ids(ZoneChoice.Chosen chosen) {
        return chosen.zones().stream().map(HostedZone::id).toList();
    }

    @Test
    void takesTheLongestPublicAndTheLongestPrivateZone() {
        assertThat(ids(choose("www.a.example.com", ANY))).containsExactly("Z2", "Z3");
        assertThat(ids(choose("www.example.com", ANY))).containsExactly("Z1", "Z3");
        assertThat(ids(choose("example.com", ANY))).containsExactly("Z1", "Z3");
    }

    @Test
    void splitsByHorizon() {
        assertThat(ids(choose("www.example.com", ANY.withHorizon(Horizon.PUBLIC))))
                .containsExactly("Z1");
        assertThat(ids(choose("www.example.com", ANY.withHorizon(Horizon.PRIVATE))))
                .containsExactly("Z3");
    }

    @Test
    void pinsBeatLength() {
        assertThat(ids(choose("www.a.example.com", ANY.withPinnedZone("Z1")))).containsExactly("Z1");
        assertThat(ids(choose("www.twice.com", ANY.withPinnedZone("/hostedzone/Z5"))))
                .containsExactly("Z5");
        assertThat(choose("www.example.com", ANY.withPinnedZone("Z9")).problem())
                .get()
                .asString()
                .contains("Z9");
        assertThat(choose("www.example.com", ANY.withPinnedZone("Z4")).problem())
                .get()
                .asString()
                .contains("cannot hold it");
    }

    @Test
    void twoOfOneNameAreToldWithTheirIdsAndNotGuessed() {
        ZoneChoice.Chosen chosen = choose("www.twice.com", ANY);
        assertThat(chosen.zones()).isEmpty();
        assertThat(chosen.problem()).get().asString().contains("Z4").contains("Z5");
    }

    @Test
    void aNameOfNoZoneIsTold() {
        assertThat(choose("www.other.com", ANY).problem()).get().asString().contains("no zone holds it");
        assertThat(choose("example.community", ANY).problem()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com, true",
        "example.com, www.example.com, true",
        "example.com, badexample.com, false",
        ".example.com, example.com, false",
        ".example.com, www.example.com, true",
        "BÜCHER.example, www.xn--bcher-kva.example, true"
    })
    void domainsEndAtLabels(String domain, String name, boolean admitted) {
        assertThat(ZoneFilter.builder().addDomain(domain).build().admits(DnsName.of(name)))
                .isEqualTo(admitted);
    }

    @Test
    void exclusionsWinAndExpressionsTakeThePlaceOfDomains() {
        ZoneFilter filter = ZoneFilter.builder()
                .addDomain("example.com")
                .excludeDomain("no.example.com")
                .build();
        assertThat(filter.admits(DnsName.of("www.no.example.com"))).isFalse();
        ZoneFilter like = ZoneFilter.builder()
                .addDomain("other.com")
                .namesLike("^www\\.")
                .namesUnlike("secret")
                .build();
        assertThat(like.admits(DnsName.of("www.example.com"))).isTrue();
        assertThat(like.admits(DnsName.of("www.secret.example.com"))).isFalse();
        assertThat(like.admits(DnsName.of("a.other.com"))).isFalse();
    }

    @Test
    void zonesAreTakenByKindIdAndTag() {
        assertThat(ids(ZoneFilter.builder().kind(ZoneFilter.Kind.PRIVATE).build()))
                .containsExactly("Z3");
        assertThat(ids(ZoneFilter.builder().addId("/hostedzone/Z2").build())).containsExactly("Z2");
        assertThat(ids(ZoneFilter.builder().putTag("team", "Z4").build())).containsExactly("Z4");
        assertThat(ids(ZoneFilter.builder().putTag("team").build())).hasSize(5);
        assertThat(ids(ZoneFilter.builder().putTag("other").build())).isEmpty();
        assertThat(ids(ZoneFilter.builder().addDomain("b.example.com").build())).containsExactly("Z1", "Z3");
    }

    private static List<String> ids(ZoneFilter filter) {
        return new ZoneChoice(ZONES, filter)
                .zones().stream().map(HostedZone::id).toList();
    }
}
