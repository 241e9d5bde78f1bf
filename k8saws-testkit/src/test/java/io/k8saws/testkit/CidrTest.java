package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The arithmetic of a test network's ranges")
class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/16, 2, 10.0.0.2",
        "10.0.255.0/24, 256, 10.1.0.0",
        "192.168.16.0/20, 0, 192.168.16.0",
        "172.31.0.0/16, 1, 172.31.0.1",
    })
    void nth_countsFromTheRangesStart(String cidr, int n, String expected) {
        assertThat(Cidr.nth(cidr, n)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/16, 255.255.0.0",
        "10.0.0.0/20, 255.255.240.0",
        "10.0.0.0/32, 255.255.255.255",
        "0.0.0.0/0, 0.0.0.0"
    })
    void mask_hasAsManyBitsAsThePrefix(String cidr, String expected) {
        assertThat(Cidr.mask(cidr)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0", "10.0.0.256", "10.0.0.x", "10.0.0.1.2", "", "10.0.-1.2"})
    void address_refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Cidr.address(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void hardwareAddress_followsFromTheAddress() {
        assertThat(NodeInterface.of("eni-1", "10.0.31.200", "10.0.16.0/20").mac())
                .isEqualTo("06:00:0a:00:1f:c8");
    }
}
