package io.k8saws.pki;

import io.k8saws.cluster.Cidr;
import java.util.Optional;
import java.util.regex.Pattern;

/** The syntax of host names and addresses. */
final class Hosts {
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*");

    /** What looks like an address and is none: no top-level domain is a number. */
    private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?[0-9]+");

    private Hosts() {}

    static boolean isName(String text) {
        return NAME.matcher(text).matches() && !NUMERIC.matcher(text).matches();
    }

    /** A name of a machine is one label or several; it may be a number. */
    static boolean isMachineName(String text) {
        return NAME.matcher(text).matches() && address(text).isEmpty();
    }

    static boolean isNameOrWildcard(String text) {
        return isName(text.startsWith("*.") ? text.substring(2) : text);
    }

    /** The canonical form of an IPv4 or IPv6 address; empty when the text is none. */
    static Optional<String> address(String text) {
        if (text.isBlank() || text.contains("/")) {
            return Optional.empty();
        }
        Cidr block = Cidr.parse(text + (text.contains(":") ? "/128" : "/32"));
        return block.isWellFormed() ? Optional.of(block.address(0)) : Optional.empty();
    }
}
