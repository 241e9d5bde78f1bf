package io.k8saws.etcd.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Something that happened to scheduled work. A minor release may add kinds. */
public sealed interface RunEvent {
    /**
     * A run has ended well.
     *
     * @param due the moment that it was for
     * @param missed how many moments before it were missed, because the program or its machine slept, counted to 1,000; they are made good by this one run
     * @param took how long it took
     */
    record Ran(Instant due, int missed, Duration took) implements RunEvent {
        /** For example {@code the run for 2026-11-27T04:00:00Z is done after 12,345 ms; 3 before it were missed}. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "the run for %s is done after %,d ms%s",
                    due,
                    took.toMillis(),
                    missed == 0 ? "" : "; " + missed + " before it were missed");
        }
    }

    /**
     * A run has failed.
     *
     * @param due the moment that it was for
     * @param failures how many have failed in a row
     * @param cause why
     * @param again when it is tried again
     */
    record Failed(Instant due, int failures, RuntimeException cause, Instant again) implements RunEvent {
        /** For example {@code the run for 2026-11-27T04:00:00Z has failed, 2 in a row, and is tried again at 2026-11-27T04:03:00Z: Call etcd: ...}. */
        @Override
        public String toString() {
            String why = cause.getMessage();
            return "the run for " + due + " has failed, " + failures + " in a row, and is tried again at " + again
                    + ": " + (why == null ? cause : why);
        }
    }

    /**
     * Somebody else does the work of this moment, or has done it.
     *
     * @param due the moment
     */
    record LeftToOthers(Instant due) implements RunEvent {
        /** That, and of which run. */
        @Override
        public String toString() {
            return "the run for " + due + " is somebody else's";
        }
    }

    /**
     * The last moment that was handled lies in the future: a clock was set back, or a clock that was ahead has dated the work. Work goes on with what comes from now on.
     *
     * @param handled the moment that was taken for handled
     * @param now what the clock says
     */
    record ClockWentBack(Instant handled, Instant now) implements RunEvent {
        /** Both moments. */
        @Override
        public String toString() {
            return "a clock went back: work is done up to " + handled + ", and now it is " + now;
        }
    }

    /**
     * The clock of the store and ours differ by more than a minute. From five minutes on AWS refuses calls.
     *
     * @param ahead how far the store's clock is ahead; negative if it is behind
     */
    record ClockSkew(Duration ahead) implements RunEvent {
        /** By how much, and which way. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "the store's clock is %,d s %s",
                    ahead.abs().toSeconds(),
                    ahead.isNegative() ? "behind" : "ahead");
        }
    }
}
