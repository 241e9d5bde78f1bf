package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.error.OperationCancelledException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With answers that are made up, on the loopback address, and a clock that jumps. */
class GuardedKubernetesTest {
    private static final String STATUS = """
            {"kind": "Status", "status": "Failure", "reason": "%s", "message": "%s", "code": %d}""";

    private final Deque<Reply> replies = new ArrayDeque<>();
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<Duration> pauses = new ArrayList<>();
    private HttpServer server;
    private KubernetesClient client;
    private GuardedKubernetes kubernetes;
    private long now;

    private record Reply(int code, String body, String retryAfter) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + (body.isEmpty() ? "" : " " + body));
            Reply reply = replies.size() > 1 ? replies.remove() : replies.element();
            if (!reply.retryAfter().isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", reply.retryAfter());
            }
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.code(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/")
                        .build())
                .build();
        Sleeper sleeper = new Sleeper() {
            @Override
            public void sleep(Duration pause, String why) {
                pauses.add(pause);
                now += pause.toNanos();
            }

            @Override
            public long nanoTime() {
                return now;
            }
        };
        kubernetes = new GuardedKubernetes(client, ResiliencePolicy.defaults(), sleeper);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private void reply(int code, String reason) {
        replies.add(new Reply(code, STATUS.formatted(reason, "no " + reason, code), ""));
    }

    @Test
    void aServerInTroubleIsAskedAgain() {
        reply(503, "ServiceUnavailable");
        reply(500, "InternalError");
        replies.add(new Reply(200, "{\"kind\": \"Thing\"}", ""));

        assertThat(kubernetes.get("/things/a")).contains(Map.of("kind", "Thing"));

        assertThat(seen).hasSize(3).containsOnly("GET /things/a");
        assertThat(pauses).hasSize(2).allMatch(pause -> pause.compareTo(Duration.ofMillis(400)) <= 0);
    }

    @Test
    void whoAsksForPatienceGetsIt() {
        replies.add(new Reply(429, "", "7"));
        replies.add(new Reply(200, "{}", ""));

        assertThat(kubernetes.get("/things/a")).contains(Map.of());

        assertThat(pauses).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void attemptsAndTimeAreLimited() {
        reply(503, "ServiceUnavailable");

        KubernetesCallException few =
                catchThrowableOfType(KubernetesCallException.class, () -> kubernetes.get("/things/a"));
        assertThat(few.failure().attempts()).isEqualTo(10);
        assertThat(few.retryable()).isTrue();
        assertThat(few)
                .hasMessage("Call Kubernetes: GET /things/a: the API server answered 503: no ServiceUnavailable."
                        + " See that the API server is well, and try again."
                        + " [status=503 reason=ServiceUnavailable attempts=10]");
        replies.clear();
        replies.add(new Reply(429, "", "99"));
        seen.clear();

        assertThatThrownBy(() -> kubernetes.get("/things/a")).isInstanceOf(KubernetesCallException.class);
        assertThat(seen).as("three minutes are over").hasSize(2);
    }

    @Test
    void whatIsRefusedIsNotSentAgain() {
        replies.add(new Reply(409, """
                {"reason": "Conflict", "message": "no", "details": {"causes": [
                  {"reason": "FieldManagerConflict", "message": "conflict with \\"x\\"", "field": ".spec.a"}]}}
                """, ""));

        KubernetesCallException conflict = catchThrowableOfType(
                KubernetesCallException.class,
                () -> kubernetes.apply("/things/a", Map.of("kind", "Thing"), "me", false, true));

        assertThat(seen)
                .containsExactly("PATCH /things/a?fieldManager=me&force=false&fieldValidation=Strict&dryRun=All"
                        + " {\"kind\":\"Thing\"}");
        assertThat(conflict.failure().causes())
                .containsExactly(
                        new KubernetesCallException.Cause("FieldManagerConflict", "conflict with \"x\"", ".spec.a"));
        assertThat(conflict.retryable()).isFalse();
    }

    @Test
    void aBudgetThatHoldsAPodIsAnAnswer_andIsNotAskedTenTimes() {
        replies.add(new Reply(429, """
                {"reason": "TooManyRequests", "message": "Cannot evict pod as it would violate the pod's disruption budget.",
                 "details": {"causes": [{"reason": "DisruptionBudget",
                   "message": "The disruption budget web needs 1 healthy pods and has 1 currently"}]}}
                """, ""));
        replies.add(new Reply(
                500,
                STATUS.formatted(
                        "InternalError",
                        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                        500),
                ""));

        KubernetesCallException held =
                catchThrowableOfType(KubernetesCallException.class, () -> kubernetes.evict("shop", "web-1", "u"));
        KubernetesCallException two =
                catchThrowableOfType(KubernetesCallException.class, () -> kubernetes.evict("shop", "web-1", "u"));

        assertThat(held.retryable()).isFalse();
        assertThat(held.statusCode()).isEqualTo(429);
        assertThat(held.failure().causes())
                .extracting(KubernetesCallException.Cause::reason)
                .containsExactly("DisruptionBudget");
        assertThat(two.retryable()).isFalse();
        assertThat(pauses).isEmpty();
        assertThat(seen).hasSize(2).allSatisfy(request -> assertThat(request)
                .startsWith("POST /api/v1/namespaces/shop/pods/web-1/eviction {")
                .contains("\"preconditions\":{\"uid\":\"u\"}"));
    }

    @Test
    void aServerThatHasTooMuchToDoIsAskedAgainToEvict() {
        reply(429, "TooManyRequests");
        replies.add(new Reply(201, "{}", ""));

        assertThat(kubernetes.evict("shop", "web-1", "u")).isTrue();
        assertThat(seen).hasSize(2);
    }

    @Test
    void fieldsAreSetAndRemoved() {
        replies.add(new Reply(200, "{}", ""));
        Map<String, Object> fields = new HashMap<>();
        fields.put("mark", null);

        assertThat(kubernetes.merge("/things/a", fields)).isTrue();
        assertThat(kubernetes.list("/things", "", "spec.nodeName=i-1")).isEmpty();
        assertThat(seen)
                .containsExactly(
                        "PATCH /things/a {\"mark\":null}", "GET /things?limit=500&fieldSelector=spec.nodeName%3Di-1");
    }

    @Test
    void pagesAreFollowed() {
        replies.add(new Reply(200, "{\"metadata\": {\"continue\": \"x=\"}, \"items\": [{\"a\": 1}]}", ""));
        replies.add(new Reply(200, "{\"metadata\": {}, \"items\": [{\"a\": 2}]}", ""));

        assertThat(kubernetes.list("/things", "a=b")).containsExactly(Map.of("a", 1), Map.of("a", 2));

        assertThat(seen)
                .containsExactly(
                        "GET /things?limit=500&labelSelector=a%3Db",
                        "GET /things?limit=500&labelSelector=a%3Db&continue=x%3D");
    }

    @Test
    void whatIsNotThereIsNoError() {
        reply(404, "NotFound");

        assertThat(kubernetes.get("/things/a")).isEmpty();
        assertThat(kubernetes.list("/things", "")).isEmpty();
        assertThat(kubernetes.delete("/things/a", "1")).isFalse();
        assertThat(kubernetes.merge("/things/a", Map.of())).isFalse();
        assertThat(kubernetes.evict("shop", "web-1", "u")).isFalse();
        assertThat(seen.get(2)).startsWith("DELETE /things/a {").contains("\"preconditions\":{\"uid\":\"1\"}");
    }

    @Test
    void somebodyElsesAnswerIsTold() {
        replies.add(new Reply(404, "", ""));
        replies.add(new Reply(403, "<html>no entry</html>", ""));
        assertThat(kubernetes.get("/x")).isEmpty();

        assertThatThrownBy(() -> kubernetes.get("/x"))
                .isInstanceOf(KubernetesCallException.class)
                .hasMessageContaining("answered 403: <html>no entry</html>");
    }

    @Test
    void anInterruptedThreadSendsNothing() {
        replies.add(new Reply(200, "{}", ""));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> kubernetes.get("/x")).isInstanceOf(OperationCancelledException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(seen).isEmpty();
    }
}
