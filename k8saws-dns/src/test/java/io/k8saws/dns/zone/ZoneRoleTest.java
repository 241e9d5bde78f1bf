package io.k8saws.dns.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.error.InvalidSpecException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneRoleTest {
    private static final String ARN = "arn:aws:iam::111122223333:role/dns";

    private static HostedZone zone(String id, String name) {
        return new HostedZone(id, DnsName.of(name), false, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "Z1, example.com, true",
        "Z2, sub.example.com, true",
        "Z9, other.example.org, true",
        "Z3, example.org, false",
        "Z4, notexample.com, false"
    })
    void coversZonesByIdOrDomain(String id, String name, boolean covered) {
        ZoneRole role = ZoneRole.of(ARN).forDomain("example.com").forZone("/hostedzone/Z9");
        assertThat(role.covers(zone(id, name))).isEqualTo(covered);
        assertThat(ZoneRole.of(ARN).covers(zone(id, name))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dns", "arn:aws:iam::1:role/dns", "arn:aws:iam::111122223333:user/dns"})
    void whatIsNoRoleIsRefused(String arn) {
        assertThatThrownBy(() -> ZoneRole.of(arn)).isInstanceOf(InvalidSpecException.class);
    }

    @Test
    void anExternalIdIsCheckedAndNotPrinted() {
        assertThat(ZoneRole.of(ARN).withExternalId("secret-1").toString()).isEqualTo(ARN);
        assertThatThrownBy(() -> ZoneRole.of(ARN).withExternalId("x")).isInstanceOf(InvalidSpecException.class);
        assertThatThrownBy(() -> ZoneRole.of(ARN).withExternalId("a b")).isInstanceOf(InvalidSpecException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com, true", // the zone above is reached
        "www.pay.example.com, false", // belongs below, into what cannot be reached
        "pay.example.com, false",
        "www.notpay.example.com, true"
    })
    void namesOfZonesThatCannotBeReachedGoIntoNoZoneAbove(String name, boolean chosen) {
        ZoneChoice choice = new ZoneChoice(
                List.of(zone("Z1", "example.com")),
                ZoneFilter.all(),
                List.of(new UnreachableZones(Set.of("Z2"), Set.of(DnsName.of("pay.example.com")), "it is denied")));
        ZoneChoice.Chosen found = choice.choose(DnsName.of(name), EndpointOptions.defaults());
        assertThat(found.zones().isEmpty()).isNotEqualTo(chosen);
        if (!chosen) {
            assertThat(found.problem()).get().matches(problem -> problem.problem()
                    .contains("it is denied"));
        }
    }

    /** Which of the two is meant is only known when both are seen; a record in the wrong account would stay there. */
    @Test
    void aZoneOfTheSameNameThatIsReachedDoesNotTakeItsNames() {
        ZoneChoice choice = new ZoneChoice(
                List.of(zone("Z1", "example.com")),
                ZoneFilter.all(),
                List.of(new UnreachableZones(Set.of("Z2"), Set.of(DnsName.of("example.com")), "it is denied")));
        ZoneChoice.Chosen found = choice.choose(DnsName.of("www.example.com"), EndpointOptions.defaults());
        assertThat(found.zones()).isEmpty();
        assertThat(found.problem()).get().matches(problem -> problem.problem().contains("it is denied"));
    }

    @Test
    void aPinToAZoneThatCannotBeReachedSaysWhy() {
        ZoneChoice choice = new ZoneChoice(
                List.of(zone("Z1", "example.com")),
                ZoneFilter.all(),
                List.of(new UnreachableZones(Set.of("Z2"), Set.of(), "it is denied")));
        assertThat(choice.choose(
                                DnsName.of("www.example.com"),
                                EndpointOptions.defaults().withPinnedZone("Z2"))
                        .problem())
                .get()
                .matches(problem -> problem.problem().contains("it is denied"));
    }

    @Test
    void aFilterTellsItsRoles() {
        ZoneFilter filter = ZoneFilter.builder().addRole(ZoneRole.of(ARN)).build();
        assertThat(filter.roles()).containsExactly(ZoneRole.of(ARN));
        assertThat(filter.toString()).contains(ARN);
    }
}
