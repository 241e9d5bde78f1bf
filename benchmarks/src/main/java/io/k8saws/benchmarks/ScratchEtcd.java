package io.k8saws.benchmarks;

import io.k8saws.etcd.restore.EtcdProcess;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An etcd of one member on any data directory, with room for 8 GiB. It does not wait for the disk, which says nothing about who reads from it. */
final class ScratchEtcd implements AutoCloseable {
    static final String NAME = "a";
    static final String PEER = "http://127.0.0.1:2380";

    private final EtcdProcess process;
    private final URI endpoint;

    private ScratchEtcd(EtcdProcess process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Starts one; the directory may be empty, or restored for a member with this name and peer URL, which need not be free. */
    static ScratchEtcd start(Path data) throws IOException {
        URI client = free();
        EtcdProcess process = EtcdProcess.of(
                Testbed.program("etcd"),
                List.of(
                        "--name=" + NAME,
                        "--data-dir=" + data,
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + free(),
                        "--initial-advertise-peer-urls=" + PEER,
                        "--initial-cluster=" + NAME + "=" + PEER,
                        "--quota-backend-bytes=" + (8L << 30),
                        "--unsafe-no-fsync",
                        "--log-level=error"),
                data.resolveSibling(data.getFileName() + ".log"));
        process.start(Duration.ofMinutes(1));
        process.awaitHealthy(Duration.ofMinutes(2));
        return new ScratchEtcd(process, client);
    }

    URI endpoint() {
        return endpoint;
    }

    private static URI free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
