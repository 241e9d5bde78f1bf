package io.k8saws.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** The first line of a plan, the same in every form that people read. */
final class Headline {
    /** The actions in the order in which plans count them. */
    static final List<Action> ACTIONS =
            List.of(Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.ADOPT);

    private Headline() {}

    static String of(Plan plan) {
        return subject(plan) + " #" + plan.id() + ": " + counts(plan);
    }

    static String subject(Plan plan) {
        String verb = plan.purpose() == Plan.Purpose.DESTROY ? "Plan to destroy " : "Plan ";
        return verb + plan.cluster() + "@" + plan.region();
    }

    static String counts(Plan plan) {
        if (plan.isEmpty()) {
            return nothing(plan);
        }
        StringJoiner counts = new StringJoiner(", ");
        for (Action action : ACTIONS) {
            int count = plan.changes(action).size();
            if (count > 0) {
                counts.add(count + " " + word(action));
            }
        }
        if (plan.unchanged() > 0) {
            counts.add(plan.unchanged() + " unchanged");
        }
        return counts.toString();
    }

    static String word(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    static String word(Risk risk) {
        return risk.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String nothing(Plan plan) {
        if (plan.purpose() == Plan.Purpose.DESTROY) {
            return "nothing to do, nothing of the cluster is left";
        }
        return switch (plan.unchanged()) {
            case 0 -> "nothing to do";
            case 1 -> "nothing to do, 1 resource is as it should be";
            default -> "nothing to do, " + plan.unchanged() + " resources are as they should be";
        };
    }

    /** The changes with the kinds in the plan's order and the names of a kind in the order a person expects. */
    static List<Change> grouped(Plan plan) {
        List<String> kinds = plan.changes().stream()
                .map(change -> change.resource().kind())
                .distinct()
                .toList();
        List<Change> grouped = new ArrayList<>();
        for (String kind : kinds) {
            plan.changes().stream()
                    .filter(change -> change.resource().kind().equals(kind))
                    .sorted((a, b) -> NaturalOrder.compare(
                            a.resource().name(), b.resource().name()))
                    .forEach(grouped::add);
        }
        return grouped;
    }
}
