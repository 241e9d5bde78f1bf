package io.k8saws.progress;

import io.k8saws.internal.text.OneLine;
import io.k8saws.internal.text.Span;
import io.k8saws.plan.Outcome;
import java.io.Flushable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;

/** Writes a line for each step or stage that ends and for each operation that begins or ends. */
final class LineProgress implements ProgressListener {
    private final Appendable out;
    private int steps;
    private int ended;

    LineProgress(Appendable out) {
        this.out = out;
    }

    @Override
    public void onEvent(ProgressEvent event) {
        if (event instanceof ProgressEvent.OperationStarted started) {
            steps = started.steps();
            ended = 0;
            line(subject(started.operation(), started.cluster())
                    + count(steps, "step")
                    + about(started.estimate(), ""));
        } else if (event instanceof ProgressEvent.StepFinished finished) {
            ended++;
            line(step(finished));
        } else if (event instanceof ProgressEvent.ComponentChanged changed) {
            line(changed.component() + ": " + changed.state());
        } else if (event instanceof ProgressEvent.StageAdvanced stage) {
            if (stage.complete()) {
                line(subject(stage.operation(), stage.subject()) + stage.stage() + " done, "
                        + String.format(Locale.ROOT, "%,d %s", stage.total(), stage.unit()));
            }
        } else if (event instanceof ProgressEvent.OperationFinished finished) {
            line(subject(finished.operation(), finished.cluster())
                    + finished.done() + " done"
                    + (finished.notDone() == 0 ? "" : ", " + finished.notDone() + " not done")
                    + " in " + Span.of(finished.took()));
        }
    }

    private String step(ProgressEvent.StepFinished finished) {
        String total = String.valueOf(steps);
        String number =
                " ".repeat(Math.max(0, total.length() - String.valueOf(ended).length())) + ended;
        return "[" + number + "/" + total + "] " + finished.action().symbol() + " " + finished.resource() + " "
                + outcome(finished) + about(finished.remaining(), " left");
    }

    private static String outcome(ProgressEvent.StepFinished finished) {
        if (finished.outcome() == Outcome.SKIPPED) {
            return "SKIPPED";
        }
        // What did not succeed stands out in a log without colours.
        String word = finished.outcome() == Outcome.DONE
                ? finished.outcome().name().toLowerCase(Locale.ROOT)
                : finished.outcome().name();
        return word + " in " + Span.of(finished.took());
    }

    private static String subject(String operation, String cluster) {
        return operation + " " + cluster + ": ";
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String about(Duration span, String word) {
        return span.isZero() || span.isNegative() ? "" : ", about " + Span.of(span) + word;
    }

    private void line(String text) {
        try {
            out.append(OneLine.of(text)).append('\n');
            if (out instanceof Flushable flushable) {
                flushable.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Write a line of progress: " + e.getMessage() + ".", e);
        }
    }
}
