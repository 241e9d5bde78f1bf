package io.k8saws.samples;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Reads and writes by a cluster's API all the time, with a connection for each turn as kubectl has one, and asks the pods of a Deployment. None of it is tried twice.
 */
final class ApiLoad implements AutoCloseable {
    private final Supplier<Config> config;
    private final AtomicInteger turns = new AtomicInteger();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private volatile boolean ended;

    private ApiLoad(Supplier<Config> config) {
        this.config = config;
    }

    static ApiLoad start(Config config) {
        return start(() -> config);
    }

    /** With credentials that are asked for at each turn. */
    static ApiLoad start(Supplier<Config> config) {
        ApiLoad load = new ApiLoad(config);
        load.loop.execute(load::run);
        return load;
    }

    private void run() {
        while (!ended) {
            turn();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    private void turn() {
        int number = turns.incrementAndGet();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config.get()).build()) {
            String word = "turn-" + number;
            client.resource(map(word)).createOr(existing -> existing.update());
            ConfigMap read =
                    client.configMaps().inNamespace("default").withName("load").get();
            if (!word.equals(read.getData().get("word"))) {
                failures.add(Instant.now() + " read " + read.getData() + " after " + word);
            }
            ask(client);
        } catch (RuntimeException e) {
            failures.add(Instant.now() + " " + e + (e.getCause() == null ? "" : ": " + e.getCause()));
        }
    }

    private static ConfigMap map(String word) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("load")
                .withNamespace("default")
                .endMetadata()
                .addToData("word", word)
                .build();
    }

    /** One of the pods that are ready must answer. */
    private void ask(KubernetesClient client) {
        List<Pod> ready = client.pods().inNamespace("default").withLabel("app", "web").list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && Readiness.isPodReady(pod))
                .toList();
        StringBuilder why = new StringBuilder("pods that are ready: " + ready.size());
        for (Pod pod : ready) {
            String name = pod.getMetadata().getName();
            try {
                String answer = client.raw("/api/v1/namespaces/default/pods/" + name + ":8080/proxy/");
                if (answer != null && answer.strip().equals(name)) {
                    return;
                }
                why.append("; ").append(name).append(" answered ").append(answer);
            } catch (KubernetesClientException e) {
                why.append("; ").append(name).append(": ").append(e.getMessage());
            }
        }
        failures.add(Instant.now() + " " + why);
    }

    int turns() {
        return turns.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        ended = true;
        loop.shutdown();
        try {
            if (!loop.awaitTermination(30, TimeUnit.SECONDS)) {
                loop.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
