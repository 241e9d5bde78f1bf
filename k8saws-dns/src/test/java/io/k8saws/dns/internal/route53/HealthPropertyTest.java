package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.internal.route53.HealthModel.Fate;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Two programs of one owner, one of another, and somebody by hand, in one zone, in any order, with answers that are lost and clocks that differ. The model itself refuses to delete what a record uses, and to write over the tag of another owner: so any run that does one of these fails.
 */
class HealthPropertyTest {
    private static final List<String> HOSTS = List.of("a.example.com", "b.example.com", "c.example.com");
    private static final List<String> PATHS = List.of("/", "/x");

    /** The longest that a change is under way: three minutes, as the library waits for its answer. */
    private static final int LONGEST_FLIGHT = 180;

    private static final class World {
        final HealthModel model = new HealthModel();
        Instant now = Instant.parse("2026-11-01T00:00:00Z");
        final List<Instant> arrivals = new ArrayList<>();
        final Set<String> taken = new HashSet<>();
        int deleted;

        void pass(int seconds) {
            Instant end = now.plusSeconds(seconds);
            while (!arrivals.isEmpty() && !arrivals.get(0).isAfter(end)) {
                now = arrivals.remove(0);
                model.arrive();
            }
            now = end;
        }
    }

    private static final class Program {
        private final World world;
        private final Random random;
        private final int skew;
        private final HealthChecks checks;
        private final GatedZone zone;
        private Optional<List<OwnCheck>> listing = Optional.empty();
        private Instant began = Instant.EPOCH;
        private Set<String> used = new HashSet<>();
        private int page;

        Program(World world, String owner, int skew, Random random) {
            this.world = world;
            this.random = random;
            this.skew = skew;
            this.checks = world.model.checks(owner, () -> world.now.plusSeconds(skew));
            this.zone = new GatedZone(world.model, checks);
        }

        private RecordSet record(String host, String health) {
            return new RecordSet(
                    DnsName.of(host),
                    RecordType.A,
                    Optional.of("one"),
                    new RoutingPolicy.Weighted(random.nextInt(3)),
                    Optional.of(health),
                    new Answer.Values(Duration.ofMinutes(1), List.of("192.0.2.1")));
        }

        /** All names share what a check does, so that checks wander from record to record. */
        private static String text(String path) {
            return HealthCheck.http()
                    .withHost("shared.example.com")
                    .withPath(path)
                    .of("x", "192.0.2.1")
                    .text();
        }

        /** Brings a name to a wish: one of the checks, or to nothing, or another name's check at the same time. */
        void wish() {
            List<SetChange> changes = new ArrayList<>();
            int names = 1 + random.nextInt(2);
            for (int i = 0; i < names; i++) {
                String host = HOSTS.get((random.nextInt(HOSTS.size() - 1) + i) % HOSTS.size());
                Optional<RecordSet> before = Optional.ofNullable(world.model.records.get(host + " A one"));
                Optional<RecordSet> after = random.nextInt(3) == 0
                        ? Optional.empty()
                        : Optional.of(record(host, text(PATHS.get(random.nextInt(PATHS.size())))));
                if (!before.equals(after)
                        && changes.stream().noneMatch(one -> name(one).equals(host))) {
                    changes.add(new SetChange(before, after));
                }
            }
            if (changes.isEmpty()) {
                return;
            }
            NamePlan plan = checks.texts()
                    .before(new NamePlan(DnsName.of(name(changes.get(0))), changes, List.of(), List.of()));
            Map<String, String> ids = new HashMap<>();
            HealthTexts.wanted(plan).forEach((text, had) -> checks.usable(text, had)
                    .or(() -> random.nextInt(10) == 0 ? Optional.empty() : Optional.of(checks.ensure(text)))
                    .ifPresent(id -> ids.put(text, id)));
            if (!ids.keySet().containsAll(HealthTexts.wanted(plan).keySet())) {
                return; // it waits
            }
            world.pass(random.nextInt(70)); // until it is sent
            NamePlan filled = HealthTexts.filled(plan, ids);
            if (!filled.isEmpty()) {
                fate();
                if (world.model.fate == Fate.LATE) {
                    world.arrivals.add(world.now.plusSeconds(random.nextInt(LONGEST_FLIGHT)));
                    world.arrivals.sort(null);
                    int before = world.model.late.size();
                    try {
                        String unused = zone.change(filled.changes());
                    } finally {
                        if (world.model.late.size() == before) { // the gate kept it
                            world.arrivals.remove(world.arrivals.size() - 1);
                            world.model.fate = Fate.DONE;
                        }
                    }
                } else {
                    String unused = zone.change(filled.changes());
                }
            }
        }

