package io.k8saws.dns.plan;

import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.OwnerMarks.Mark;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.HostedZone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Plans one name of a zone: its record sets of all types and identifiers, and their marks, as one whole. What is not marked as ours is never changed, and no record comes where its mark would have no place. Pure.
 *
 * @param zone the zone
 * @param content what is in it at a name
 * @param marks who we are
 * @param policy what may be done
 */
record NamePlanner(HostedZone zone, Function<DnsName, List<RecordSet>> content, OwnerMarks marks, ChangePolicy policy) {
    /** A record set of a name and type. */
    private record Key(RecordType type, Optional<String> set) {
        static Key of(RecordSet one) {
            return new Key(one.type(), one.setIdentifier());
        }
    }

    /** The records that the zone has at a name, apart from marks, the zone's own name servers and its head. */
    List<RecordSet> records(DnsName name) {
        boolean head = name.equals(zone.name());
        return content.apply(name).stream()
                .filter(set -> !(head && (set.type() == RecordType.NS || set.type() == RecordType.SOA)))
                .filter(set -> marks.read(set).isEmpty())
                .toList();
    }

    /** The mark that says whose a record is: in the newest place that has one for this identifier. */
    Optional<Mark> markOf(RecordSet record) {
        return marks.places(record).stream()
                .flatMap(place -> content.apply(place).stream())
                .filter(set -> set.setIdentifier().equals(record.setIdentifier()))
                .flatMap(set -> marks.read(set).stream())
                .findFirst();
    }

    /** What somebody has since given a policy that is not written here is no longer ours: we could not even delete it. */
    boolean isOurs(RecordSet record) {
        return !(record.routing() instanceof RoutingPolicy.Foreign)
                && markOf(record)
                        .filter(mark -> marks.isOurs(mark.ownership().owner()))
                        .isPresent();
    }

    NamePlan plan(DnsName name, Collection<Wanted> all) {
        List<Finding> findings = new ArrayList<>();
        Map<Key, RecordSet> ours = new LinkedHashMap<>();
        List<RecordSet> others = new ArrayList<>();
        for (RecordSet record : records(name)) {
            if (isOurs(record)) {
                ours.put(Key.of(record), record);
            } else {
                others.add(record);
            }
        }
        List<RecordSet> standing = content.apply(name).stream()
                .filter(set -> marks.read(set).isPresent())
                .toList();
        standing.stream().filter(mark -> !mayGo(mark, ours.values())).forEach(others::add);
        Map<Key, Wanted> wanted = new LinkedHashMap<>();
        Set<Key> hindered = new LinkedHashSet<>();
        resolved(name, all, ours.values(), findings).forEach(one -> wanted.put(Key.of(one.set()), one));
        hinder(wanted, others, hindered, findings);
        // a mark at the name itself stays with what is hindered, and may then be in the way of others
        hinder(
                wanted,
                standing.stream().filter(mark -> !isFree(mark, ours, hindered)).toList(),
                hindered,
                findings);
        Set<String> causes = new LinkedHashSet<>();
        all.forEach(one -> causes.add(one.cause().text()));
        List<SetChange> changes = changes(name, wanted, hindered, ours, findings);
        if (changes.isEmpty() && findings.isEmpty() && !wanted.isEmpty()) {
            findings.add(new Finding(name, Finding.Kind.IN_STEP, "as " + String.join(", ", causes) + " wants it"));
        }
        return new NamePlan(name, changes, List.copyOf(causes), findings);
    }

    // ---- what is wanted, when sources disagree ----

    /** One for each type and identifier, of types and policies that go together. The same in whatever order they come. */
    private List<Wanted> resolved(
            DnsName name, Collection<Wanted> all, Collection<RecordSet> ours, List<Finding> findings) {
        Map<String, List<Wanted>> byKey = new TreeMap<>();
        all.forEach(one -> byKey.computeIfAbsent(
                        one.set().type() + " " + one.set().setIdentifier().orElse(""), key -> new ArrayList<>())
                .add(one));
        List<Wanted> chosen = new ArrayList<>();
        byKey.values().forEach(some -> chosen.add(best(name, some, findings)));
        boolean mixed = chosen.stream().anyMatch(one -> one.set().type() == RecordType.CNAME)
                && chosen.stream().anyMatch(one -> one.set().type() != RecordType.CNAME);
        if (mixed) {
            chosen.removeIf(one -> {
                boolean dropped = one.set().type() == RecordType.CNAME;
                if (dropped) {
                    findings.add(Finding.conflict(name, one, "a CNAME, and others want other types, which exclude it"));
                }
                return dropped;
            });
        }
        return ofOnePolicy(name, chosen, ours, findings);
    }

