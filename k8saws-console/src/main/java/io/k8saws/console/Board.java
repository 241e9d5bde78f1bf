package io.k8saws.console;

import io.k8saws.plan.Outcome;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.progress.ProgressEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** What an operation is doing right now, as lines that fit a width and a height. Knows nothing of terminals; not thread-safe. */
final class Board {
    private static final int BAR = 20;
    private static final int WIDE = 72;

    private final LongSupplier nanos;
    private final Map<ResourceAddress, Running> running = new LinkedHashMap<>();
    private final List<AttributedString> lasting = new ArrayList<>();
    private final Map<String, String> stages = new LinkedHashMap<>();
    private String subject = "";
    private boolean active;
    private int steps;
    private int done;
    private int notDone;
    private long started;
    private long estimated;
    private Duration remaining = Duration.ZERO;

    private static final class Running {
        private final String symbol;
        private final long since;
        private String doing = "";
        private boolean troubled;

        private Running(String symbol, long since) {
            this.symbol = symbol;
            this.since = since;
        }
    }

    Board(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void accept(ProgressEvent event) {
        if (event instanceof ProgressEvent.OperationStarted operation) {
            begin(operation);
        } else if (event instanceof ProgressEvent.StepStarted step) {
            running.put(step.resource(), new Running(step.action().symbol(), nanos.getAsLong()));
        } else if (event instanceof ProgressEvent.StepRetrying step) {
            doing(
                    step.resource(),
                    "attempt " + step.attempt() + " failed, again in " + Elapsed.exactly(step.delay()) + ": "
                            + step.reason(),
                    true);
        } else if (event instanceof ProgressEvent.StepWaiting step) {
            doing(
                    step.resource(),
                    "waits for " + step.waitingFor()
                            + (step.lastSeen().isEmpty() ? "" : ", last seen: " + step.lastSeen()),
                    false);
        } else if (event instanceof ProgressEvent.StepFinished step) {
            finish(step);
        } else if (event instanceof ProgressEvent.ComponentChanged component) {
            tell(component);
        } else if (event instanceof ProgressEvent.StageAdvanced stage) {
            advance(stage);
        } else if (event instanceof ProgressEvent.OperationFinished operation) {
            end(operation);
        }
    }

    /** A machine goes many steps; each stays on the screen, so that one sees where it took its time. */
    private void tell(ProgressEvent.ComponentChanged component) {
        lasting.add(new AttributedStringBuilder()
                .styled(
                        component.ready()
                                ? AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN)
                                : AttributedStyle.DEFAULT.faint(),
                        component.ready() ? "✓ " : "· ")
                .append(Screen.line(component.component() + ": " + component.state()))
                .toAttributedString());
    }

