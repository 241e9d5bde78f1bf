package io.k8saws.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.k8saws.error.K8sAwsException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretKeyPairTest {
    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void isReadBackFromEachOfItsForms(KeyAlgorithm algorithm) throws Exception {
        SecretKeyPair key = PkiSamples.key(algorithm);
        String traditional = traditional(key);

        assertThat(key.privateKeyPem())
                .startsWith("-----BEGIN PRIVATE KEY-----\n")
                .endsWith("-----END PRIVATE KEY-----\n");
        for (String pem : List.of(
                key.privateKeyPem(),
                traditional,
                "a comment\n" + key.publicKeyPem() + key.privateKeyPem(),
                key.privateKeyPem().replace("\n", "\r\n"))) {
            SecretKeyPair again = SecretKeyPair.fromPem(pem);
            assertThat(again).isEqualTo(key).hasSameHashCodeAs(key);
            assertThat(again.algorithm()).isEqualTo(algorithm);
            assertThat(again.publicKeyPem()).isEqualTo(key.publicKeyPem());
            Signature verify = Signature.getInstance(algorithm.signature().jdkName());
            verify.initVerify(key.publicKey());
            verify.update("text".getBytes(StandardCharsets.UTF_8));
            assertThat(verify.verify(again.sign("text".getBytes(StandardCharsets.UTF_8), algorithm.signature())))
                    .isTrue();
        }
    }

    /** As OpenSSL 1 and Go write it: PKCS #1 or SEC 1, the latter with the curve and the public key. */
    private static String traditional(SecretKeyPair key) throws Exception {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8(key));
        if (key.algorithm().isRsa()) {
            return Pem.block(
                    "RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
        }
        ECPrivateKey bare = ECPrivateKey.getInstance(info.parsePrivateKey());
        return Pem.block(
                "EC PRIVATE KEY",
                new ECPrivateKey(
                                key.algorithm().bits(),
                                bare.getKey(),
                                SubjectPublicKeyInfo.getInstance(key.publicKey().getEncoded())
                                        .getPublicKeyData(),
                                info.getPrivateKeyAlgorithm().getParameters())
                        .getEncoded());
    }

    private static byte[] pkcs8(SecretKeyPair key) {
        return Base64.getMimeDecoder()
                .decode(key.privateKeyPem()
                        .lines()
                        .filter(l -> !l.startsWith("-"))
                        .reduce("", String::concat));
    }

    @Test
    void isPrintedByNothing() throws Exception {
        SecretKeyPair key = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);

        assertThat(key.toString()).matches("ECDSA-P256 key [0-9a-f]{12} \\(private key not shown\\)");
        assertThatThrownBy(() -> new ObjectOutputStream(java.io.OutputStream.nullOutputStream()).writeObject(key))
                .isInstanceOf(NotSerializableException.class);
        assertThat(new ObjectMapper().writeValueAsString(key)).isEqualTo("{}");
    }

    @Test
    void aMistakeQuotesNothingOfTheText() throws Exception {
        String good = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256).privateKeyPem();
        String body = good.lines().toList().get(1);
        KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
        small.initialize(1024);

        refused(good + good, "more than one", body);
        refused(good.replace(body, body.substring(8)), "", body.substring(8));
        refused(good.replace(body, "!" + body), "", body);
        refused(good.replace("-----END PRIVATE KEY-----", ""), "", body);
        refused(Pem.block("PRIVATE KEY", ed.getPrivate().getEncoded()), "its algorithm", "MC4CAQAw");
        refused(Pem.block("PRIVATE KEY", small.generateKeyPair().getPrivate().getEncoded()), "or size", "MIIC");
        refused(good.replace("PRIVATE KEY", "EC PRIVATE KEY"), "", body);
        refused(good.replace("PRIVATE KEY", "RSA PRIVATE KEY"), "", body);
        refused(
                Pem.block(
                        "ENCRYPTED PRIVATE KEY",
                        Base64.getDecoder().decode("MBswDQYJKoZIhvcNAQUNMAAECgECAwQFBgcICQo=")),
                "",
                "MBsw");
        refused(
                "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
                        + body + "\n-----END EC PRIVATE KEY-----\n",
                "encrypted",
                body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "-----BEGIN PRIVATE KEY-----"})
    void aTextWithoutAKeyIsRefused(String text) {
        refused(text, "", "BEGIN PRIVATE KEY-----x");
    }

    private static void refused(String pem, String why, String secret) {
        assertThatThrownBy(() -> SecretKeyPair.fromPem(pem))
                .isInstanceOf(K8sAwsException.class)
                .hasNoCause()
                .hasMessageStartingWith("Read a private key: ")
                .hasMessageContaining(why)
                .hasMessageContaining("openssl pkey")
                .message()
                .doesNotContain(secret);
    }
}
