package io.k8saws.etcd.internal.bolt;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a bbolt file from front to back: bucket after bucket, their keys in order, leaves as they fill and the branches above them when they are full. There is no list of free pages,
 * as etcd has none on Linux, and no page is free. Holds a buffer, and for each level two pages, of the largest keys and values at least. A file is good only after {@link #finish}.
 * Not thread-safe.
 */
public final class BoltWriter implements AutoCloseable {
    private static final int FIRST_PAGE = 2;
    private static final int BUFFER = 1 << 20;
    private static final int MAGIC = 0xED0CDAED;
    private static final int META = 0x04;

    private static final Set<StandardOpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final int pageSize;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<String, byte[]> buckets = new TreeMap<>();
    private long next = FIRST_PAGE;
    private @Nullable BucketWriter open;
    private boolean finished;

    private BoltWriter(Path path, int pageSize, FileChannel channel) {
        this.path = path;
        this.pageSize = pageSize;
        this.channel = channel;
    }

    /**
     * Begins a file.
     *
     * @param path where there is none yet
     * @param pageSize bytes of a page, a power of two from 1,024 to 65,536
     * @return a writer to finish and to close
     * @throws K8sAwsException if there is a file, or the system says no
     */
    public static BoltWriter create(Path path, int pageSize) {
        if (pageSize < Meta.SMALLEST_PAGE || pageSize > Meta.LARGEST_PAGE || Integer.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("Write " + path + ": pages of " + pageSize
                    + " bytes cannot be. Take a power of two from 1024 to 65536.");
        }
        try {
            FileChannel channel = FileChannel.open(path, OPTIONS, OWNER_ONLY);
            channel.position((long) FIRST_PAGE * pageSize);
            return new BoltWriter(path, pageSize, channel);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /**
     * Begins the next bucket, and ends the one before.
     *
     * @param name its name, of ASCII characters, once in a file
     * @return takes its keys
     */
    public BucketWriter bucket(String name) {
        endBucket();
        if (buckets.containsKey(name)) {
            throw new IllegalArgumentException("Write " + path + ": there is a bucket " + name + " already.");
        }
        BucketWriter bucket = new BucketWriter(this, name, pageSize, false);
        open = bucket;
        return bucket;
    }

    private void endBucket() {
        BucketWriter bucket = open;
        if (bucket != null) {
            open = null;
            buckets.put(bucket.name(), bucket.end());
        }
    }

    /**
     * Ends the file: writes the list of buckets and the meta pages, and waits until the disk has all of it.
     *
     * @throws K8sAwsException if the system says no
     */
    public void finish() {
        endBucket();
        BucketWriter root = new BucketWriter(this, "", pageSize, true);
        buckets.forEach((name, value) -> root.put(name.getBytes(StandardCharsets.US_ASCII), value));
        long page = root.endWithPage();
        try {
            drain();
            // what is in the file counts before a meta page says so
            channel.force(true);
            ByteBuffer metas = ByteBuffer.allocate(2 * pageSize).order(ByteOrder.LITTLE_ENDIAN);
            // the page of an even transaction is the first: bbolt's next one overwrites the older of the two
            meta(metas, 0, page, 2);
            meta(metas, 1, page, 1);
            metas.clear();
            for (long at = 0; metas.hasRemaining(); ) {
                at += channel.write(metas, at);
            }
            channel.force(true);
        } catch (IOException e) {
            throw failed(path, e);
        }
        finished = true;
    }

    private void meta(ByteBuffer out, int id, long root, long txid) {
        byte[] page = new byte[Meta.BYTES];
        ByteBuffer.wrap(page)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, id)
                .putShort(8, (short) META)
                .putInt(16, MAGIC)
                .putInt(20, 2)
                .putInt(24, pageSize)
                .putLong(32, root)
                .putLong(48, Meta.NO_FREELIST)
                .putLong(56, next)
                .putLong(64, txid);
        ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).putLong(72, Meta.checksum(page));
        out.position(id * pageSize).put(page);
    }

    /** The pages that something of a size takes. */
    long take(long size) {
        long first = next;
        next += (size + pageSize - 1) / pageSize;
        return first;
    }

    void write(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                if (!buffer.hasRemaining()) {
                    drain();
                }
                int now = Math.min(bytes.remaining(), buffer.remaining());
                buffer.put(bytes.array(), bytes.arrayOffset() + bytes.position(), now);
                bytes.position(bytes.position() + now);
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    void write(byte[] bytes) {
        write(ByteBuffer.wrap(bytes));
    }

    /** Fills the last page up. */
    void pad(long written) {
        int rest = (int) (written % pageSize);
        if (rest != 0) {
            write(new byte[pageSize - rest]);
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private static K8sAwsException failed(Path path, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new OperationCancelledException("Write database " + path);
        }
        return new K8sAwsException(
                "Write database " + path,
                "the system says: " + e,
                "make room or choose another place, and try again",
                Map.of(),
                e);
    }

    /** Whether the file is complete. */
    boolean isFinished() {
        return finished;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }
}
