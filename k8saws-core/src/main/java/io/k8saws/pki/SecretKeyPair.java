package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.text.Sha256;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A private key with its public key. The private half is printed by nothing: not by {@link #toString()}, no exception, no log, no serialization. It leaves
 * only through {@link #privateKeyPem()}. Immutable and thread-safe; two are equal when their public keys are.
 */
public final class SecretKeyPair implements Signer {
    private final KeyAlgorithm algorithm;
    private final PublicKey publicKey;
    private final PrivateKey privateKey;

    private SecretKeyPair(KeyAlgorithm algorithm, PublicKey publicKey, PrivateKey privateKey) {
        this.algorithm = algorithm;
        this.publicKey = publicKey;
        this.privateKey = privateKey;
    }

    /**
     * Makes a new key pair with the JDK's strongest default source of randomness.
     *
     * @param algorithm what kind of key
     * @return the key pair
     */
    public static SecretKeyPair generate(KeyAlgorithm algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.family());
            if (algorithm.isRsa()) {
                generator.initialize(algorithm.bits());
            } else {
                generator.initialize(new ECGenParameterSpec(algorithm.curveName()));
            }
            KeyPair pair = generator.generateKeyPair();
            return new SecretKeyPair(algorithm, pair.getPublic(), pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new K8sAwsException(
                    "Make a key of " + algorithm,
                    "this Java runtime cannot (" + e.getMessage() + ")",
                    "run on a JDK that has the modules java.base and jdk.crypto.ec",
                    Map.of(),
                    e);
        }
    }

    /**
     * Reads a private key. The public key is computed from it.
     *
     * @param pem a text with one private key in PEM (RFC 7468): PKCS #8 ({@code PRIVATE KEY}), SEC 1 ({@code EC PRIVATE KEY}) or PKCS #1
     *     ({@code RSA PRIVATE KEY}), as kubeadm and OpenSSL write them
     * @return the key pair
     * @throws K8sAwsException when there is no such key, when it is encrypted or of another algorithm; the message quotes nothing of the text
     */
    public static SecretKeyPair fromPem(String pem) {
        return of(PrivateKeyPem.read(pem));
    }

    private static SecretKeyPair of(PrivateKey key) {
        try {
            if (key instanceof RSAPrivateCrtKey rsa) {
                PublicKey publicKey = KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
                Optional<KeyAlgorithm> algorithm = KeyAlgorithm.of(publicKey);
                if (algorithm.isPresent()) {
                    return new SecretKeyPair(algorithm.get(), publicKey, key);
                }
            }
            if (key instanceof ECPrivateKey ec) {
                Optional<KeyAlgorithm> algorithm =
                        KeyAlgorithm.ofOrder(ec.getParams().getOrder());
                if (algorithm.isPresent()) {
                    return new SecretKeyPair(algorithm.get(), publicKey(ec, algorithm.get()), key);
                }
            }
        } catch (GeneralSecurityException e) {
            throw PrivateKeyPem.unreadable(
                    "its numbers are no valid key (" + e.getClass().getSimpleName() + ")");
        }
        throw PrivateKeyPem.unreadable("its algorithm or size is not one of " + KeyAlgorithm.known());
    }

    /** The JDK has no public way from a private key to its public one. */
    private static PublicKey publicKey(ECPrivateKey key, KeyAlgorithm algorithm) throws GeneralSecurityException {
        org.bouncycastle.math.ec.ECPoint point =
                algorithm.curve().getG().multiply(key.getS()).normalize();
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(
                                point.getAffineXCoord().toBigInteger(),
                                point.getAffineYCoord().toBigInteger()),
                        key.getParams()));
    }

    /**
     * Returns what kind of key it is.
     *
     * @return the algorithm
     */
    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    /**
     * Returns the public half.
     *
     * @return the public key
     */
    public PublicKey publicKey() {
        return publicKey;
    }

    /**
     * Returns the public half as text, as {@code sa.pub} holds it.
     *
     * @return PEM, {@code PUBLIC KEY} (RFC 7468, section 13), ending with a line feed
     */
    public String publicKeyPem() {
        return Pem.block("PUBLIC KEY", publicKey.getEncoded());
    }

    /**
     * Returns <b>the secret</b>: the only way in which it leaves this object. Write it to a file of mode 0600, or to a store that only its reader may read;
     * never into user data or a log.
     *
     * @return PEM, PKCS #8 ({@code PRIVATE KEY}, RFC 7468, section 10), ending with a line feed
     */
    public String privateKeyPem() {
        return Pem.block("PRIVATE KEY", privateKey.getEncoded());
    }

    /**
     * Returns the key's name in a {@link Rotation}. The service-account token's {@code kid} is the same hash in base64url.
     *
     * @return SHA-256 of the public key's DER (SubjectPublicKeyInfo), 64 lower-case hexadecimal digits
     */
    public String id() {
        return id(publicKey);
    }

    static String id(PublicKey key) {
        return Sha256.hex(key.getEncoded());
    }

    @Override
    public byte[] sign(byte[] toBeSigned, SignatureAlgorithm signatureAlgorithm) {
        try {
            Signature signature = Signature.getInstance(signatureAlgorithm.jdkName());
            signature.initSign(privateKey);
            signature.update(toBeSigned);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new K8sAwsException(
                    "Sign with a key of " + algorithm,
                    "it cannot make a signature of " + signatureAlgorithm + " ("
                            + e.getClass().getSimpleName() + ")",
                    "use " + algorithm.signature() + " with this key",
                    Map.of("key", id()),
                    null);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretKeyPair pair && pair.publicKey.equals(publicKey);
    }

    @Override
    public int hashCode() {
        return publicKey.hashCode();
    }

    /** Returns the algorithm and the start of {@link #id()}; nothing of the private key. */
    @Override
    public String toString() {
        return algorithm + " key " + id().substring(0, 12) + " (private key not shown)";
    }
}
