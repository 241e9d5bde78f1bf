package io.k8saws.samples;

import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.util.function.Consumer;

/** Says at each quarter how far an apply is: for output that is no terminal, where a line for each step would bury the story. */
final class QuarterLines implements ProgressListener {
    private static final int QUARTERS = 4;

    private final Consumer<String> out;
    private int steps;
    private int ended;

    QuarterLines(Consumer<String> out) {
        this.out = out;
    }

    @Override
    public void onEvent(ProgressEvent event) {
        if (event instanceof ProgressEvent.OperationStarted started) {
            steps = started.steps();
            ended = 0;
        } else if (event instanceof ProgressEvent.StepFinished) {
            ended++;
            if (ended * QUARTERS / steps > (ended - 1) * QUARTERS / steps) {
                out.accept("[" + ended + " of " + steps + " steps]");
            }
        }
    }
}
