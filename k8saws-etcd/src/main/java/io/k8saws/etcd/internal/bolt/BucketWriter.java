package io.k8saws.etcd.internal.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the keys of one bucket in ascending order. Belongs to its {@link BoltWriter}. */
public final class BucketWriter {
    // as etcd itself fills pages when it defragments
    private static final double FILL = 0.9;
    private static final int INLINE_HEADER = 16;
    private static final byte[] NOTHING = new byte[0];

    private final BoltWriter file;
    private final String name;
    private final int pageSize;
    private final boolean ofBuckets;
    private final List<Level> levels = new ArrayList<>();
    private byte @Nullable [] last;

    BucketWriter(BoltWriter file, String name, int pageSize, boolean ofBuckets) {
        this.file = file;
        this.name = name;
        this.pageSize = pageSize;
        this.ofBuckets = ofBuckets;
        levels.add(new Level(0));
    }

    String name() {
        return name;
    }

    /**
     * Adds an element.
     *
     * @param key above all before it; 1 to 32,768 bytes
     * @param value at most 128 MiB; must not be changed until the bucket has ended
     * @throws IllegalArgumentException if the key is not above the one before, or one of them is too long
     */
    public void put(byte[] key, byte[] value) {
        if (key.length == 0 || key.length > Page.LARGEST_KEY || value.length > Page.LARGEST_VALUE) {
            throw new IllegalArgumentException("Write bucket " + name + ": a key of " + key.length
                    + " bytes with a value of " + value.length + " bytes does not fit.");
        }
        byte[] before = last;
        if (before != null && Arrays.compareUnsigned(before, key) >= 0) {
            throw new IllegalArgumentException("Write bucket " + name + ": keys do not ascend.");
        }
        last = key;
        levels.get(0).add(new Element(key, value, 0));
    }

    /** What describes the bucket in the list of buckets. */
    byte[] end() {
        Level leaves = levels.get(0);
        if (leaves.isAlone() && leaves.currentSize <= pageSize / 4) {
            byte[] value = new byte[INLINE_HEADER + leaves.currentSize];
            leaves.fill(
                    ByteBuffer.wrap(value, INLINE_HEADER, leaves.currentSize)
                            .slice()
                            .order(ByteOrder.LITTLE_ENDIAN),
                    0);
            return value;
        }
        byte[] value = new byte[INLINE_HEADER];
        ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putLong(endWithPage());
        return value;
    }

    /** Ends the bucket as a tree; the number of its root. */
    long endWithPage() {
        for (int i = 0; ; i++) {
            Level level = levels.get(i);
            if (level.isAlone()) {
                return level.flush(level.current, level.currentSize);
            }
            level.end();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // internal: nobody compares it
    private record Element(byte[] key, byte[] value, long page) {
        int size(int level) {
            return Page.ELEMENT + key.length + (level == 0 ? value.length : 0);
        }
    }

    /** The pages of one height. One page is held back, so that the last branch never has a single child. */
    private final class Level {
        private final int height;
        private List<Element> held = new ArrayList<>();
        private int heldSize = Page.HEADER;
        private List<Element> current = new ArrayList<>();
        private int currentSize = Page.HEADER;
        private boolean wrote;

        Level(int height) {
            this.height = height;
        }

        /** Whether all there is stands in the current page. */
        boolean isAlone() {
            return !wrote && held.isEmpty();
        }

        void add(Element element) {
            int size = element.size(height);
            boolean full = currentSize + (long) size > (long) (pageSize * FILL) || current.size() == 0xfffe;
            if (full && current.size() >= (height == 0 ? 1 : 2)) {
                flushHeld();
                held = current;
                heldSize = currentSize;
                current = new ArrayList<>();
                currentSize = Page.HEADER;
            }
            current.add(element);
            currentSize = Math.addExact(currentSize, size);
        }

        private void flushHeld() {
            if (!held.isEmpty()) {
                pass(held, heldSize);
                held = new ArrayList<>();
                heldSize = Page.HEADER;
            }
        }

        private void pass(List<Element> elements, int size) {
            long page = flush(elements, size);
            wrote = true;
            if (levels.size() == height + 1) {
                levels.add(new Level(height + 1));
            }
            levels.get(height + 1).add(new Element(elements.get(0).key, NOTHING, page));
        }

        void end() {
            if (height > 0 && current.size() == 1 && held.size() > 2) {
                Element moved = held.remove(held.size() - 1);
                heldSize -= moved.size(height);
                current.add(0, moved);
                currentSize += moved.size(height);
            }
            flushHeld();
            pass(current, currentSize);
            current = new ArrayList<>();
            currentSize = Page.HEADER;
        }

        long flush(List<Element> elements, int size) {
            long page = file.take(size);
            ByteBuffer head = ByteBuffer.allocate(Page.HEADER + elements.size() * Page.ELEMENT)
                    .order(ByteOrder.LITTLE_ENDIAN);
            table(head, elements, page, (size + pageSize - 1) / pageSize - 1);
            head.flip();
            file.write(head);
            for (Element element : elements) {
                file.write(element.key);
                if (height == 0) {
                    file.write(element.value);
                }
            }
            file.pad(size);
            return page;
        }

        /** The page as a whole, into a buffer. */
        void fill(ByteBuffer out, long page) {
            table(out, current, page, 0);
            for (Element element : current) {
                out.put(element.key).put(element.value);
            }
        }

        private void table(ByteBuffer out, List<Element> elements, long page, int overflow) {
            out.putLong(page)
                    .putShort((short) (height == 0 ? Page.LEAF : Page.BRANCH))
                    .putShort((short) elements.size())
                    .putInt(overflow);
            int at = Page.HEADER;
            int position = Page.HEADER + elements.size() * Page.ELEMENT;
            for (Element element : elements) {
                if (height == 0) {
                    out.putInt(ofBuckets ? 1 : 0)
                            .putInt(position - at)
                            .putInt(element.key.length)
                            .putInt(element.value.length);
                    position += element.key.length + element.value.length;
                } else {
                    out.putInt(position - at).putInt(element.key.length).putLong(element.page);
                    position += element.key.length;
                }
                at += Page.ELEMENT;
            }
        }
    }
}
