package io.k8saws.console;

import java.time.Duration;
import java.util.Locale;

/** Spans of time as a screen shows them. */
final class Elapsed {
    private Elapsed() {}

    /** In whole seconds, since it changes under the reader's eyes. */
    static String of(Duration span) {
        long seconds = Math.max(0, (span.toMillis() + 500) / 1000);
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** With a tenth of a second where that says something. */
    static String exactly(Duration span) {
        long millis = Math.max(0, span.toMillis());
        return millis < 9_950 ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0) : of(span);
    }
}
