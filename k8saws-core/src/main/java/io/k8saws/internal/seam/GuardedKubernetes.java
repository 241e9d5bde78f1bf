package io.k8saws.internal.seam;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.error.OperationCancelledException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one way by which requests leave for a Kubernetes API. Outside in: deadline, retry, circuit breaker, request. The client's own retries are off. Objects are
 * maps, as JSON has them. Each operation here has the same effect when it is sent twice, so all of them are sent again when the server is in trouble. Safe to use
 * from many threads.
 */
public final class GuardedKubernetes {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
    private static final String JSON_TYPE = "application/json";
    private static final String PAGE = "500";

    /** What HTTP/2's end of a connection is called; an API server so ends each connection of those it does not know, before its answer arrives. */
    private static final String GOODBYE = "GOAWAY";

    /** In these words, and with status 500, an API server refuses to apply an object with a field that its kind does not have. */
    private static final String NOT_TYPED = "failed to create typed patch object";

    /** So an API server names the cause of a 429 to an eviction that a budget does not allow now. */
    private static final String BUDGET = "DisruptionBudget";

    /** In these words, and with status 500, an API server refuses to evict a pod that two budgets count. */
    private static final String TWO_BUDGETS = "more than one PodDisruptionBudget";

    private static final String GOODBYE_HINT =
            "renew the credentials of the client: an API server closes the connections of those it does not know";

    private final HttpClient http;
    private final String server;
    private final ResiliencePolicy policy;
    private final Sleeper sleeper;
    private final CircuitBreaker breaker;

    /**
     * Guards a client. It stays the caller's, who closes it.
     *
     * @param client says where the API is and who asks
     * @param policy how patient to be
     * @param sleeper lets time pass
     */
    public GuardedKubernetes(Client client, ResiliencePolicy policy, Sleeper sleeper) {
        this.http = client.newClient(new RequestConfigBuilder()
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout((int) policy.attemptTimeout().toMillis())
                        .build())
                .getHttpClient();
        this.server = client.getMasterUrl().toString().replaceFirst("/+$", "");
        this.policy = policy;
        this.sleeper = sleeper;
        this.breaker = CircuitBreaker.of(
                "kubernetes",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(50)
                        .minimumNumberOfCalls(25)
                        .failureRateThreshold(80)
                        .waitDurationInOpenState(Duration.ofSeconds(5))
                        .permittedNumberOfCallsInHalfOpenState(5)
                        .automaticTransitionFromOpenToHalfOpenEnabled(false)
                        .recordException(failure -> failure instanceof KubernetesCallException call && call.retryable())
                        .build());
    }

    /**
     * Reads an object, or another document of the API.
     *
     * @param path below the server's address, from {@code /}
     * @return the object; empty when there is none
     * @throws KubernetesCallException if it failed for good
     */
    public Optional<Map<String, Object>> get(String path) {
        return get(path, JSON_TYPE);
    }

