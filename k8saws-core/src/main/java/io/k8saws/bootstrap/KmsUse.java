package io.k8saws.bootstrap;

import io.k8saws.cluster.KubernetesSpec;
import io.k8saws.cluster.SecretsEncryption;
import java.util.Map;
import java.util.Optional;

/** What the API server asks AWS KMS for. */
enum KmsUse {
    /** Nothing. */
    NONE,
    /** New Secrets are encrypted by it. */
    ENCRYPTS,
    /** It reads what it has encrypted before. */
    DECRYPTS;

    static final String NAME = "aws-kms";

    /** The folder of the plug-in's socket; it stays when the plug-in starts anew, because the API server's pod has it mounted. */
    static final String FOLDER = "/run/k8saws-kms";

    static final String SOCKET = FOLDER + "/socket.sock";

    static KmsUse of(KubernetesSpec spec) {
        if (spec.secretsKmsKey().isEmpty() || spec.secretsEncryption() == SecretsEncryption.NONE) {
            return NONE;
        }
        return spec.secretsEncryption() == SecretsEncryption.KMS ? ENCRYPTS : DECRYPTS;
    }

    /** The provider (Kubernetes, "Using a KMS provider for data encryption"). Its name stands before each value in etcd, so it never changes. */
    Optional<Map<String, Object>> provider() {
        return this == NONE
                ? Optional.empty()
                : Optional.of(Map.of(
                        "kms",
                        new Fields()
                                .put("apiVersion", "v2")
                                .put("name", NAME)
                                .put("endpoint", "unix://" + SOCKET)
                                .put("timeout", "3s")
                                .asMap()));
    }

    /** As it stands in descriptions of secret files; nothing for {@link #NONE}. */
    String words() {
        return switch (this) {
            case NONE -> "";
            case ENCRYPTS -> ", after KMS";
            case DECRYPTS -> ", before KMS";
        };
    }
}
