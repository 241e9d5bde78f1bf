package io.k8saws.etcd.internal.seam;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.k8saws.error.OperationCancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes on their way from a member to a sink, on the calling thread. Answers are asked for a few at a time, so a slow sink holds the member up and fills no memory. A member that says nothing is asked for a
 * sign of life; one that gives none, or has lost its leader, ends the watch.
 */
final class WatchStream {
    /** Answers that may wait for the sink: one is taken while the next is on its way. Each has some 2 MiB, but for one change that is larger. */
    private static final int WINDOW = 2;

    /** {@code WatchCreateRequest.fragment} and {@code WatchResponse.fragment} of etcd's {@code rpc.proto}, from 3.4 on, which jetcd's messages do not have. */
    private static final int FRAGMENT_OF_REQUEST = 8;

    private static final int FRAGMENT_OF_RESPONSE = 7;

    /** Else a member that catches up sends a thousand revisions in one answer, of any size. */
    private static final UnknownFieldSet IN_PARTS =
            UnknownFieldSet.newBuilder().addField(FRAGMENT_OF_REQUEST, flag()).build();

    /** With this, a member that has lost its leader says so, instead of staying silent. */
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final Duration silence;
    private final Runnable signOfLife;
    private final LongSupplier nanoTime;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private boolean begun;

    /** What has come of a transaction whose end may be in the next answer. */
    private List<WatchSink.Change> pending = new ArrayList<>();

    private long pendingRevision;

    /**
     * Makes a stream.
     *
     * @param silence how long the member may say nothing
     * @param signOfLife asks it then, and throws when it does not answer; etcd's own requests for progress are not answered where nothing has changed yet
     * @param nanoTime the time
     */
    WatchStream(Duration silence, Runnable signOfLife, LongSupplier nanoTime) {
        this.silence = silence;
        this.signOfLife = signOfLife;
        this.nanoTime = nanoTime;
    }

    private static UnknownFieldSet.Field flag() {
        return UnknownFieldSet.Field.newBuilder().addVarint(1).build();
    }

    /** An answer, or the end. */
    private record Answer(@Nullable WatchResponse message, Status end) {}

    /** Whether the member has taken the watch on. */
    boolean begun() {
        return begun;
    }

    /** Asks for all changes from a revision on. */
    static WatchRequest request(byte[] from, byte[] end, long revision) {
        return WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFrom(from))
                        .setRangeEnd(ByteString.copyFrom(end))
                        .setStartRevision(revision)
                        .setUnknownFields(IN_PARTS))
                .build();
    }

    void run(
            Channel channel, Metadata headers, byte[] from, byte[] end, long revision, Duration limit, WatchSink sink) {
        long started = nanoTime.getAsLong();
        headers.put(HAS_LEADER, "true");
        Connected connected = new Connected();
        ClientCall<WatchRequest, WatchResponse> call =
                channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT.withStreamTracerFactory(connected));
        try {
            call.start(new Listener(connected), headers);
            call.request(WINDOW);
            call.sendMessage(request(from, end, revision));
            while (true) {
                long left = limit.toNanos() - (nanoTime.getAsLong() - started);
                if (left <= 0) {
                    return;
                }
                Answer answer = answers.poll(Math.min(left, silence.toNanos()), TimeUnit.NANOSECONDS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (answer == null) {
                    signOfLife.run();
                    continue;
                }
                WatchResponse message = answer.message();
                if (message == null) {
                    throw answer.end().isOk()
                            ? Status.UNAVAILABLE
                                    .withDescription("the member has ended the watch")
                                    .asRuntimeException()
                            : answer.end().asRuntimeException();
                }
                if (!take(message, sink)) {
                    return;
                }
                call.request(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Watch keys of etcd");
        } finally {
            call.cancel("the watch is no longer wanted", null);
        }
    }

    /** Hands on what an answer completes, and says whether to go on. */
    boolean take(WatchResponse message, WatchSink sink) {
        if (message.getCanceled()) {
            if (message.getCompactRevision() > 0) {
                throw Status.OUT_OF_RANGE
                        .withDescription("required revision has been compacted, up to " + message.getCompactRevision())
                        .asRuntimeException();
            }
            String reason = message.getCancelReason();
            throw (reason.contains("permission denied") ? Status.PERMISSION_DENIED : Status.UNAVAILABLE)
                    .withDescription(reason.isEmpty() ? "the member has ended the watch" : reason)
                    .asRuntimeException();
        }
        begun |= message.getCreated();
        long clusterId = message.getHeader().getClusterId();
        for (Event event : message.getEventsList()) {
            long revision = event.getKv().getModRevision();
            if (revision != pendingRevision && !handOn(clusterId, sink)) {
                return false;
            }
            pendingRevision = revision;
            pending.add(
                    new WatchSink.Change(AnswerValues.entry(event.getKv()), event.getType() == Event.EventType.DELETE));
        }
        return moreFollows(message) || handOn(clusterId, sink);
    }

    private static boolean moreFollows(WatchResponse message) {
        return message.getUnknownFields().getField(FRAGMENT_OF_RESPONSE).getVarintList().stream()
                .reduce((earlier, later) -> later)
                .filter(value -> value != 0)
                .isPresent();
    }

    /** A transaction goes to the sink as a whole. */
    private boolean handOn(long clusterId, WatchSink sink) {
        if (pending.isEmpty()) {
            return true;
        }
        List<WatchSink.Change> transaction = pending;
        pending = new ArrayList<>();
        return sink.accept(clusterId, pendingRevision, transaction);
    }

    /** Runs on gRPC's threads, and only hands on. */
    private final class Listener extends ClientCall.Listener<WatchResponse> {
        private final Connected connected;

        Listener(Connected connected) {
            this.connected = connected;
        }

        @Override
        public void onMessage(WatchResponse message) {
            answers.add(new Answer(message, Status.OK));
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            answers.add(new Answer(null, connected.mark(status)));
        }
    }
}
