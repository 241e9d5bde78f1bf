package io.k8saws.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** Starts a program on a free port, again with another port when somebody else was quicker. */
record Started(Program program, int port, Path directory, Command command, Duration limit) implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    /** What to start on a given port. */
    record Command(List<String> line, Map<String, String> environment, BooleanSupplier healthy) {}

    static Started on(String name, Duration limit, IntFunction<Command> commandOnPort) {
        Path directory = Scratch.directory(name);
        Path log = directory.resolve(name + ".log");
        for (int attempt = 1; ; attempt++) {
            int port = Ports.free();
            Command command = commandOnPort.apply(port);
            Program program = Program.start(name, command.line(), command.environment(), log);
            boolean healthy;
            try {
                healthy = program.awaitHealthy(command.healthy(), limit);
            } catch (TestbedException e) {
                program.close();
                throw e;
            }
            if (healthy) {
                return new Started(program, port, directory, command, limit);
            }
            program.close();
            if (attempt == ATTEMPTS || !lostPort(program)) {
                throw ended(program);
            }
        }
    }

    /** Ends the program and starts it again on the same port, without what it remembered. */
    Started again() {
        program.close();
        Program next = Program.start(program.name(), command.line(), command.environment(), program.log());
        if (!next.awaitHealthy(command.healthy(), limit)) {
            next.close();
            throw ended(next);
        }
        return new Started(next, port, directory, command, limit);
    }

    /** Whether a program has ended because its port was taken between finding and using it. */
    static boolean lostPort(Program program) {
        return program.tail().toLowerCase(java.util.Locale.ROOT).contains("address already in use");
    }

    static TestbedException ended(Program program) {
        return program.failure("Start " + program.name(), "it ended before it was healthy", null);
    }

    @Override
    public void close() {
        program.close();
        Scratch.delete(directory);
    }
}
