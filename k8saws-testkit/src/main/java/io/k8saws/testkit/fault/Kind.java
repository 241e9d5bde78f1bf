package io.k8saws.testkit.fault;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of resource that AWS creates with a delay until it is seen, and the words by which it is found in requests and answers.
 *
 * <p>Sources: the API references of the services; for the EC2 codes the page "Error codes for the Amazon EC2 API".
 *
 * @param service the service that creates it
 * @param creators the operations that create it
 * @param learnedFrom where its name stands in the creating call
 * @param unique whether its name is unique by itself (an id, an ARN, a URL) and so names it in any parameter of any service
 * @param names the parameters that name it when its name is not unique: their last part without numbers
 * @param lists the list elements that hold it in answers
 * @param identity the field that names it in such a list
 * @param code the not-found error
 * @param status the HTTP status of that error
 */
record Kind(
        String service,
        Set<String> creators,
        Source learnedFrom,
        boolean unique,
        Set<String> names,
        Set<String> lists,
        String identity,
        String code,
        int status) {

    /**
     * Where a new thing's name stands.
     *
     * @param request a parameter of the request, or empty
     * @param response the beginning of a value in the answer, or empty
     */
    record Source(String request, String response) {}

    private static final List<Kind> ALL = List.of(
            ec2("vpc-", "vpcSet", "vpcId", "InvalidVpcID.NotFound", "CreateVpc"),
            ec2("subnet-", "subnetSet", "subnetId", "InvalidSubnetID.NotFound", "CreateSubnet"),
            ec2(
                    "igw-",
                    "internetGatewaySet",
                    "internetGatewayId",
                    "InvalidInternetGatewayID.NotFound",
                    "CreateInternetGateway"),
            ec2(
                    "eigw-",
                    "egressOnlyInternetGatewaySet",
                    "egressOnlyInternetGatewayId",
                    "InvalidGatewayID.NotFound",
                    "CreateEgressOnlyInternetGateway"),
            ec2("rtb-", "routeTableSet", "routeTableId", "InvalidRouteTableID.NotFound", "CreateRouteTable"),
            ec2(
                    "rtbassoc-",
                    "associationSet",
                    "routeTableAssociationId",
                    "InvalidAssociationID.NotFound",
                    "AssociateRouteTable"),
            ec2("sg-", "securityGroupInfo", "groupId", "InvalidGroup.NotFound", "CreateSecurityGroup"),
            ec2(
                    "sgr-",
                    "securityGroupRuleSet",
                    "securityGroupRuleId",
                    "InvalidSecurityGroupRuleId.NotFound",
                    "AuthorizeSecurityGroupIngress",
                    "AuthorizeSecurityGroupEgress"),
            ec2("nat-", "natGatewaySet", "natGatewayId", "NatGatewayNotFound", "CreateNatGateway"),
            ec2("eipalloc-", "addressesSet", "allocationId", "InvalidAllocationID.NotFound", "AllocateAddress"),
            ec2("vol-", "volumeSet", "volumeId", "InvalidVolume.NotFound", "CreateVolume"),
            ec2("snap-", "snapshotSet", "snapshotId", "InvalidSnapshot.NotFound", "CreateSnapshot"),
            ec2(
                    "eni-",
                    "networkInterfaceSet",
                    "networkInterfaceId",
                    "InvalidNetworkInterfaceID.NotFound",
                    "CreateNetworkInterface"),
            ec2("i-", "instancesSet", "instanceId", "InvalidInstanceID.NotFound", "RunInstances", "CreateFleet"),
            ec2(
                    "lt-",
                    "launchTemplates",
                    "launchTemplateId",
                    "InvalidLaunchTemplateId.NotFound",
                    "CreateLaunchTemplate"),
            ec2("key-", "keySet", "keyPairId", "InvalidKeyPair.NotFound", "CreateKeyPair", "ImportKeyPair"),
            ec2("dopt-", "dhcpOptionsSet", "dhcpOptionsId", "InvalidDhcpOptionID.NotFound", "CreateDhcpOptions"),
            ec2(
                    "vpc-cidr-assoc-",
                    "cidrBlockAssociationSet",
                    "associationId",
                    "InvalidVpcCidrBlockAssociationID.NotFound",
                    "AssociateVpcCidrBlock"),
            ec2("vpce-", "vpcEndpointSet", "vpcEndpointId", "InvalidVpcEndpointId.NotFound", "CreateVpcEndpoint"),
            ec2("acl-", "networkAclSet", "networkAclId", "InvalidNetworkAclID.NotFound", "CreateNetworkAcl"),
            ec2("ami-", "imagesSet", "imageId", "InvalidAMIID.NotFound", "CreateImage", "CopyImage", "RegisterImage"),
            named(
                    "ec2",
                    "KeyName",
                    Set.of("KeyName"),
                    "keySet",
                    "keyName",
                    "InvalidKeyPair.NotFound",
                    400,
                    "CreateKeyPair",
                    "ImportKeyPair"),
            named(
                    "ec2",
                    "LaunchTemplateName",
                    Set.of("LaunchTemplateName"),
                    "launchTemplates",
                    "launchTemplateName",
                    "InvalidLaunchTemplateName.NotFoundException",
                    400,
                    "CreateLaunchTemplate"),
            named("iam", "RoleName", Set.of("RoleName"), "Roles", "RoleName", "NoSuchEntity", 404, "CreateRole"),
            named(
                    "iam",
                    "InstanceProfileName",
                    Set.of("InstanceProfileName"),
                    "InstanceProfiles",
                    "InstanceProfileName",
                    "NoSuchEntity",
                    404,
                    "CreateInstanceProfile"),
            unique(
                    "iam",
                    "arn:aws:iam::",
                    Set.of("Policies", "AttachedPolicies"),
                    "Arn",
                    "NoSuchEntity",
                    404,
                    "CreatePolicy"),
            unique(
                    "iam",
                    "arn:aws:iam::",
                    Set.of("OpenIDConnectProviderList"),
                    "Arn",
                    "NoSuchEntity",
                    404,
                    "CreateOpenIDConnectProvider"),
            named(
                    "autoscaling",
                    "AutoScalingGroupName",
                    Set.of("AutoScalingGroupName"),
                    "AutoScalingGroups",
                    "AutoScalingGroupName",
                    "ValidationError",
                    400,
                    "CreateAutoScalingGroup"),
            unique(
                    "elasticloadbalancing",
                    "arn:aws:elasticloadbalancing:",
                    Set.of("LoadBalancers"),
                    "LoadBalancerArn",
                    "LoadBalancerNotFound",
                    400,
                    "CreateLoadBalancer"),
            unique(
                    "elasticloadbalancing",
                    "arn:aws:elasticloadbalancing:",
                    Set.of("TargetGroups"),
                    "TargetGroupArn",
                    "TargetGroupNotFound",
                    400,
                    "CreateTargetGroup"),
            unique(
                    "elasticloadbalancing",
                    "arn:aws:elasticloadbalancing:",
                    Set.of("Listeners"),
                    "ListenerArn",
                    "ListenerNotFound",
                    400,
                    "CreateListener"),
            unique("sqs", "http", Set.of("QueueUrls"), "QueueUrl", "QueueDoesNotExist", 400, "CreateQueue"),
            named("sqs", "QueueName", Set.of("QueueName"), "", "", "QueueDoesNotExist", 400, "CreateQueue"),
            named(
                    "events",
                    "Name",
                    Set.of("Name", "Rule"),
                    "Rules",
                    "Name",
                    "ResourceNotFoundException",
                    400,
                    "PutRule"),
            named("s3", "Bucket", Set.of("Bucket"), "Buckets", "Name", "NoSuchBucket", 404, "CreateBucket"));

    static List<Kind> all() {
        return ALL;
    }

    /** The field of EC2's tag list that holds any id. */
    Optional<String> identityIn(String list) {
        if (service.equals("ec2") && unique && list.equals("tagSet")) {
            return Optional.of("resourceId");
        }
        return lists.contains(list) ? Optional.of(identity) : Optional.empty();
    }

    private static Kind ec2(String prefix, String list, String identity, String code, String... creators) {
        return new Kind(
                "ec2",
                Set.of(creators),
                new Source("", prefix),
                true,
                Set.of(),
                Set.of(list, list.equals("launchTemplates") ? "launchTemplateVersionSet" : "-"),
                identity,
                code,
                400);
    }

    private static Kind unique(
            String service,
            String prefix,
            Set<String> lists,
            String identity,
            String code,
            int status,
            String creator) {
        return new Kind(
                service, Set.of(creator), new Source("", prefix), true, Set.of(), lists, identity, code, status);
    }

    private static Kind named(
            String service,
            String parameter,
            Set<String> names,
            String list,
            String identity,
            String code,
            int status,
            String... creators) {
        return new Kind(
                service,
                Set.of(creators),
                new Source(parameter, ""),
                false,
                names,
                Set.of(list),
                identity,
                code,
                status);
    }
}
