package io.k8saws.console;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The terminal that the program was started in, where there is one that can move its cursor. */
final class SystemTerminal {
    private SystemTerminal() {}

    static Optional<Terminal> open(Map<String, String> environment) {
        if (!wanted(environment)) {
            return Optional.empty();
        }
        try {
            Terminal terminal = builder().build();
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                terminal.close();
                return Optional.empty();
            }
            return Optional.of(terminal);
        } catch (IOException | IllegalStateException e) {
            // There is none; plain lines are the answer, not an error.
            return Optional.empty();
        }
    }

    /** Tells whether the environment allows moving lines at all. */
    static boolean wanted(Map<String, String> environment) {
        String ci = environment.getOrDefault("CI", "");
        return !environment.getOrDefault("TERM", "").equals("dumb") && (ci.isEmpty() || ci.equals("false"));
    }

    /** Tells whether colours are wanted: any value of NO_COLOR but the empty one says no (no-color.org). */
    static boolean colours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    private static TerminalBuilder builder() {
        TerminalBuilder builder = TerminalBuilder.builder()
                .system(true)
                .systemOutput(TerminalBuilder.SystemOutput.SysOut)
                .dumb(false)
                .nativeSignals(true)
                .signalHandler(Terminal.SignalHandler.SIG_DFL);
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win");
        // stty does without a native library, which newer Java runtimes warn about.
        return windows ? builder : builder.provider("exec");
    }
}
