package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.route53.Retirement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, once in a term, for health checks that one before has left behind: given up by their records, and not gone yet when it ended. It costs a listing of each account, and nothing where no object wants a check and nobody has ever noted that one was made. What is found has the rounds begin. Safe to use from
 * many threads.
 */
final class LeftChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeftChecks.class);

    /** What a term brings to records at its beginning is there by then, and is not taken for left. */
    static final Duration SOON = Duration.ofMinutes(1);

    private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

    private final Agenda agenda;
    private final BooleanSupplier isWanted;
    private final CheckNote note;
    private final Supplier<Retirement> listing;
    private final Supplier<Set<String>> used;
    private final Runnable found;
    private volatile boolean noted;
    private volatile List<String> unlooked = List.of();
    private volatile List<String> unnoted = List.of();
    private volatile boolean closed;

    /**
     * Makes it; looks at nothing.
     *
     * @param agenda runs the look
     * @param isWanted whether a check is wanted or known, so that a look is worth a call without a note
     * @param note what terms before have noted
     * @param listing lists the checks of each account
     * @param used the checks that records have, as far as zones were read
     * @param found runs when some are left
     */
    LeftChecks(
            Agenda agenda,
            BooleanSupplier isWanted,
            CheckNote note,
            Supplier<Retirement> listing,
            Supplier<Set<String>> used,
            Runnable found) {
        this.agenda = agenda;
        this.isWanted = isWanted;
        this.note = note;
        this.listing = listing;
        this.used = used;
        this.found = found;
    }

    /** Looks soon. */
    void look() {
        later(SOON);
    }

    private void later(Duration pause) {
        agenda.after(pause, () -> {
            if (!closed && !isDone()) {
                Duration longer = pause.multipliedBy(2);
                later(longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE);
            }
        });
    }

    /** False when it is to be tried again. */
    private boolean isDone() {
        try {
            if (!isWanted.getAsBoolean() && !note.isThere()) {
                unlooked = List.of();
                return true;
            }
            Retirement all = listing.get();
            unlooked = all.unlisted();
            if (all.isNeeded()) {
                making();
            }
            if (all.isAnyLeft(used.get())) {
                unlooked = List.of();
                found.run();
                return true; // the rounds list again, and tell what they cannot
            }
            return all.isListed();
        } catch (RuntimeException e) {
            LOG.debug("Health checks of terms before were not looked for", e);
            unlooked = List.of("Health checks that were made before are not looked for: " + e.getMessage()
                    + ". It is tried again, up to once a day");
            return false;
        }
    }

    /** A check is about to be made, or is there: who leads next shall know. A note that cannot be left is left with the next check. */
    void making() {
        if (noted) {
            return;
        }
        try {
            note.leave();
            noted = true;
            unnoted = List.of();
        } catch (RuntimeException e) {
            LOG.debug("It was not noted that health checks are made", e);
            unnoted = List.of(
                    "It cannot be noted on the Lease that health checks are made, so who leads next may not look for them: "
                            + e.getMessage() + ". It is tried again with the next one");
        }
    }

    /** What could not be looked for or noted. */
    List<String> problems() {
        return Stream.concat(unlooked.stream(), unnoted.stream()).toList();
    }

    @Override
    public void close() {
        closed = true;
    }
}
