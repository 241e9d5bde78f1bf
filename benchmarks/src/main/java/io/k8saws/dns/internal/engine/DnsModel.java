package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;

/** A zone in memory that counts its calls, with Route 53's limits, and time that passes by itself. Used by one thread. */
final class DnsModel implements ZoneCalls, Agenda {
    /** An address that it refuses, without saying whose. */
    static final String BAD = "192.0.2.66";

    static final DnsName ZONE = DnsName.of("example.com");
    private static final int PAGE = 300;

    private record Entry(long at, long order, Runnable what) {}

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private final NavigableMap<String, RecordSet> sets = new TreeMap<>();
    private final Map<DnsName, List<RecordSet>> wanted = new HashMap<>();
    private long now;
    private long order;
    private int reads;
    private int writes;

    /** What a host name of a load balancer with addresses of both versions takes: two aliases and their marks, of 109 characters. */
    static List<RecordSet> balanced(int number) {
        DnsName name = host(number);
        DnsName balancer =
                DnsName.of("k8s-default-web-" + number + "-0123456789abcdef0123456789.elb.eu-west-1.amazonaws.com");
        String mark = String.format(
                "\"heritage=external-dns,external-dns/owner=bench,external-dns/resource=service/default/checkout-%018d\"",
                number);
        Answer alias = new Answer.Alias("Z2IFOLAFXWLO4F", balancer, true);
        return List.of(
                RecordSet.simple(name, RecordType.A, alias),
                RecordSet.simple(name, RecordType.AAAA, alias),
                text("a-" + name, mark),
                text("aaaa-" + name, mark));
    }

    static DnsName host(int number) {
        return DnsName.of("checkout-" + number + "." + ZONE);
    }

    static RecordSet address(int number, String address) {
        return RecordSet.simple(host(number), RecordType.A, new Answer.Values(Duration.ofMinutes(5), List.of(address)));
    }

    private static RecordSet text(String name, String text) {
        return RecordSet.simple(
                DnsName.of(name), RecordType.TXT, new Answer.Values(Duration.ofMinutes(5), List.of(text)));
    }

    /** Puts sets there, as somebody else would: no call is counted. */
    void put(List<RecordSet> some) {
        some.forEach(set -> sets.put(key(set), set));
    }

    /** Says what a name and its marks shall be. */
    DnsName want(List<RecordSet> some) {
        DnsName name = some.get(0).name();
        wanted.put(name, some);
        return name;
    }

    int reads() {
        return reads;
    }

    int writes() {
        return writes;
    }

    int size() {
        return sets.size();
    }

    void forgetCalls() {
        reads = 0;
        writes = 0;
    }

    /** What is to be changed so that a name is as it is wanted. */
    NamePlan plan(DnsName name, Function<DnsName, List<RecordSet>> current) {
        List<SetChange> changes = new ArrayList<>();
        for (RecordSet set : wanted.getOrDefault(name, List.of())) {
            Optional<RecordSet> before = current.apply(set.name()).stream()
                    .filter(other -> other.type() == set.type())
                    .findFirst();
            if (!before.equals(Optional.of(set))) {
                changes.add(new SetChange(before, Optional.of(set)));
            }
        }
        return new NamePlan(name, changes, List.of(), List.of());
    }

    private static String key(RecordSet set) {
        return key(set.name().route53(), set.type().name());
    }

    private static String key(String name, String type) {
        List<String> labels = new ArrayList<>(List.of(name.split("\\.")));
        Collections.reverse(labels);
        return String.join(".", labels) + " " + type;
    }

    @Override
    public String change(List<SetChange> changes) {
        writes++;
        int values = changes.stream().mapToInt(SetChange::elements).sum();
        int characters = changes.stream().mapToInt(SetChange::characters).sum();
        boolean matches = changes.stream().allMatch(change -> change.before()
                .or(change::after)
                .map(set -> change.before().equals(Optional.ofNullable(sets.get(key(set)))))
                .orElse(false));
        boolean bad = changes.stream()
                .flatMap(change -> change.after().stream())
                .anyMatch(set -> set.answer() instanceof Answer.Values all
                        && all.values().contains(BAD));
        if (values > 1000 || characters > 32_000 || !matches || bad) {
            throw new AwsCallException(
                    new AwsCallException.Failure(
                            "route53", "ChangeResourceRecordSets", "InvalidChangeBatch", 400, "model", 1, false),
                    "AWS answered InvalidChangeBatch: the batch cannot be processed",
                    "mend it",
                    null);
        }
        changes.forEach(change -> change.before().ifPresent(set -> sets.remove(key(set))));
        changes.forEach(change -> change.after().ifPresent(set -> sets.put(key(set), set)));
        return "C" + writes;
    }

    @Override
    public Page list(Optional<Position> from) {
        reads++;
        List<RecordSet> page = new ArrayList<>();
        String first = from.map(at -> key(at.name(), at.type().orElse(""))).orElse("");
        for (RecordSet set : sets.tailMap(first, true).values()) {
            if (page.size() == PAGE) {
                return new Page(
                        page,
                        Optional.of(new Position(
                                set.name().route53(), Optional.of(set.type().name()), Optional.empty())));
            }
            page.add(set);
        }
        return new Page(page, Optional.empty());
    }

    @Override
    public boolean isInSync(String changeId) {
        reads++;
        return true;
    }

    @Override
    public void after(Duration delay, Runnable what) {
        entries.add(new Entry(now + delay.toNanos(), order++, what));
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** Runs what is due within a time, and then it is later. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        while (!entries.isEmpty() && entries.peek().at() <= end) {
            Entry next = entries.remove();
            now = Math.max(now, next.at());
            next.what().run();
        }
        now = end;
    }
}
