package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A member on another machine. One readable script does everything there, with the {@code etcdutl} of that machine; the backup comes to it by a command of yours. What only our own writer can do is refused: a point in
 * time, deltas, and leaving out alarms or addresses of API servers.
 */
public final class RemoteHost implements MemberHost {
    private static final String SCRIPT = read();
    /** With this the script ends when its time is over. */
    private static final int LATE = 124;

    private final String member;
    private final RemoteMachine machine;
    private final RemoteShell shell;

    private RemoteHost(String member, RemoteMachine machine, RemoteShell shell) {
        this.member = member;
        this.machine = machine;
        this.shell = shell;
    }

    /**
     * A member on another machine.
     *
     * @param member its name
     * @param machine what the script needs to know
     * @param shell the way to the machine
     * @return the host
     */
    public static RemoteHost of(String member, RemoteMachine machine, RemoteShell shell) {
        return new RemoteHost(member, machine, shell);
    }

    private static String read() {
        try (InputStream in = RemoteHost.class.getResourceAsStream("member.sh")) {
            if (in == null) {
                throw new IllegalStateException("member.sh is missing beside RemoteHost");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("read member.sh: " + e.getMessage(), e);
        }
    }

    @Override
    public String member() {
        return member;
    }

    @Override
    public Object place() {
        return List.of(shell, machine.dataDirectory());
    }

    @Override
    public Optional<String> fetches() {
        return Optional.of(machine.sha256());
    }

    @Override
    public HostFacts facts(NewCluster cluster, Duration limit) {
        Map<String, String> lines = new HashMap<>();
        run("facts", cluster, List.of(), limit).lines().forEach(line -> {
            int at = line.indexOf('=');
            if (at > 0) {
                lines.put(line.substring(0, at), line.substring(at + 1));
            }
        });
        String free = lines.getOrDefault("free", "");
        if (!free.matches("[0-9]{1,18}")) {
            throw new K8sAwsException(
                    "Look at " + this, "the script did not say how much room there is", "run it by hand");
        }
        return new HostFacts(
                lines.getOrDefault("version", ""),
                Boolean.parseBoolean(lines.get("running")),
                Boolean.parseBoolean(lines.get("occupied")),
                lines.getOrDefault("cluster", ""),
                lines.getOrDefault("prepared", ""),
                lines.getOrDefault("from", ""),
                Long.parseLong(free));
    }

    /** The backup lies beside what is made from it. */
    @Override
    public long roomFor(SnapshotRestore restore, long size) {
        return 2 * size;
    }

    @Override
    public void prepare(SnapshotRestore restore, Duration limit) {
        if (restore.revision().isPresent()
                || !restore.deltas().isEmpty()
                || !restore.keepsAlarms()
                || !restore.keepsMasterLeases()) {
            throw new K8sAwsException(
                    "Prepare " + this,
                    "etcdutl restores the newest revision with all that is in it",
                    "write the directory with SnapshotRestore and bring it there, or do without these options");
        }
        String planned = FileSha256.of(restore.snapshot());
        if (!planned.equalsIgnoreCase(machine.sha256())) {
            throw new K8sAwsException(
                    "Prepare " + this,
                    "it fetches a backup with SHA-256 " + machine.sha256() + ", and the plan's has " + planned,
                    "let all machines fetch the backup that the plan has read");
        }
        List<String> options = new ArrayList<>();
        if (restore.bump() > 0) {
            options.add("--bump-revision=" + restore.bump());
            options.add("--mark-compacted");
        }
        if (restore.takesDatabase()) {
            options.add("--skip-hash-check");
        }
        long last;
        try (SnapshotFile file = SnapshotFile.open(restore.snapshot())) {
            last = file.lastChange() + restore.bump();
        }
        run("prepare", restore.cluster(), options, new Origin(restore.fingerprint(), Long.toString(last)), limit);
    }

    @Override
    public void stop(Duration limit) {
        run("stop", null, List.of(), limit);
    }

    @Override
    public void swap(NewCluster cluster, Duration limit) {
        run("swap", cluster, List.of(), limit);
    }

    @Override
    public void start(Duration limit) {
        run("start", null, List.of(), limit);
    }

    @Override
    public void awaitHealthy(Duration limit) {
        run("healthy", null, List.of(), limit);
    }

    private String run(String action, @Nullable NewCluster cluster, List<String> options, Duration limit) {
        return run(action, cluster, options, new Origin("", ""), limit);
    }

    /**
     * What is prepared.
     *
     * @param fingerprint the restore's
     * @param revision the last revision that the database will have
     */
    record Origin(String fingerprint, String revision) {}

    private String run(
            String action, @Nullable NewCluster cluster, List<String> options, Origin origin, Duration limit) {
        RemoteShell.Result result = shell.run(script(action, cluster, options, origin, limit), limit);
        if (result.code() == LATE) {
            throw new WaitTimeoutException(
                    "member " + this + " to be well",
                    limit,
                    result.error().strip(),
                    "look into etcd's log there, and restore again",
                    Map.of());
        }
        if (result.code() != 0) {
            throw new K8sAwsException(
                    "Run " + action + " on " + this,
                    "the script ended with " + result.code() + ": "
                            + result.error().strip(),
                    "mend the cause there, and restore again");
        }
        return result.output();
    }

    /** The whole text that runs there, for a look at it. */
    String script(String action, @Nullable NewCluster cluster, List<String> options, Origin origin, Duration limit) {
        StringBuilder text = new StringBuilder("#!/bin/bash\n");
        set(text, "action", action);
        set(text, "limit", Long.toString(Math.max(1, limit.toSeconds())));
        set(text, "fingerprint", origin.fingerprint());
        set(text, "revision", origin.revision());
        set(text, "data", machine.dataDirectory());
        set(text, "member", member);
        set(text, "cluster", cluster == null ? "" : cluster.clusterId());
        set(text, "token", cluster == null ? "" : cluster.token());
        set(text, "initial_cluster", cluster == null ? "" : cluster.initialCluster());
        set(
                text,
                "peer_urls",
                cluster == null ? "" : String.join(",", cluster.member(member).peerUrls()));
        set(text, "fetch_command", machine.fetchCommand());
        set(text, "sha256", machine.sha256());
        set(text, "start_command", machine.startCommand());
        set(text, "stop_command", machine.stopCommand());
        set(text, "running_command", machine.runningCommand());
        set(text, "health_command", machine.healthCommand());
        set(text, "etcd", machine.etcd());
        set(text, "etcdutl", machine.etcdutl());
        text.append("options=(")
                .append(String.join(
                        " ", options.stream().map(RemoteHost::quoted).toList()))
                .append(")\n");
        return text.append(SCRIPT).toString();
    }

    private static void set(StringBuilder text, String name, String value) {
        text.append(name).append('=').append(quoted(value)).append('\n');
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    /** For example {@code a in /var/lib/etcd on another machine}. */
    @Override
    public String toString() {
        return member + " in " + machine.dataDirectory() + " on another machine";
    }
}
