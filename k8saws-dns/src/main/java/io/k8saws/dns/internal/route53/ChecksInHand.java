package io.k8saws.dns.internal.route53;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which health checks somebody has in his hands, or is about to take away, in all zones of a program at once: a record of one zone may name the check of another by its id. What is in hand is not taken away, and what is on its way out is brought to no record, whichever came first. Safe to use from many threads.
 */
final class ChecksInHand {
    private final InstantSource clock;

    // guarded by this
    private final Map<String, Instant> given = new HashMap<>(); // when ids were last given away or sent
    private final Map<String, Integer> flying = new HashMap<>();
    private final Set<String> dying = new HashSet<>();
    private Instant unknown = Instant.MIN;

    ChecksInHand(InstantSource clock) {
        this.clock = clock;
    }

    /** Also when the clock was put back, nothing counts as seen that was not. */
    static boolean isWithin(Instant then, Duration span, Instant now) {
        return !then.isAfter(now) && then.isAfter(now.minus(span));
    }

    /** Somebody has got it, and may bring it to a record. */
    synchronized void gave(String id) {
        given.put(id, clock.instant());
    }

    /** A change is sent: the ids that it brings or keeps are in use from now on, whatever its answer. */
    synchronized void sending(Set<String> ids) {
        ids.forEach(id -> flying.merge(id, 1, Integer::sum));
    }

    /** A change was not sent after all. */
    synchronized void unsent(Set<String> ids) {
        ids.forEach(id -> flying.computeIfPresent(id, (one, count) -> count > 1 ? count - 1 : null));
    }

    /** A change has come to its end, with an answer or without. */
    synchronized void sent(Set<String> ids, boolean answered) {
        unsent(ids);
        ids.forEach(this::gave);
        if (!answered) {
            unknown = clock.instant();
        }
    }

    /** Whether a change of a little while ago had no answer, so that nobody can tell what records use. */
    synchronized boolean isUncertain() {
        return isWithin(unknown, HealthChecks.GRACE, clock.instant());
    }

    /** Whether somebody here may be about to bring it to a record. */
    synchronized boolean isInHand(String id) {
        Instant last = given.get(id);
        return flying.containsKey(id)
                || (last != null && !last.plus(HealthChecks.GRACE).isBefore(clock.instant()));
    }

    synchronized boolean isDying(String id) {
        return dying.contains(id);
    }

    /** From here on no record gets it. */
    synchronized void ruleOut(String id) {
        dying.add(id);
    }

    /** From here on no record gets it; false when somebody has just got it. */
    synchronized boolean giveUp(String id) {
        if (isInHand(id)) {
            return false;
        }
        ruleOut(id);
        return true;
    }

    /** It was seen without a mark just now, as when the mark was refused: it may be brought again. */
    synchronized void stays(String id) {
        dying.remove(id);
    }

    /** Of some checks, these are on their way out, and no others. */
    synchronized void leaving(Set<String> before, Set<String> now) {
        dying.removeAll(before);
        dying.addAll(now);
        given.values().removeIf(last -> last.plus(HealthChecks.GRACE).isBefore(clock.instant()));
    }
}
