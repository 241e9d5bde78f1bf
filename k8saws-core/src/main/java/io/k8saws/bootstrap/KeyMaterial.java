package io.k8saws.bootstrap;

import io.k8saws.cluster.KubernetesSpec;
import io.k8saws.error.K8sAwsException;
import io.k8saws.pki.AuthorityRequest;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.ExpiryReport;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.Pem;
import io.k8saws.pki.SecretKeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The texts in which a cluster's keys lie in its bucket, below {@link #prefix()}, where no machine may read. They are secret. */
public final class KeyMaterial {
    /** An authority that would be reported as one that ends soon from its first day on is none to begin with. */
    private static final Duration LEAST_LIFE = ExpiryReport.Thresholds.DEFAULT.soon();

    private static final String CERTIFICATE_END = "-----END CERTIFICATE-----";

    private KeyMaterial() {}

    /**
     * Returns the prefix of all keys.
     *
     * @return {@code nodes/pki/keys/}; then follows {@link KeyGeneration#name()}
     */
    public static String prefix() {
        return "nodes/pki/keys/";
    }

    /**
     * Returns the key of the object in the cluster's bucket.
     *
     * @param generation which one
     * @return such as {@code nodes/pki/keys/authority-etcd-1}
     */
    public static String object(KeyGeneration generation) {
        return prefix() + generation.name();
    }

    /**
     * Makes a new key.
     *
     * @param generation which one
     * @param pki the cluster's certificates, which say of what kind its keys are and how long authorities live
     * @param clock tells now
     * @return the key's text: for an authority its certificate and its private key, for service accounts the private key, for encryption 32 bytes in base 64
     */
    public static String generate(KeyGeneration generation, ClusterPki pki, Clock clock) {
        if (generation.key() == ClusterKey.SERVICE_ACCOUNTS) {
            return SecretKeyPair.generate(pki.keyPairs().get(0).algorithm()).privateKeyPem();
        }
        if (generation.key() == ClusterKey.SECRETS_ENCRYPTION) {
            return EncryptionKey.generate(generation.name()).text() + "\n";
        }
        AuthorityRole role = generation.key().authority().orElseThrow();
        return text(CertificateAuthority.create(request(role, pki), clock));
    }

    private static AuthorityRequest request(AuthorityRole role, ClusterPki pki) {
        return pki.authorities().stream()
                .filter(one -> one.role() == role)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Take the authority " + role + " of cluster "
                        + pki.cluster() + ": it has none. Its authorities are "
                        + pki.authorities().stream().map(AuthorityRequest::role).toList() + "."));
    }

    /**
     * Writes an authority that the user brings. With its private key it is taken as it is. One whose key is elsewhere signs a {@linkplain CertificateAuthority#subordinate
     * subordinate} one with a new key, and that one is the cluster's: machines sign with it, and they trust it alone.
     *
     * @param authority the authority
     * @param role which of the cluster's it is to be
     * @param pki the cluster's certificates, which say of what kind a new key is and how long authorities live
     * @param clock tells now
     * @return the text of the authority that the cluster has
     * @throws io.k8saws.pki.InvalidAuthorityException when its key is elsewhere, and it cannot sign an authority
     * @throws IllegalArgumentException when the cluster has no such authority
     */
    public static String given(CertificateAuthority authority, AuthorityRole role, ClusterPki pki, Clock clock) {
        AuthorityRequest request = request(role, pki);
        return text(authority.key().isPresent() ? authority : authority.subordinate(request, clock));
    }

    /**
     * Checks, without asking its signer, that an authority of the user's can be given to a cluster.
     *
     * @param authority the authority
     * @param role which of the cluster's it is to be
     * @param pki the cluster's certificates
     * @param clock tells now
     * @throws io.k8saws.pki.InvalidAuthorityException when it has ended or ends within 60 days, or its key is elsewhere and it cannot sign an authority
     * @throws IllegalArgumentException when the cluster has no such authority
     */
    public static void requireGivable(CertificateAuthority authority, AuthorityRole role, ClusterPki pki, Clock clock) {
        request(role, pki);
        authority.requireUsable(clock);
        authority.requireLasting(LEAST_LIFE, clock);
    }

    /**
     * Checks that the cluster has no authority with the same key: a rotation to it would change nothing, and whoever trusts one authority would trust what another role's has signed.
     *
     * @param authority an authority of the user's
     * @param present the texts of the cluster's keys
     * @throws io.k8saws.pki.InvalidAuthorityException when one has
     */
    public static void requireOtherKey(CertificateAuthority authority, Map<KeyGeneration, String> present) {
        Map<String, X509Certificate> others = new TreeMap<>();
        present.forEach((generation, text) -> {
            if (generation.key().authority().isPresent()) {
                others.put(generation.name(), certificate(text));
            }
        });
        authority.requireOtherKey(others);
    }

    /**
     * Reads the certificate of an authority, whether it is valid or not.
     *
     * @param text its certificate and its private key
     * @return the certificate
     */
    public static X509Certificate certificate(String text) {
        return Pem.certificates(text.substring(0, endOfCertificate(text)) + "\n")
                .get(0);
    }

    private static String text(CertificateAuthority authority) {
        return authority.certificatePem() + authority.key().orElseThrow().privateKeyPem();
    }

    /**
     * Reads an authority.
     *
     * @param text its certificate and its private key
     * @param clock tells now
     * @return the authority
     * @throws io.k8saws.pki.InvalidAuthorityException when it may not sign, or has ended
     */
    public static CertificateAuthority authority(String text, Clock clock) {
        int key = endOfCertificate(text);
        return CertificateAuthority.of(
                text.substring(0, key) + "\n", text.substring(key).strip() + "\n", clock);
    }

    private static int endOfCertificate(String text) {
        int end = text.lastIndexOf(CERTIFICATE_END);
        if (end < 0) {
            throw new K8sAwsException(
                    "Read an authority of the cluster",
                    "the object has no certificate",
                    "restore an older version of the object below " + prefix() + ": the bucket keeps them",
                    Map.of(),
                    null);
        }
        return end + CERTIFICATE_END.length();
    }

    /**
     * Tells what an encryption key is called in values of etcd, and its fingerprint.
     *
     * @param generation which one
     * @param text the key's text
     * @return the description; it has no secret
     */
    public static SecretsKey secretsKey(KeyGeneration generation, String text) {
        return new SecretsKey(
                "secretbox", generation.name(), encryption(generation, text).fingerprint());
    }

    /**
     * Tells which key of AWS KMS encrypts Secrets or has encrypted them.
     *
     * @param spec what is wanted of Kubernetes
     * @return the description; empty if KMS is not asked
     */
    public static Optional<SecretsKey> secretsKmsKey(KubernetesSpec spec) {
        return KmsUse.of(spec) == KmsUse.NONE
                ? Optional.empty()
                : spec.secretsKmsKey().map(key -> new SecretsKey("kms", KmsUse.NAME, key));
    }

    /** Reads an encryption key; its name is that of its generation, which etcd keeps beside each value. */
    static EncryptionKey encryption(KeyGeneration generation, String text) {
        return EncryptionKey.of(generation.name(), Base64.getDecoder().decode(text.strip()));
    }
}
