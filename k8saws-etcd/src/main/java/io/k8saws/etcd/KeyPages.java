package io.k8saws.etcd;

import io.k8saws.etcd.internal.seam.Entry;
import io.k8saws.etcd.internal.seam.EntryPage;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The keys of a range at a pinned revision, a page at a time; a page is about a MiB, however large the values are. Used by one thread. */
final class KeyPages implements Iterator<StoredKey> {
    private static final long FIRST = 16;
    private static final long MOST = 4096;
    private static final long PAGE_BYTES = 1 << 20;

    private final EtcdCalls calls;
    private final byte[] end;
    private final long revision;
    private byte[] next;
    private Iterator<Entry> page = List.<Entry>of().iterator();
    private boolean more = true;
    private long limit = FIRST;

    KeyPages(EtcdCalls calls, byte[] from, byte[] end, long revision) {
        this.calls = calls;
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
        EntryPage fetched = calls.range(next, end, revision, limit, false);
        List<Entry> entries = fetched.entries();
        more = fetched.more() && !entries.isEmpty();
        if (more) {
            byte[] last = entries.get(entries.size() - 1).key();
            next = Arrays.copyOf(last, last.length + 1); // the smallest key behind it
            long bytes = entries.stream()
                    .mapToLong(entry -> entry.key().length + entry.value().length + 1L)
                    .sum();
            limit = Math.max(1, Math.min(Math.min(MOST, 4 * limit), entries.size() * PAGE_BYTES / bytes));
        }
        page = entries.iterator();
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
