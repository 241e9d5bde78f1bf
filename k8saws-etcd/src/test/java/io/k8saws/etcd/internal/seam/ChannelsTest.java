package io.k8saws.etcd.internal.seam;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.SnapshotResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Nobody listens at the endpoint. */
class ChannelsTest {
    private static final URI NOBODY = URI.create("http://127.0.0.1:1");

    private static Channels channels(TlsSource source) {
        return new Channels(new Access(
                List.of(NOBODY), Optional.of(source), Optional.empty(), Optional.empty(), Limits.defaults()));
    }

    /** A call that waits for a server, such as a snapshot that is under way. */
    private static ClientCall<SnapshotRequest, SnapshotResponse> waiting(ManagedChannel channel) {
        ClientCall<SnapshotRequest, SnapshotResponse> call =
                channel.newCall(MaintenanceGrpc.getSnapshotMethod(), CallOptions.DEFAULT.withWaitForReady());
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        return call;
    }

    @Test
    void closingEndsAlsoWhatRunsOnConnectionsOfOldCertificates() {
        AtomicReference<TlsMaterial> material = new AtomicReference<>(new TlsMaterial("old", "", ""));
        Channels channels = channels(material::get);
        ManagedChannel old = channels.to(NOBODY);
        ClientCall<SnapshotRequest, SnapshotResponse> call = waiting(old);

        material.set(new TlsMaterial("new", "", ""));
        assertThat(channels.to(NOBODY)).isNotSameAs(old).isSameAs(channels.to(NOBODY));
        assertThat(old.isShutdown()).isTrue();
        assertThat(old.isTerminated()).isFalse();
        channels.close();

        assertThat(old.isTerminated()).isTrue();
        call.cancel("the test is over", null);
    }

    @Test
    void slowCertificatesHoldUpTheirOwnCallAlone() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        TlsMaterial material = new TlsMaterial("same", "", "");
        try (Channels channels = channels(() -> {
            if (first.getAndSet(false)) {
                reading.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return material;
        })) {
            CompletableFuture<ManagedChannel> slow = CompletableFuture.supplyAsync(() -> channels.to(NOBODY));
            reading.await();
            CompletableFuture<ManagedChannel> quick = CompletableFuture.supplyAsync(() -> channels.to(NOBODY));

            ManagedChannel channel = quick.get(30, SECONDS);
            assertThat(slow).isNotDone();
            goOn.countDown();
            assertThat(slow.get(30, SECONDS)).isSameAs(channel);
        } finally {
            goOn.countDown();
        }
    }
}
