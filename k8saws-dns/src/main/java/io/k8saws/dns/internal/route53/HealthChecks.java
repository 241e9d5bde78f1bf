package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.internal.route53.HealthCalls.Found;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The health checks of one owner in one zone. Each is found by its reference, so that one that a crash left behind is not made twice, and what was made otherwise is nobody's here. Nothing is called before a record wants a check.
 *
 * <p>What keeps a check that is used: an id is given away only within a minute after its tags were seen without the mark, and a change that brings it to a record
 * is sent only then; one with the mark is never given away again; and it is deleted only when a whole reading, begun {@link #GRACE} after the mark, does not find it.
 * So nobody can have an id in his hands that goes. Safe to use from many threads; only what looks, ensures and retires calls AWS.
 */
public final class HealthChecks {
    /** How long after a look at its tags a check may be brought to a record. */
    static final Duration FRESH = Duration.ofMinutes(1);

    /** How long a check stays at least after it was marked as unused: far longer than a call with its retries and the clocks of two machines can differ. */
    public static final Duration GRACE = Duration.ofMinutes(30);

    private static final int MOST_GENERATIONS = 100;

    private final HealthCalls calls;
    private final HealthTags tags;
    private final String owner;
    private final String zone;
    private final InstantSource clock;
    private final ChecksInHand hand;
    private final RetiringChecks retiring;
    private final ReentrantLock calling = new ReentrantLock();

    /** One that may be used, as of when its tags were last seen so. */
    private record Entry(String id, Instant seen) {}

    // guarded by this
    private final Map<String, Entry> ready = new HashMap<>(); // by texts
    private final Map<String, Integer> generations = new HashMap<>(); // the last one by references without number
    private final Map<String, TargetCheck> rewritten = new HashMap<>(); // what Route 53 has made of another wish
    private Set<String> leaving = Set.of(); // of the last listing, or ruled out since
    private boolean loaded;
    private boolean inUse;
    private HealthTexts texts = HealthTexts.NONE;

    HealthChecks(HealthCalls calls, String owner, String zone, ChecksInHand hand, InstantSource clock) {
        this.calls = calls;
        this.tags = new HealthTags(calls);
        this.owner = owner;
        this.zone = zone;
        this.clock = clock;
        this.hand = hand;
        this.retiring = new RetiringChecks(calls, tags, owner, zone, hand, this::forget, clock);
    }

    // ---- what is known ----

    /**
     * The checks that may be used, as far as they are known.
     *
     * @return as of now
     */
    public synchronized HealthTexts texts() {
        return texts;
    }

    private void changed() {
        Map<String, String> ids = new HashMap<>();
        ready.forEach((text, entry) -> ids.put(text, entry.id()));
        texts = HealthTexts.of(ids);
    }

    /**
     * Whether checks are used at all, so that it is worth a call to look after them.
     *
     * @return false before the first record has wanted one
     */
    public synchronized boolean isInUse() {
        return inUse;
    }

    private synchronized boolean isLoaded() {
        return loaded;
    }

    /** What is known is looked for again before the next check is given away; until then it serves as it is. */
    public synchronized void stale() {
        loaded = false;
        ready.replaceAll((text, entry) -> new Entry(entry.id(), Instant.MIN));
    }

    /**
     * The id of a check for a record, without a call.
     *
     * @param text what the check does
     * @param had the ids that the record sets have which shall get it; an empty one for a set that has none
     * @return empty when {@link #ensure} is to be asked first
     */
    public synchronized Optional<String> usable(String text, Set<String> had) {
        Entry entry = ready.get(text);
        if (entry == null || !(had.equals(Set.of(entry.id())) || isFresh(entry))) {
            return Optional.empty();
        }
        hand.gave(entry.id());
        return Optional.of(entry.id());
    }

    private boolean isFresh(Entry entry) {
        return ChecksInHand.isWithin(entry.seen(), FRESH, clock.instant());
    }

    /**
     * Looks which are there.
     *
     * @throws AwsCallException if they cannot be listed
     */
    public void refresh() {
        wanted();
        List<OwnCheck> unused = look(calls.list());
    }

    // ---- what is sent ----

    /** Whether a check may be brought to a record set that does not have it: not if it is ours, and its tags were not seen just now. */
    synchronized boolean mayBeBrought(String id) {
        return !hand.isDying(id)
                && ready.values().stream().noneMatch(entry -> entry.id().equals(id) && !isFresh(entry));
    }

    ChecksInHand hand() {
        return hand;
    }

    /** Route 53 does not know a check that was sent: none is given away again before its tags are looked at. */
    synchronized void doubt() {
        ready.replaceAll((text, entry) -> new Entry(entry.id(), Instant.MIN));
    }

    // ---- what is made ----

    /**
     * Sees to it that there is a check, and that it may be used for a minute from now.
     *
     * @param text what it does
     * @return its id
     * @throws AwsCallException if it cannot be made, or looked for
     */
    public String ensure(String text) {
        TargetCheck check = TargetCheck.read(text)
                .orElseThrow(() -> new IllegalArgumentException("This is no text of a health check."));
        calling.lock();
        try {
            wanted();
            if (!isLoaded()) {
                look(calls.list());
            }
            Optional<Entry> there = entry(text);
            if (there.isPresent()) {
                String id = there.get().id();
                if (isFresh(there.get())) {
                    return gave(text, id);
                }
                Optional<Map<String, String>> have = tags.of(id);
                if (have.filter(tags -> isUsable(id, tags)).isPresent()) {
                    return gave(text, id);
                }
                ruleOut(id, have);
            }
            return make(check);
        } finally {
            calling.unlock();
        }
    }

    private synchronized void wanted() {
        inUse = true;
    }

    private synchronized Optional<Entry> entry(String text) {
        return Optional.ofNullable(ready.get(text));
    }

    private boolean isUsable(String id, Map<String, String> tags) {
        return new OwnCheck(id, "", Optional.empty(), tags).isUsable(owner, zone);
    }

    /** Begins with the last reference known: Route 53 gives back the check of it if there is one, so that one that is slow to show is not made twice. */
    private String make(TargetCheck check) {
        String base = check.referenceOf(owner, zone);
        int first = last(base);
        for (int generation = first; ; generation++) {
            Optional<Found> made = made(base + generation, check, generation - first);
            // one that was there already may be on its way out, or somebody else's by now
            if (made.isPresent()
                    && isUsable(
                            made.get().id(),
                            tags.of(made.get().id())
                                    .orElseThrow(() -> hidden(made.get().id())))) {
                String id = made.get().id();
                calls.tag(
                        id, Map.of(OwnCheck.OWNER, owner, OwnCheck.ZONE, zone, OwnCheck.NAME, name(check)), List.of());
                noted(base, generation, check, made.get());
                return gave(check.text(), id);
            }
        }
    }

    /** Empty when the reference is used up: also that of a check that was deleted is (API reference, CreateHealthCheck). */
    private Optional<Found> made(String reference, TargetCheck check, int tries) {
        try {
            if (tries < MOST_GENERATIONS) {
                return Optional.of(calls.create(reference, check));
            }
        } catch (AwsCallException e) {
            if (!e.code().equals("HealthCheckAlreadyExists")) {
                throw e;
            }
            return Optional.empty();
        }
        throw new AwsCallException(
                new AwsCallException.Failure("route53", "CreateHealthCheck", "", 0, "", 0, false),
                tries + " references beginning with that of the check are used up",
                "retire its old checks, or change the wish a little, such as its threshold",
                null);
    }

    private static AwsCallException hidden(String id) {
        return new AwsCallException(
                new AwsCallException.Failure("route53", "ListTagsForResources", HealthTags.GONE, 0, "", 0, true),
                "health check " + id + " was made just now, and Route 53 does not show it yet",
                "try again a little later: no second one is made",
                null);
    }

    private synchronized int last(String base) {
        return generations.getOrDefault(base, 0);
    }

    private synchronized void noted(String base, int generation, TargetCheck wish, Found made) {
        generations.put(base, generation);
        made.check().filter(check -> !check.equals(wish)).ifPresent(check -> rewritten.put(base + check.text(), wish));
    }

    private synchronized String gave(String text, String id) {
        ready.put(text, new Entry(id, clock.instant()));
        hand.stays(id);
        hand.gave(id);
        changed();
        return id;
    }

    /** It is given to nobody any more, and no batch brings it that was planned before; what is another owner's by now is his to bring. */
    private synchronized void ruleOut(String id, Optional<Map<String, String>> tags) {
        boolean foreign = tags.filter(have -> new OwnCheck(id, "", Optional.empty(), have).isForeign(owner, zone))
                .isPresent();
        if (!foreign) {
            hand.ruleOut(id);
            Set<String> more = new HashSet<>(leaving);
            more.add(id);
            leaving = more;
        }
        forget(id);
    }

    private synchronized void forget(String id) {
        ready.values().removeIf(entry -> entry.id().equals(id));
        changed();
    }

    /** What people read in the console; tags take no more than these characters (API reference, Tag). */
    private static String name(TargetCheck check) {
        String name = check.shown().orElse(check.target()) + " " + check.check().type() + " " + check.target() + ":"
                + check.check().port();
        return name.substring(0, Math.min(name.length(), 255)).replaceAll("[^A-Za-z0-9 _.:/=+@-]", "_");
    }

    // ---- what goes ----

    /** Takes a listing of the account: those of ours with their tags, which are asked for, ten in a call. */
    List<OwnCheck> look(Collection<Found> all) {
        String prefix = TargetCheck.reference(owner, zone);
        calling.lock();
        try {
            List<Found> found = all.stream()
                    .filter(one -> one.reference().startsWith(prefix))
                    .toList();
            Map<String, Map<String, String>> told =
                    tags.of(found.stream().map(Found::id).toList());
            List<OwnCheck> own = new ArrayList<>();
            for (Found one : found) {
                Map<String, String> have = told.get(one.id());
                if (have != null) {
                    own.add(new OwnCheck(one.id(), one.reference(), one.check(), have));
                }
            }
            learn(own);
            return own;
        } finally {
            calling.unlock();
        }
    }

    /** Whether one of them has the mark and may go. */
    boolean isLeaving(List<OwnCheck> own) {
        return own.stream().anyMatch(one -> one.isMarked() && !one.isForeign(owner, zone));
    }

    /** Whether one of them is on its way out, or shall be. */
    boolean isAnyLeft(List<OwnCheck> own, Set<String> used) {
        return own.stream()
                .filter(one -> !one.isForeign(owner, zone))
                .anyMatch(one -> one.isMarked() || !used.contains(one.id()));
    }

    private synchronized void learn(List<OwnCheck> own) {
        Map<String, Entry> before = new HashMap<>(ready);
        Set<String> unusable = new HashSet<>();
        Set<String> going = new HashSet<>();
        ready.clear();
        own.stream().sorted(Comparator.comparing(OwnCheck::generation)).forEach(one -> {
            generations.merge(one.base(), one.generation(), Math::max);
            if (!one.isUsable(owner, zone)) {
                unusable.add(one.id());
                if (!one.isForeign(owner, zone)) {
                    going.add(one.id());
                }
                return;
            }
            one.check().flatMap(check -> wish(one.base(), check)).ifPresent(wish -> {
                Entry known = before.get(wish.text());
                boolean same = known != null && known.id().equals(one.id());
                ready.putIfAbsent(wish.text(), same ? known : new Entry(one.id(), Instant.MIN));
            });
        });
        before.forEach((text, entry) -> { // a listing may not have what was made just now
            if (isFresh(entry) && !unusable.contains(entry.id())) {
                ready.putIfAbsent(text, entry);
            }
        });
        Set<String> known = new HashSet<>(leaving);
        own.forEach(one -> known.add(one.id())); // also one whose mark was refused: it stays, and may be brought again
        hand.leaving(known, going);
        leaving = going;
        loaded = true;
        inUse |= !own.isEmpty();
        changed();
    }

    /** For what a check was made, if it still does that: one that was changed by hand serves no wish of ours. */
    private Optional<TargetCheck> wish(String base, TargetCheck check) {
        return check.referenceOf(owner, zone).equals(base)
                ? Optional.of(check)
                : Optional.ofNullable(rewritten.get(base + check.text()));
    }

    /**
     * Marks those that no record uses, and takes those away that have had the mark long enough. What fails of one is told, tried again later, and keeps no other.
     *
     * @param own what {@link #look} has found, before the reading began
     * @param used the ids that the reading has found in records, and those that are in use otherwise
     * @param began when the reading began
     * @param whole whether all zones were read
     * @return what was done
     */
    List<RetiredChecks.One> retire(List<OwnCheck> own, Set<String> used, Instant began, boolean whole) {
        List<RetiredChecks.One> told = new ArrayList<>();
        for (OwnCheck one : own) {
            calling.lock();
            try {
                retiring.retire(one, used, began, whole).ifPresent(told::add);
            } finally {
                calling.unlock();
            }
        }
        return told;
    }

    /**
     * Tells what a failure says of other checks.
     *
     * @param failure of {@link #ensure}
     * @return whether another one would fail in the same way now
     */
    public static boolean isOfAll(AwsCallException failure) {
        return (failure.retryable() && !HealthTags.isGone(failure))
                || failure instanceof AccessDeniedException
                || failure.code().equals("TooManyHealthChecks");
    }

    /** Whose, and how many are known. */
    @Override
    public String toString() {
        return "Health checks of " + owner + " in zone " + zone + ": " + texts();
    }
}
