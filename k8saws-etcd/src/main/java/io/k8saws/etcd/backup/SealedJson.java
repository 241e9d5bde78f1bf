package io.k8saws.etcd.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.digest.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JSON object whose last member is the SHA-256 of the whole text with zeros in its place, so that any other bit shows. It tells damage, not bad intent: whoever may write to
 * the store may seal anew.
 */
final class SealedJson {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final String SEAL = "seal";
    private static final String ZEROS = "0".repeat(64);
    /** What a text ends with: the digits, a quote, a line break, a brace and a line break. */
    private static final byte[] END = "\"\n}\n".getBytes(StandardCharsets.US_ASCII);

    private SealedJson() {}

    static ObjectNode newObject() {
        return JSON.createObjectNode();
    }

    static byte[] seal(ObjectNode object) {
        ObjectNode sealed = object.deepCopy();
        sealed.remove(SEAL);
        sealed.put(SEAL, ZEROS);
        try {
            byte[] text =
                    (JSON.writeValueAsString(sealed).replace("\r\n", "\n") + "\n").getBytes(StandardCharsets.UTF_8);
            int at = text.length - END.length - ZEROS.length();
            byte[] digest = digest(text);
            System.arraycopy(digest, 0, text, at, digest.length);
            return text;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can be written.", e);
        }
    }

    private static byte[] digest(byte[] text) {
        return Sha256.hex(text).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads a text.
     *
     * @throws CorruptSnapshotException if it is not as it was sealed
     */
    static ObjectNode open(String name, byte[] text) {
        int at = text.length - END.length - ZEROS.length();
        if (at < 0 || !Arrays.equals(text, text.length - END.length, text.length, END, 0, END.length)) {
            throw damaged(name, "it does not end with its seal");
        }
        byte[] unsealed = text.clone();
        Arrays.fill(unsealed, at, at + ZEROS.length(), (byte) '0');
        byte[] digest = digest(unsealed);
        if (!Arrays.equals(text, at, at + digest.length, digest, 0, digest.length)) {
            throw damaged(name, "its seal is not the SHA-256 of its text");
        }
        try {
            JsonNode node = JSON.readTree(text);
            if (node instanceof ObjectNode object) {
                object.remove(SEAL);
                return object;
            }
        } catch (IOException e) {
            throw damaged(name, "it is no JSON");
        }
        throw damaged(name, "it is no JSON object");
    }

    static CorruptSnapshotException damaged(String name, String why) {
        return new CorruptSnapshotException(
                name, 0, CorruptSnapshotException.NO_PAGE, why, "the text that was written with the backup");
    }
}
