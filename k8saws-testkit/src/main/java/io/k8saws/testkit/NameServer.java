package io.k8saws.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * BIND's named on the loopback address, which answers for one zone and asks nobody. Made by {@link Testbed#nameServer}.
 *
 * <p>Thread-safe.
 */
public final class NameServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int ANSWER_MILLIS = 200;
    private static final byte SOA = 6;

    private final String zone;
    private final Path file;
    private Started started;

    private NameServer(String zone, Path file, Started started) {
        this.zone = zone;
        this.file = file;
        this.started = started;
    }

    static NameServer start(String zone, String text, Surroundings surroundings) {
        Path named = Component.BIND.program(surroundings, "named");
        Path directory = Scratch.directory("named-zone");
        Path file = directory.resolve("zone");
        write(file, text);
        try {
            return new NameServer(zone, file, Started.on("named", LIMIT, port -> {
                Path settings = directory.resolve("named-" + port + ".conf");
                write(settings, settings(directory, zone, file, port));
                return new Started.Command(
                        List.of(named.toString(), "-g", "-n", "1", "-c", settings.toString()),
                        Map.of(),
                        () -> answers(zone, port));
            }));
        } catch (RuntimeException e) {
            Scratch.delete(directory);
            throw e;
        }
    }

    private static String settings(Path directory, String zone, Path file, int port) {
        return """
                options {
                  directory "%1$s";
                  pid-file none;
                  session-keyfile "%1$s/session.key";
                  listen-on port %4$d { 127.0.0.1; };
                  listen-on-v6 { none; };
                  recursion no;
                  dnssec-validation no;
                  notify no;
                };
                controls { };
                zone "%2$s" { type primary; file "%3$s"; };
                """.formatted(directory, zone, file, port);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new TestbedException(
                    "Write " + file, TestbedException.why(e), "Look at the disk and its rights", Map.of(), e);
        }
    }

    /** Asks for the head of the zone (RFC 1035, section 4); without it, as long as the zone is not loaded, the answer is an error. */
    private static boolean answers(String zone, int port) {
        ByteArrayOutputStream question = new ByteArrayOutputStream();
        question.writeBytes(new byte[] {0x4b, 0x38, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : zone.split("\\.")) {
            question.write(label.length());
            question.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        question.writeBytes(new byte[] {0, 0, SOA, 0, 1});
        byte[] answer = new byte[512];
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(InetAddress.getLoopbackAddress(), port);
            socket.send(new DatagramPacket(question.toByteArray(), question.size()));
            socket.receive(new DatagramPacket(answer, answer.length));
        } catch (IOException notYet) {
            return false;
        }
        boolean good = (answer[3] & 0xf) == 0;
        return good && answer[7] == 1;
    }

    /**
     * Where it listens, by UDP and TCP.
     *
     * @return a loopback address and port
     */
    public synchronized InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), started.port());
    }

    /**
     * Takes another content of its zone. It starts anew at the same address, so for a moment nobody answers.
     *
     * @param text the zone file, as {@link ZoneFile} writes it
     * @throws TestbedException if it does not start with it
     */
    public synchronized void serve(String text) {
        write(file, text);
        started = started.again();
    }

    /** Ends it. */
    @Override
    public synchronized void close() {
        started.close();
        Path directory = file.getParent();
        if (directory != null) {
            Scratch.delete(directory);
        }
    }

    /** The zone and where it is served. */
    @Override
    public String toString() {
        return "named of " + zone + " at " + address();
    }
}
