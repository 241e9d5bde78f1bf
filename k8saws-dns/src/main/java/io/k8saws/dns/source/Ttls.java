package io.k8saws.dns.source;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times to live as external-dns reads them: whole seconds, or a duration of Go such as {@code 1h30m}. From 1 to 2147483647 seconds. */
final class Ttls {
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,10}");
    private static final Pattern PARTS = Pattern.compile("(?:[0-9]{1,10}(?:\\.[0-9]{1,9})?(?:ns|us|µs|ms|s|m|h)){1,8}");
    private static final Map<String, BigDecimal> SECONDS = Map.of(
            "ns", new BigDecimal("1e-9"),
            "us", new BigDecimal("1e-6"),
            "µs", new BigDecimal("1e-6"),
            "ms", new BigDecimal("1e-3"),
            "s", BigDecimal.ONE,
            "m", BigDecimal.valueOf(60),
            "h", BigDecimal.valueOf(3600));

    private Ttls() {}

    /** Empty when it is no time to live. Parts of seconds are cut off. */
    static Optional<Duration> read(String text) {
        BigDecimal seconds = BigDecimal.ZERO;
        if (WHOLE.matcher(text).matches()) {
            seconds = new BigDecimal(text);
        } else if (PARTS.matcher(text).matches()) {
            Matcher part = PART.matcher(text);
            while (part.find()) {
                seconds = seconds.add(
                        new BigDecimal(part.group(1)).multiply(SECONDS.getOrDefault(part.group(2), BigDecimal.ZERO)));
            }
        }
        long whole = seconds.longValue();
        return whole >= 1 && whole <= Integer.MAX_VALUE ? Optional.of(Duration.ofSeconds(whole)) : Optional.empty();
    }
}
