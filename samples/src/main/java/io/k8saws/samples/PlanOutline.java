package io.k8saws.samples;

import io.k8saws.plan.Action;
import io.k8saws.plan.Change;
import io.k8saws.plan.Drift;
import io.k8saws.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A plan or a drift on less than a screen: few changes of a sort are told one by one, many are counted by the kind of their resources. */
final class PlanOutline {
    private static final int FEW = 6;

    private PlanOutline() {}

    static List<String> of(Plan plan, int width) {
        List<String> lines = new ArrayList<>();
        plan.toString().lines().findFirst().ifPresent(lines::add);
        for (Action action : Action.values()) {
            List<Change> changes = plan.changes(action);
            if (changes.size() > FEW) {
                lines.addAll(counted(action, changes, width));
            } else {
                changes.forEach(change -> told(change, lines));
            }
        }
        return lines;
    }

    static List<String> of(Drift drift) {
        List<String> lines = new ArrayList<>();
        drift.toString().lines().findFirst().ifPresent(lines::add);
        drift.changes().forEach(change -> told(change, lines));
        drift.foreign().forEach(thing -> lines.add("  ! " + thing));
        return lines;
    }

    private static void told(Change change, List<String> lines) {
        lines.add("  " + change);
        if (change.action() == Action.UPDATE || change.action() == Action.REPLACE) {
            change.fields().forEach(field -> lines.add("      " + field));
        }
    }

    /** Such as {@code + 41 security-group-rule, 9 bucket-object, ...}, the most frequent kind first. */
    private static List<String> counted(Action action, List<Change> changes, int width) {
        Map<String, Long> kinds = changes.stream()
                .map(change -> change.resource().kind())
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder("  " + action.symbol());
        String separator = " ";
        for (Map.Entry<String, Long> kind : kinds.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .toList()) {
            String item = String.format(Locale.ROOT, "%d %s", kind.getValue(), kind.getKey());
            if (line.length() + separator.length() + item.length() + 1 > width) {
                lines.add(line + ",");
                line = new StringBuilder("   ");
                separator = " ";
            }
            line.append(separator).append(item);
            separator = ", ";
        }
        lines.add(line.toString());
        return lines;
    }
}
