package io.k8saws.dns.owner;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts marks as external-dns does: the text is compressed by gzip, then encrypted by AES-256-GCM; the nonce stands before it, all in Base64. What is written differs each time, so a mark is deleted by the text that it was read
 * with. Immutable; it never prints its key.
 */
public final class OwnerCipher {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int LONGEST = 64 * 1024; // of a text when it is unpacked
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    private OwnerCipher(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /**
     * Takes a key.
     *
     * @param key 32 bytes as text, or the Base64 of 32 bytes
     * @return the cipher
     * @throws InvalidSpecException if it is neither
     */
    public static OwnerCipher of(String key) {
        byte[] raw = key.getBytes(StandardCharsets.UTF_8);
        if (raw.length == KEY_BYTES) {
            return new OwnerCipher(raw);
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(key);
            if (decoded.length == KEY_BYTES) {
                return new OwnerCipher(decoded);
            }
        } catch (IllegalArgumentException e) {
            // told below, without the key
        }
        throw new InvalidSpecException(
                "Take the key of encrypted marks",
                List.of(new Violation(
                        "key",
                        "it is neither 32 bytes nor the Base64 of 32 bytes",
                        "make one: openssl rand -base64 32")));
    }

    /**
     * Encrypts a text.
     *
     * @param text the mark without quotes
     * @return Base64
     */
    public String encrypt(String text) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
            byte[] sealed = cipher.doFinal(packed(text));
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Encrypt a mark with AES-256-GCM: this JDK cannot", e);
        }
    }

    /**
     * Decrypts a text.
     *
     * @param value the value of a TXT record, with or without quotes
     * @return the mark without quotes; empty when this key has not made it
     */
    public Optional<String> decrypt(String value) {
        String text = value.strip();
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        try {
            byte[] all = Base64.getDecoder().decode(text);
            if (all.length <= NONCE_BYTES) {
                return Optional.empty();
            }
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, all, 0, NONCE_BYTES));
            return Optional.of(unpacked(cipher.doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES)));
        } catch (IllegalArgumentException | GeneralSecurityException | IOException e) {
            return Optional.empty();
        }
    }

    private static byte[] packed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String unpacked(byte[] bytes) throws IOException {
        try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(gzip.readNBytes(LONGEST), StandardCharsets.UTF_8);
        }
    }

    /** Nothing of the key. */
    @Override
    public String toString() {
        return "marks encrypted by AES-256-GCM";
    }
}
