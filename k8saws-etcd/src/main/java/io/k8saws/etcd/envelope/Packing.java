package io.k8saws.etcd.envelope;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Packs a stream of bytes: compresses it, then encrypts it if there is a key. Without encryption the result is a plain file of gzip or zstd that its own tools read. With
 * encryption it is:
 *
 * <pre>
 * 8 bytes   K8SAWSE1
 * 4 bytes   length of the header, big-endian
 * header    JSON: format 1, algorithm, chunk, keyId, encryptedKey, noncePrefix
 * chunks    each of {@code chunk} bytes of plain text but the last, and 16 bytes of tag
 * </pre>
 *
 * <p>Chunk i has AES-256-GCM with the nonce {@code noncePrefix | i as 4 bytes | 1 if it is the last, else 0}, and authenticates the SHA-256 of all before the chunks. So no
 * chunk can be changed, left out, added or moved, and no end can be cut off, without being seen (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, "Online
 * Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015). Each stream has a data key of its own, so that nonces never meet.
 */
public final class Packing {
    /** How many bytes of plain text a chunk has. */
    static final int CHUNK = 1 << 16;

    private Packing() {}

    /**
     * Packs.
     *
     * @param out takes the packed bytes; is closed with the result
     * @param compression how to compress
     * @param key the data key; empty for no encryption. May be closed when this returns
     * @return takes the bytes. Close it only when all were written: what is not closed is seen to be cut
     * @throws IOException if {@code out} throws it
     */
    public static OutputStream pack(OutputStream out, Compression compression, Optional<DataKey> key)
            throws IOException {
        if (key.isEmpty()) {
            return compression.compress(out);
        }
        byte[] prefix = new byte[Header.NONCE_PREFIX];
        new SecureRandom().nextBytes(prefix);
        Header header = new Header(key.get().keyId(), key.get().encrypted(), prefix, CHUNK);
        return compression.compress(new Encrypting(out, header, key.get()));
    }

    /**
     * Unpacks.
     *
     * @param in the packed bytes
     * @param compression how they were compressed
     * @param key the master key; empty if they are not encrypted
     * @param context what the data key was made for
     * @return the bytes; reading throws a {@link DamagedException} where they are not what was packed. Close it
     * @throws IOException if {@code in} throws it
     */
    public static InputStream unpack(
            InputStream in, Compression compression, Optional<MasterKey> key, Map<String, String> context)
            throws IOException {
        try {
            InputStream plain = key.isEmpty() ? in : decrypting(in, key.get(), context);
            return new Checked(compression.decompress(plain));
        } catch (EOFException | ZipException e) {
            throw new DamagedException("its beginning is cut or damaged: " + e.getMessage());
        }
    }

    private static InputStream decrypting(InputStream in, MasterKey master, Map<String, String> context)
            throws IOException {
        Header header = Header.read(in);
        try (DataKey key = master.open(header.keyId(), header.encryptedKey(), context)) {
            return new Decrypting(in, header, key);
        }
    }

    /** What decompressors throw is damage, unless it comes from below them. */
    private static final class Checked extends InputStream {
        private final InputStream in;

        Checked(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return in.read(into, offset, length);
            } catch (EOFException | ZipException | com.github.luben.zstd.ZstdIOException e) {
                throw new DamagedException("it cannot be decompressed: " + e.getMessage());
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
