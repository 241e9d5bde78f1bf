package io.k8saws.console;

import io.k8saws.plan.Action;
import io.k8saws.plan.Plan;
import io.k8saws.plan.Risk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** Prints a plan in colours. Thread-safe. */
public final class ConsolePlan {
    private static final Map<Action, AttributedStyle> STYLES = Map.of(
            Action.CREATE, AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN),
            Action.UPDATE, AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW),
            Action.REPLACE, AttributedStyle.DEFAULT.foreground(AttributedStyle.MAGENTA),
            Action.DELETE, AttributedStyle.DEFAULT.foreground(AttributedStyle.RED),
            Action.ADOPT, AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN));
    private static final AttributedStyle WARNING = AttributedStyle.BOLD.foreground(AttributedStyle.RED);

    private ConsolePlan() {}

    /**
     * Prints a plan on the program's standard output: in colours when that is a terminal and {@code NO_COLOR} is not set, else as
     * {@link Plan#toString()}.
     *
     * @param plan the plan to print
     */
    public static void print(Plan plan) {
        Optional<Terminal> terminal =
                SystemTerminal.colours(System.getenv()) ? SystemTerminal.open(System.getenv()) : Optional.empty();
        if (terminal.isEmpty()) {
            System.out.println(plan);
            return;
        }
        try (Terminal open = terminal.get()) {
            lines(plan).forEach(line -> open.writer().println(line.toAnsi(open)));
            open.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Close the terminal: " + e.getMessage() + ".", e);
        }
    }

    /**
     * A plan with the escape sequences that colour it, whatever the output is; for programs that know their terminal.
     *
     * @param plan the plan
     * @return the lines of {@link Plan#toString()} with ANSI colours
     */
    public static String ansi(Plan plan) {
        return String.join(
                "\n", lines(plan).stream().map(AttributedString::toAnsi).toList());
    }

    static List<AttributedString> lines(Plan plan) {
        List<String> lines = plan.toString().lines().toList();
        return IntStream.range(0, lines.size())
                .mapToObj(i -> i == 0 ? new AttributedString(lines.get(0), AttributedStyle.BOLD) : line(lines.get(i)))
                .toList();
    }

    private static AttributedString line(String line) {
        if (line.startsWith("      ")) {
            return field(line);
        }
        if (line.startsWith("    ") || line.startsWith("Not made")) {
            return new AttributedString(line, AttributedStyle.DEFAULT.faint());
        }
        for (Map.Entry<Action, AttributedStyle> style : STYLES.entrySet()) {
            if (line.startsWith("  " + style.getKey().symbol() + " ")) {
                return change(line, style.getValue());
            }
        }
        return warned(line, AttributedStyle.DEFAULT);
    }

    /** The symbol and the address in the action's colour, a risk in bold. */
    private static AttributedString change(String line, AttributedStyle style) {
        int end = line.indexOf(' ', 4);
        int address = end < 0 ? line.length() : end;
        return AttributedString.join(
                AttributedString.EMPTY,
                new AttributedString(line.substring(0, address), style),
                warned(line.substring(address), AttributedStyle.DEFAULT));
    }

    private static AttributedString field(String line) {
        int arrow = line.indexOf(" -> ");
        if (arrow < 0) {
            return new AttributedString(line, AttributedStyle.DEFAULT.faint());
        }
        return new AttributedStringBuilder()
                .styled(AttributedStyle.DEFAULT.faint(), line.substring(0, arrow + 4))
                .append(line.substring(arrow + 4))
                .toAttributedString();
    }

    private static AttributedString warned(String line, AttributedStyle style) {
        for (Risk risk : List.of(Risk.DATA_LOSS, Risk.DESTRUCTIVE, Risk.DISRUPTIVE)) {
            int at = line.indexOf(risk.name());
            if (at >= 0) {
                return new AttributedStringBuilder()
                        .styled(style, line.substring(0, at))
                        .styled(WARNING, risk.name())
                        .styled(style, line.substring(at + risk.name().length()))
                        .toAttributedString();
            }
        }
        return new AttributedString(line, style);
    }
}
