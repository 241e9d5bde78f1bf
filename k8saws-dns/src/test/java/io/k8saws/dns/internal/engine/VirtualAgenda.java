package io.k8saws.dns.internal.engine;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes from one entry to the next. Used by one thread. */
public final class VirtualAgenda implements Agenda {
    private record Entry(long at, long order, Runnable what) {}

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private long now;
    private long order;

    @Override
    public void after(Duration delay, Runnable what) {
        entries.add(new Entry(now + delay.toNanos(), order++, what));
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** Runs what is due within a time, and then it is later. */
    public void pass(Duration time) {
        long end = now + time.toNanos();
        while (!entries.isEmpty() && entries.peek().at() <= end) {
            Entry next = entries.remove();
            now = Math.max(now, next.at());
            next.what().run();
        }
        now = end;
    }
}
