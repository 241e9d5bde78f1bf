package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a zone holds, as we last knew it: filled once, then changed by what Route 53 has accepted from us. One array of bytes a name in a table with open
 * addressing, because a map of objects would take five times the memory. Safe to use from many threads.
 */
public final class ZoneMirror {
    private static final int SMALLEST = 16;
    private static final byte[] FREE = {};

    private final DnsName zone;
    private byte[][] table = empty(SMALLEST);
    private int names;
    private int records;
    private byte round;

    /**
     * Makes an empty mirror.
     *
     * @param zone the zone's name
     */
    public ZoneMirror(DnsName zone) {
        this.zone = zone;
    }

    /**
     * The record sets of a name.
     *
     * @param name the name
     * @return in Route 53's order; empty when it has none
     */
    public synchronized List<RecordSet> at(DnsName name) {
        byte[] found = table[slot(relative(name))];
        return isFree(found) ? List.of() : RecordCodec.decode(name, found);
    }

    /**
     * Sets what a name has.
     *
     * @param name the name
     * @param sets all its record sets; none when it is free
     */
    public synchronized void put(DnsName name, List<RecordSet> sets) {
        String relative = relative(name);
        int slot = slot(relative);
        byte[] before = table[slot];
        if (!isFree(before)) {
            records -= RecordCodec.count(before);
        }
        records += sets.size();
        if (!sets.isEmpty()) {
            byte[] encoded = RecordCodec.encode(relative, sets);
            encoded[0] = round;
            table[slot] = encoded;
            if (isFree(before) && ++names * 4L > table.length * 3L) {
                resize(table.length * 2);
            }
        } else if (!isFree(before)) {
            names--;
            close(slot);
        }
    }

    /**
     * Does what Route 53 has done.
     *
     * @param changes changes of record sets
     */
    public synchronized void apply(Collection<SetChange> changes) {
        Map<DnsName, List<RecordSet>> touched = new LinkedHashMap<>();
        for (SetChange change : changes) {
            change.before().ifPresent(set -> touched.computeIfAbsent(set.name(), name -> new ArrayList<>(at(name)))
                    .removeIf(other -> isKeyOf(set, other)));
        }
        for (SetChange change : changes) {
            change.after().ifPresent(set -> touched.computeIfAbsent(set.name(), name -> new ArrayList<>(at(name)))
                    .add(set));
        }
        touched.forEach(this::put);
    }

    private static boolean isKeyOf(RecordSet set, RecordSet other) {
        return set.type() == other.type() && set.setIdentifier().equals(other.setIdentifier());
    }

    /**
     * All names that have records.
     *
     * @return in no order
     */
    public synchronized List<DnsName> names() {
        List<DnsName> all = new ArrayList<>(names);
        for (byte[] each : table) {
            if (!isFree(each)) {
                all.add(absolute(RecordCodec.relativeName(each)));
            }
        }
        return all;
    }

    /**
     * The health checks that record sets use, by their ids; looks at each name.
     *
     * @return those of all names
     */
    public synchronized Set<String> healthChecks() {
        Set<String> ids = new HashSet<>();
        for (byte[] each : table) {
            if (!isFree(each)) {
                RecordCodec.decode(zone, each)
                        .forEach(set -> set.healthCheckId().ifPresent(ids::add));
            }
        }
        return ids;
    }

    /**
     * Counts record sets.
     *
     * @return 0 or more
     */
    public synchronized int size() {
        return records;
    }

    /** Forgets all. */
    public synchronized void clear() {
        table = empty(SMALLEST);
        names = 0;
        records = 0;
    }

    /** A reading of the whole zone begins. */
    synchronized void newRound() {
        round++;
    }

    /** A name is as it was. */
    synchronized void seen(DnsName name) {
        byte[] there = table[slot(relative(name))];
        if (!isFree(there)) {
            there[0] = round;
        }
    }

    /** The names that this round has neither seen nor written. */
    synchronized List<DnsName> notOfThisRound() {
        List<DnsName> all = new ArrayList<>();
        for (byte[] each : table) {
            if (!isFree(each) && each[0] != round) {
                all.add(absolute(RecordCodec.relativeName(each)));
            }
        }
        return all;
    }

    /** The bytes of the heap that it takes, with arrays' headers of 16 bytes, padding to 8 and references of 4. */
    synchronized long heapBytes() {
        return Arrays.stream(table)
                        .mapToLong(each -> isFree(each) ? 0 : (16 + each.length + 7) / 8 * 8L)
                        .sum()
                + 16
                + 4L * table.length;
    }

    private String relative(DnsName name) {
        String text = name.text();
        if (!name.endsWith(zone)) {
            return text + "."; // what does not lie in the zone does not end up here, but is not mixed up either
        }
        return text.length() == zone.text().length()
                ? ""
                : text.substring(0, text.length() - zone.text().length() - 1);
    }

    private DnsName absolute(String relative) {
        if (relative.isEmpty()) {
            return zone;
        }
        return relative.endsWith(".")
                ? new DnsName(relative.substring(0, relative.length() - 1))
                : new DnsName(relative + "." + zone.text());
    }

    /** Where a name is, or would be put. */
    private int slot(String relative) {
        int slot = home(relative);
        while (true) {
            byte[] there = table[slot];
            if (isFree(there) || RecordCodec.relativeName(there).equals(relative)) {
                return slot;
            }
            slot = slot + 1 & table.length - 1;
        }
    }

    private int home(String relative) {
        int hash = relative.hashCode() * 0x9E3779B9;
        return (hash ^ hash >>> 16) & table.length - 1;
    }

    private static byte[][] empty(int size) {
        byte[][] table = new byte[size][];
        Arrays.fill(table, FREE);
        return table;
    }

    private static boolean isFree(byte[] there) {
        return there.length == 0;
    }

    private void resize(int size) {
        byte[][] old = table;
        table = empty(size);
        for (byte[] each : old) {
            if (!isFree(each)) {
                table[slot(RecordCodec.relativeName(each))] = each;
            }
        }
    }

    /** Empties a slot, and moves up those behind it that would no longer be found. */
    private void close(int slot) {
        table[slot] = FREE;
        int next = slot + 1 & table.length - 1;
        while (true) {
            byte[] each = table[next];
            if (isFree(each)) {
                return;
            }
            table[next] = FREE;
            table[slot(RecordCodec.relativeName(each))] = each;
            next = next + 1 & table.length - 1;
        }
    }
}
