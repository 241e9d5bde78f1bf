package io.k8saws.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.ConflictException;
import io.k8saws.internal.seam.CallerIdentity;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.state.Lease;
import io.k8saws.internal.state.Standing;
import io.k8saws.internal.state.StateStore;
import io.k8saws.pki.KeyRing;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Of two writers one wins, and the other has changed nothing")
class StateStoreIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String LOCK = "state/lock.json";

    private final AwsEndpoint endpoint;
    private final GuardedClients clients;
    private final String account;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();
    private final ClusterSpec spec = ClusterSpec.builder()
            .name("payments")
            .region("eu-west-1")
            .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
            .build();

    StateStoreIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.clients = GuardedClients.open(
                access().build(), ResiliencePolicy.defaults().forEmulator(), Sleeper.system());
        this.account = CallerIdentity.ask(clients).account();
    }

    @AfterEach
    void close() {
        clients.close();
    }

    private AwsAccess.Builder access() {
        return AwsAccess.builder()
                .region(endpoint.region())
                .endpoint(endpoint.uri())
                .credentials(endpoint.credentials());
    }

    private StateStore store(Duration lease) {
        return store(clients, lease);
    }

    private StateStore store(GuardedClients aws, Duration lease) {
        return new StateStore(aws, bucket, account, endpoint.region(), Clock.systemUTC(), lease);
    }

    private static Lease acquire(StateStore store) {
        return store.acquire(store.standing());
    }

    private static void eventually(BooleanSupplier comesAbout) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!comesAbout.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it comes about in 30 s").isLessThan(deadline);
            Sleeper.system().sleep(Duration.ofMillis(50), "Poll");
        }
    }

    private static boolean conflicts(Runnable action) {
        try {
            action.run();
            return false;
        } catch (ConflictException e) {
            return true;
        }
    }

    private String read(String key) {
        return clients.s3()
                .getObjectAsBytes(request -> request.bucket(bucket).key(key))
                .asUtf8String();
    }

    private void write(String key, String text) {
        clients.s3().putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(text));
    }

    @Test
    void theFirstLockMakesTheBucket_andAReleaseFreesIt() {
        StateStore store = store(LONG);
        assertThat(store.read()).isEmpty();
        assertThat(store.lock()).isEmpty();
        assertThat(store.history(5)).isEmpty();

        try (Lease lease = acquire(store)) {
            assertThat(lease.lock().fence()).isEqualTo(1);
            assertThat(store.lock()).contains(lease.lock());
        }

        assertThat(store.lock().orElseThrow().held()).isFalse();
        try (Lease next = acquire(store)) {
            assertThat(next.lock().fence()).isEqualTo(2);
        }
    }

    @Test
    void aSecondWriterIsRefused_andToldWhoHoldsTheLock() {
        try (Lease lease = acquire(store(LONG))) {
            String before = read(LOCK);

            assertThatThrownBy(() -> acquire(store(LONG)))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(lease.lock().holder())
                    .hasMessageContaining("bucket=" + bucket);
            assertThat(read(LOCK)).isEqualTo(before);
            lease.requireHeld();
        }
    }

    @Test
    void theLockOfAnEndedProcessOfThisHostIsTakenOver_butNotOfAnotherHost() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        String mine;
        try (Lease lease = acquire(store(LONG))) {
            mine = read(LOCK);
            assertThat(mine).contains("\"process\" : " + lease.lock().process());
        }
        String ofEnded = mine.replaceAll("\"process\" : \\d+", "\"process\" : " + ended.pid());
        write(LOCK, ofEnded.replaceAll("\"host\" : \"", "\"host\" : \"not-"));
        assertThatThrownBy(() -> acquire(store(LONG))).isInstanceOf(ConflictException.class);

        write(LOCK, ofEnded);
        try (Lease lease = acquire(store(LONG))) {
            assertThat(lease.lock().fence()).isEqualTo(2);
        }
    }

    @Test
    void aLeaseRunsOutByS3sClock() {
        acquire(store(LONG)).close();
        write(
                LOCK,
                "{\"format\":\"k8saws-lock/1\",\"fence\":7,\"holder\":\"gone\",\"process\":1,\"host\":\"gone\",\"leaseMillis\":1500}");
        assertThatThrownBy(() -> acquire(store(LONG)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("gone works on the cluster");

        eventually(() -> !conflicts(() -> acquire(store(LONG)).close()));

        assertThat(store(LONG).lock().orElseThrow().fence()).isEqualTo(8);
    }

    @Test
    void whoLostTheLockMayGoNoFurther_andLeavesItToTheOther() {
        Lease first = acquire(store(Duration.ofMillis(600)));
        assertThat(store(LONG).breakLock()).contains(first.lock());
        assertThat(store(LONG).breakLock()).isEmpty();
        try (Lease second = acquire(store(LONG))) {
            eventually(() -> conflicts(first::requireHeld));
            assertThatThrownBy(() -> first.begin(0, "plan", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()))
                    .isInstanceOf(ConflictException.class);
            first.close();

            assertThat(store(LONG).lock()).contains(second.lock());
            assertThat(store(LONG).read()).isEmpty();
        }
    }

    @Test
    void aHeldLockIsRenewed() {
        try (Lease lease = acquire(store(Duration.ofMillis(900)))) {
            var tag = clients.s3()
                    .getObjectAsBytes(request -> request.bucket(bucket).key(LOCK))
                    .response()
                    .lastModified();
            eventually(() -> clients.s3()
                    .getObjectAsBytes(request -> request.bucket(bucket).key(LOCK))
                    .response()
                    .lastModified()
                    .isAfter(tag));
            lease.requireHeld();
        }
    }

    @Test
    void anInterruptDoesNotKeepTheLock() {
        StateStore store = store(LONG);
        Lease lease = acquire(store);
        ClusterState begun = lease.begin(0, "plan", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of());

        Thread.currentThread().interrupt();
        lease.end(begun, false, Set.of());
        lease.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.lock().orElseThrow().held()).isFalse();
        assertThat(store.read().orElseThrow().status()).isEqualTo(ClusterState.Status.FAILED);
    }

    @Test
    void anApplyIsBegunAndEnded() {
        StateStore store = store(LONG);
        try (Lease lease = acquire(store)) {
            ClusterState begun = lease.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of());
            assertThat(store.read()).contains(begun);
            assertThat(begun.serial()).isEqualTo(1);
            assertThat(begun.status()).isEqualTo(ClusterState.Status.APPLYING);
            assertThat(begun.applied()).isEmpty();

            lease.end(begun, true, Set.of());
            ClusterState ended = store.read().orElseThrow();
            assertThat(ended.status()).isEqualTo(ClusterState.Status.APPLIED);
            assertThat(ended.applied()).contains(spec);
            assertThat(store.history(5)).containsExactly(ended);
            assertThat(store.previous()).isEmpty();
        }
    }

    @Test
    void anApplyThatFailedKeepsWhatWasAppliedBefore() {
        StateStore store = store(LONG);
        ClusterSpec other = spec.toBuilder().putTag("team", "pay").build();
        try (Lease lease = acquire(store)) {
            lease.end(lease.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()), true, Set.of());
            lease.end(
                    lease.begin(1, "two", Optional.of(other), Pins.none(), KeyRing.first(), Set.of()), false, Set.of());
        }

        ClusterState state = store.read().orElseThrow();
        assertThat(state.status()).isEqualTo(ClusterState.Status.FAILED);
        assertThat(state.lastWanted()).contains(other);
        assertThat(state.applied()).contains(spec);
        assertThat(store.previous().orElseThrow().planId()).isEqualTo("one");
        assertThat(store.history(5)).extracting(ClusterState::serial).containsExactly(2L, 1L);
        assertThat(store.history(1)).extracting(ClusterState::planId).containsExactly("two");
    }

    @Test
    void aPlanOnAnOldStateIsRefused_andTheSamePlanGoesOn() {
        StateStore store = store(LONG);
        try (Lease lease = acquire(store)) {
            ClusterState one = lease.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of());

            assertThatThrownBy(() -> lease.begin(0, "two", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("#0")
                    .hasMessageContaining("plan one");
            assertThat(store.read()).contains(one);
            assertThat(lease.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of())
                            .serial())
                    .isEqualTo(1);
        }
    }

    @Test
    void aFormerHoldersEndIsRefused() {
        StateStore first = store(LONG);
        try (Lease stalled = acquire(first)) {
            ClusterState begun = stalled.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of());
            store(LONG).breakLock();
            try (Lease lease = acquire(store(LONG))) {
                ClusterState theirs = lease.begin(1, "two", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of());

                assertThatThrownBy(() -> stalled.end(begun, true, Set.of())).isInstanceOf(ConflictException.class);
                assertThat(first.read()).contains(theirs);
            }
        }
    }

    @Test
    void aWriteWhoseAnswerWasLostIsKnownAsOurs() {
        AtomicInteger cut = new AtomicInteger();
        Faults faults = Faults.none()
                .when(
                        call -> call.operation().equals("PutObject")
                                && (cut.compareAndSet(0, call.number()) || cut.get() == call.number()),
                        some -> some.cutAfterServed(1));
        acquire(store(LONG)).close(); // makes the bucket
        try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                GuardedClients faulty = GuardedClients.open(
                        access().httpClient(http).build(),
                        ResiliencePolicy.defaults().forEmulator(),
                        Sleeper.system());
                Lease lease = acquire(store(faulty, LONG))) {
            assertThat(cut.get()).as("a write was cut").isPositive();
            assertThat(lease.lock().fence()).isEqualTo(2);
            assertThat(store(LONG).lock()).contains(lease.lock());
        }
    }

    @Test
    void aBucketThatSomebodyElseIsMakingIsAConflict() {
        Faults busy = Faults.none()
                .when(
                        call -> call.operation().equals("CreateBucket"),
                        some -> some.refuse("OperationAborted", 409, "A conflicting operation is in progress"));
        try (FaultyHttpClient http = FaultyHttpClient.create(busy);
                GuardedClients racing = GuardedClients.open(
                        access().httpClient(http).build(),
                        ResiliencePolicy.defaults().forEmulator(),
                        Sleeper.system())) {
            assertThatThrownBy(() -> acquire(store(racing, LONG)))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("bucket=" + bucket);
        }
    }

    @Test
    void ofManyAtOnceOneWins() {
        acquire(store(LONG)).close();
        List<Boolean> won = java.util.stream.IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> {
                    try {
                        acquire(store(LONG));
                        return true;
                    } catch (ConflictException e) {
                        return false;
                    }
                })
                .toList();

        assertThat(won).containsOnlyOnce(true);
    }

    @Test
    void whoHeldTheLockSinceWeLooked_isNoticed() {
        StateStore store = store(LONG);
        acquire(store).close();
        Standing before = store.standing();
        acquire(store).close();

        assertThatThrownBy(() -> store.acquire(before))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("somebody else wrote it");
        assertThat(store.lock().orElseThrow().held()).isFalse();
    }

    /** Else somebody who looked before a renewal could take the lock over after it. */
    @Test
    void aRenewalChangesTheObjectAndItsTag() {
        try (Lease lease = acquire(store(LONG))) {
            String before = tag(LOCK);
            lease.renewForTheLastTime();
            assertThat(tag(LOCK)).isNotEqualTo(before);
        }
    }

    private String tag(String key) {
        return clients.s3()
                .headObject(request -> request.bucket(bucket).key(key))
                .eTag();
    }

    @Test
    void aLeaseThatRanOutStaysLost_alsoWhenARenewalSucceedsLater() {
        AtomicBoolean down = new AtomicBoolean();
        Faults faults = Faults.none()
                .when(call -> call.operation().equals("PutObject") && down.get(), some -> some.cutBeforeSent(1));
        acquire(store(LONG)).close(); // makes the bucket
        try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                GuardedClients cut = GuardedClients.open(
                        access().httpClient(http).build(),
                        ResiliencePolicy.defaults().forEmulator(),
                        Sleeper.system())) {
            Lease lease = acquire(store(cut, Duration.ofMillis(900)));
            down.set(true);
            eventually(() -> conflicts(lease::requireHeld));
            String before = tag(LOCK);
            down.set(false);
            eventually(() -> !tag(LOCK).equals(before));

            assertThatThrownBy(lease::requireHeld).isInstanceOf(ConflictException.class);
            assertThatThrownBy(lease::renewForTheLastTime).isInstanceOf(ConflictException.class);
            lease.close();
        }
    }

    @Test
    void aPlanThatIsAppliedOnceMoreGetsANumberOfItsOwn() {
        StateStore store = store(LONG);
        try (Lease lease = acquire(store)) {
            lease.end(lease.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()), true, Set.of());
            lease.end(lease.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()), true, Set.of());
        }
        assertThat(store.history(5)).extracting(ClusterState::serial).containsExactly(2L, 1L);
    }

    @Test
    void aConditionalWriteThatS3CouldNotJudgeIsSentAgain() {
        acquire(store(LONG)).close();
        AtomicInteger refused = new AtomicInteger();
        Faults busy = Faults.none()
                .when(
                        call -> call.operation().equals("PutObject") && refused.getAndIncrement() == 0,
                        some -> some.refuse("ConditionalRequestConflict", 409, "Send it again"));
        try (FaultyHttpClient http = FaultyHttpClient.create(busy);
                GuardedClients racing = GuardedClients.open(
                        access().httpClient(http).build(),
                        ResiliencePolicy.defaults().forEmulator(),
                        Sleeper.system());
                Lease lease = acquire(store(racing, LONG))) {
            assertThat(refused.get()).isEqualTo(2);
            lease.requireHeld();
        }
    }

    @Test
    void anApplyThatWasCutOffIsInTheHistory() {
        StateStore store = store(LONG);
        try (Lease lease = acquire(store)) {
            lease.end(lease.begin(0, "one", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()), true, Set.of());
            lease.begin(1, "two", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of());
        } // died here
        assertThat(store.history(5)).extracting(ClusterState::planId).containsExactly("one");

        try (Lease lease = acquire(store)) {
            lease.end(
                    lease.begin(2, "three", Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()), true, Set.of());
        }

        assertThat(store.history(5))
                .extracting(state -> state.serial() + " " + state.planId() + " " + state.status())
                .containsExactly("3 three APPLIED", "2 two APPLYING", "1 one APPLIED");
        assertThat(store.history(2)).hasSize(2);
    }

    @Test
    void aLostLockObjectDoesNotBringOldNumbersBack() {
        StateStore store = store(LONG);
        for (int serial = 0; serial < 3; serial++) {
            try (Lease lease = acquire(store)) {
                lease.end(
                        lease.begin(
                                serial, "plan " + serial, Optional.of(spec), Pins.none(), KeyRing.first(), Set.of()),
                        true,
                        Set.of());
            }
        }
        clients.s3().deleteObject(request -> request.bucket(bucket).key(LOCK));

        try (Lease lease = acquire(store)) {
            assertThat(lease.lock().fence()).isEqualTo(4);
        }
    }

    @Test
    void afterTheLastRenewal_theLockStaysAsItIs() {
        StateStore store = store(Duration.ofMillis(300));
        Lease lease = acquire(store);
        lease.renewForTheLastTime();
        eventually(() -> conflicts(lease::requireHeld));
        eventually(() -> !conflicts(() -> store.requireFree(store.standing()))); // S3 counts in whole seconds

        try (Lease next = acquire(store(LONG))) {
            lease.close();
            assertThat(store.lock()).contains(next.lock());
        }
    }
}
