package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.etcd.backup.AtRestKey;
import io.k8saws.etcd.backup.KubernetesFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterKubernetesTest {
    @Test
    void keysKeepNameAndFingerprint() {
        assertThat(ClusterKubernetes.facts(
                        "1.37.0",
                        List.of(
                                new SecretsKey("secretbox", "secrets-encryption-2", "bb"),
                                new SecretsKey("kms", "aws-kms", "alias/payments"))))
                .isEqualTo(new KubernetesFacts(
                        "v1.37.0",
                        List.of(
                                new AtRestKey("secretbox", "secrets-encryption-2", "bb", 0),
                                new AtRestKey("kms", "aws-kms", "alias/payments", 0))));
    }
}
