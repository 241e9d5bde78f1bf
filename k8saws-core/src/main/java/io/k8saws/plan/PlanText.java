package io.k8saws.plan;

import io.k8saws.internal.text.OneLine;
import java.util.List;
import java.util.function.Function;

/**
 * Writes a plan as aligned text: a headline, one line a change with its cause, risk and what tells it apart, the differing fields of an update below it,
 * and what is not ours at the end. Lines end in a line feed on every platform, so that the text is the same everywhere.
 */
final class PlanText {
    /** Wider than any cell that a spec's names can make: 32 characters a name, 43 a block of addresses. */
    private static final int WIDEST_CELL = 120;

    private static final int WIDEST_VALUE = 60;

    private PlanText() {}

    static String render(Plan plan) {
        StringBuilder text = new StringBuilder(OneLine.of(Headline.of(plan)));
        plan.keys().running().forEach(rotation -> text.append("\nRotation ")
                .append(rotation.from())
                .append(" -> ")
                .append(rotation.to())
                .append(": ")
                .append(rotation.phase())
                .append(" since ")
                .append(rotation.since()));
        if (!plan.isEmpty()) {
            text.append("\nAccount ")
                    .append(OneLine.of(plan.account()))
                    .append(", highest risk ")
                    .append(plan.risk())
                    .append('\n');
            changes(Headline.grouped(plan), text);
        }
        if (!plan.foreign().isEmpty()) {
            text.append(plan.isEmpty() ? "\n\n" : "\n").append("Not made by k8saws, left alone:\n");
            foreign(plan.foreign(), text);
        }
        return stripped(text);
    }

    private static void changes(List<Change> changes, StringBuilder text) {
        int address = width(changes, change -> change.resource().toString());
        int risk = width(changes, PlanText::risk);
        int cause = width(changes, change -> change.cause().toString());
        for (Change change : changes) {
            text.append("  ").append(change.action().symbol()).append(' ');
            column(change.resource().toString(), address, text);
            column(risk(change), risk, text);
            column(change.cause().toString(), cause, text);
            text.append(Telling.of(change)).append('\n');
            if (change.action() == Action.UPDATE || change.action() == Action.REPLACE) {
                fields(change.fields(), text);
            }
        }
    }

    private static void fields(List<FieldChange> fields, StringBuilder text) {
        int name = width(fields, FieldChange::field);
        for (FieldChange field : fields) {
            Difference difference = Difference.of(field, WIDEST_VALUE);
            text.append("      ");
            column(field.field(), name, text);
            if (!difference.before().isEmpty()) {
                text.append(difference.before()).append(" -> ");
            }
            text.append(difference.after()).append('\n');
        }
    }

    private static void foreign(List<Foreign> foreign, StringBuilder text) {
        int address = width(foreign, item -> item.resource().toString());
        int what = width(foreign, Foreign::what);
        for (Foreign item : foreign) {
            text.append("    ");
            column(item.resource().toString(), address, text);
            column(item.what(), what, text);
            text.append("owner: ").append(OneLine.of(item.owner())).append('\n');
        }
    }

    private static String risk(Change change) {
        return change.risk() == Risk.SAFE ? "" : change.risk().name();
    }

    /** The width of a column: its longest cell. A cell so long that the others would drown in space does not count, and moves only its own line. */
    private static <T> int width(List<T> rows, Function<T, String> cell) {
        return rows.stream()
                .mapToInt(row -> length(OneLine.of(cell.apply(row))))
                .filter(length -> length <= WIDEST_CELL)
                .max()
                .orElse(0);
    }

    private static void column(String cell, int width, StringBuilder text) {
        if (width > 0) {
            String line = OneLine.of(cell);
            text.append(line).append(" ".repeat(Math.max(0, width - length(line)) + 2));
        }
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Without spaces at line ends and without a line break at the end. */
    private static String stripped(CharSequence text) {
        return text.toString()
                .lines()
                .map(String::stripTrailing)
                .reduce((a, b) -> a + "\n" + b)
                .orElse("");
    }
}
