package io.k8saws.internal.roll;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.operate.DrainTimeoutException;
import io.k8saws.operate.HeldPod;
import io.k8saws.operate.RollException;
import io.k8saws.operate.RollMachine;
import io.k8saws.operate.RollPlan;
import io.k8saws.operate.RollRefusedException;
import io.k8saws.operate.RollReport;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One roll: look, decide, act, until there is nothing left to do. For one thread. */
final class RollRun {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final String ROLL = "roll";

    private final RollPlan plan;
    private final RollWorld world;
    private final RollHands hands;
    private final Runnable mayChange;
    private final Sleeper sleeper;
    private final ProgressListener listener;
    private final Set<String> parts;
    private final Map<String, RollMachine> left = new LinkedHashMap<>();
    private final List<RollReport.Ended> ended = new ArrayList<>();
    private final Map<String, Long> begun = new HashMap<>();
    private final Map<String, Set<String>> evicted = new HashMap<>();
    private final Map<String, String> told = new HashMap<>();
    private final long started;

    RollRun(
            RollPlan plan,
            RollWorld world,
            RollHands hands,
            Runnable mayChange,
            Sleeper sleeper,
            ProgressListener listener) {
        this.plan = plan;
        this.world = world;
        this.hands = hands;
        this.mayChange = mayChange;
        this.sleeper = sleeper;
        this.listener = listener;
        this.parts = Stream.concat(plan.steps().stream().map(RollMachine::part), plan.unsettled().stream())
                .collect(Collectors.toUnmodifiableSet());
        plan.steps().forEach(machine -> left.put(machine.instance(), machine));
        this.started = sleeper.nanoTime();
    }

    RollReport run(Duration limit) {
        listener.onEvent(new ProgressEvent.OperationStarted(ROLL, plan.cluster(), left.size(), Duration.ZERO));
        try {
            while (!round(limit)) {
                sleeper.sleep(PAUSE, "Roll the machines of cluster " + plan.cluster());
            }
            return report();
        } catch (RollRefusedException e) {
            if (ended.isEmpty()) {
                throw e;
            }
            throw new RollException(report(), e);
        } catch (K8sAwsException e) {
            throw new RollException(report(), e);
        } finally {
            listener.onEvent(
                    new ProgressEvent.OperationFinished(ROLL, plan.cluster(), ended.size(), left.size(), elapsed()));
        }
    }

    /** Whether all is done. */
    private boolean round(Duration limit) {
        RollWorld.Seen seen = world.look();
        requireAsPlanned(seen.view());
        drop(seen.view());
        Decision decision = Decision.of(seen.view(), Set.copyOf(left.keySet()), parts, plan.options());
        if (seen.view().api().isEmpty()) {
            tell(seen.view());
        }
        decision.waits().forEach(wait -> tell(ROLL, "waits: " + wait, false));
        List<NodeView> remains = seen.nodes().isEmpty() ? List.of() : seen.remains();
        if (decision.isDone() && remains.isEmpty()) {
            return true;
        }
        if (elapsed().compareTo(limit) >= 0) {
            throw new WaitTimeoutException(
                    "the roll of cluster " + plan.cluster(),
                    elapsed(),
                    decision.waits().isEmpty()
                            ? left.size() + " machines are left"
                            : String.join("; ", decision.waits()),
                    "look at the machines that are named; docs/roll.md and docs/boot.md say what to look at",
                    Map.of());
        }
        try {
            change(decision, seen, remains);
        } catch (KubernetesCallException e) {
            if (!e.retryable()) {
                throw e;
            }
            tell(ROLL, "waits: " + e.getMessage(), false); // the next look tells whether the API answers again
        }
        return false;
    }

    private void change(Decision decision, RollWorld.Seen seen, List<NodeView> remains) {
        for (Decision.Act act : decision.acts()) {
            mayChange.run();
            act(act, seen);
        }
        for (NodeView node : remains) {
            mayChange.run();
            hands.forget(node);
            tell(node.name(), "its node is removed", true);
        }
    }

