package io.k8saws.dns.record;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A full name, in lower case and ASCII, without the final dot. A {@code *} is a wildcard only as the whole first label; elsewhere it is a character like others, which {@link #of} refuses and zones may have. Immutable and thread-safe; ordered by text.
 *
 * @param text the name, such as {@code *.example.com}
 */
public record DnsName(String text) implements Comparable<DnsName> {
    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_*]([a-z0-9_*-]*[a-z0-9_*])?");
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9._-]");
    private static final String WILDCARD = "*";

    /**
     * Checks the name.
     *
     * @throws InvalidSpecException if it is none
     */
    public DnsName {
        String problem = problem(text);
        if (!problem.isEmpty()) {
            throw refused(text, problem);
        }
    }

    /**
     * Reads a name in any case, with or without the final dot. Letters beyond ASCII are written by IDNA.
     *
     * @param text the name
     * @return the name
     * @throws InvalidSpecException if it is none
     */
    public static DnsName of(String text) {
        String trimmed = text.trim();
        String bare = trimmed.endsWith(".") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
        DnsName name = new DnsName(ascii(bare).toLowerCase(Locale.ROOT));
        if (name.text.substring(name.isWildcard() ? 1 : 0).contains(WILDCARD)) {
            throw refused(text, "has a * that is not the whole first label");
        }
        return name;
    }

    /**
     * Reads a name as Route 53 writes it: with a final dot, and with backslash and three octal digits for what is not a letter, digit, dot, hyphen or underscore.
     *
     * @param text the name
     * @return the name
     * @throws InvalidSpecException if it is none that this library could write
     */
    public static DnsName fromRoute53(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && text.substring(i + 1).matches("[0-7]{3}.*")) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.append(text.charAt(i));
            }
        }
        String whole = plain.toString();
        return new DnsName(
                (whole.endsWith(".") ? whole.substring(0, whole.length() - 1) : whole).toLowerCase(Locale.ROOT));
    }

    /**
     * The name as Route 53 writes it.
     *
     * @return for example {@code \052.example.com.}
     */
    public String route53() {
        StringBuilder escaped = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.US_ASCII)) {
            char c = (char) each;
            escaped.append(
                    PLAIN.matcher(String.valueOf(c)).matches()
                            ? String.valueOf(c)
                            : String.format(Locale.ROOT, "\\%03o", (int) c));
        }
        return escaped.append('.').toString();
    }

    /**
     * The name without its first label.
     *
     * @return empty for a name of one label
     */
    public Optional<DnsName> parent() {
        int dot = text.indexOf('.');
        return dot < 0 ? Optional.empty() : Optional.of(new DnsName(text.substring(dot + 1)));
    }

    /**
     * Whether the first label is {@code *}.
     *
     * @return whether it stands for all names below its parent
     */
    public boolean isWildcard() {
        return text.startsWith("*.");
    }

    /**
     * Whether a zone of a name could hold this one.
     *
     * @param zone the zone's name
     * @return true for the zone itself and all below
     */
    public boolean endsWith(DnsName zone) {
        return text.equals(zone.text) || text.endsWith("." + zone.text);
    }

    private static String ascii(String text) {
        if (text.chars().allMatch(c -> c < 128)) {
            return text;
        }
        try {
            return IDN.toASCII(text, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static InvalidSpecException refused(String text, String problem) {
        return new InvalidSpecException(
                "Read the DNS name '" + text + "'",
                List.of(new Violation("name", "'" + text + "' " + problem, "correct the name")));
    }

    private static String problem(String text) {
        if (text.isEmpty()) {
            return "is empty";
        }
        if (text.length() > LONGEST) {
            return "has " + text.length() + " characters, and " + LONGEST + " are allowed";
        }
        String[] labels = text.split("\\.", -1);
        for (String label : labels) {
            if (label.length() > LONGEST_LABEL) {
                return "has a label of " + label.length() + " characters, and " + LONGEST_LABEL + " are allowed";
            }
            if (!LABEL.matcher(label).matches()) {
                return label.isEmpty() ? "has an empty label" : "has the label '" + label + "', which is not allowed";
            }
        }
        return "";
    }

    /** By text. */
    @Override
    public int compareTo(DnsName other) {
        return text.compareTo(other.text);
    }

    /** The name. */
    @Override
    public String toString() {
        return text;
    }
}
