package io.k8saws.etcd.internal.seam;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Computes the SHA-256 of a snapshot as its bytes pass by, and compares it with the last 32 of them; and compares the length with the number of pages that the file itself names. Used by one thread.
 */
final class SnapshotCheck {
    private static final int SHA = 32;
    private static final int LARGEST_PAGE = 65536;
    private static final int MAGIC = 0xED0CDAED;

    private final String name;
    private final MessageDigest digest;
    private final byte[] tail = new byte[SHA];
    private final byte[] head = new byte[LARGEST_PAGE + 80]; // both meta pages, whatever the size of a page
    private int held;
    private long bytes;

    SnapshotCheck(String name) {
        this.name = name;
        this.digest = Sha256.digest();
    }

    long bytes() {
        return bytes;
    }

    void update(ByteBuffer blob) {
        if (bytes < head.length) {
            ByteBuffer first = blob.duplicate();
            int count = (int) Math.min(head.length - bytes, first.remaining());
            first.get(head, (int) bytes, count);
        }
        bytes += blob.remaining();
        int surplus = held + blob.remaining() - SHA;
        if (surplus > 0) {
            int old = Math.min(surplus, held);
            digest.update(tail, 0, old);
            System.arraycopy(tail, old, tail, 0, held - old);
            held -= old;
            ByteBuffer pages = blob.duplicate();
            pages.limit(pages.position() + surplus - old);
            blob.position(pages.limit());
            digest.update(pages);
        }
        int rest = blob.remaining();
        blob.get(tail, held, rest);
        held += rest;
    }

    StreamedSnapshot finish(long clusterId, long memberId, String version) {
        byte[] sum = digest.digest();
        if (bytes <= SHA || !Arrays.equals(sum, tail)) {
            throw new CorruptSnapshotException(
                    name,
                    Math.max(0, bytes - SHA),
                    CorruptSnapshotException.NO_PAGE,
                    "the last 32 bytes are " + HexFormat.of().formatHex(tail, 0, held),
                    "the SHA-256 of what was sent before, " + HexFormat.of().formatHex(sum));
        }
        long length = length();
        if (length != bytes - SHA) {
            throw new CorruptSnapshotException(
                    name,
                    bytes - SHA,
                    CorruptSnapshotException.NO_PAGE,
                    "there are " + (bytes - SHA) + " bytes of pages",
                    length + " bytes, as the meta page says");
        }
        return new StreamedSnapshot(
                clusterId, memberId, version, bytes, HexFormat.of().formatHex(sum));
    }

    /** Pages in use times their size, by the newer meta page; -1 when there is none. The parser looks at the rest of it later. */
    private long length() {
        ByteBuffer file = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes < 2 * 1024 || file.getInt(16) != MAGIC) {
            return -1;
        }
        int pageSize = file.getInt(24);
        if (pageSize < 1024 || pageSize > LARGEST_PAGE || bytes < pageSize + 80) {
            return -1;
        }
        boolean second = file.getInt(pageSize + 16) == MAGIC && file.getLong(pageSize + 64) > file.getLong(64);
        return pageSize * file.getLong((second ? pageSize : 0) + 56);
    }
}