    /** A roll does what its plan shows: a group that starts other machines by now needs a new plan. */
    private void requireAsPlanned(RollView view) {
        List<String> changed = view.groups().stream()
                .filter(group -> left.values().stream()
                        .anyMatch(machine -> machine.part().equals(group.part())
                                && !machine.starts().equals(group.starts().orElse(""))))
                .map(group -> group.part() + ": its group starts "
                        + group.starts().orElse("nothing that can be told") + " now, which the plan does not show")
                .toList();
        if (!changed.isEmpty()) {
            throw new RollRefusedException(plan, changed);
        }
    }

    /** Machines that went by themselves need nothing more. */
    private void drop(RollView view) {
        Set<String> there = view.groups().stream()
                .flatMap(group -> group.staying().stream())
                .map(MachineView::instance)
                .collect(Collectors.toSet());
        left.keySet().retainAll(there);
    }

    private void act(Decision.Act act, RollWorld.Seen seen) {
        if (act instanceof Decision.Act.Grow grow) {
            tell(
                    grow.part(),
                    "grows from " + grow.growth().before() + " by "
                            + grow.growth().by(),
                    false);
            hands.grow(group(seen, grow.part()), grow.growth());
        } else if (act instanceof Decision.Act.Settle settle) {
            tell(settle.part(), "has its size again: " + settle.before(), true);
            hands.settle(group(seen, settle.part()), settle.before());
        } else if (act instanceof Decision.Act.Replace replace) {
            replace(replace, Optional.ofNullable(seen.nodes().get(replace.instance())));
        }
    }

    private static LiveGroups.Group group(RollWorld.Seen seen, String part) {
        return Objects.requireNonNull(seen.groups().get(part), part);
    }

    private void replace(Decision.Act.Replace act, Optional<NodeView> node) {
        // nothing answers on a node that is not Ready, so its pods are not waited for
        if (node.isEmpty() || !node.get().ready() || isEmptied(node.get())) {
            node.ifPresent(hands::markEnding);
            end(act);
        }
    }

    private void end(Decision.Act.Replace act) {
        RollMachine machine = Objects.requireNonNull(left.get(act.instance()), act.instance());
        tell(machine.toString(), "ends", false);
        hands.end(act.instance(), act.shrink());
        left.remove(act.instance());
        world.hasEnded(act.instance());
        int pods = evicted.getOrDefault(act.instance(), Set.of()).size();
        ended.add(new RollReport.Ended(machine, pods, elapsed()));
    }

    /** Goes on with the drain of a node. */
    private boolean isEmptied(NodeView node) {
        if (!node.isMarked()) {
            hands.cordon(node);
        }
        long since = begun.computeIfAbsent(node.name(), name -> sleeper.nanoTime());
        Drain drain = Drain.of(world.pods(Optional.of(node.name())));
        if (drain.isDone()) {
            return true;
        }
        List<HeldPod> held = new ArrayList<>();
        for (PodView pod : drain.evict()) {
            hands.evict(pod)
                    .ifPresentOrElse(held::add, () -> evicted.computeIfAbsent(node.name(), name -> new HashSet<>())
                            .add(pod.uid()));
        }
        drain.leaving().stream()
                .map(pod -> new HeldPod(pod.namespace(), pod.name(), "", "it is on its way"))
                .forEach(held::add);
        RollMachine machine = Objects.requireNonNull(left.get(node.name()), node.name());
        tell(machine.toString(), held.isEmpty() ? "drains" : "drains: " + held.get(0), false);
        if (Duration.ofNanos(sleeper.nanoTime() - since)
                                .compareTo(plan.options().drainTimeout())
                        >= 0
                && !held.isEmpty()) {
            hands.giveBack(node);
            throw new DrainTimeoutException(machine, plan.options().drainTimeout(), held);
        }
        return false;
    }

    private void tell(RollView view) {
        view.groups().stream().filter(group -> parts.contains(group.part())).forEach(group -> group.machines().stream()
                .filter(one -> !one.draining() && !one.leaving())
                .forEach(one -> tell(
                        group.part() + " " + one.instance(),
                        left.containsKey(one.instance()) ? "is out of date" : one.state(),
                        one.up())));
    }

    private void tell(String component, String state, boolean ready) {
        if (!state.equals(told.put(component, state))) {
            listener.onEvent(new ProgressEvent.ComponentChanged(plan.cluster(), component, state, ready));
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(sleeper.nanoTime() - started);
    }

    private RollReport report() {
        return new RollReport(plan.cluster(), ended, List.copyOf(left.values()), elapsed());
    }
}
