package io.k8saws.internal.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Pods that started before all authorities were written know too few")
class RootTrustTest {
    private static final Map<String, Instant> WRITTEN = Map.of("default", Instant.parse("2026-11-27T10:00:00Z"));

    private static Map<String, Object> pod(String started, Map<String, Object> metadata, Map<String, Object> status) {
        Map<String, Object> meta = new HashMap<>(Map.of(
                "namespace", "default", "name", "web", "ownerReferences", List.of(Map.of("kind", "ReplicaSet"))));
        meta.putAll(metadata);
        Map<String, Object> state = new HashMap<>(Map.of("startTime", started, "phase", "Running"));
        state.putAll(status);
        return Map.of(
                "metadata",
                meta,
                "status",
                state,
                "spec",
                Map.of(
                        "volumes",
                        List.of(
                                Map.of("emptyDir", Map.of()),
                                Map.of(
                                        "projected",
                                        Map.of(
                                                "sources",
                                                List.of(
                                                        Map.of("serviceAccountToken", Map.of()),
                                                        Map.of("configMap", Map.of("name", "kube-root-ca.crt"))))))));
    }

    private static boolean stale(String started, Map<String, Object> metadata, Map<String, Object> status) {
        return !RootTrust.stale(List.of(pod(started, metadata, status)), WRITTEN)
                .isEmpty();
    }

    @Test
    void whatStartedBefore_leaves_andWhatStartedAfterStays() {
        assertThat(stale("2026-11-27T09:59:59Z", Map.of(), Map.of())).isTrue();
        assertThat(stale("2026-11-27T10:00:00Z", Map.of(), Map.of()))
                .as("in the same second nobody can tell")
                .isTrue();
        assertThat(stale("2026-11-27T10:00:01Z", Map.of(), Map.of())).isFalse();
    }

    @Test
    void whatWouldNotComeBack_orIsGoing_orDoesNotMountThem_stays() {
        String early = "2026-11-27T09:00:00Z";

        assertThat(stale(early, Map.of("ownerReferences", List.of()), Map.of())).isFalse();
        assertThat(stale(early, Map.of("deletionTimestamp", "2026-11-27T10:00:00Z"), Map.of()))
                .isFalse();
        assertThat(stale(early, Map.of("annotations", Map.of("kubernetes.io/config.mirror", "x")), Map.of()))
                .isFalse();
        assertThat(stale(early, Map.of(), Map.of("phase", "Succeeded"))).isFalse();
        assertThat(stale(early, Map.of("namespace", "other"), Map.of())).isFalse();
        assertThat(RootTrust.stale(
                        List.of(Map.of(
                                "metadata",
                                Map.of("namespace", "default", "ownerReferences", List.of(Map.of("kind", "Node"))),
                                "status",
                                Map.of("startTime", early, "phase", "Running"),
                                "spec",
                                Map.of())),
                        WRITTEN))
                .isEmpty();
    }
}
