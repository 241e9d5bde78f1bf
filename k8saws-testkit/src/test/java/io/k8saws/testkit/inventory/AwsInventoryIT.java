package io.k8saws.testkit.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DomainType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.VolumeType;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

@DisplayName("The inventory shows everything of ours, nothing of AWS's own, and no generated id")
@SuppressWarnings("unchecked") // the SDK takes lambdas as generic varargs
class AwsInventoryIT {

    @Test
    void freshAccount_isEmpty(@AwsEmulator(shared = false) AwsEndpoint aws) {
        assertThat(AwsInventory.of(aws).lines()).isEmpty();
    }

    @Test
    void everyKind_isShown_andTheSameAgainInAnotherAccount(@AwsEmulator(shared = false) AwsEndpoint aws) {
        make(aws);
        AwsInventory first = AwsInventory.of(aws);

        assertThat(first.lines()).containsExactly(EXPECTED);

        aws.reset();
        make(aws);
        assertThat(AwsInventory.of(aws)).isEqualTo(first);
    }

    @Test
    void whatIsMadeTwice_shows(@AwsEmulator(shared = false) AwsEndpoint aws) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            AwsInventory empty = AwsInventory.of(aws);
            ec2.createVolume(v -> v.availabilityZone("us-east-1a").size(20).volumeType(VolumeType.GP3));
            AwsInventory one = AwsInventory.of(aws);
            String id = ec2.createVolume(
                            v -> v.availabilityZone("us-east-1a").size(20).volumeType(VolumeType.GP3))
                    .volumeId();
            AwsInventory two = AwsInventory.of(aws);

