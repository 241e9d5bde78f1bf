package io.k8saws.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasuredProgressTest {
    private final List<String> told = new ArrayList<>();
    private final List<ProgressEvent> passed = new ArrayList<>();
    private final Telemetry telemetry = new Telemetry() {
        @Override
        public void moved(String operation, String stage, long bytes) {
            told.add(operation + " " + stage + " " + bytes);
        }

        @Override
        public void ended(Operation operation) {
            told.add(operation.toString());
        }
    };

    private void backup(ProgressListener listener) {
        listener.onEvent(new ProgressEvent.OperationStarted("backup", "a/main", 4, Duration.ZERO));
        listener.onEvent(new ProgressEvent.StageAdvanced("backup", "a/main", "receive", 10, 0, "bytes"));
        listener.onEvent(new ProgressEvent.StageAdvanced("backup", "a/main", "receive", 30, 30, "bytes"));
        listener.onEvent(new ProgressEvent.StageAdvanced("backup", "a/main", "prove", 5, 5, "keys"));
        listener.onEvent(new ProgressEvent.OperationFinished("backup", "a/main", 4, 0, Duration.ofSeconds(2)));
    }

    @Test
    void bytesAreToldOnceAndEventsPassOn() {
        ProgressListener listener = ProgressListener.measuring(telemetry, passed::add);
        backup(listener);
        backup(listener);

        List<String> one = List.of(
                "backup receive 10",
                "backup receive 20",
                new Telemetry.Operation("backup", 4, 0, Duration.ofSeconds(2)).toString());
        assertThat(told).hasSize(6).startsWith(one.toArray(String[]::new)).endsWith(one.toArray(String[]::new));
        assertThat(passed).hasSize(10);
    }

    @Test
    void whatTelemetryThrowsIsDropped() {
        ProgressListener listener = ProgressListener.measuring(
                new Telemetry() {
                    @Override
                    public void moved(String operation, String stage, long bytes) {
                        throw new IllegalStateException("no");
                    }
                },
                passed::add);
        backup(listener);
        assertThat(passed).hasSize(5);
    }
}
