package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.HostnameType;
import software.amazon.awssdk.services.ec2.model.PrivateDnsNameOptionsOnLaunch;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SubnetState;

/** A subnet in one zone. */
public final class Subnets implements ResourceKind<Subnets.Subnet> {
    /** The kind's name. */
    public static final String KIND = "subnet";

    private static final String NOT_FOUND = "InvalidSubnetID.NotFound";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The fields of this kind. */
    public record Subnet(
            @ReplaceOnChange Ref vpc,
            @ReplaceOnChange String cidr,
            @ReplaceOnChange String zone,
            boolean publicIpOnLaunch,
            boolean resourceNames,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Subnet> attributes() {
        return Subnet.class;
    }

    /** The cluster's subnets, read once for all kinds. */
    static List<software.amazon.awssdk.services.ec2.model.Subnet> described(Reading reading) {
        return reading.once("DescribeSubnets", () -> reading
                .aws()
                .ec2()
                .describeSubnetsPaginator(request -> request.filters(Ec2Tags.owned(reading.scope())))
                .subnets()
                .stream()
                .toList());
    }

    @Override
    public Found<Subnet> read(Reading reading) {
        List<Observed<Subnet>> found = new ArrayList<>();
        for (var subnet : described(reading)) {
            Map<String, String> tags = Ec2Tags.map(subnet.tags());
            Ec2Tags.address(reading.scope(), KIND, tags)
                    .ifPresent(address -> found.add(new Observed<>(
                            address,
                            subnet.subnetId(),
                            Map.of(),
                            new Subnet(
                                    Ref.id(subnet.vpcId()),
                                    subnet.cidrBlock(),
                                    subnet.availabilityZone(),
                                    subnet.mapPublicIpOnLaunch(),
                                    resourceNames(subnet.privateDnsNameOptionsOnLaunch()),
                                    reading.scope().ownTags(tags)),
                            Origin.OURS)));
        }
        return Found.of(found);
    }

    /** Both settings count, so that a run which ended between the two calls shows as a difference. */
    private static boolean resourceNames(PrivateDnsNameOptionsOnLaunch options) {
        return options != null
                && options.hostnameType() == HostnameType.RESOURCE_NAME
                && Boolean.TRUE.equals(options.enableResourceNameDnsARecord());
    }

    @Override
    public Made create(Step step, Subnet wanted) {
        String id;
        try {
            var made = step.aws()
                    .ec2()
                    .createSubnet(request -> request.vpcId(step.value(wanted.vpc()))
                            .cidrBlock(wanted.cidr())
                            .availabilityZone(wanted.zone())
                            .tagSpecifications(Ec2Tags.specification(ResourceType.SUBNET, step.tags(wanted.tags()))))
                    .subnet();
            id = made.subnetId();
            if (made.state() != SubnetState.AVAILABLE) {
                step.await("subnet " + id + " to be available", PATIENCE, () -> unavailable(step, id));
            }
        } catch (AwsCallException e) {
            if (!e.code().equals("InvalidSubnet.Conflict")) {
                throw e;
            }
            return Made.id(existing(step, wanted, e));
        }
        // a new subnet gives neither public addresses nor resource names (CreateSubnet)
        if (wanted.publicIpOnLaunch()) {
            setPublicIp(step, id, true);
        }
        if (wanted.resourceNames()) {
            setResourceNames(step, id, true);
        }
        return Made.id(id);
    }

    /** The subnet that has the wanted range already: ours, made by a run whose answer was lost, or somebody else's. */
    private static String existing(Step step, Subnet wanted, AwsCallException conflict) {
        String vpc = step.value(wanted.vpc());
        List<software.amazon.awssdk.services.ec2.model.Subnet> there = step
                .aws()
                .ec2()
                .describeSubnetsPaginator(request ->
                        request.filters(Ec2Tags.filter("vpc-id", vpc), Ec2Tags.filter("cidr-block", wanted.cidr())))
                .subnets()
                .stream()
                .toList();
        if (there.isEmpty()) {
            throw conflict; // overlaps without being the same; AWS's message names the range
        }
        var subnet = there.get(0);
        if (!step.scope().addressIn(Ec2Tags.map(subnet.tags())).equals(Optional.of(step.address()))) {
            throw new K8sAwsException(
                    "Create " + step.address(),
                    subnet.subnetId() + " has the range " + wanted.cidr() + " in " + vpc
                            + " and does not carry this resource's tags",
                    "delete " + subnet.subnetId() + " or give the cluster other ranges, then plan and apply again",
                    Map.of("vpc", vpc, "subnet", subnet.subnetId(), "cidr", wanted.cidr()),
                    conflict);
        }
        if (subnet.mapPublicIpOnLaunch() != wanted.publicIpOnLaunch()) {
            setPublicIp(step, subnet.subnetId(), wanted.publicIpOnLaunch());
        }
        if (resourceNames(subnet.privateDnsNameOptionsOnLaunch()) != wanted.resourceNames()) {
            setResourceNames(step, subnet.subnetId(), wanted.resourceNames());
        }
        return subnet.subnetId();
    }

    private static Optional<String> unavailable(Step step, String id) {
        return step.aws().ec2().describeSubnets(request -> request.subnetIds(id)).subnets().stream()
                .filter(subnet -> subnet.state() != SubnetState.AVAILABLE)
                .map(subnet -> subnet.stateAsString())
                .findFirst();
    }

    @Override
    public Made update(Step step, Observed<Subnet> observed, Subnet wanted, Set<String> fields) {
        String id = observed.id();
        if (fields.contains("publicIpOnLaunch")) {
            setPublicIp(step, id, wanted.publicIpOnLaunch());
        }
        if (fields.contains("resourceNames")) {
            setResourceNames(step, id, wanted.resourceNames());
        }
        Ec2Tags.converge(step, id, observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(id);
    }

    private static void setPublicIp(Step step, String id, boolean on) {
        step.aws().ec2().modifySubnetAttribute(request -> request.subnetId(id)
                .mapPublicIpOnLaunch(value -> value.value(on)));
    }

    /** AWS takes one attribute a call. The name of new nodes matters most, so it is the first to go and the last to come. */
    private static void setResourceNames(Step step, String id, boolean on) {
        Ec2Client ec2 = step.aws().ec2();
        if (!on) {
            ec2.modifySubnetAttribute(
                    request -> request.subnetId(id).privateDnsHostnameTypeOnLaunch(HostnameType.IP_NAME));
        }
        ec2.modifySubnetAttribute(
                request -> request.subnetId(id).enableResourceNameDnsARecordOnLaunch(value -> value.value(on)));
        if (on) {
            ec2.modifySubnetAttribute(
                    request -> request.subnetId(id).privateDnsHostnameTypeOnLaunch(HostnameType.RESOURCE_NAME));
        }
    }

    @Override
    public void delete(Step step, Observed<Subnet> observed) {
        String id = observed.id();
        Ec2Deletion.send(
                step,
                id,
                Set.of(NOT_FOUND),
                Set.of("DependencyViolation"),
                () -> step.aws().ec2().deleteSubnet(request -> request.subnetId(id)),
                () -> Ec2Deletion.interfaces(step, "subnet-id", id).orElse("something that AWS does not name"));
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(
                NatGateways.KIND,
                NetworkInterfaces.KIND,
                LoadBalancers.KIND,
                AutoScalingGroups.KIND,
                "classic-load-balancer",
                "instance");
    }

    @Override
    public Risk deletionRisk(Observed<Subnet> observed) {
        return Risk.DISRUPTIVE;
    }
}
