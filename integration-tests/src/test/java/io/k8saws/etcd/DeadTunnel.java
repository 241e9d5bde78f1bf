package io.k8saws.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A tunnel whose other end is away: it takes a connection, and hangs up when something is said. */
final class DeadTunnel implements AutoCloseable {
    private final ServerSocket socket;

    DeadTunnel() {
        try {
            socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::hangUp, "dead-tunnel");
        thread.setDaemon(true);
        thread.start();
    }

    private void hangUp() {
        while (!socket.isClosed()) {
            try (Socket caller = socket.accept()) {
                // of what is left unread the caller would see a reset
                caller.getInputStream().read(new byte[8192]);
            } catch (IOException e) {
                // it was closed
            }
        }
    }

    String url() {
        return "https://127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
