package io.k8saws.etcd.internal.stage;

import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressEvent.OperationFinished;
import io.k8saws.progress.ProgressEvent.OperationStarted;
import io.k8saws.progress.ProgressEvent.StageAdvanced;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Tells a listener how far each stage has come, not too often. Used by the thread that began the operation. A listener that throws hears no more. */
public final class Stages {
    private static final long QUIET_NANOS = 500_000_000L;

    private final ProgressListener listener;
    private final String operation;
    private final String subject;
    private final long started = System.nanoTime();
    private final Map<String, Long> told = new HashMap<>();
    private final int stages;
    private int complete;
    private int left;
    private boolean deaf;

    /**
     * Tells that an operation begins.
     *
     * @param listener who is told
     * @param operation the verb
     * @param subject what it works on
     * @param stages how many stages it has
     */
    public Stages(ProgressListener listener, String operation, String subject, int stages) {
        this.listener = listener;
        this.operation = operation;
        this.subject = subject;
        this.stages = stages;
        tell(new OperationStarted(operation, subject, stages, Duration.ZERO));
    }

    /**
     * Tells of work from its begin to its end, also when it fails.
     *
     * @param listener who is told
     * @param operation the verb
     * @param subject what it works on
     * @param stages how many stages it has
     * @param work the work
     * @param <T> what it gives
     * @return what it gave
     */
    public static <T> T during(
            ProgressListener listener, String operation, String subject, int stages, Function<Stages, T> work) {
        Stages told = new Stages(listener, operation, subject, stages);
        boolean done = false;
        try {
            T result = work.apply(told);
            done = true;
            return result;
        } finally {
            told.finish(done ? told.left : Math.max(1, told.stages - told.complete));
        }
    }

    /**
     * Says what the work comes to its end without.
     *
     * @param notDone how many steps
     */
    public void leave(int notDone) {
        left = notDone;
    }

    /**
     * Something is done of a stage. May be called often: not each call is told.
     *
     * @param stage the stage
     * @param done how much is done
     * @param total how much there is; 0 as long as that is not known
     * @param unit of what
     */
    public void advance(String stage, long done, long total, String unit) {
        long now = System.nanoTime();
        Long last = told.get(stage);
        if (last == null || now - last >= QUIET_NANOS) {
            told.put(stage, now);
            if (total <= 0 || done < total) { // the end is told once, by end
                tell(new StageAdvanced(operation, subject, stage, done, Math.max(0, total), unit));
            }
        }
    }

    /**
     * A stage is complete.
     *
     * @param stage the stage
     * @param all how much there was
     * @param unit of what
     */
    public void end(String stage, long all, String unit) {
        complete++;
        tell(new StageAdvanced(operation, subject, stage, all, all, unit));
    }

    /**
     * The operation has ended.
     *
     * @param notDone how many stages are not complete
     */
    public void finish(int notDone) {
        tell(new OperationFinished(
                operation, subject, complete, notDone, Duration.ofNanos(System.nanoTime() - started)));
    }

    /**
     * How many stages are complete.
     *
     * @return 0 or more
     */
    public int complete() {
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
