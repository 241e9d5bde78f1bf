package io.k8saws.etcd;

import io.k8saws.error.EtcdCallException;
import io.k8saws.etcd.internal.seam.Entry;
import io.k8saws.etcd.internal.seam.EntryPage;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The keys of a range at a pinned revision, a page at a time; a page is about a MiB, and one that is larger than a message may be is asked for again, by half. Used by one thread. */
final class KeyPages implements Iterator<StoredKey> {
    private static final long FIRST = 16;
    private static final long MOST = 4096;
    private static final long PAGE_BYTES = 1 << 20;
    private static final long LARGEST_PAGE = 64 << 20;

    /** Asks for a page. */
    @FunctionalInterface
    interface Source {
        EntryPage page(byte[] from, byte[] end, long revision, long limit);
    }

    private final Source source;
    private final byte[] end;
    private final long revision;
    private long largest = 1;
    private byte[] next;
    private Iterator<Entry> page = List.<Entry>of().iterator();
    private boolean more = true;
    private long limit = FIRST;

    KeyPages(EtcdCalls calls, byte[] from, byte[] end, long revision) {
        this((first, last, at, limit) -> calls.range(first, last, at, limit, false), from, end, revision);
    }

    KeyPages(Source source, byte[] from, byte[] end, long revision) {
        this.source = source;
        this.next = from;
        this.end = end;
        this.revision = revision;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && more) {
            fetch();
        }
        return page.hasNext();
    }

    @Override
    public StoredKey next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return new StoredKey(page.next());
    }

    private void fetch() {
        EntryPage fetched = ask();
        List<Entry> entries = fetched.entries();
        more = fetched.more() && !entries.isEmpty();
        if (more) {
            byte[] last = entries.get(entries.size() - 1).key();
            next = Arrays.copyOf(last, last.length + 1); // the smallest key behind it
            long bytes = entries.stream().mapToLong(KeyPages::bytes).sum();
            largest = Math.max(
                    largest, entries.stream().mapToLong(KeyPages::bytes).max().orElse(1));
            // where one value was large, many may be
            long bySize = Math.min(entries.size() * PAGE_BYTES / bytes, LARGEST_PAGE / largest);
            limit = Math.max(1, Math.min(Math.min(MOST, 4 * limit), bySize));
        }
        page = entries.iterator();
    }

    private EntryPage ask() {
        while (true) {
            try {
                return source.page(next, end, revision, limit);
            } catch (EtcdCallException e) {
                if (e.reason() != EtcdCallException.Reason.TOO_LARGE || limit == 1) {
                    throw e;
                }
                limit = limit / 2;
            }
        }
    }

    private static long bytes(Entry entry) {
        return entry.key().length + entry.value().length + 1L;
    }

    /** The key after all that begin with a prefix; one byte 0, which stands for the end, when there is none. */
    static byte[] endOf(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                byte[] end = Arrays.copyOf(prefix, i + 1);
                end[i]++;
                return end;
            }
        }
        return new byte[1];
    }
}
