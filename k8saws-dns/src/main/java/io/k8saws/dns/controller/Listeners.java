package io.k8saws.dns.controller;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells who hears of something. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private Listeners() {}

    /**
     * Tells it. That who hears fails ends nothing of who tells: it is logged.
     *
     * @param of what is told of, for the log
     * @param news tells it
     */
    static void tell(String of, Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.warn("Who hears of {} has failed. The others go on.", of, e);
        }
    }
}
