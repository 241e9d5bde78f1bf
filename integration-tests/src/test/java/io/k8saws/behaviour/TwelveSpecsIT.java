package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.DnsKind;
import io.k8saws.plan.Plan;
import io.k8saws.plan.PlanRefusedException;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.CallLog;
import io.k8saws.testkit.inventory.AwsInventory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.route53.Route53Client;

/** The main job for clusters that have little in common: plan, apply, change, destroy; and how many calls it takes. */
class TwelveSpecsIT {
    private final AwsEndpoint aws;

    TwelveSpecsIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    @BeforeEach
    void forget() {
        aws.reset();
    }

    @ParameterizedTest
    @MethodSource("io.k8saws.behaviour.Specs#twelve")
    void lifeOfACluster_fromFirstPlanToDestroy_leavesTheAccountAsItWas(Specs.Story story) {
        makeHostedZone(aws, Specs.DOMAIN);
        AwsInventory before = AwsInventory.of(aws);
        try (Program program = Program.at(aws)) {
            Plan first = program.k8s().plan(story.spec());
            assertThat(AwsInventory.of(aws)).as("what planning leaves").isEqualTo(before);
            assertThat(program.k8s().apply(first).complete()).isTrue();
            assertThat(program.k8s().plan(story.spec()).changes())
                    .as("changes after the first apply")
                    .isEmpty();

            ClusterSpec changed = story.change().apply(story.spec());
            Plan change = program.k8s().plan(changed);
            assertThat(change.changes())
                    .as("changes that the new spec asks for")
                    .isNotEmpty();
            assertThat(program.k8s().apply(change).complete()).isTrue();
            assertThat(program.k8s().plan(changed).changes())
                    .as("changes after the second apply")
                    .isEmpty();
            assertThat(program.k8s().cluster(story.spec().name()).spec()).isEqualTo(changed);

            Plan destroy = program.k8s().planDestroy(story.spec().name());
            assertThat(program.k8s().apply(destroy).complete()).isTrue();
            assertThat(program.k8s().planDestroy(story.spec().name()).changes())
                    .as("changes after the destroy")
                    .isEmpty();
        }
        AwsInventory after = AwsInventory.of(aws);
        assertThat(after.minus(before).lines()).as("left behind").isEmpty();
        assertThat(before.minus(after).lines()).as("taken from others").isEmpty();
    }

    @Test
    void apply_thatWouldEmptyMoreEtcdMembersThanMayBeLost_isRefusedBeforeAnyCall() {
        ClusterSpec spec = Specs.withPools("quorum", 0);
        try (Program program = Program.at(aws)) {
            program.k8s().apply(program.k8s().plan(spec));
            Plan plan = program.k8s().plan(spec.withNetwork(n -> n.zones("us-east-1b", "us-east-1a", "us-east-1c")));
            program.forgetCalls();

            assertThatThrownBy(() -> program.k8s().apply(plan))
                    .isInstanceOf(PlanRefusedException.class)
                    .hasMessageContaining("volume/etcd-main-1")
                    .hasMessageContaining("volume/etcd-main-2");
            assertThat(program.calls().count()).as("%s", program.calls()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, NONE", "30, NONE", "3, PUBLIC", "3, PRIVATE"})
    void plan_withAnyNumberOfPools_makesFewerThan40Calls(int pools, DnsKind kind) {
        makeHostedZone(aws, Specs.DOMAIN);
        ClusterSpec plain = Specs.withPools("counted", pools);
        ClusterSpec spec =
                switch (kind) {
                    case NONE -> plain;
                    case PUBLIC ->
                        plain.toBuilder().dns(d -> d.publicZone(Specs.DOMAIN)).build();
                    case PRIVATE ->
                        plain.toBuilder()
                                .dns(d -> d.privateZone("cluster.internal"))
                                .build();
                };
        try (Program program = Program.at(aws)) {
            program.k8s().apply(program.k8s().plan(spec));
        }
        try (Program program = Program.at(aws)) {
            assertThat(program.k8s().plan(spec).changes()).isEmpty();
            CallLog calls = program.calls();
            assertThat(calls.writes().count()).as("%s", calls).isZero();
            assertThat(calls.count()).as("%s", calls).isLessThan(40);
        }
    }

    @Test
    void firstApply_ofThreeZonesNodesAndPools_makesFewerThan250Calls() {
        ClusterSpec spec = Specs.withPools("counted", 3);
        try (Program program = Program.at(aws)) {
            Plan plan = program.k8s().plan(spec);
            program.forgetCalls();
            program.k8s().apply(plan);
            assertThat(program.calls().count()).as("%s", program.calls()).isLessThan(250);
        }
    }

    /** Makes a public hosted zone as a user has one, and returns its id. */
    static String makeHostedZone(AwsEndpoint aws, String domain) {
        try (Route53Client route53 = aws.configure(Route53Client.builder()).build()) {
            return route53.createHostedZone(
                            request -> request.name(domain + ".").callerReference("test-" + System.nanoTime()))
                    .hostedZone()
                    .id()
                    .replace("/hostedzone/", "");
        }
    }
}
