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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told to objects, and what is remembered of it: the server takes each event. */
class ObjectEventsTest {
    private static final ObjectKey WEB = new ObjectKey("Service", "shop", "web");

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private Optional<HasMetadata> object = object("uid-1");
    private HttpServer server;
    private KubernetesClient client;
    private ObjectEvents events;

    private static Optional<HasMetadata> object(String uid) {
        return Optional.of(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("web")
                .withUid(uid)
                .endMetadata()
                .build());
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            taken.add(new String(body, StandardCharsets.UTF_8));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(201, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .build())
                .build();
        events = new ObjectEvents(client, key -> object, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    }

    @AfterEach
    void end() {
        client.close();
        server.stop(0);
    }

    @Test
    void theSameIsToldOnce_andAnObjectThatIsMadeAnewHearsItAgain() {
        events.tell(WEB, ObjectEvents.READY, "a.b");
        events.tell(WEB, ObjectEvents.READY, "a.b");
        assertThat(taken).hasSize(1);

        object = object("uid-2");
        events.tell(WEB, ObjectEvents.READY, "a.b");

        assertThat(taken).hasSize(2);
        assertThat(taken.get(1)).contains("uid-2");
    }

    @Test
    void whatIsGoneIsForgotten() {
        events.tell(WEB, ObjectEvents.ERROR, "bad");
        assertThat(events.isTroubled(WEB)).isTrue();

        object = Optional.empty();
        events.forget(WEB);

        assertThat(events.isTroubled(WEB)).isFalse();
        assertThat(events.remembered()).isZero();
    }
}
