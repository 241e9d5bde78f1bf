package io.k8saws.etcd.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.k8saws.aws.AwsAccess;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** What S3 answers to who asks for locks, from its API reference; emulators answer with less. With a server on loopback that says it. */
class S3LocksTest {
    private static final String HOLD = "legal-hold";
    private static final String RETENTION = "retention";

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private volatile int status = 404;
    private volatile String code = "NoSuchObjectLockConfiguration";
    private volatile String about = "";
    private HttpServer server;
    private BackupStore store;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String query = exchange.getRequestURI().getQuery();
            String question = query.contains(HOLD) ? HOLD : RETENTION;
            asked.add(question);
            boolean meant = about.isEmpty() || about.equals(question);
            byte[] body = ("<Error><Code>" + (meant ? code : "NoSuchObjectLockConfiguration")
                            + "</Code><Message>as S3 says it</Message></Error>")
                    .getBytes(UTF_8);
            try (exchange) {
                exchange.sendResponseHeaders(meant ? status : 404, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        store = BackupStore.s3(
                AwsAccess.builder()
                        .region("eu-west-1")
                        .endpoint(URI.create(
                                "http://127.0.0.1:" + server.getAddress().getPort()))
                        .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
                        .build(),
                S3Location.of("backups"));
    }

    @AfterEach
    void close() {
        store.close();
        server.stop(0);
    }

    private static StoredObject object(Optional<String> version) {
        return new StoredObject("payments/a", 10, Instant.EPOCH, version);
    }

    private boolean shows() {
        return store.showsLocks(object(Optional.of("v1")));
    }

    /** 400 where the bucket has no object lock at all, 404 where it has and this object is not locked; who gets either may ask. */
    @ParameterizedTest
    @CsvSource({"400, InvalidRequest", "404, NoSuchObjectLockConfiguration", "404, ObjectLockConfigurationNotFoundError"
    })
    void whoIsToldThatThereIsNoLockMaySeeLocks(int answered, String text) {
        status = answered;
        code = text;

        assertThat(shows()).isTrue();
        assertThat(asked).containsExactly(HOLD, RETENTION);
    }

    @ParameterizedTest
    @CsvSource({HOLD, RETENTION})
    void whoIsRefusedOneOfTheTwoMayNot(String question) {
        status = 403;
        code = "AccessDenied";
        about = question;

        assertThat(shows()).isFalse();
    }

    /** These are 400, too, and say nothing of locks. */
    @ParameterizedTest
    @CsvSource({"ExpiredToken", "InvalidToken", "AuthorizationHeaderMalformed"})
    void whoIsNotKnownIsToldSo(String text) {
        status = 400;
        code = text;

        assertThatThrownBy(this::shows).isInstanceOf(K8sAwsException.class).hasMessageContaining(text);
    }

    @Test
    void whatElseFailsIsNoAnswer() {
        status = 405;
        code = "MethodNotAllowed";

        assertThatThrownBy(this::shows).isInstanceOf(AwsCallException.class);
    }

    @Test
    void nothingIsAskedWhereThereAreNoVersions() {
        assertThat(store.showsLocks(object(Optional.empty()))).isTrue();
        assertThat(store.showsLocks(object(Optional.of("null")))).isTrue();
        assertThat(asked).isEmpty();
    }
}
