package io.k8saws.dns.source;

import io.k8saws.dns.record.RecordType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Where a name leads, by the type of record that says so: addresses of version 4 to A, of version 6 to AAAA, host names to CNAME. */
record Targets(SortedMap<RecordType, SortedSet<String>> byType) {
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    static Targets none() {
        return new Targets(new TreeMap<>());
    }

    static Targets of(Collection<String> texts) {
        SortedMap<RecordType, SortedSet<String>> found = new TreeMap<>();
        for (String text : texts) {
            String target = text.trim();
            if (!target.isEmpty()) {
                found.computeIfAbsent(type(target), type -> new TreeSet<>()).add(written(target));
            }
        }
        return new Targets(found);
    }

    static RecordType type(String target) {
        if (IPV4.matcher(target).matches()) {
            return RecordType.A;
        }
        return ipv6(target).isPresent() ? RecordType.AAAA : RecordType.CNAME;
    }

    boolean isEmpty() {
        return byType.isEmpty();
    }

    private static String written(String target) {
        String lower = target.toLowerCase(Locale.ROOT);
        return ipv6(target).orElse(lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower);
    }

    /** As the JDK writes it, so that two ways to write one address are the same. */
    private static Optional<String> ipv6(String target) {
        if (!IPV6.matcher(target).matches()) {
            return Optional.empty();
        }
        try {
            // A literal: nothing is looked up.
            String address = InetAddress.getByName("[" + target + "]").getHostAddress();
            return address.indexOf(':') < 0 ? Optional.empty() : Optional.of(address);
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
