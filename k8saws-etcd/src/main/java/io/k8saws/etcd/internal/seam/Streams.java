package io.k8saws.etcd.internal.seam;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.backup.SnapshotSink;
import io.k8saws.telemetry.Telemetry;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Calls whose answers go on and on: snapshots and watches.
 *
 * @param access how the etcd is reached
 * @param channels the connections
 * @param tokens of the user
 * @param guard sends what has not begun again
 * @param pause tells the time
 * @param signOfLife asks a member that has been silent; throws when it is lost
 */
record Streams(Access access, Channels channels, Tokens tokens, Guard guard, Pause pause, Consumer<URI> signOfLife) {
    StreamedSnapshot snapshot(URI endpoint, SnapshotSink sink, Duration limit) {
        long started = pause.nanoTime();
        Telemetry.Outcome outcome = Telemetry.Outcome.FAILED;
        try {
            Channel channel = channels.to(endpoint);
            StreamedSnapshot streamed = new SnapshotStream(
                            endpoint.toString(), sink, limit, pause::nanoTime, access.login())
                    .run(channel, tokens.headers(channel, patience()));
            outcome = Telemetry.Outcome.SUCCEEDED;
            access.telemetry().moved("snapshot", "receive", streamed.bytes());
            return streamed;
        } catch (OperationCancelledException e) {
            outcome = Telemetry.Outcome.CANCELLED;
            throw e;
        } catch (StatusRuntimeException e) {
            throw Failures.translate(
                    "Maintenance.Snapshot", endpoint.toString(), access.login(), 1, false, e.getStatus());
        } finally {
            access.telemetry()
                    .called(new Telemetry.Call(
                            Guard.SERVICE,
                            "Maintenance.Snapshot",
                            outcome,
                            1,
                            Duration.ofNanos(pause.nanoTime() - started)));
            if (tokens.used()) {
                tokens.forget(); // a long stream may outlive it, and the next call asks for another
            }
        }
    }

    void watch(byte[] from, byte[] end, long revision, Duration limit, WatchSink sink) {
        WatchStream[] watch = new WatchStream[1];
        guard.call("Watch.Watch", false, access.endpoints(), tokens::forget, (endpoint, time) -> {
            watch[0] = new WatchStream(patience(), () -> signOfLife.accept(endpoint), pause::nanoTime);
            Channel channel = channels.to(endpoint);
            try {
                watch[0].run(channel, tokens.headers(channel, time), from, end, revision, limit, sink);
            } catch (StatusRuntimeException e) {
                if (watch[0].begun()) {
                    throw Failures.translate(
                            "Watch.Watch", endpoint.toString(), access.login(), 1, false, e.getStatus());
                }
                throw e;
            }
            return true;
        });
    }

    private Duration patience() {
        return access.limits().attemptTimeout();
    }
}
