package io.k8saws.telemetry;

import java.util.Objects;

/** Drops what another throws: figures are not worth a cluster. */
final class TolerantTelemetry implements Telemetry {
    private final Telemetry telemetry;

    TolerantTelemetry(Telemetry telemetry) {
        this.telemetry = Objects.requireNonNull(telemetry, "telemetry");
    }

    @Override
    public void called(Call call) {
        tell(() -> telemetry.called(call));
    }

    @Override
    public void retried(Retry retry) {
        tell(() -> telemetry.retried(retry));
    }

    @Override
    public void moved(String operation, String stage, long bytes) {
        tell(() -> telemetry.moved(operation, stage, bytes));
    }

    @Override
    public void ended(Operation operation) {
        tell(() -> telemetry.ended(operation));
    }

    private static void tell(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException dropped) {
            // there is nobody to tell: the one who listens has thrown it
        }
    }
}
