package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** A security group; its rules are resources of their own. */
public final class SecurityGroups implements ResourceKind<SecurityGroups.SecurityGroup> {
    /** The kind's name. */
    public static final String KIND = "security-group";

    /** The error code for a group that does not exist. */
    static final String NOT_FOUND = "InvalidGroup.NotFound";

    private static final int LONGEST_NAME = 255;

    /** The fields of this kind. */
    public record SecurityGroup(
            @ReplaceOnChange Ref vpc,
            @ReplaceOnChange String description,
            @Additive Map<String, String> tags) implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<SecurityGroup> attributes() {
        return SecurityGroup.class;
    }

    /** The security groups of the cluster and of its controllers, read once for all kinds. */
    static List<software.amazon.awssdk.services.ec2.model.SecurityGroup> described(Reading reading) {
        return reading.once("DescribeSecurityGroups", () -> reading
                .aws()
                .ec2()
                .describeSecurityGroupsPaginator(request -> request.filters(Ec2Tags.owned(reading.scope())))
                .securityGroups()
                .stream()
                .toList());
    }

    @Override
    public Found<SecurityGroup> read(Reading reading) {
        List<Observed<SecurityGroup>> found = new ArrayList<>();
        for (var group : described(reading)) {
            Map<String, String> tags = Ec2Tags.map(group.tags());
            Optional<ResourceAddress> address = reading.scope().addressIn(tags);
            if (address.isPresent() && !address.get().kind().equals(KIND)) {
                continue;
            }
            found.add(new Observed<>(
                    address.orElseGet(() -> new ResourceAddress(KIND, group.groupId())),
                    group.groupId(),
                    address.isPresent() ? Map.of() : Found.in(group.vpcId()),
                    new SecurityGroup(
                            Ref.id(group.vpcId()),
                            group.description(),
                            reading.scope().ownTags(tags)),
                    address.isPresent() ? Origin.OURS : Origin.CONTROLLERS));
        }
        return Found.of(found);
    }

    @Override
    public Made create(Step step, SecurityGroup wanted) {
        String name = step.scope().qualified(step.address().name(), LONGEST_NAME);
        String vpc = step.value(wanted.vpc());
        String id;
        try {
            id = step.aws()
                    .ec2()
                    .createSecurityGroup(request -> request.groupName(name)
                            .description(wanted.description())
                            .vpcId(vpc)
                            .tagSpecifications(
                                    Ec2Tags.specification(ResourceType.SECURITY_GROUP, step.tags(wanted.tags()))))
                    .groupId();
        } catch (AwsCallException e) {
            if (!e.code().equals("InvalidGroup.Duplicate")) {
                throw e;
            }
            id = existing(step, name, vpc, e);
        }
        revokeDefaultEgress(step, id);
        return Made.id(id);
    }

    /** The group that has our name already: made by a run whose answer was lost, or somebody else's. */
    private static String existing(Step step, String name, String vpc, AwsCallException duplicate) {
        var group = step
                .aws()
                .ec2()
                .describeSecurityGroupsPaginator(
                        request -> request.filters(Ec2Tags.filter("group-name", name), Ec2Tags.filter("vpc-id", vpc)))
                .securityGroups()
                .stream()
                .findFirst()
                .orElseThrow(() -> duplicate);
        if (!step.scope().addressIn(Ec2Tags.map(group.tags())).equals(Optional.of(step.address()))) {
            throw new K8sAwsException(
                    "Create " + step.address(),
                    group.groupId() + " has the name " + name + " in " + vpc
                            + " and does not carry this resource's tags",
                    "delete " + group.groupId() + ", then plan and apply again",
                    Map.of("vpc", vpc, "group", group.groupId()),
                    duplicate);
        }
        return group.groupId();
    }

