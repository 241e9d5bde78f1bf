package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.InvalidChangeBatchException;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Two owners and somebody by hand change one zone at random: for 20 s, or as long as {@code -Dk8saws.dns.seconds} says. Each value tells who wrote it, so it is seen whose record a mark speaks for. Against moto alone: LocalStack's Route 53
 * accepts a CREATE of what is there.
 */
@DisplayName("Of two owners in one zone neither touches what is the other's, or made by hand")
@Timeout(value = 2, unit = TimeUnit.HOURS)
class DnsTwoOwnersIT {
    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("k8saws.dns.seconds", 20));
    private static final String HAND = "hand";

    /** Names that both want, some of which are places of marks of others. */
    private static final List<String> SHARED = List.of("www", "a-www", "txt-www", "api", "a-api", "aaaa-api", "*", "a");

    private final long seed = Long.getLong("k8saws.dns.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final AwsEndpoint moto;
    private final Route53Client route53;
    private final String domain = DnsFixture.unique("d") + ".example";
    private final Map<String, ResourceRecordSet> byHand = new HashMap<>();
    private String zone = "";

    DnsTwoOwnersIT(@AwsEmulator AwsEndpoint moto) {
        this.moto = moto;
        this.route53 = moto.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeZone() {
        zone = DnsFixture.zone(route53, domain);
    }

    @AfterEach
    void close() {
        route53.close();
    }

    /** One of the two. */
    private record Owner(String id, Dns dns, int net) implements AutoCloseable {
        @Override
        public void close() {
            dns.close();
        }
    }

    private Owner owner(String id, int net) {
        return new Owner(id, DnsFixture.dns(moto.access(), id, domain), net);
    }

    @Test
    void forAWhileOfRandomChanges(TestReporter reporter) {
        reporter.publishEntry("seed", String.valueOf(seed));
        long end = System.nanoTime() + LENGTH.toNanos();
        int rounds = 0;
        int changed = 0;
        try (Owner blue = owner("blue", 1);
                Owner green = owner("green", 2)) {
            do {
                rounds++;
                Records ofBlue = wish(blue);
                Records ofGreen = wish(green);
                CompletableFuture<Void> other = CompletableFuture.runAsync(
                        () -> green.dns().apply(green.dns().plan(ofGreen)));
                blue.dns().apply(blue.dns().plan(ofBlue));
                other.join();
                check("after both at once", rounds);
                changed += alone(blue, ofBlue, rounds) + alone(green, ofGreen, rounds);
                handChanges();
            } while (System.nanoTime() < end);
        }
        reporter.publishEntry("rounds", rounds + ", names changed by one alone " + changed);
        assertThat(changed).as(told("wanted nothing", rounds)).isPositive();
    }

    private String told(String what, int round) {
        return what + ", round " + round + ", seed " + seed;
    }

    /** What is not the owner's stays as it is, to the letter, and once is enough. */
    private int alone(Owner owner, Records wish, int round) {
        Predicate<ResourceRecordSet> isOthers = set -> !writer(set).equals(owner.id());
        Map<String, ResourceRecordSet> before = sets(isOthers);
        DnsPlan plan = owner.dns().plan(wish);
        owner.dns().apply(plan).requireDone();
        assertThat(sets(isOthers))
                .as(told(owner.id() + " alone: " + plan, round))
                .isEqualTo(before);
        check("after " + owner.id() + " alone", round);
        DnsPlan again = owner.dns().plan(wish);
        assertThat(again.isEmpty())
                .as(told(owner.id() + " again: " + again + "\nafter " + plan, round))
                .isTrue();
        return plan.zones().stream()
                .mapToInt(one -> (int)
                        one.names().stream().filter(name -> !name.isEmpty()).count())
                .sum();
    }

    // ---- the zone ----

    private Map<String, ResourceRecordSet> sets(Predicate<ResourceRecordSet> which) {
        Map<String, ResourceRecordSet> sets = new TreeMap<>();
        route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.type() != RRType.NS && set.type() != RRType.SOA)
                .filter(which)
                .forEach(set -> sets.put(key(set.name(), set.typeAsString(), set.setIdentifier()), set));
        return sets;
    }

    private static String key(String name, String type, String set) {
        return name + " " + type + " " + Optional.ofNullable(set).orElse("");
    }

    private static String value(ResourceRecordSet set) {
        return set.resourceRecords().get(0).value();
    }

    private static boolean isMark(ResourceRecordSet set) {
        return value(set).contains("heritage=");
    }

    private static String writer(ResourceRecordSet set) {
        String value = value(set);
        if (isMark(set)) {
            return value.replaceAll(".*external-dns/owner=([a-z]+).*", "$1");
        }
        if (value.startsWith("10.") || value.startsWith("fd00:")) {
            return List.of("blue", "green", HAND).get(value.charAt(value.startsWith("10.") ? 3 : 5) - '1');
        }
        return value.replaceAll("\"?([a-z]+)[ .-].*", "$1");
    }

    /** Each record has a mark of who wrote it, each mark a record, and what is made by hand is there. */
    private void check(String when, int round) {
        Map<String, ResourceRecordSet> all = sets(set -> true);
        Map<String, ResourceRecordSet> hand = sets(set -> writer(set).equals(HAND));
        assertThat(hand).as(told("by hand " + when, round)).isEqualTo(byHand);
        Map<String, String> marked = new TreeMap<>();
        Map<String, String> marks = new TreeMap<>();
        all.values().forEach(set -> {
            if (isMark(set)) {
                marks.put(key(set.name(), "TXT", set.setIdentifier()), writer(set));
            } else if (!writer(set).equals(HAND)) {
                String place = set.typeAsString().toLowerCase(Locale.ROOT) + "-" + set.name();
                marked.put(key(place, "TXT", set.setIdentifier()), writer(set));
            }
        });
        assertThat(marked)
                .as(told("marks and records " + when + " " + new TreeSet<>(all.keySet()), round))
                .isEqualTo(marks);
    }

    // ---- what is wanted ----

    private Records wish(Owner owner) {
        Records.Builder wish = Records.builder("program-" + random.nextInt(2));
        Set<List<String>> listed = new HashSet<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            boolean own = random.nextInt(3) == 0;
            String name = own ? owner.id() + "-" + random.nextInt(3) : SHARED.get(random.nextInt(SHARED.size()));
            int number = random.nextInt(3);
            int kind = random.nextInt(own ? 4 : 3);
            int routed = random.nextInt(4);
            String member = routed == 0 ? "shared" : routed == 1 ? owner.id() + number : "";
            if (!listed.add(List.of(name, String.valueOf(kind), member))) {
                continue; // a program lists a record once
            }
            wish.add(name + "." + domain, r -> {
                RecordBuilder record =
                        switch (kind) {
                            case 0 -> r.addresses("10." + owner.net() + ".0." + number);
                            case 1 -> r.addresses("fd00:" + owner.net() + "::" + number);
                            case 2 -> r.texts(owner.id() + " " + number);
                            default -> r.host(owner.id() + "-" + number + ".example.net");
                        };
                return switch (routed) {
                    case 0 -> record.routed("shared", new RoutingPolicy.Weighted(number + 1));
                    case 1 -> record.routed(owner.id() + number, new RoutingPolicy.Weighted(number + 1));
                    default -> record;
                };
            });
        }
        return wish.build();
    }

    private void handChanges() {
        String name = SHARED.get(random.nextInt(SHARED.size())) + "." + domain;
        boolean text = random.nextBoolean();
        ResourceRecordSet made = ResourceRecordSet.builder()
                .name(name)
                .type(text ? RRType.TXT : RRType.A)
                .ttl(60L)
                .resourceRecords(ResourceRecord.builder()
                        .value(text ? "\"hand made\"" : "10.3.0.1")
                        .build())
                .build();
        boolean free = sets(set -> set.name().equals(name.replace("*", "\\052") + ".") && set.type() == made.type())
                .isEmpty();
        if (free && random.nextBoolean()) {
            change(ChangeAction.CREATE, made);
        } else if (!byHand.isEmpty() && random.nextBoolean()) {
            change(ChangeAction.DELETE, byHand.values().iterator().next());
        }
        byHand.clear();
        byHand.putAll(sets(set -> writer(set).equals(HAND)));
    }

    private void change(ChangeAction action, ResourceRecordSet set) {
        try {
            route53.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                    .changeBatch(b -> b.changes(Change.builder()
                            .action(action)
                            .resourceRecordSet(set)
                            .build())));
        } catch (InvalidChangeBatchException e) {
            assertThat(action).as(told(e.getMessage(), 0)).isEqualTo(ChangeAction.CREATE); // a CNAME is there
        }
    }
}
