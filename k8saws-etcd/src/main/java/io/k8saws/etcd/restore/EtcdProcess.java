package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An etcd that this program starts as its own process, and ends. Thread-safe. */
public final class EtcdProcess implements MemberProcess, AutoCloseable {
    private static final Duration VERSION_LIMIT = Duration.ofSeconds(20);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final int LAST_LINES = 20;
    private static final int LAST_BYTES = 8192;
    private static final Pattern VERSION = Pattern.compile("etcd Version: (\\S+)");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path program;
    private final List<String> arguments;
    private final Path log;
    private final URI health;
    private @Nullable Process process;
    private boolean closed;

    private EtcdProcess(Path program, List<String> arguments, Path log, URI health) {
        this.program = program;
        this.arguments = List.copyOf(arguments);
        this.log = log;
        this.health = health;
    }

    /**
     * An etcd that is not started yet.
     *
     * @param program the program
     * @param arguments its arguments; {@code --listen-metrics-urls} is added
     * @param log the file of its output
     * @return a process to start and to close
     */
    public static EtcdProcess of(Path program, List<String> arguments, Path log) {
        URI metrics = freeUrl("http");
        List<String> all = new ArrayList<>(arguments);
        all.add("--listen-metrics-urls=" + metrics);
        return new EtcdProcess(program, all, log, metrics.resolve("/health"));
    }

    /** A URL on this machine that nobody listens on. */
    static URI freeUrl(String scheme) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create(scheme + "://127.0.0.1:" + socket.getLocalPort());
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Find a free port", "the system says: " + e, "end what holds so many ports", Map.of(), e);
        }
    }

    @Override
    public String version() {
        return version(VERSION_LIMIT);
    }

    String version(Duration versionLimit) {
        Process asked = null;
        try {
            asked = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            asked.getOutputStream().close();
            // not read to its end: a program that does not end keeps its output open
            if (!asked.waitFor(versionLimit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new WaitTimeoutException(
                        "the version of " + program,
                        versionLimit,
                        "it has not ended",
                        "name the program etcd",
                        Map.of("pid", Long.toString(asked.pid())));
            }
            InputStream told = asked.getInputStream();
            String text = new String(told.readNBytes(Math.min(10_000, told.available())), StandardCharsets.UTF_8);
            Matcher found = VERSION.matcher(text);
            if (found.find()) {
                return found.group(1);
            }
            throw new K8sAwsException(
                    "Ask " + program + " for its version", "it does not say one", "name the program etcd");
        } catch (IOException e) {
            throw failed("Ask " + program + " for its version", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Ask " + program + " for its version");
        } finally {
            if (asked != null) {
                asked.destroyForcibly();
            }
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public synchronized void start(Duration limit) {
        if (closed) {
            throw new OperationCancelledException("Start " + program, "it was closed");
        }
        if (isRunning()) {
            return;
        }
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw failed("Start " + program, e);
        }
    }

    @Override
    public void stop(Duration limit) {
        Process running = started();
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new WaitTimeoutException(
                        "the end of etcd", limit, "it runs", Map.of("pid", Long.toString(running.pid())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Stop " + program);
        }
    }

    @Override
    public void awaitHealthy(Duration limit) {
        HttpRequest request =
                HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(2)).build();
        long end = System.nanoTime() + limit.toNanos();
        String seen = "no answer";
        while (System.nanoTime() < end) {
            if (!isRunning()) {
                throw new K8sAwsException(
                        "Start " + program,
                        "it ended by itself" + lastWords(),
                        "mend what it says, and try again",
                        Map.of("log", log.toString()),
                        null);
            }
            try {
                HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return;
                }
                seen = "status " + answer.statusCode();
                pause();
            } catch (IOException e) {
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationCancelledException("Wait for " + program);
            }
        }
        throw new WaitTimeoutException("etcd to be healthy", limit, seen + lastWords(), Map.of("log", log.toString()));
    }

    private synchronized @Nullable Process started() {
        return process;
    }

    /** Lets some time go, or less if the process ends. */
    private void pause() {
        Process running = started();
        if (running == null) {
            return;
        }
        try {
            running.onExit().get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // the next look tells how it is
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Wait for " + program);
        }
    }

    /** The end of its output: the file may be gone when somebody reads of it. */
    private String lastWords() {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(Math.max(0, channel.size() - LAST_BYTES));
            ByteBuffer end = ByteBuffer.allocate(LAST_BYTES);
            while (end.hasRemaining() && channel.read(end) >= 0) {
                // until it is full
            }
            List<String> lines = new String(end.array(), 0, end.position(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.isEmpty()
                    ? ", without a word"
                    : "; it said last:\n"
                            + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()))
                            + "\n";
        } catch (IOException e) {
            return "; its output cannot be read: " + e;
        }
    }

    private K8sAwsException failed(String tried, IOException e) {
        return new K8sAwsException(tried, "the system says: " + e, "check the path and its rights", Map.of(), e);
    }

    /** Ends the process at once, if it runs, and returns when it is gone, so that its files can go, too; also where the thread is interrupted. It cannot be started again. */
    @Override
    public void close() {
        Process running;
        synchronized (this) {
            closed = true;
            running = process;
        }
        if (running == null) {
            return;
        }
        CompletableFuture<Process> gone = running.destroyForcibly().onExit();
        long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
        boolean interrupted = false;
        try {
            while (!gone.isDone() && System.nanoTime() < end) {
                try {
                    gone.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException | ExecutionException e) {
                    // told below
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (running.isAlive()) {
            throw new WaitTimeoutException(
                    "the end of etcd",
                    CLOSE_LIMIT,
                    "it runs",
                    "end it by its id",
                    Map.of("pid", Long.toString(running.pid())));
        }
    }

    @Override
    public String toString() {
        return program + (isRunning() ? ", running" : ", not running");
    }
}
