package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.backup.KubernetesFacts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LastKnownKubernetesTest {
    /** A backup is not refused because an API server is away. */
    @Test
    void whoCannotSayIt_hasSaidItBefore() {
        Deque<Supplier<KubernetesFacts>> answers = new ArrayDeque<>(List.of(
                LastKnownKubernetesTest::away,
                () -> new KubernetesFacts("v1.36.1", List.of()),
                LastKnownKubernetesTest::away,
                () -> new KubernetesFacts("v1.37.0", List.of()),
                () -> {
                    throw new OperationCancelledException("Ask");
                }));
        LastKnownKubernetes kubernetes =
                new LastKnownKubernetes(() -> answers.remove().get());

        assertThat(kubernetes.get()).isEqualTo(KubernetesFacts.unknown());
        assertThat(kubernetes.get().version()).isEqualTo("v1.36.1");
        assertThat(kubernetes.get().version()).isEqualTo("v1.36.1");
        assertThat(kubernetes.get().version()).isEqualTo("v1.37.0");
        assertThatThrownBy(kubernetes::get).isInstanceOf(OperationCancelledException.class);
    }

    private static KubernetesFacts away() {
        throw new IllegalStateException("connection refused");
    }
}
