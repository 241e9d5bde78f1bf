package io.k8saws.etcd.envelope;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Writes the header, then chunks. A chunk is written when it is known whether it is the last, which its nonce says. */
final class Encrypting extends OutputStream {
    private static final int TAG_BITS = 128;

    private final OutputStream out;
    private final Header header;
    private final SecretKeySpec key;
    private final byte[] hash;
    private final byte[] chunk;
    private int filled;
    private int number;
    private boolean closed;

    Encrypting(OutputStream out, Header header, DataKey key) throws IOException {
        this.out = out;
        this.header = header;
        this.key = new SecretKeySpec(key.plain(), "AES");
        this.hash = header.hash();
        this.chunk = new byte[header.chunk()];
        out.write(header.bytes());
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (filled == chunk.length) {
                seal(false);
            }
            int count = Math.min(left, chunk.length - filled);
            System.arraycopy(bytes, at, chunk, filled, count);
            filled += count;
            at += count;
            left -= count;
        }
    }

    private void seal(boolean last) throws IOException {
        try {
            out.write(
                    cipher(Cipher.ENCRYPT_MODE, key, header, hash, number, last).doFinal(chunk, 0, filled));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has AES-GCM.", e);
        }
        number = Math.incrementExact(number);
        filled = 0;
    }

    static Cipher cipher(int mode, SecretKeySpec key, Header header, byte[] hash, int number, boolean last)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, header.nonce(number, last)));
        cipher.updateAAD(hash);
        return cipher;
    }

    /** Writes the last chunk. Must not be called when something went wrong before: what is cut must look cut. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            seal(true);
            out.close();
        }
    }
}
