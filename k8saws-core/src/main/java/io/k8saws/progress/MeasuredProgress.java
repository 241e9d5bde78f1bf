package io.k8saws.progress;

import io.k8saws.telemetry.Telemetry;
import java.util.HashMap;
import java.util.Map;

/** Tells figures of long work to a telemetry, and passes each event on. Used by one thread at a time. */
final class MeasuredProgress implements ProgressListener {
    private final Telemetry telemetry;
    private final ProgressListener next;
    private final Map<String, Long> moved = new HashMap<>();

    MeasuredProgress(Telemetry telemetry, ProgressListener next) {
        this.telemetry = Telemetry.tolerant(telemetry);
        this.next = next;
    }

    @Override
    public void onEvent(ProgressEvent event) {
        if (event instanceof ProgressEvent.OperationStarted) {
            moved.clear();
        } else if (event instanceof ProgressEvent.StageAdvanced stage
                && stage.unit().equals("bytes")) {
            Long before = moved.put(stage.stage(), stage.done());
            long more = stage.done() - (before == null ? 0 : before);
            if (more > 0) {
                telemetry.moved(stage.operation(), stage.stage(), more);
            }
        } else if (event instanceof ProgressEvent.OperationFinished finished) {
            telemetry.ended(new Telemetry.Operation(
                    finished.operation(), finished.done(), finished.notDone(), finished.took()));
        }
        next.onEvent(event);
    }
}
