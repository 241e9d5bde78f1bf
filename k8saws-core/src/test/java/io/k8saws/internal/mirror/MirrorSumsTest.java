package io.k8saws.internal.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Files of sums are read from where the spec says that programs come")
class MirrorSumsTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final List<Duration> pauses = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server;
    private GuardedClients aws;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        aws = GuardedClients.open(AwsAccess.of("eu-west-1"), ResiliencePolicy.defaults(), Sleeper.system());
    }

    @AfterEach
    void close() {
        end.countDown();
        server.stop(0);
        aws.close();
    }

    private MirrorSums sums() {
        ResiliencePolicy policy =
                ResiliencePolicy.defaults().withTimeouts(Duration.ofMillis(300), Duration.ofSeconds(1));
        return new MirrorSums(aws, policy, (pause, why) -> pauses.add(pause));
    }

    private String serve(int status, String text) {
        return serve(exchange -> answer(exchange, status, text));
    }

    private String serve(com.sun.net.httpserver.HttpHandler handler) {
        server.createContext("/kubelet.sha256", exchange -> {
            asked.incrementAndGet();
            handler.handle(exchange);
        });
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/kubelet.sha256";
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    private void awaitTheEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFileIsReadAsItIs() {
        assertThat(sums().read(serve(200, "abc  kubelet\n"))).isEqualTo("abc  kubelet\n");
        assertThat(asked).hasValue(1);
    }

    @Test
    void whatIsNotThere_isToldAtOnce_withWhatToDo() {
        String address = serve(404, "not found");

        assertThatThrownBy(() -> sums().read(address))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining(address)
                .hasMessageContaining("there is no such file")
                .hasMessageContaining("assets.mirror");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aServerThatFailsOnceIsAskedAgain() {
        String address = serve(exchange -> answer(exchange, asked.get() == 1 ? 503 : 200, "abc\n"));

        assertThat(sums().read(address)).isEqualTo("abc\n");
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void aServerThatGoesOnFailingIsToldAfterTheThirdTime() {
        String address = serve(503, "");

        assertThatThrownBy(() -> sums().read(address)).hasMessageContaining("it answers 503");
        assertThat(asked).hasValue(3);
    }

    @Test
    void aServerThatDoesNotAnswerHoldsNobodyUp() {
        String address = serve(exchange -> awaitTheEnd());

        assertThatThrownBy(() -> sums().read(address)).hasMessageContaining("timed out");
    }

    @Test
    void whatIsLongerThanAFileOfSumsIsNotReadToItsEnd() {
        String address = serve(200, "x".repeat(2 << 20));

        assertThatThrownBy(() -> sums().read(address)).hasMessageContaining("longer than a file of sums");
    }

    @Test
    void whoCannotBeReachedIsNamed() {
        String address = serve(200, "");
        server.stop(0);

        assertThatThrownBy(() -> sums().read(address)).hasMessageContaining(address);
    }
}