    /** AWS lets everything out of a new group. A run that ends before this call leaves a rule that the next read returns as one to delete. */
    private static void revokeDefaultEgress(Step step, String id) {
        IpPermission everything = IpPermission.builder()
                .ipProtocol("-1")
                .ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build())
                .build();
        try {
            step.aws().ec2().revokeSecurityGroupEgress(request -> request.groupId(id)
                    .ipPermissions(everything));
        } catch (AwsCallException e) {
            if (!e.code().equals("InvalidPermission.NotFound")) {
                throw e;
            }
        }
    }

    @Override
    public Made update(Step step, Observed<SecurityGroup> observed, SecurityGroup wanted, Set<String> fields) {
        Ec2Tags.converge(step, observed.id(), observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(observed.id());
    }

    @Override
    public void delete(Step step, Observed<SecurityGroup> observed) {
        String id = observed.id();
        Ec2Deletion.send(
                step,
                id,
                Set.of(NOT_FOUND, "InvalidGroupId.NotFound"),
                Set.of("DependencyViolation", "InvalidGroup.InUse"),
                () -> step.aws().ec2().deleteSecurityGroup(request -> request.groupId(id)),
                () -> {
                    revokeAll(step, id);
                    return users(step, id);
                });
    }

    /** Two groups that name each other would keep each other; the rules of this one go with it anyway. */
    private static void revokeAll(Step step, String id) {
        Ec2Client ec2 = step.aws().ec2();
        List<String> in = new ArrayList<>();
        List<String> out = new ArrayList<>();
        ec2.describeSecurityGroupRulesPaginator(request -> request.filters(Ec2Tags.filter("group-id", id)))
                .securityGroupRules()
                .forEach(rule -> (Boolean.TRUE.equals(rule.isEgress()) ? out : in).add(rule.securityGroupRuleId()));
        try {
            if (!in.isEmpty()) {
                ec2.revokeSecurityGroupIngress(request -> request.groupId(id).securityGroupRuleIds(in));
            }
            if (!out.isEmpty()) {
                ec2.revokeSecurityGroupEgress(request -> request.groupId(id).securityGroupRuleIds(out));
            }
        } catch (AwsCallException e) {
            // somebody else removed one; the next attempt looks again
            if (!SecurityGroupRules.GONE.contains(e.code())) {
                throw e;
            }
        }
    }

    /**
     * What keeps a group.
     *
     * @throws K8sAwsException if it is a rule of a group that is not the cluster's: nobody here removes that, so waiting does not help
     */
    private static String users(Step step, String id) {
        Optional<String> interfaces = Ec2Deletion.interfaces(step, "group-id", id);
        if (interfaces.isPresent()) {
            return interfaces.get();
        }
        var groups = Stream.of("ip-permission.group-id", "egress.ip-permission.group-id")
                .flatMap(filter -> step
                        .aws()
                        .ec2()
                        .describeSecurityGroupsPaginator(request -> request.filters(Ec2Tags.filter(filter, id)))
                        .securityGroups()
                        .stream())
                .filter(group -> !group.groupId().equals(id))
                .distinct()
                .toList();
        Optional<String> names = Ec2Deletion.names(groups.stream()
                .map(group -> "a rule of " + group.groupId() + " (" + group.groupName() + ")")
                .toList());
        boolean foreign = groups.stream()
                .map(group -> Ec2Tags.map(group.tags()))
                .anyMatch(
                        tags -> !ClusterScope.OWNED.equals(tags.get(step.scope().ownedTag())));
        if (foreign) {
            throw new K8sAwsException(
                    "Delete " + step.address(),
                    names.orElseThrow() + " refers to it and is not this cluster's",
                    "remove that rule, then plan and apply again",
                    Map.of("group", id),
                    null);
        }
        return names.orElse("something that AWS does not name");
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(
                SecurityGroupRules.KIND,
                NetworkInterfaces.KIND,
                LoadBalancers.KIND,
                AutoScalingGroups.KIND,
                "classic-load-balancer",
                "instance");
    }

    @Override
    public Risk deletionRisk(Observed<SecurityGroup> observed) {
        return Risk.DISRUPTIVE;
    }
}
