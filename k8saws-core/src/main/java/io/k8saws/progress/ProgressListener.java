package io.k8saws.progress;

import io.k8saws.telemetry.Telemetry;

/**
 * Receives what long work is doing. Called on one thread at a time and never after the operation returned; a listener that throws is
 * switched off for the rest of the operation and does not disturb the work.
 */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Takes one event. Should return quickly: the next event waits for it.
     *
     * @param event what happened
     */
    void onEvent(ProgressEvent event);

    /**
     * A listener that does nothing; the default everywhere.
     *
     * @return the silent listener
     */
    static ProgressListener silent() {
        return event -> {};
    }

    /**
     * A listener that writes a plain line for each step or stage that ends and for each operation that begins or ends; for logs and pipes.
     *
     * @param out where to write; flushed after each line when it can be, not closed
     * @return the listener
     */
    static ProgressListener lines(Appendable out) {
        return new LineProgress(out);
    }

    /**
     * A listener that tells a telemetry the bytes that are moved and how each operation ended, and passes each event on.
     *
     * @param telemetry who hears figures
     * @param next who hears the events, too; {@link #silent()} for nobody
     * @return the listener; for one operation at a time
     */
    static ProgressListener measuring(Telemetry telemetry, ProgressListener next) {
        return new MeasuredProgress(telemetry, next);
    }

    /**
     * A listener that writes each event as one JSON object on one line; for machines. The object's {@code event} names the kind of event, the
     * other members are the components of its record; durations are milliseconds with the suffix {@code Millis}.
     *
     * @param out where to write; flushed after each line when it can be, not closed
     * @return the listener
     */
    static ProgressListener json(Appendable out) {
        return new JsonProgress(out);
    }
}
