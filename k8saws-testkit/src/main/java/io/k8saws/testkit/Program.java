package io.k8saws.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A started program that does not outlive this JVM, however the JVM ends.
 *
 * <p>Between the JVM and the program stands a small supervisor that reads a pipe from the JVM. When the pipe ends, because the JVM has
 * closed it or has died, the supervisor ends the program and all that it has started.
 *
 * <p>Thread-safe.
 */
final class Program implements AutoCloseable {
    /** How long a program may take to end by itself before it is killed. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final int TAIL_LINES = 15;
    private static final String SUPERVISOR = supervisor();
    private static final Set<Program> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // The supervisor would end them anyway; the hook also waits until they are gone.
        Runtime.getRuntime().addShutdownHook(new Thread(Program::closeAll, "k8saws-testbed-shutdown"));
    }

    private final String name;
    private final Path log;
    private final Process supervisor;
    private final long pid;

    private Program(String name, Path log, Process supervisor, long pid) {
        this.name = name;
        this.log = log;
        this.supervisor = supervisor;
        this.pid = pid;
    }

    /**
     * Starts a program.
     *
     * @param name what messages call it
     * @param command the program and its arguments
     * @param environment variables in addition to this JVM's
     * @param log the file that gets its output; appended to
     */
    static Program start(String name, List<String> command, Map<String, String> environment, Path log) {
        List<String> supervised = new ArrayList<>(
                List.of("python3", "-I", "-S", "-c", SUPERVISOR, String.valueOf(GRACE.toSeconds()), log.toString()));
        supervised.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(supervised);
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process supervisor;
        try {
            supervisor = builder.start();
        } catch (IOException e) {
            throw new TestbedException(
                    "Start " + name,
                    "python3, which supervises it, does not start: " + TestbedException.why(e),
                    "Install Python 3.11 or newer",
                    Map.of(),
                    e);
        }
        Program program = new Program(name, log, supervisor, readPid(name, log, supervisor));
        RUNNING.add(program);
        return program;
    }

    /** The process id of the program itself. */
    long pid() {
        return pid;
    }

    String name() {
        return name;
    }

    /** An error about this program, with the last lines of its log. */
    TestbedException failure(String tried, String why, @Nullable Throwable cause) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("pid", String.valueOf(pid));
        context.put("log", log.toString());
        String lines = tail();
        String told = lines.isEmpty() ? why : why + ". Its last lines:" + lines + System.lineSeparator();
        return new TestbedException(tried, told, "Read its log", context, cause);
    }

    Path log() {
        return log;
    }

    boolean isAlive() {
        return supervisor.isAlive();
    }

    /** Waits until the program is healthy; false when it has ended instead. */
    boolean awaitHealthy(BooleanSupplier healthy, Duration limit) {
        boolean settled = Waiting.until(() -> !isAlive() || healthy.getAsBoolean(), limit);
        if (!settled) {
            throw failure("Wait until " + name + " is healthy", "it is not after " + limit.toSeconds() + " s", null);
        }
        return isAlive();
    }

    /** Ends the program as SIGKILL does, without giving it time. Returns when it is gone. */
    void kill() {
        send("kill");
        awaitEnd();
    }

    /** Ends the program without giving it time, if it still runs. */
    void killQuietly() {
        try {
            OutputStream pipe = supervisor.getOutputStream();
            pipe.write("kill\n".getBytes(StandardCharsets.US_ASCII));
            pipe.close();
        } catch (IOException alreadyGone) {
            // Then there is nothing left to kill.
        }
        awaitEnd();
    }

    /** Stops the program where it stands, as SIGSTOP does. Its connections stay open and nobody answers. */
    void freeze() {
        send("stop");
    }

    /** Lets a frozen program go on. */
    void thaw() {
        send("cont");
    }

    /** Ends the program, first politely. Returns when it is gone. */
    @Override
    public void close() {
        try {
            supervisor.getOutputStream().close();
        } catch (IOException alreadyGone) {
            // Then there is nothing left to tell it.
        }
        awaitEnd();
    }

    /** The last lines of the log, for a message. */
    String tail() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            return last.isEmpty() ? "" : System.lineSeparator() + String.join(System.lineSeparator(), last);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public String toString() {
        return name + "[pid=" + pid + " log=" + log + (isAlive() ? "" : " ended") + "]";
    }

    private void send(String word) {
        try {
            OutputStream pipe = supervisor.getOutputStream();
            pipe.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException e) {
            throw failure("Send '" + word + "' to " + name, "it has ended already", e);
        }
    }

    private void awaitEnd() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + GRACE.multipliedBy(2).toNanos();
        while (supervisor.isAlive() && System.nanoTime() - deadline < 0) {
            try {
                supervisor.waitFor(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // Nothing may be left behind, so it goes on and tells the caller afterwards.
                interrupted = true;
            }
        }
        RUNNING.remove(this);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeAll() {
        List<Program> left = List.copyOf(RUNNING);
        for (Program program : left) {
            try {
                program.supervisor.getOutputStream().close();
            } catch (IOException alreadyGone) {
                // Then it needs no telling; the others still do.
            }
        }
        left.forEach(Program::awaitEnd);
        left.forEach(program -> Scratch.delete(parent(program.log)));
        Scratch.deleteIfEmpty();
    }

    private static Path parent(Path log) {
        Path parent = log.getParent();
        return parent == null ? log : parent;
    }

    private static long readPid(String name, Path log, Process supervisor) {
        @Nullable String line;
        try {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(supervisor.getInputStream(), StandardCharsets.US_ASCII));
            line = reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("Start " + name + ": " + e.getMessage(), e);
        }
        if (line == null || line.startsWith("exit")) {
            throw new Program(name, log, supervisor, -1).failure("Start " + name, "it does not start", null);
        }
        return Long.parseLong(line.strip());
    }

    private static String supervisor() {
        try (InputStream script = Program.class.getResourceAsStream("supervisor.py")) {
            if (script == null) {
                throw new IllegalStateException("Read supervisor.py: it is not in the jar. Build k8saws-testkit anew.");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Read supervisor.py: " + e.getMessage(), e);
        }
    }
}
