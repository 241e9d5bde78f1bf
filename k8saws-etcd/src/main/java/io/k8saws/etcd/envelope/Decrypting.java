package io.k8saws.etcd.envelope;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Reads chunks behind a header. No byte is given out before its chunk is authenticated, and the end only when the last chunk says that it is the last. */
final class Decrypting extends InputStream {
    private static final int TAG = 16;

    private final InputStream in;
    private final Header header;
    private final SecretKeySpec key;
    private final byte[] hash;
    private final byte[] sealed;
    private int ahead;
    private byte[] plain = new byte[0];
    private int at;
    private int number;
    private boolean ended;

    Decrypting(InputStream in, Header header, DataKey key) throws IOException {
        this.in = in;
        this.header = header;
        this.key = new SecretKeySpec(key.plain(), "AES");
        this.hash = header.hash();
        this.sealed = new byte[header.chunk() + TAG + 1];
        this.ahead = in.readNBytes(sealed, 0, sealed.length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == plain.length) {
            if (ended) {
                return -1;
            }
            next();
        }
        int count = Math.min(length, plain.length - at);
        System.arraycopy(plain, at, into, offset, count);
        at += count;
        return count;
    }

    /** One byte more than a chunk is read ahead, which tells whether another follows. */
    private void next() throws IOException {
        int whole = sealed.length - 1;
        boolean last = ahead <= whole;
        int length = last ? ahead : whole;
        if (length < TAG) {
            throw new DamagedException("it ends after chunk " + number + ", in the middle");
        }
        try {
            plain = Encrypting.cipher(Cipher.DECRYPT_MODE, key, header, hash, number, last)
                    .doFinal(sealed, 0, length);
        } catch (AEADBadTagException e) {
            throw new DamagedException("chunk " + number + " is not what was written there: it is damaged, cut, or from"
                    + " another place");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has AES-GCM.", e);
        }
        at = 0;
        number = Math.incrementExact(number);
        ended = last;
        if (!last) {
            sealed[0] = sealed[whole];
            ahead = 1 + in.readNBytes(sealed, 1, sealed.length - 1);
        }
    }

    @Override
    public void close() throws IOException {
        Arrays.fill(plain, (byte) 0);
        in.close();
    }
}
