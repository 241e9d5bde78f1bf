package io.k8saws.etcd.backup;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.internal.digest.Sha256;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Reads an object piece by piece, each by a call of its own, and digests what passes. */
final class StoredStream extends InputStream {
    static final int PIECE = 8 << 20;

    private final StoredObject object;
    private final Pieces pieces;
    private final LongConsumer progress;
    private final MessageDigest digest = Sha256.digest();
    private byte[] piece = new byte[0];
    private int at;
    private long fetched;

    /** Each piece is read when it is needed. */
    StoredStream(BackupStore store, StoredObject object, LongConsumer progress) {
        this(object, progress, from -> store.read(object, from, (int) Math.min(PIECE, object.bytes() - from)));
    }

    /** Some pieces are read ahead. */
    StoredStream(PiecesAhead ahead, StoredObject object, LongConsumer progress) {
        this(object, progress, from -> ahead.next());
    }

    private StoredStream(StoredObject object, LongConsumer progress, Pieces pieces) {
        this.object = object;
        this.progress = progress;
        this.pieces = pieces;
    }

    /** Gives the piece that begins there. */
    private interface Pieces {
        byte[] from(long position);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (at == piece.length) {
            if (fetched == object.bytes()) {
                return -1;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("Read the object " + object.key());
            }
            piece = pieces.from(fetched);
            digest.update(piece);
            fetched += piece.length;
            at = 0;
            progress.accept(fetched);
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        return count;
    }

    /** Reads what is left, so that all bytes count. */
    String sha256() {
        byte[] rest = new byte[1 << 16];
        while (read(rest, 0, rest.length) >= 0) {
            // what a decompressor leaves unread is digested by reading it
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
