package io.k8saws.etcd.member;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.Ids;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries out plans: looks, decides anew, does the first step, and looks again, until nothing is left. So nothing is remembered, and another run goes on wherever one was cut off. Made by
 * {@link io.k8saws.etcd.Etcd}. Used by one thread.
 */
public final class MemberRun {
    private static final Duration LOOK = Duration.ofMillis(500);
    /** What passes: an election, a learner that catches up, a member that has just come back. */
    private static final Set<Reason> PASSING =
            Set.of(Reason.NO_QUORUM, Reason.NO_ANSWER, Reason.UNREACHABLE, Reason.LEARNER_NOT_READY, Reason.MEMBERS);

    private final EtcdCalls calls;
    private final Supplier<EtcdHealth> look;
    private final ProgressListener listener;
    private final Duration limit;
    private final Supplier<String> elsewhere;
    private final long started;
    private final List<MemberStep> done = new ArrayList<>();
    private final Set<String> defragmented = new HashSet<>();
    private final Set<String> startAsked = new HashSet<>();

    /**
     * Makes a run.
     *
     * @param calls the calls
     * @param look looks at all members
     * @param listener hears of each step
     * @param limit how long all of it may take
     */
    public MemberRun(EtcdCalls calls, Supplier<EtcdHealth> look, ProgressListener listener, Duration limit) {
        this(calls, look, listener, limit, () -> "");
    }

    /**
     * Makes a run of which more is known than etcd tells.
     *
     * @param calls the calls
     * @param look looks at all members
     * @param listener hears of each step
     * @param limit how long all of it may take
     * @param elsewhere why a step is not yet done, as far as others than etcd tell; empty when they do not
     */
    public MemberRun(
            EtcdCalls calls,
            Supplier<EtcdHealth> look,
            ProgressListener listener,
            Duration limit,
            Supplier<String> elsewhere) {
        this.elsewhere = elsewhere;
        this.calls = calls;
        this.look = look;
        this.listener = tolerant(listener);
        this.limit = limit;
        this.started = calls.pause().nanoTime();
    }

    /** A listener that throws hears no more, and does not disturb the work. */
    private static ProgressListener tolerant(ProgressListener listener) {
        boolean[] off = new boolean[1];
        return event -> {
            if (!off[0]) {
                try {
                    listener.onEvent(event);
                } catch (RuntimeException e) {
                    off[0] = true;
                }
            }
        };
    }

    /**
     * Removes and adds members.
     *
     * @param change what shall come about
     * @param plan the plan that was looked at
     * @param starter starts the new member
     * @return what was done
     */
    public MemberReport run(MemberChange change, MemberPlan plan, MemberStarter starter) {
        return run(plan, change::plan, (step, health) -> {
            switch (step.kind()) {
                case MOVE_LEADER:
                    move(step, health);
                    return true;
                case REMOVE:
                    calls.removeMember(Ids.number(step.memberId()));
                    return true;
                case ADD_LEARNER:
                    calls.addMember(change.peerUrl().orElseThrow().toString(), true);
                    return true;
                case START:
                    ArrivingMember arriving = change.arriving(health).orElseThrow();
                    if (startAsked.add(arriving.id())) {
                        starter.start(arriving);
                        return true;
                    }
                    return false;
                case PROMOTE:
                    calls.promoteMember(Ids.number(step.memberId()));
                    return true;
                default:
                    throw new IllegalStateException("a change of members has no step " + step);
            }
        });
    }

    /**
     * Moves the leader.
     *
     * @param move what shall come about
     * @param plan the plan that was looked at
     * @return what was done
     */
    public MemberReport run(LeaderMove move, MemberPlan plan) {
        return run(plan, move::plan, (step, health) -> {
            move(step, health);
            return true;
        });
    }

    /**
     * Rewrites databases.
     *
     * @param wanted which
     * @param plan the plan that was looked at
     * @return what was done
     */
    public MemberReport run(Defragmentation wanted, MemberPlan plan) {
        return run(plan, health -> wanted.plan(health, defragmented), (step, health) -> {
            if (step.kind() == MemberStep.Kind.MOVE_LEADER) {
                move(step, health);
            } else {
                calls.defragment(endpoint(health, step.memberId()), atLeast(left()));
                defragmented.add(step.memberId());
            }
            return true;
        });
    }

    private void move(MemberStep step, EtcdHealth health) {
        MemberHealth leader = health.leader().orElseThrow();
        calls.moveLeader(URI.create(leader.endpoint()), Ids.number(step.memberId()));
    }

    private static URI endpoint(EtcdHealth health, String id) {
        return URI.create(health.member(id).orElseThrow().endpoint());
    }

