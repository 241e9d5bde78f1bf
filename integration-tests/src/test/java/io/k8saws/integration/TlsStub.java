package io.k8saws.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A server whose certificate nobody trusts, that answers each request with 503 and the time that it is given: what a machine with a wrong clock sees of S3, or of an API server that leaves. */
final class TlsStub implements AutoCloseable {
    private static final char[] PASSWORD = "of-the-test".toCharArray();

    private final SSLServerSocket server;
    private final Thread thread;

    TlsStub(String address, int port, Path scratch, Instant now) throws IOException, InterruptedException {
        Path store = scratch.resolve("stub.p12");
        if (!Files.exists(store)) {
            new Command(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            scratch,
                            "use a JDK")
                    .output(
                            "-genkeypair",
                            "-alias",
                            "stub",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=stub",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            store);
        }
        server = (SSLServerSocket) context(store).getServerSocketFactory().createServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        String answer = "HTTP/1.1 503 Service Unavailable\r\nDate: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC))
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        thread = new Thread(() -> serve(answer.getBytes(StandardCharsets.US_ASCII)), "tls-stub");
        thread.setDaemon(true);
        thread.start();
    }

    private static SSLContext context(Path store) {
        try (InputStream stream = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(stream, PASSWORD);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Read the key of the stub", e);
        }
    }

    private void serve(byte[] answer) {
        while (!server.isClosed()) {
            answer(answer);
        }
    }

    private void answer(byte[] answer) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().read(new byte[4096]);
            socket.getOutputStream().write(answer);
        } catch (IOException e) {
            Thread.onSpinWait(); // a caller that went away; or the end
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** From now on nobody listens. */
    void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
