package io.k8saws.dns.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {
    private static Answer values(String... values) {
        return new Answer.Values(Duration.ofMinutes(1), List.of(values));
    }

    @ParameterizedTest
    @CsvSource({
        "AAAA, 2001:db8::1, 2001:DB8:0:0::1, true",
        "AAAA, 2001:db8::1, 2001:db8::2, false",
        "CNAME, Web.example.com., web.example.com, true",
        "MX, 10  Mail.example.com., 10 mail.example.com, true",
        "MX, 10 mail.example.com, 20 mail.example.com, false",
        "TXT, Text, text, false",
        "A, 192.0.2.1, 192.0.2.1, true"
    })
    void comparesByWhatValuesMean(RecordType type, String one, String other, boolean same) {
        assertThat(values(one).isSame(type, values(other))).isEqualTo(same);
    }

    @Test
    void looksAtAllAddressesAndNotAtTheirOrder() {
        assertThat(values("2001:db8::1", "2001:db8::3")
                        .isSame(RecordType.AAAA, values("2001:DB8:0:0::1", "2001:db8::2")))
                .isFalse();
        assertThat(values("192.0.2.2", "192.0.2.1").isSame(RecordType.A, values("192.0.2.1", "192.0.2.2")))
                .isTrue();
    }

    @Test
    void differsByTimeAndByKind() {
        Answer alias = new Answer.Alias("Z1", DnsName.of("a.example.com"), true);
        assertThat(values("192.0.2.1").isSame(RecordType.A, alias)).isFalse();
        assertThat(alias.isSame(RecordType.A, new Answer.Alias("Z1", DnsName.of("A.example.com."), true)))
                .isTrue();
        assertThat(values("192.0.2.1")
                        .isSame(RecordType.A, new Answer.Values(Duration.ofMinutes(2), List.of("192.0.2.1"))))
                .isFalse();
        assertThatThrownBy(() -> new Answer.Values(Duration.ZERO, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsWhatABatchTakes() {
        RecordSet two = RecordSet.simple(DnsName.of("a.example.com"), RecordType.A, values("192.0.2.1", "192.0.2.22"));
        assertThat(two.elements()).isEqualTo(2);
        assertThat(two.characters()).isEqualTo(19);
        RecordSet alias =
                RecordSet.simple(two.name(), RecordType.A, new Answer.Alias("Z1", DnsName.of("b.example.com"), false));
        assertThat(alias.elements()).isZero();
        assertThat(alias.characters()).isZero();
    }
}
