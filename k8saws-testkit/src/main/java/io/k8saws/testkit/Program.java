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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    /** How long it may take until a program that was told to end is gone: its grace, and as long again for a busy machine. */
    private static final Duration END_LIMIT = GRACE.multipliedBy(2);

    /** How long the supervisor may take to start a program. It takes well under a second on a machine that is not overloaded. */
    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private static final int TAIL_LINES = 15;
    private static final Logger LOG = LoggerFactory.getLogger(Program.class);
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
     * @throws TestbedException if it does not start, or its supervisor does not say so within a minute
     */
    static Program start(String name, List<String> command, Map<String, String> environment, Path log) {
        return start(name, command, environment, log, Surroundings.current().python(), START_LIMIT);
    }

    static Program start(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path log,
            String python,
            Duration limit) {
        List<String> supervised = new ArrayList<>(
                List.of(python, "-I", "-S", "-c", SUPERVISOR, String.valueOf(GRACE.toSeconds()), log.toString()));
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
                    python + ", which supervises it, does not start: " + TestbedException.why(e),
                    "Install Python 3.11 or newer as python3, or name one in " + Surroundings.PYTHON,
                    Map.of(),
                    e);
        }
        Program program = new Program(name, log, supervisor, readPid(name, log, supervisor, limit));
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
        awaitEnd(END_LIMIT);
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
        awaitEnd(END_LIMIT);
    }

    /** Stops the program where it stands, as SIGSTOP does. Its connections stay open and nobody answers. */
    void freeze() {
        send("stop");
    }

    /** Lets a frozen program go on. */
    void thaw() {
        send("cont");
    }

    /**
     * Ends the program, first politely. Returns when it is gone.
     *
     * @throws TestbedException if it still runs after ten seconds; the end of the JVM tries again
     */
    @Override
    public void close() {
        end(END_LIMIT);
    }

    /** As {@link #close()}, with another limit. */
    void end(Duration limit) {
        try {
            supervisor.getOutputStream().close();
        } catch (IOException alreadyGone) {
            // Then there is nothing left to tell it.
        }
        awaitEnd(limit);
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

    private void awaitEnd(Duration limit) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + limit.toNanos();
        while (supervisor.isAlive() && System.nanoTime() - deadline < 0) {
            try {
                supervisor.waitFor(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // Nothing may be left behind, so it goes on and tells the caller afterwards.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (supervisor.isAlive()) {
            throw failure("End " + name, "it still runs after " + limit.toSeconds() + " s", null);
        }
        RUNNING.remove(this);
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
        left.forEach(Program::awaitEndOrTell);
        left.forEach(program -> Scratch.delete(parent(program.log)));
        Scratch.deleteIfEmpty();
    }

    /** The JVM ends, so nobody is left to catch it. */
    private void awaitEndOrTell() {
        try {
            awaitEnd(END_LIMIT);
        } catch (TestbedException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    private static Path parent(Path log) {
        Path parent = log.getParent();
        return parent == null ? log : parent;
    }

    private static long readPid(String name, Path log, Process supervisor, Duration limit) {
        @Nullable String line;
        try {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(supervisor.getInputStream(), StandardCharsets.US_ASCII));
            // It writes whole lines, so where something is there is a line, and reading it does not wait.
            if (!Waiting.until(() -> !supervisor.isAlive() || isReady(reader), limit)) {
                throw silent(name, log, supervisor, limit);
            }
            line = reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("Start " + name + ": " + e.getMessage(), e);
        }
        if (line == null || line.startsWith("exit")) {
            throw new Program(name, log, supervisor, -1).failure("Start " + name, "it does not start", null);
        }
        return Long.parseLong(line.strip());
    }

    private static boolean isReady(BufferedReader reader) {
        try {
            return reader.ready();
        } catch (IOException e) {
            return true; // reading tells the reason
        }
    }

    /** A supervisor that comes late finds its pipe closed and ends what it has started; what is none is killed. */
    private static TestbedException silent(String name, Path log, Process supervisor, Duration limit) {
        Program program = new Program(name, log, supervisor, -1);
        try {
            program.end(GRACE);
        } catch (TestbedException stillThere) {
            supervisor.destroyForcibly();
        }
        return program.failure(
                "Start " + name, "its supervisor has not said within " + limit.toMillis() + " ms that it runs", null);
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
