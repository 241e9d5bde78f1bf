package io.k8saws.etcd.envelope;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.etcd.internal.digest.Sha256;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * What stands before encrypted bytes: eight bytes of magic, the length of a JSON object as four bytes, the object. Its hash is authenticated with each chunk.
 */
final class Header {
    static final int NONCE_PREFIX = 7;

    private static final byte[] MAGIC = "K8SAWSE1".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST = 1 << 16;
    private static final int LARGEST_CHUNK = 1 << 24;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String keyId;
    private final byte[] encryptedKey;
    private final byte[] noncePrefix;
    private final int chunk;

    /**
     * Makes a header.
     *
     * @param keyId the id of the master key
     * @param encryptedKey the data key, encrypted
     * @param noncePrefix the first seven bytes of each nonce
     * @param chunk how many bytes of plain text a chunk has, but for the last
     */
    Header(String keyId, byte[] encryptedKey, byte[] noncePrefix, int chunk) {
        this.keyId = keyId;
        this.encryptedKey = encryptedKey.clone();
        this.noncePrefix = noncePrefix.clone();
        this.chunk = chunk;
    }

    String keyId() {
        return keyId;
    }

    byte[] encryptedKey() {
        return encryptedKey.clone();
    }

    int chunk() {
        return chunk;
    }

    byte[] bytes() {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", 1);
        json.put("algorithm", "AES-256-GCM-STREAM");
        json.put("chunk", chunk);
        json.put("keyId", keyId);
        json.put("encryptedKey", Base64.getEncoder().encodeToString(encryptedKey));
        json.put("noncePrefix", Base64.getEncoder().encodeToString(noncePrefix));
        byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
        return framed(text);
    }

    /** Reads a header; every byte of it counts. */
    static Header read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        byte[] magic = new byte[MAGIC.length];
        data.readFully(magic);
        int length = data.readInt();
        if (!Arrays.equals(magic, MAGIC) || length < 2 || length > LONGEST) {
            throw new DamagedException("it does not begin as an encrypted backup does");
        }
        byte[] text = new byte[length];
        data.readFully(text);
        try {
            JsonNode json = JSON.readTree(text);
            byte[] prefix = Base64.getDecoder().decode(json.path("noncePrefix").asText());
            int chunk = json.path("chunk").asInt();
            if (json.path("format").asInt() != 1
                    || !json.path("algorithm").asText().equals("AES-256-GCM-STREAM")
                    || prefix.length != NONCE_PREFIX
                    || chunk < 1
                    || chunk > LARGEST_CHUNK) {
                throw new DamagedException("its header is of no format that is known here");
            }
            Header header = new Header(
                    json.path("keyId").asText(),
                    Base64.getDecoder().decode(json.path("encryptedKey").asText()),
                    prefix,
                    chunk);
            if (!Arrays.equals(header.bytes(), framed(text))) {
                throw new DamagedException("its header has fields that are not known here");
            }
            return header;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new DamagedException("its header is no JSON");
        }
    }

    private static byte[] framed(byte[] text) {
        return ByteBuffer.allocate(MAGIC.length + Integer.BYTES + text.length)
                .put(MAGIC)
                .putInt(text.length)
                .put(text)
                .array();
    }

    /** What each chunk authenticates. */
    byte[] hash() {
        return Sha256.of(bytes());
    }

    /** The nonce of a chunk: prefix, number, and whether it is the last. */
    byte[] nonce(int number, boolean last) {
        return ByteBuffer.allocate(12)
                .put(noncePrefix)
                .putInt(number)
                .put((byte) (last ? 1 : 0))
                .array();
    }

    @Override
    public String toString() {
        return "Header[" + keyId + "]";
    }
}
