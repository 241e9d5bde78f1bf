package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Health checks of an account and the record sets of a zone, as Route 53 has them: it makes no second check of a reference and takes that of a deleted one never again, refuses a change that names a check that is not there, deletes a check although records use it, and says no, not at all, or nothing although it has done
 * it, as it is told. Used by one thread.
 */
public final class HealthModel implements HealthCalls, ZoneCalls {
    /** What a call comes to. */
    public enum Fate {
        /** Done and answered. */
        DONE,
        /** Done, and the answer is lost. */
        LOST,
        /** Lost on its way. */
        NEVER,
        /** A change alone: the answer is lost, and it is done later. */
        LATE
    }

    final Map<String, Found> checks = new LinkedHashMap<>();
    final Map<String, Map<String, String>> tags = new HashMap<>();
    final Map<String, RecordSet> records = new TreeMap<>();
    final List<String> calls = new ArrayList<>();
    final Set<String> denied = new HashSet<>();
    final List<List<SetChange>> late = new ArrayList<>();
    Predicate<TargetCheck> refused = check -> false;
    int most = 200;
    private int hidden;
    Fate fate = Fate.DONE;
    private final Set<String> references = new HashSet<>();

    /** The checks of an owner in the zone Z1 as a program sees them. */
    public HealthChecks checks(String owner, InstantSource clock) {
        return checks(owner, "Z1", new ChecksInHand(clock), clock);
    }

    /** Those in one of several zones of a program. */
    HealthChecks checks(String owner, String zone, ChecksInHand hand, InstantSource clock) {
        return new HealthChecks(this, owner, zone, hand, clock);
    }

    /** Begins to retire them as of now. */
    public Retirement retirement(HealthChecks of, InstantSource clock) {
        return retirement(of, clock, () -> ChecksElsewhere.Uses.NONE);
    }

    Retirement retirement(HealthChecks of, InstantSource clock, ChecksElsewhere elsewhere) {
        return new Retirement(Map.of(of, of.look(list())), Set.of(), Set.of(), List.of(), elsewhere, clock.instant());
    }

    /** The ids of all checks. */
    public Set<String> ids() {
        return Set.copyOf(checks.keySet());
    }

    /** Does not show a check that is made until it was asked for so many times. */
    public void slow(int times) {
        hidden = times;
    }

    /** Forgets the calls so far, and tells how many there were. */
    public int calls() {
        int count = calls.size();
        calls.clear();
        return count;
    }

    /** Says whether an operation is denied. */
    public void deny(String operation, boolean is) {
        if (is) {
            denied.add(operation);
        } else {
            denied.remove(operation);
        }
    }

    /** Refuses checks. */
    public void refuse(Predicate<TargetCheck> which) {
        refused = which;
    }

    /** Says how many checks an account may have. */
    public void most(int checks) {
        most = checks;
    }

    /** How many checks there are. */
    public int count() {
        return checks.size();
    }

    private void begin(String operation) {
        calls.add(operation);
        if (denied.contains(operation)) {
            throw new AccessDeniedException(
                    failure(operation, "AccessDenied", 403, false), "route53:" + operation, "it is not allowed", null);
        }
        if (fate == Fate.NEVER) {
            fate = Fate.DONE;
            throw unanswered(operation);
        }
    }

    private void end(String operation) {
        if (fate == Fate.LOST) {
            fate = Fate.DONE;
            throw unanswered(operation);
        }
    }

    private static AwsCallException unanswered(String operation) {
        return new AwsCallException(failure(operation, "", 0, true), "no answer came", "try again", null);
    }

    private static AwsCallException.Failure failure(String operation, String code, int status, boolean retryable) {
        return new AwsCallException.Failure("route53", operation, code, status, "r", 1, retryable);
    }

    private static AwsCallException no(String operation, String code, String why) {
        return new AwsCallException(failure(operation, code, 400, false), why, "look", null);
    }

    @Override
    public List<Found> list() {
        begin("ListHealthChecks");
        end("ListHealthChecks");
        return List.copyOf(checks.values());
    }

    @Override
    public Found create(String reference, TargetCheck check) {
        begin("CreateHealthCheck");
        if (refused.test(check)) {
            throw no("CreateHealthCheck", "InvalidInput", "it watches no such address");
        }
        Optional<Found> there = checks.values().stream()
                .filter(one -> one.reference().equals(reference))
                .findFirst();
        if (there.isPresent() ? !there.get().check().equals(Optional.of(check)) : references.contains(reference)) {
            throw no("CreateHealthCheck", "HealthCheckAlreadyExists", "the reference is used");
        }
        if (there.isEmpty() && checks.size() >= most) {
            throw no("CreateHealthCheck", "TooManyHealthChecks", "the account has its checks");
        }
        references.add(reference);
        Found made = there.orElseGet(
                () -> new Found("id-" + references.size(), reference, TargetCheck.read(check.text()), Set.of()));
        checks.put(made.id(), made);
        end("CreateHealthCheck");
        return made;
    }

