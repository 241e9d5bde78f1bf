package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.health.EtcdAlarm;
import io.k8saws.etcd.internal.seam.TlsMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.4,        http://10.0.0.4:2379",
        "https://etcd.example:1, https://etcd.example:1",
        "http://[::1]:2379/,     http://[::1]:2379",
    })
    void endpoints(String text, String uri) {
        assertThat(Endpoints.parse(text)).hasToString(uri);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.4:2379", "ftp://a", "http://", "http://user:hunter2@a", "http://a/path", "http://a b", ""
            })
    void noEndpoints(String text) {
        assertThatThrownBy(() -> Etcd.at(text))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("endpoints[0]: it is no client URL of etcd")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void allMistakesAtOnce() {
        InvalidSpecException wrong = catchThrowableOfType(
                InvalidSpecException.class, () -> Etcd.builder().user("ann", "").build());
        assertThat(wrong.violations()).extracting(violation -> violation.path()).containsExactly("endpoints", "user");
        assertThatThrownBy(() -> Etcd.at("http://a", "https://b")).hasMessageContaining("some are https and some http");
        assertThatThrownBy(() ->
                        Etcd.builder().endpoint("http://a").tls(ClientTls.jdk()).build())
                .hasMessageContaining("the endpoints are http");
    }

    @Test
    void printsNoSecret() {
        try (Etcd etcd = Etcd.builder()
                .endpoint("https://a")
                .tls(ClientTls.pem("trusted", "certificate", "private"))
                .user("ann", "hunter2")
                .build()) {
            assertThat(etcd)
                    .hasToString("etcd https://a:2379, authorities of its own, with a client certificate, user ann");
        }
    }

    /** Files that are renewed are seen, even with the same size. */
    @Test
    void filesAreReadAgainWhenTheyChange() throws Exception {
        Path authority = Files.writeString(directory.resolve("ca.crt"), "one");
        Path certificate = Files.writeString(directory.resolve("client.crt"), "two");
        Path key = Files.writeString(directory.resolve("client.key"), "three");
        ClientTls tls = ClientTls.files(authority, certificate, key);

        TlsMaterial first = tls.source().read();
        assertThat(first).isEqualTo(new TlsMaterial("one", "two", "three"));
        assertThat(tls.source().read()).isSameAs(first);
        Files.writeString(key, "seven");
        Files.setLastModifiedTime(key, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(tls.source().read().key()).isEqualTo("seven");
        assertThat(tls.toString()).contains("ca.crt").doesNotContain("seven");
        Files.delete(key);
        assertThatThrownBy(() -> tls.source().read())
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("client.key");
    }

    @Test
    void certificatesAreMadeAnewAtHalfOfTheirLife() {
        AtomicLong now = new AtomicLong(1);
        AtomicInteger made = new AtomicInteger();
        ClientTls tls = ClientTls.renewed(
                "text", Duration.ofHours(1), now::get, () -> new TlsMaterial("", "", "" + made.incrementAndGet()));

        assertThat(tls.source().read().key()).isEqualTo("1");
        now.addAndGet(Duration.ofMinutes(29).toNanos());
        assertThat(tls.source().read().key()).isEqualTo("1");
        now.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(tls.source().read().key()).isEqualTo("2");
    }

    @ParameterizedTest
    @CsvSource({
        "memberID:10276657743932975437 alarm:NOSPACE, NO_SPACE",
        "memberID:10276657743932975437 alarm:CORRUPT, CORRUPT",
        "memberID:10276657743932975437 alarm:NONE,",
        "etcdserver: no leader,",
    })
    void alarmsInAStatus(String text, EtcdAlarm.Kind kind) {
        assertThat(HealthLook.alarm(text))
                .isEqualTo(Optional.ofNullable(kind).map(known -> new EtcdAlarm("8e9e05c52164694d", known)));
    }

    @Test
    void theEndOfAPrefix() {
        assertThat(KeyPages.endOf("/a".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .containsExactly('/', 'b');
        assertThat(KeyPages.endOf(new byte[] {1, (byte) 0xff})).containsExactly(2);
        assertThat(KeyPages.endOf(new byte[] {(byte) 0xff, (byte) 0xff})).containsExactly(0);
        assertThat(KeyPages.endOf(new byte[0])).containsExactly(0);
        assertThat(List.of(
                        MemberChoice.leastMissed().toString(),
                        MemberChoice.named("etcd-1").toString()))
                .containsExactly("the member that is missed least", "member etcd-1");
    }
}