    /**
     * Reads a document of the API in a form of one's choice.
     *
     * @param path below the server's address, from {@code /}
     * @param accept the media type, one of JSON
     * @return the document; empty when there is none
     * @throws KubernetesCallException if it failed for good
     */
    public Optional<Map<String, Object>> get(String path, String accept) {
        try {
            return Optional.of(new Request("GET", path, Map.of(), Optional.empty(), "", accept).untilAnswered());
        } catch (KubernetesCallException e) {
            if (e.statusCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Lists objects, page by page.
     *
     * @param path of the kind
     * @param selector a label selector; empty for all
     * @return the objects, as the server tells them; empty also when the server does not know the kind any more, or offers no list
     * @throws KubernetesCallException if it failed for good
     */
    public List<Map<String, Object>> list(String path, String selector) {
        return list(path, selector, "");
    }

    /**
     * Lists objects with certain fields, page by page.
     *
     * @param path of the kind
     * @param selector a label selector; empty for all
     * @param fields a field selector, such as {@code spec.nodeName=i-0a1b}; empty for all
     * @return as {@link #list(String, String)}
     * @throws KubernetesCallException if it failed for good
     */
    public List<Map<String, Object>> list(String path, String selector, String fields) {
        List<Map<String, Object>> items = new ArrayList<>();
        String next = "";
        do {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("limit", PAGE);
            if (!selector.isEmpty()) {
                query.put("labelSelector", selector);
            }
            if (!fields.isEmpty()) {
                query.put("fieldSelector", fields);
            }
            if (!next.isEmpty()) {
                query.put("continue", next);
            }
            Map<String, Object> page;
            try {
                page = call("GET", path, query, Optional.empty(), "");
            } catch (KubernetesCallException e) {
                if (e.statusCode() == 404 || e.statusCode() == 405) {
                    return items;
                }
                throw e;
            }
            if (page.get("items") instanceof List<?> list) {
                list.forEach(item -> items.add(JSON.convertValue(item, MAP)));
            }
            next = page.get("metadata") instanceof Map<?, ?> metadata
                            && metadata.get("continue") instanceof String continued
                    ? continued
                    : "";
        } while (!next.isEmpty());
        return items;
    }

    /**
     * Applies an object on the server's side.
     *
     * @param path the object's
     * @param object the fields that are wanted, and no others
     * @param manager who wants them
     * @param force whether to take fields that another manager set otherwise
     * @param dryRun whether only to tell what would become of it
     * @return the object as it is afterwards
     * @throws KubernetesCallException if it failed for good, with status 409 when another manager has set a field otherwise
     */
    public Map<String, Object> apply(
            String path, Map<String, ?> object, String manager, boolean force, boolean dryRun) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("fieldManager", manager);
        query.put("force", String.valueOf(force));
        query.put("fieldValidation", "Strict");
        if (dryRun) {
            query.put("dryRun", "All");
        }
        return call("PATCH", path, query, Optional.of(object), "application/apply-patch+yaml");
    }

    /**
     * Writes an object that was read, whole.
     *
     * @param path the object's
     * @param object as it was read, with its {@code resourceVersion}
     * @return the object as it is afterwards
     * @throws KubernetesCallException if it failed for good, with status 409 when somebody else has changed the object since, or our own first try was served
     */
    public Map<String, Object> replace(String path, Map<String, ?> object) {
        return call("PUT", path, Map.of(), Optional.of(object), JSON_TYPE);
    }

    /**
     * Sets fields of an object, whoever else manages them, by a JSON merge patch.
     *
     * @param path the object's
     * @param fields what is to be set; null removes
     * @return false when there is no such object
     * @throws KubernetesCallException if it failed for good
     */
    public boolean merge(String path, Map<String, ?> fields) {
        return unlessMissing(() -> call("PATCH", path, Map.of(), Optional.of(fields), "application/merge-patch+json"));
    }

    /**
     * Asks a pod to leave its node, with respect to the budgets that count it. It does so in its own time.
     *
     * @param namespace the pod's
     * @param name the pod's
     * @param uid which pod is meant; another one of the same name stays
     * @return false when there is no such pod
     * @throws KubernetesCallException if it failed for good; with status 429 and the cause {@code DisruptionBudget} when a budget does not let it go now
     */
    public boolean evict(String namespace, String name, String uid) {
        Map<String, Object> eviction = Map.of(
                "apiVersion",
                "policy/v1",
                "kind",
                "Eviction",
                "metadata",
                Map.of("namespace", namespace, "name", name),
                "deleteOptions",
                Map.of("preconditions", Map.of("uid", uid)));
        return unlessMissing(() -> call(
                "POST",
                "/api/v1/namespaces/" + namespace + "/pods/" + name + "/eviction",
                Map.of(),
                Optional.of(eviction),
                JSON_TYPE));
    }

    private static boolean unlessMissing(Runnable call) {
        try {
            call.run();
            return true;
        } catch (KubernetesCallException e) {
            if (e.statusCode() == 404) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Deletes an object and, in the background, what hangs on it.
     *
     * @param path the object's
     * @param uid which object is meant; another one of the same name stays
     * @return false when there is no such object
     * @throws KubernetesCallException if it failed for good
     */
    public boolean delete(String path, String uid) {
        return unlessMissing(() -> call(
                "DELETE",
                path,
                Map.of(),
                Optional.of(Map.of(
                        "apiVersion", "v1",
                        "kind", "DeleteOptions",
                        "propagationPolicy", "Background",
                        "preconditions", Map.of("uid", uid))),
                JSON_TYPE));
    }

    private Map<String, Object> call(
            String method, String path, Map<String, String> query, Optional<Map<String, ?>> body, String type) {
        return new Request(method, path, query, body, type, JSON_TYPE).untilAnswered();
    }

    private static String query(Map<String, String> query) {
        return query.isEmpty()
                ? ""
                : query.entrySet().stream()
                        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String json(Map<String, ?> body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Write an object as JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Map<String, Object> parsed(byte @Nullable [] body) {
        if (body == null || body.length == 0) {
            return Map.of();
        }
        try {
            return JSON.readValue(body, MAP);
        } catch (IOException e) {
            // What stands before the server, such as a load balancer, may answer in its own words.
            return Map.of("message", new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8));
        }
    }

    private static Duration retryAfter(@Nullable String header) {
        return header != null && header.matches("[0-9]{1,2}")
                ? Duration.ofSeconds(Long.parseLong(header))
                : Duration.ZERO;
    }

    private static boolean serverTrouble(int status) {
        return status == 0 || status == 429 || status >= 500;
    }

    /** Whether the server is well and says no, although its status is that of a server in trouble. */
    private static boolean isAnswer(List<KubernetesCallException.Cause> causes, String why) {
        return why.contains(NOT_TYPED)
                || why.contains(TWO_BUDGETS)
                || causes.stream().anyMatch(cause -> cause.reason().equals(BUDGET));
    }

    private static String hint(int status) {
        return switch (status) {
            case 0 -> "see that the API server's name and port are reachable from here";
            case 401 -> "renew the credentials of the client";
            case 403 -> "let an administrator of the cluster do it, or have the rights granted";
            case 409 -> "look at who else changes the object";
            case 400, 422 -> "correct the object";
            default -> serverTrouble(status) ? "see that the API server is well, and try again" : "look at the object";
        };
    }

    private static List<KubernetesCallException.Cause> causes(Map<String, Object> status) {
        List<KubernetesCallException.Cause> causes = new ArrayList<>();
        if (status.get("details") instanceof Map<?, ?> details && details.get("causes") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> cause) {
                    causes.add(new KubernetesCallException.Cause(
                            text(cause, "reason"), text(cause, "message"), text(cause, "field")));
                }
            }
        }
        return causes;
    }

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }

    /** A request with its attempts. Used by one thread. */
    private final class Request {
        private final String method;
        private final String path;
        private final Map<String, String> query;
        private final Optional<Map<String, ?>> body;
        private final String type;
        private final String accept;
        private final String tried;
        private final long started = sleeper.nanoTime();
        private int sent;
        private Duration asked = Duration.ZERO;

        Request(
                String method,
                String path,
                Map<String, String> query,
                Optional<Map<String, ?>> body,
                String type,
                String accept) {
            this.method = method;
            this.path = path;
            this.query = query;
            this.body = body;
            this.type = type;
            this.accept = accept;
            this.tried = "Call Kubernetes: " + method + " " + path;
        }

        Map<String, Object> untilAnswered() {
            Retry.AsyncContext<Map<String, Object>> retries =
                    Retry.of(method, rules()).asyncContext();
            while (true) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationCancelledException(tried);
                }
                try {
                    return breaker.executeCallable(this::send);
                } catch (KubernetesCallException | CallNotPermittedException e) {
                    Duration drawn = Duration.ofMillis(retries.onError(e));
                    Duration pause = asked.compareTo(drawn) > 0 ? asked : drawn;
                    if (drawn.isNegative() || overAfter(pause)) {
                        throw e instanceof KubernetesCallException failure
                                ? failure
                                : failure(0, "", List.of(), "too many requests in a row failed, so it was not sent", e);
                    }
                    sleeper.sleep(pause, tried);
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException("A request throws no checked exception.", e);
                }
            }
        }

        private boolean overAfter(Duration pause) {
            return Duration.ofNanos(sleeper.nanoTime() - started).plus(pause).compareTo(policy.callDeadline()) >= 0;
        }

        private RetryConfig rules() {
            return RetryConfig.<Map<String, Object>>custom()
                    .maxAttempts(policy.maxAttempts())
                    .retryOnException(failure -> failure instanceof CallNotPermittedException
                            || (failure instanceof KubernetesCallException call && call.retryable()))
                    .intervalBiFunction((attempt, outcome) -> Guard.pause(policy, attempt, ThreadLocalRandom.current())
                            .toMillis())
                    .build();
        }

        private Map<String, Object> send() {
            sent++;
            asked = Duration.ZERO;
            HttpRequest.Builder request = http.newHttpRequestBuilder()
                    .uri(server + path + query(query))
                    .timeout(policy.attemptTimeout().toMillis(), TimeUnit.MILLISECONDS);
            request.header("Accept", accept);
            if (body.isPresent()) {
                request.method(method, type, json(body.get()));
            }
            HttpResponse<byte[]> response = answer(http.sendAsync(request.build(), byte[].class));
            Map<String, Object> document = parsed(response.body());
            if (response.isSuccessful()) {
                return document;
            }
            asked = retryAfter(response.header("Retry-After"));
            throw failure(
                    response.code(),
                    text(document, "reason"),
                    causes(document),
                    "the API server answered " + response.code() + ": " + text(document, "message"),
                    null);
        }

        private HttpResponse<byte[]> answer(CompletableFuture<HttpResponse<byte[]>> coming) {
            try {
                return coming.get(policy.attemptTimeout().toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                coming.cancel(true);
                Thread.currentThread().interrupt();
                throw new OperationCancelledException(tried);
            } catch (TimeoutException e) {
                coming.cancel(true);
                throw failure(
                        0,
                        "",
                        List.of(),
                        "no answer came in " + policy.attemptTimeout().toSeconds() + " s",
                        e);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                String words = cause.getMessage() == null ? "" : ": " + cause.getMessage();
                throw failure(
                        0,
                        "",
                        List.of(),
                        "the server cannot be reached (" + cause.getClass().getSimpleName() + words + ")",
                        cause);
            }
        }

        private KubernetesCallException failure(
                int status,
                String reason,
                List<KubernetesCallException.Cause> causes,
                String why,
                @Nullable Throwable cause) {
            return new KubernetesCallException(
                    new KubernetesCallException.Failure(
                            method,
                            path,
                            status,
                            reason,
                            causes,
                            sent,
                            serverTrouble(status) && !isAnswer(causes, why)),
                    why,
                    why.contains(GOODBYE) ? GOODBYE_HINT : hint(why.contains(NOT_TYPED) ? 400 : status),
                    cause);
        }
    }
}
