package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("No started program outlives the JVM")
class ProgramIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Started as a JVM of its own: starts moto and etcd, tells their process ids, and waits to be killed, or ends. */
    static final class OtherJvm {
        private OtherJvm() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws IOException {
            Testbed.moto();
            Testbed.etcd(3);
            // The supervisors are our children, the programs theirs.
            ProcessHandle.current().descendants().forEach(process -> System.out.println(process.pid()));
            System.out.println("ready");
            if (arguments[0].equals("wait")) {
                System.in.read();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "forget to close"})
    @Timeout(120)
    void programs_endWithTheJvm_killedOrNot(String then) throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherJvm.class.getName(),
                        then)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ProcessHandle> programs;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            Stream.Builder<String> pids = Stream.builder();
            for (String line = lines.readLine(); line != null && !line.equals("ready"); line = lines.readLine()) {
                pids.add(line);
            }
            programs = pids.build()
                    .map(Long::parseLong)
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .toList();
            if (then.equals("wait")) {
                // One supervisor and one program each for moto and three members; moto's launcher may add a process.
                assertThat(programs).hasSizeGreaterThanOrEqualTo(8).allMatch(ProcessHandle::isAlive);
                jvm.destroyForcibly();
            }
            assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(Waiting.until(() -> programs.stream().noneMatch(ProcessHandle::isAlive), LIMIT))
                .as("all of %s have ended", programs)
                .isTrue();
    }

    @Test
    void program_thatIgnoresSigterm_isKilled(@TempDir Path directory) {
        Program program = Program.start(
                "stubborn",
                List.of(
                        "python3",
                        "-c",
                        "import signal,time\nsignal.signal(15, signal.SIG_IGN)\nprint('on',flush=True)\ntime.sleep(60)"),
                Map.of(),
                directory.resolve("log"));
        ProcessHandle process = ProcessHandle.of(program.pid()).orElseThrow();
        assertThat(Waiting.until(() -> program.tail().contains("on"), LIMIT)).isTrue();

        program.close();

        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void children_ofAProgram_endWithIt(@TempDir Path directory) {
        Program program = Program.start(
                "parent", List.of("sh", "-c", "sleep 300 & echo $!; sleep 300"), Map.of(), directory.resolve("log"));
        assertThat(Waiting.until(() -> !program.tail().isBlank(), LIMIT)).isTrue();
        ProcessHandle child =
                ProcessHandle.of(Long.parseLong(program.tail().strip())).orElseThrow();

        program.close();

        assertThat(Waiting.until(() -> !child.isAlive(), LIMIT)).isTrue();
    }

    @Test
    void program_thatEndsAtOnce_isToldWithItsLastLines(@TempDir Path directory) throws IOException {
        Path failing = Files.createDirectories(directory.resolve("moto/bin")).resolve("moto-server");
        Files.writeString(failing, "#!/bin/sh\necho no such table >&2\nexit 3\n");
        assertThat(failing.toFile().setExecutable(true)).isTrue();

        assertThatThrownBy(() -> Emulators.start(
                        AwsKind.MOTO, new Surroundings(Map.of(Surroundings.HOME, directory.toString()))))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("it ended before it was healthy")
                .hasMessageContaining("no such table")
                .hasMessageContaining("moto.log");
    }

    @Test
    void program_thatCannotBeStarted_isTold(@TempDir Path directory) {
        assertThatThrownBy(
                        () -> Program.start("nothing", List.of("/does/not/exist"), Map.of(), directory.resolve("log")))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("/does/not/exist");
    }

    @Test
    void supervisor_thatSaysNothing_isGivenUpAndEnded(@TempDir Path directory) throws IOException {
        Path pid = directory.resolve("pid");
        Path python = script(directory, "echo $$ > " + pid + "; exec sleep 300");

        assertThatThrownBy(() -> start(directory, python.toString(), Duration.ofSeconds(2)))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("Start watched: its supervisor has not said within 2000 ms that it runs");

        long silent = Long.parseLong(Files.readString(pid).strip());
        assertThat(Waiting.until(() -> ProcessHandle.of(silent).isEmpty(), LIMIT))
                .isTrue();
    }

    @Test
    void python_isTheOneThatTheVariableNames(@TempDir Path directory) throws IOException {
        Path used = directory.resolve("used");
        Path python = script(directory, "touch " + used + "; exec python3 \"$@\"");
        Surroundings surroundings = new Surroundings(Map.of(Surroundings.PYTHON, python.toString()));

        start(directory, surroundings.python(), LIMIT).close();

        assertThat(used).exists();
        assertThatThrownBy(() -> start(directory, "/does/not/exist", LIMIT))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("/does/not/exist, which supervises it, does not start")
                .hasMessageContaining("K8SAWS_TESTBED_PYTHON");
    }

    @Test
    void program_thatDoesNotEnd_isTold(@TempDir Path directory) throws Exception {
        Program program = start(directory, "python3", LIMIT);
        long supervisor = ProcessHandle.of(program.pid())
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .pid();
        signal("STOP", supervisor);
        try {
            assertThatThrownBy(() -> program.end(Duration.ofMillis(300)))
                    .isInstanceOf(TestbedException.class)
                    .hasMessageContaining("End watched: it still runs after");
        } finally {
            signal("CONT", supervisor);
        }
        program.close();
        assertThat(program.isAlive()).isFalse();
    }

    private static Program start(Path directory, String python, Duration limit) {
        return Program.start("watched", List.of("sleep", "300"), Map.of(), directory.resolve("log"), python, limit);
    }

    private static Path script(Path directory, String line) throws IOException {
        Path script = Files.writeString(directory.resolve("python"), "#!/bin/sh\n" + line + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void program_thatIsNeverHealthy_isGivenUp(@TempDir Path directory) {
        Program program = Program.start(
                "slow", List.of("sh", "-c", "echo thinking; sleep 60"), Map.of(), directory.resolve("log"));
        try (program) {
            assertThat(Waiting.until(() -> program.tail().contains("thinking"), LIMIT))
                    .isTrue();
            assertThatThrownBy(() -> program.awaitHealthy(() -> false, Duration.ofMillis(100)))
                    .isInstanceOf(TestbedException.class)
                    .hasMessageContaining("Wait until slow is healthy")
                    .hasMessageContaining("Its last lines:\nthinking\n");
        }
    }

    @Test
    void port_lostToSomebodyElse_isReplaced() throws IOException {
        try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            int[] attempts = {0};
            String server = "import http.server,sys\n"
                    + "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()";
            try (Started started = Started.on("race", LIMIT, port -> {
                int used = attempts[0]++ == 0 ? taken.getLocalPort() : port;
                return new Started.Command(
                        List.of("python3", "-c", server, String.valueOf(used)),
                        Map.of(),
                        () -> used == port && Http.answers(java.net.URI.create("http://127.0.0.1:" + used)));
            })) {
                assertThat(attempts[0]).isEqualTo(2);
                assertThat(started.program().isAlive()).isTrue();
            }
        }
    }
}
