package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.internal.route53.HealthCalls.Found;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The health checks of one owner in one zone. Each belongs to a record and its check by its reference, so that one that a crash left behind is found again and never made twice, and what was made otherwise is nobody's here. Nothing is called before a record has or wants a
 * check. Safe to use from many threads.
 */
final class HealthChecks {
    static final String OWNER = "k8saws:dns-owner";
    static final String NAME = "Name";
    static final String UNUSED = "k8saws:dns-unused-since";

    private static final int MOST_GENERATIONS = 100;

    private final HealthCalls calls;
    private final String owner;
    private final String zone;
    private final InstantSource clock;

    // guarded by this
    private final Map<String, Found> mine = new HashMap<>(); // by ids
    private final Set<String> others = new HashSet<>();
    private boolean loaded;

    HealthChecks(HealthCalls calls, String owner, String zone, InstantSource clock) {
        this.calls = calls;
        this.owner = owner;
        this.zone = zone;
        this.clock = clock;
    }

    /** The text of a check that is ours and belongs to a record; empty for all others. */
    synchronized Optional<String> textOf(String id, String record) {
        if (!mine.containsKey(id) && !others.contains(id)) {
            load();
            if (!mine.containsKey(id)) {
                others.add(id); // another account's, or gone
            }
        }
        Found found = mine.get(id);
        if (found == null) {
            return Optional.empty();
        }
        return found.check()
                .filter(check -> found.reference().startsWith(check.reference(owner, zone, record)))
                .map(TargetCheck::text);
    }

    /** The id of the check that a record wants, which is made unless it is there. */
    synchronized String ensure(TargetCheck check, String record) {
        if (!loaded) {
            load();
        }
        String reference = check.reference(owner, zone, record);
        Optional<Found> there = find(reference);
        if (there.isPresent()) {
            return there.get().id();
        }
        for (int generation = 0; ; generation++) {
            try {
                String id = calls.create(reference + generation, check);
                mine.put(id, new Found(id, reference + generation, Optional.of(check)));
                calls.tag(id, Map.of(OWNER, owner, NAME, record.replace('\n', ' ')), List.of());
                return id;
            } catch (AwsCallException e) {
                // a reference is used up for ever, also when its check is deleted (API reference, CreateHealthCheck)
                if (!e.code().equals("HealthCheckAlreadyExists") || generation == MOST_GENERATIONS) {
                    throw e;
                }
            }
        }
    }

    /** The id of a check that is there. */
    synchronized Optional<String> idOf(TargetCheck check, String record) {
        return find(check.reference(owner, zone, record)).map(Found::id);
    }

    private Optional<Found> find(String reference) {
        return mine.values().stream()
                .filter(one -> one.reference().startsWith(reference))
                .min(java.util.Comparator.comparing(Found::id));
    }

    /** Looks for those that are there, unless that is done. */
    synchronized void look() {
        if (!loaded) {
            load();
        }
    }

    private void load() {
        String prefix = TargetCheck.reference(owner, zone);
        mine.clear();
        others.clear();
        calls.list().forEach(one -> {
            if (one.reference().startsWith(prefix)) {
                mine.put(one.id(), one);
            } else {
                others.add(one.id());
            }
        });
        loaded = true;
    }

    /**
     * Looks after those that no record uses: the first time each is marked with the time, and after the grace it goes. One that is used again loses its mark.
     *
     * @return how many went
     */
    synchronized int retire(Set<String> used, Duration grace) {
        List<String> idle = new ArrayList<>();
        mine.keySet().stream().filter(id -> !used.contains(id)).sorted().forEach(idle::add);
        if (idle.isEmpty()) {
            return 0;
        }
        int gone = 0;
        Map<String, Map<String, String>> tags = calls.tags(idle);
        for (String id : idle) {
            Map<String, String> have = tags.getOrDefault(id, Map.of());
            if (!have.getOrDefault(OWNER, owner).equals(owner)) {
                continue; // somebody has taken it over by its tag
            }
            Optional<Instant> since = instant(have.getOrDefault(UNUSED, ""));
            if (since.isEmpty() && !grace.isZero()) {
                calls.tag(id, Map.of(OWNER, owner, UNUSED, clock.instant().toString()), List.of());
            } else if (since.isEmpty() || !since.get().plus(grace).isAfter(clock.instant())) {
                calls.delete(id);
                mine.remove(id);
                gone++;
            }
        }
        return gone;
    }

    /** A check is used again. */
    synchronized void reused(String id) {
        if (mine.containsKey(id)) {
            calls.tag(id, Map.of(OWNER, owner), List.of(UNUSED));
        }
    }

    /** Whether there may be some that no record uses. */
    synchronized boolean hasIdle(Set<String> used) {
        return !used.containsAll(mine.keySet());
    }

    private static Optional<Instant> instant(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
