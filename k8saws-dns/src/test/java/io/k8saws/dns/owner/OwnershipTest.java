package io.k8saws.dns.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnershipTest {
    private static final String KEY = "12345678901234567890123456789012";

    /** A mark that external-dns wrote. */
    private static final String SEALED =
            "h8UQ6jelUFUsEIn7SbFktc2MYXPx/q8lySqI4VwfVtVaIbb2nkHWV/88KKbuLtu7fJNzMir8ELVeVnRSY01KdiIuj7ledqZe5ailEjQaU5Z6uEKd5pgs6sH8";

    @Test
    void isWrittenAsExternalDnsDoes() {
        String text = "\"heritage=external-dns,external-dns/owner=blue,external-dns/resource=service/default/web\"";
        assertThat(Ownership.of("blue", "service/default/web").text()).isEqualTo(text);
        assertThat(Ownership.parse(text)).contains(Ownership.of("blue", "service/default/web"));
    }

    @Test
    void keepsOtherLabels() {
        String text = "\"heritage=external-dns,external-dns/owner=blue,external-dns/targets=1\"";
        assertThat(Ownership.parse(text)).get().satisfies(mark -> {
            assertThat(mark.labels()).containsEntry("targets", "1");
            assertThat(mark.resource()).isEmpty();
            assertThat(mark.text()).isEqualTo(text);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"v=spf1 -all\"",
                "",
                "\"\"",
                "\"heritage=other,external-dns/owner=blue\"",
                "\"heritage=external-dns\"",
                "\"external-dns/owner=blue,heritage=external-dns\""
            })
    void takesNoOtherTextForAMark(String text) {
        assertThat(Ownership.parse(text)).isEmpty();
    }

    @Test
    void decryptsWhatExternalDnsEncrypted() {
        assertThat(OwnerCipher.of(KEY).decrypt("\"" + SEALED + "\""))
                .contains("heritage=external-dns,external-dns/owner=owner");
        assertThat(OwnerCipher.of(Base64.getEncoder()
                                .encodeToString(KEY.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                        .decrypt(SEALED))
                .isPresent();
    }

    @Test
    void decryptsItsOwnAndNothingElse() {
        OwnerCipher cipher = OwnerCipher.of(KEY);
        String sealed = cipher.encrypt("text");
        assertThat(cipher.decrypt(sealed)).contains("text");
        assertThat(cipher.encrypt("text")).isNotEqualTo(sealed);
        assertThat(OwnerCipher.of("x".repeat(32)).decrypt(sealed)).isEmpty();
        assertThat(cipher.decrypt("\"v=spf1 -all\"")).isEmpty();
        assertThat(cipher.decrypt("")).isEmpty();
        assertThat(cipher).asString().doesNotContain(KEY);
    }

    @Test
    void refusesOtherKeysAndDoesNotTellThem() {
        assertThatThrownBy(() -> OwnerCipher.of("secret-too-short"))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageNotContaining("secret-too-short");
    }
}
