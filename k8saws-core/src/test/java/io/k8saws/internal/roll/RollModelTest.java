package io.k8saws.internal.roll;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.internal.resource.LiveGroups.Growth;
import io.k8saws.operate.RollMachine;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A roll that is killed anywhere and planned again comes to its end, and never has more away than it may. The seed of each world stands in the message. */
class RollModelTest {
    private static final int ROUNDS = 3000;

    /** A machine of the model. */
    private static final class Machine {
        private final String id;
        private final int version;
        private boolean up;
        private boolean marked;
        private boolean leaving;

        Machine(String id, int version, boolean up) {
            this.id = id;
            this.version = version;
            this.up = up;
        }
    }

    /** A group of the model, as an Auto Scaling group is. */
    private static final class Group {
        private final String part;
        private final NodeRole role;
        private final boolean etcd;
        private final int min;
        private final int max;
        private final int size;
        private int desired;
        private int version = 1;
        private Optional<Growth> growth = Optional.empty();
        private final List<Machine> machines = new ArrayList<>();

        Group(String part, NodeRole role, boolean etcd, int min, int max, int size) {
            this.part = part;
            this.role = role;
            this.etcd = etcd;
            this.min = min;
            this.max = max;
            this.size = size;
            this.desired = size;
        }

        GroupView view() {
            return new GroupView(
                    part,
                    role,
                    etcd,
                    min,
                    max,
                    desired,
                    growth,
                    Optional.of("lt:" + version),
                    Set.of(),
                    Set.of(),
                    machines.stream()
                            .map(one -> new MachineView(
                                    one.id,
                                    Optional.of("lt:" + one.version),
                                    "",
                                    one.leaving,
                                    one.up && !one.leaving,
                                    one.marked,
                                    one.up ? "works" : "boots",
                                    false))
                            .toList());
        }

        int working() {
            return (int) machines.stream()
                    .filter(one -> one.up && !one.leaving && !one.marked)
                    .count();
        }
    }

    /** A cluster of the model, with a run that may die between any two calls. */
    private static final class World {
        private final Random random;
        private final Map<String, Group> groups = new LinkedHashMap<>();
        private final RollOptions options;
        private final List<String> log = new ArrayList<>();
        private int ids;

        World(long seed) {
            this.random = new Random(seed);
            RollOptions.Builder builder = new RollOptions.Builder().surge(random.nextInt(3));
            if (random.nextBoolean()) {
                builder.maxUnavailable(1 + random.nextInt(3));
            }
            this.options = builder.build();
            if (random.nextBoolean()) {
                for (int member = 1; member <= 3; member++) {
                    add(new Group("etcd-" + member, NodeRole.ETCD, true, 1, 1, 1));
                }
                int size = (options.surge() > 0 ? 1 : 2) + random.nextInt(3);
                add(new Group("control-plane", NodeRole.CONTROL_PLANE, false, size, size + 1, size));
            } else {
                for (int member = 1; member <= 3; member++) {
                    add(new Group("control-plane-" + member, NodeRole.CONTROL_PLANE, true, 1, 1, 1));
                }
            }
            for (int pool = random.nextInt(3); pool >= 0; pool--) {
                int size = random.nextInt(5);
                add(new Group("pool-" + pool, NodeRole.NODES, false, 0, size + random.nextInt(3), size));
            }
            groups.values().forEach(group -> {
                for (int i = 0; i < group.size; i++) {
                    group.machines.add(new Machine("i-" + ids++, 1, true));
                }
                group.version = random.nextInt(4) == 0 ? 1 : 2;
            });
        }

        private void add(Group group) {
            groups.put(group.part, group);
        }

        RollView view() {
            return new RollView(
                    Optional.empty(),
                    Optional.empty(),
                    groups.values().stream().map(Group::view).toList());
        }

        RollPlan plan() {
            return RollPlanning.plan("model", options, view(), List.of(), List.of(), List.of());
        }

        /** AWS and the machines do something. */
        void goesOn() {
            for (Group group : groups.values()) {
                for (Machine machine : List.copyOf(group.machines)) {
                    if (machine.leaving && random.nextInt(3) == 0) {
                        group.machines.remove(machine);
                    } else if (!machine.up && random.nextInt(4) == 0) {
                        machine.up = true;
                    }
                }
                long staying =
                        group.machines.stream().filter(one -> !one.leaving).count();
                if (staying < group.desired && random.nextInt(2) == 0) {
                    group.machines.add(new Machine("i-" + ids++, group.version, false));
                }
                if (staying > group.desired) {
                    throw new AssertionError("the group would choose itself whom it ends: " + this);
                }
            }
        }