    /** Stages of one operation overlap: those under way are lines, one that is complete stays on the screen. */
    private void advance(ProgressEvent.StageAdvanced stage) {
        if (!stage.complete()) {
            stages.put(stage.stage(), Screen.line(stage.stage() + ": " + amount(stage)));
        } else {
            stages.remove(stage.stage());
            done++;
            lasting.add(new AttributedStringBuilder()
                    .styled(AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN), "✓ ")
                    .append(Screen.line(stage.stage() + ": " + amount(stage)))
                    .toAttributedString());
        }
    }

    private static String amount(ProgressEvent.StageAdvanced stage) {
        String share =
                stage.total() > 0 && !stage.complete() ? " of " + String.format(Locale.ROOT, "%,d", stage.total()) : "";
        return String.format(Locale.ROOT, "%,d", stage.done()) + share + " " + stage.unit();
    }

    /** Tells whether an operation is under way. */
    boolean active() {
        return active;
    }

    /** Takes the lines that stay on the screen for good. */
    List<AttributedString> takeLasting() {
        List<AttributedString> taken = List.copyOf(lasting);
        lasting.clear();
        return taken;
    }

    /** The lines that are shown until they change: the running steps, oldest first, and the state of the whole. */
    List<AttributedString> lines(int width, int rows) {
        if (!active) {
            return List.of();
        }
        List<AttributedString> lines = new ArrayList<>();
        int room = Math.max(0, rows - 1);
        boolean fold = running.size() > room;
        int shown = fold ? Math.max(0, room - 1) : running.size();
        int address = running.keySet().stream()
                .limit(shown)
                .mapToInt(resource -> new AttributedString(Screen.line(resource.toString())).columnLength())
                .max()
                .orElse(0);
        int column = Math.min(address, Math.max(12, width / 2));
        running.entrySet().stream()
                .limit(shown)
                .forEach(step -> lines.add(fit(step(step.getKey(), step.getValue(), column), width)));
        if (fold && room > 0) {
            lines.add(fit(
                    new AttributedString(
                            "  … and " + (running.size() - shown) + " more", AttributedStyle.DEFAULT.faint()),
                    width));
        }
        stages.values().stream()
                .limit(Math.max(0, room - lines.size()))
                .forEach(stage ->
                        lines.add(fit(new AttributedString("  " + stage, AttributedStyle.DEFAULT.faint()), width)));
        if (rows > 0) {
            lines.add(fit(whole(width), width));
        }
        return lines;
    }

    private void begin(ProgressEvent.OperationStarted operation) {
        running.clear();
        stages.clear();
        subject = Screen.line(operation.operation() + " " + operation.cluster());
        active = true;
        steps = operation.steps();
        done = 0;
        notDone = 0;
        started = nanos.getAsLong();
        estimate(operation.estimate());
    }

    private void doing(ResourceAddress resource, String words, boolean troubled) {
        Running step = running.get(resource);
        if (step != null) {
            step.doing = Screen.line(words);
            step.troubled = troubled;
        }
    }

    private void finish(ProgressEvent.StepFinished step) {
        running.remove(step.resource());
        estimate(step.remaining());
        if (step.outcome() == Outcome.DONE) {
            done++;
            return;
        }
        notDone++;
        lasting.add(new AttributedStringBuilder()
                .styled(AttributedStyle.DEFAULT.foreground(AttributedStyle.RED), "✗ ")
                .append(step.action().symbol() + " "
                        + Screen.line(step.resource().toString()) + " ")
                .styled(AttributedStyle.BOLD, step.outcome().name().toLowerCase(Locale.ROOT))
                .append(step.outcome() == Outcome.SKIPPED ? "" : " after " + Elapsed.exactly(step.took()))
                .toAttributedString());
    }

    private void end(ProgressEvent.OperationFinished operation) {
        active = false;
        running.clear();
        stages.clear();
        boolean complete = operation.notDone() == 0;
        lasting.add(new AttributedStringBuilder()
                .styled(
                        AttributedStyle.DEFAULT.foreground(complete ? AttributedStyle.GREEN : AttributedStyle.RED),
                        complete ? "✓ " : "✗ ")
                .styled(AttributedStyle.BOLD, Screen.line(operation.operation() + " " + operation.cluster()))
                .append(": " + operation.done() + " done" + (complete ? "" : ", " + operation.notDone() + " not done")
                        + " in " + Elapsed.exactly(operation.took()))
                .toAttributedString());
    }

    private void estimate(Duration rest) {
        remaining = rest;
        estimated = nanos.getAsLong();
    }

    private AttributedString step(ResourceAddress resource, Running step, int column) {
        AttributedString address = fit(new AttributedString(Screen.line(resource.toString())), column);
        String elapsed = Elapsed.of(since(step.since));
        AttributedStyle style = step.troubled
                ? AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW)
                : AttributedStyle.DEFAULT.faint();
        return new AttributedStringBuilder()
                .append("  " + step.symbol + " ")
                .append(address)
                .append(" ".repeat(Math.max(0, column - address.columnLength()) + Math.max(1, 11 - elapsed.length())))
                .append(elapsed + "  ")
                .styled(style, step.doing)
                .toAttributedString();
    }

    private AttributedString whole(int width) {
        int ended = done + notDone;
        AttributedStringBuilder line = new AttributedStringBuilder()
                .styled(AttributedStyle.BOLD, subject)
                .append("  ");
        if (width >= WIDE && steps > 0) {
            int filled = Math.min(BAR, BAR * ended / steps);
            line.styled(AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN), "█".repeat(filled))
                    .styled(AttributedStyle.DEFAULT.faint(), "░".repeat(BAR - filled))
                    .append("  ");
        }
        line.append(ended + "/" + steps);
        if (notDone > 0) {
            line.append(", ").styled(AttributedStyle.DEFAULT.foreground(AttributedStyle.RED), notDone + " not done");
        }
        line.append(", " + Elapsed.of(since(started)));
        Duration left = remaining.minus(since(estimated));
        if (left.toMillis() >= 500) {
            line.append(", about " + Elapsed.of(left) + " left");
        }
        return line.toAttributedString();
    }

    private Duration since(long then) {
        return Duration.ofNanos(nanos.getAsLong() - then);
    }

    private static AttributedString fit(AttributedString line, int width) {
        if (line.columnLength() <= width) {
            return line;
        }
        return width <= 1
                ? line.columnSubSequence(0, Math.max(0, width))
                : AttributedString.join(
                        AttributedString.EMPTY, line.columnSubSequence(0, width - 1), new AttributedString("…"));
    }
}
