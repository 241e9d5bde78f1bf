package io.k8saws.etcd.internal.sort;

import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Puts records in the order of their keys, then of what is beside them, both as unsigned bytes. Takes a buffer of 32 MiB at most beside the largest record (and half as much for a
 * moment while it grows), or two times the largest record if that is more, and a temporary file of the records' size when they do not fit into it, two of that size where records are so large that they are merged
 * in several passes; the files go when the sort is closed or the process ends. Not thread-safe.
 */
public final class RecordSort implements AutoCloseable {
    /** Bytes of records in memory. */
    public static final int BUDGET = 32 << 20;

    private static final int HEADER = 8;
    private static final int SMALLEST_BUFFER = 4096;
    private static final int LARGEST_BUFFER = 65_536;

    private final String purpose;
    private final int budget;
    private byte[] arena = new byte[4096];
    private int used;
    private int[] starts = new int[256];
    private int count;
    private long total;
    private final List<Span> runs = new ArrayList<>();
    private @Nullable RunFile spilled;

    /**
     * Makes an empty sort.
     *
     * @param purpose what is sorted, for messages
     */
    public RecordSort(String purpose) {
        this(purpose, BUDGET);
    }

    RecordSort(String purpose, int budget) {
        this.purpose = purpose;
        this.budget = budget;
    }

    /**
     * Adds a record.
     *
     * @param key an array that holds the key
     * @param offset where it begins
     * @param length how long it is
     * @param rest what goes with the key
     */
    public void add(byte[] key, int offset, int length, byte[] rest) {
        long size = (long) HEADER + length + rest.length;
        // an entry of the index counts, too, and the sort needs it twice
        if (count > 0 && used + size + 8L * (count + 1) > budget) {
            spill();
        }
        reserve(size);
        ByteBuffer.wrap(arena).putInt(used, length).putInt(used + 4, rest.length);
        System.arraycopy(key, offset, arena, used + HEADER, length);
        System.arraycopy(rest, 0, arena, used + HEADER + length, rest.length);
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = used;
        used += (int) size;
        total++;
    }

    private void reserve(long size) {
        long needed = used + size;
        if (needed > arena.length) {
            arena = Arrays.copyOf(arena, Math.toIntExact(Math.max(needed, Math.min(2L * arena.length, budget))));
        }
    }

    /**
     * How many records were added.
     *
     * @return 0 or more
     */
    public long size() {
        return total;
    }

