package io.k8saws.dns.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.internal.kubernetes.DesiredNames;
import io.k8saws.dns.internal.kubernetes.ZonePlanning;
import io.k8saws.dns.owner.OwnerCipher;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.OwnerNames;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.dns.zone.ZoneFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Two owners and somebody by hand in one zone: who wrote a record set is noted beside the zone, where no planner sees it. */
class TwoOwnersTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final ZoneChoice CHOICE = new ZoneChoice(List.of(ZONE), ZoneFilter.all());

    /** Somebody has made a second zone of the name. */
    private static final ZoneChoice AMBIGUOUS = new ZoneChoice(
            List.of(ZONE, new HostedZone("Z9", DnsName.of("example.com"), false, Map.of())), ZoneFilter.all());

    /** Names, with some that are marks of others. */
    private static final List<String> NAMES =
            List.of("", "www.", "a-www.", "cname-www.", "txt-a-www.", "txt.www.", "a.", "*.", "any.", "a-any.", "api.");

    private static final String HAND = "by hand";

    /** A record set, and who wrote it. */
    private record Written(RecordSet set, String by) {}

    @Provide
    Arbitrary<OwnerNames> forms() {
        return Arbitraries.of(
                OwnerNames.plain(),
                OwnerNames.withPrefix("txt."),
                OwnerNames.withPrefix("txt-"),
                OwnerNames.withPrefix("txt-%{record_type}."),
                OwnerNames.withPrefix("%{record_type}"),
                new OwnerNames("", "-txt", "any"),
                new OwnerNames("", "", "any"));
    }

    @Property(tries = 600)
    void nothingOfOthersIsEverTouchedAndOneApplicationIsEnough(
            @ForAll("forms") OwnerNames names, @ForAll boolean sealed, @ForAll ChangePolicy policy, @ForAll long seed) {
        Random random = new Random(seed);
        Optional<OwnerCipher> cipher =
                sealed ? Optional.of(OwnerCipher.of("12345678901234567890123456789012")) : Optional.empty();
        Map<String, Written> zone = new HashMap<>();
        for (String owner : List.of("blue", "green")) {
            ofOldForm(random, names, owner, zone);
        }
        for (int round = 0; round < 6; round++) {
            byHand(random, zone);
            String owner = round % 2 == 0 ? "blue" : "green";
            OwnerMarks marks = new OwnerMarks(owner, names, cipher, Set.of());
            DnsPlanner planner = new DnsPlanner(
                    marks,
                    owner.equals("blue") ? policy : ChangePolicy.SYNC,
                    AliasTargets.byName(),
                    Duration.ofMinutes(5));
            List<Endpoint> wanted = wanted(random);
            String before = zone.values().toString();
            Set<DnsName> kept = keeping(wanted, marks, zone);
            if (random.nextBoolean()) {
                for (NamePlan name : plan(planner, wanted, zone).zones().get(0).names()) {
                    assertThat(kept.contains(name.name()) && !name.isEmpty())
                            .as("%s keeps what it has", name)
                            .isFalse();
                    apply(name, owner, zone);
                }
            } else {
                nameByName(random, planner, wanted, owner, kept, zone);
            }
            List<Endpoint> turned = new ArrayList<>(wanted);
            Collections.shuffle(turned, random);
            DnsPlan again = plan(planner, turned, zone);
            assertThat(again.isEmpty())
                    .as("round %s of %s:%n%s%nbefore %s%nzone %s", round, owner, again, before, zone.values())
                    .isTrue();
            DnsPlan torn = planner.plan(turned, AMBIGUOUS, contents(zone));
            assertThat(torn.isEmpty())
                    .as("when two zones have the name: %s%nzone %s", torn, zone.values())
                    .isTrue();
        }
    }

    /** As the controller plans: each name by itself, from a small part of the zone, in any order, until none has anything to do. */
    private static void nameByName(
            Random random,
            DnsPlanner planner,
            List<Endpoint> wanted,
            String owner,
            Set<DnsName> kept,
            Map<String, Written> zone) {
        Function<DnsName, List<RecordSet>> current = at -> zone.values().stream()
                .map(Written::set)
                .filter(set -> set.name().equals(at))
                .toList();
        ZonePlanning planning = new ZonePlanning(
                ZONE,
                CHOICE,
                planner,
                name -> new DesiredNames.Wish(
                        wanted.stream()
                                .filter(endpoint -> endpoint.name().equals(name))
                                .toList(),
                        Set.of(),
                        Set.of()),
                (name, waitsFor) -> false);
        boolean changed = true;
        for (int pass = 0; changed; pass++) {
            assertThat(pass).as("passes over %s", zone.values()).isLessThan(20);
            changed = false;
            Set<DnsName> all = new TreeSet<>();
            zone.values().forEach(one -> all.add(one.set().name()));
            wanted.forEach(endpoint -> all.add(endpoint.name()));
            List<DnsName> order = new ArrayList<>(all);
            Collections.shuffle(order, random);
            for (DnsName name : order) {
                NamePlan plan = planning.plan(name, current);
                assertThat(pass == 0 && kept.contains(name) && !plan.isEmpty())
                        .as("%s keeps what it has", plan)
                        .isFalse();
                apply(plan, owner, zone);
                changed |= !plan.isEmpty();
            }
        }
    }

    /** Names of an owner for which something is asked that cannot be, or that has no place: they stay as they are. */
    private static Set<DnsName> keeping(List<Endpoint> wanted, OwnerMarks marks, Map<String, Written> zone) {
        NamePlanner planner = new NamePlanner(
                ZONE,
                at -> zone.values().stream()
                        .map(Written::set)
                        .filter(set -> set.name().equals(at))
                        .toList(),
                marks,
                ChangePolicy.SYNC);
        Set<DnsName> kept = new TreeSet<>();
        wanted.stream()
                .filter(endpoint -> !endpoint.options().equals(EndpointOptions.defaults()))
                .map(Endpoint::name)
                .filter(name -> planner.records(name).stream().anyMatch(planner::isOurs))
                .forEach(kept::add);
        return kept;
    }

    /** A record with a mark as external-dns has written it in older versions. */
    private static void ofOldForm(Random random, OwnerNames names, String owner, Map<String, Written> zone) {
        DnsName name = DnsName.of(one(random, NAMES) + "example.com");
        boolean alias = random.nextBoolean();
        RecordSet record = RecordSet.simple(
                name,
                RecordType.A,
                alias
                        ? new Answer.Alias("Z32O12XQLNTSW2", DnsName.of("web-1.eu-west-1.elb.amazonaws.com"), true)
                        : new Answer.Values(Duration.ofMinutes(5), List.of("192.0.2.9")));
        List<DnsName> places = names.read(name, RecordType.A, alias);
        if (places.size() < 2) {
            return;
        }
        RecordSet mark = RecordSet.simple(
                places.get(1 + random.nextInt(places.size() - 1)),
                RecordType.TXT,
                new Answer.Values(
                        Duration.ofMinutes(5),
                        List.of("\"heritage=external-dns,external-dns/owner=" + owner
                                + ",external-dns/resource=service/default/web-0\"")));
        if (problem(record, zone).isEmpty()) {
            zone.put(key(record), new Written(record, owner));
            if (problem(mark, zone).isEmpty()) {
                zone.put(key(mark), new Written(mark, owner));
            } else {
                zone.remove(key(record));
            }
        }
    }

    private static void byHand(Random random, Map<String, Written> zone) {
        for (int i = 0; i < 2; i++) {
            RecordSet made = handmade(random);
            if (problem(made, zone).isEmpty()) {
                zone.put(key(made), new Written(made, HAND));
            }
        }
    }

    @Property(tries = 200)
    void anOwnerThatWantsNothingLeavesNothingOfItsOwn(@ForAll("forms") OwnerNames names, @ForAll long seed) {
        Random random = new Random(seed);
        Map<String, Written> zone = new HashMap<>();
        DnsPlanner planner = new DnsPlanner(
                new OwnerMarks("blue", names, Optional.empty(), Set.of()),
                ChangePolicy.SYNC,
                AliasTargets.byName(),
                Duration.ofMinutes(5));
        for (List<Endpoint> wanted : List.of(wanted(random), wanted(random), List.<Endpoint>of())) {
            for (NamePlan name : plan(planner, wanted, zone).zones().get(0).names()) {
                apply(name, "blue", zone);
            }
        }
        assertThat(zone).isEmpty();
    }

    private static DnsPlan plan(DnsPlanner planner, List<Endpoint> wanted, Map<String, Written> zone) {
        return planner.plan(wanted, CHOICE, contents(zone));
    }

    private static Map<String, ZoneContent> contents(Map<String, Written> zone) {
        return Map.of(
                ZONE.id(),
                ZoneContent.of(zone.values().stream().map(Written::set).toList()));
    }

    // ---- Route 53's rules (API reference, ChangeResourceRecordSets) ----

    private static void apply(NamePlan name, String owner, Map<String, Written> zone) {
        for (SetChange change : name.changes()) {
            change.before().ifPresent(set -> {
                Written there = zone.remove(key(set));
                assertThat(there).as("%s deletes what is not there", change).isNotNull();
                assertThat(there.set()).isEqualTo(set);
                assertThat(there.by()).as("%s of %s", change, owner).isEqualTo(owner);
            });
        }
        for (SetChange change : name.changes()) {
            change.after().ifPresent(set -> {
                assertThat(problem(set, zone))
                        .as("%s by %s in %s", change, owner, zone.values())
                        .isEmpty();
                zone.put(key(set), new Written(set, owner));
            });
        }
    }

    private static Optional<String> problem(RecordSet set, Map<String, Written> zone) {
        if (!set.name().endsWith(ZONE.name())) {
            return Optional.of("outside of the zone");
        }
        if (set.name().equals(ZONE.name()) && set.type() == RecordType.CNAME) {
            return Optional.of("CNAME at the head");
        }
        if (set.setIdentifier().isPresent() == set.routing() instanceof RoutingPolicy.Simple) {
            return Optional.of("a policy has identifiers");
        }
        if (zone.containsKey(key(set))) {
            return Optional.of("already exists");
        }
        return zone.values().stream()
                .map(Written::set)
                .filter(other -> other.name().equals(set.name()))
                .filter(other -> other.type() == set.type()
                        ? other.routing().getClass() != set.routing().getClass()
                        : other.type() == RecordType.CNAME || set.type() == RecordType.CNAME)
                .map(RecordSet::toString)
                .findFirst();
    }

    private static String key(RecordSet set) {
        return set.name() + " " + set.type() + " " + set.setIdentifier().orElse("");
    }

    // ---- what is wanted ----

    private static <T> T one(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static RecordSet handmade(Random random) {
        RecordType type = one(
                random,
                List.of(
                        RecordType.A,
                        RecordType.AAAA,
                        RecordType.CNAME,
                        RecordType.TXT,
                        RecordType.MX,
                        RecordType.SRV,
                        RecordType.NS));
        return RecordSet.simple(
                DnsName.of(one(random, NAMES) + "example.com"),
                type,
                new Answer.Values(
                        Duration.ofSeconds(60),
                        switch (type) {
                            case A -> List.of("198.51.100.1");
                            case AAAA -> List.of("2001:db8::99");
                            case TXT ->
                                random.nextBoolean()
                                        ? List.of("\"v=spf1 -all\"")
                                        : List.of(
                                                "\"v=spf1 -all\"", "\"heritage=external-dns,external-dns/owner=blue\"");
                            case MX -> List.of("10 mail.example.com");
                            case SRV -> List.of("0 5 80 other.example.net");
                            default -> List.of("other.example.net");
                        }));
    }

    private static List<Endpoint> wanted(Random random) {
        List<Endpoint> wanted = new ArrayList<>();
        int count = random.nextInt(7);
        for (int i = 0; i < count; i++) {
            RecordType type = one(random, List.of(RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.TXT));
            boolean routed = random.nextInt(3) == 0;
            boolean broken = random.nextInt(8) == 0; // an alias to no host of AWS, a zone that is not there
            wanted.add(new Endpoint(
                    DnsName.of(one(random, NAMES) + "example.com"),
                    type,
                    switch (type) {
                        case A -> List.of("192.0.2." + random.nextInt(3));
                        case AAAA -> List.of("2001:db8::" + random.nextInt(3));
                        case TXT -> List.of("text " + random.nextInt(3));
                        default ->
                            broken
                                    ? List.of("one.example.net")
                                    : one(
                                            random,
                                            List.of(
                                                    List.of("one.example.net"),
                                                    List.of("d111.cloudfront.net"),
                                                    List.of("web-1.eu-west-1.elb.amazonaws.com")));
                    },
                    Optional.empty(),
                    routed ? Optional.of("set" + random.nextInt(2)) : Optional.empty(),
                    routed
                            ? one(
                                    random,
                                    List.of(
                                            new RoutingPolicy.Weighted(random.nextInt(3)),
                                            new RoutingPolicy.Latency("eu-west-1"),
                                            new RoutingPolicy.Multivalue()))
                            : new RoutingPolicy.Simple(),
                    Optional.empty(),
                    !broken
                            ? EndpointOptions.defaults()
                            : type == RecordType.CNAME
                                    ? EndpointOptions.defaults().withAlias(EndpointOptions.AliasWish.A)
                                    : EndpointOptions.defaults().withPinnedZone("Z404"),
                    new Cause("service", "default", "web-" + random.nextInt(3), "annotation")));
        }
        return wanted;
    }
}