        /** One round of a run; false when it died in it. */
        boolean round(Set<String> targets, Set<String> parts) {
            Decision decision = Decision.of(view(), targets, parts, options);
            for (Decision.Act act : decision.acts()) {
                if (!act(act)) {
                    return false;
                }
            }
            return true;
        }

        private boolean call(Runnable effect, String what) {
            if (random.nextInt(12) == 0) {
                log.add("died before: " + what);
                return false;
            }
            effect.run();
            log.add(what);
            check();
            return true;
        }

        private boolean act(Decision.Act act) {
            if (act instanceof Decision.Act.Grow grow) {
                Group group = group(grow.part());
                return call(() -> group.growth = Optional.of(grow.growth()), "note " + grow)
                        && call(
                                () -> group.desired =
                                        grow.growth().before() + grow.growth().by(),
                                grow.toString());
            }
            if (act instanceof Decision.Act.Settle settle) {
                Group group = group(settle.part());
                return (group.desired <= settle.before()
                                || call(() -> group.desired = settle.before(), settle.toString()))
                        && call(() -> group.growth = Optional.empty(), "forget " + settle);
            }
            Decision.Act.Replace replace = (Decision.Act.Replace) act;
            Group group = group(replace.part());
            Machine machine = group.machines.stream()
                    .filter(one -> one.id.equals(replace.instance()))
                    .findFirst()
                    .orElseThrow();
            if (group.role != NodeRole.ETCD && !machine.marked) {
                return call(() -> machine.marked = true, "cordon " + replace);
            }
            if (group.role != NodeRole.ETCD && random.nextInt(3) > 0) {
                return true; // pods are still on their way
            }
            return call(
                    () -> {
                        machine.leaving = true;
                        group.desired -= replace.shrink() ? 1 : 0;
                    },
                    replace.toString());
        }

        private Group group(String part) {
            return Objects.requireNonNull(groups.get(part));
        }

        private void check() {
            long membersAway = groups.values().stream()
                    .filter(group -> group.etcd && group.working() == 0)
                    .count();
            assertThat(membersAway).as("members away at once: %s", this).isLessThanOrEqualTo(1);
            for (Group group : groups.values()) {
                if (group.role == NodeRole.CONTROL_PLANE && !group.etcd) {
                    assertThat(group.working())
                            .as("control plane: %s", this)
                            .isGreaterThanOrEqualTo(Math.max(1, group.size - 1));
                }
                if (group.role == NodeRole.NODES) {
                    boolean room = options.surge() > 0 && group.max > group.size;
                    int budget = options.maxUnavailable().orElse(room ? 0 : 1);
                    assertThat(group.working())
                            .as("%s: %s", group.part, this)
                            .isGreaterThanOrEqualTo(group.size - budget);
                }
                assertThat(group.desired).as("%s: %s", group.part, this).isBetween(group.min, group.max);
            }
        }

        @Override
        public String toString() {
            return view() + "\n" + options + "\n" + String.join("\n", log);
        }
    }

    @Property(tries = 400)
    void killedAnywhere_andPlannedAgain_itComesToItsEnd_andNeverTwoMembersAreAway(@ForAll long seed) {
        World world = new World(seed);
        RollPlan plan = world.plan();
        assertThat(plan.refusals()).as("seed %s: %s", seed, plan).isEmpty();
        Set<String> targets = plan.instances();
        Set<String> parts = parts(plan);
        int round = 0;
        while (true) {
            assertThat(round++).as("seed %s does not end: %s", seed, world).isLessThan(ROUNDS);
            boolean died = !world.round(targets, parts);
            world.goesOn();
            boolean done =
                    Decision.of(world.view(), targets, parts, world.options).isDone();
            if (died || done) {
                RollPlan again = world.plan();
                if (again.isEmpty()) {
                    break;
                }
                targets = again.instances();
                parts = parts(again);
            }
        }
        for (Group group : world.groups.values()) {
            assertThat(group.machines)
                    .as("seed %s: %s", seed, world)
                    .allMatch(one -> one.leaving || one.version == group.version);
            assertThat(group.desired)
                    .as("seed %s, %s: %s", seed, group.part, world)
                    .isEqualTo(group.size);
            assertThat(group.growth).as("seed %s: %s", seed, world).isEmpty();
        }
        assertThat(world.plan().isEmpty()).isTrue();
    }

    private static Set<String> parts(RollPlan plan) {
        return Stream.concat(plan.steps().stream().map(RollMachine::part), plan.unsettled().stream())
                .collect(Collectors.toSet());
    }
}
