package io.k8saws.etcd.internal.bolt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks the elements of one bucket in the order of their keys, and checks on its way what bbolt's own check does: each page once, keys ascending and within
 * the bounds of their branch. Arrays that it hands out hold until the next move. Not thread-safe.
 */
public final class BucketCursor {
    // bbolt keeps two elements in each branch, so this is deeper than any file of 2^31 pages
    static final int DEEPEST = 32;

    private final BoltFile file;
    private final Bucket bucket;
    private final boolean ofBuckets;
    private final PageSet seen;
    private final List<Page> spare = new ArrayList<>();
    private int depth;
    private boolean begun;

    private byte[] previous = new byte[32];
    private int previousLength = -1;
    private byte[] lower = new byte[32];
    private int lowerLength = -1;
    private byte[] farKey = new byte[0];
    private byte[] farValue = new byte[0];
    private boolean farValueRead;
    private byte[] branchKey = new byte[32];
    private long branches;
    private long leaves;

    BucketCursor(BoltFile file, Bucket bucket, boolean ofBuckets, PageSet seen) {
        this.file = file;
        this.bucket = bucket;
        this.ofBuckets = ofBuckets;
        this.seen = seen;
    }

    /**
     * Moves to the next element.
     *
     * @return false when there is none
     * @throws io.k8saws.error.CorruptSnapshotException if what comes next is damaged
     */
    public boolean next() {
        farValueRead = false;
        if (!begun) {
            begun = true;
            if (bucket.isInline()) {
                Page page = new Page(file.bytes());
                page.take(bucket);
                spare.add(page);
                depth = 1;
                leaves++;
            } else {
                enter(bucket.root());
            }
        }
        while (depth > 0) {
            Page page = top();
            if (!page.next()) {
                depth--;
            } else if (page.isLeaf()) {
                arrive(page);
                return true;
            } else {
                descend(page);
            }
        }
        return false;
    }

    private void enter(long number) {
        if (depth == DEEPEST) {
            throw top().corrupt(0, "the tree is deeper than " + DEEPEST + " pages", "leaves");
        }
        if (spare.size() == depth) {
            spare.add(new Page(file.bytes()));
        }
        Page page = spare.get(depth);
        file.load(page, number, seen);
        if (page.count() == 0 && (depth > 0 || !page.isLeaf())) {
            throw page.corrupt(10, "page has no elements", "some, as it is no root leaf");
        }
        if (page.isLeaf()) {
            leaves++;
        } else {
            branches++;
        }
        depth++;
    }

    private void descend(Page page) {
        int length = page.keyLength();
        if (branchKey.length < length) {
            branchKey = new byte[length];
        }
        page.readKey(branchKey);
        if (previousLength >= 0 && compare(previous, 0, previousLength, branchKey, 0, length) >= 0) {
            throw page.corrupt(
                    page.keyStart(),
                    "key of branch element " + page.index() + " is not above the keys before",
                    "order");
        }
        if (lowerLength >= 0 && compare(lower, 0, lowerLength, branchKey, 0, length) > 0) {
            throw page.corrupt(
                    page.keyStart(), "key of branch element " + page.index() + " is below that of its parent", "order");
        }
        byte[] swap = lower;
        lower = branchKey;
        lowerLength = length;
        branchKey = swap;
        file.requirePage(page, page.child());
        enter(page.child());
    }

    private void arrive(Page page) {
        byte[] key = keyArray();
        int from = keyOffset();
        int length = page.keyLength();
        if (previousLength >= 0 && compare(previous, 0, previousLength, key, from, length) >= 0) {
            throw page.corrupt(
                    page.keyStart(), "key of element " + page.index() + " is not above the one before", "order");
        }
        if (lowerLength >= 0) {
            if (compare(lower, 0, lowerLength, key, from, length) > 0) {
                throw page.corrupt(
                        page.keyStart(), "key of element " + page.index() + " is below that of its branch", "order");
            }
            lowerLength = -1;
        }
        if (page.isBucket() != ofBuckets) {
            throw page.corrupt(
                    Page.HEADER + (long) page.index() * Page.ELEMENT,
                    page.isBucket() ? "there is a bucket inside a bucket" : "an element of the root is no bucket",
                    ofBuckets ? "buckets only" : "keys and values only");
        }
        if (previous.length < length) {
            previous = new byte[Math.max(length, 2 * previous.length)];
        }
        System.arraycopy(key, from, previous, 0, length);
        previousLength = length;
    }

    private static int compare(byte[] a, int aFrom, int aLength, byte[] b, int bFrom, int bLength) {
        return Arrays.compareUnsigned(a, aFrom, aFrom + aLength, b, bFrom, bFrom + bLength);
    }

    private Page top() {
        return spare.get(depth - 1);
    }

    /**
     * The array that holds the key.
     *
     * @return an array of the cursor
     */
    public byte[] keyArray() {
        Page page = top();
        if (page.holdsKey()) {
            return page.head();
        }
        if (farKey.length < page.keyLength()) {
            farKey = new byte[page.keyLength()];
        }
        page.readKey(farKey);
        return farKey;
    }

    /**
     * Where in its array the key begins.
     *
     * @return an index
     */
    public int keyOffset() {
        return top().holdsKey() ? top().keyStart() : 0;
    }

    /**
     * How long the key is.
     *
     * @return bytes
     */
    public int keyLength() {
        return top().keyLength();
    }

    /**
     * A copy of the key.
     *
     * @return an array of the caller
     */
    public byte[] key() {
        byte[] key = new byte[keyLength()];
        top().readKey(key);
        return key;
    }

    /**
     * The array that holds the value; a value that lies beyond the first page is read now.
     *
     * @return an array of the cursor
     */
    public byte[] valueArray() {
        Page page = top();
        if (page.holdsValue()) {
            return page.head();
        }
        if (!farValueRead) {
            // a large one is not kept for the next, which may be small
            if (farValue.length < page.valueLength() || farValue.length > 2 * Math.max(65_536, page.valueLength())) {
                farValue = new byte[page.valueLength()];
            }
            page.readValue(farValue);
            farValueRead = true;
        }
        return farValue;
    }

    /**
     * Where in its array the value begins.
     *
     * @return an index
     */
    public int valueOffset() {
        return top().holdsValue() ? top().valueStart() : 0;
    }

    /**
     * How long the value is.
     *
     * @return bytes
     */
    public int valueLength() {
        return top().valueLength();
    }

    /**
     * A copy of the value.
     *
     * @return an array of the caller
     */
    public byte[] value() {
        byte[] value = new byte[valueLength()];
        top().readValue(value);
        return value;
    }

    /**
     * The page of the element.
     *
     * @return the number of a page; for an inline bucket that of the page that holds it
     */
    public long page() {
        return top().id();
    }

    /**
     * Which element of its page it is.
     *
     * @return 0 or more
     */
    public int index() {
        return top().index();
    }

    /**
     * Where in the file the key begins.
     *
     * @return bytes from the start of the file
     */
    public long keyPosition() {
        return top().keyOffset();
    }

    /**
     * Where in the file the value begins.
     *
     * @return bytes from the start of the file
     */
    public long valuePosition() {
        return top().valueOffset();
    }

    /**
     * How many branch pages were entered so far.
     *
     * @return 0 or more
     */
    public long branches() {
        return branches;
    }

    /**
     * How many leaf pages were entered so far, an inline one included.
     *
     * @return 0 or more
     */
    public long leaves() {
        return leaves;
    }

    /** The page that the cursor stands in. */
    Page current() {
        return top();
    }
}