    @Override
    public void delete(String id) {
        begin("DeleteHealthCheck");
        known("DeleteHealthCheck", id);
        if (users(id) > 0) {
            throw new AssertionError(id + " is deleted, and " + records + " use it");
        }
        checks.remove(id);
        tags.remove(id);
        end("DeleteHealthCheck");
    }

    private void known(String operation, String id) {
        if (!checks.containsKey(id)) {
            throw no(operation, "NoSuchHealthCheck", "there is no " + id);
        }
    }

    long users(String id) {
        return records.values().stream()
                .filter(set -> set.healthCheckId().filter(id::equals).isPresent())
                .count();
    }

    @Override
    public Map<String, Map<String, String>> tags(Collection<String> ids) {
        begin("ListTagsForResources");
        if (hidden > 0) {
            hidden--;
            throw no("ListTagsForResources", "NoSuchHealthCheck", "it is not seen yet");
        }
        Map<String, Map<String, String>> told = new HashMap<>();
        ids.forEach(id -> {
            known("ListTagsForResources", id);
            told.put(id, Map.copyOf(tags.getOrDefault(id, Map.of())));
        });
        end("ListTagsForResources");
        return told;
    }

    @Override
    public void tag(String id, Map<String, String> put, List<String> remove) {
        begin("ChangeTagsForResource");
        known("ChangeTagsForResource", id);
        Map<String, String> have = tags.computeIfAbsent(id, key -> new HashMap<>());
        String owner = put.get(OwnCheck.OWNER);
        if ("red".equals(have.get(OwnCheck.OWNER))) {
            throw new AssertionError("somebody changes the tags of a check of owner red");
        }
        if (owner != null && !have.getOrDefault(OwnCheck.OWNER, owner).equals(owner)) {
            throw new AssertionError(owner + " writes over the tag of " + have);
        }
        have.putAll(put);
        remove.forEach(have::remove);
        end("ChangeTagsForResource");
    }

    // ---- the zone ----

    @Override
    public String change(List<SetChange> changes) {
        begin("ChangeResourceRecordSets");
        if (fate == Fate.LATE) {
            fate = Fate.DONE;
            late.add(changes);
            throw unanswered("ChangeResourceRecordSets");
        }
        carryOut(changes);
        end("ChangeResourceRecordSets");
        return "C" + calls.size();
    }

    /** Does a change whose answer was lost, if it can still be done. */
    void arrive() {
        List<SetChange> changes = late.remove(0);
        try {
            carryOut(changes);
        } catch (AwsCallException e) {
            // nobody hears of it
        }
    }

    private void carryOut(List<SetChange> changes) {
        Map<String, RecordSet> then = new TreeMap<>(records);
        for (SetChange change : changes) {
            change.before().ifPresent(set -> {
                if (!then.remove(key(set), set)) {
                    throw no("ChangeResourceRecordSets", "InvalidChangeBatch", "not found: name='" + set.name() + ".'");
                }
            });
        }
        for (SetChange change : changes) {
            change.after().ifPresent(set -> {
                set.healthCheckId().ifPresent(id -> known("ChangeResourceRecordSets", id));
                if (then.putIfAbsent(key(set), set) != null) {
                    throw no("ChangeResourceRecordSets", "InvalidChangeBatch", "exists: name='" + set.name() + ".'");
                }
            });
        }
        records.clear();
        records.putAll(then);
    }

    static String key(RecordSet set) {
        return set.name() + " " + set.type() + " " + set.setIdentifier().orElse("");
    }

    @Override
    public Page list(Optional<Position> from) {
        begin("ListResourceRecordSets");
        return new Page(List.copyOf(records.values()), Optional.empty());
    }

    @Override
    public boolean isInSync(String changeId) {
        return true;
    }

    /** A check that somebody has made by hand. */
    String byHand(String reference, TargetCheck check) {
        String id = "hand-" + reference;
        checks.put(id, new Found(id, reference, Optional.of(check), Set.of()));
        return id;
    }

    /** Marks a check as unused since a time. */
    public void mark(String id, Instant since) {
        tags.computeIfAbsent(id, key -> new HashMap<>()).put(OwnCheck.UNUSED, since.toString());
    }
}
