package io.k8saws.etcd.backup;

/**
 * A key with which the API server encrypts what it keeps. A backup is of no use without it.
 *
 * @param provider such as {@code aescbc}, {@code secretbox} or {@code kms}
 * @param name the key's name in the {@code EncryptionConfiguration}, for {@code kms} the name of the plug-in
 * @param fingerprint what tells keys of the same name apart, for example the SHA-256 of the key; empty if nobody gave one. Never the key
 * @param values how many values of the snapshot were encrypted with it; 0 if it was only given
 */
public record AtRestKey(String provider, String name, String fingerprint, long values) {
    boolean isNamed(AtRestKey other) {
        return provider.equals(other.provider) && name.equals(other.name);
    }
}
