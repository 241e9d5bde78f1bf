package io.k8saws.etcd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.k8saws.etcd.restore.ApiServerFence;
import io.k8saws.etcd.restore.DrillResult;
import io.k8saws.etcd.restore.MemberHost;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RemoteHost;
import io.k8saws.etcd.restore.RemoteMachine;
import io.k8saws.etcd.restore.RemoteShell;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.restore.RestoreException;
import io.k8saws.etcd.restore.RestorePlan;
import io.k8saws.etcd.restore.RestoreRefusedException;
import io.k8saws.etcd.restore.RestoreReport;
import io.k8saws.etcd.restore.RestoreRequest;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.plan.Outcome;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole clusters are restored on machines that are processes here, also by runs that die anywhere. */
class RestorePlanIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int LAST_WRITES = 20;

    @TempDir
    Path directory;

    @Test
    void threeMembersThatRunAreReplaced() {
        try (EtcdCluster etcd = Testbed.etcd(3)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 51).changes(200);
            Tool client = Tool.client("etcdctl", etcd);
            Instant taken = Instant.now();
            Path file = client.save(directory.resolve("backup.db"));
            long revision = gateway.revision();
            JsonNode keys = gateway.all(0).path("kvs");
            gateway.put("lost", "1");
            NewCluster cluster = NewCluster.of(members(client));
            List<String> fence = new ArrayList<>();
            RestoreRequest request = RestoreRequest.of(
                            SnapshotRestore.of(file, cluster).withRevisionBump(1_000_000), hosts(etcd))
                    .withLive(new RestoreRequest.Live("1", revision + 1, Instant.now()))
                    .confirmDataLossSince(taken)
                    .withFence(fence(fence));

            assertThatThrownBy(() -> RestorePlan.plan(request, LIMIT))
                    .isInstanceOfSatisfying(RestoreRefusedException.class, refused -> assertThat(refused.refusals())
                            .hasSize(3)
                            .allMatch(text -> text.contains("replacingRunningMembers")));
            RestorePlan plan = RestorePlan.plan(request.replacingRunningMembers(), LIMIT);
            assertThat(plan.lostRevisions()).contains(1L);
            assertThat(plan.toString()).contains("1 revisions", "two API servers", "swap the directory of etcd-2");
            assertThat(fence).isEmpty();
            assertThat(gateway.revision()).isEqualTo(revision + 1);

            RestoreReport report = plan.restore(LIMIT);

            assertThat(report.complete()).as(report.toString()).isTrue();
            assertThat(fence).containsExactly("raise", "lower");
            assertThat(gateway.all(0).path("kvs")).isEqualTo(keys);
            assertThat(gateway.revision()).isEqualTo(revision + 1_000_000);
            for (int i = 0; i < 3; i++) {
                assertThat(etcd.dataDirectory(i).resolve("before-" + cluster.clusterId() + "/snap/db"))
                        .exists();
            }
            assertThat(plan.restore(LIMIT).complete()).isTrue();
            assertThat(gateway.revision()).isEqualTo(revision + 1_000_000);
        }
    }

    /** A run that dies before or after any call to a machine; the next one, which plans anew, makes it good. */
    @Test
    void killedAnywhereItGoesOn() {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 52).changes(50);
            Tool client = Tool.client("etcdctl", etcd);
            Path file = client.save(directory.resolve("backup.db"));
            long revision = gateway.revision();
            JsonNode keys = gateway.all(0).path("kvs");
            List<NewMember> members = members(client);
            int deaths = 0;
            for (int call = 1; ; call++) {
                for (boolean after : new boolean[] {false, true}) {
                    gateway.put("lost", "1");
                    NewCluster cluster = NewCluster.of(members);
                    SnapshotRestore restore = SnapshotRestore.of(file, cluster);
                    RestoreRequest request =
                            RestoreRequest.of(restore, hosts(etcd)).replacingRunningMembers();
                    Mortal mortal = new Mortal(call, after);
                    RestorePlan dying = RestorePlan.plan(
                            RestoreRequest.of(
                                            restore,
                                            List.of(mortal.on(hosts(etcd).get(0))))
                                    .replacingRunningMembers(),
                            LIMIT);
                    mortal.begin();
                    try {
                        assertThat(dying.restore(LIMIT).complete()).isTrue();
                    } catch (RestoreException e) {
                        deaths++;
                        assertThat(e.report().results())
                                .filteredOn(result -> result.outcome() == Outcome.FAILED)
                                .hasSize(1);
                    }
                    RestoreReport report = RestorePlan.plan(request, LIMIT).restore(LIMIT);

                    assertThat(report.complete()).as(report.toString()).isTrue();
                    assertThat(gateway.all(0).path("kvs")).isEqualTo(keys);
                    assertThat(gateway.revision()).isEqualTo(revision);
                    assertThat(etcd.dataDirectory(0).resolve("before-" + cluster.clusterId()))
                            .exists();
                    if (mortal.calls() < call) {
                        assertThat(deaths).isEqualTo(2 * (call - 1)).isGreaterThan(10);
                        return;
                    }
                }
            }
        }
    }

    @Test
    void allThatIsWrongIsSaidAtOnceAndNothingIsTouched() throws IOException {
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            gateway.put("a", "1");
            Tool client = Tool.client("etcdctl", etcd);
            Path file = client.save(directory.resolve("backup.db"));
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1] ^= 1;
            Path damaged = Files.write(directory.resolve("damaged.db"), bytes);
            List<NewMember> members = new ArrayList<>(members(client));
            members.add(NewMember.of("nowhere", "http://127.0.0.1:1"));
            RestoreRequest request = RestoreRequest.of(SnapshotRestore.of(damaged, NewCluster.of(members)), hosts(etcd))
                    .withPair(new RestoreRequest.Pair("monday", "tuesday"));

            assertThatThrownBy(() -> RestorePlan.plan(request, LIMIT))
                    .isInstanceOf(RestoreRefusedException.class)
                    .hasMessageContainingAll("SHA-256", "etcd runs on", "nowhere has no host", "monday and tuesday");
            try (Stream<Path> inside = Files.list(etcd.dataDirectory(0))) {
                assertThat(inside.map(path -> path.getFileName().toString())).containsExactly("member");
            }
            assertThat(gateway.revision()).isEqualTo(2);
        }
    }

    /** Two of three are gone for good: a new cluster comes from the third's disk, when somebody says that this is meant. */
    @Test
    void theQuorumIsLost() throws IOException {
        try (EtcdCluster etcd = Testbed.etcd(3)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 53).changes(200);
            Tool client = Tool.client("etcdctl", etcd);
            List<NewMember> members = members(client);
            JsonNode keys = gateway.all(0).path("kvs");
            // makes the server write all that it has in memory
            client.save(directory.resolve("unused.db"));
            long written = gateway.revision();
            Instant ended = Instant.now();
            // the server writes to its database a tenth of a second later, which it may not come to
            for (int i = 0; i < LAST_WRITES; i++) {
                gateway.put("last", Integer.toString(i));
            }
            // a follower: the others go on without it at once
            int left = etcd.name(0).equals(leader(etcd)) ? 1 : 0;
            etcd.kill(left);
            new Gateway(etcd.endpoints().get(1 - left)).put("unheard", "1");
            etcd.kill(1 - left);
            etcd.kill(2);
            Path survivor =
                    Files.copy(etcd.dataDirectory(left).resolve("member/snap/db"), directory.resolve("survivor.db"));
            RestoreRequest request = RestoreRequest.of(
                    SnapshotRestore.of(survivor, NewCluster.of(members)).takingDatabase(), hosts(etcd));

            assertThatThrownBy(() -> RestorePlan.plan(request, LIMIT))
                    .isInstanceOf(RestoreRefusedException.class)
                    .hasMessageContaining("confirmDataLossSince");
            RestorePlan plan = RestorePlan.plan(request.takenAt(ended).confirmDataLossSince(ended), LIMIT);
            assertThat(plan.restore(LIMIT).complete()).isTrue();

            // all that was on the disk is back, of what came last the first part, and nothing that the survivor had not
            // heard of
            long kept = plan.revision() - written;
            assertThat(kept).isBetween(0L, (long) LAST_WRITES);
            assertThat(gateway.revision()).isEqualTo(plan.revision());
            Map<String, String> found = values(gateway.all(0).path("kvs"));
            assertThat(found.remove("last")).isEqualTo(kept == 0 ? null : Long.toString(kept - 1));
            assertThat(found).isEqualTo(values(keys));
        }
    }

    private static String leader(EtcdCluster cluster) {
        try (Etcd etcd = Etcd.at(cluster.endpoints().get(0).toString())) {
            return etcd.health().leader().orElseThrow().member().name();
        }
    }

    private static Map<String, String> values(JsonNode keys) {
        Map<String, String> found = new TreeMap<>();
        keys.forEach(key -> found.put(
                new String(Base64.getDecoder().decode(key.path("key").asText()), UTF_8),
                new String(Base64.getDecoder().decode(key.path("value").asText("")), ISO_8859_1)));
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "etcd-debian"})
    void aDrillRestoresAndCompares(String program) {
        Path file;
        boolean newer = program.equals("etcd");
        try (EtcdCluster etcd = newer ? Testbed.etcd(1) : Testbed.olderEtcd(1)) {
            new Histories(new Gateway(etcd.endpoints().get(0)), 54).changes(300).compactAtADeletion();
            new Histories(new Gateway(etcd.endpoints().get(0)), 55).manyKeys(1000);
            file = Tool.client(newer ? "etcdctl" : "etcdctl-debian", etcd).save(directory.resolve("backup.db"));
        }
        List<ProgressEvent> heard = new ArrayList<>();
        DrillResult result = RestoreDrill.with(Testbed.program(program)).run(file, LIMIT, heard::add);

        assertThat(heard.stream()
                        .filter(event -> event instanceof ProgressEvent.StageAdvanced stage && stage.complete())
                        .map(event -> ((ProgressEvent.StageAdvanced) event).stage()))
                .containsExactly("prove", "write", "compare", "start", "ask");
        assertThat(result.problems()).as(result.toString()).isEmpty();
        assertThat(result.found()).isEqualTo(result.expected());
        assertThat(result.found().keys()).isGreaterThan(1000);
        assertThat(result.took()).isLessThan(LIMIT).isGreaterThan(result.wrote());
    }

    /** Others of the machine reach the port, and all secrets are behind it. */
    @Test
    void aDrillAnswersNobodyElse() throws IOException {
        Path file;
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            new Gateway(etcd.endpoints().get(0)).put("secret", "1");
            file = Tool.client("etcdctl", etcd).save(directory.resolve("backup.db"));
        }
        Path heard = directory.resolve("heard");
        Path program = Files.writeString(directory.resolve("etcd"), """
                #!/bin/bash
                url=
                for it in "$@"; do case $it in --listen-client-urls=*) url=${it#*=};; esac; done
                ask() {
                    # until somebody listens, as long as etcd is there
                    while kill -0 $$; do
                        curl --silent --insecure --max-time 20 --data '{"key":"c2VjcmV0"}' "$1/v3/kv/range"
                        code=$?
                        [ "$code" = 7 ] || break
                    done
                    echo "$2 ended with $code"
                }
                if [ -n "$url" ]; then
                    (ask "https://${url#*://}" tls; ask "http://${url#*://}" plain) >'%s' 2>&1 &
                fi
                exec '%s' "$@"
                """.formatted(heard, Testbed.program("etcd")));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));

        DrillResult result = RestoreDrill.with(program).run(file, LIMIT);

        assertThat(result.problems()).as(result.toString()).isEmpty();
        long patience = System.nanoTime() + LIMIT.toNanos();
        while (!Files.readString(heard).contains("plain ended") && System.nanoTime() < patience) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        assertThat(heard).content().doesNotContain("header").contains("tls ended with ", "plain ended with ");
    }

    /** With users the server would ask for a password, so its files are read when it has ended. */
    @Test
    void aDrillWithUsers() {
        Path file;
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            new Histories(new Gateway(etcd.endpoints().get(0)), 56).changes(50);
            Tool client = Tool.client("etcdctl", etcd);
            assertThat(client.run("user", "add", "root:secret").code()).isZero();
            assertThat(client.run("user", "grant-role", "root", "root").code()).isZero();
            assertThat(client.run("auth", "enable").code()).isZero();
            file = Tool.client("etcdctl", etcd, "--user=root:secret").save(directory.resolve("backup.db"));
        }
        DrillResult result = RestoreDrill.with(Testbed.program("etcd")).run(file, LIMIT);

        assertThat(result.problems()).as(result.toString()).isEmpty();
        assertThat(result.found().keys()).isPositive();
    }

    /** The script that runs on machines, run here, with the processes of a real etcd. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void otherMachinesAreRestoredByTheScript(int size) throws IOException {
        try (EtcdCluster old = Testbed.etcd(size)) {
            Gateway gateway = new Gateway(old.endpoints().get(0));
            new Histories(gateway, 57).changes(100);
            JsonNode keys = gateway.all(0).path("kvs");
            Tool client = Tool.client("etcdctl", old);
            List<NewMember> members = members(client);
            Path file = client.save(directory.resolve("it's a backup.db"));
            List<MemberHost> hosts = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                old.kill(i);
                hosts.add(scripted(old, i, members, file));
            }
            try {
                for (int round = 0; round < 2; round++) {
                    NewCluster cluster = NewCluster.of(members);
                    RestoreRequest request = RestoreRequest.of(SnapshotRestore.of(file, cluster), hosts)
                            .replacingRunningMembers();
                    RestoreReport report = RestorePlan.plan(request, LIMIT).restore(LIMIT);

                    assertThat(report.complete()).as(report.toString()).isTrue();
                    assertThat(gateway.all(0).path("kvs")).isEqualTo(keys);
                    assertThat(RestorePlan.plan(request, LIMIT).restore(LIMIT).complete())
                            .isTrue();
                    for (int i = 0; i < size; i++) {
                        assertThat(machine(i)
                                        .resolve("before-" + cluster.clusterId())
                                        .toFile()
                                        .exists())
                                .isEqualTo(round == 1);
                    }
                    gateway.put("lost", "1");
                }
            } finally {
                hosts.forEach(host -> host.stop(LIMIT));
            }
        }
    }

    private Path machine(int number) {
        return directory.resolve("data of " + number);
    }

    /** A machine with its own etcd, at the addresses of a member of the testbed's. */
    private MemberHost scripted(EtcdCluster old, int number, List<NewMember> members, Path file) throws IOException {
        Path etcd = Testbed.program("etcd");
        Path data = machine(number);
        Path pid = directory.resolve("pid-" + number);
        URI url = old.endpoints().get(number);
        NewMember member = members.stream()
                .filter(one -> one.name().equals(old.name(number)))
                .findFirst()
                .orElseThrow();
        String start = String.join(
                " ",
                etcd.toString(),
                "--name=" + member.name(),
                "'--data-dir=" + data + "'",
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                "--listen-peer-urls=" + member.peerUrls().get(0),
                "--initial-advertise-peer-urls=" + member.peerUrls().get(0),
                "--initial-cluster=" + member,
                ">" + directory.resolve("log-" + number) + " 2>&1 & echo $! >" + pid);
        RemoteMachine machine = new RemoteMachine(
                data.toString(),
                "cp \"" + file + "\" \"$backup\"",
                HexFormat.of().formatHex(sha256(Files.readAllBytes(file))),
                start,
                "kill $(cat " + pid + "); while kill -0 $(cat " + pid + ") 2>/dev/null; do sleep 0.1; done",
                "kill -0 $(cat " + pid + ")",
                "curl --silent --fail " + url + "/health",
                etcd.toString(),
                Testbed.program("etcdutl").toString());
        return RemoteHost.of(member.name(), machine, RestorePlanIT::bash);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static RemoteShell.Result bash(String script, Duration limit) {
        try {
            Path text = Files.createTempFile("member", ".sh");
            Path error = Files.createTempFile("member", ".err");
            Files.writeString(text, script);
            Process process = new ProcessBuilder("bash", text.toString())
                    .redirectError(error.toFile())
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int code = process.waitFor();
            RemoteShell.Result result = new RemoteShell.Result(code, output, Files.readString(error));
            Files.delete(text);
            Files.delete(error);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void theScriptIsSoundForShellcheck() throws IOException {
        try (InputStream in = RemoteHost.class.getResourceAsStream("member.sh")) {
            Path script = Files.write(directory.resolve("member.sh"), in.readAllBytes());
            // settings stand above the script when it runs
            Tool.Outcome outcome =
                    Tool.onPath("shellcheck").run("--shell=bash", "--exclude=SC2154", "--format=gcc", script);
            assertThat(outcome.text()).isEmpty();
            assertThat(outcome.code()).isZero();
        }
    }

    private static List<MemberHost> hosts(EtcdCluster etcd) {
        return TestbedMember.hosts(etcd);
    }

    private static List<NewMember> members(Tool client) {
        List<NewMember> members = new ArrayList<>();
        for (JsonNode member : client.run("member", "list", "-w", "json").json().path("members")) {
            members.add(NewMember.of(
                    member.path("name").asText(), member.path("peerURLs").get(0).asText()));
        }
        return members;
    }

    private static ApiServerFence fence(List<String> calls) {
        return new ApiServerFence() {
            @Override
            public String subject() {
                return "two API servers";
            }

            @Override
            public void raise(Duration limit) {
                calls.add("raise");
            }

            @Override
            public void lower(Duration limit) {
                calls.add("lower");
            }
        };
    }
}
