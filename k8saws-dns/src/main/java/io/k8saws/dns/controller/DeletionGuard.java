package io.k8saws.dns.controller;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntSupplier;

/** How many record sets may still go. It counts for as long as the controller runs, in one term of leadership as in the next. Used by one thread. */
final class DeletionGuard {
    private static final long WINDOW = Duration.ofMinutes(1).toNanos();

    private record Gone(long nanos, int sets) {}

    private final int most;
    private final double share;
    private final Deque<Gone> gone = new ArrayDeque<>();
    private boolean consented;

    DeletionGuard(int most, double share) {
        this.most = most;
        this.share = share;
    }

    /** Lets the next ones go, however many. */
    void consent() {
        consented = true;
    }

    /** Takes a consent back that nothing has used. */
    void revoke() {
        consented = false;
    }

    boolean isConsented() {
        return consented;
    }

    /** Uses up a consent; says whether there was one. */
    boolean takeConsent() {
        boolean allowed = consented;
        consented = false;
        return allowed;
    }

    /** Whether record sets may go now that others are kept with which they would be too many; if so, they are counted. How many are ours is asked only when it matters. */
    boolean admits(int sets, int others, IntSupplier owned, long now) {
        while (!gone.isEmpty() && now - gone.peekFirst().nanos() > WINDOW) {
            gone.removeFirst();
        }
        int going = gone.stream().mapToInt(Gone::sets).sum() + sets;
        int all = going + others;
        if (all > most && all > (int) Math.floor(share * owned.getAsInt())) {
            return false;
        }
        gone.addLast(new Gone(now, sets));
        return true;
    }
}
