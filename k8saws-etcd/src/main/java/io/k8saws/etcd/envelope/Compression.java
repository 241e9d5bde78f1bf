package io.k8saws.etcd.envelope;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** How bytes are compressed. */
public enum Compression {
    /** Not at all. */
    NONE("") {
        @Override
        OutputStream compress(OutputStream out) {
            return out;
        }

        @Override
        InputStream decompress(InputStream in) {
            return in;
        }
    },
    /** As {@code gzip} does: known everywhere. */
    GZIP(".gz") {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new GZIPOutputStream(out, BUFFER);
        }

        @Override
        InputStream decompress(InputStream in) throws IOException {
            return new GZIPInputStream(in, BUFFER);
        }
    },
    /** As {@code zstd} does, level 3, with a checksum: several times as fast as gzip, and smaller. */
    ZSTD(".zst") {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new ZstdOutputStream(out, LEVEL).setChecksum(true);
        }

        @Override
        InputStream decompress(InputStream in) throws IOException {
            PushbackInputStream ahead = new PushbackInputStream(in);
            int first = ahead.read();
            if (first < 0) {
                throw new EOFException("there is nothing"); // which zstd takes for an empty file
            }
            ahead.unread(first);
            return new ZstdInputStream(ahead);
        }
    };

    private static final int BUFFER = 1 << 16;
    private static final int LEVEL = 3;

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    /**
     * What the name of a file ends with.
     *
     * @return for example {@code .zst}; empty for {@link #NONE}
     */
    public String suffix() {
        return suffix;
    }

    abstract OutputStream compress(OutputStream out) throws IOException;

    abstract InputStream decompress(InputStream in) throws IOException;
}
