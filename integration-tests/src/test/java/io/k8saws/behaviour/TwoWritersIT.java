package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.Cluster;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Change;
import io.k8saws.plan.Plan;
import io.k8saws.plan.StalePlanException;
import io.k8saws.state.Lock;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.CallLog;
import io.k8saws.testkit.fault.RecordedCall;
import io.k8saws.testkit.inventory.AwsInventory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.sts.StsClient;

/** Two writers at one cluster: one wins, the other has changed nothing. And what becomes of plans and locks that have grown old. */
@SuppressWarnings("unchecked") // the SDK's builders take their lambdas as varargs
class TwoWritersIT {
    private static final int ROUNDS = 50;
    private static final String LOCK = "s3:PutObject state/lock.json";
    private static final String BUCKET = "s3:CreateBucket";

    private final AwsEndpoint aws;

    TwoWritersIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    @BeforeEach
    void forget() {
        aws.reset();
    }

    /** What became of one apply. */
    private record Result(Program program, ClusterSpec wanted, Optional<RuntimeException> failure, CallLog calls) {}

    @Test
    void apply_byTwoAtOnce50Times_letsOneWinAndTheOtherChangeNothing() throws Exception {
        ClusterSpec spec = Specs.small("contested").build();
        try (Program one = Program.at(aws);
                Program two = Program.at(aws)) {
            one.k8s().apply(one.k8s().plan(spec));
            for (int round = 1; round <= ROUNDS; round++) {
                int size = round + 1;
                ClusterSpec base = spec;
                Result winner = race(
                        one,
                        base.withNodePool("general", p -> p.maxSize(size)),
                        two,
                        base.withNodePool("general", p -> p.putLabel("round", "n" + size)),
                        Set.of(LOCK));
                assertThat(one.k8s().plan(winner.wanted()).changes())
                        .as("round %d: what is not as the winner wants it", size)
                        .isEmpty();
                assertThat(one.k8s().cluster(spec.name()).spec()).isEqualTo(winner.wanted());
                spec = winner.wanted();
            }
        }
        assertAsIfAppliedAlone(spec);
    }

    @Test
    void firstApply_byTwoAtOnce_letsOneWinAndTheOtherChangeNothing() throws Exception {
        ClusterSpec small = Specs.small("newborn").build();
        ClusterSpec big = small.withNodePool("general", p -> p.maxSize(9));
        Result winner;
        try (Program one = Program.at(aws);
                Program two = Program.at(aws)) {
            winner = race(one, small, two, big, Set.of(LOCK, BUCKET)); // the lock needs a bucket
            assertThat(two.k8s().plan(winner.wanted()).changes()).isEmpty();
        }
        assertAsIfAppliedAlone(winner.wanted());
    }

    /** Lets both plan from the same base and apply at once; checks that one has won, and that the other has written no more than it may. */
    private static Result race(
            Program one, ClusterSpec ofOne, Program two, ClusterSpec ofTwo, Set<String> allowedToLoser)
            throws Exception {
        Plan planOfOne = one.k8s().plan(ofOne);
        Plan planOfTwo = two.k8s().plan(ofTwo);
        CyclicBarrier start = new CyclicBarrier(2);
        CompletableFuture<Result> first = CompletableFuture.supplyAsync(() -> attempt(one, ofOne, planOfOne, start));
        Result second = attempt(two, ofTwo, planOfTwo, start);
        List<Result> winners = new ArrayList<>();
        List<Result> losers = new ArrayList<>();
        for (Result result : List.of(first.get(), second)) {
            (result.failure().isEmpty() ? winners : losers).add(result);
        }
        assertThat(losers).as("who lost: %s", losers).hasSize(1);
        Result loser = losers.get(0);
        assertThat(loser.failure().orElseThrow()).isInstanceOf(ConflictException.class);
        assertThat(writes(loser.calls())).as("%s", loser.calls()).isSubsetOf(allowedToLoser);
        return winners.get(0);
    }

