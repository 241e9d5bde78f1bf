package io.k8saws.plan;

import io.k8saws.internal.text.OneLine;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Draws a plan as a Mermaid flow chart: a node a change, coloured by its action, and an arrow from what must be done first. Arrows that follow from other
 * arrows are left out. Mermaid refuses more than 500 arrows, so a larger plan is drawn with one node for each kind and action.
 */
final class PlanMermaid {
    private static final int MOST_ARROWS = 400;
    private static final int MOST_NODES = 400;

    private PlanMermaid() {}

    static String render(Plan plan) {
        StringBuilder chart = new StringBuilder("flowchart LR\n");
        chart.append("  %% ").append(comment(Headline.of(plan))).append('\n');
        if (plan.isEmpty()) {
            return chart.append("  nothing[\"")
                    .append(label(Headline.counts(plan)))
                    .append("\"]\n")
                    .toString();
        }
        Map<ResourceAddress, Set<ResourceAddress>> arrows = withoutDetours(plan);
        int count = arrows.values().stream().mapToInt(Collection::size).sum();
        if (count > MOST_ARROWS || arrows.size() > MOST_NODES) {
            byKind(plan, arrows, chart);
        } else {
            byResource(plan, arrows, chart);
        }
        return styles(plan, chart).toString();
    }

    private static void byResource(Plan plan, Map<ResourceAddress, Set<ResourceAddress>> arrows, StringBuilder chart) {
        Map<ResourceAddress, String> names = new LinkedHashMap<>();
        int number = 0;
        for (Change change : plan.changes()) {
            // A duplicate that goes has the address of the one that stays.
            String name = "c" + number++;
            names.putIfAbsent(change.resource(), name);
            node(name, change.action(), change.resource().toString(), chart);
        }
        arrows.forEach((to, from) -> from.forEach(first -> chart.append("  ")
                .append(names.get(first))
                .append(" --> ")
                .append(names.get(to))
                .append('\n')));
    }

    private static void byKind(Plan plan, Map<ResourceAddress, Set<ResourceAddress>> arrows, StringBuilder chart) {
        record Group(Action action, String kind) {}
        Map<ResourceAddress, Group> groups = new LinkedHashMap<>();
        Map<Group, Integer> sizes = new LinkedHashMap<>();
        for (Change change : plan.changes()) {
            Group group = new Group(change.action(), change.resource().kind());
            groups.put(change.resource(), group);
            sizes.merge(group, 1, Integer::sum);
        }
        Map<Group, String> names = new LinkedHashMap<>();
        sizes.forEach((group, size) -> {
            String name = "c" + names.size();
            names.put(group, name);
            node(name, group.action(), group.kind() + " × " + size, chart);
        });
        Set<String> drawn = new LinkedHashSet<>();
        arrows.forEach((to, from) -> from.forEach(first -> {
            Group source = groups.get(first);
            Group target = groups.get(to);
            if (source != null && target != null && !source.equals(target)) {
                drawn.add("  " + names.get(source) + " --> " + names.get(target) + "\n");
            }
        }));
        drawn.forEach(chart::append);
    }

    /** The action stands after the name: Mermaid takes a label that begins with a plus or a minus for a list. */
    private static void node(String name, Action action, String label, StringBuilder chart) {
        chart.append("  ")
                .append(name)
                .append("[\"")
                .append(label(label))
                .append(" (")
                .append(Headline.word(action))
                .append(")\"]:::")
                .append(style(action))
                .append('\n');
    }

    private static StringBuilder styles(Plan plan, StringBuilder chart) {
        plan.changes().stream().map(Change::action).distinct().sorted().forEach(action -> chart.append("  classDef ")
                .append(style(action))
                .append(' ')
                .append(colours(action))
                .append('\n'));
        return chart;
    }

    /** A class name; Mermaid keeps some plain words for itself. */
    private static String style(Action action) {
        return "on" + action.name().charAt(0) + action.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static String colours(Action action) {
        return switch (action) {
            case CREATE -> "fill:#dafbe1,stroke:#1a7f37,color:#0b3d18";
            case UPDATE -> "fill:#fff3c4,stroke:#9a6700,color:#4a3200";
            case REPLACE -> "fill:#fbdfff,stroke:#8a3ab0,color:#47125e";
            case DELETE -> "fill:#ffe2e0,stroke:#c1272d,color:#6a0d12";
            case ADOPT -> "fill:#ddf0ff,stroke:#0a63b8,color:#06315c";
            case NONE -> "fill:#f0f1f3,stroke:#6b7280,color:#24292f";
        };
    }

    /** For each change the changes right before it: an arrow that a longer way also shows says nothing new. */
    private static Map<ResourceAddress, Set<ResourceAddress>> withoutDetours(Plan plan) {
        Map<ResourceAddress, Set<ResourceAddress>> all = new LinkedHashMap<>();
        plan.changes().forEach(change -> all.put(change.resource(), new LinkedHashSet<>(change.after())));
        all.forEach((to, from) -> from.removeIf(first -> !all.containsKey(first) || first.equals(to)));
        Map<ResourceAddress, Set<ResourceAddress>> before = new HashMap<>();
        Map<ResourceAddress, Set<ResourceAddress>> direct = new LinkedHashMap<>();
        all.forEach((to, from) -> {
            Set<ResourceAddress> kept = new LinkedHashSet<>(from);
            for (ResourceAddress first : from) {
                kept.removeAll(before.computeIfAbsent(first, start -> before(start, all)));
            }
            direct.put(to, kept);
        });
        return direct;
    }

    private static Set<ResourceAddress> before(ResourceAddress start, Map<ResourceAddress, Set<ResourceAddress>> all) {
        Set<ResourceAddress> seen = new HashSet<>();
        Deque<ResourceAddress> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            for (ResourceAddress next : all.getOrDefault(open.remove(), Set.of())) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen;
    }

    private static String comment(String text) {
        return OneLine.of(text).replace('{', '(').replace('}', ')');
    }

    /** Mermaid reads quotes, angle brackets, back-ticks and its own entities inside a label; all become numbered entities. */
    private static String label(String text) {
        StringBuilder label = new StringBuilder();
        OneLine.of(text).codePoints().forEach(c -> {
            if ("\"#<>&`\\%;{}[]|".indexOf(c) >= 0) {
                label.append('#').append(c).append(';');
            } else {
                label.appendCodePoint(c);
            }
        });
        return label.toString();
    }
}
