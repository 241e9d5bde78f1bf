package io.k8saws.dns.record;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What a record set answers. Immutable. */
public sealed interface Answer {
    /**
     * Values of its own.
     *
     * @param ttl how long answers may be kept, from 0 s to 2147483647 s
     * @param values as Route 53 has them, at least one
     */
    record Values(Duration ttl, List<String> values) implements Answer {
        /** Copies the values. */
        public Values {
            Objects.requireNonNull(ttl, "ttl");
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("A record set has one value or more, or is an alias.");
            }
        }
    }

    /**
     * What another name answers at that time.
     *
     * @param zoneId the hosted zone of the target, as AWS tells it for its resources
     * @param target the other name
     * @param evaluateTargetHealth whether it answers only while its target is healthy
     */
    record Alias(String zoneId, DnsName target, boolean evaluateTargetHealth) implements Answer {
        /** Checks that no part is missing. */
        public Alias {
            Objects.requireNonNull(zoneId, "zoneId");
            Objects.requireNonNull(target, "target");
        }
    }

    /**
     * Tells whether two answers are the same to who asks: the order of values, the case of names, final dots, and ways to write an address make no difference.
     *
     * @param type the type of both
     * @param other the other answer
     * @return whether they are
     */
    default boolean isSame(RecordType type, Answer other) {
        if (this instanceof Values mine && other instanceof Values theirs) {
            return mine.ttl().equals(theirs.ttl()) && canonical(type, mine).equals(canonical(type, theirs));
        }
        return equals(other);
    }

    private static List<String> canonical(RecordType type, Values values) {
        return values.values().stream()
                .map(value -> canonical(type, value))
                .sorted()
                .toList();
    }

    /**
     * A value as it is compared.
     *
     * @param type the record's type
     * @param value the value
     * @return the same text for values that mean the same
     */
    static String canonical(RecordType type, String value) {
        return switch (type) {
            case AAAA -> address(value);
            case CNAME, NS, PTR, MX, SRV -> {
                String lower = value.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
                yield lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
            }
            default -> value.strip();
        };
    }

    private static String address(String value) {
        if (!value.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return value;
        }
        try {
            return InetAddress.getByName("[" + value + "]").getHostAddress(); // a literal: nothing is looked up
        } catch (UnknownHostException e) {
            return value;
        }
    }
}
