package io.k8saws.bootstrap;

/**
 * A key with which a cluster's API servers encrypt what they keep in etcd, told without the key itself.
 *
 * @param provider {@code secretbox} or {@code kms}
 * @param name the name that stands before each value in etcd
 * @param fingerprint of a key that lies in the cluster's bucket the SHA-256 of its bytes, 64 hexadecimal digits; of a key of AWS KMS its name there
 */
public record SecretsKey(String provider, String name, String fingerprint) {}
