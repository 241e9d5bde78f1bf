package io.k8saws.dns.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNameTest {
    @ParameterizedTest
    @CsvSource({
        "WWW.Example.COM., www.example.com",
        "*.example.com, *.example.com",
        "_sip._tcp.example.com, _sip._tcp.example.com",
        "bücher.example, xn--bcher-kva.example",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "a, a"
    })
    void readsNames(String text, String name) {
        assertThat(DnsName.of(text).text()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a..b",
                "www.*.example.com",
                "w*.example.com",
                "*",
                "-a.example.com",
                "a b.example.com",
                "é\u0000.com"
            })
    void refusesWhatIsNoName(String text) {
        assertThatThrownBy(() -> DnsName.of(text))
                .isInstanceOf(InvalidSpecException.class)
                .satisfies(e -> assertThat(
                                ((InvalidSpecException) e).violations().get(0).path())
                        .isEqualTo("name"));
    }

    @Test
    void takesLabelsOf63AndNamesOf253() {
        String label = "a".repeat(63);
        assertThat(DnsName.of(label + ".com").text()).hasSize(67);
        assertThatThrownBy(() -> DnsName.of(label + "a.com")).hasMessageContaining("64 characters");
        String longest = String.join(".", label, label, label, "a".repeat(61));
        assertThat(DnsName.of(longest).text()).hasSize(253);
        assertThatThrownBy(() -> DnsName.of(longest + "a")).hasMessageContaining("254 characters");
    }

    @Test
    void isWrittenAndReadAsRoute53Does() {
        DnsName wildcard = DnsName.of("*.example.com");
        assertThat(wildcard.route53()).isEqualTo("\\052.example.com.");
        assertThat(DnsName.fromRoute53(wildcard.route53())).isEqualTo(wildcard);
        assertThat(DnsName.fromRoute53("a-\\052.Example.com."))
                .as("a mark of a wildcard")
                .isEqualTo(new DnsName("a-*.example.com"));
        assertThat(DnsName.of("_a-1.example.com").route53()).isEqualTo("_a-1.example.com.");
    }

    @Test
    void knowsItsZonesAndParent() {
        DnsName name = DnsName.of("a.b.example.com");
        assertThat(name.endsWith(DnsName.of("example.com"))).isTrue();
        assertThat(name.endsWith(name)).isTrue();
        assertThat(DnsName.of("badexample.com").endsWith(DnsName.of("example.com")))
                .isFalse();
        assertThat(name.parent()).contains(DnsName.of("b.example.com"));
        assertThat(DnsName.of("com").parent()).isEmpty();
        assertThat(DnsName.of("*.b.example.com").isWildcard()).isTrue();
    }
}
