package io.k8saws.internal.roll;

import io.k8saws.bootstrap.NodeRole;
import io.k8saws.internal.resource.LiveGroups.Growth;
import io.k8saws.operate.RollOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Clusters in a line: {@code etcd-1: a+ ; control-plane 1..3: b+ c-}. A machine is a name, with {@code *} when it is old, then + up, - not up, d draining, x leaving, ! failed. */
final class RollViews {
    static final String NEW = "lt-1:2";
    static final String OLD = "lt-1:1";

    private RollViews() {}

    static RollView view(String text) {
        return new RollView(Optional.empty(), Optional.empty(), groups(text));
    }

    static List<GroupView> groups(String text) {
        return Arrays.stream(text.split(";", -1)).map(RollViews::group).toList();
    }

    /** {@code part min..max[=desired][(before+by)]: machines}. */
    private static GroupView group(String text) {
        String[] halves = text.split(":", 2);
        String[] head = halves[0].strip().split(" ", 2);
        String part = head[0];
        List<MachineView> machines = new ArrayList<>();
        if (!halves[1].isBlank()) {
            Arrays.stream(halves[1].strip().split(" +", -1))
                    .map(RollViews::machine)
                    .forEach(machines::add);
        }
        int min = 1;
        int max = 1;
        int desired = 1;
        Optional<Growth> growth = Optional.empty();
        if (head.length > 1) {
            String sizes = head[1].replaceAll("\\(.*", "");
            String[] bounds = sizes.split("\\.\\.|=", -1);
            min = Integer.parseInt(bounds[0]);
            max = Integer.parseInt(bounds[1]);
            desired = bounds.length > 2
                    ? Integer.parseInt(bounds[2])
                    : (int) machines.stream().filter(one -> !one.leaving()).count();
            if (head[1].contains("(")) {
                String[] grown = head[1].replaceAll(".*\\(|\\).*", "").split("\\+", -1);
                growth = Optional.of(new Growth(Integer.parseInt(grown[0]), Integer.parseInt(grown[1])));
            }
        }
        NodeRole role = part.startsWith("etcd")
                ? NodeRole.ETCD
                : part.startsWith("control") ? NodeRole.CONTROL_PLANE : NodeRole.NODES;
        boolean etcd = role == NodeRole.ETCD || part.matches("control-plane-[0-9]");
        return new GroupView(
                part, role, etcd, min, max, desired, growth, Optional.of(NEW), Set.of(), Set.of(), machines);
    }

    private static MachineView machine(String text) {
        String name = text.replaceAll("[^a-z0-9].*", "");
        String flags = text.substring(name.length());
        return new MachineView(
                name,
                Optional.of(flags.contains("*") ? OLD : NEW),
                "m6i.large",
                flags.contains("x"),
                flags.contains("+"),
                flags.contains("d"),
                flags.contains("+") ? "works" : "boots",
                flags.contains("!"));
    }

    static Set<String> old(RollView view) {
        return view.groups().stream()
                .flatMap(group -> group.staying().stream()
                        .filter(one -> !group.outOfDate(one).isEmpty()))
                .map(MachineView::instance)
                .collect(Collectors.toSet());
    }

    static Set<String> parts(RollView view) {
        return view.groups().stream().map(GroupView::part).collect(Collectors.toSet());
    }

    static RollOptions options(Consumer<RollOptions.Builder> change) {
        RollOptions.Builder builder = new RollOptions.Builder();
        change.accept(builder);
        return builder.build();
    }
}
