package io.k8saws.etcd;

import io.k8saws.etcd.member.ArrivingMember;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A member of etcd that joins a cluster of the testbed. */
final class AddedMember implements AutoCloseable {
    private final String program;
    private final Path directory;
    private final URI peerUrl;
    private final URI clientUrl;
    private final List<Process> processes = new ArrayList<>();

    AddedMember(String program, Path directory) {
        this.program = program;
        this.directory = directory;
        List<Integer> ports = freePorts();
        this.peerUrl = URI.create("http://127.0.0.1:" + ports.get(0));
        this.clientUrl = URI.create("http://127.0.0.1:" + ports.get(1));
    }

    /** In the place of a member whose machine is gone. */
    AddedMember(String program, Path directory, URI peerUrl, URI clientUrl) {
        this.program = program;
        this.directory = directory;
        this.peerUrl = peerUrl;
        this.clientUrl = clientUrl;
    }

    private static List<Integer> freePorts() {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(one.getLocalPort(), two.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI peerUrl() {
        return peerUrl;
    }

    /** Starts it; nothing when it runs already. */
    void start(ArrivingMember member) {
        if (processes.stream().anyMatch(Process::isAlive)) {
            return;
        }
        try {
            processes.add(new ProcessBuilder(
                            Testbed.program(program).toString(),
                            "--name=" + member.name(),
                            "--data-dir=" + directory.resolve(member.name()),
                            "--listen-client-urls=" + clientUrl,
                            "--advertise-client-urls=" + clientUrl,
                            "--listen-peer-urls=" + peerUrl,
                            "--initial-advertise-peer-urls=" + peerUrl,
                            "--initial-cluster=" + member.initialCluster(),
                            "--initial-cluster-state=existing",
                            "--log-level=warn")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve(member.name() + ".log").toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(process -> process.destroyForcibly().onExit().join());
    }
}