    /**
     * The loop.
     *
     * @param plan what the user has looked at
     * @param decide what is left, from what is seen
     * @param act does a step; says whether it was done now, or is still under way
     */
    private MemberReport run(
            MemberPlan plan, Function<EtcdHealth, MemberPlan> decide, BiFunction<MemberStep, EtcdHealth, Boolean> act) {
        plan.requireAllowed();
        EtcdHealth first = look.get();
        MemberPlan now = decide.apply(first);
        now.requireAllowed();
        requireShown(plan, now);
        listener.onEvent(new ProgressEvent.OperationStarted(
                plan.task(), name(first), plan.steps().size(), Duration.ZERO));
        MemberPlan left = now;
        try {
            EtcdHealth seen = first;
            String lastSeen = "";
            while (!left.isEmpty()) {
                MemberStep step = left.steps().get(0);
                lastSeen = lastSeen.isEmpty() || !left.refusals().isEmpty()
                        ? String.join("; ", left.refusals())
                        : lastSeen;
                // before a step, for one that has no time left must not be begun
                requireTime(step, lastSeen, seen);
                boolean acted = false;
                if (left.refusals().isEmpty()) {
                    try {
                        acted = act.apply(step, seen);
                        lastSeen = "";
                    } catch (EtcdCallException e) {
                        if (!PASSING.contains(e.reason())) {
                            throw e;
                        }
                        lastSeen = String.valueOf(e.getMessage());
                    }
                }
                if (acted) {
                    done.add(step);
                    listener.onEvent(
                            new ProgressEvent.ComponentChanged(name(seen), step.member(), step.toString(), true));
                }
                calls.pause().pause(acted ? Duration.ofMillis(100) : LOOK, plan.task());
                seen = look.get();
                if (seen.members().isEmpty()) {
                    continue; // nobody answers just now; what was decided last still stands
                }
                left = decide.apply(seen);
            }
            MemberReport report = new MemberReport(plan.task(), done, List.of(), spent());
            ended(first, report);
            return report;
        } catch (K8sAwsException e) {
            throw stopped(plan, left, first, e);
        } catch (RuntimeException e) {
            // of a starter, or of a look: what was done by then must be told all the same
            throw stopped(
                    plan,
                    left,
                    first,
                    new K8sAwsException(
                            left.isEmpty() ? plan.task() : left.steps().get(0).toString(),
                            "it threw " + e,
                            "mend what threw it",
                            Map.of("cluster", name(first)),
                            e));
        }
    }

    private MembersException stopped(MemberPlan plan, MemberPlan left, EtcdHealth first, K8sAwsException cause) {
        MemberReport report = new MemberReport(plan.task(), done, left.steps(), spent());
        ended(first, report);
        return new MembersException(report, cause);
    }

    private void requireTime(MemberStep step, String lastSeen, EtcdHealth seen) {
        if (left().isZero()) {
            String known = Stream.of(lastSeen, elsewhere.get())
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("; "));
            throw new WaitTimeoutException(
                    step.toString(),
                    spent(),
                    known.isEmpty() ? "it is not yet to be seen" : known,
                    "look at etcd.health(), then plan and do it again: it goes on from there",
                    Map.of("cluster", name(seen)));
        }
    }

    private static Duration atLeast(Duration left) {
        return left.isZero() ? Duration.ofMillis(1) : left;
    }

    /** A plan that was shown is for those members alone: others may have come or gone meanwhile. */
    private static void requireShown(MemberPlan shown, MemberPlan now) {
        if (!shown.clusterId().equals(now.clusterId())) {
            throw new MembersRefusedException(
                    now, List.of("the plan is of cluster " + shown.clusterId() + ", and this is " + now.clusterId()));
        }
        List<String> more = now.steps().stream()
                .filter(step -> step.kind() != MemberStep.Kind.MOVE_LEADER)
                .filter(step -> shown.steps().stream()
                        .noneMatch(other -> other.kind() == step.kind()
                                && (other.memberId().equals(step.memberId())
                                        || other.memberId().isEmpty()
                                        || step.memberId().isEmpty())))
                .map(MemberStep::toString)
                .toList();
        if (!more.isEmpty()) {
            throw new MembersRefusedException(
                    now, List.of("the plan does not show what is to be done now: " + String.join(", ", more)));
        }
    }

    private void ended(EtcdHealth health, MemberReport report) {
        listener.onEvent(new ProgressEvent.OperationFinished(
                report.task(), name(health), report.done().size(), report.left().size(), report.took()));
    }

    private static String name(EtcdHealth health) {
        return Objects.requireNonNullElse(health.clusterId(), "");
    }

    private Duration spent() {
        return Duration.ofNanos(calls.pause().nanoTime() - started);
    }

    private Duration left() {
        Duration left = limit.minus(spent());
        return left.isNegative() ? Duration.ZERO : left;
    }
}
