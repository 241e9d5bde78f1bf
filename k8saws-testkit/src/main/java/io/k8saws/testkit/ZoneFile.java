package io.k8saws.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * A hosted zone as a zone file (RFC 1035, section 5), for a name server that knows nothing of aliases and routing: an alias has the addresses of its target, and all record sets
 * of a name and a type are one. A pure function.
 */
public final class ZoneFile {
    /** Aliases have the time to live of their target; AWS's load balancers have this one. */
    private static final long ALIAS_TTL = 60;

    private static final int MOST_STEPS = 8;

    private final Collection<ResourceRecordSet> sets;
    private final Function<String, List<String>> addresses;

    private ZoneFile(Collection<ResourceRecordSet> sets, Function<String, List<String>> addresses) {
        this.sets = sets;
        this.addresses = addresses;
    }

    /**
     * Writes a zone.
     *
     * @param sets all its record sets, as Route 53 lists them
     * @param addresses the addresses, of both versions, of a name beyond the zone, without final dot
     * @return the file's text
     * @throws IllegalArgumentException if aliases of the zone lead in a circle
     */
    public static String of(Collection<ResourceRecordSet> sets, Function<String, List<String>> addresses) {
        return new ZoneFile(sets, addresses).text();
    }

    private String text() {
        // The head of a zone comes first, and a name without a final dot is a whole one, as in Route 53.
        Set<String> lines = new LinkedHashSet<>();
        sets.stream().filter(set -> set.type() == RRType.SOA).forEach(set -> lines.addAll(lines(set)));
        sets.stream().filter(set -> set.type() != RRType.SOA).forEach(set -> lines.addAll(lines(set)));
        return "$ORIGIN .\n" + String.join("\n", lines) + "\n";
    }

    private List<String> lines(ResourceRecordSet set) {
        long ttl = sets.stream()
                .filter(other -> isSame(other, set.name(), set.type()))
                .mapToLong(other -> other.ttl() == null ? ALIAS_TTL : other.ttl())
                .min()
                .orElse(ALIAS_TTL);
        return values(set, 0).stream()
                .map(value -> name(set.name()) + " " + ttl + " IN " + set.typeAsString() + " " + value)
                .toList();
    }

    private List<String> values(ResourceRecordSet set, int steps) {
        if (set.aliasTarget() == null) {
            return set.resourceRecords().stream().map(ResourceRecord::value).toList();
        }
        if (steps > MOST_STEPS) {
            throw new IllegalArgumentException("Write a zone: the alias " + set.name() + " leads in a circle.");
        }
        String target = set.aliasTarget().dnsName();
        List<String> values = new ArrayList<>();
        sets.stream()
                .filter(other -> isSame(other, target, set.type()))
                .forEach(other -> values.addAll(values(other, steps + 1)));
        if (values.isEmpty()) {
            boolean six = set.type() == RRType.AAAA;
            addresses.apply(bare(target)).stream()
                    .filter(address -> address.contains(":") == six)
                    .forEach(values::add);
        }
        return values;
    }

    private static boolean isSame(ResourceRecordSet set, String name, RRType type) {
        return set.type() == type && bare(set.name()).equals(bare(name));
    }

    private static String bare(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** Route 53 writes what is not a letter, digit, hyphen or underscore in octal, zone files in decimal. */
    private static String name(String name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '\\' && name.length() - i > 3) {
                int character = Integer.parseInt(name.substring(i + 1, i + 4), 8);
                text.append(character == '*' ? "*" : String.format(Locale.ROOT, "\\%03d", character));
                i += 3;
            } else {
                text.append(name.charAt(i));
            }
        }
        return text.toString();
    }
}
