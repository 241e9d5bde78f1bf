package io.k8saws.dns.health;

import io.k8saws.error.InvalidSpecException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A health check with what it watches. It has a text, which stands in plans and in record sets where Route 53 has an id: so a plan tells of a check before there is one. Immutable and pure.
 *
 * @param check how it asks
 * @param target the address or host name that it watches
 * @param shown the host name that it shows to an address; empty for none, and for a target that is a name itself
 */
public record TargetCheck(HealthCheck check, String target, Optional<String> shown) {
    private static final String HEAD = "check";
    private static final String NONE = "-";
    private static final String REFERENCE = "k8saws-";
    private static final int FIELDS = 8;

    /** A name is shown to itself; an address of version 6 has one form. */
    public TargetCheck {
        shown = isAddress(target) ? shown : Optional.empty();
        target = target.contains(":") ? plain(target) : target;
        check = new HealthCheck(
                check.type(), Optional.empty(), check.port(), check.path(), check.threshold(), check.interval());
    }

    private static String plain(String address) {
        try {
            return InetAddress.getByName(address).getHostAddress(); // a literal is looked up nowhere
        } catch (UnknownHostException e) {
            return address;
        }
    }

    private static boolean isAddress(String target) {
        return target.contains(":") || target.matches("[0-9.]+");
    }

    /**
     * Whether it watches an address, not a name.
     *
     * @return whether it does
     */
    public boolean isOfAddress() {
        return isAddress(target);
    }

    /**
     * The text.
     *
     * @return such as {@code check HTTP 192.0.2.1 80 /healthz www.example.com 3 30}
     */
    public String text() {
        return String.join(
                " ",
                HEAD,
                check.type().name(),
                target,
                String.valueOf(check.port()),
                check.path().isEmpty() ? NONE : check.path(),
                shown.orElse(NONE),
                String.valueOf(check.threshold()),
                String.valueOf(check.interval()));
    }

    /**
     * The text for people.
     *
     * @return without the query of the path, which may hold a token
     */
    @Override
    public String toString() {
        String path = check.path().isEmpty() ? NONE : HealthCheck.withoutQuery(check.path());
        return String.join(
                " ",
                HEAD,
                check.type().name(),
                target,
                String.valueOf(check.port()),
                path,
                shown.orElse(NONE),
                String.valueOf(check.threshold()),
                String.valueOf(check.interval()));
    }

    /**
     * Reads a text.
     *
     * @param text a text, or an id of Route 53
     * @return the check; empty for an id
     */
    public static Optional<TargetCheck> read(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != FIELDS || !parts[0].equals(HEAD)) {
            return Optional.empty();
        }
        try {
            Optional<String> shown = parts[5].equals(NONE) ? Optional.empty() : Optional.of(parts[5]);
            HealthCheck check = new HealthCheck(
                    HealthCheck.Type.valueOf(parts[1]),
                    Optional.empty(),
                    Integer.parseInt(parts[3]),
                    parts[4].equals(NONE) ? "" : parts[4],
                    Integer.parseInt(parts[6]),
                    Integer.parseInt(parts[7]));
            return Optional.of(new TargetCheck(check, parts[2], shown));
        } catch (IllegalArgumentException | InvalidSpecException e) {
            return Optional.empty();
        }
    }

    /**
     * The beginning of references of all checks of an owner in a zone.
     *
     * @param owner the owner's id
     * @param zone the zone's id
     * @return the same for the same, another for others
     */
    public static String reference(String owner, String zone) {
        return REFERENCE + hash(owner).substring(0, 12) + hash(zone).substring(0, 12) + "-";
    }

    /**
     * By what the check is found again: Route 53 makes no second one of the same reference. Records of a zone that want the same have one check.
     *
     * @param owner the owner's id
     * @param zone the zone's id
     * @return the same for the same, another for others, without its last part: a number that counts how often it was made
     */
    public String referenceOf(String owner, String zone) {
        return reference(owner, zone) + hash(text()).substring(0, 24) + "-";
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
