package io.k8saws.dns.source;

import java.util.Locale;
import java.util.Optional;

/** What a host of a route and the host of a listener have in common, by the rules of the Gateway API. */
final class HostMatch {
    private HostMatch() {}

    /** The narrower of the two; empty text stands for any host; nothing when they have no host in common. */
    static Optional<String> of(String route, String listener) {
        String one = route.toLowerCase(Locale.ROOT);
        String other = listener.toLowerCase(Locale.ROOT);
        if (one.equals(other) || other.isEmpty()) {
            return Optional.of(one);
        }
        if (one.isEmpty() || isWithin(other, one)) {
            return Optional.of(other);
        }
        return isWithin(one, other) ? Optional.of(one) : Optional.empty();
    }

    /** A wildcard covers any number of labels, and at least one. */
    private static boolean isWithin(String host, String wildcard) {
        return wildcard.startsWith("*.")
                && host.endsWith(wildcard.substring(1))
                && host.length() > wildcard.length() - 1;
    }
}
