package io.k8saws.internal.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** SHA-256 of text in UTF-8. */
public final class Sha256 {
    private Sha256() {}

    /**
     * The hash for file names, tokens and comparisons.
     *
     * @param text any text
     * @return 64 lower-case hexadecimal digits; the first ones alone serve as a short name
     */
    public static String hex(String text) {
        return HexFormat.of().formatHex(of(text));
    }

    /**
     * The hash as a content security policy writes it.
     *
     * @param text any text
     * @return base 64 with padding
     */
    public static String base64(String text) {
        return Base64.getEncoder().encodeToString(of(text));
    }

    private static byte[] of(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }
}
