package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.health.RetiredChecks.State;
import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.internal.route53.OwnCheck.Step;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Marks the checks of one owner in one zone that no record uses, and takes those away that have had the mark long enough. One that fails is left alone for a while. Used by one thread at a time. */
final class RetiringChecks {
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final int LONGEST_PAUSE = 6; // doublings: about an hour

    private final HealthCalls calls;
    private final HealthTags tags;
    private final String owner;
    private final String zone;
    private final ChecksInHand hand;
    private final Consumer<String> gone;
    private final InstantSource clock;
    private final Map<String, Pause> pauses = new HashMap<>();

    private record Pause(int failures, Instant until) {}

    /** Makes it; {@code gone} hears of each id that is not ours to give away any more. */
    RetiringChecks(
            HealthCalls calls,
            HealthTags tags,
            String owner,
            String zone,
            ChecksInHand hand,
            Consumer<String> gone,
            InstantSource clock) {
        this.calls = calls;
        this.tags = tags;
        this.owner = owner;
        this.zone = zone;
        this.hand = hand;
        this.gone = gone;
        this.clock = clock;
    }

    /**
     * Does the next step with a check, if there is one.
     *
     * @param one as it was listed, before the reading began
     * @param used the ids that the reading has found in records, and those that are in use otherwise
     * @param began when the reading began
     * @param whole whether all zones were read
     * @return what was done, if it is to be told
     */
    Optional<RetiredChecks.One> retire(OwnCheck one, Set<String> used, Instant began, boolean whole) {
        try {
            Step step = step(one, used, began, whole);
            if (step == Step.KEEP || step == Step.FOREIGN || isPaused(one.id())) {
                return Optional.empty();
            }
            Optional<RetiredChecks.One> done = act(one, used, began, whole);
            pauses.remove(one.id());
            return done;
        } catch (AwsCallException e) {
            failed(one.id());
            return Optional.of(told(one, State.FAILED, String.valueOf(e.getMessage())));
        }
    }

    private Step step(OwnCheck one, Set<String> used, Instant began, boolean whole) {
        boolean inUse = used.contains(one.id()) || hand.isInHand(one.id());
        return one.decide(owner, zone, inUse, whole && !hand.isUncertain(), began, HealthChecks.GRACE);
    }

    private Optional<RetiredChecks.One> act(OwnCheck listed, Set<String> used, Instant began, boolean whole) {
        Optional<OwnCheck> now = tags.of(listed.id()).map(listed::with); // somebody may have come between
        if (now.isEmpty()) {
            gone.accept(listed.id());
            return Optional.empty();
        }
        OwnCheck one = now.get();
        switch (step(one, used, began, whole)) {
            case FOREIGN -> gone.accept(one.id());
            case UNMARK -> calls.tag(one.id(), Map.of(), List.of(OwnCheck.UNUSED));
            case MARK -> {
                if (isGivenUp(one.id())) {
                    String since = clock.instant().toString();
                    calls.tag(
                            one.id(),
                            Map.of(OwnCheck.OWNER, owner, OwnCheck.ZONE, zone, OwnCheck.UNUSED, since),
                            List.of());
                    return Optional.of(told(one, State.MARKED, ""));
                }
            }
            case DELETE -> {
                if (isGivenUp(one.id())) {
                    delete(one.id());
                    return Optional.of(told(one, State.DELETED, ""));
                }
            }
            default -> {}
        }
        return Optional.empty();
    }

    /** From here on it is given to nobody; false when somebody has just got it. */
    private boolean isGivenUp(String id) {
        boolean isGivenUp = hand.giveUp(id);
        if (isGivenUp) {
            gone.accept(id);
        }
        return isGivenUp;
    }

    private void delete(String id) {
        try {
            calls.delete(id);
        } catch (AwsCallException e) {
            if (!HealthTags.isGone(e)) {
                throw e;
            }
        }
    }

    private boolean isPaused(String id) {
        Pause pause = pauses.get(id);
        return pause != null && pause.until().isAfter(clock.instant());
    }

    private void failed(String id) {
        Pause pause = pauses.get(id);
        int failures = pause == null ? 0 : Math.min(pause.failures() + 1, LONGEST_PAUSE);
        pauses.put(id, new Pause(failures, clock.instant().plus(FIRST_PAUSE.multipliedBy(1L << failures))));
    }

    private RetiredChecks.One told(OwnCheck check, State state, String reason) {
        return new RetiredChecks.One(
                check.id(), zone, check.check().map(TargetCheck::toString).orElse(""), state, reason);
    }
}
