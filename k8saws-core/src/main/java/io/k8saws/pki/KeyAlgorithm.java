package io.k8saws.pki;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/**
 * The kinds of keys that certificates are made for. All of them are known to kubeadm (kubeadm API v1beta4, {@code encryptionAlgorithm}), etcd, and every
 * Kubernetes component.
 */
public enum KeyAlgorithm {
    /** An elliptic curve key on NIST P-256 (RFC 5480): the default, small and about ten times faster to make than RSA. */
    ECDSA_P256("ECDSA-P256", "EC", 256, SignatureAlgorithm.ECDSA_SHA_256),
    /** An elliptic curve key on NIST P-384 (RFC 5480). */
    ECDSA_P384("ECDSA-P384", "EC", 384, SignatureAlgorithm.ECDSA_SHA_384),
    /** An RSA key of 2048 bits (RFC 8017): kubeadm's own default, and what older clients ask for. */
    RSA_2048("RSA-2048", "RSA", 2048, SignatureAlgorithm.RSASSA_PKCS1_V1_5_SHA_256),
    /** An RSA key of 3072 bits. */
    RSA_3072("RSA-3072", "RSA", 3072, SignatureAlgorithm.RSASSA_PKCS1_V1_5_SHA_256),
    /** An RSA key of 4096 bits. */
    RSA_4096("RSA-4096", "RSA", 4096, SignatureAlgorithm.RSASSA_PKCS1_V1_5_SHA_256);

    private final String label;
    private final String family;
    private final int bits;
    private final SignatureAlgorithm signature;

    KeyAlgorithm(String label, String family, int bits, SignatureAlgorithm signature) {
        this.label = label;
        this.family = family;
        this.bits = bits;
        this.signature = signature;
    }

    /**
     * Tells what kind of key a public key is.
     *
     * @param key any public key
     * @return the algorithm; empty for what this library does not sign with, such as Ed25519 or RSA of 1024 bits
     */
    public static Optional<KeyAlgorithm> of(PublicKey key) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.matches(key))
                .findFirst();
    }

    private boolean matches(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return isRsa() && rsa.getModulus().bitLength() == bits;
        }
        return key instanceof ECPublicKey ec
                && !isRsa()
                && hasOrder(ec.getParams().getOrder());
    }

    private boolean hasOrder(BigInteger order) {
        return curve().getN().equals(order);
    }

    /** The algorithm of an elliptic curve with this order. */
    static Optional<KeyAlgorithm> ofOrder(BigInteger order) {
        return Arrays.stream(values())
                .filter(algorithm -> !algorithm.isRsa() && algorithm.hasOrder(order))
                .findFirst();
    }

    /** The curve's parameters; only for elliptic curves. */
    X9ECParameters curve() {
        return CustomNamedCurves.getByName(curveName());
    }

    /** The curve's name in the JDK and in SEC 2. */
    String curveName() {
        return bits == 256 ? "secp256r1" : "secp384r1";
    }

    boolean isRsa() {
        return family.equals("RSA");
    }

    /** The JDK's name of the family of keys. */
    String family() {
        return family;
    }

    /** The size in bits: of the field, or of the modulus. */
    int bits() {
        return bits;
    }

    /**
     * Returns how a key of this kind signs certificates.
     *
     * @return SHA-256, or SHA-384 for P-384
     */
    public SignatureAlgorithm signature() {
        return signature;
    }

    static String known() {
        return Arrays.stream(values()).map(KeyAlgorithm::toString).collect(Collectors.joining(", "));
    }

    /** Returns the name that kubeadm uses, such as {@code ECDSA-P256}. */
    @Override
    public String toString() {
        return label;
    }
}
