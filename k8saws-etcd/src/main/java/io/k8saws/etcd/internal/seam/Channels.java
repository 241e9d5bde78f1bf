package io.k8saws.etcd.internal.seam;

import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.pki.Pem;
import io.k8saws.pki.SecretKeyPair;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to each member, made when it is first needed. When the certificates have changed, all are made anew, and calls that run end on the old ones. Safe to use from many threads.
 */
final class Channels implements AutoCloseable {
    /** etcd cuts off clients that ask more often than every 5 s (--grpc-keepalive-min-time). */
    private static final long KEEP_ALIVE_SECONDS = 20;

    private static final long KEEP_ALIVE_LIMIT_SECONDS = 10;
    private static final long CLOSE_LIMIT_SECONDS = 5;
    /** More than any page of keys or value that we ask for. */
    private static final int LARGEST_MESSAGE = 256 * 1024 * 1024;

    private final Access access;
    private final Map<URI, ManagedChannel> open = new HashMap<>();
    private @Nullable TlsMaterial material;
    private boolean closed;

    Channels(Access access) {
        this.access = access;
    }

    synchronized ManagedChannel to(URI endpoint) {
        if (closed) {
            throw new OperationCancelledException("Call etcd at " + endpoint, "this Etcd is closed");
        }
        if (access.tls().isPresent()) {
            TlsMaterial now = access.tls().get().read();
            if (!now.equals(material)) {
                open.values().forEach(ManagedChannel::shutdown);
                open.clear();
                material = now;
            }
        }
        ManagedChannel channel = open.get(endpoint);
        // gRPC waits ever longer before it looks again whether somebody listens; we want to know now
        if (channel != null && channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.shutdownNow();
            channel = null;
        }
        if (channel == null) {
            channel = connect(endpoint);
            open.put(endpoint, channel);
        }
        return channel;
    }

    private ManagedChannel connect(URI endpoint) {
        requireHost(endpoint.getHost());
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilderForAddress(
                        endpoint.getHost(), endpoint.getPort(), credentials(endpoint))
                .disableRetry()
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_LIMIT_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .userAgent("k8saws");
        access.serverName().ifPresent(name -> builder.overrideAuthority(name + ":" + endpoint.getPort()));
        return builder.build();
    }

    /** gRPC would log a warning with a stack trace for each attempt. */
    private static void requireHost(String host) {
        try {
            InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw Status.UNAVAILABLE.withCause(e).asRuntimeException();
        }
    }

    private ChannelCredentials credentials(URI endpoint) {
        if (!"https".equals(endpoint.getScheme())) {
            return InsecureChannelCredentials.create();
        }
        TlsMaterial tls = material == null ? new TlsMaterial("", "", "") : material;
        try {
            TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
            if (!tls.trusted().isEmpty()) {
                if (Pem.certificates(tls.trusted()).isEmpty()) {
                    throw new K8sAwsException(
                            "Read the authorities that etcd's servers are trusted by",
                            "the text holds no certificate",
                            "give the certificate of the authority that signed the servers, in PEM");
                }
                builder.trustManager(stream(tls.trusted()));
            }
            if (!tls.certificate().isEmpty()) {
                // etcd and kubeadm write PKCS #1 and SEC 1 keys, too, and gRPC reads PKCS #8
                builder.keyManager(
                        stream(tls.certificate()),
                        stream(SecretKeyPair.fromPem(tls.key()).privateKeyPem()));
            }
            return builder.build();
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory can be read", e);
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends calls that run, and waits until the connections are gone. */
    @Override
    public void close() {
        Map<URI, ManagedChannel> ending;
        synchronized (this) {
            closed = true;
            ending = Map.copyOf(open);
            open.clear();
        }
        ending.values().forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : ending.values()) {
                channel.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
