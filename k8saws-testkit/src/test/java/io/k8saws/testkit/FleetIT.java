package io.k8saws.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;

@Tag("machines")
@DisplayName("A fleet boots what the emulator starts")
class FleetIT {
    private static final Duration BOOT = Duration.ofMinutes(2);
    private static final String RIGHTS =
            "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"ec2:Describe*\", \"ec2:AttachVolume\", "
                    + "\"ec2:AttachNetworkInterface\"], \"Resource\": \"*\"}]}";

    private static final String TRUST =
            "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", "
                    + "\"Principal\": {\"Service\": \"ec2.amazonaws.com\"}}]}";

    private static HostFootprint before;

    @BeforeAll
    static void look() {
        before = HostFootprint.look();
    }

    @AfterAll
    static void hostIsAsBefore() {
        assertThat(before.changes(Duration.ofSeconds(20))).isEmpty();
    }

    @Test
    void groupBehindALoadBalancer_loosesAMachine_andTheBalancerFollows(@AwsEmulator(shared = false) AwsEndpoint plain) {
        AwsEndpoint aws = plain.enforcingIam();
        try (EmulatorClients clients = EmulatorClients.of(aws);
                NodeFleet fleet = Testbed.fleet(aws)) {
            List<String> subnets = subnets(clients);
            LoadBalancer balancer = balancer(clients, subnets);
            String targets = targetGroup(clients, balancer);
            template(clients, "web", script("web.sh"));
            clients.autoScaling().createAutoScalingGroup(request -> request.autoScalingGroupName("web")
                    .minSize(2)
                    .maxSize(2)
                    .vpcZoneIdentifier(String.join(",", subnets))
                    .targetGroupARNs(targets)
                    .launchTemplate(template -> template.launchTemplateName("web")));

            List<NodeMachine> first = fleet.awaitBoot(2, BOOT);
            assertThat(first)
                    .extracting(one -> one.instance().placement().zone())
                    .containsExactlyInAnyOrder("us-east-1a", "us-east-1b");
            assertThat(first.get(0).run("cat", "/srv/web/state")).isEqualTo("InService");
            assertThat(fleet.machines("aws:autoscaling:groupName", "web")).isEqualTo(first);
            String name = balancer.dnsName();
            assertThat(Waiting.until(
                            () -> answers(first.get(0), "http://" + name + ":80/")
                                            .size()
                                    == 2,
                            BOOT))
                    .as("both are well by the load balancer's check")
                    .isTrue();
            assertThat(answers(first.get(0), "http://" + name + ":80/"))
                    .containsExactlyInAnyOrder(id(first.get(0)), id(first.get(1)));
            assertThat(answers(first.get(1), "http://api.demo.test:80/")).hasSize(2);
            assertThat(Http.isOk(URI.create("http://127.0.0.1:" + fleet.expose(name, 80))))
                    .isTrue();
            assertThat(Output.of(
                            "curl",
                            List.of("curl", "-sSfp", "--proxy", fleet.proxy().toString(), "http://" + name + ":80/"),
                            BOOT))
                    .isIn(id(first.get(0)), id(first.get(1)));

            fleet.kill(id(first.get(0)));
            NodeMachine successor = fleet.awaitSuccessor(id(first.get(0)), BOOT);
            successor.awaitBoot(BOOT);
            List<String> expected = List.of(id(first.get(1)), id(successor));
            assertThat(Waiting.until(
                            () -> answers(first.get(1), "http://" + name + ":80/")
                                    .containsAll(expected),
                            BOOT))
                    .as(() -> "the balancer reaches the successor:\n" + String.join("\n", fleet.timeline()))
                    .isTrue();
            assertThat(answers(first.get(1), "http://" + name + ":80/")).containsExactlyInAnyOrderElementsOf(expected);

            first.get(1).run("systemctl", "stop", "web");
            assertThat(Waiting.until(
                            () -> answers(successor, "http://" + name + ":80/").equals(List.of(id(successor))), BOOT))
                    .as("one that is not well gets no connections")
                    .isTrue();

            clients.autoScaling()
                    .updateAutoScalingGroup(request ->
                            request.autoScalingGroupName("web").minSize(0).desiredCapacity(0));
            assertThat(Waiting.until(() -> fleet.machines().isEmpty(), BOOT))
                    .as("terminated instances take their machines along")
                    .isTrue();
            for (NodeMachine ended : List.of(first.get(1), successor)) {
                assertThat(Waiting.until(() -> told(fleet, id(ended) + " is off"), BOOT))
                        .as(() -> "in good order, as EC2 does:\n" + String.join("\n", fleet.timeline()))
                        .isTrue();
            }
            assertThat(told(fleet, id(first.get(0)) + " is off"))
                    .as("the one that was killed")
                    .isFalse();
        }
    }

