package io.k8saws.etcd.internal.seam;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Whether a call came as far as a connection that works, so that a server may have seen it. Listeners cannot tell: gRPC calls {@code onReady} only where a client sends more than one message.
 */
final class Connected extends ClientStreamTracer.Factory {
    private volatile boolean connected;

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void streamCreated(Attributes transport, Metadata sent) {
                connected = true;
            }
        };
    }

    /** Says with a failure that no server can have seen the call, where that is so. */
    Status mark(Status status) {
        return connected ? status : Failures.withoutConnection(status);
    }
}
