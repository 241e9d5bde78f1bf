package io.k8saws.etcd.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.snapshot.EtcdContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script, run here by bash, with programs that only leave traces. */
class RemoteHostTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final NewCluster NEW = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:2380")));

    @TempDir
    Path directory;

    private Path snapshot;
    /** What bash does before the script. */
    private String first = "";

    @BeforeEach
    void aSnapshot() {
        snapshot = new EtcdContent().put("key", "value").save(directory.resolve("backup.db"));
    }

    private Path program(String name, String text) {
        try {
            Path file = Files.writeString(directory.resolve(name), "#!/bin/bash\n" + text + "\n");
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it restores is at a revision, and further by a bump. */
    private Path etcdutl(long revision) {
        return program("etcdutl", """
                bump=0
                for it in "$@"; do
                    case $it in
                        --data-dir=*) mkdir -p "${it#--data-dir=}/member/snap"; data=${it#--data-dir=};;
                        --bump-revision=*) bump=${it#*=};;
                    esac
                done
                case $2 in
                    restore) echo '{"hash":1,"revision":'$((%d + bump))',"totalKey":1}' >"$data/member/snap/db";;
                    status) cat "$3";;
                esac
                """.formatted(revision));
    }

    private RemoteHost host(String sha256, String stop, String running, String health) {
        Path etcdutl = etcdutl(2);
        return RemoteHost.of(
                "a",
                new RemoteMachine(
                        directory.resolve("data").toString(),
                        "cp '" + snapshot + "' \"$backup\"",
                        sha256,
                        "true",
                        stop,
                        running,
                        health,
                        "etcd",
                        etcdutl.toString()),
                this::bash);
    }

    private RemoteShell.Result bash(String script, Duration limit) {
        try {
            Path error = directory.resolve("error");
            ProcessBuilder bash = new ProcessBuilder(
                            "bash",
                            Files.writeString(directory.resolve("script"), first + script)
                                    .toString())
                    .redirectError(error.toFile());
            bash.environment().merge("PATH", directory + ":", (path, first) -> first + path);
            Process process = bash.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new RemoteShell.Result(process.waitFor(), output, Files.readString(error));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsPreparedOrSwappedIsOfOneRestore() {
        RemoteHost host = host(FileSha256.of(snapshot), "true", "false", "true");
        SnapshotRestore restore = SnapshotRestore.of(snapshot, NEW);

        for (int round = 0; round < 2; round++) {
            host.prepare(restore, LIMIT);
            host.prepare(restore, LIMIT);
            for (SnapshotRestore other : List.of(restore.withRevisionBump(1), restore.takingDatabase())) {
                assertThatThrownBy(() -> host.prepare(other, LIMIT))
                        .isInstanceOf(K8sAwsException.class)
                        .hasMessageContaining("another restore of cluster " + NEW.clusterId());
            }
            host.swap(NEW, LIMIT);
        }
        assertThat(directory.resolve("data/member/restored-from")).exists();
    }

    /** The tool ends well, and has written nothing, or something else. */
    @Test
    void whatIsNotAtTheRightRevisionIsNotTaken() {
        RemoteHost host = host(FileSha256.of(snapshot), "true", "false", "true");
        SnapshotRestore restore = SnapshotRestore.of(snapshot, NEW);

        etcdutl(0);
        assertThatThrownBy(() -> host.prepare(restore, LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("the restored database is at revision 0, and should be at 2");
        program("etcdutl", "true");
        assertThatThrownBy(() -> host.prepare(restore, LIMIT)).isInstanceOf(K8sAwsException.class);
        etcdutl(2);
        assertThatThrownBy(() -> host.swap(NEW, LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("nothing of cluster " + NEW.clusterId() + " is prepared");
        host.prepare(restore.withRevisionBump(5), LIMIT);
        host.swap(NEW, LIMIT);
    }

    /** Root restores, and units run etcd as a user of its own. */
    @Test
    void whatIsRestoredBelongsToTheUserOfEtcd() throws IOException {
        Path calls = directory.resolve("chowned");
        program("chown", "echo \"$@\" >>'" + calls + "'");
        RemoteHost host = host(FileSha256.of(snapshot), "true", "false", "true");
        Path data = directory.resolve("data");
        NewCluster next = NewCluster.of(NEW.members());

        host.prepare(SnapshotRestore.of(snapshot, NEW), LIMIT);
        host.swap(NEW, LIMIT);
        host.prepare(SnapshotRestore.of(snapshot, next), LIMIT);

        assertThat(Files.readString(calls).replaceAll("partial\\.[0-9]+", "partial"))
                .isEqualTo("-R --reference=" + data + " " + data + "/restored-" + NEW.clusterId() + ".partial\n"
                        + "-R --reference=" + data + "/member " + data + "/restored-" + next.clusterId()
                        + ".partial\n");
    }

    @Test
    void anotherBackupThanThePlansIsNotFetched() {
        RemoteHost host = host("0".repeat(64), "true", "false", "true");

        assertThat(host.fetches()).contains("0".repeat(64));
        assertThatThrownBy(() -> host.prepare(SnapshotRestore.of(snapshot, NEW), LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("it fetches a backup with SHA-256 0000");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    private RestorePlan plan(RemoteHost host) {
        return RestorePlan.plan(
                RestoreRequest.of(SnapshotRestore.of(snapshot, NEW), List.of(host))
                        .replacingRunningMembers(),
                LIMIT);
    }

    /** The backup and the database that is made from it lie on one disk, and etcd serves from there. */
    @Test
    void aDiskThatWouldBeFullIsNotBegun() throws IOException {
        program("etcd", "echo etcd Version: 3.6.10");
        RemoteHost serving = host(FileSha256.of(snapshot), "true", "true", "true");
        RemoteHost stopped = host(FileSha256.of(snapshot), "true", "false", "true");
        long log = 128L << 20;
        long size = Files.size(snapshot);

        program("df", "echo Avail; echo " + (2 * size + log - 1));
        assertThatThrownBy(() -> plan(stopped))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("needs " + (2 * size + log) + ": make room");
        program("df", "echo Avail; echo " + (2 * size + log));
        assertThat(plan(stopped).steps()).isNotEmpty();
        assertThatThrownBy(() -> plan(serving))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("with 1 GiB for the etcd that serves");
        program("df", "echo Avail; echo " + (2 * size + log + (1L << 30)));
        assertThat(plan(serving).steps()).isNotEmpty();
    }

    @Test
    void whatHasFailedLeavesNothingOnTheDisk() throws IOException {
        RemoteHost host = host(FileSha256.of(snapshot), "true", "false", "true");
        program(
                "etcdutl",
                "for one in \"$@\"; do case $one in --data-dir=*) mkdir -p \"${one#*=}/member\" ;; esac; done\n"
                        + "echo no room >&2; exit 1");

        assertThatThrownBy(() -> host.prepare(SnapshotRestore.of(snapshot, NEW), LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("no room");
        assertThat(directory.resolve("data")).isEmptyDirectory();
    }

    /** A machine that loses power, or a shell that is killed, before the n-th command: the next run makes it good, and what was there is kept. */
    @Test
    void killedBeforeAnyCommandItGoesOn() throws IOException {
        RemoteHost host = host(FileSha256.of(snapshot), "true", "false", "true");
        Path data = directory.resolve("data");
        NewCluster old = NEW;
        host.prepare(SnapshotRestore.of(snapshot, old), LIMIT);
        host.swap(old, LIMIT);
        for (boolean swapping : new boolean[] {false, true}) {
            int kills = 0;
            boolean killed = true;
            for (int command = 1; killed; command++) {
                NewCluster next = NewCluster.of(NEW.members());
                SnapshotRestore restore = SnapshotRestore.of(snapshot, next);
                if (swapping) {
                    host.prepare(restore, LIMIT);
                }
                first = "set -T; n=0; trap '[ $((++n)) -ne " + command + " ] || kill -9 $$' DEBUG\n";
                try {
                    if (swapping) {
                        host.swap(next, LIMIT);
                    } else {
                        host.prepare(restore, LIMIT);
                    }
                    killed = false;
                } catch (K8sAwsException e) {
                    assertThat(e).hasMessageContaining("ended with 137");
                    kills++;
                }
                first = "";
                host.prepare(restore, LIMIT);
                host.swap(next, LIMIT);

                assertThat(data.resolve("member/restored-for")).hasContent(next.clusterId());
                assertThat(data.resolve("before-" + next.clusterId() + "/restored-for"))
                        .hasContent(old.clusterId());
                try (Stream<Path> left = Files.list(data)) {
                    assertThat(left.map(file -> file.getFileName().toString()))
                            .noneMatch(name -> name.endsWith(".backup") || name.endsWith(".partial"));
                }
                old = next;
            }
            assertThat(kills).isGreaterThan(swapping ? 5 : 20);
        }
    }

    /** An etcd that ends by itself does not run just now, and is about to be started again. */
    @Test
    void whatDoesNotRunIsStoppedAllTheSame() {
        Path stopped = directory.resolve("stopped");

        host("", "touch '" + stopped + "'", "[ ! -e '" + stopped + "' ] && false", "true")
                .stop(LIMIT);
        assertThat(stopped).exists();
        host("", "false", "false", "true").stop(LIMIT);
        assertThatThrownBy(() -> host("", "false", "true", "true").stop(LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("has failed");
        assertThatThrownBy(() -> host("", "true", "true", "true").stop(LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("etcd still runs");
    }

    /** The script ends by itself, for nobody may be there to end it. */
    @Test
    void waitingEndsOnTheMachine() {
        RemoteHost host = host("", "true", "true", "false");

        assertThatThrownBy(() -> host.awaitHealthy(Duration.ofSeconds(1)))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("etcd runs and is not well");
        host("", "true", "true", "true").awaitHealthy(Duration.ofSeconds(1));
    }

    /** A unit of Type=notify is started when it has joined, which needs the others. */
    @Test
    void aUnitIsStartedWithoutWaiting() {
        RemoteMachine machine = RemoteMachine.ofUnit("/var/lib/etcd", "etcd", "http://127.0.0.1:2381/health", "", "");

        assertThat(machine.startCommand()).isEqualTo("systemctl start --no-block etcd");
        assertThat(machine.runningCommand()).contains("active|activating");
    }

    @Test
    void aProgramThatDoesNotEndIsNotWaitedFor() {
        try (EtcdProcess process =
                EtcdProcess.of(program("etcd", "exec sleep 600"), List.of(), directory.resolve("log"))) {
            assertThatThrownBy(() -> process.version(Duration.ofMillis(200))).isInstanceOf(WaitTimeoutException.class);
        }
    }

    @Test
    void aProgramThatIsAskedWithoutPatienceIsNotLeft() {
        try (EtcdProcess process =
                EtcdProcess.of(program("etcd", "exec sleep 601"), List.of(), directory.resolve("log"))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> process.version(LIMIT)).isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        // others' programs sleep for another time
        assertThat(ProcessHandle.current().children().filter(child -> child.info()
                        .commandLine()
                        .filter(line -> line.contains(directory.toString()) || line.contains("sleep 601"))
                        .isPresent()))
                .allSatisfy(child -> assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedProcessIsGone(boolean interrupted) {
        EtcdProcess process = EtcdProcess.of(program("etcd", "exec sleep 600"), List.of(), directory.resolve("log"));
        process.start(LIMIT);
        assertThat(process.isRunning()).isTrue();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }

        process.close();

        assertThat(Thread.interrupted()).isEqualTo(interrupted);
        assertThat(process.isRunning()).isFalse();
        assertThatThrownBy(() -> process.start(LIMIT)).isInstanceOf(OperationCancelledException.class);
    }
}