    /** What was written: operations, and for objects their keys. */
    private static Set<String> writes(CallLog calls) {
        return calls.writes().all().stream()
                .map(RecordedCall::call)
                .map(call -> (call.name() + " " + call.key()).strip())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Result attempt(Program program, ClusterSpec wanted, Plan plan, CyclicBarrier start) {
        program.forgetCalls();
        try {
            start.await();
            program.k8s().apply(plan);
            return new Result(program, wanted, Optional.empty(), program.calls());
        } catch (RuntimeException e) {
            return new Result(program, wanted, Optional.of(e), program.calls());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertAsIfAppliedAlone(ClusterSpec spec) {
        AwsInventory contested = withoutHistory(AwsInventory.of(aws));
        aws.reset();
        try (Program alone = Program.at(aws)) {
            alone.k8s().apply(alone.k8s().plan(spec));
        }
        assertThat(contested).isEqualTo(withoutHistory(AwsInventory.of(aws)));
    }

    /** Without the states of former applies, and without instances: those that run keep the tags that they were started with. */
    private static AwsInventory withoutHistory(AwsInventory inventory) {
        return FaultsIT.lasting(inventory)
                .where(line -> !line.contains("/state/history/") && !line.startsWith("ec2/instance "));
    }

    @Test
    void apply_ofAPlanFromBeforeADrift_isRefusedAndChangesNothing() {
        ClusterSpec spec = Specs.small("drifting").build();
        try (Program program = Program.at(aws);
                Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            program.k8s().apply(program.k8s().plan(spec));
            Plan plan = program.k8s().plan(spec.withNodePool("general", p -> p.maxSize(7)));
            RouteTable table = ec2
                    .describeRouteTables(
                            r -> r.filters(f -> f.name("tag:KubernetesCluster").values("drifting")))
                    .routeTables()
                    .stream()
                    .filter(one ->
                            one.routes().stream().anyMatch(route -> "0.0.0.0/0".equals(route.destinationCidrBlock())))
                    .findFirst()
                    .orElseThrow();
            ec2.deleteRoute(r -> r.routeTableId(table.routeTableId()).destinationCidrBlock("0.0.0.0/0"));
            AwsInventory before = FaultsIT.lasting(AwsInventory.of(aws));
            program.forgetCalls();

            assertThatThrownBy(() -> program.k8s().apply(plan))
                    .isInstanceOfSatisfying(StalePlanException.class, stale -> assertThat(stale.unplanned())
                            .extracting(Change::resource)
                            .asString()
                            .contains("route/"));

            assertThat(writes(program.calls())).isSubsetOf(Set.of(LOCK));
            assertThat(FaultsIT.lasting(AwsInventory.of(aws))).isEqualTo(before);
            assertThat(program.k8s().cluster("drifting").lock().filter(Lock::held))
                    .isEmpty();
        }
    }

    @Test
    void apply_ofAPlanThatWasOvertaken_isAConflict() {
        ClusterSpec spec = Specs.small("overtaken").build();
        try (Program program = Program.at(aws)) {
            program.k8s().apply(program.k8s().plan(spec));
            Plan early = program.k8s().plan(spec.withNodePool("general", p -> p.maxSize(7)));
            program.k8s().apply(program.k8s().plan(spec.withNodePool("general", p -> p.maxSize(8))));
            program.forgetCalls();
            assertThatThrownBy(() -> program.k8s().apply(early)).isInstanceOf(ConflictException.class);
            assertThat(writes(program.calls())).isSubsetOf(Set.of(LOCK));
        }
    }

    @Test
    void apply_ofALoadedPlan_doesWhatTheSavedOneShows(@TempDir Path dir) {
        ClusterSpec spec = Specs.small("saved").build();
        Path file = dir.resolve("plan.json");
        try (Program planner = Program.at(aws)) {
            planner.k8s().plan(spec).save(file);
        }
        try (Program applier = Program.at(aws)) {
            ApplyReport report = applier.k8s().apply(Plan.load(file));
            assertThat(report.complete()).isTrue();
            assertThat(applier.k8s().plan(spec).changes()).isEmpty();
        }
    }

    @Test
    void apply_ofAPlanForAnotherAccount_isRefusedBeforeAnyChange() {
        Plan plan;
        try (Program here = Program.at(aws)) {
            plan = here.k8s().plan(Specs.small("placed").build());
        }
        try (Program elsewhere = Program.as(aws, otherAccount(aws))) {
            assertThatThrownBy(() -> elsewhere.k8s().apply(plan))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("222222222222")
                    .hasMessageContaining(plan.account());
            assertThat(elsewhere.calls().writes().count()).isZero();
        }
    }

    /** Credentials of another account of the same emulator. */
    static StaticCredentialsProvider otherAccount(AwsEndpoint aws) {
        try (StsClient sts = aws.configure(StsClient.builder()).build()) {
            var keys = sts.assumeRole(r ->
                            r.roleArn("arn:aws:iam::222222222222:role/other").roleSessionName("other"))
                    .credentials();
            return StaticCredentialsProvider.create(
                    AwsSessionCredentials.create(keys.accessKeyId(), keys.secretAccessKey(), keys.sessionToken()));
        }
    }

    @Test
    void lock_ofAProcessThatDied_isTakenOverAtOnce() throws Exception {
        ClusterSpec spec = Specs.small("orphaned").build();
        Process holder = holder(spec.name());
        try (Program program = Program.at(aws)) {
            Lock held = program.k8s().cluster(spec.name()).lock().orElseThrow();
            assertThat(held.process()).isEqualTo(holder.pid());
            assertThatThrownBy(() -> program.k8s().apply(program.k8s().plan(spec)))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(held.holder());

            holder.destroyForcibly().waitFor();

            assertThat(program.k8s().apply(program.k8s().plan(spec)).complete()).isTrue();
            assertThat(program.k8s().plan(spec).changes()).isEmpty();
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void breakLock_ofARunningProcess_freesTheClusterForOthers() throws Exception {
        ClusterSpec spec = Specs.small("broken").build();
        Process holder = holder(spec.name());
        try (Program program = Program.at(aws)) {
            Cluster cluster = program.k8s().cluster(spec.name());
            assertThat(cluster.breakLock().orElseThrow().process()).isEqualTo(holder.pid());
            assertThat(cluster.breakLock()).as("nobody holds it any more").isEmpty();
            assertThat(program.k8s().apply(program.k8s().plan(spec)).complete()).isTrue();
        } finally {
            holder.destroyForcibly();
        }
    }

    /** Starts a program that holds the lock of a cluster until it is killed. */
    private Process holder(String cluster) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", // it lives for a few seconds
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        aws.uri().toString(),
                        cluster)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = process.inputReader();
        assertThat(lines.readLine()).isEqualTo(LockHolder.HOLDS);
        return process;
    }
}
