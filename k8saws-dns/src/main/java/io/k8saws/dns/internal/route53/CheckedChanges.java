package io.k8saws.dns.internal.route53;

import io.k8saws.dns.internal.engine.ZoneChanges;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Does what a plan says in a zone: first the names that need no health check, then the others, a few at a time, each with its checks. Used by one thread. */
public final class CheckedChanges {
    /** Checks are made for so long before what needs them is written, so that each was looked at a moment ago. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    private final HostedZone zone;
    private final HealthChecks checks;
    private final ZoneChanges changes;
    private final Consumer<NameResult> told;
    private final InstantSource clock;
    private Optional<AwsCallException> stopped = Optional.empty();

    /**
     * Makes it; calls nothing.
     *
     * @param zone the zone
     * @param checks those for its records
     * @param changes writes names
     * @param told hears of each name whose checks cannot be made
     * @param clock the time of day
     */
    public CheckedChanges(
            HostedZone zone, HealthChecks checks, ZoneChanges changes, Consumer<NameResult> told, InstantSource clock) {
        this.zone = zone;
        this.checks = checks;
        this.changes = changes;
        this.told = told;
        this.clock = clock;
    }

    /**
     * Changes names.
     *
     * @param names with changes
     * @return the last change, to ask Route 53 about; empty when none was made
     */
    public Optional<String> apply(List<NamePlan> names) {
        Map<NamePlan, Map<String, Set<String>>> waiting = new LinkedHashMap<>();
        List<NamePlan> free = new ArrayList<>();
        for (NamePlan name : names) {
            Map<String, Set<String>> wanted = HealthTexts.wanted(name);
            if (wanted.isEmpty()) {
                free.add(name);
            } else {
                waiting.put(name, wanted);
            }
        }
        Optional<String> last = changes.apply(free);
        List<NamePlan> some = new ArrayList<>();
        Instant began = clock.instant();
        for (Map.Entry<NamePlan, Map<String, Set<String>>> one : waiting.entrySet()) {
            filled(one.getKey(), one.getValue()).ifPresent(some::add);
            if (!some.isEmpty() && !began.plus(AT_ONCE).isAfter(clock.instant())) {
                last = applied(some, last);
                some.clear();
            }
            if (some.isEmpty()) {
                began = clock.instant();
            }
        }
        return applied(some, last);
    }

    /** What came before stays the last change when nothing of these is taken. */
    private Optional<String> applied(List<NamePlan> some, Optional<String> last) {
        return some.isEmpty() ? last : changes.apply(some).or(() -> last);
    }

    private Optional<NamePlan> filled(NamePlan name, Map<String, Set<String>> wanted) {
        Map<String, String> ids = new HashMap<>();
        try {
            for (Map.Entry<String, Set<String>> one : wanted.entrySet()) {
                ids.put(one.getKey(), id(one.getKey(), one.getValue()));
            }
        } catch (AwsCallException e) {
            if (HealthChecks.isOfAll(e)) {
                stopped = Optional.of(e); // nobody is asked the same for each of many names
            }
            told.accept(new NameResult(
                    zone, name.name(), NameResult.State.FAILED, "its health check cannot be made: " + e.getMessage()));
            return Optional.empty();
        }
        NamePlan filled = HealthTexts.filled(name, ids);
        if (filled.isEmpty()) {
            told.accept(new NameResult(zone, name.name(), NameResult.State.DONE, ""));
            return Optional.empty();
        }
        return Optional.of(filled);
    }

    private String id(String text, Set<String> had) {
        Optional<String> usable = checks.usable(text, had);
        if (usable.isPresent()) {
            return usable.get();
        }
        if (stopped.isPresent()) {
            throw stopped.get();
        }
        return checks.ensure(text);
    }
}
