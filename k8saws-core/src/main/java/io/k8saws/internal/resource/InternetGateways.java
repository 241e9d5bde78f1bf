package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AttachmentStatus;
import software.amazon.awssdk.services.ec2.model.InternetGatewayAttachment;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** The way to and from the internet; attached to its VPC. */
public final class InternetGateways implements ResourceKind<InternetGateways.InternetGateway> {
    /** The kind's name. */
    public static final String KIND = "internet-gateway";

    private static final String NOT_FOUND = "InvalidInternetGatewayID.NotFound";
    private static final Set<AttachmentStatus> LEAVING = Set.of(AttachmentStatus.DETACHING, AttachmentStatus.DETACHED);

    /** The fields of this kind. */
    public record InternetGateway(
            Optional<Ref> vpc, @Additive Map<String, String> tags) implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<InternetGateway> attributes() {
        return InternetGateway.class;
    }

    @Override
    public Found<InternetGateway> read(Reading reading) {
        List<Observed<InternetGateway>> found = new ArrayList<>();
        reading.aws()
                .ec2()
                .describeInternetGatewaysPaginator(request -> request.filters(Ec2Tags.owned(reading.scope())))
                .internetGateways()
                .forEach(gateway -> {
                    Map<String, String> tags = Ec2Tags.map(gateway.tags());
                    Ec2Tags.address(reading.scope(), KIND, tags)
                            .ifPresent(address -> found.add(new Observed<>(
                                    address,
                                    gateway.internetGatewayId(),
                                    Map.of(),
                                    new InternetGateway(
                                            vpc(gateway).map(Ref::id),
                                            reading.scope().ownTags(tags)),
                                    Origin.OURS)));
                });
        return Found.of(found);
    }

    @Override
    public Made create(Step step, InternetGateway wanted) {
        String id = step.aws()
                .ec2()
                .createInternetGateway(request -> request.tagSpecifications(
                        Ec2Tags.specification(ResourceType.INTERNET_GATEWAY, step.tags(wanted.tags()))))
                .internetGateway()
                .internetGatewayId();
        wanted.vpc().ifPresent(vpc -> attach(step, id, step.value(vpc)));
        return Made.id(id);
    }

    @Override
    public Made update(Step step, Observed<InternetGateway> observed, InternetGateway wanted, Set<String> fields) {
        String id = observed.id();
        if (fields.contains("vpc")) {
            observed.attributes().vpc().ifPresent(vpc -> detach(step, id, step.value(vpc)));
            wanted.vpc().ifPresent(vpc -> attach(step, id, step.value(vpc)));
        }
        Ec2Tags.converge(step, id, observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(id);
    }

    @Override
    public void delete(Step step, Observed<InternetGateway> observed) {
        String id = observed.id();
        observed.attributes().vpc().ifPresent(vpc -> detach(step, id, step.value(vpc)));
        Ec2Deletion.send(
                step,
                id,
                Set.of(NOT_FOUND),
                Set.of("DependencyViolation"),
                () -> step.aws().ec2().deleteInternetGateway(request -> request.internetGatewayId(id)),
                () -> "a VPC");
    }

    /** A VPC takes one internet gateway, so a refusal may mean that ours is attached already, or that another one is. */
    private static void attach(Step step, String id, String vpc) {
        Ec2Client ec2 = step.aws().ec2();
        try {
            ec2.attachInternetGateway(request -> request.internetGatewayId(id).vpcId(vpc));
        } catch (AwsCallException e) {
            if (!Set.of("Resource.AlreadyAssociated", "InvalidParameterValue").contains(e.code())) {
                throw e;
            }
            String attached = ec2
                    .describeInternetGateways(request -> request.filters(Ec2Tags.filter("attachment.vpc-id", vpc)))
                    .internetGateways()
                    .stream()
                    .map(gateway -> gateway.internetGatewayId())
                    .findFirst()
                    .orElseThrow(() -> e);
            if (!attached.equals(id)) {
                throw new K8sAwsException(
                        "Attach internet gateway " + id + " to " + vpc,
                        "the VPC has " + attached + " already, and can have only one",
                        "detach " + attached + ", then plan and apply again",
                        Map.of("resource", step.address().toString()),
                        e);
            }
        }
    }

    /** AWS refuses for as long as anything in the VPC has a public address. */
    private static void detach(Step step, String id, String vpc) {
        Ec2Deletion.send(
                step,
                id,
                Set.of("Gateway.NotAttached", NOT_FOUND, "InvalidVpcID.NotFound"),
                Set.of("DependencyViolation"),
                () -> step.aws().ec2().detachInternetGateway(request -> request.internetGatewayId(id)
                        .vpcId(vpc)),
                () -> Ec2Deletion.interfaces(step, "vpc-id", vpc)
                        .map(names -> "public addresses in " + vpc + " of " + names)
                        .orElse("public addresses in " + vpc));
    }

    private static Optional<String> vpc(software.amazon.awssdk.services.ec2.model.InternetGateway gateway) {
        return gateway.attachments().stream()
                .filter(attachment -> !LEAVING.contains(attachment.state()))
                .map(InternetGatewayAttachment::vpcId)
                .findFirst();
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(
                NatGateways.KIND,
                ElasticIps.KIND,
                AutoScalingGroups.KIND,
                LoadBalancers.KIND,
                NetworkInterfaces.KIND,
                "classic-load-balancer",
                "instance");
    }

    @Override
    public Risk deletionRisk(Observed<InternetGateway> observed) {
        return Risk.DESTRUCTIVE;
    }
}
