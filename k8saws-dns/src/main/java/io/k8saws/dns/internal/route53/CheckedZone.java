package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.RecordSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A zone whose records have texts of health checks where Route 53 has ids: what reads and plans need not know ids, and a check is made just before the first record that uses it. It counts who uses which check. Safe to use from many threads.
 */
final class CheckedZone implements ZoneCalls {
    private final ZoneCalls zone;
    private final HealthChecks checks;

    // guarded by this
    private final Map<String, Set<String>> uses = new HashMap<>(); // places of records by ids of checks
    private Map<String, Set<String>> seen = new HashMap<>();
    private Optional<Position> next = Optional.empty();
    private boolean complete;

    CheckedZone(ZoneCalls zone, HealthChecks checks) {
        this.zone = zone;
        this.checks = checks;
    }

    /** A record, apart from its type: an alias A and an alias AAAA share a check. */
    private static String record(RecordSet set) {
        return set.name() + "\n" + set.setIdentifier().orElse("");
    }

    private static String place(RecordSet set) {
        return set.type() + " " + record(set);
    }

    @Override
    public Page list(Optional<Position> from) {
        return noted(from, zone.list(from));
    }

    @Override
    public ZoneCalls inBackground() {
        ZoneCalls quiet = zone.inBackground();
        CheckedZone all = this;
        return new ZoneCalls() {
            @Override
            public Page list(Optional<Position> from) {
                return all.noted(from, quiet.list(from));
            }

            @Override
            public String change(List<SetChange> changes) {
                return all.change(changes);
            }

            @Override
            public boolean isInSync(String changeId) {
                return quiet.isInSync(changeId);
            }
        };
    }

    private Page noted(Optional<Position> from, Page page) {
        synchronized (this) {
            if (from.isEmpty()) {
                seen = new HashMap<>();
            }
            boolean whole = from.isEmpty() || from.equals(next);
            page.sets().forEach(set -> set.healthCheckId().ifPresent(id -> {
                add(uses, id, set);
                if (whole) {
                    add(seen, id, set);
                }
            }));
            if (whole) {
                next = page.next();
                if (next.isEmpty()) {
                    uses.clear();
                    uses.putAll(seen);
                    seen = new HashMap<>();
                    complete = true;
                }
            }
        }
        return new Page(page.sets().stream().map(this::withText).toList(), page.next());
    }

    private static void add(Map<String, Set<String>> uses, String id, RecordSet set) {
        uses.computeIfAbsent(id, key -> new HashSet<>()).add(place(set));
    }

    private RecordSet withText(RecordSet set) {
        return set.healthCheckId()
                .flatMap(id -> checks.textOf(id, record(set)))
                .map(text -> with(set, text))
                .orElse(set);
    }

    private static RecordSet with(RecordSet set, String health) {
        return new RecordSet(
                set.name(), set.type(), set.setIdentifier(), set.routing(), Optional.of(health), set.answer());
    }

    @Override
    public String change(List<SetChange> changes) {
        List<SetChange> sent = new ArrayList<>();
        for (SetChange change : changes) {
            Optional<RecordSet> before = change.before().map(set -> check(set)
                    .flatMap(check -> checks.idOf(check, record(set)))
                    .map(id -> with(set, id))
                    .orElse(set));
            Optional<RecordSet> after = change.after().map(this::ensured);
            sent.add(new SetChange(before, after));
        }
        String id = zone.change(sent);
        synchronized (this) {
            sent.forEach(change -> change.before().ifPresent(this::forget));
            sent.forEach(change -> change.after()
                    .ifPresent(set -> set.healthCheckId().ifPresent(check -> {
                        add(uses, check, set);
                        add(seen, check, set);
                    })));
        }
        return id;
    }

    private RecordSet ensured(RecordSet set) {
        Optional<TargetCheck> check = check(set);
        if (check.isEmpty()) {
            return set;
        }
        boolean isNew = checks.idOf(check.get(), record(set)).isEmpty();
        String id = checks.ensure(check.get(), record(set));
        boolean isIdle;
        synchronized (this) {
            isIdle = !uses.containsKey(id);
        }
        if (isIdle && !isNew) {
            checks.reused(id);
        }
        return with(set, id);
    }

    private static Optional<TargetCheck> check(RecordSet set) {
        return set.healthCheckId().flatMap(TargetCheck::read);
    }

    private void forget(RecordSet set) {
        set.healthCheckId().ifPresent(id -> {
            Set<String> places = uses.getOrDefault(id, new HashSet<>());
            places.remove(place(set));
            if (places.isEmpty()) {
                uses.remove(id);
            }
        });
    }

    /** Retires checks without a use, once the whole zone has been read. */
    int retire(Duration grace, boolean look) {
        Set<String> used;
        synchronized (this) {
            if (!complete) {
                return 0;
            }
            used = Set.copyOf(uses.keySet());
        }
        if (look) {
            checks.look();
        }
        return checks.retire(used, grace);
    }

    /** Whether there may be checks to retire. */
    synchronized boolean hasIdle() {
        return complete && checks.hasIdle(uses.keySet());
    }

    @Override
    public boolean isInSync(String changeId) {
        return zone.isInSync(changeId);
    }
}
