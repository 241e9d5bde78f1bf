package io.k8saws.etcd.internal.seam;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request and one answer, within a time that gRPC keeps. Cancelling it ends the call on the wire. */
final class Unary<R> extends CompletableFuture<R> {
    private final ClientCall<?, R> call;

    private Unary(ClientCall<?, R> call) {
        this.call = call;
    }

    static <Q, R> CompletableFuture<R> start(
            Channel channel, MethodDescriptor<Q, R> method, Q request, Metadata headers, Duration limit) {
        Connected connected = new Connected();
        ClientCall<Q, R> call = channel.newCall(
                method,
                CallOptions.DEFAULT
                        .withDeadlineAfter(Math.max(1, limit.toNanos()), TimeUnit.NANOSECONDS)
                        .withStreamTracerFactory(connected));
        Unary<R> unary = new Unary<>(call);
        call.start(unary.new Listener(connected), headers);
        call.request(2); // gRPC wants to see that there is no second answer
        call.sendMessage(request);
        call.halfClose();
        return unary;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            call.cancel("cancelled by the caller", null);
        }
        return cancelled;
    }

    private final class Listener extends ClientCall.Listener<R> {
        private final Connected connected;
        private @Nullable R answer;

        Listener(Connected connected) {
            this.connected = connected;
        }

        @Override
        public void onMessage(R message) {
            answer = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            R whole = answer;
            if (status.isOk() && whole != null) {
                complete(whole);
            } else {
                Status failed = status.isOk() ? Status.INTERNAL.withDescription("an end without an answer") : status;
                completeExceptionally(connected.mark(failed).asRuntimeException(trailers));
            }
        }
    }
}
