package io.k8saws.dns.controller;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every ten minutes, while a term lasts, whether there is more than it began with: a role that could not be assumed, or a zone that could not be read, may be allowed later. */
final class SecondLook {
    private static final Logger LOG = LoggerFactory.getLogger(SecondLook.class);
    private static final Duration PAUSE = Duration.ofMinutes(10);

    private final TermAgenda agenda;
    private final BooleanSupplier isMore;
    private final Runnable found;

    /**
     * Makes it; looks at nothing.
     *
     * @param agenda when; nothing holds what is given here once that is closed
     * @param isMore looks; may block, and throw what calls throw
     * @param found runs once, when there is more
     */
    SecondLook(TermAgenda agenda, BooleanSupplier isMore, Runnable found) {
        this.agenda = agenda;
        this.isMore = isMore;
        this.found = found;
    }

    void later() {
        agenda.after(PAUSE, () -> {
            if (isMore()) {
                found();
            } else {
                later();
            }
        });
    }

    private void found() {
        try {
            found.run();
        } catch (RuntimeException e) {
            LOG.warn("There is more than a term began with, and it did not begin anew. It is looked again.", e);
            later();
        }
    }

    private boolean isMore() {
        try {
            return isMore.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.debug("Zones were not found again", e);
            return false;
        }
    }
}
