package io.k8saws.pki;

import io.k8saws.internal.text.Columns;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * When certificates end: any certificates, not only this library's. Immutable; prints as a table like {@code kubeadm certs check-expiration}, the first to end
 * first.
 *
 * @param at when it was made
 * @param entries the certificates, by their end and then by name
 */
public record ExpiryReport(Instant at, List<Entry> entries) {
    /** How soon a certificate ends, the worst first. */
    public enum Status {
        /** It has ended: whoever checks it refuses it. */
        EXPIRED,
        /** It is not valid yet: whoever checks it refuses it, unless this clock is wrong. */
        NOT_YET_VALID,
        /** It ends within {@link Thresholds#urgent()}. */
        URGENT,
        /** It ends within {@link Thresholds#soon()}. */
        SOON,
        /** It is valid for long enough. */
        FINE
    }

    /**
     * When to warn.
     *
     * @param soon the time before the end from which it is {@link Status#SOON}
     * @param urgent the time before the end from which it is {@link Status#URGENT}; at most {@code soon}
     */
    public record Thresholds(Duration soon, Duration urgent) {
        /** Two months and two weeks. */
        public static final Thresholds DEFAULT = new Thresholds(Duration.ofDays(60), Duration.ofDays(14));

        /** Checks the order. */
        public Thresholds {
            if (urgent.isNegative() || urgent.compareTo(soon) > 0) {
                throw new IllegalArgumentException("urgent must be from zero to " + soon + ", not " + urgent);
            }
        }
    }

    /**
     * One certificate.
     *
     * @param name as the caller names it
     * @param subject whom it names
     * @param notAfter when it ends
     * @param left the time until then; negative when it has ended
     * @param authority whether it is an authority's: it cannot be renewed, but rotated
     * @param status how soon it ends
     */
    public record Entry(
            String name, String subject, Instant notAfter, Duration left, boolean authority, Status status) {
        /** Checks that nothing is null. */
        public Entry {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(subject, "subject");
        }
    }

    /** Copies the list. */
    public ExpiryReport {
        entries = List.copyOf(entries);
    }

    /**
     * Reports with the default thresholds.
     *
     * @param certificates the certificates, by any names
     * @param now when
     * @return the report
     */
    public static ExpiryReport of(Map<String, X509Certificate> certificates, Instant now) {
        return of(certificates, now, Thresholds.DEFAULT);
    }

    /**
     * Reports.
     *
     * @param certificates the certificates, by any names
     * @param now when
     * @param thresholds when to warn
     * @return the report
     */
    public static ExpiryReport of(Map<String, X509Certificate> certificates, Instant now, Thresholds thresholds) {
        return new ExpiryReport(
                now,
                certificates.entrySet().stream()
                        .map(e -> entry(e.getKey(), e.getValue(), now, thresholds))
                        .sorted(Comparator.comparing(Entry::notAfter).thenComparing(Entry::name))
                        .toList());
    }

    private static Entry entry(String name, X509Certificate certificate, Instant now, Thresholds thresholds) {
        Instant end = certificate.getNotAfter().toInstant();
        Duration left = Duration.between(now, end);
        Status status;
        if (left.isNegative() || left.isZero()) {
            status = Status.EXPIRED;
        } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
            status = Status.NOT_YET_VALID;
        } else if (left.compareTo(thresholds.urgent()) <= 0) {
            status = Status.URGENT;
        } else {
            status = left.compareTo(thresholds.soon()) <= 0 ? Status.SOON : Status.FINE;
        }
        return new Entry(name, X509.name(certificate), end, left, certificate.getBasicConstraints() >= 0, status);
    }

    /**
     * Returns the worst status of all.
     *
     * @return {@link Status#FINE} also when there is no certificate
     */
    public Status worst() {
        return entries.stream()
                .map(Entry::status)
                .min(Comparator.naturalOrder())
                .orElse(Status.FINE);
    }

    /**
     * Returns the certificates of one status.
     *
     * @param status the status
     * @return the entries in their order
     */
    public List<Entry> with(Status status) {
        return entries.stream().filter(e -> e.status() == status).toList();
    }

    /** Returns a headline with the counts, and a table. */
    @Override
    public String toString() {
        Columns table = new Columns("CERTIFICATE", "EXPIRES", "LEFT", "STATUS", "SUBJECT");
        entries.forEach(e -> table.row(
                e.name(),
                e.notAfter().toString(),
                left(e.left()),
                word(e.status()),
                e.subject() + (e.authority() ? " (authority)" : "")));
        String counts = Arrays.stream(Status.values())
                .filter(status -> !with(status).isEmpty())
                .map(status -> with(status).size() + " " + word(status))
                .collect(Collectors.joining(", "));
        return "Certificates at " + at + ": " + (counts.isEmpty() ? "none" : counts) + "\n\n"
                + table.toString().stripTrailing();
    }

    private static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String left(Duration left) {
        Duration span = left.abs();
        String text = span.toDays() > 0 ? span.toDays() + " d" : span.toHours() + " h";
        return left.isNegative() ? text + " ago" : text;
    }
}
