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
        Deque<Optional<String>> versions = new ArrayDeque<>(
                List.of(Optional.empty(), Optional.of("1.36.2"), Optional.empty(), Optional.of("1.37.0")));
        ClusterKubernetes kubernetes =
                new ClusterKubernetes("payments", "1.36.1", () -> told(versions), () -> told(answers));

        AtRestKey one = new AtRestKey("secretbox", "secrets-encryption-1", "aa", 0);
        assertThat(kubernetes.get()).isEqualTo(new KubernetesFacts("v1.36.1", List.of()));
        assertThat(kubernetes.get()).isEqualTo(new KubernetesFacts("v1.36.2", List.of(one)));
        assertThat(kubernetes.get()).isEqualTo(new KubernetesFacts("v1.36.2", List.of(one)));
        assertThat(kubernetes.get())
                .isEqualTo(new KubernetesFacts(
                        "v1.37.0", List.of(new AtRestKey("secretbox", "secrets-encryption-2", "bb", 0), one)));
    }

    private static <T> T told(Deque<Optional<T>> answers) {
        return answers.remove().orElseThrow(() -> new K8sAwsException("Read it", "the bucket is away", "wait"));
    }
}
