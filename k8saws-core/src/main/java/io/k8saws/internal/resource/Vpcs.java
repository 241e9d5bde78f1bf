package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;

/** A virtual private cloud. */
public final class Vpcs implements ResourceKind<Vpcs.Vpc> {
    /** The kind's name. */
    public static final String KIND = "vpc";

    private static final String NOT_FOUND = "InvalidVpcID.NotFound";

    /** The fields of this kind. */
    public record Vpc(
            @ReplaceOnChange String cidr,
            boolean dnsHostnames,
            @SeenClosely boolean dnsSupport,
            Ref dhcpOptions,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Vpc> attributes() {
        return Vpc.class;
    }

    /** The cluster's VPCs with all their address ranges, read once for all kinds. */
    static List<software.amazon.awssdk.services.ec2.model.Vpc> described(Reading reading) {
        return reading.once(
                "DescribeVpcs", () -> reading
                        .aws()
                        .ec2()
                        .describeVpcsPaginator(request -> request.filters(Ec2Tags.owned(reading.scope())))
                        .vpcs()
                        .stream()
                        .toList());
    }

    @Override
    public Found<Vpc> read(Reading reading) {
        List<Observed<Vpc>> found = new ArrayList<>();
        for (var vpc : described(reading)) {
            Map<String, String> tags = Ec2Tags.map(vpc.tags());
            Ec2Tags.address(reading.scope(), KIND, tags)
                    .flatMap(address -> observed(reading, address, vpc, tags))
                    .ifPresent(found::add);
        }
        return Found.of(found);
    }

    private static Optional<Observed<Vpc>> observed(
            Reading reading,
            ResourceAddress address,
            software.amazon.awssdk.services.ec2.model.Vpc vpc,
            Map<String, String> tags) {
        Ec2Client ec2 = reading.aws().ec2();
        try {
            // DescribeVpcs does not tell the two DNS attributes, and this call tells one at a time. A new VPC resolves
            // names, so an apply that was cut off leaves it so
            Supplier<Optional<Boolean>> support = reading.closely(
                    address,
                    () -> Optional.of(ec2.describeVpcAttribute(request ->
                                    request.vpcId(vpc.vpcId()).attribute(VpcAttributeName.ENABLE_DNS_SUPPORT))
                            .enableDnsSupport()
                            .value()));
            boolean hostnames = ec2.describeVpcAttribute(
                            request -> request.vpcId(vpc.vpcId()).attribute(VpcAttributeName.ENABLE_DNS_HOSTNAMES))
                    .enableDnsHostnames()
                    .value();
            Map<String, String> own = reading.scope().ownTags(tags);
            own.keySet().removeIf(VpcCidrs::isMark);
            return Optional.of(new Observed<>(
                    address,
                    vpc.vpcId(),
                    Map.of(),
                    new Vpc(vpc.cidrBlock(), hostnames, support.get().orElse(true), Ref.id(vpc.dhcpOptionsId()), own),
                    Origin.OURS));
        } catch (AwsCallException e) {
            if (e.code().equals(NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Made create(Step step, Vpc wanted) {
        String id = step.aws()
                .ec2()
                .createVpc(request -> request.cidrBlock(wanted.cidr())
                        .tagSpecifications(Ec2Tags.specification(ResourceType.VPC, step.tags(wanted.tags()))))
                .vpc()
                .vpcId();
        // a new VPC resolves names, gives none to instances, and has the default DHCP options (CreateVpc)
        setDns(step, id, wanted, wanted.dnsHostnames(), !wanted.dnsSupport());
        setDhcpOptions(step, id, wanted);
        return Made.id(id);
    }

    @Override
    public Made update(Step step, Observed<Vpc> observed, Vpc wanted, Set<String> fields) {
        String id = observed.id();
        boolean hostnames = fields.contains("dnsHostnames");
        // a plan presumes that names are resolved, and host names need that: saying it again changes nothing
        setDns(step, id, wanted, hostnames, fields.contains("dnsSupport") || (hostnames && wanted.dnsHostnames()));
        if (fields.contains("dhcpOptions")) {
            setDhcpOptions(step, id, wanted);
        }
        Ec2Tags.converge(step, id, observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(id);
    }

    /** AWS takes one attribute a call, and gives host names only while names are resolved. */
    private static void setDns(Step step, String id, Vpc wanted, boolean hostnamesDiffer, boolean supportDiffers) {
        Ec2Client ec2 = step.aws().ec2();
        if (supportDiffers && wanted.dnsSupport()) {
            ec2.modifyVpcAttribute(request -> request.vpcId(id).enableDnsSupport(on -> on.value(true)));
        }
        if (hostnamesDiffer) {
            ec2.modifyVpcAttribute(
                    request -> request.vpcId(id).enableDnsHostnames(on -> on.value(wanted.dnsHostnames())));
        }
        if (supportDiffers && !wanted.dnsSupport()) {
            ec2.modifyVpcAttribute(request -> request.vpcId(id).enableDnsSupport(on -> on.value(false)));
        }
    }

    private static void setDhcpOptions(Step step, String id, Vpc wanted) {
        String options = step.value(wanted.dhcpOptions());
        step.aws().ec2().associateDhcpOptions(request -> request.vpcId(id).dhcpOptionsId(options));
    }

    @Override
    public void delete(Step step, Observed<Vpc> observed) {
        String id = observed.id();
        Ec2Deletion.send(
                step,
                id,
                Set.of(NOT_FOUND),
                Set.of("DependencyViolation"),
                () -> step.aws().ec2().deleteVpc(request -> request.vpcId(id)),
                () -> users(step, id));
    }

    /** What keeps a VPC although all that is ours in it is gone: interfaces, or things without any, of which groups are the usual ones. */
    private static String users(Step step, String id) {
        return Ec2Deletion.interfaces(step, "vpc-id", id)
                .or(() -> Ec2Deletion.names(step
                        .aws()
                        .ec2()
                        .describeSecurityGroupsPaginator(request -> request.filters(Ec2Tags.filter("vpc-id", id)))
                        .securityGroups()
                        .stream()
                        .filter(group -> !group.groupName().equals("default"))
                        .map(group -> group.groupId() + " (security group " + group.groupName() + ")")
                        .toList()))
                .orElse("something that AWS does not name");
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(
                InternetGateways.KIND,
                SecurityGroups.KIND,
                NetworkInterfaces.KIND,
                LoadBalancers.KIND,
                TargetGroups.KIND,
                HostedZones.KIND,
                AutoScalingGroups.KIND,
                "classic-load-balancer",
                "instance");
    }

    @Override
    public Risk deletionRisk(Observed<Vpc> observed) {
        return Risk.DESTRUCTIVE;
    }
}
