package io.k8saws.plan;

import io.k8saws.internal.text.OneLine;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The few words that tell a resource from its neighbours, for the one line that a created, adopted or deleted resource gets. */
final class Telling {
    private static final int MOST_FIELDS = 3;
    private static final int LONGEST_VALUE = 48;

    /** Names of fields, the most telling first; other fields do not tell resources apart. */
    private static final List<String> TELLING = List.of(
            "cidr",
            "instanceType",
            "minSize",
            "maxSize",
            "protocol",
            "port",
            "destination",
            "sizeGib",
            "type",
            "zone",
            "domain",
            "scheme",
            "privateIp");

    private Telling() {}

    static String of(Change change) {
        if (change.action() != Action.CREATE) {
            return change.id().map(OneLine::of).orElse("");
        }
        if (RuleWords.tell(change)) {
            return RuleWords.of(change);
        }
        return change.fields().stream()
                .filter(Telling::tells)
                .sorted(Comparator.comparingInt(Telling::rank))
                .limit(MOST_FIELDS)
                .map(field -> OneLine.of(field.field()) + " " + OneLine.of(field.after()))
                .collect(Collectors.joining(", "));
    }

    private static boolean tells(FieldChange field) {
        return TELLING.contains(field.field())
                && !field.after().isBlank()
                && !field.after().equals(FieldChange.KNOWN_AFTER_APPLY)
                && field.after().length() <= LONGEST_VALUE
                && field.after().indexOf('\n') < 0;
    }

    private static int rank(FieldChange field) {
        return TELLING.indexOf(field.field());
    }
}
