package io.k8saws.etcd.internal.bolt;

import java.util.BitSet;

/** Pages that a walk has come to. One bit a page, so that a walk of any file ends and takes memory of a known size: 32 MiB for the largest. */
public final class PageSet {
    private final BitSet pages = new BitSet();

    /** Adds a run of pages; tells whether none of them was there. */
    boolean add(long first, long last) {
        int from = Math.toIntExact(first);
        int to = Math.toIntExact(last + 1);
        int seen = pages.nextSetBit(from);
        if (seen >= 0 && seen < to) {
            return false;
        }
        pages.set(from, to);
        return true;
    }

    boolean has(long page) {
        return pages.get(Math.toIntExact(page));
    }

    /** The first page at or after one that is not in the set. */
    long nextMissing(long page) {
        return pages.nextClearBit(Math.toIntExact(page));
    }

    /**
     * How many pages were come to.
     *
     * @return 0 or more
     */
    public long size() {
        return pages.cardinality();
    }
}
