package io.k8saws.cluster;

import java.util.Optional;
import org.immutables.value.Value;

/**
 * The kinds of the cluster's keys, and how they lie in its bucket. A change never makes a key anew that is there: the keys that the cluster rests on follow with their
 * next generation, the certificates of machines with the next apply. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class KeysSpec implements WithKeysSpec {

    KeysSpec() {}

    /**
     * Starts a description with the library's defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the kind of all keys: of authorities and of certificates.
     *
     * @return elliptic curve P-256 by default
     */
    @Value.Default
    public KeyType type() {
        return KeyType.ECDSA_P256;
    }

    /**
     * Returns the kind of the key that signs service accounts' tokens, where it shall be another one: AWS IAM and others that check tokens know RSA, and not all know
     * elliptic curves.
     *
     * @return empty by default: as {@link #type()}
     */
    public abstract Optional<KeyType> serviceAccounts();

    /**
     * Returns the ARN of an AWS KMS key of yours, in the cluster's region, with which S3 encrypts the cluster's keys and the secret files of machines in its bucket
     * (SSE-KMS with a bucket key). Keys that were written before keep the encryption that they have. The workers' way in, which machines write and which lives for two
     * hours, is always encrypted by S3's own keys.
     *
     * @return empty by default: encrypted by S3's own keys
     */
    public abstract Optional<String> kmsKey();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code ecdsa_p256, tokens rsa_2048, kms}. */
    @Override
    public String toString() {
        return Names.lower(type())
                + serviceAccounts().map(type -> ", tokens " + Names.lower(type)).orElse("")
                + kmsKey().map(key -> ", kms").orElse("");
    }

    /** Builds a {@link KeysSpec}. Not thread-safe. Its {@code build()} checks nothing: the {@link ClusterSpec} does. */
    public static final class Builder extends ImmutableKeysSpec.Builder {
        Builder() {}
    }
}
