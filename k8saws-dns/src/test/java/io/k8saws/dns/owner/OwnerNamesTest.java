package io.k8saws.dns.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules are those of external-dns's TXT registry. */
class OwnerNamesTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', '', www.example.com, A, a-www.example.com",
        "'', '', '', www.example.com, CNAME, cname-www.example.com",
        "txt., '', '', www.example.com, A, txt.a-www.example.com",
        "txt-, '', '', www.example.com, AAAA, txt-aaaa-www.example.com",
        "TXT-, '', '', www.example.com, A, txt-a-www.example.com",
        "'', -txt, '', www.example.com, A, a-www-txt.example.com",
        "p%{record_type}., '', '', www.example.com, A, pa.www.example.com",
        "'', -%{record_type}s, '', www.example.com, CNAME, www-cnames.example.com",
        "'', '', any, *.example.com, A, a-any.example.com",
        "'', '', '', *.example.com, A, a-*.example.com",
        "txt., '', '', *.example.com, A, txt.a-*.example.com",
        "txt-%{record_type}., '', '', example.com, A, txt-a.example.com"
    })
    void writesTheNewForm(String prefix, String suffix, String wildcard, String name, RecordType type, String mark) {
        assertThat(new OwnerNames(prefix, suffix, wildcard).written(DnsName.of(name), type))
                .contains(new DnsName(mark));
    }

    @Test
    void readsEveryFormTheNewestFirst() {
        assertThat(OwnerNames.withPrefix("txt.").read(DnsName.of("www.example.com"), RecordType.A, true))
                .extracting(DnsName::text)
                .containsExactly("txt.a-www.example.com", "txt.cname-www.example.com", "txt.www.example.com");
        assertThat(OwnerNames.plain().read(DnsName.of("www.example.com"), RecordType.CNAME, false))
                .extracting(DnsName::text)
                .containsExactly("cname-www.example.com", "www.example.com");
    }

    @Test
    void theFormWithoutATypeSaysNothingOfAddressesOfVersion6() {
        assertThat(OwnerNames.plain().read(DnsName.of("www.example.com"), RecordType.AAAA, true))
                .extracting(DnsName::text)
                .containsExactly("aaaa-www.example.com");
    }

    @ParameterizedTest
    @CsvSource({"'', '', a-www", "txt., '', a-www", "txt-, '', cname-www", "'', -txt, aaaa-www"})
    void aMarkOfAnotherRecordIsNotTakenForOneOfTheOldForm(String prefix, String suffix, String label) {
        assertThat(new OwnerNames(prefix, suffix, "").read(DnsName.of(label + ".example.com"), RecordType.A, false))
                .hasSize(1);
    }

    @Test
    void aNameThatStandsInForWildcardsHasNoMark() {
        OwnerNames names = new OwnerNames("", "", "any");
        assertThat(names.written(DnsName.of("any.example.com"), RecordType.A)).isEmpty();
        assertThat(names.read(DnsName.of("any.example.com"), RecordType.A, false))
                .isEmpty();
    }

    @Test
    void noMarkIsMadeWhoseLabelWouldBeTooLong() {
        assertThat(OwnerNames.plain().written(DnsName.of("a".repeat(62) + ".com"), RecordType.A))
                .isEmpty();
        assertThat(OwnerNames.plain().written(DnsName.of("a".repeat(61) + ".com"), RecordType.A))
                .isPresent();
    }

    @Test
    void takesNoTwoAffixes() {
        assertThatThrownBy(() -> new OwnerNames("a", "b", "")).isInstanceOf(InvalidSpecException.class);
        assertThatThrownBy(() -> OwnerNames.withPrefix("%{what}-"))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining(
                        "prefix: '%{what}-' has a place that is not known. The one place there is %{record_type}.");
        assertThatThrownBy(() -> new OwnerNames("", "-%{record_type", ""))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("suffix");
        assertThat(OwnerNames.withPrefix("%{RECORD_TYPE}-").prefix()).isEqualTo("%{record_type}-");
    }
}
