package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long tokens of service accounts live in a cluster. */
public final class TokenLife {
    static final String FLAG = "service-account-max-token-expiration";
    private static final String EXTEND = "service-account-extend-token-expiration";
    private static final Duration OURS = Duration.ofHours(24);

    /** What pods' tokens are extended to (Kubernetes, ExpirationExtensionSeconds). */
    private static final Duration EXTENDED = Duration.ofDays(365);

    private static final Pattern SPAN =
            Pattern.compile("(?:(?<h>[0-9]{1,6})h)?(?:(?<m>[0-9]{1,6})m)?(?:(?<s>[0-9]{1,6})s)?");

    private TokenLife() {}

    /**
     * The longest life of a token. The API server gives none for longer than a day, unless the spec's flags for it say otherwise. Tokens in Secrets never end: they do
     * not count.
     *
     * @param spec the cluster
     * @return a day, or what {@code --service-account-max-token-expiration} says in the spec; a year at least when the spec lets tokens be extended
     */
    public static Duration longest(ClusterSpec spec) {
        Map<String, String> flags = spec.kubernetes().apiServerFlags();
        Duration asked = flags.containsKey(FLAG) ? span(flags.get(FLAG)) : OURS;
        boolean extended = Boolean.parseBoolean(flags.getOrDefault(EXTEND, "false"));
        return extended && asked.compareTo(EXTENDED) < 0 ? EXTENDED : asked;
    }

    private static Duration span(String text) {
        Matcher parts = SPAN.matcher(text);
        return !text.isEmpty() && parts.matches()
                ? Duration.ofHours(number(parts, "h"))
                        .plusMinutes(number(parts, "m"))
                        .plusSeconds(number(parts, "s"))
                : EXTENDED;
    }

    private static long number(Matcher parts, String group) {
        String found = parts.group(group);
        return found == null ? 0 : Long.parseLong(found);
    }
}
