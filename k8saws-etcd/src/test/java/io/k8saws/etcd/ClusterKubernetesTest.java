package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.AtRestKey;
import io.k8saws.etcd.backup.KubernetesFacts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterKubernetesTest {
    /** A cluster's keys change, and its bucket may be away when another one is to take a backup. */
    @Test
    void keysAreReadAnew_andThoseSeenLastCountWhenTheyCannotBe() {
        SecretsKey first = new SecretsKey("secretbox", "secrets-encryption-1", "aa");
        SecretsKey second = new SecretsKey("secretbox", "secrets-encryption-2", "bb");
        Deque<Optional<List<SecretsKey>>> answers = new ArrayDeque<>(List.of(
                Optional.empty(), Optional.of(List.of(first)), Optional.empty(), Optional.of(List.of(second, first))));
        ClusterKubernetes kubernetes = new ClusterKubernetes("payments", () -> "1.36.1", () -> answers.remove()
                .orElseThrow(() -> new K8sAwsException("Read a key", "the bucket is away", "wait")));

        AtRestKey one = new AtRestKey("secretbox", "secrets-encryption-1", "aa", 0);
        assertThat(kubernetes.get()).isEqualTo(new KubernetesFacts("v1.36.1", List.of()));
        assertThat(kubernetes.get().atRestKeys()).containsExactly(one);
        assertThat(kubernetes.get().atRestKeys()).containsExactly(one);
        assertThat(kubernetes.get().atRestKeys())
                .containsExactly(new AtRestKey("secretbox", "secrets-encryption-2", "bb", 0), one);
    }
}
