package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.plan.Action;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Plan;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** What a spec asks for is looked up once, and stays until somebody asks for newer images. */
class ImagesIT {
    private static final String PARAMETER = "/acme/images/node";
    private static final String FIRST = "ami-785db401";
    private static final String SECOND = "ami-1e749f67";
    private static final String OWN = "name:self/node-* x86_64";
    private static final String DEBIAN = "ssm:/aws/service/debian/release/13/latest/arm64";
    private static final String UBUNTU =
            "ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

    private final AwsEndpoint aws;

    ImagesIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    @BeforeEach
    void forget() {
        aws.reset();
        publish(FIRST);
    }

    private static ClusterSpec spec() {
        return Specs.small("imaged")
                .addNodePool(
                        p -> p.name("acme").instanceTypes("t3.large").size(1).image("ssm:" + PARAMETER))
                .addNodePool(
                        p -> p.name("own").instanceTypes("t3.large").size(1).image("name:self/node-*"))
                .addNodePool(
                        p -> p.name("debian").instanceTypes("t4g.large").size(1).image("debian-13"))
                .build();
    }

    @Test
    void aPlanPinsImages_theNextAsksNothing_andNewOnesComeWhenAskedFor() {
        ClusterSpec spec = spec();
        String builder = builder();
        String built = build(builder, "node-1");
        try (Program program = Program.at(aws)) {
            Plan first = program.k8s().plan(spec);
            assertThat(first.pins().values())
                    .contains(entry(UBUNTU, FIRST), entry("ssm:" + PARAMETER, FIRST), entry(OWN, built))
                    .hasEntrySatisfying(DEBIAN, id -> assertThat(id).startsWith("ami-"));
            assertThat(program.calls().count("ssm:GetParameters"))
                    .as("%s", program.calls())
                    .isEqualTo(1);
            assertThat(program.calls().count("ec2:DescribeImages"))
                    .as("%s", program.calls())
                    .isEqualTo(1);
            assertThat(Plan.fromJson(first.toJson()).pins()).isEqualTo(first.pins());
            program.k8s().apply(first);
            assertThat(imagesOfTemplates())
                    .isEqualTo(Map.of(
                            "control-plane-1", FIRST,
                            "general", FIRST,
                            "acme", FIRST,
                            "own", built,
                            "debian", first.pins().get(DEBIAN).orElseThrow()));

            publish(SECOND);
            String rebuilt = build(builder, "node-2");
            program.forgetCalls();
            Plan second = program.k8s().plan(spec);
            assertThat(second.changes()).isEmpty();
            assertThat(second.pins()).isEqualTo(first.pins());
            assertThat(program.calls().byOperation()).doesNotContainKeys("ssm:GetParameters", "ec2:DescribeImages");

            Plan newer = program.k8s().cluster("imaged").planNewImages();
            assertThat(newer.changes())
                    .filteredOn(change -> change.resource().kind().equals("launch-template"))
                    .extracting(change -> change.resource().name(), Change::action, Change::fields)
                    .containsExactlyInAnyOrder(
                            tuple("acme", Action.UPDATE, List.of(new FieldChange("image", FIRST, SECOND))),
                            tuple("own", Action.UPDATE, List.of(new FieldChange("image", built, rebuilt))));
            assertThat(newer.changes())
                    .extracting(change -> change.resource().name())
                    .containsOnly("acme", "own");
            program.k8s().apply(newer);
            assertThat(imagesOfTemplates())
                    .containsEntry("acme", SECOND)
                    .containsEntry("own", rebuilt)
                    .containsEntry("general", FIRST);
            assertThat(program.k8s().plan(spec).changes()).isEmpty();
            assertThat(program.k8s().cluster("imaged").planNewImages().changes())
                    .as("nothing is newer")
                    .isEmpty();
            assertThat(program.k8s().cluster("imaged").drift().isEmpty()).isTrue();
        }
    }

    @Test
    void whatTheRegionDoesNotHave_isRefusedByName_beforeAnythingIsMade() {
        ClusterSpec spec = spec().with(b -> b.addNodePool(
                        p -> p.name("gone").instanceTypes("t3.large").image("ssm:/acme/images/gone"))
                .addNodePool(p -> p.name("none").instanceTypes("t3.large").image("name:self/nothing-*")));
        build(builder(), "node-1");
        try (Program program = Program.at(aws)) {
            InvalidSpecException refused = Objects.requireNonNull(catchThrowableOfType(
                    InvalidSpecException.class, () -> program.k8s().plan(spec)));
            assertThat(refused.violations())
                    .extracting(Violation::path)
                    .containsExactly("nodePools[gone].image", "nodePools[none].image");
            assertThat(refused)
                    .hasMessageContaining("imaged")
                    .hasMessageContaining("/acme/images/gone")
                    .hasMessageContaining("nothing-*")
                    .hasMessageContaining("us-east-1");
            assertThat(program.calls().writes().count()).isZero();
        }
    }

    private void publish(String image) {
        try (SsmClient ssm = aws.configure(SsmClient.builder()).build()) {
            ssm.putParameter(r ->
                    r.name(PARAMETER).value(image).type(ParameterType.STRING).overwrite(true));
        }
    }

    /** Starts a machine that is no part of the cluster. */
    private String builder() {
        return withEc2(ec2 -> ec2.runInstances(r -> r.imageId(FIRST)
                        .instanceType(InstanceType.T3_MICRO)
                        .subnetId(ec2.describeSubnets().subnets().get(0).subnetId())
                        .minCount(1)
                        .maxCount(1))
                .instances()
                .get(0)
                .instanceId());
    }

    /** Makes an image of the account's own. */
    private String build(String builder, String name) {
        return withEc2(
                ec2 -> ec2.createImage(r -> r.instanceId(builder).name(name)).imageId());
    }

    /** The image of each template's default version, by the name of its group. */
    private Map<String, String> imagesOfTemplates() {
        return withEc2(ec2 -> ec2.describeLaunchTemplatesPaginator(r -> {}).launchTemplates().stream()
                .collect(Collectors.toMap(
                        template -> template.tags().stream()
                                .filter(tag -> tag.key().equals("k8saws.io/resource"))
                                .map(tag -> tag.value().substring(tag.value().indexOf('/') + 1))
                                .findFirst()
                                .orElseThrow(),
                        template -> ec2.describeLaunchTemplateVersions(
                                        r -> r.launchTemplateId(template.launchTemplateId())
                                                .versions("$Default"))
                                .launchTemplateVersions()
                                .get(0)
                                .launchTemplateData()
                                .imageId())));
    }

    private <T> T withEc2(Function<Ec2Client, T> work) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            return work.apply(ec2);
        }
    }
}
