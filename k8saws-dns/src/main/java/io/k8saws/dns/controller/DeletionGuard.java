package io.k8saws.dns.controller;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How many names may still go. Used by one thread. */
final class DeletionGuard {
    private static final long WINDOW = Duration.ofMinutes(1).toNanos();

    private record Gone(long nanos, int names) {}

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

    /** Uses up a consent; says whether there was one. */
    boolean takeConsent() {
        boolean allowed = consented;
        consented = false;
        return allowed;
    }

    /** Whether names may go now; if so, they are counted. */
    boolean admits(int names, int owned, long now) {
        if (takeConsent()) {
            return true;
        }
        while (!gone.isEmpty() && now - gone.peekFirst().nanos() > WINDOW) {
            gone.removeFirst();
        }
        int recent = gone.stream().mapToInt(Gone::names).sum();
        if (recent + names > Math.max(most, (int) Math.floor(share * owned))) {
            return false;
        }
        gone.addLast(new Gone(now, names));
        return true;
    }
}
