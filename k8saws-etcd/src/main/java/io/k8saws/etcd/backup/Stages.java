package io.k8saws.etcd.backup;

import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressEvent.OperationFinished;
import io.k8saws.progress.ProgressEvent.OperationStarted;
import io.k8saws.progress.ProgressEvent.StageAdvanced;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Tells a listener how far each stage has come, not too often. Used by the thread that began the operation. A listener that throws hears no more. */
final class Stages {
    private static final long QUIET_NANOS = 500_000_000L;

    private final ProgressListener listener;
    private final String operation;
    private final String subject;
    private final long started = System.nanoTime();
    private final Map<String, Long> told = new HashMap<>();
    private int complete;
    private boolean deaf;

    Stages(ProgressListener listener, String operation, String subject, int stages) {
        this.listener = listener;
        this.operation = operation;
        this.subject = subject;
        tell(new OperationStarted(operation, subject, stages, Duration.ZERO));
    }

    /** Something is done of a stage. */
    void advance(String stage, long done, long total, String unit) {
        long now = System.nanoTime();
        Long last = told.get(stage);
        if (last == null || now - last >= QUIET_NANOS) {
            told.put(stage, now);
            if (total <= 0 || done < total) { // the end is told once, by end
                tell(new StageAdvanced(operation, subject, stage, done, Math.max(0, total), unit));
            }
        }
    }

    /** A stage is complete. */
    void end(String stage, long all, String unit) {
        complete++;
        tell(new StageAdvanced(operation, subject, stage, all, all, unit));
    }

    /** The operation has ended. */
    void finish(int notDone) {
        tell(new OperationFinished(
                operation, subject, complete, notDone, Duration.ofNanos(System.nanoTime() - started)));
    }

    int complete() {
        return complete;
    }

    private void tell(ProgressEvent event) {
        if (deaf) {
            return;
        }
        try {
            listener.onEvent(event);
        } catch (RuntimeException e) {
            deaf = true;
        }
    }
}
