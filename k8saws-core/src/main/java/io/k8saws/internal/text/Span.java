package io.k8saws.internal.text;

import java.time.Duration;
import java.util.Locale;

/** Writes a span of time as short as a person would say it. */
public final class Span {
    private Span() {}

    /**
     * Rounds a span to what matters at its size.
     *
     * @param span the span; a negative one counts as zero
     * @return for example {@code 0.8 s}, {@code 42 s}, {@code 3 min 5 s}, {@code 1 h 4 min}
     */
    public static String of(Duration span) {
        long millis = Math.max(0, span.toMillis());
        if (millis < 9_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = (millis + 500) / 1000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
        }
        long minutes = (seconds + 30) / 60;
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
}
