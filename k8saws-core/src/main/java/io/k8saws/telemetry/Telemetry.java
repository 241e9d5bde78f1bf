package io.k8saws.telemetry;

import java.time.Duration;

/**
 * Hears figures, to count and time them in whatever metrics library a program has. All methods do nothing unless they are overridden; a later version may add some.
 *
 * <p>Called on the threads that do the work, many at once: be safe for that, and quick. What it throws is dropped, and disturbs nothing. No name holds a secret or an id, so all are good as tags of metrics.
 */
public interface Telemetry {
    /** How a call ended. */
    enum Outcome {
        /** There was an answer. */
        SUCCEEDED,
        /** It failed for good. */
        FAILED,
        /** The thread was interrupted, or the library was closed. */
        CANCELLED
    }

    /**
     * A call, with all its attempts.
     *
     * @param service the service, for example {@code ec2} or {@code etcd}
     * @param operation the operation, for example {@code DescribeVpcs} or {@code KV.Range}
     * @param outcome how it ended
     * @param attempts how often it was sent; 0 when it never was
     * @param took from the first attempt to the end, pauses included
     */
    record Call(String service, String operation, Outcome outcome, int attempts, Duration took) {}

    /**
     * An attempt that failed and is followed by another.
     *
     * @param service the service
     * @param operation the operation
     * @param attempt which one failed, from 1
     * @param pause how long is waited before the next
     */
    record Retry(String service, String operation, int attempt, Duration pause) {}

    /**
     * Long work that ended, such as an apply, a backup, a restore, a proof.
     *
     * @param operation the verb, for example {@code backup}
     * @param done steps that were done
     * @param notDone steps that failed, were skipped or are unknown; 0 when all went well
     * @param took how long it took
     */
    record Operation(String operation, int done, int notDone, Duration took) {}

    /**
     * A call has ended.
     *
     * @param call the call
     */
    default void called(Call call) {}

    /**
     * A call is sent again.
     *
     * @param retry the attempt that failed
     */
    default void retried(Retry retry) {}

    /**
     * Bytes were moved.
     *
     * @param operation on whose behalf, for example {@code backup}
     * @param stage the stage, for example {@code upload}
     * @param bytes how many since the last time
     */
    default void moved(String operation, String stage, long bytes) {}

    /**
     * Long work has ended.
     *
     * @param operation the work
     */
    default void ended(Operation operation) {}

    /**
     * Hears nothing; the default everywhere.
     *
     * @return the telemetry
     */
    static Telemetry none() {
        return new Telemetry() {};
    }

    /**
     * The same, but what it throws is dropped.
     *
     * @param telemetry who hears
     * @return a telemetry that throws nothing but errors
     */
    static Telemetry tolerant(Telemetry telemetry) {
        return telemetry instanceof TolerantTelemetry ? telemetry : new TolerantTelemetry(telemetry);
    }
}
