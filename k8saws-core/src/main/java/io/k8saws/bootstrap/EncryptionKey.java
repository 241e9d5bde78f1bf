package io.k8saws.bootstrap;

import io.k8saws.internal.text.Sha256;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A key with which the API server encrypts Secrets in etcd: 32 bytes for secretbox. Nothing prints it. Immutable.
 */
public final class EncryptionKey {
    private static final int BYTES = 32;

    private final String name;
    private final byte[] secret;

    private EncryptionKey(String name, byte[] secret) {
        this.name = name;
        this.secret = secret;
    }

    /**
     * Makes a new key.
     *
     * @param name its name, which etcd keeps beside each value: a further key needs another name
     * @return a key of 32 random bytes
     */
    public static EncryptionKey generate(String name) {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return new EncryptionKey(name, secret);
    }

    /**
     * Takes a key over.
     *
     * @param name its name
     * @param secret 32 bytes
     * @return the key
     * @throws IllegalArgumentException when there are more or fewer bytes
     */
    public static EncryptionKey of(String name, byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException(
                    "Take encryption key " + name + " over: it has " + secret.length + " bytes. Give " + BYTES + ".");
        }
        return new EncryptionKey(name, secret.clone());
    }

    /**
     * Tells keys of the same name apart. The key has 32 random bytes, so nobody finds it by trying.
     *
     * @return the SHA-256 of its bytes, 64 hexadecimal digits
     */
    public String fingerprint() {
        return Sha256.hex(secret);
    }

    /**
     * Returns the file that the API server reads ({@code EncryptionConfiguration} of apiserver.config.k8s.io/v1). It is a secret: it belongs under
     * {@link Bootstrap#secretPrefix} of the control plane and nowhere else.
     *
     * @param keys the keys; the first encrypts, all decrypt. Values that were written before encryption stay readable
     * @return the file's text
     */
    public static String configuration(List<EncryptionKey> keys) {
        return configuration(keys, false);
    }

    /**
     * Returns the file that the API server reads, for a cluster whose Secrets were not encrypted, too.
     *
     * @param keys the keys; all decrypt
     * @param plainFirst whether Secrets are still written without encryption; else the first key encrypts
     * @return the file's text
     */
    public static String configuration(List<EncryptionKey> keys, boolean plainFirst) {
        return configuration(keys, plainFirst, KmsUse.NONE);
    }

    /** The same with AWS KMS: as the first it encrypts, as the second it only decrypts. */
    static String configuration(List<EncryptionKey> keys, boolean plainFirst, KmsUse kms) {
        List<Map<String, Object>> entries = keys.stream()
                .map(key -> new Fields()
                        .put("name", key.name)
                        .put("secret", key.text())
                        .asMap())
                .collect(Collectors.toUnmodifiableList());
        return Yaml.text(Fields.of("apiserver.config.k8s.io/v1", "EncryptionConfiguration")
                .put(
                        "resources",
                        List.of(new Fields()
                                .put("resources", List.of("secrets"))
                                .put("providers", providers(entries, plainFirst, kms))
                                .asMap())));
    }

    private static List<Object> providers(List<Map<String, Object>> keys, boolean plainFirst, KmsUse kms) {
        List<Object> providers = new ArrayList<>();
        if (!keys.isEmpty()) {
            providers.add(Map.of("secretbox", Map.of("keys", keys)));
        }
        kms.provider().ifPresent(provider -> providers.add(kms == KmsUse.ENCRYPTS ? 0 : providers.size(), provider));
        providers.add(plainFirst ? 0 : providers.size(), Map.of("identity", Map.of()));
        return providers;
    }

    /** The secret in base 64. */
    String text() {
        return Base64.getEncoder().encodeToString(secret);
    }

    /** Returns the name alone. */
    @Override
    public String toString() {
        return "encryption key " + name;
    }
}
