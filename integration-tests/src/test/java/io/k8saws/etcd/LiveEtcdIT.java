package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k8saws.error.EtcdAccessDeniedException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.QuorumLostException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.backup.SnapshotOrigin;
import io.k8saws.etcd.backup.SnapshotSink;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.QuorumView;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.EtcdTls;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers of three versions, well and ill. */
class LiveEtcdIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    static Etcd connect(EtcdCluster cluster) {
        return Etcd.builder()
                .endpoints(cluster.endpoints().stream().map(URI::toString).toList())
                .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(15))
                .zones(member -> "zone-" + member.name().replace("etcd-", ""))
                .build();
    }

    private static EtcdCluster start(EtcdVersion version, int members) {
        return version.start(members);
    }

    static SnapshotSink to(FileChannel file) {
        return bytes -> {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        };
    }

    static SnapshotOrigin save(Etcd etcd, MemberChoice choice, Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            return etcd.snapshotSource(choice).stream(to(channel), LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void healthWithMembersThatAreAway(EtcdVersion version) {
        try (EtcdCluster cluster = start(version, 3);
                Etcd etcd = connect(cluster)) {
            EtcdHealth well = etcd.health();
            assertThat(well.isWell()).as(well.toString()).isTrue();
            assertThat(well.quorum()).isEqualTo(new QuorumView(3, 3));
            assertThat(well.zones().orElseThrow().survivesAnyZone()).isTrue();
            assertThat(well.versions()).hasSize(1);
            assertThat(well.members()).allSatisfy(one -> {
                assertThat(one.state().orElseThrow().dbSize()).isPositive();
                // those before 3.6 do not tell their quota
                assertThat(one.state().orElseThrow().quota().isPresent()).isEqualTo(version == EtcdVersion.NEWER);
            });
            etcd.requireQuorum();

            int leader = number(well.leader().orElseThrow());
            int other = (leader + 1) % 3;
            cluster.kill(leader);
            cluster.waitUntilHealthy(LIMIT);
            EtcdMetrics.await("another leads", () -> etcd.health().leader().isPresent());
            EtcdHealth one = etcd.health();
            assertThat(one.quorum()).isEqualTo(new QuorumView(3, 2));
            assertThat(one.member("etcd-" + leader).orElseThrow().trouble()).contains("Connection refused");
            etcd.requireQuorum();

            cluster.freeze(other);
            EtcdMetrics.await("it is seen", () -> !etcd.health().quorum().holds());
            EtcdHealth two = etcd.health();
            assertThat(two.member("etcd-" + other).orElseThrow().trouble())
                    .isEqualTo("the member gave no answer in time");
            assertThat(two.members()).hasSize(3);
            QuorumLostException lost = catchThrowableOfType(QuorumLostException.class, etcd::requireQuorum);
            assertThat(lost.voters()).isEqualTo(3);
            assertThat(lost.missing()).anyMatch(line -> line.contains("etcd-" + other + ": the member gave no answer"));

            cluster.thaw(other);
            cluster.restart(leader);
            cluster.waitUntilHealthy(LIMIT);
            EtcdMetrics.await("all are back", () -> etcd.health().isWell());
        }
    }

    private static int number(MemberHealth member) {
        return Integer.parseInt(member.member().name().replace("etcd-", ""));
    }

    /** The snapshot is what etcdctl would have saved: each level holds, and the hash is that of all members. */
    @ParameterizedTest
    @EnumSource
    void aSnapshotIsTheData(EtcdVersion version) {
        try (EtcdCluster cluster = start(version, 3);
                Etcd etcd = connect(cluster)) {
            Gateway gateway = new Gateway(cluster.endpoints().get(0));
            new Histories(gateway, 8).changes(300).compactAtADeletion();
            new Histories(gateway, 9).changes(200);
            long revision = etcd.revision();
            EtcdMetrics.await("all have come as far", () -> etcd.health().members().stream()
                    .allMatch(one -> one.state().orElseThrow().revision() == revision));

            Path ours = directory.resolve("ours.db");
            SnapshotOrigin origin = save(etcd, MemberChoice.leastMissed(), ours);
            EtcdHealth health = etcd.health();
            assertThat(origin.member())
                    .isNotEqualTo(health.leader().orElseThrow().member().name());
            assertThat(origin.clusterId()).isEqualTo(health.clusterId());
            assertThat(ours).hasSize(origin.bytes());
            List<MemberHash> hashes = etcd.hashKv(revision);
            try (SnapshotFile snapshot = SnapshotFile.open(ours)) {
                snapshot.verify().requireHolds(Level.L2);
                HashKv hash = snapshot.hashKv(revision);
                assertThat(hashes)
                        .hasSize(3)
                        .allMatch(one -> one.hash().orElseThrow().equals(hash));
            }
            for (MemberHealth member : health.members()) {
                assertThat(save(
                                        etcd,
                                        MemberChoice.named(member.member().name()),
                                        directory.resolve(member.member().name()))
                                .memberId())
                        .isEqualTo(member.member().id());
            }
            assertThatThrownBy(() -> etcd.snapshotSource(MemberChoice.named("etcd-9")).stream(bytes -> {}, LIMIT))
                    .hasMessageContaining("there is none; known are etcd-0; etcd-1; etcd-2");
        }
    }

    /** What stops a snapshot. */
    enum Stop {
        SINK_FAILS(K8sAwsException.class),
        INTERRUPT(OperationCancelledException.class),
        LIMIT(WaitTimeoutException.class);

        private final Class<? extends K8sAwsException> failure;

        Stop(Class<? extends K8sAwsException> failure) {
            this.failure = failure;
        }
    }

    /** In one answer, as a member sends it unasked, this would be more than one message may have. */
    @ParameterizedTest
    @EnumSource(names = {"OLDER", "NEWER"})
    void aWatchThatCatchesUpTakesLargeAnswersInParts(EtcdVersion version) {
        try (EtcdCluster cluster = start(version, 1);
                Etcd etcd = connect(cluster)) {
            Gateway gateway = new Gateway(cluster.endpoints().get(0));
            long first = etcd.revision() + 1;
            byte[] value = new byte[1_000_000];
            for (int i = 0; i < 300; i++) {
                gateway.put("/large/" + i, value, 0);
            }
            List<Long> told = new ArrayList<>();

            etcd.watch("", first, LIMIT, events -> {
                told.add(events.revision());
                return told.size() < 300;
            });

            assertThat(told)
                    .isEqualTo(LongStream.range(first, first + 300).boxed().toList());
        }
    }

    /** Not one byte reaches the sink afterwards, and the server ends its transaction: on both versions, and whatever the reason. */
    @ParameterizedTest
    @EnumSource(names = {"OLDER", "NEWER"})
    void aStopIsAtOnce(EtcdVersion version) throws Exception {
        try (EtcdCluster cluster = start(version, 1);
                Etcd etcd = connect(cluster)) {
            byte[] value = new byte[1_000_000];
            Gateway gateway = new Gateway(cluster.endpoints().get(0));
            for (int i = 0; i < 60; i++) {
                gateway.put("/large/" + i, value, 0);
            }
            EtcdMetrics metrics = new EtcdMetrics(cluster, 0);
            // a reading of its own may catch the server at work; the fewest of some is what is open at rest
            double transactions = DoubleStream.generate(() -> metrics.readTransactions(gateway))
                    .limit(5)
                    .min()
                    .orElseThrow();
            for (Stop stop : Stop.values()) {
                assertThat(metrics.snapshotsUnderWay()).isZero();
                AtomicLong seen = new AtomicLong();
                CountDownLatch begun = new CountDownLatch(1);
                CountDownLatch goOn = new CountDownLatch(1);
                CompletableFuture<Throwable> ended = new CompletableFuture<>();
                Thread thread = new Thread(() -> {
                    try {
                        etcd.snapshotSource().stream(
                                bytes -> {
                                    seen.addAndGet(bytes.remaining());
                                    if (seen.get() > 1_000_000) {
                                        begun.countDown();
                                        await(goOn);
                                        if (stop == Stop.SINK_FAILS) {
                                            throw new IOException("No space left on device");
                                        }
                                    }
                                },
                                stop == Stop.LIMIT ? Duration.ofSeconds(2) : LIMIT);
                        ended.complete(new AssertionError("it came to its end"));
                    } catch (K8sAwsException e) {
                        ended.complete(e);
                    }
                });
                thread.start();
                begun.await();
                long atStop = seen.get();
                // the server sends, and waits for us: its transaction keeps pages from being used again
                EtcdMetrics.await("the server reads", () -> metrics.readTransactions(gateway) > transactions);
                assertThat(metrics.snapshotsUnderWay()).isEqualTo(1);
                if (stop == Stop.LIMIT) {
                    LockSupport.parkNanos(Duration.ofMillis(2100).toNanos());
                }
                if (stop == Stop.INTERRUPT) {
                    thread.interrupt();
                }
                goOn.countDown();
                assertThat(ended.get()).isInstanceOf(stop.failure);
                thread.join();
                EtcdMetrics.await("the server ends it", () -> metrics.snapshotsUnderWay() == 0);
                EtcdMetrics.await("the server reads no more", () -> metrics.readTransactions(gateway) <= transactions);
                assertThat(seen).hasValue(atStop);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aSinkThatFailsIsTheCause() {
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = connect(cluster)) {
            IOException full = new IOException("No space left on device");
            K8sAwsException failure = catchThrowableOfType(
                    K8sAwsException.class,
                    () -> etcd.snapshotSource().stream(
                            bytes -> {
                                throw full;
                            },
                            LIMIT));
            assertThat(failure).hasCause(full).hasMessageContaining("No space left on device");
        }
    }

    @Test
    void keysAreReadAtOneRevisionInPages() {
        try (EtcdCluster cluster = Testbed.etcd(3);
                Etcd etcd = connect(cluster)) {
            Gateway gateway = new Gateway(cluster.endpoints().get(0));
            new Histories(gateway, 10).manyKeys(3000);
            gateway.put("/registry/configmaps/z", new byte[1_400_000], 0);
            gateway.put("/registry/configmapz", "behind");
            long revision = etcd.revision();
            gateway.put("/registry/configmaps/later", "1");
            gateway.delete("/registry/configmaps/many/map-000007");

            try (Stream<StoredKey> keys = etcd.keys("/registry/configmaps/", revision)) {
                List<String> names = new ArrayList<>();
                keys.forEach(key -> names.add(key.keyText()));
                assertThat(names).hasSize(3001).isSorted().contains("/registry/configmaps/many/map-000007");
            }
            assertThat(etcd.keys("/registry/configmaps/")).hasSize(3001);
            assertThat(etcd.keys("")).hasSize(3002);
            gateway.compact(etcd.revision());
            EtcdCallException compacted = catchThrowableOfType(
                    EtcdCallException.class, () -> etcd.keys("/", revision).count());
            assertThat(compacted.reason()).isEqualTo(Reason.COMPACTED);
        }
    }

    /** No revision is left out, whatever happens to the member that tells; each is told whole. */
    @ParameterizedTest
    @EnumSource(names = {"OLDER", "NEWER"})
    void changesAreToldWithoutAGap(EtcdVersion version) {
        try (EtcdCluster cluster = start(version, 3);
                Etcd etcd = connect(cluster)) {
            Gateway gateway = new Gateway(cluster.endpoints().get(0));
            long first = etcd.revision() + 1;
            new Histories(gateway, 12).manyKeys(500).changes(300);
            gateway.delete("/registry/configmaps/many/map-000001");
            List<KeyEvents> told = new ArrayList<>();
            etcd.watch("", first, LIMIT, events -> {
                told.add(events);
                return told.size() < 40;
            });
            assertThat(told).hasSize(40);
            assertThat(told.get(0).events()).hasSize(100).noneMatch(KeyEvents.KeyEvent::deleted);

            // each member is killed once; whoever watches begins again behind what it has seen
            long last = etcd.revision();
            for (int i = 0; i < 3; i++) {
                int member = i;
                boolean[] killed = new boolean[1];
                try {
                    etcd.watch("", told.get(told.size() - 1).revision() + 1, Duration.ofSeconds(4), events -> {
                        told.add(events);
                        if (!killed[0]) {
                            killed[0] = true;
                            cluster.kill(member);
                        }
                        return events.revision() < last;
                    });
                } catch (EtcdCallException e) {
                    assertThat(e.retryable()).as(e.getMessage()).isTrue();
                }
                if (killed[0]) {
                    cluster.restart(member);
                    cluster.waitUntilHealthy(LIMIT);
                }
                new Histories(new Gateway(cluster.endpoints().get(0)), 20 + i).changes(50);
            }
            long end = etcd.revision();
            while (told.get(told.size() - 1).revision() < end) {
                etcd.watch("", told.get(told.size() - 1).revision() + 1, LIMIT, events -> {
                    told.add(events);
                    return events.revision() < end;
                });
            }
            for (int i = 0; i < told.size(); i++) {
                assertThat(told.get(i).revision()).isEqualTo(first + i);
            }
            assertThat(told.stream().flatMap(events -> events.events().stream()).filter(KeyEvents.KeyEvent::deleted))
                    .isNotEmpty();

            // nothing happens: the limit ends it
            etcd.watch("", end + 1, Duration.ofSeconds(5), events -> true);
            gateway.compact(end);
            EtcdCallException compacted =
                    catchThrowableOfType(EtcdCallException.class, () -> etcd.watch("", first, LIMIT, events -> true));
            assertThat(compacted.reason()).isEqualTo(Reason.COMPACTED);
        }
    }

    /** A member that is frozen says nothing: that is not taken for peace. */
    @Test
    void aSilentMemberEndsAWatch() {
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = connect(cluster)) {
            long next = etcd.revision() + 1;
            new Gateway(cluster.endpoints().get(0)).put("/a", "1");
            EtcdCallException silent = catchThrowableOfType(
                    EtcdCallException.class,
                    () -> etcd.watch("", next, LIMIT, events -> {
                        cluster.freeze(0);
                        return true;
                    }));
            assertThat(silent.reason()).isEqualTo(Reason.NO_ANSWER);
            cluster.thaw(0);
        }
    }

    @Test
    void leasesAndChangesThatMindOthers() {
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = connect(cluster)) {
            long lease = etcd.grantLease(Duration.ofSeconds(60));
            assertThat(etcd.putIfUnchanged("/lock", 0, new byte[] {1}, lease)).isPresent();
            assertThat(etcd.putIfUnchanged("/lock", 0, new byte[] {2}, 0)).isEmpty();
            StoredKey held = etcd.key("/lock").orElseThrow();
            assertThat(held.lease()).isEqualTo(lease);
            assertThat(etcd.keepAlive(lease)).isPositive();
            assertThat(etcd.putIfUnchanged("/lock", held.modRevision(), new byte[] {3}, lease))
                    .isPresent();
            etcd.revokeLease(lease);
            assertThat(etcd.key("/lock")).isEmpty();
            assertThat(etcd.keepAlive(lease)).isZero();
            EtcdCallException gone = catchThrowableOfType(EtcdCallException.class, () -> etcd.revokeLease(lease));
            assertThat(gone.reason()).isEqualTo(Reason.NO_LEASE);
        }
    }

    @Test
    void tlsAndWhatGoesWrongWithIt() throws Exception {
        try (EtcdCluster cluster = Testbed.etcdWithTls(3)) {
            EtcdTls files = cluster.tls().orElseThrow();
            List<String> endpoints =
                    cluster.endpoints().stream().map(URI::toString).toList();
            ClientTls right = ClientTls.files(files.authority(), files.certificate(), files.key());
            try (Etcd etcd = Etcd.builder().endpoints(endpoints).tls(right).build()) {
                assertThat(etcd.health().isWell()).isTrue();
                assertThat(etcd.revision()).isEqualTo(1);
                assertThat(etcd.toString())
                        .contains("https://", files.certificate().toString())
                        .doesNotContain(files.key().toString());
            }
            assertReason(Reason.CERTIFICATE, Etcd.at(endpoints.get(0)));
            assertReason(
                    Reason.CERTIFICATE,
                    Etcd.builder()
                            .endpoints(endpoints)
                            .tls(ClientTls.files(files.authority()))
                            .build());
            assertReason(
                    Reason.CERTIFICATE,
                    Etcd.builder()
                            .endpoints(endpoints)
                            .tls(right)
                            .serverName("other.example")
                            .build());
            assertReason(Reason.NOT_ETCD, Etcd.at(endpoints.get(0).replace("https", "http")));

            // a certificate that is renewed while we run: the same Etcd goes on with the new files
            Path authority = Files.copy(files.authority(), directory.resolve("ca.crt"));
            Path certificate = directory.resolve("client.crt");
            Path key = directory.resolve("client.key");
            try (EtcdCluster stranger = Testbed.etcdWithTls(1)) {
                Files.copy(stranger.tls().orElseThrow().certificate(), certificate);
                Files.copy(stranger.tls().orElseThrow().key(), key);
            }
            try (Etcd etcd = Etcd.builder()
                    .endpoints(endpoints)
                    .tls(ClientTls.files(authority, certificate, key))
                    .build()) {
                assertThat(catchThrowableOfType(EtcdCallException.class, etcd::revision)
                                .reason())
                        .isEqualTo(Reason.CERTIFICATE);
                Files.delete(certificate);
                Files.delete(key);
                Files.copy(files.certificate(), certificate);
                Files.copy(files.key(), key);
                assertThat(etcd.revision()).isEqualTo(1);
            }
        }
    }

    /** Nobody listens at the members' addresses; whoever answers in the tunnel must be the member all the same. */
    @Test
    void throughATunnelTheCertificateIsThatOfTheMember() {
        try (EtcdCluster cluster = Testbed.etcdWithTls(1)) {
            EtcdTls files = cluster.tls().orElseThrow();
            String through = cluster.endpoints().get(0).toString();
            Supplier<EtcdBuilder> builder =
                    () -> Etcd.builder().tls(ClientTls.files(files.authority(), files.certificate(), files.key()));
            try (Etcd etcd = builder.get()
                    .endpoint("https://127.0.0.1:1")
                    .tunnel("https://127.0.0.1:1", through)
                    .build()) {
                assertThat(etcd.revision()).isEqualTo(1);
                assertThat(etcd.health().isWell()).isTrue();
            }
            try (DeadTunnel away = new DeadTunnel();
                    Etcd etcd = builder.get()
                            .endpoints(List.of("https://127.0.0.1:1", "https://127.0.0.1:2"))
                            .tunnel("https://127.0.0.1:1", away.url())
                            .tunnel("https://127.0.0.1:2", through)
                            .build()) {
                for (int i = 0; i < 4; i++) {
                    assertThat(etcd.revision())
                            .as("of the member that is there")
                            .isEqualTo(1);
                }
                assertThat(etcd.health().unreachable())
                        .singleElement()
                        .asString()
                        .contains("https://127.0.0.1:1: the endpoint cannot be reached");
            }
            for (String other : List.of("https://127.0.0.2:2379", "https://other.example:2379")) {
                assertReason(
                        Reason.CERTIFICATE,
                        builder.get().endpoint(other).tunnel(other, through).build());
            }
        }
    }

    private static void assertReason(Reason reason, Etcd etcd) {
        try (etcd) {
            EtcdCallException failure = catchThrowableOfType(EtcdCallException.class, etcd::revision);
            assertThat(failure).as(etcd.toString()).isNotNull();
            assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
            EtcdHealth health = etcd.health();
            assertThat(health.unreachable()).isNotEmpty().allMatch(one -> one.reason() == reason);
            assertThat(health.toString())
                    .startsWith("etcd: no member could be asked\n")
                    .doesNotContain("LOST");
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    etcd::requireQuorum, etcd::members, () -> etcd.snapshotSource().stream(bytes -> {}, LIMIT))) {
                assertThatThrownBy(call)
                        .isInstanceOfSatisfying(EtcdCallException.class, told -> assertThat(told.reason())
                                .isEqualTo(reason))
                        .hasMessageNotContaining("Start the members");
            }
        }
    }

    @Test
    void nobodyIsThere() {
        assertReason(
                Reason.UNREACHABLE,
                Etcd.builder().endpoint("http://127.0.0.1:1").maxAttempts(2).build());
        assertReason(
                Reason.UNREACHABLE,
                Etcd.builder().endpoint("http://nowhere.invalid").maxAttempts(2).build());
    }

    /** Users, their rights, and a token that the server has forgotten. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void usersAndTheirRights(int members) {
        try (EtcdCluster cluster = Testbed.etcd(members)) {
            cluster.etcdctl("user", "add", "root:secret-of-root");
            cluster.etcdctl("user", "grant-role", "root", "root");
            cluster.etcdctl("role", "add", "reader");
            cluster.etcdctl("role", "grant-permission", "reader", "read", "/public/", "--prefix=true");
            cluster.etcdctl("user", "add", "ann:secret-of-ann");
            cluster.etcdctl("user", "grant-role", "ann", "reader");
            cluster.etcdctl("auth", "enable");
            List<String> endpoints =
                    cluster.endpoints().stream().map(URI::toString).toList();
            EtcdBuilder builder = Etcd.builder().endpoints(endpoints);
            try (Etcd root = builder.user("root", "secret-of-root").build();
                    Etcd ann = builder.user("ann", "secret-of-ann").build();
                    Etcd wrong = builder.user("ann", "wrong").build();
                    Etcd nobody = Etcd.builder().endpoints(endpoints).build()) {
                assertThat(root.health().isWell()).isTrue();
                assertDenied("", nobody::health);
                assertDenied("ann", ann::health);
                assertDenied("ann", wrong::health);
                assertThat(root.putIfUnchanged("/public/a", 0, new byte[] {1}, 0))
                        .isPresent();
                assertThat(ann.key("/public/a")).isPresent();
                assertDenied("ann", () -> ann.key("/private/a"));
                assertDenied("ann", () -> ann.putIfUnchanged("/public/a", 0, new byte[] {1}, 0));
                assertDenied("ann", () -> ann.snapshotSource().stream(bytes -> {}, LIMIT));
                assertDenied("ann", () -> wrong.key("/public/a"));
                assertDenied("", () -> nobody.key("/public/a"));
                assertThat(root.snapshotSource().stream(bytes -> {}, LIMIT).bytes())
                        .isPositive();
                ann.requireQuorum();
                assertDenied("ann", wrong::requireQuorum);
                assertDenied("", nobody::requireQuorum);

                // tokens do not outlive a server: the next call asks for another
                for (int i = 0; i < members; i++) {
                    cluster.restart(i);
                }
                cluster.waitUntilHealthy(LIMIT);
                EtcdMetrics.await("a leader is there", () -> root.health().isWell());
                assertThat(root.key("/public/a")).isPresent();
                assertThat(ann.key("/public/a")).isPresent();
                assertThat(root.toString()).contains("user root").doesNotContain("secret");
            }
        }
    }

    private static void assertDenied(String user, ThrowingCallable call) {
        EtcdAccessDeniedException denied = catchThrowableOfType(EtcdAccessDeniedException.class, call);
        assertThat(denied).isNotNull();
        assertThat(denied.user()).isEqualTo(user);
        assertThat(denied.getMessage()).doesNotContain("secret").doesNotContain("wrong");
    }

    /** gRPC's own threads end a second after the last connection. */
    @Test
    void closingLeavesNoThread() {
        try (EtcdCluster cluster = Testbed.etcd(3)) {
            EtcdMetrics.await("earlier ones have ended", () -> threads().isEmpty());
            Etcd etcd = connect(cluster);
            assertThat(etcd.health().isWell()).isTrue();
            assertThat(threads()).isNotEmpty();
            etcd.close();
            EtcdMetrics.await("its threads have ended", () -> threads().isEmpty());
            assertThatThrownBy(etcd::revision).isInstanceOf(OperationCancelledException.class);
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("grpc") || name.contains("netty") || name.contains("etcd"))
                .toList();
    }

    /** A slow sink holds the stream up; what waits for it is bounded, whatever the size of the database. */
    @Test
    void aSlowSinkDoesNotFillTheMemory() {
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = connect(cluster)) {
            byte[] value = new byte[1_000_000];
            Gateway gateway = new Gateway(cluster.endpoints().get(0));
            for (int i = 0; i < 100; i++) {
                gateway.put("/large/" + i, value, 0);
            }
            EtcdMetrics metrics = new EtcdMetrics(cluster, 0);
            double before = metrics.sentToClients();
            AtomicLong seen = new AtomicLong();
            AtomicLong messages = new AtomicLong();
            AtomicLong most = new AtomicLong();
            etcd.snapshotSource().stream(
                    bytes -> {
                        seen.addAndGet(bytes.remaining());
                        if (messages.incrementAndGet() % 100 == 0) {
                            // long enough for all that the server may send ahead
                            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                            most.accumulateAndGet((long) (metrics.sentToClients() - before) - seen.get(), Math::max);
                        }
                    },
                    LIMIT);
            assertThat(most.get()).as("bytes on the way").isLessThan(8 << 20);
        }
    }
}
