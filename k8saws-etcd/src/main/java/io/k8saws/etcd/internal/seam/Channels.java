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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
    private final List<ManagedChannel> retired = new ArrayList<>();
    private Optional<TlsMaterial> material = Optional.empty();
    private boolean closed;

    Channels(Access access) {
        this.access = access;
    }

    ManagedChannel to(URI endpoint) {
        // files, authorities and names are read outside the lock: a slow one holds up its own call alone
        Optional<TlsMaterial> now = access.tls().map(TlsSource::read);
        Optional<ManagedChannel> known = known(endpoint, now);
        if (known.isPresent()) {
            return known.get();
        }
        requireHost(way(endpoint).getHost());
        return keep(endpoint, now, connect(endpoint, now));
    }

    private synchronized Optional<ManagedChannel> known(URI endpoint, Optional<TlsMaterial> now) {
        requireOpen(endpoint);
        if (!now.equals(material)) {
            open.values().forEach(this::retire);
            open.clear();
            material = now;
        }
        ManagedChannel channel = open.get(endpoint);
        // gRPC waits ever longer before it looks again whether somebody listens; we want to know now
        if (channel != null && channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.shutdownNow();
            open.remove(endpoint);
            channel = null;
        }
        return Optional.ofNullable(channel);
    }

    private synchronized ManagedChannel keep(URI endpoint, Optional<TlsMaterial> now, ManagedChannel made) {
        if (closed) {
            made.shutdownNow();
        }
        requireOpen(endpoint);
        ManagedChannel other = open.get(endpoint);
        if (other != null) {
            made.shutdownNow();
            return other;
        }
        if (!now.equals(material)) {
            made.shutdownNow();
            throw Status.UNAVAILABLE
                    .withDescription("the certificates have changed in this moment")
                    .asRuntimeException();
        }
        open.put(endpoint, made);
        return made;
    }

    private void requireOpen(URI endpoint) {
        if (closed) {
            throw new OperationCancelledException("Call etcd at " + endpoint, "this Etcd is closed");
        }
    }

    /** Lets calls that run end, and remembers it until they have: closing ends them, too. */
    private void retire(ManagedChannel channel) {
        retired.removeIf(ManagedChannel::isTerminated);
        channel.shutdown();
        retired.add(channel);
    }

    private ManagedChannel connect(URI endpoint, Optional<TlsMaterial> material) {
        URI way = way(endpoint);
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilderForAddress(
                        way.getHost(), way.getPort(), credentials(endpoint, material))
                .disableRetry()
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_LIMIT_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .userAgent("k8saws");
        if (!way.equals(endpoint)) {
            builder.overrideAuthority(endpoint.getAuthority());
        }
        access.serverName().ifPresent(name -> builder.overrideAuthority(name + ":" + endpoint.getPort()));
        return builder.build();
    }

    /** Where a connection to a member goes: to itself, or into its tunnel. */
    private URI way(URI endpoint) {
        return access.tunnels().getOrDefault(endpoint, endpoint);
    }

    /** gRPC would log a warning with a stack trace for each attempt. A resolver may take minutes, and a call has a deadline. */
    private void requireHost(String host) {
        FutureTask<InetAddress> look = new FutureTask<>(() -> InetAddress.getByName(host));
        Thread thread = new Thread(look, "k8saws-etcd-resolve");
        thread.setDaemon(true);
        thread.start();
        try {
            look.get(access.limits().attemptTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw Status.UNAVAILABLE.withCause(e.getCause()).asRuntimeException();
        } catch (TimeoutException e) {
            throw Status.UNAVAILABLE
                    .withDescription("the name " + host + " was not resolved in time")
                    .asRuntimeException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Call etcd at " + host);
        }
    }

    private static ChannelCredentials credentials(URI endpoint, Optional<TlsMaterial> material) {
        if (!"https".equals(endpoint.getScheme())) {
            return InsecureChannelCredentials.create();
        }
        TlsMaterial tls = material.orElse(new TlsMaterial("", "", ""));
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
        List<ManagedChannel> ending;
        synchronized (this) {
            closed = true;
            ending = new ArrayList<>(open.values());
            ending.addAll(retired);
            open.clear();
            retired.clear();
        }
        ending.forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : ending) {
                channel.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
