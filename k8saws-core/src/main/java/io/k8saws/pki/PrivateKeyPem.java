package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** Reads private keys. What a parser complains of may quote what it read, so no cause is chained and no message repeated. */
final class PrivateKeyPem {
    private PrivateKeyPem() {}

    static PrivateKey read(String pem) {
        PrivateKeyInfo key = null;
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                PrivateKeyInfo found = key(block);
                if (found != null && key != null) {
                    throw unreadable("the text holds more than one private key");
                }
                key = found == null ? key : found;
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            // a PEMException is an IOException
            throw unreadable("the text is not PEM, or not of a known kind"
                    + (e instanceof PEMException ? "" : " (" + e.getClass().getSimpleName() + ")"));
        }
        if (key == null) {
            throw unreadable("the text holds no private key");
        }
        return decode(key);
    }

    private static @Nullable PrivateKeyInfo key(Object block) {
        if (block instanceof PrivateKeyInfo info) {
            return info;
        }
        if (block instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        if (block instanceof PEMEncryptedKeyPair || block instanceof PKCS8EncryptedPrivateKeyInfo) {
            throw unreadable("it is encrypted with a password");
        }
        return null; // certificates and EC parameters may stand in the same file
    }

    private static PrivateKey decode(PrivateKeyInfo info) {
        String family;
        if (info.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            family = "EC";
        } else if (info.getPrivateKeyAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
            family = "RSA";
        } else {
            throw unreadable("its algorithm is not one of " + KeyAlgorithm.known());
        }
        try {
            return KeyFactory.getInstance(family).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable("it is damaged (" + e.getClass().getSimpleName() + ")");
        }
    }

    static K8sAwsException unreadable(String why) {
        return new K8sAwsException(
                "Read a private key",
                why,
                "give one unencrypted private key in PEM, of " + KeyAlgorithm.known()
                        + "; 'openssl pkey -in <file> -out <new file>' writes one");
    }
}
