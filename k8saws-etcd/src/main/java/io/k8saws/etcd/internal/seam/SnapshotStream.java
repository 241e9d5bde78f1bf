package io.k8saws.etcd.internal.seam;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.SnapshotResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.backup.SnapshotSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot on its way from a member to a sink. Messages are asked for a few at a time, so that no more than half a MiB and gRPC's window wait for a slow sink. Whatever ends it ends the call on the
 * wire, too, and with it the server's read transaction.
 */
final class SnapshotStream {
    /** Messages of 32 KiB that may wait for the sink. */
    private static final int WINDOW = 16;

    private static final int VERSION = 4; // which jetcd's message lacks

    private final String endpoint;
    private final SnapshotSink sink;
    private final Duration limit;
    private final LongSupplier nanoTime;
    private final Optional<Login> login;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final SnapshotCheck check;
    private long clusterId;
    private long memberId;
    private String version = "";

    SnapshotStream(String endpoint, SnapshotSink sink, Duration limit, LongSupplier nanoTime, Optional<Login> login) {
        this.endpoint = endpoint;
        this.sink = sink;
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.login = login;
        this.check = new SnapshotCheck("of " + endpoint);
    }

    /** A message, or the end. */
    private record Event(@Nullable SnapshotResponse message, Status end) {}

    StreamedSnapshot run(Channel channel, Metadata headers) {
        long started = nanoTime.getAsLong();
        ClientCall<SnapshotRequest, SnapshotResponse> call = channel.newCall(
                MaintenanceGrpc.getSnapshotMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(Math.max(1, limit.toNanos()), TimeUnit.NANOSECONDS));
        boolean whole = false;
        try {
            call.start(new Listener(), headers);
            call.request(WINDOW);
            call.sendMessage(SnapshotRequest.getDefaultInstance());
            call.halfClose();
            while (true) {
                Event event = next(started);
                SnapshotResponse message = event.message();
                if (message == null) {
                    end(event.end(), started);
                    whole = true;
                    return check.finish(clusterId, memberId, version);
                }
                take(message);
                call.request(1);
            }
        } finally {
            if (!whole) {
                call.cancel("the snapshot is no longer wanted", null);
            }
        }
    }

    private Event next(long started) {
        try {
            long left = limit.toNanos() - (nanoTime.getAsLong() - started);
            Event event = left <= 0 ? null : events.poll(left, TimeUnit.NANOSECONDS);
            if (event == null) {
                throw late(started);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Stream a snapshot of " + endpoint);
        }
    }

    private void take(SnapshotResponse message) {
        if (message.hasHeader() && message.getHeader().getClusterId() != 0) {
            clusterId = message.getHeader().getClusterId();
            memberId = message.getHeader().getMemberId();
        }
        String told = AnswerValues.text(message.getUnknownFields(), VERSION);
        version = told.isEmpty() ? version : told;
        ByteBuffer bytes = message.getBlob().asReadOnlyByteBuffer();
        check.update(bytes.duplicate());
        try {
            sink.accept(bytes);
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Stream a snapshot of " + endpoint,
                    "what takes its bytes failed after " + check.bytes() + " bytes: " + e.getMessage(),
                    "mend that, for example a full disk, and take the snapshot again; nothing was changed in etcd",
                    Map.of("endpoint", endpoint),
                    e);
        }
    }

    private void end(Status status, long started) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            throw late(started);
        }
        if (!status.isOk()) {
            throw Failures.translate("Maintenance.Snapshot", endpoint, login, 1, false, status);
        }
    }

    private WaitTimeoutException late(long started) {
        return new WaitTimeoutException(
                "a snapshot of " + endpoint,
                Duration.ofNanos(nanoTime.getAsLong() - started),
                check.bytes() + " bytes",
                "give it more time, or a faster sink: a snapshot that is read slowly makes the live database grow",
                Map.of("endpoint", endpoint));
    }

    /** Runs on gRPC's threads, and only hands on. */
    private final class Listener extends ClientCall.Listener<SnapshotResponse> {
        @Override
        public void onMessage(SnapshotResponse message) {
            events.add(new Event(message, Status.OK));
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            events.add(new Event(null, status));
        }
    }
}
