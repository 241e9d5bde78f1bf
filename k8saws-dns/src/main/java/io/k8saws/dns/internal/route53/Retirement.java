package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.RetiredChecks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One round of retiring health checks: begun with a listing, and ended after all zones were read anew. Used by one thread at a time. */
public final class Retirement {
    private final Map<HealthChecks, List<OwnCheck>> found;
    private final Set<String> summedUp;
    private final Set<String> strange; // grows while zones are read
    private final List<String> why;
    private final ChecksElsewhere elsewhere;
    private final Instant began;

    Retirement(
            Map<HealthChecks, List<OwnCheck>> found,
            Set<String> summedUp,
            Set<String> strange,
            List<String> why,
            ChecksElsewhere elsewhere,
            Instant began) {
        this.strange = strange;
        this.why = List.copyOf(why);
        this.found = found;
        this.summedUp = summedUp;
        this.elsewhere = elsewhere;
        this.began = began;
    }

    /**
     * Whether there is any of ours, so that it is worth to read zones.
     *
     * @return whether there is one
     */
    public boolean isNeeded() {
        return found.values().stream().anyMatch(own -> !own.isEmpty());
    }

    /**
     * Whether some have the mark, so that another round is worth while.
     *
     * @return whether there was one, also if it is gone by now
     */
    public boolean isToGoOn() {
        return found.entrySet().stream().anyMatch(one -> one.getKey().isLeaving(one.getValue()));
    }

    /**
     * Whether all accounts could be listed.
     *
     * @return false where {@link #end} tells why not
     */
    public boolean isListed() {
        return why.isEmpty();
    }

    /**
     * Why not all accounts could be listed.
     *
     * @return sentences; empty where they could
     */
    public List<String> unlisted() {
        return why;
    }

    /**
     * Whether a round would have something to do: of what is listed, something has the mark or is not used.
     *
     * @param used the ids that records use, as far as it is known
     * @return whether there is one
     */
    public boolean isAnyLeft(Set<String> used) {
        Set<String> all = new HashSet<>(used);
        all.addAll(summedUp);
        all.addAll(strange);
        return found.entrySet().stream().anyMatch(one -> one.getKey().isAnyLeft(one.getValue(), all));
    }

    /**
     * Marks those that nobody uses, and deletes those that have had the mark long enough. What is not used in the zones that are looked after is looked for in all others first.
     *
     * @param used the ids that records of all zones that are looked after use, read after this round was begun, and those that somebody is about to use
     * @param unread why some zones were not read; then nothing is deleted
     * @return what was done
     */
    public RetiredChecks end(Set<String> used, List<String> unread) {
        Set<String> all = new HashSet<>(used);
        all.addAll(summedUp);
        all.addAll(strange);
        List<String> missing = new ArrayList<>(unread);
        if (found.values().stream().flatMap(List::stream).anyMatch(own -> !all.contains(own.id()))) {
            ChecksElsewhere.Uses others = elsewhere.read();
            all.addAll(others.ids());
            missing.addAll(others.unread());
        }
        List<RetiredChecks.One> told = new ArrayList<>();
        found.forEach((checks, own) -> told.addAll(checks.retire(own, all, began, missing.isEmpty())));
        List<String> reasons = new ArrayList<>(why);
        reasons.addAll(missing);
        return new RetiredChecks(told, reasons);
    }
}
