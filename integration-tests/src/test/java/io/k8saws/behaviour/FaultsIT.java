package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.AwsCallException;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Change;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on the way to AWS for a while is put up with: everything is there in the end, and nothing twice. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
    private static final ClusterSpec SPEC =
            Specs.plain("shaken").dns(d -> d.privateZone("shaken.internal")).build();
    private static final ClusterSpec CHANGED = SPEC.withoutNodePool("general")
            .plusNodePool(p -> p.name("other").instanceTypes("m6i.large").size(3))
            .withKubernetesVersion("1.35.2");

    private final AwsEndpoint aws;
    private final Map<String, Integer> first = new ConcurrentHashMap<>();
    private AwsInventory before;
    private AwsInventory applied;
    private AwsInventory changed;

    FaultsIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    /** What the account holds in a reliable world: before anything, after the first apply, after the change. */
    @BeforeAll
    void lookAtAReliableWorld() {
        aws.reset();
        before = AwsInventory.of(aws);
        try (Program program = Program.at(aws)) {
            program.k8s().apply(program.k8s().plan(SPEC));
            applied = lasting(AwsInventory.of(aws));
            program.k8s().apply(program.k8s().plan(CHANGED));
            changed = lasting(AwsInventory.of(aws));
        }
    }

    @BeforeEach
    void forget() {
        aws.reset();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("throttled", Faults.none().throttle(1.0 / 3)),
                Arguments.of(
                        "throttled and eventually consistent",
                        Faults.none().throttle(1.0 / 3).consistentAfterSightings(2)),
                Arguments.of("errors 500", Faults.none().fail(0.1, 500)),
                Arguments.of("errors 503", Faults.none().fail(0.1, 503)),
                Arguments.of("eventually consistent", Faults.none().consistentAfterSightings(2)),
                Arguments.of("answers lost", Faults.none().cutAfterServed(0.1)),
                Arguments.of("connections refused", Faults.none().cutBeforeSent(0.1)),
                Arguments.of("slow", Faults.none().delay(Duration.ofMillis(30))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void lifeOfACluster_inAnUnreliableWorld_isAsInAReliableOne(String name, Faults faults) {
        try (Program program = Program.at(aws, faults)) {
            live(program, faults);
        }
    }

    /** No call is without a deadline: whichever it is, when nobody answers it, it is given up and what it was to do is done. */
    @Test
    void lifeOfACluster_whenTheFirstCallOfEachOperationIsNeverAnswered_isAsInAReliableOne() {
        ResiliencePolicy policy =
                ResiliencePolicy.defaults().forEmulator().withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(20));
        Faults silent = firstOfEachOperation(faults -> faults.blackHole(1));
        try (Program program = Program.at(aws, silent, policy)) {
            assertTimeoutPreemptively(Duration.ofMinutes(5), () -> live(program, silent));
        }
    }

    @Test
    void lifeOfACluster_whenTheFirstAnswerOfEachOperationIsLost_isAsInAReliableOne() {
        Faults lost = firstOfEachOperation(faults -> faults.cutAfterServed(1));
        try (Program program = Program.at(aws, lost)) {
            live(program, lost);
        }
    }

    /** EC2 lets everything out of a new group. Where that could not be taken back at once, an apply is not done before it is. */
    @Test
    void apply_whenTheRuleOfNewGroupsCannotBeRemovedWhileTheyAreMade_removesItBeforeItIsDone() {
        Set<ResourceAddress> unmade = ConcurrentHashMap.newKeySet();
        Faults refused = Faults.none()
                .when(
                        call -> !unmade.isEmpty() && call.name().equals("ec2:RevokeSecurityGroupEgress"),
                        faults -> faults.fail(1, 500));
        try (Program program = Program.at(aws, refused, Program.impatient())) {
            Plan plan = program.k8s().plan(SPEC);
            plan.changes().stream()
                    .map(Change::resource)
                    .filter(resource -> resource.kind().equals("security-group"))
                    .forEach(unmade::add);

            ApplyReport report = program.k8s().apply(plan, event -> {
                if (event instanceof ProgressEvent.StepFinished made) {
                    unmade.remove(made.resource());
                }
            });

            assertThat(report.complete()).isTrue();
            assertThat(program.k8s().plan(SPEC).changes()).isEmpty();
            assertSame(applied, refused);
        }
    }

    /** Hits the first call of each operation of an apply, of a change and of a destroy. */
    private Faults firstOfEachOperation(UnaryOperator<Faults> faults) {
        return Faults.none()
                .when(call -> first.computeIfAbsent(call.name(), unused -> call.number()) == call.number(), faults);
    }

    private void live(Program program, Faults faults) {
        first.clear();
        assertThat(program.k8s().apply(program.k8s().plan(SPEC)).complete())
                .as("%s", faults)
                .isTrue();
        assertSame(applied, faults);
        first.clear();
        assertThat(program.k8s().apply(program.k8s().plan(CHANGED)).complete())
                .as("%s", faults)
                .isTrue();
        assertThat(program.k8s().plan(CHANGED).changes()).as("%s", faults).isEmpty();
        assertSame(changed, faults);
        first.clear();
        assertThat(program.k8s().apply(program.k8s().planDestroy(SPEC.name())).complete())
                .as("%s", faults)
                .isTrue();
        assertThat(AwsInventory.of(aws).minus(before).lines())
                .as("left behind, %s", faults)
                .isEmpty();
    }

    private void assertSame(AwsInventory expected, Faults faults) {
        AwsInventory actual = lasting(AwsInventory.of(aws));
        assertThat(actual.minus(expected).lines()).as("too much, %s", faults).isEmpty();
        assertThat(expected.minus(actual).lines()).as("missing, %s", faults).isEmpty();
    }

    /** Without the versions that the bucket keeps of what was overwritten: how often the lock was renewed does not matter. */
    static AwsInventory lasting(AwsInventory inventory) {
        return inventory.where(line -> !line.startsWith("s3/old-version") && !line.startsWith("s3/delete-marker"));
    }

    @Test
    void plan_whenNoAnswerEverComes_failsWithinTheDeadlineOfThePolicy() {
        try (Program program = Program.at(aws, Faults.none().blackHole(1), Program.impatient())) {
            assertTimeoutPreemptively(Duration.ofMinutes(1), () -> assertThatThrownBy(
                            () -> program.k8s().plan(SPEC))
                    .isInstanceOfSatisfying(AwsCallException.class, failure -> {
                        assertThat(failure.outcomeUnknown()).isTrue();
                        assertThat(failure.retryable()).isTrue();
                        assertThat(failure.getMessage()).contains("no answer came");
                    }));
        }
    }

    @Test
    void apply_whenAServiceNeverAnswersACreate_failsAndTheNextApplyConverges() {
        Faults silent =
                Faults.none().when(call -> call.operation().equals("CreateQueue"), faults -> faults.blackHole(1));
        try (Program program = Program.at(aws, silent, Program.impatient())) {
            assertTimeoutPreemptively(Duration.ofMinutes(1), () -> assertThatThrownBy(
                            () -> program.k8s().apply(program.k8s().plan(SPEC)))
                    .hasMessageContaining("sqs:CreateQueue"));
        }
        try (Program program = Program.at(aws)) {
            assertThat(program.k8s().apply(program.k8s().plan(SPEC)).complete()).isTrue();
            assertThat(program.k8s().plan(SPEC).changes()).isEmpty();
        }
    }
}