    /** The one that is there already stays with its object; else fewer targets, then the text decides, as in external-dns. */
    private Wanted best(DnsName name, List<Wanted> some, List<Finding> findings) {
        Optional<String> holder = content.apply(name).stream()
                .filter(set -> Key.of(set).equals(Key.of(some.get(0).set())))
                .flatMap(set -> markOf(set).stream())
                .flatMap(mark -> mark.ownership().resource().stream())
                .findFirst();
        List<Wanted> sorted = some.stream()
                .sorted(Comparator.<Wanted, Boolean>comparing(one ->
                                !holder.filter(one.cause().text()::equals).isPresent())
                        .thenComparing(one -> one.set().elements())
                        .thenComparing(one -> one.set().toString())
                        .thenComparing(one -> one.set().routing().toString()) // the text has no weights
                        .thenComparing(one -> one.cause().text()))
                .toList();
        Wanted best = sorted.get(0);
        sorted.stream()
                .skip(1)
                .filter(one -> !one.set().isSame(best.set()))
                .forEach(one -> findings.add(Finding.conflict(
                        name, one, one.set() + ", and " + best.cause().text() + " has it")));
        return best;
    }

    /** Route 53 takes one policy for a name and a type: the one that most have, or what is there. */
    private static List<Wanted> ofOnePolicy(
            DnsName name, List<Wanted> chosen, Collection<RecordSet> ours, List<Finding> findings) {
        List<Wanted> kept = new ArrayList<>();
        for (RecordType type : RecordType.values()) {
            List<Wanted> some =
                    chosen.stream().filter(one -> one.set().type() == type).toList();
            Map<Class<? extends RoutingPolicy>, Integer> counts = new HashMap<>();
            some.forEach(one -> counts.merge(one.policy(), 1, Integer::sum));
            if (counts.size() < 2) {
                kept.addAll(some);
                continue;
            }
            Set<Class<? extends RoutingPolicy>> there = new LinkedHashSet<>();
            ours.stream()
                    .filter(set -> set.type() == type)
                    .forEach(set -> there.add(set.routing().getClass()));
            Class<? extends RoutingPolicy> policy = counts.keySet().stream()
                    .min(Comparator.<Class<? extends RoutingPolicy>, Boolean>comparing(one -> !there.contains(one))
                            .thenComparing(one -> -counts.getOrDefault(one, 0))
                            .thenComparing(Class::getSimpleName))
                    .orElseThrow();
            for (Wanted one : some) {
                if (one.policy() == policy) {
                    kept.add(one);
                } else {
                    findings.add(Finding.conflict(
                            name,
                            one,
                            "the policy " + words(one.policy()) + ", and others " + words(policy)
                                    + "; all records of a name and a type have one"));
                }
            }
        }
        return kept;
    }

