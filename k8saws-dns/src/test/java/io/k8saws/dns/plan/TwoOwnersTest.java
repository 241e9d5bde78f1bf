package io.k8saws.dns.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.alias.AliasTargets;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Two owners and somebody by hand in one zone: who wrote a record set is noted beside the zone, where no planner sees it. */
class TwoOwnersTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final ZoneChoice CHOICE = new ZoneChoice(List.of(ZONE), ZoneFilter.all());

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

    @Property(tries = 400)
    void nothingOfOthersIsEverTouchedAndOneApplicationIsEnough(
            @ForAll("forms") OwnerNames names, @ForAll boolean sealed, @ForAll ChangePolicy policy, @ForAll long seed) {
        Random random = new Random(seed);
        Optional<OwnerCipher> cipher =
                sealed ? Optional.of(OwnerCipher.of("12345678901234567890123456789012")) : Optional.empty();
        Map<String, Written> zone = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            RecordSet made = handmade(random);
            if (!problem(made, zone).isPresent()) {
                zone.put(key(made), new Written(made, HAND));
            }
        }
        for (int round = 0; round < 6; round++) {
            String owner = round % 2 == 0 ? "blue" : "green";
            OwnerMarks marks = new OwnerMarks(owner, names, cipher, Set.of());
            DnsPlanner planner = new DnsPlanner(
                    marks,
                    owner.equals("blue") ? policy : ChangePolicy.SYNC,
                    AliasTargets.byName(),
                    Duration.ofMinutes(5));
            List<Endpoint> wanted = wanted(random);
            DnsPlan plan = plan(planner, wanted, zone);
            for (NamePlan name : plan.zones().get(0).names()) {
                apply(name, owner, zone);
            }
            List<Endpoint> turned = new ArrayList<>(wanted);
            java.util.Collections.shuffle(turned, random);
            DnsPlan again = plan(planner, turned, zone);
            assertThat(again.isEmpty())
                    .as("round %s of %s: %s%nthen%n%s%nzone %s", round, owner, plan, again, zone.values())
                    .isTrue();
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
        return planner.plan(
                wanted,
                CHOICE,
                Map.of(
                        ZONE.id(),
                        ZoneContent.of(zone.values().stream().map(Written::set).toList())));
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
        RecordType type =
                one(random, List.of(RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.TXT, RecordType.MX));
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
                            default -> List.of("other.example.net");
                        }));
    }

    private static List<Endpoint> wanted(Random random) {
        List<Endpoint> wanted = new ArrayList<>();
        int count = random.nextInt(7);
        for (int i = 0; i < count; i++) {
            RecordType type = one(random, List.of(RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.TXT));
            boolean routed = random.nextInt(3) == 0;
            wanted.add(new Endpoint(
                    DnsName.of(one(random, NAMES) + "example.com"),
                    type,
                    switch (type) {
                        case A -> List.of("192.0.2." + random.nextInt(3));
                        case AAAA -> List.of("2001:db8::" + random.nextInt(3));
                        case TXT -> List.of("text " + random.nextInt(3));
                        default ->
                            one(
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
                    EndpointOptions.defaults(),
                    new Cause("service", "default", "web-" + random.nextInt(3), "annotation")));
        }
        return wanted;
    }
}