    /**
     * Ends adding and gives the records in order. Call it once.
     *
     * @return the records
     */
    public Records sorted() {
        if (runs.isEmpty()) {
            sortArena();
            return new Held();
        }
        if (count > 0) {
            spill();
        }
        arena = new byte[0];
        starts = new int[0];
        try {
            while (together(0) < runs.size()) {
                mergePass();
            }
            return new Merged(file(), runs);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** From a run on, how many are merged at once: as many as have their largest records in the buffer, and two at least. */
    private int together(int from) {
        long bytes = 0;
        int merged = 0;
        while (from + merged < runs.size()) {
            bytes += runs.get(from + merged).largest() + SMALLEST_BUFFER;
            if (merged >= 2 && bytes > budget) {
                break;
            }
            merged++;
        }
        return merged;
    }

    /** Makes fewer runs of many, in a file of their own. */
    private void mergePass() throws IOException {
        RunFile from = file();
        RunFile to = new RunFile(temporary());
        try {
            List<Span> fewer = new ArrayList<>();
            for (int at = 0; at < runs.size(); ) {
                int merged = together(at);
                Merged records = new Merged(from, runs.subList(at, at + merged));
                to.begin();
                while (records.next()) {
                    int begin = records.keyOffset() - HEADER;
                    to.add(records.array(), begin);
                }
                fewer.add(to.end());
                at += merged;
            }
            runs.clear();
            runs.addAll(fewer);
            spilled = to;
        } finally {
            (spilled == to ? from : to).channel.close();
        }
    }

    private RunFile file() throws IOException {
        RunFile file = spilled;
        if (file == null) {
            file = new RunFile(temporary());
            spilled = file;
        }
        return file;
    }

    private void spill() {
        sortArena();
        try {
            RunFile file = file();
            file.begin();
            for (int i = 0; i < count; i++) {
                file.add(arena, starts[i]);
            }
            runs.add(file.end());
        } catch (IOException e) {
            throw failed(e);
        }
        used = 0;
        count = 0;
    }

    private static FileChannel temporary() throws IOException {
        Path file = Files.createTempFile("k8saws-sort-", ".tmp");
        return FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    private K8sAwsException failed(IOException e) {
        return new K8sAwsException(
                "Sort " + purpose,
                "the temporary file could not be written or read: " + e,
                "make room in the folder of java.io.tmpdir, or name another one",
                Map.of("folder", String.valueOf(System.getProperty("java.io.tmpdir"))),
                e);
    }

    @Override
    public void close() {
        RunFile file = spilled;
        if (file != null) {
            try {
                file.channel.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private void sortArena() {
        int[] other = Arrays.copyOf(starts, count);
        mergeSort(other, starts, 0, count);
    }

    /** Sorts a range of one array into the other; both begin alike. */
    private void mergeSort(int[] from, int[] to, int low, int high) {
        if (high - low < 2) {
            return;
        }
        int middle = (low + high) >>> 1;
        mergeSort(to, from, low, middle);
        mergeSort(to, from, middle, high);
        if (compare(arena, from[middle - 1], arena, from[middle]) <= 0) {
            System.arraycopy(from, low, to, low, high - low);
            return;
        }
        int left = low;
        int right = middle;
        for (int i = low; i < high; i++) {
            if (right >= high || (left < middle && compare(arena, from[left], arena, from[right]) <= 0)) {
                to[i] = from[left++];
            } else {
                to[i] = from[right++];
            }
        }
    }

    private static int compare(byte[] a, int aAt, byte[] b, int bAt) {
        int aKey = aAt + HEADER;
        int bKey = bAt + HEADER;
        int aRest = aKey + intAt(a, aAt);
        int bRest = bKey + intAt(b, bAt);
        int byKey = Arrays.compareUnsigned(a, aKey, aRest, b, bKey, bRest);
        return byKey != 0
                ? byKey
                : Arrays.compareUnsigned(a, aRest, aRest + intAt(a, aAt + 4), b, bRest, bRest + intAt(b, bAt + 4));
    }

    private static int intAt(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }

    /** Records in order, one after the other. What it hands out holds until the next move. */
    public interface Records {
        /**
         * Moves to the next record.
         *
         * @return false when there is none
         */
        boolean next();

        /**
         * The array that holds the record.
         *
         * @return an array of the sort
         */
        byte[] array();

        /**
         * Where in the array the key begins.
         *
         * @return an index
         */
        int keyOffset();

        /**
         * How long the key is.
         *
         * @return bytes
         */
        int keyLength();

        /**
         * Where in the array begins what goes with the key.
         *
         * @return an index
         */
        default int restOffset() {
            return keyOffset() + keyLength();
        }
    }

    private final class Held implements Records {
        private int next;

        @Override
        public boolean next() {
            return next++ < count;
        }

        @Override
        public byte[] array() {
            return arena;
        }

        @Override
        public int keyOffset() {
            return starts[next - 1] + HEADER;
        }

        @Override
        public int keyLength() {
            return intAt(arena, starts[next - 1]);
        }
    }

    private final class Merged implements Records {
        private final PriorityQueue<Run> queue = new PriorityQueue<>((a, b) -> compare(a.record, 0, b.record, 0));
        private @Nullable Run current;

        Merged(RunFile file, List<Span> spans) {
            int buffer = Math.max(SMALLEST_BUFFER, Math.min(LARGEST_BUFFER, budget / spans.size()));
            for (Span span : spans) {
                Run run = new Run(file.channel, span, buffer);
                if (run.read()) {
                    queue.add(run);
                }
            }
        }

        @Override
        public boolean next() {
            Run last = current;
            if (last != null && last.read()) {
                queue.add(last);
            }
            current = queue.poll();
            return current != null;
        }

        private Run at() {
            Run run = current;
            if (run == null) {
                throw new IllegalStateException("there is no record here: call next() first");
            }
            return run;
        }

        @Override
        public byte[] array() {
            return at().record;
        }

        @Override
        public int keyOffset() {
            return HEADER;
        }

        @Override
        public int keyLength() {
            return intAt(at().record, 0);
        }
    }

    /**
     * Where a sorted part lies in a temporary file.
     *
     * @param start its first byte
     * @param end the byte behind it
     * @param largest how long its largest record is
     */
    private record Span(long start, long end, int largest) {}

    /** A temporary file to which sorted parts are added. */
    private static final class RunFile {
        private final FileChannel channel;
        private final ByteBuffer out = ByteBuffer.allocate(LARGEST_BUFFER);
        private long written;
        private long start;
        private int largest;

        RunFile(FileChannel channel) {
            this.channel = channel;
        }

        void begin() {
            start = written;
            largest = 0;
        }

        /** Adds a record that begins there. */
        void add(byte[] array, int begin) throws IOException {
            int size = HEADER + intAt(array, begin) + intAt(array, begin + 4);
            largest = Math.max(largest, size);
            for (int done = 0; done < size; ) {
                int now = Math.min(size - done, out.remaining());
                out.put(array, begin + done, now);
                done += now;
                if (!out.hasRemaining()) {
                    drain();
                }
            }
        }

        Span end() throws IOException {
            drain();
            return new Span(start, written, largest);
        }

        private void drain() throws IOException {
            out.flip();
            while (out.hasRemaining()) {
                written += channel.write(out, written);
            }
            out.clear();
        }
    }

    /** One sorted part of the temporary file. */
    private final class Run {
        private final FileChannel channel;
        private final long end;
        private final ByteBuffer buffer;
        private final byte[] record;
        private long at;

        Run(FileChannel channel, Span span, int size) {
            this.channel = channel;
            this.at = span.start();
            this.end = span.end();
            this.buffer = ByteBuffer.allocate(size).limit(0);
            this.record = new byte[span.largest()];
        }

        boolean read() {
            if (at == end && !buffer.hasRemaining()) {
                return false;
            }
            byte[] header = new byte[HEADER];
            copy(header, 0, HEADER);
            int size = HEADER + intAt(header, 0) + intAt(header, 4);
            System.arraycopy(header, 0, record, 0, HEADER);
            copy(record, HEADER, size - HEADER);
            return true;
        }

        private void copy(byte[] target, int offset, int length) {
            int done = 0;
            while (done < length) {
                if (!buffer.hasRemaining()) {
                    refill();
                }
                int now = Math.min(length - done, buffer.remaining());
                buffer.get(target, offset + done, now);
                done += now;
            }
        }

        private void refill() {
            try {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
                while (buffer.hasRemaining()) {
                    int got = channel.read(buffer, at);
                    if (got < 0) {
                        throw new IOException("the temporary file ends at byte " + at);
                    }
                    at += got;
                }
                buffer.flip();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
