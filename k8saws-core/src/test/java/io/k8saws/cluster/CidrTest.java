package io.k8saws.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "192.168.0.1/32, 192.168.0.1/32",
        "0.0.0.0/0, 0.0.0.0/0",
        "10.0.0.0/8, 10.0.0.0/8",
        "' 10.0.0.0/8 ', 10.0.0.0/8",
        "2001:0DB8::/32, 2001:db8::/32",
        "fd00:5e4f:ce::/108, fd00:5e4f:ce::/108",
        "::/0, ::/0",
    })
    void readsBlocks(String text, String canonical) {
        assertThat(Cidr.of(text)).hasToString(canonical).isEqualTo(Cidr.of(canonical));
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.0.1, 192.168.0.1/32",
        "10.128.0.0/8, 10.0.0.0/8",
        "2001:db8::1, 2001:db8::1/128",
        "2001:db8::1/64, 2001:db8::/64",
    })
    void namesTheBlockThatWasProbablyMeant(String text, String meant) {
        assertThatThrownBy(() -> Cidr.of(text))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining(text)
                .hasMessageContaining("such as " + meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "example.com",
                "10.0.0.0/33",
                "10.0/16",
                "10.*.0.0/16",
                "10.0.0-5.0/24",
                "*",
                "10.0.0.0/255.0.0.0",
                "010.0.0.0/8",
                "0x0a.0.0.0/8",
                "::ffff:10.0.0.0/120",
                "10.0.0.0/8/8",
                "fe80::1%eth0/64",
                "/16",
                "10.0.0.0/"
            })
    void refusesEverythingElse(String text) {
        assertThat(Cidr.parse(text).isWellFormed()).isFalse();
        assertThat(Cidr.parse(text)).hasToString(text);
        assertThatThrownBy(() -> Cidr.of(text)).isInstanceOf(InvalidSpecException.class);
        assertThatThrownBy(() -> Cidr.parse(text).size()).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.0.0/16, 192.168.1.0/24, true, true",
        "192.168.1.0/24, 192.168.0.0/16, true, false",
        "192.168.1.0/24, 192.168.0.1/32, false, false",
        "0.0.0.0/0, 10.0.0.0/8, true, true",
        "10.0.0.0/24, 10.0.0.0/24, true, true",
        "10.0.0.0/24, 10.0.1.0/24, false, false",
        "10.0.0.0/8, fd00::/8, false, false",
        "::/0, 10.0.0.0/8, false, false",
    })
    void comparesBlocks(String first, String second, boolean overlaps, boolean contains) {
        assertThat(Cidr.of(first).overlaps(Cidr.of(second))).isEqualTo(overlaps);
        assertThat(Cidr.of(second).overlaps(Cidr.of(first))).isEqualTo(overlaps);
        assertThat(Cidr.of(first).contains(Cidr.of(second))).isEqualTo(contains);
    }

    @Test
    void cutsParts() {
        assertThat(Cidr.of("1.2.3.0/24").part(27, 0)).hasToString("1.2.3.0/27");
        assertThat(Cidr.of("1.2.3.0/24").part(27, 7)).hasToString("1.2.3.224/27");
        assertThat(Cidr.of("1.2.3.0/24").part(24, 0)).hasToString("1.2.3.0/24");
        assertThat(Cidr.of("fd00::/48").part(64, 65535)).hasToString("fd00:0:0:ffff::/64");
        assertThat(Cidr.of("0.0.0.0/0").part(1, 1)).hasToString("128.0.0.0/1");
        assertThatThrownBy(() -> Cidr.of("1.2.3.0/24").part(27, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Cidr.of("1.2.3.0/24").part(23, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Cidr.of("1.2.3.0/24").part(33, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void countsAddresses() {
        assertThat(Cidr.of("100.64.0.0/13").address(1)).isEqualTo("100.64.0.1");
        assertThat(Cidr.of("100.64.0.0/13").address(10)).isEqualTo("100.64.0.10");
        assertThat(Cidr.of("fd00:5e4f:ce::/108").address(10)).isEqualTo("fd00:5e4f:ce::a");
        assertThat(Cidr.of("10.0.0.0/28").address(15)).isEqualTo("10.0.0.15");
        assertThat(Cidr.of("10.0.0.0/28").size()).isEqualTo(16);
        assertThatThrownBy(() -> Cidr.of("10.0.0.0/28").address(16)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(Cidr.of("10.0.0.0/28").contains("10.0.0.15")).isTrue();
        assertThat(Cidr.of("10.0.0.0/28").contains("10.0.0.16")).isFalse();
        assertThat(Cidr.of("10.0.0.0/28").contains("nonsense")).isFalse();
    }
}
