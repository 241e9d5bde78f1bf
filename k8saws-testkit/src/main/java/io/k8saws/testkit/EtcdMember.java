package io.k8saws.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One started member of an etcd cluster: what it is started with, and the program while it runs. */
final class EtcdMember {
    private final String name;
    private final List<String> command;
    private final URI client;
    private final URI health;
    private final Path data;
    private final Path log;
    private @Nullable Program program;

    EtcdMember(String name, List<String> command, URI client, URI health, Path data, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.client = client;
        this.health = health;
        this.data = data;
        this.log = log;
    }

    String name() {
        return name;
    }

    URI client() {
        return client;
    }

    URI health() {
        return health;
    }

    Path data() {
        return data;
    }

    Path log() {
        return log;
    }

    synchronized void start() {
        program = Program.start(name, command, Map.of(), log);
    }

    synchronized boolean isRunning() {
        return program != null && program.isAlive();
    }

    /** Whether it has a leader and can answer. */
    boolean isHealthy() {
        return Http.isOk(health.resolve("/health"));
    }

    /** Whether it answers at all, with or without a leader. */
    boolean isUp() {
        return Http.answers(health.resolve("/health"));
    }

    synchronized Program running() {
        if (program == null || !program.isAlive()) {
            throw new IllegalStateException("Find the program of etcd member " + name
                    + ": it does not run. Restart the member first. [log=" + log + "]");
        }
        return program;
    }

    synchronized @Nullable Program program() {
        return program;
    }
}
