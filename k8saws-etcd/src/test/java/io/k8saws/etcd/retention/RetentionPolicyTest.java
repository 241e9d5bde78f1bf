package io.k8saws.etcd.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetentionPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private static StoredBackup at(String time) {
        return StoredBackup.whole(time, "main", Instant.parse(time), true);
    }

    private static RetentionPolicy policy(int last, int hourly, int daily, int weekly, int monthly, int yearly) {
        return new RetentionPolicy(last, hourly, daily, weekly, monthly, yearly, Duration.ofHours(1), ZoneOffset.UTC);
    }

    @Test
    void theNewestOfEachDayStays() {
        List<StoredBackup> backups = List.of(
                at("2026-11-20T01:00:00Z"),
                at("2026-11-25T01:00:00Z"),
                at("2026-11-25T23:00:00Z"),
                at("2026-11-26T10:00:00Z"),
                at("2026-11-26T11:00:00Z"));

        PrunePlan plan = policy(0, 0, 2, 0, 0, 0).plan(backups, NOW);

        assertThat(plan.kept()).containsExactly("2026-11-26T11:00:00Z", "2026-11-25T23:00:00Z");
        assertThat(plan.toString())
                .contains(
                        "2 stay, 3 go",
                        "  keep   2026-11-26T11:00:00Z: the newest that counts",
                        "  keep   2026-11-25T23:00:00Z: the newest of its day",
                        "- delete 2026-11-20T01:00:00Z: no age class needs it");
    }

    @Test
    void daysAreThoseOfTheZone() {
        List<StoredBackup> backups = List.of(at("2026-11-25T22:30:00Z"), at("2026-11-25T23:30:00Z"));
        RetentionPolicy berlin = new RetentionPolicy(0, 0, 5, 0, 0, 0, Duration.ofHours(1), ZoneId.of("Europe/Berlin"));

        assertThat(berlin.plan(backups, NOW).deleted()).isEmpty();
        assertThat(policy(0, 0, 5, 0, 0, 0).plan(backups, NOW).deleted()).containsExactly("2026-11-25T22:30:00Z");
    }

    @Test
    void periodsWithoutABackupDoNotCount() {
        List<StoredBackup> backups =
                List.of(at("2020-01-01T00:00:00Z"), at("2023-06-01T00:00:00Z"), at("2026-01-01T00:00:00Z"));

        assertThat(policy(0, 0, 0, 0, 0, 2).plan(backups, NOW).kept())
                .containsExactly("2026-01-01T00:00:00Z", "2023-06-01T00:00:00Z");
    }

    @Test
    void whatDoesNotCountStandsForNothing() {
        StoredBackup bad = StoredBackup.whole("bad", "main", Instant.parse("2026-11-26T13:00:00Z"), false);
        List<StoredBackup> backups = List.of(at("2026-11-26T10:00:00Z"), bad);

        PrunePlan plan = RetentionPolicy.last(1).plan(backups, Instant.parse("2026-11-29T00:00:00Z"));

        assertThat(plan.kept()).containsExactly("2026-11-26T10:00:00Z");
        assertThat(RetentionPolicy.last(1)
                        .plan(List.of(bad), NOW.plus(Duration.ofDays(900)))
                        .kept())
                .containsExactly("bad");
    }

    @Test
    void aBaseStaysAsLongAsItIsNeeded() {
        StoredBackup base = at("2026-01-01T00:00:00Z");
        StoredBackup between = new StoredBackup(
                "between",
                "main",
                Instant.parse("2026-01-02T00:00:00Z"),
                true,
                Optional.empty(),
                Optional.of(base.id()));
        StoredBackup delta = new StoredBackup(
                "delta", "main", Instant.parse("2026-01-03T00:00:00Z"), true, Optional.empty(), Optional.of("between"));

        PrunePlan plan = RetentionPolicy.last(1).plan(List.of(base, between, delta, at("2025-01-01T00:00:00Z")), NOW);

        assertThat(plan.kept()).containsExactly("delta", "between", base.id());
    }

    @Test
    void senselessPoliciesAreRefused() {
        assertThatThrownBy(() -> policy(-1, 0, 0, 0, 0, -2))
                .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                        .extracting(one -> one.path())
                        .containsExactly("last", "yearly"));
        assertThatThrownBy(() -> policy(0, 0, 0, 0, 0, 0)).isInstanceOf(InvalidSpecException.class);
    }

    /** A made-up world: some lines, some that do not count, locks, deltas that stand on earlier ones of their line. */
    private static List<StoredBackup> world(Random random, int size) {
        List<StoredBackup> backups = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String line = random.nextInt(3) == 0 ? "events" : "main";
            Optional<String> base = backups.stream()
                    .filter(one -> one.line().equals(line) && one.base().isEmpty())
                    .map(StoredBackup::id)
                    .reduce((a, b) -> b)
                    .filter(id -> random.nextInt(3) > 0);
            backups.add(new StoredBackup(
                    "b" + i,
                    line,
                    NOW.minus(Duration.ofMinutes((long) (size - i) * (1 + random.nextInt(3000)))),
                    random.nextInt(4) > 0,
                    random.nextInt(6) == 0
                            ? Optional.of(NOW.plus(Duration.ofHours(random.nextInt(200) - 100)))
                            : Optional.empty(),
                    base));
        }
        return backups;
    }

    private static RetentionPolicy anyPolicy(Random random) {
        return policy(
                1 + random.nextInt(3),
                random.nextInt(5),
                random.nextInt(5),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(2));
    }

    @Property(tries = 2_000)
    void whatMustStayStays(@ForAll @IntRange(max = 60) int size, @ForAll long seed) {
        Random random = new Random(seed);
        List<StoredBackup> backups = world(random, size);
        RetentionPolicy policy = anyPolicy(random);

        PrunePlan plan = policy.plan(backups, NOW);

        Set<String> kept = new HashSet<>(plan.kept());
        assertThat(plan.decisions()).hasSize(size);
        Map<String, StoredBackup> byId = backups.stream().collect(Collectors.toMap(StoredBackup::id, b -> b));
        Map<String, List<StoredBackup>> lines = backups.stream().collect(Collectors.groupingBy(StoredBackup::line));
        lines.values().forEach(line -> {
            Optional<StoredBackup> newest = line.stream()
                    .filter(StoredBackup::good)
                    .max(java.util.Comparator.comparing(StoredBackup::taken).thenComparing(StoredBackup::id));
            assertThat(kept)
                    .containsAll(newest.map(one -> List.of(one.id()))
                            .orElseGet(() -> line.stream().map(StoredBackup::id).toList()));
        });
        plan.deleted().forEach(id -> {
            StoredBackup gone = byId.get(id);
            assertThat(gone.lockedUntil().filter(NOW::isBefore))
                    .as("lock of %s", id)
                    .isEmpty();
            assertThat(gone.taken()).isBeforeOrEqualTo(NOW.minus(Duration.ofHours(1)));
            assertThat(kept)
                    .noneMatch(
                            other -> byId.get(other).base().filter(id::equals).isPresent());
        });
    }

    @Property(tries = 500)
    void orderDoesNotMatter_andAPlanIsMadeOnce(@ForAll @IntRange(max = 40) int size, @ForAll long seed) {
        Random random = new Random(seed);
        List<StoredBackup> backups = world(random, size);
        RetentionPolicy policy = anyPolicy(random);
        PrunePlan plan = policy.plan(backups, NOW);

        List<StoredBackup> shuffled = new ArrayList<>(backups);
        Collections.shuffle(shuffled, random);
        assertThat(policy.plan(shuffled, NOW)).isEqualTo(plan);

        List<StoredBackup> rest =
                backups.stream().filter(one -> plan.kept().contains(one.id())).toList();
        assertThat(policy.plan(rest, NOW).deleted()).isEmpty();
    }

    @Property(tries = 300)
    void aLargerPolicyKeepsMore(@ForAll @IntRange(max = 40) int size, @ForAll long seed) {
        Random random = new Random(seed);
        List<StoredBackup> backups = world(random, size);
        RetentionPolicy policy = anyPolicy(random);
        RetentionPolicy larger = policy(
                policy.last() + 1,
                policy.hourly() + 1,
                policy.daily() + 1,
                policy.weekly() + 1,
                policy.monthly() + 1,
                policy.yearly() + 1);

        assertThat(larger.plan(backups, NOW).kept())
                .containsAll(policy.plan(backups, NOW).kept());
    }
}
