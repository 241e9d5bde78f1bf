package io.k8saws.internal.operate;

import io.k8saws.error.KubernetesCallException;
import io.k8saws.internal.seam.GuardedKubernetes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which pods know all authorities of the API: each reads {@code kube-root-ca.crt} of its namespace, and most do so once, when they start. Those on machines that were replaced
 * before kube-controller-manager had written all authorities there know too few.
 */
final class RootTrust {
    private static final String NAME = "kube-root-ca.crt";
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final int CONFLICT = 409;
    private static final int SERVER_ERROR = 500;
    private static final int TOO_MANY_REQUESTS = 429;

    private final GuardedKubernetes kubernetes;

    RootTrust(GuardedKubernetes kubernetes) {
        this.kubernetes = kubernetes;
    }

    /**
     * Lets pods leave that know too few authorities; their controllers start others.
     *
     * @param authorities how many there are
     * @return what is not yet as it should be; empty when every pod knows all of them
     */
    List<String> renew(int authorities) {
        List<Map<String, Object>> maps = kubernetes.list("/api/v1/configmaps", "", "metadata.name=" + NAME);
        List<String> lacking = new ArrayList<>();
        Map<String, Instant> written = new HashMap<>();
        for (Map<String, Object> map : maps) {
            String namespace = text(map, "metadata", "namespace");
            if (text(map, "data", "ca.crt").split(BEGIN, -1).length - 1 < authorities) {
                lacking.add(NAME + " of namespace " + namespace);
            } else {
                written(map).ifPresent(time -> written.put(namespace, time));
            }
        }
        if (lacking.isEmpty()) {
            stale(kubernetes.list("/api/v1/pods", ""), written).forEach(pod -> {
                evict(pod);
                lacking.add("pod " + text(pod, "metadata", "namespace") + "/" + text(pod, "metadata", "name"));
            });
        }
        return lacking;
    }

    private void evict(Map<String, Object> pod) {
        try {
            kubernetes.evict(
                    text(pod, "metadata", "namespace"), text(pod, "metadata", "name"), text(pod, "metadata", "uid"));
        } catch (KubernetesCallException e) {
            boolean heldOrAnother = e.statusCode() == TOO_MANY_REQUESTS || e.statusCode() == CONFLICT;
            if (!heldOrAnother
                    && e.statusCode()
                            < SERVER_ERROR) { // a budget or two hold it, or another has its name by now: the next look
                // asks again
                throw e;
            }
        }
    }

    /** When it got the content that it has. */
    private static Optional<Instant> written(Map<String, Object> map) {
        return list(object(map, "metadata").get("managedFields")).stream()
                .map(entry -> text(entry, "time"))
                .filter(time -> !time.isEmpty())
                .map(Instant::parse)
                .max(Instant::compareTo);
    }

    /**
     * The pods that started before their namespace's authorities were written. Not those that nothing would start anew, that have ended or are ending, or that do not mount them.
     *
     * @param pods all pods
     * @param written when the authorities were written, by namespace
     */
    static List<Map<String, Object>> stale(List<Map<String, Object>> pods, Map<String, Instant> written) {
        return pods.stream().filter(pod -> isStale(pod, written)).toList();
    }

    private static boolean isStale(Map<String, Object> pod, Map<String, Instant> written) {
        Instant since = written.get(text(pod, "metadata", "namespace"));
        String started = text(pod, "status", "startTime");
        return since != null
                && !started.isEmpty()
                && !Instant.parse(started).isAfter(since)
                && !list(object(pod, "metadata").get("ownerReferences")).isEmpty()
                && text(pod, "metadata", "deletionTimestamp").isEmpty()
                && !object(object(pod, "metadata"), "annotations").containsKey("kubernetes.io/config.mirror")
                && !List.of("Succeeded", "Failed").contains(text(pod, "status", "phase"))
                && mounts(pod);
    }

    private static boolean mounts(Map<String, Object> pod) {
        return list(object(pod, "spec").get("volumes")).stream()
                .flatMap(volume -> list(object(volume, "projected").get("sources")).stream())
                .anyMatch(source -> NAME.equals(text(source, "configMap", "name")));
    }

    private static String text(Map<String, Object> of, String... path) {
        Map<String, Object> at = of;
        for (int i = 0; i < path.length - 1; i++) {
            at = object(at, path[i]);
        }
        return at.get(path[path.length - 1]) instanceof String text ? text : "";
    }

    private static Map<String, Object> object(Map<String, Object> of, String name) {
        return object(of.get(name));
    }

    private static Map<String, Object> object(@Nullable Object value) {
        Map<String, Object> object = new HashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> object.put(String.valueOf(key), each));
        }
        return object;
    }

    private static List<Map<String, Object>> list(@Nullable Object value) {
        return value instanceof List<?> items
                ? items.stream().map(RootTrust::object).toList()
                : List.of();
    }
}
