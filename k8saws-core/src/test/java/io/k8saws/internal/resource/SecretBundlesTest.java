package io.k8saws.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Secret files are made anew before their certificates end")
class SecretBundlesTest {
    private static final Instant WRITTEN = Instant.parse("2026-01-10T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"0, false", "242, false", "243, false", "244, true", "400, true"})
    void whenTwoThirdsOfTheYearAreOver(int days, boolean due) {
        assertThat(SecretBundles.due(WRITTEN, WRITTEN.plus(Duration.ofDays(days)))
                        .isPresent())
                .isEqualTo(due);
    }

    @Test
    void andThePlanSaysOfWhichDayTheyAre() {
        assertThat(SecretBundles.due(WRITTEN, WRITTEN.plus(Duration.ofDays(300))))
                .contains("certificates of 2026-01-10");
    }

    @ParameterizedTest
    @CsvSource({
        "nodes/pki/keys/authority-etcd-1, true",
        "nodes/pki/keys/authority-etcd, false",
        "nodes/pki/keys/other-1, false",
        "nodes/pki/etcd/etcd-1/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, true",
        "nodes/pki/keys/etcd-1/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, false",
        "nodes/pki/etcd/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, false",
        "nodes/etcd-1/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, false"
    })
    void whatIsNotOursIsNotTakenForASecret(String object, boolean ours) {
        assertThat(SecretObjects.known(object)).isEqualTo(ours);
    }
}