            assertThat(one.lines()).containsExactly("ec2/volume vol type=gp3 size=20 zone=us-east-1a");
            assertThat(two.minus(one).lines()).containsExactly("ec2/volume vol type=gp3 size=20 zone=us-east-1a #2");
            assertThat(two.count("ec2/volume")).isEqualTo(2);
            ec2.deleteVolume(v -> v.volumeId(id));
            assertThat(AwsInventory.of(aws)).isEqualTo(one).isNotEqualTo(empty);
        }
    }

    private static TagSpecification name(ResourceType type, String name) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(
                        Tag.builder().key("Name").value(name).build(),
                        Tag.builder()
                                .key("kubernetes.io/cluster/pay")
                                .value("owned")
                                .build())
                .build();
    }

    private static void make(AwsEndpoint aws) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            String vpc = ec2.createVpc(v -> v.cidrBlock("10.0.0.0/16").tagSpecifications(name(ResourceType.VPC, "pay")))
                    .vpc()
                    .vpcId();
            ec2.associateVpcCidrBlock(c -> c.vpcId(vpc).cidrBlock("10.1.0.0/16"));
            String options = ec2.createDhcpOptions(
                            d -> d.dhcpConfigurations(c -> c.key("domain-name").values("pay.internal"))
                                    .tagSpecifications(name(ResourceType.DHCP_OPTIONS, "pay-dhcp")))
                    .dhcpOptions()
                    .dhcpOptionsId();
            ec2.associateDhcpOptions(d -> d.dhcpOptionsId(options).vpcId(vpc));
            String subnet = ec2.createSubnet(s -> s.vpcId(vpc)
                            .cidrBlock("10.0.0.0/24")
                            .availabilityZone("us-east-1a")
                            .tagSpecifications(name(ResourceType.SUBNET, "pay-a")))
                    .subnet()
                    .subnetId();
            String gateway = ec2.createInternetGateway(
                            g -> g.tagSpecifications(name(ResourceType.INTERNET_GATEWAY, "pay-igw")))
                    .internetGateway()
                    .internetGatewayId();
            ec2.attachInternetGateway(g -> g.internetGatewayId(gateway).vpcId(vpc));
            String table = ec2.createRouteTable(
                            t -> t.vpcId(vpc).tagSpecifications(name(ResourceType.ROUTE_TABLE, "pay-public")))
                    .routeTable()
                    .routeTableId();
            ec2.createRoute(
                    r -> r.routeTableId(table).destinationCidrBlock("0.0.0.0/0").gatewayId(gateway));
            ec2.associateRouteTable(r -> r.routeTableId(table).subnetId(subnet));
            String address = ec2.allocateAddress(a ->
                            a.domain(DomainType.VPC).tagSpecifications(name(ResourceType.ELASTIC_IP, "pay-nat-ip")))
                    .allocationId();
            ec2.createNatGateway(n -> n.subnetId(subnet)
                    .allocationId(address)
                    .tagSpecifications(name(ResourceType.NATGATEWAY, "pay-nat")));
            String group = ec2.createSecurityGroup(g -> g.groupName("pay-nodes")
                            .description("nodes")
                            .vpcId(vpc)
                            .tagSpecifications(name(ResourceType.SECURITY_GROUP, "pay-nodes")))
                    .groupId();
            ec2.authorizeSecurityGroupIngress(i -> i.groupId(group)
                    .ipPermissions(
                            p -> p.ipProtocol("tcp")
                                    .fromPort(10250)
                                    .toPort(10250)
                                    .userIdGroupPairs(g -> g.groupId(group)),
                            p -> p.ipProtocol("tcp").fromPort(443).toPort(443).ipRanges(r -> r.cidrIp("10.0.0.0/8"))));
            ec2.createKeyPair(k -> k.keyName("pay-key"));
            ec2.createLaunchTemplate(
                    l -> l.launchTemplateName("pay-workers").launchTemplateData(d -> d.instanceType("m6i.large")
                            .securityGroupIds(group)
                            .imageId("ami-12c6146b")
                            .iamInstanceProfile(p -> p.name("pay-worker"))));
            ec2.createVolume(v -> v.availabilityZone("us-east-1a")
                    .size(20)
                    .volumeType(VolumeType.GP3)
                    .tagSpecifications(name(ResourceType.VOLUME, "pay-etcd-a")));
            ec2.createNetworkInterface(n -> n.subnetId(subnet)
                    .groups(group)
                    .tagSpecifications(name(ResourceType.NETWORK_INTERFACE, "pay-etcd-a")));
            try (IamClient iam = aws.configure(IamClient.builder()).build()) {
                iam.createRole(r -> r.roleName("pay-worker").assumeRolePolicyDocument("{}"));
                iam.putRolePolicy(
                        p -> p.roleName("pay-worker")
                                .policyName("state")
                                .policyDocument(
                                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"));
                iam.createInstanceProfile(p -> p.instanceProfileName("pay-worker"));
                iam.addRoleToInstanceProfile(
                        p -> p.instanceProfileName("pay-worker").roleName("pay-worker"));
            }
            try (ElasticLoadBalancingV2Client elb = aws.configure(ElasticLoadBalancingV2Client.builder())
                            .build();
                    AutoScalingClient scaling =
                            aws.configure(AutoScalingClient.builder()).build()) {
                String balancer = elb.createLoadBalancer(l -> l.name("pay-api")
                                .type(LoadBalancerTypeEnum.NETWORK)
                                .subnets(subnet))
                        .loadBalancers()
                        .get(0)
                        .loadBalancerArn();
                String target = elb.createTargetGroup(t -> t.name("pay-api")
                                .port(6443)
                                .protocol(ProtocolEnum.TCP)
                                .vpcId(vpc))
                        .targetGroups()
                        .get(0)
                        .targetGroupArn();
                elb.createListener(l -> l.loadBalancerArn(balancer)
                        .port(6443)
                        .protocol(ProtocolEnum.TCP)
                        .defaultActions(Action.builder()
                                .type(ActionTypeEnum.FORWARD)
                                .targetGroupArn(target)
                                .build()));
                scaling.createAutoScalingGroup(g -> g.autoScalingGroupName("pay-workers")
                        .minSize(2)
                        .maxSize(5)
                        .launchTemplate(l -> l.launchTemplateName("pay-workers"))
                        .targetGroupARNs(target)
                        .vpcZoneIdentifier(subnet));
                scaling.putLifecycleHook(h -> h.autoScalingGroupName("pay-workers")
                        .lifecycleHookName("drain")
                        .lifecycleTransition("autoscaling:EC2_INSTANCE_TERMINATING"));
            }
        }
        try (S3Client s3 = aws.configure(S3Client.builder()).build();
                SqsClient sqs = aws.configure(SqsClient.builder()).build();
                EventBridgeClient events =
                        aws.configure(EventBridgeClient.builder()).build();
                Route53Client route53 = aws.configure(Route53Client.builder()).build();
                SsmClient ssm = aws.configure(SsmClient.builder()).build()) {
            s3.createBucket(b -> b.bucket("pay-state"));
            s3.putBucketVersioning(
                    b -> b.bucket("pay-state").versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
            for (String body : List.of("1", "2", "3")) {
                s3.putObject(o -> o.bucket("pay-state").key("pay/state"), RequestBody.fromString(body));
            }
            s3.putObject(o -> o.bucket("pay-state").key("pay/lock"), RequestBody.fromString("me"));
            s3.deleteObject(o -> o.bucket("pay-state").key("pay/lock"));
            String queue = sqs.createQueue(q -> q.queueName("pay-notices")).queueUrl();
            events.putRule(r -> r.name("pay-spot").eventPattern("{\"source\":[\"aws.ec2\"]}"));
            events.putTargets(t -> t.rule("pay-spot").targets(target -> target.id("queue")
                    .arn("arn:aws:sqs:us-east-1:123456789012:" + queue.substring(queue.lastIndexOf('/') + 1))));
            String zone = route53.createHostedZone(z -> z.name("pay.example.").callerReference("1"))
                    .hostedZone()
                    .id();
            route53.changeResourceRecordSets(c -> c.hostedZoneId(zone)
                    .changeBatch(b -> b.changes(change -> change.action(ChangeAction.CREATE)
                            .resourceRecordSet(r -> r.name("api.pay.example.")
                                    .type(RRType.A)
                                    .ttl(60L)
                                    .resourceRecords(v -> v.value("10.0.0.1"))))));
            ssm.putParameter(
                    p -> p.name("/pay/version").type(ParameterType.STRING).value("1"));
        }
    }

    private static final String[] EXPECTED = {
        "autoscaling/group pay-workers min=2 max=5 subnets=[pay-a] template=pay-workers targets=[pay-api]",
        "autoscaling/lifecycle-hook drain group=pay-workers transition=autoscaling:EC2_INSTANCE_TERMINATING",
        "ec2/address pay-nat-ip associated=true tags={kubernetes.io/cluster/pay=owned}",
        "ec2/dhcp-options pay-dhcp options=domain-name:pay.internal tags={kubernetes.io/cluster/pay=owned}",
        "ec2/instance i type=m6i.large state=running subnet=pay-a",
        "ec2/instance i type=m6i.large state=running subnet=pay-a #2",
        "ec2/internet-gateway pay-igw vpc=[pay] tags={kubernetes.io/cluster/pay=owned}",
        "ec2/key-pair pay-key",
        "ec2/launch-template pay-workers type=m6i.large profile=pay-worker groups=[pay-nodes]",
        "ec2/nat-gateway pay-nat subnet=pay-a state=available tags={kubernetes.io/cluster/pay=owned}",
        "ec2/network-interface ELB net/<id>loadbalancer/app/pay-api/<id> subnet=pay-a",
        "ec2/network-interface Interface for NAT Gateway <id> subnet=pay-a groups=[default]",
        "ec2/network-interface Primary network interface subnet=pay-a groups=[pay-nodes] attached=true",
        "ec2/network-interface Primary network interface subnet=pay-a groups=[pay-nodes] attached=true #2",
        "ec2/network-interface pay-etcd-a subnet=pay-a groups=[pay-nodes] tags={kubernetes.io/cluster/pay=owned}",
        "ec2/route 0.0.0.0/0 to=pay-igw table=pay-public vpc=pay",
        "ec2/route-table pay-public vpc=pay tags={kubernetes.io/cluster/pay=owned}",
        "ec2/route-table-association pay-a table=pay-public",
        "ec2/security-group pay-nodes vpc=pay tags={kubernetes.io/cluster/pay=owned}",
        "ec2/security-group-rule pay-nodes direction=in protocol=tcp ports=10250-10250 peer=pay-nodes",
        "ec2/security-group-rule pay-nodes direction=in protocol=tcp ports=443-443 peer=10.0.0.0/8",
        "ec2/security-group-rule pay-nodes direction=out protocol=-1 ports=all peer=0.0.0.0/0",
        "ec2/subnet pay-a cidr=10.0.0.0/24 zone=us-east-1a vpc=pay tags={kubernetes.io/cluster/pay=owned}",
        "ec2/volume pay-etcd-a type=gp3 size=20 zone=us-east-1a tags={kubernetes.io/cluster/pay=owned}",
        "ec2/volume vol type=gp2 size=8 zone=us-east-1a attached=true",
        "ec2/volume vol type=gp2 size=8 zone=us-east-1a attached=true #2",
        "ec2/vpc pay cidr=10.0.0.0/16 dhcp=pay-dhcp tags={kubernetes.io/cluster/pay=owned}",
        "ec2/vpc-cidr 10.1.0.0/16 vpc=pay",
        "elb/listener pay-api:6443 protocol=TCP to=[pay-api]",
        "elb/load-balancer pay-api type=network scheme=internet-facing subnets=[pay-a]",
        "elb/target-group pay-api port=6443 protocol=TCP vpc=pay",
        "events/rule pay-spot targets=[queue]",
        "iam/instance-profile pay-worker roles=[pay-worker]",
        "iam/role pay-worker path=/ inline=[state]",
        "route53/hosted-zone pay.example.",
        "route53/record api.pay.example. type=A zone=pay.example.",
        "s3/bucket pay-state versioning=Enabled",
        "s3/delete-marker pay-state/pay/lock",
        "s3/object pay-state/pay/state",
        "s3/old-version pay-state/pay/lock",
        "s3/old-version pay-state/pay/state",
        "s3/old-version pay-state/pay/state #2",
        "sqs/queue pay-notices",
        "ssm/parameter /pay/version type=String",
    };
}