    private static String words(Class<? extends RoutingPolicy> policy) {
        return policy.getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    // ---- what others have ----

    /** What has something in its way is wanted no more, and hindered. */
    private void hinder(Map<Key, Wanted> wanted, List<RecordSet> others, Set<Key> hindered, List<Finding> findings) {
        wanted.values().removeIf(one -> {
            Optional<Finding> obstacle = obstacle(one, others);
            obstacle.ifPresent(finding -> {
                findings.add(finding);
                hindered.add(Key.of(one.set()));
            });
            return obstacle.isPresent();
        });
    }

    /** Whether a mark is that of a record of ours at this name, and so may go with it, or when it gets a newer one. */
    private boolean mayGo(RecordSet mark, Collection<RecordSet> ours) {
        return policy == ChangePolicy.SYNC
                && isMarkOfOurs(mark)
                && ours.stream().anyMatch(set -> isMarkOf(mark, set));
    }

    private boolean isFree(RecordSet mark, Map<Key, RecordSet> ours, Set<Key> hindered) {
        return !mayGo(mark, ours.values())
                || hindered.stream()
                        .flatMap(key -> Optional.ofNullable(ours.get(key)).stream())
                        .noneMatch(set -> isMarkOf(mark, set));
    }

    private boolean isMarkOfOurs(RecordSet set) {
        return marks.read(set)
                .filter(mark -> marks.isOurs(mark.ownership().owner()))
                .isPresent();
    }

    private boolean isMarkOf(RecordSet mark, RecordSet record) {
        return mark.setIdentifier().equals(record.setIdentifier())
                && marks.places(record).contains(mark.name());
    }

    private Optional<Finding> obstacle(Wanted one, List<RecordSet> others) {
        RecordSet set = one.set();
        for (RecordSet other : others) {
            boolean excludes = set.type() != other.type()
                    ? set.type() == RecordType.CNAME || other.type() == RecordType.CNAME
                    : set.setIdentifier().equals(other.setIdentifier())
                            || set.routing().getClass() != other.routing().getClass();
            if (excludes) {
                return Optional.of(marks.read(other)
                        .or(() -> markOf(other))
                        .map(mark -> new Finding(
                                set.name(),
                                Finding.Kind.FOREIGN,
                                one.cause().text() + " wants " + set + ", and owner "
                                        + mark.ownership().owner() + " has " + other))
                        .orElseGet(() -> new Finding(
                                set.name(),
                                Finding.Kind.HANDMADE,
                                one.cause().text() + " wants " + set + ", and there is " + other
                                        + ", which nobody has marked")));
            }
        }
        Optional<RecordSet> mark = marks.mark(set, one.cause());
        if (mark.isEmpty()) {
            return Optional.of(new Finding(
                    set.name(),
                    Finding.Kind.INVALID,
                    one.cause().text()
                            + ": its mark has no name, for it would be too long or pass for that of a wildcard"));
        }
        if (!mark.get().name().endsWith(zone.name())) {
            return Optional.of(new Finding(
                    set.name(),
                    Finding.Kind.INVALID,
                    one.cause().text() + ": its mark would be " + mark.get().name() + ", outside of " + zone
                            + "; take a prefix that ends in %{record_type}. for names of zones themselves"));
        }
        return content.apply(mark.get().name()).stream()
                .filter(there -> stands(there, mark.get()))
                .findFirst()
                .map(there -> new Finding(
                        set.name(),
                        Finding.Kind.FOREIGN,
                        one.cause().text() + " wants " + set + ", and the place of its mark has " + there));
    }

    /** Whether a record set that is not ours stands where a mark is to be written. */
    private boolean stands(RecordSet there, RecordSet mark) {
        boolean excludes = there.type() == RecordType.CNAME
                || (there.type() == RecordType.TXT
                        && (there.setIdentifier().equals(mark.setIdentifier())
                                || there.routing().getClass() != mark.routing().getClass()));
        return excludes && !isMarkOfOurs(there);
    }

    // ---- changes ----

    private List<SetChange> changes(
            DnsName name,
            Map<Key, Wanted> wanted,
            Set<Key> hindered,
            Map<Key, RecordSet> ours,
            List<Finding> findings) {
        List<RecordSet> gone = ours.entrySet().stream()
                .filter(one -> !wanted.containsKey(one.getKey()) && !hindered.contains(one.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        if (!gone.isEmpty() && policy != ChangePolicy.SYNC) {
            findings.add(new Finding(
                    name, Finding.Kind.POLICY, "nobody wants " + gone + " any more, and the policy deletes nothing"));
            wanted.values().removeIf(one -> gone.stream().anyMatch(there -> excludes(there, one.set())));
        }
        if (policy == ChangePolicy.CREATE_ONLY) {
            dropWhatDoesNotGoWithThoseThatStay(name, wanted, ours, findings);
        }
        Map<Place, RecordSet> before = new LinkedHashMap<>();
        Map<Place, RecordSet> after = new LinkedHashMap<>();
        wanted.forEach((key, one) -> {
            Optional<RecordSet> there = Optional.ofNullable(ours.get(key));
            if (there.isPresent() && policy == ChangePolicy.CREATE_ONLY) {
                if (!there.get().isSame(one.set())) {
                    findings.add(new Finding(
                            name,
                            Finding.Kind.POLICY,
                            one.cause().text() + " wants " + one.set() + ", and the policy changes nothing"));
                }
                return;
            }
            put(one, there, before, after);
        });
        if (policy == ChangePolicy.SYNC) {
            List<RecordSet> stay = hindered.stream()
                    .flatMap(key -> Optional.ofNullable(ours.get(key)).stream())
                    .toList();
            gone.forEach(set -> {
                before.put(Place.of(set), set);
                marksOf(set, stay).forEach(mark -> before.put(Place.of(mark), mark));
            });
            wanted.forEach((key, one) -> Optional.ofNullable(ours.get(key)).ifPresent(there -> marksOf(there, stay)
                    .filter(mark -> isInTheWay(mark, one.set(), after.values()))
                    .forEach(mark -> before.put(Place.of(mark), mark))));
        }
        return ordered(before, after);
    }

    /** Where nothing is changed what is there keeps its policy, too, although all that is wanted has another one by now. */
    private static void dropWhatDoesNotGoWithThoseThatStay(
            DnsName name, Map<Key, Wanted> wanted, Map<Key, RecordSet> ours, List<Finding> findings) {
        List<RecordSet> stay = wanted.keySet().stream()
                .flatMap(key -> Optional.ofNullable(ours.get(key)).stream())
                .toList();
        wanted.entrySet().removeIf(one -> {
            RecordSet set = one.getValue().set();
            Optional<RecordSet> other = ours.containsKey(one.getKey())
                    ? Optional.empty()
                    : stay.stream().filter(there -> excludes(there, set)).findFirst();
            other.ifPresent(there -> findings.add(new Finding(
                    name,
                    Finding.Kind.POLICY,
                    one.getValue().cause().text() + " wants " + set + ", which does not go with " + there
                            + ", and the policy changes nothing")));
            return other.isPresent();
        });
    }

    private static boolean excludes(RecordSet there, RecordSet wanted) {
        return there.type() != wanted.type()
                ? there.type() == RecordType.CNAME || wanted.type() == RecordType.CNAME
                : there.routing().getClass() != wanted.routing().getClass();
    }

    private void put(Wanted one, Optional<RecordSet> there, Map<Place, RecordSet> before, Map<Place, RecordSet> after) {
        if (there.filter(one.set()::isSame).isEmpty()) {
            there.ifPresent(set -> before.put(Place.of(set), set));
            after.put(Place.of(one.set()), one.set());
        } else {
            RecordSet same = there.orElseThrow();
            before.put(Place.of(same), same);
            after.put(Place.of(same), same);
        }
        RecordSet mark = marks.mark(one.set(), one.cause()).orElseThrow();
        Optional<Mark> marked = content.apply(mark.name()).stream()
                .filter(set -> set.setIdentifier().equals(mark.setIdentifier()))
                .flatMap(set -> marks.read(set).stream())
                .findFirst();
        marked.ifPresent(found -> before.put(Place.of(found.set()), found.set()));
        after.put(
                Place.of(mark),
                marked.filter(found -> marks.isSame(found, mark)).map(Mark::set).orElse(mark));
    }

    /** Our marks of a record, but for those that are the marks of records that stay, too: {@link #put} gives a newer one to each that is wanted. */
    private Stream<RecordSet> marksOf(RecordSet set, List<RecordSet> stay) {
        return marks.places(set).stream()
                .flatMap(place -> content.apply(place).stream())
                .filter(mark -> isMarkOf(mark, set) && isMarkOfOurs(mark))
                .filter(mark -> stay.stream().noneMatch(one -> isMarkOf(mark, one)));
    }

    /** Whether an older mark of a record that is wanted goes: it would be no mark of it any more, or something is wanted in its place. */
    private boolean isInTheWay(RecordSet mark, RecordSet wanted, Collection<RecordSet> after) {
        return !marks.places(wanted).contains(mark.name())
                || after.stream()
                        .anyMatch(one -> one.name().equals(mark.name())
                                && (Place.of(one).equals(Place.of(mark)) || excludes(mark, one)));
    }

    private static List<SetChange> ordered(Map<Place, RecordSet> before, Map<Place, RecordSet> after) {
        Set<Place> places = new TreeSet<>(before.keySet());
        places.addAll(after.keySet());
        List<SetChange> changes = new ArrayList<>();
        for (Place place : places) {
            Optional<RecordSet> was = Optional.ofNullable(before.get(place));
            Optional<RecordSet> shall = Optional.ofNullable(after.get(place));
            if (!was.equals(shall)) {
                changes.add(new SetChange(was, shall));
            }
        }
        return changes;
    }

    /** Where a record set stands. */
    private record Place(DnsName name, RecordType type, String set) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::name).thenComparing(Place::type).thenComparing(Place::set);

        static Place of(RecordSet one) {
            return new Place(one.name(), one.type(), one.setIdentifier().orElse(""));
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }
}
