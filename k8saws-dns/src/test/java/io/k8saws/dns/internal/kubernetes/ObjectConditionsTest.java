package io.k8saws.dns.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.dns.source.ObjectKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Conditions that may not be written are written when they may")
class ObjectConditionsTest {
    private static final ObjectKey WEB = new ObjectKey("Service", "shop", "web");
    private static final ObjectKey API = new ObjectKey("Service", "shop", "api");
    private static final ObjectConditions.State WELL = new ObjectConditions.State(true, "RecordReady", "a.b");

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private volatile Predicate<String> denies = path -> false;
    private HttpServer server;
    private KubernetesClient client;
    private ObjectConditions conditions;

    private static Optional<HasMetadata> object(ObjectKey key) {
        return Optional.of(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(key.namespace())
                .withName(key.name())
                .withUid("uid-" + key.name())
                .endMetadata()
                .build());
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            boolean denied = denies.test(path);
            if (!denied) {
                taken.add(path);
            }
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(denied ? 403 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .build())
                .build();
        conditions =
                new ObjectConditions(client, ObjectConditionsTest::object, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    }

    @AfterEach
    void end() {
        client.close();
        server.stop(0);
    }

    @Test
    void afterTheRightWasGivenAllAreSaid() {
        denies = path -> true;
        conditions.say(WEB, WELL);
        conditions.say(API, WELL);
        assertThat(conditions.problem()).isPresent();
        assertThat(taken).isEmpty();
        denies = path -> false;

        assertThat(conditions.again()).containsExactly(API, WEB);
        conditions.say(WEB, WELL);
        conditions.say(API, WELL);

        assertThat(taken).hasSize(2);
        assertThat(conditions.problem()).isEmpty();
        assertThat(conditions.again()).isEmpty();
    }

    @Test
    void oneObjectThatIsDeniedAloneKeepsTheOthersForOneTurnOnly() {
        denies = path -> path.contains("/web/");
        conditions.say(WEB, WELL);
        conditions.say(API, WELL);
        conditions.again().forEach(key -> conditions.say(key, WELL));
        conditions.again().forEach(key -> conditions.say(key, WELL));

        assertThat(taken).singleElement().asString().contains("/api/");
        assertThat(conditions.problem()).isPresent();
    }
}