    private static boolean told(NodeFleet fleet, String what) {
        return fleet.timeline().stream().anyMatch(line -> line.endsWith(what));
    }

    @Test
    void memberOfAGroup_takesItsDiskAndAddress_alsoAsASuccessor_untilTheDiskIsLost(
            @AwsEmulator(shared = false) AwsEndpoint plain) {
        AwsEndpoint aws = plain.enforcingIam();
        try (EmulatorClients clients = EmulatorClients.of(aws);
                NodeFleet fleet = Testbed.fleet(aws)) {
            List<String> subnets = subnets(clients);
            String volume = clients.ec2()
                    .createVolume(request -> request.availabilityZone("us-east-1a")
                            .size(20)
                            .tagSpecifications(member(ResourceType.VOLUME)))
                    .volumeId();
            clients.ec2().createNetworkInterface(request -> request.subnetId(subnets.get(0))
                    .privateIpAddress("10.0.0.200")
                    .tagSpecifications(member(ResourceType.NETWORK_INTERFACE)));
            template(clients, "member", script("member.sh"));
            clients.autoScaling().createAutoScalingGroup(request -> request.autoScalingGroupName("member")
                    .minSize(1)
                    .maxSize(1)
                    .vpcZoneIdentifier(subnets.get(0))
                    .launchTemplate(template -> template.launchTemplateName("member")));

            NodeMachine first = fleet.awaitBoot(1, BOOT).get(0);
            assertThat(first.run("cat", "/var/lib/member")).isEqualTo("formatted");
            assertThat(first.run("ip", "-4", "-o", "address")).contains("10.0.0.200/32");

            fleet.kill(id(first));
            NodeMachine second = fleet.awaitSuccessor(id(first), BOOT);
            second.awaitBoot(BOOT);
            assertThat(second.run("cat", "/data/holders").lines()).containsExactly(id(first), id(second));
            assertThat(second.instance().interfaces())
                    .extracting(NodeInterface::address)
                    .contains("10.0.0.200");

            fleet.lose(volume);
            NodeMachine third = fleet.awaitSuccessor(id(second), BOOT);
            third.awaitBoot(BOOT);
            assertThat(third.run("cat", "/var/lib/member")).isEqualTo("formatted");
            assertThat(third.run("cat", "/data/holders")).isEqualTo(id(third));

            third.run("umount", "/data");
            clients.ec2().detachVolume(request -> request.volumeId(volume));
            assertThat(Waiting.until(() -> third.run("ls", "/dev/disk/by-id").isEmpty(), BOOT))
                    .isTrue();
            assertThat(fleet.timeline()).noneMatch(line -> line.startsWith("now: "));
        }
    }

    private static String id(NodeMachine machine) {
        return machine.instance().id();
    }

