package io.k8saws.etcd.retention;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.etcd.retention.PrunePlan.Decision;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Grandfather, father, son: of each of the last hours, days, weeks, months and years that have a backup that counts, its newest one stays, and the last so many stay whatever their
 * age. Immutable. What stays in any case: the newest that counts of each line, what is locked, what another one that stays needs, what only live members are in doubt of, all that is
 * younger than the grace time, and as long as a line has none that counts, everything of it.
 *
 * @param last how many of the newest stay, 0 or more
 * @param hourly how many hours
 * @param daily how many days
 * @param weekly how many weeks, from Monday
 * @param monthly how many months
 * @param yearly how many years
 * @param grace how young is never deleted, because it may still be under way
 * @param zone the time zone of days, weeks, months and years
 */
public record RetentionPolicy(
        int last, int hourly, int daily, int weekly, int monthly, int yearly, Duration grace, ZoneId zone) {
    static final String DOUBTED = "members differ from it, which may be their fault";

    /** Checks the ranges. */
    public RetentionPolicy {
        List<Violation> violations = new ArrayList<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("last", last);
        counts.put("hourly", hourly);
        counts.put("daily", daily);
        counts.put("weekly", weekly);
        counts.put("monthly", monthly);
        counts.put("yearly", yearly);
        counts.forEach((name, count) -> {
            if (count < 0) {
                violations.add(new Violation(name, count + " is below zero", "use 0 or more"));
            }
        });
        if (counts.values().stream().allMatch(count -> count == 0)) {
            violations.add(new Violation("last", "nothing would stay but the newest", "use 1 or more somewhere"));
        }
        if (grace.compareTo(Duration.ofHours(1)) < 0) {
            violations.add(new Violation("grace", grace + " is too short", "use an hour or more"));
        }
        if (!violations.isEmpty()) {
            throw new InvalidSpecException("Describe a retention", violations);
        }
    }

    /**
     * The last 3, 24 hours, 7 days, 4 weeks, 12 months, no years; a day of grace; UTC.
     *
     * @return the policy
     */
    public static RetentionPolicy defaults() {
        return new RetentionPolicy(3, 24, 7, 4, 12, 0, Duration.ofDays(1), ZoneOffset.UTC);
    }

    /**
     * Keeps the last so many, and no more.
     *
     * @param count 1 or more
     * @return the policy
     */
    public static RetentionPolicy last(int count) {
        return new RetentionPolicy(count, 0, 0, 0, 0, 0, Duration.ofDays(1), ZoneOffset.UTC);
    }

    /** A class of ages: a name, how many periods, and when the period of a moment begins. */
    private record AgeClass(String name, int count, Function<ZonedDateTime, ZonedDateTime> begin) {}

    private List<AgeClass> classes() {
        return List.of(
                new AgeClass("hour", hourly, time -> time.truncatedTo(ChronoUnit.HOURS)),
                new AgeClass("day", daily, time -> time.truncatedTo(ChronoUnit.DAYS)),
                new AgeClass("week", weekly, time -> time.truncatedTo(ChronoUnit.DAYS)
                        .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))),
                new AgeClass("month", monthly, time -> time.truncatedTo(ChronoUnit.DAYS)
                        .withDayOfMonth(1)),
                new AgeClass("year", yearly, time -> time.truncatedTo(ChronoUnit.DAYS)
                        .withDayOfYear(1)));
    }

    /**
     * Decides. The same backups and moment always give the same plan, in whatever order they come.
     *
     * @param backups what there is
     * @param now the moment, by the store's clock
     * @return the plan
     */
    public PrunePlan plan(List<StoredBackup> backups, Instant now) {
        List<StoredBackup> newestFirst = backups.stream()
                .sorted(Comparator.comparing(StoredBackup::taken)
                        .thenComparing(StoredBackup::id)
                        .reversed())
                .toList();
        Map<String, String> reasons = new LinkedHashMap<>();
        Map<String, List<StoredBackup>> lines = newestFirst.stream()
                .collect(Collectors.groupingBy(StoredBackup::line, LinkedHashMap::new, Collectors.toList()));
        lines.values().forEach(line -> keep(line, now, reasons));
        keepBases(newestFirst, reasons);
        return new PrunePlan(newestFirst.stream()
                .map(backup -> Optional.ofNullable(reasons.get(backup.id()))
                        .map(reason -> new Decision(backup.id(), backup.taken(), true, reason))
                        .orElseGet(() -> new Decision(
                                backup.id(),
                                backup.taken(),
                                false,
                                backup.good() ? "no age class needs it" : "it does not count, and another one does")))
                .toList());
    }

    private void keep(List<StoredBackup> line, Instant now, Map<String, String> reasons) {
        List<StoredBackup> good = line.stream().filter(StoredBackup::good).toList();
        if (good.isEmpty()) {
            line.forEach(backup -> reasons.put(backup.id(), "no backup of " + backup.line() + " counts"));
            return;
        }
        reasons.put(good.get(0).id(), "the newest that counts");
        good.stream().limit(last).forEach(backup -> reasons.putIfAbsent(backup.id(), "one of the last " + last));
        for (AgeClass age : classes()) {
            Set<ZonedDateTime> periods = new HashSet<>();
            for (StoredBackup backup : good) {
                ZonedDateTime begin = age.begin().apply(backup.taken().atZone(zone));
                if (periods.size() < age.count() && periods.add(begin)) {
                    reasons.putIfAbsent(backup.id(), "the newest of its " + age.name());
                }
            }
        }
        for (StoredBackup backup : line) {
            backup.lockedUntil()
                    .filter(now::isBefore)
                    .ifPresent(until -> reasons.putIfAbsent(backup.id(), StoredBackup.lock(until)));
            if (backup.doubted()) {
                reasons.putIfAbsent(backup.id(), DOUBTED);
            }
            if (backup.taken().isAfter(now.minus(grace))) {
                reasons.putIfAbsent(backup.id(), "younger than " + grace.toHours() + " h");
            }
        }
    }

    /** A delta is of no use without what it stands on, and that may stand on another. */
    static void keepBases(List<StoredBackup> backups, Map<String, String> reasons) {
        Map<String, StoredBackup> byId =
                backups.stream().collect(Collectors.toMap(StoredBackup::id, backup -> backup, (a, b) -> a));
        for (String kept : List.copyOf(reasons.keySet())) {
            Optional<StoredBackup> one = Optional.ofNullable(byId.get(kept));
            while (one.flatMap(StoredBackup::base).isPresent()) {
                String needs = one.get().id();
                one = one.flatMap(StoredBackup::base).map(byId::get);
                if (one.isEmpty() || reasons.putIfAbsent(one.get().id(), needs + " needs it") != null) {
                    break; // those below it are kept by their own turn, and a ring ends
                }
            }
        }
    }
}
