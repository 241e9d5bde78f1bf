package io.k8saws.cluster;

/** How the API server encrypts Secrets before it writes them to etcd. */
public enum SecretsEncryption {
    /** Not at all: whoever reads etcd's disks or snapshots reads all Secrets. */
    NONE,

    /** With XSalsa20 and Poly1305 under a key of 32 bytes that lies in the cluster's bucket, where only the control plane reads it. */
    SECRETBOX,

    /**
     * By AWS KMS: the API server asks a plug-in on its machine, which has its data keys encrypted by {@link KubernetesSpec#secretsKmsKey()} (Kubernetes, "Using a KMS
     * provider for data encryption", version 2). What secretbox has encrypted before stays readable.
     */
    KMS
}