    /** Who answers, of twenty requests in a row. */
    private static List<String> answers(NodeMachine asking, String address) {
        return asking.run("bash", "-c", "for i in {1..20}; do curl -sS -m 5 " + address + " || true; done")
                .lines()
                .filter(line -> line.startsWith("i-"))
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> subnets(EmulatorClients clients) {
        String vpc = clients.ec2()
                .createVpc(request -> request.cidrBlock("10.0.0.0/16"))
                .vpc()
                .vpcId();
        return IntStream.range(0, 2)
                .mapToObj(i -> clients.ec2()
                        .createSubnet(request -> request.vpcId(vpc)
                                .cidrBlock("10.0." + 16 * i + ".0/20")
                                .availabilityZone("us-east-1" + "ab".charAt(i)))
                        .subnet()
                        .subnetId())
                .toList();
    }

    private static void template(EmulatorClients clients, String name, String userData) {
        clients.iam().createRole(request -> request.roleName(name).assumeRolePolicyDocument(TRUST));
        clients.iam()
                .putRolePolicy(
                        request -> request.roleName(name).policyName(name).policyDocument(RIGHTS));
        clients.iam().createInstanceProfile(request -> request.instanceProfileName(name));
        clients.iam().addRoleToInstanceProfile(request -> request.instanceProfileName(name)
                .roleName(name));
        clients.ec2().createLaunchTemplate(request -> request.launchTemplateName(name)
                .launchTemplateData(data -> data.imageId("ami-12c6146b")
                        .instanceType("m5.large")
                        .iamInstanceProfile(profile -> profile.name(name))
                        .userData(Base64.getEncoder().encodeToString((script("aws.sh") + userData).getBytes(UTF_8)))));
    }

    private static TagSpecification member(ResourceType type) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(software.amazon.awssdk.services.ec2.model.Tag.builder()
                        .key("member")
                        .value("one")
                        .build())
                .build();
    }

    private static LoadBalancer balancer(EmulatorClients clients, List<String> subnets) {
        LoadBalancer balancer = clients.loadBalancing()
                .createLoadBalancer(request ->
                        request.name("web").type(LoadBalancerTypeEnum.NETWORK).subnets(subnets))
                .loadBalancers()
                .get(0);
        String zone = clients.route53()
                .createHostedZone(request -> request.name("demo.test").callerReference("one"))
                .hostedZone()
                .id();
        Change alias = Change.builder()
                .action(ChangeAction.CREATE)
                .resourceRecordSet(
                        set -> set.name("api.demo.test").type(RRType.A).aliasTarget(target -> target.dnsName(
                                        balancer.dnsName())
                                .hostedZoneId(balancer.canonicalHostedZoneId())
                                .evaluateTargetHealth(false)))
                .build();
        clients.route53().changeResourceRecordSets(request -> request.hostedZoneId(zone)
                .changeBatch(batch -> batch.changes(alias)));
        return balancer;
    }

    private static String targetGroup(EmulatorClients clients, LoadBalancer balancer) {
        String arn = clients.loadBalancing()
                .createTargetGroup(request -> request.name("web")
                        .protocol(ProtocolEnum.TCP)
                        .port(8080)
                        .vpcId(balancer.vpcId())
                        .targetType(TargetTypeEnum.INSTANCE)
                        .healthCheckProtocol(ProtocolEnum.HTTP)
                        .healthCheckPath("/state")
                        .healthCheckIntervalSeconds(10)
                        .healthyThresholdCount(2))
                .targetGroups()
                .get(0)
                .targetGroupArn();
        clients.loadBalancing().createListener(request -> request.loadBalancerArn(balancer.loadBalancerArn())
                .protocol(ProtocolEnum.TCP)
                .port(80)
                .defaultActions(Action.builder()
                        .type(ActionTypeEnum.FORWARD)
                        .targetGroupArn(arn)
                        .build()));
        return arn;
    }

    private static String script(String name) {
        try (InputStream script = FleetIT.class.getResourceAsStream("fleet/" + name)) {
            return new String(Objects.requireNonNull(script).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