        private static String name(SetChange change) {
            return change.after().or(change::before).orElseThrow().name().text();
        }

        private void fate() {
            world.model.fate = switch (random.nextInt(8)) {
                case 0 -> Fate.LOST;
                case 1 -> Fate.NEVER;
                case 2 -> Fate.LATE;
                default -> Fate.DONE;
            };
        }

        /** A round at once, in which time passes between the reading and what follows. */
        void round(int seconds) {
            if (listing.isPresent()) {
                return;
            }
            for (int i = 0; i <= HOSTS.size(); i++) {
                retire();
            }
            world.pass(seconds);
            retire();
        }

        /** A step of a round: the listing, a page of the reading, or what follows. */
        void retire() {
            if (listing.isEmpty()) {
                listing = Optional.of(checks.look(world.model.list()));
                began = world.now.plusSeconds(skew);
                used = new HashSet<>();
                page = 0;
            } else if (page < HOSTS.size()) {
                Optional.ofNullable(world.model.records.get(HOSTS.get(page++) + " A one"))
                        .flatMap(RecordSet::healthCheckId)
                        .ifPresent(used::add);
            } else {
                List<OwnCheck> own = listing.get();
                listing = Optional.empty();
                if (random.nextInt(4) == 0) {
                    world.model.fate = random.nextBoolean() ? Fate.LOST : Fate.NEVER;
                }
                int before = world.model.checks.size();
                var unused = checks.retire(own, used, began, true);
                world.deleted += before - world.model.checks.size();
            }
        }
    }

    private void byHand(World world, Random random) {
        List<String> ids = new ArrayList<>(world.model.checks.keySet());
        if (ids.isEmpty()) {
            return;
        }
        String id = ids.get(random.nextInt(ids.size()));
        switch (random.nextInt(3)) {
            case 0 -> {
                if (world.model.users(id) == 0) {
                    world.model.checks.remove(id);
                    world.model.tags.remove(id);
                    world.taken.remove(id);
                }
            }
            case 1 -> {
                world.model.tags.computeIfAbsent(id, one -> new HashMap<>()).put(OwnCheck.OWNER, "red");
                world.taken.add(id);
            }
            default ->
                world.model.checks.computeIfPresent(
                        id,
                        (one, found) -> new HealthCalls.Found(
                                one,
                                found.reference(),
                                Optional.of(HealthCheck.tcp(9).of("x", "192.0.2.9")),
                                Set.of()));
        }
    }

    @Property(tries = 400)
    void noCheckThatARecordUsesIsEverDeleted_andNoneOfAnotherOwner(@ForAll long seed) {
        int unused = run(seed);
    }

    @Example
    void runsAreOfThoseThatDelete() {
        assertThat(LongStream.range(0, 50).mapToInt(this::run).sum()).isPositive();
    }

    private int run(long seed) {
        Random random = new Random(seed);
        World world = new World();
        List<Program> programs = List.of(
                new Program(world, "blue", 0, random),
                new Program(world, "blue", 120, random),
                new Program(world, "green", -60, random));
        for (int step = 0; step < 300; step++) {
            Program program = programs.get(random.nextInt(programs.size()));
            try {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> program.wish();
                    case 3, 4 -> program.retire();
                    case 5, 6 -> program.round(random.nextInt(200));
                    case 7 -> world.pass(random.nextInt(120));
                    case 8 -> world.pass(random.nextInt(2400));
                    default -> {
                        if (random.nextInt(4) == 0) {
                            byHand(world, random);
                        }
                    }
                }
            } catch (AwsCallException e) {
                world.model.fate = Fate.DONE; // the program goes on
            }
            assertThat(world.model.checks.keySet())
                    .as("seed %s, step %s: those of owner red", seed, step)
                    .containsAll(world.taken);
        }
        return world.deleted;
    }
}
