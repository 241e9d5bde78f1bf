package io.k8saws.dns.plan;

import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.InvalidSpecException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names under which addresses are looked up (RFC 1035, section 3.5; RFC 3596, section 2.5). Pure. */
public final class ReverseNames {
    private ReverseNames() {}

    /**
     * The name of an address.
     *
     * @param address of version 4 or 6
     * @return below {@code in-addr.arpa} or {@code ip6.arpa}
     */
    public static DnsName of(String address) {
        byte[] bytes;
        try {
            bytes = InetAddress.getByName(address).getAddress(); // a literal: nothing is looked up
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("An address is expected, got " + address + ".", e);
        }
        List<String> labels = new ArrayList<>();
        for (byte each : bytes) {
            int value = each & 0xff;
            if (bytes.length == 4) {
                labels.add(Integer.toString(value));
            } else {
                labels.add(Integer.toHexString(value >> 4));
                labels.add(Integer.toHexString(value & 0xf));
            }
        }
        Collections.reverse(labels);
        return DnsName.of(String.join(".", labels) + (bytes.length == 4 ? ".in-addr.arpa" : ".ip6.arpa"));
    }

    /**
     * The names to which records back lead: while their objects wait, or ask for what cannot be, nobody asks for the way back.
     *
     * @param sets what is in a zone at a name
     * @return none when there is no record of type PTR
     */
    public static Set<DnsName> pointedAt(List<RecordSet> sets) {
        Set<DnsName> names = new HashSet<>();
        for (RecordSet set : sets) {
            if (set.type() == RecordType.PTR && set.answer() instanceof Answer.Values values) {
                values.values().forEach(value -> name(value).ifPresent(names::add));
            }
        }
        return names;
    }

    private static Optional<DnsName> name(String value) {
        try {
            return Optional.of(DnsName.fromRoute53(value));
        } catch (InvalidSpecException e) {
            return Optional.empty(); // somebody else's: no object of ours has such a name
        }
    }
}
