package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.TargetCheck;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/**
 * A health check whose reference is that of an owner in a zone, with its tags, and what is to be done with it. Immutable and pure.
 *
 * @param id its id
 * @param reference what it was made with
 * @param check what it does; empty for what this library never makes
 * @param tags its tags
 */
record OwnCheck(String id, String reference, Optional<TargetCheck> check, Map<String, String> tags) {
    static final String OWNER = "k8saws:dns-owner";
    static final String ZONE = "k8saws:dns-zone";
    static final String NAME = "Name";
    static final String UNUSED = "k8saws:dns-unused-since";

    /** What becomes of a check. */
    enum Step {
        /** Nothing. */
        KEEP,
        /** It gets the mark by which nobody of its owner uses it any more. */
        MARK,
        /** It is used: the mark goes. */
        UNMARK,
        /** It goes. */
        DELETE,
        /** It is another owner's by its tags, and is not touched. */
        FOREIGN
    }

    OwnCheck {
        tags = Map.copyOf(tags);
    }

    OwnCheck with(Map<String, String> others) {
        return new OwnCheck(id, reference, check, others);
    }

    /** Whether somebody has taken it over by its tags. */
    boolean isForeign(String owner, String zone) {
        return !tags.getOrDefault(OWNER, owner).equals(owner)
                || !tags.getOrDefault(ZONE, zone).equals(zone);
    }

    /** Whether it has the mark, be it one that cannot be read. */
    boolean isMarked() {
        return tags.containsKey(UNUSED);
    }

    /** Whether a record may come to use it. One with the mark is never used again: a new one is made. */
    boolean isUsable(String owner, String zone) {
        return !isForeign(owner, zone) && !isMarked();
    }

    /** How often the check of its reference was made before it; 0 for what has no such number. */
    int generation() {
        String number = reference.substring(reference.lastIndexOf('-') + 1);
        return number.matches("[0-9]{1,4}") ? Integer.parseInt(number) : 0;
    }

    /** Its reference without the number. */
    String base() {
        return reference.substring(0, reference.lastIndexOf('-') + 1);
    }

    /**
     * Decides. Deleted is only what has had the mark for the grace when the reading of the zones began, and what that reading has not found in use; so whoever took it before it had the mark has written its record by then, and is seen.
     *
     * @param owner the owner
     * @param zone the zone
     * @param used whether a record of any zone that was read uses it, or somebody is about to
     * @param certain whether all zones were read, and no change since the grace is without an answer
     * @param began when the reading began
     * @param grace how long the mark stays before
     */
    Step decide(String owner, String zone, boolean used, boolean certain, Instant began, Duration grace) {
        if (isForeign(owner, zone)) {
            return Step.FOREIGN;
        }
        if (used) {
            return isMarked() ? Step.UNMARK : Step.KEEP;
        }
        Optional<Instant> since = since();
        if (since.isEmpty() || !tags.containsKey(OWNER) || !tags.containsKey(ZONE)) {
            return Step.MARK;
        }
        return certain && !since.get().plus(grace).isAfter(began) ? Step.DELETE : Step.KEEP;
    }

    private Optional<Instant> since() {
        try {
            return Optional.ofNullable(tags.get(UNUSED)).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
