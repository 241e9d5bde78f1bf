package io.k8saws.kinds.network;

import static io.k8saws.kinds.network.NetworkAccount.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.DhcpOptionSets;
import io.k8saws.internal.resource.DhcpOptionSets.DhcpOptions;
import io.k8saws.internal.resource.ElasticIps;
import io.k8saws.internal.resource.ElasticIps.ElasticIp;
import io.k8saws.internal.resource.InternetGateways;
import io.k8saws.internal.resource.InternetGateways.InternetGateway;
import io.k8saws.internal.resource.NatGateways;
import io.k8saws.internal.resource.NatGateways.NatGateway;
import io.k8saws.internal.resource.Reading;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.resource.RouteTableAssociations;
import io.k8saws.internal.resource.RouteTableAssociations.RouteTableAssociation;
import io.k8saws.internal.resource.RouteTables;
import io.k8saws.internal.resource.RouteTables.RouteTable;
import io.k8saws.internal.resource.Routes;
import io.k8saws.internal.resource.Routes.Route;
import io.k8saws.internal.resource.SecurityGroupRules;
import io.k8saws.internal.resource.SecurityGroupRules.SecurityGroupRule;
import io.k8saws.internal.resource.SecurityGroups;
import io.k8saws.internal.resource.SecurityGroups.SecurityGroup;
import io.k8saws.internal.resource.Step;
import io.k8saws.internal.resource.Subnets;
import io.k8saws.internal.resource.Subnets.Subnet;
import io.k8saws.internal.resource.VpcCidrs;
import io.k8saws.internal.resource.VpcCidrs.VpcCidr;
import io.k8saws.internal.resource.Vpcs;
import io.k8saws.internal.resource.Vpcs.Vpc;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/** Every network kind: made, read back, changed, deleted; cut off in the middle; in the company of what others made. */
class NetworkKindsIT {
    private static final Map<String, String> TAGS = Map.of("team", "payments", "stage", "test");
    private static final Map<String, String> OTHER_TAGS = Map.of("team", "billing", "cost", "42");

    private final DhcpOptionSets dhcp = new DhcpOptionSets();
    private final Vpcs vpcs = new Vpcs();
    private final VpcCidrs cidrs = new VpcCidrs();
    private final InternetGateways gateways = new InternetGateways();
    private final Subnets subnets = new Subnets();
    private final RouteTables tables = new RouteTables();
    private final Routes routes = new Routes();
    private final RouteTableAssociations associations = new RouteTableAssociations();
    private final ElasticIps ips = new ElasticIps();
    private final NatGateways nats = new NatGateways();
    private final SecurityGroups groups = new SecurityGroups();
    private final SecurityGroupRules rules = new SecurityGroupRules();
    private final String zone;
    private final NetworkAccount aws;

    NetworkKindsIT(@AwsEmulator AwsEndpoint endpoint) {
        aws = new NetworkAccount(endpoint);
        zone = endpoint.region() + "a";
    }

    @BeforeEach
    void aVpc() {
        aws.create(dhcp, "main", new DhcpOptions("ec2.internal", "AmazonProvidedDNS", TAGS));
        aws.create(vpcs, "main", vpc(true, true, TAGS));
    }

    @AfterEach
    void close() {
        aws.close();
    }

    private static Vpc vpc(boolean hostnames, boolean support, Map<String, String> tags) {
        return new Vpc("10.0.0.0/16", hostnames, support, to("dhcp-options/main"), tags);
    }

    private static InternetGateway gateway(Map<String, String> tags) {
        return new InternetGateway(Optional.of(to("vpc/main")), tags);
    }

    private Subnet subnet(String cidr, boolean publicIp, boolean resourceNames) {
        return new Subnet(to("vpc/main"), cidr, zone, publicIp, resourceNames, TAGS);
    }

    private static RouteTable table() {
        return new RouteTable(to("vpc/main"), TAGS);
    }

    private static SecurityGroup group() {
        return new SecurityGroup(to("vpc/main"), "Worker nodes", TAGS);
    }

    private static SecurityGroupRule rule(String direction, String protocol, int from, int until, String cidr) {
        return new SecurityGroupRule(
                to("security-group/nodes"),
                direction,
                protocol,
                from,
                until,
                Optional.empty(),
                Optional.of(Ref.id(cidr)),
                "why",
                TAGS);
    }

    private TagSpecification ownTags(ResourceType type, String address) {
        Map<String, String> tags = aws.scope().tagsOf(ResourceAddress.parse(address), TAGS);
        return TagSpecification.builder()
                .resourceType(type)
                .tags(tags.entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList())
                .build();
    }

    // ---- VPC

    @Test
    void vpc_changesInPlace_andGoes() {
        assertThat(aws.update(vpcs, "main", vpc(false, true, OTHER_TAGS)))
                .containsExactly("dnsHostnames", "tags[cost]", "tags[stage]", "tags[team]");
        aws.update(vpcs, "main", vpc(false, false, OTHER_TAGS));
        aws.update(vpcs, "main", vpc(true, true, OTHER_TAGS));
        aws.update(vpcs, "main", vpc(false, false, OTHER_TAGS));
        aws.create(dhcp, "other", new DhcpOptions("example.internal", "10.0.0.2, 10.0.0.3", Map.of()));
        aws.update(vpcs, "main", new Vpc("10.0.0.0/16", false, false, to("dhcp-options/other"), OTHER_TAGS));
        aws.delete(vpcs, "main");
        aws.delete(dhcp, "other");
    }

    @Test
    void vpc_withItsNameTagChangedByHand_getsItBack() {
        aws.ec2().createTags(request -> request.resources(aws.id("vpc/main"))
                .tags(Tag.builder().key("Name").value("mine").build()));
        assertThat(aws.update(vpcs, "main", vpc(true, true, TAGS))).containsExactly("tags[Name]");
        assertThat(aws.ec2()
                        .describeVpcs(request -> request.vpcIds(aws.id("vpc/main")))
                        .vpcs()
                        .get(0)
                        .tags())
                .contains(Tag.builder()
                        .key("Name")
                        .value("main." + aws.scope().cluster())
                        .build());
    }

    @Test
    void vpc_cutOffAfterItsFirstCall_isMendedByAnUpdate() {
        String id = aws.ec2()
                .createVpc(request ->
                        request.cidrBlock("10.0.0.0/16").tagSpecifications(ownTags(ResourceType.VPC, "vpc/cut")))
                .vpc()
                .vpcId();
        aws.made("vpc/cut", id);
        assertThat(aws.update(vpcs, "cut", vpc(true, true, TAGS))).containsExactly("dhcpOptions", "dnsHostnames");
    }

    @Test
    void vpc_withAForeignSubnet_saysWhatItWaitsFor() {
        String id = aws.id("vpc/main");
        String subnetId = aws.ec2()
                .createSubnet(request -> request.vpcId(id).cidrBlock("10.0.9.0/24"))
                .subnet()
                .subnetId();
        aws.ec2().createNetworkInterface(request -> request.subnetId(subnetId).description("somebody's"));
        assertThatThrownBy(() -> vpcs.delete(aws.step(vpcs, "main"), aws.one(vpcs, "main")))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("eni-")
                .hasMessageContaining("somebody's");
    }

    // ---- further ranges

    @Test
    void vpcCidr_isMadeOnce_andGoes() {
        VpcCidr wanted = new VpcCidr(to("vpc/main"), "100.64.0.0/16");
        String id = aws.create(cidrs, "100.64.0.0-16", wanted);
        assertThat(cidrs.create(aws.step(cidrs, "100.64.0.0-16"), wanted).id()).isEqualTo(id);
        aws.assertHas(vpcs, "main", vpc(true, true, TAGS));
        aws.delete(cidrs, "100.64.0.0-16");
        aws.assertHas(vpcs, "main", vpc(true, true, TAGS));
    }

    @Test
    void vpcCidr_addedByOthers_isForeign() {
        aws.ec2().associateVpcCidrBlock(request -> request.vpcId(aws.id("vpc/main"))
                .cidrBlock("100.65.0.0/16"));
        assertThat(aws.read(cidrs).resources()).isEmpty();
        assertThat(aws.foreign(cidrs)).containsExactly("vpc/main: address range 100.65.0.0/16 (owner: unknown)");
    }

    @Test
    void vpcCidr_cutOffAfterTheMark_isSeenAsMissing() {
        aws.ec2().createTags(request -> request.resources(aws.id("vpc/main"))
                .tags(Tag.builder()
                        .key("k8saws.io/vpc-cidr/100.64.0.0-16")
                        .value("owned")
                        .build()));
        assertThat(aws.read(cidrs).resources()).isEmpty();
        aws.assertHas(vpcs, "main", vpc(true, true, TAGS));
        aws.create(cidrs, "100.64.0.0-16", new VpcCidr(to("vpc/main"), "100.64.0.0/16"));
    }

    // ---- DHCP options

    @Test
    void dhcpOptions_changeTheirTags_andGoWhenNoVpcHasThem() {
        aws.create(dhcp, "other", new DhcpOptions("example.internal", "10.0.0.2, 10.0.0.3", TAGS));
        aws.update(dhcp, "other", new DhcpOptions("example.internal", "10.0.0.2,10.0.0.3", OTHER_TAGS));
        aws.delete(dhcp, "other");
        assertThatThrownBy(() -> dhcp.delete(aws.step(dhcp, "main"), aws.one(dhcp, "main")))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining(aws.id("vpc/main"));
    }

    // ---- internet gateway

    @Test
    void internetGateway_livesAndGoes() {
        aws.create(gateways, "main", gateway(TAGS));
        aws.update(gateways, "main", gateway(OTHER_TAGS));
        aws.update(gateways, "main", new InternetGateway(Optional.empty(), OTHER_TAGS));
        aws.update(gateways, "main", gateway(OTHER_TAGS));
        aws.delete(gateways, "main");
    }

    @Test
    void internetGateway_cutOffBeforeItWasAttached_isAttachedByAnUpdate() {
        aws.made(
                "internet-gateway/main",
                aws.ec2()
                        .createInternetGateway(request -> request.tagSpecifications(
                                ownTags(ResourceType.INTERNET_GATEWAY, "internet-gateway/main")))
                        .internetGateway()
                        .internetGatewayId());
        assertThat(aws.update(gateways, "main", gateway(TAGS))).containsExactly("vpc");
    }

    @Test
    void internetGateway_attachedByALostCall_isNoError() {
        aws.create(gateways, "main", gateway(TAGS));
        Observed<InternetGateway> stale = new Observed<>(
                new ResourceAddress(InternetGateways.KIND, "main"),
                aws.id("internet-gateway/main"),
                Map.of(),
                new InternetGateway(Optional.empty(), TAGS),
                Origin.OURS);
        gateways.update(aws.step(gateways, "main"), stale, gateway(TAGS), Set.of("vpc"));
        aws.assertHas(gateways, "main", gateway(TAGS));
    }

    // ---- subnet

    @Test
    void subnet_livesAndGoes() {
        aws.create(subnets, "public-a", subnet("10.0.0.0/24", true, true));
        aws.update(subnets, "public-a", subnet("10.0.0.0/24", false, true));
        aws.update(subnets, "public-a", subnet("10.0.0.0/24", true, false));
        aws.update(subnets, "public-a", new Subnet(to("vpc/main"), "10.0.0.0/24", zone, true, true, OTHER_TAGS));
        aws.delete(subnets, "public-a");
    }

    @Test
    void subnet_cutOffAfterItsFirstCall_isMendedByAnUpdate() {
        aws.made("subnet/public-a", bareSubnet("subnet/public-a"));
        assertThat(aws.update(subnets, "public-a", subnet("10.0.0.0/24", true, true)))
                .containsExactly("publicIpOnLaunch", "resourceNames");
    }

    @Test
    void subnet_whoseAnswerWasLost_isTakenAsItIs() {
        String id = bareSubnet("subnet/public-a");
        assertThat(aws.create(subnets, "public-a", subnet("10.0.0.0/24", true, true)))
                .isEqualTo(id);
    }

    @Test
    void subnet_whoseRangeOthersHave_isRefusedByName() {
        String id = aws.ec2()
                .createSubnet(request -> request.vpcId(aws.id("vpc/main")).cidrBlock("10.0.0.0/24"))
                .subnet()
                .subnetId();
        assertThatThrownBy(() -> subnets.create(aws.step(subnets, "public-a"), subnet("10.0.0.0/24", true, true)))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining(id);
    }

    private String bareSubnet(String address) {
        return aws.ec2()
                .createSubnet(request -> request.vpcId(aws.id("vpc/main"))
                        .cidrBlock("10.0.0.0/24")
                        .availabilityZone(zone)
                        .tagSpecifications(ownTags(ResourceType.SUBNET, address)))
                .subnet()
                .subnetId();
    }

    // ---- route tables, routes, associations

    @Test
    void routeTable_isMadeOnceForAToken_andGoes() {
        Step step = aws.step(tables, "public", "0123456789abcdef0123456789abcdef");
        String first = tables.create(step, table()).id();
        assertThat(tables.create(step, table()).id()).isEqualTo(first);
        aws.made("route-table/public", first);
        aws.assertHas(tables, "public", table());
        aws.update(tables, "public", new RouteTable(to("vpc/main"), OTHER_TAGS));
        aws.delete(tables, "public");
    }

    @Test
    void route_leadsElsewhere_andGoes() {
        twoWaysOut();
        aws.create(routes, "public-default", viaGateway());
        assertThat(routes.create(aws.step(routes, "public-default"), viaGateway())
                        .id())
                .isEqualTo(aws.id("route/public-default"));
        assertThat(aws.update(routes, "public-default", viaNat())).containsExactly("internetGateway", "natGateway");
        aws.update(routes, "public-default", viaGateway());
        // somebody's route in place of ours is ours to change, since the table is
        routes.create(aws.step(routes, "public-default"), viaNat());
        aws.assertHas(routes, "public-default", viaNat());
        aws.delete(routes, "public-default");
    }

    @Test
    void route_addedByOthers_isForeign() {
        twoWaysOut();
        aws.create(routes, "public-default", viaGateway());
        aws.ec2().createRoute(request -> request.routeTableId(aws.id("route-table/public"))
                .destinationCidrBlock("192.168.0.0/16")
                .natGatewayId(aws.id("nat-gateway/a")));
        assertThat(aws.foreign(routes))
                .containsExactly("route-table/public: route 192.168.0.0/16 via " + aws.id("nat-gateway/a")
                        + " (owner: unknown)");
        assertThat(aws.read(routes).resources()).hasSize(1);
    }

    private void twoWaysOut() {
        aws.create(gateways, "main", gateway(TAGS));
        aws.create(tables, "public", table());
        aNat();
    }

    private static Route viaGateway() {
        return new Route(
                to("route-table/public"), "0.0.0.0/0", Optional.of(to("internet-gateway/main")), Optional.empty());
    }

    private static Route viaNat() {
        return new Route(to("route-table/public"), "0.0.0.0/0", Optional.empty(), Optional.of(to("nat-gateway/a")));
    }

    @Test
    void association_movesToAnotherTable_andGoes() {
        aws.create(subnets, "public-a", subnet("10.0.0.0/24", false, false));
        aws.create(tables, "public", table());
        aws.create(tables, "private", table());
        RouteTableAssociation wanted = new RouteTableAssociation(to("route-table/public"), to("subnet/public-a"));
        String id = aws.create(associations, "public-a", wanted);
        assertThat(associations
                        .create(aws.step(associations, "public-a"), wanted)
                        .id())
                .isEqualTo(id);
        aws.update(
                associations, "public-a", new RouteTableAssociation(to("route-table/private"), to("subnet/public-a")));
        aws.delete(associations, "public-a");
    }

    @Test
    void association_withASomebodyElsesTable_isTakenBack() {
        String subnetId = aws.create(subnets, "public-a", subnet("10.0.0.0/24", false, false));
        aws.create(tables, "public", table());
        String strange = aws.ec2()
                .createRouteTable(request -> request.vpcId(aws.id("vpc/main")))
                .routeTable()
                .routeTableId();
        aws.ec2().associateRouteTable(request -> request.routeTableId(strange).subnetId(subnetId));
        assertThat(aws.read(associations).resources()).isEmpty();
        aws.create(
                associations, "public-a", new RouteTableAssociation(to("route-table/public"), to("subnet/public-a")));
    }

    @Test
    void association_ofASomebodyElsesSubnet_isForeign() {
        aws.create(tables, "public", table());
        String strange = aws.ec2()
                .createSubnet(request -> request.vpcId(aws.id("vpc/main")).cidrBlock("10.0.9.0/24"))
                .subnet()
                .subnetId();
        aws.ec2().associateRouteTable(request -> request.routeTableId(aws.id("route-table/public"))
                .subnetId(strange));
        assertThat(aws.foreign(associations))
                .containsExactly("route-table/public: association with " + strange + " (owner: unknown)");
    }

    // ---- addresses and NAT

    @Test
    void elasticIp_tellsItsAddress_andGoes() {
        aws.create(ips, "nat-a", new ElasticIp(TAGS));
        assertThat(aws.one(ips, "nat-a").output(ElasticIps.PUBLIC_IP)).isPresent();
        aws.update(ips, "nat-a", new ElasticIp(OTHER_TAGS));
        aws.delete(ips, "nat-a");
    }

    @Test
    void natGateway_isMadeOnceForAToken_andGoes() {
        aws.create(gateways, "main", gateway(TAGS));
        aNat();
        aws.create(ips, "nat-b", new ElasticIp(TAGS));
        NatGateway wanted = new NatGateway(to("subnet/nat"), to("elastic-ip/nat-b"), TAGS);
        Step step = aws.step(nats, "b", "0123456789abcdef0123456789abcdee");
        String first = nats.create(step, wanted).id();
        assertThat(nats.create(step, wanted).id()).isEqualTo(first);
        aws.made("nat-gateway/b", first);
        aws.assertHas(nats, "b", wanted);
        aws.update(nats, "b", new NatGateway(to("subnet/nat"), to("elastic-ip/nat-b"), OTHER_TAGS));
        aws.delete(nats, "b");
        aws.delete(ips, "nat-b");
    }

    @Test
    void natGateway_inUse_keepsItsAddressAndTheGateway() {
        aws.create(gateways, "main", gateway(TAGS));
        aNat();
        assertThatThrownBy(() -> ips.delete(aws.step(ips, "nat-a"), aws.one(ips, "nat-a")))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("still in use by");
        assertThatThrownBy(() -> gateways.delete(aws.step(gateways, "main"), aws.one(gateways, "main")))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("public addresses");
        assertThatThrownBy(() -> subnets.delete(aws.step(subnets, "nat"), aws.one(subnets, "nat")))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("eni-");
        aws.delete(nats, "a");
        aws.delete(ips, "nat-a");
        aws.delete(gateways, "main");
        aws.delete(subnets, "nat");
    }

    private void aNat() {
        aws.create(subnets, "nat", subnet("10.0.8.0/24", false, false));
        aws.create(ips, "nat-a", new ElasticIp(TAGS));
        aws.create(nats, "a", new NatGateway(to("subnet/nat"), to("elastic-ip/nat-a"), TAGS));
    }

    // ---- security groups

    @Test
    void securityGroup_letsNothingOut_changesItsTags_andGoes() {
        aws.create(groups, "nodes", group());
        assertThat(aws.read(rules).resources()).isEmpty();
        aws.update(groups, "nodes", new SecurityGroup(to("vpc/main"), "Worker nodes", OTHER_TAGS));
        aws.delete(groups, "nodes");
    }

    @Test
    void securityGroup_cutOffBeforeTheDefaultRuleWasRevoked_hasItAsARuleToDelete() {
        aws.made("security-group/nodes", bareGroup("security-group/nodes"));
        aws.assertHas(groups, "nodes", group());
        assertThat(aws.foreign(rules)).isEmpty();
        aws.delete(rules, "nodes-default-egress");
    }

    @Test
    void securityGroup_whoseAnswerWasLost_isTaken() {
        String id = bareGroup("security-group/nodes");
        assertThat(aws.create(groups, "nodes", group())).isEqualTo(id);
        assertThat(aws.read(rules).resources()).isEmpty();
    }

    @Test
    void securityGroup_whoseNameOthersHave_isRefusedByName() {
        String id = bareGroup("security-group/bastion");
        assertThatThrownBy(() -> groups.create(aws.step(groups, "nodes"), group()))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining(id);
    }

    @Test
    void securityGroup_ofAController_isSeenAsTheControllers_andGoes() {
        aws.create(groups, "nodes", group());
        String id = controllersGroup();
        Observed<SecurityGroup> observed = aws.one(groups, id);
        assertThat(observed.origin()).isEqualTo(Origin.CONTROLLERS);
        assertThat(observed.id()).isEqualTo(id);
        aws.delete(groups, id);
    }

    @Test
    void securityGroups_thatNameEachOther_goTogether() {
        aws.create(groups, "nodes", group());
        String strange = controllersGroup();
        allowFrom(aws.id("security-group/nodes"), strange, "");
        allowFrom(strange, aws.id("security-group/nodes"), "");
        // each waits for the other, which an engine deletes at the same time; the first look clears its own rules
        assertThatThrownBy(() -> groups.delete(aws.step(groups, "nodes"), aws.one(groups, "nodes")))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining(strange);
        aws.delete(groups, strange);
        aws.delete(groups, "nodes");
    }

    private String bareGroup(String address) {
        return aws.ec2()
                .createSecurityGroup(request -> request.vpcId(aws.id("vpc/main"))
                        .groupName(aws.scope().qualified("nodes", 255))
                        .description("Worker nodes")
                        .tagSpecifications(ownTags(ResourceType.SECURITY_GROUP, address)))
                .groupId();
    }

    private String controllersGroup() {
        return aws.ec2()
                .createSecurityGroup(request -> request.vpcId(aws.id("vpc/main"))
                        .groupName("k8s-elb-" + aws.scope().cluster())
                        .description("Security group for Kubernetes ELB")
                        .tagSpecifications(TagSpecification.builder()
                                .resourceType(ResourceType.SECURITY_GROUP)
                                .tags(Tag.builder()
                                        .key(aws.scope().ownedTag())
                                        .value("owned")
                                        .build())
                                .build()))
                .groupId();
    }

    private void allowFrom(String group, String peer, String description) {
        aws.ec2().authorizeSecurityGroupIngress(request -> request.groupId(group)
                .ipPermissions(IpPermission.builder()
                        .ipProtocol("tcp")
                        .fromPort(30000)
                        .toPort(32767)
                        .userIdGroupPairs(UserIdGroupPair.builder()
                                .groupId(peer)
                                .description(description.isEmpty() ? null : description)
                                .build())
                        .build()));
    }

    // ---- rules

    @ParameterizedTest
    @CsvSource({
        "ingress, tcp, 22, 22, 10.0.0.0/8",
        "ingress, udp, 30000, 32767, 0.0.0.0/0",
        "ingress, icmp, 3, 4, 0.0.0.0/0",
        "ingress, tcp, 443, 443, 2001:db8::/32",
        "ingress, 4, -1, -1, 10.0.0.0/16",
        "ingress, 6, 10250, 10250, 10.0.0.0/16",
        "egress, all, 0, 65535, 0.0.0.0/0",
        "egress, -1, -1, -1, ::/0",
        "egress, tcp, 443, 443, 0.0.0.0/0",
    })
    void rule_livesAndGoes(String direction, String protocol, int from, int until, String cidr) {
        aws.create(groups, "nodes", group());
        SecurityGroupRule wanted = rule(direction, protocol, from, until, cidr);
        String id = aws.create(rules, "nodes-it", wanted);
        assertThat(rules.create(aws.step(rules, "nodes-it"), wanted).id()).isEqualTo(id);
        SecurityGroupRule other = new SecurityGroupRule(
                wanted.group(),
                wanted.direction(),
                wanted.protocol(),
                wanted.fromPort(),
                wanted.toPort(),
                wanted.peerGroup(),
                wanted.peerCidr(),
                "another reason",
                OTHER_TAGS);
        assertThat(aws.update(rules, "nodes-it", other)).contains("description", "tags[team]");
        aws.delete(rules, "nodes-it");
    }

    @ParameterizedTest
    @CsvSource({"ingress", "egress"})
    void rule_betweenGroups_livesAndGoes(String direction) {
        aws.create(groups, "nodes", group());
        aws.create(groups, "etcd", new SecurityGroup(to("vpc/main"), "etcd members", TAGS));
        SecurityGroupRule wanted = betweenGroups(direction, "etcd peers");
        String id = aws.create(rules, "nodes-from-etcd", wanted);
        assertThat(rules.create(aws.step(rules, "nodes-from-etcd"), wanted).id())
                .isEqualTo(id);
        aws.update(rules, "nodes-from-etcd", betweenGroups(direction, "members of etcd"));
        aws.delete(rules, "nodes-from-etcd");
    }

    @Test
    void rule_ofAnAddressThatAwsGives_followsIt() {
        aws.create(groups, "nodes", group());
        aws.create(ips, "nat-a", new ElasticIp(TAGS));
        String address = aws.one(ips, "nat-a").output(ElasticIps.PUBLIC_IP).orElseThrow();
        SecurityGroupRule plain = rule("ingress", "tcp", 6443, 6443, "0.0.0.0/0");
        SecurityGroupRule wanted = new SecurityGroupRule(
                plain.group(),
                plain.direction(),
                plain.protocol(),
                plain.fromPort(),
                plain.toPort(),
                Optional.empty(),
                Optional.of(Ref.to(ResourceAddress.parse("elastic-ip/nat-a"), ElasticIps.PUBLIC_CIDR)),
                plain.description(),
                TAGS);
        aws.create(rules, "api-from-nat-a", wanted);
        assertThat(aws.one(rules, "api-from-nat-a").attributes().peerCidr()).contains(Ref.id(address + "/32"));
        aws.delete(rules, "api-from-nat-a");
    }

    private static SecurityGroupRule betweenGroups(String direction, String description) {
        return new SecurityGroupRule(
                to("security-group/nodes"),
                direction,
                "tcp",
                2379,
                2380,
                Optional.of(to("security-group/etcd")),
                Optional.empty(),
                description,
                TAGS);
    }

    @Test
    void rule_thatTheDefaultRuleStandsInTheWayOf_replacesIt() {
        aws.made("security-group/nodes", bareGroup("security-group/nodes"));
        Observed<SecurityGroupRule> leftover = aws.one(rules, "nodes-default-egress");
        aws.create(rules, "nodes-egress", rule("egress", "-1", -1, -1, "0.0.0.0/0"));
        // the engine deletes what it observed, maybe later
        rules.delete(aws.step(rules, "nodes-default-egress"), leftover);
        aws.assertHas(rules, "nodes-egress", rule("egress", "-1", -1, -1, "0.0.0.0/0"));
        assertThat(aws.read(rules).resources()).hasSize(1);
    }

    @Test
    void rule_thatGetsAnotherName_makesRoomForItself() {
        aws.create(groups, "nodes", group());
        aws.create(rules, "nodes-ssh", rule("ingress", "tcp", 22, 22, "10.0.0.0/8"));
        Observed<SecurityGroupRule> old = aws.one(rules, "nodes-ssh");
        aws.create(rules, "nodes-from-bastion", rule("ingress", "tcp", 22, 22, "10.0.0.0/8"));
        rules.delete(aws.step(rules, "nodes-ssh"), old);
        assertThat(aws.read(rules).resources()).hasSize(1);
    }

    @Test
    void rule_thatOthersMade_isForeignAndNotTaken() {
        aws.create(groups, "nodes", group());
        String balancers = controllersGroup();
        aws.ec2().authorizeSecurityGroupIngress(request -> request.groupId(aws.id("security-group/nodes"))
                .ipPermissions(
                        permission(22, "0.0.0.0/0", null),
                        permission(31000, "0.0.0.0/0", "kubernetes.io/rule/nlb/client=web")));
        allowFrom(aws.id("security-group/nodes"), balancers, "");
        allowFrom(balancers, aws.id("security-group/nodes"), "");
        assertThat(aws.read(rules).resources()).isEmpty();
        assertThat(aws.foreign(rules))
                .containsExactlyInAnyOrder(
                        "security-group/nodes: ingress 22/tcp from 0.0.0.0/0 (owner: unknown)",
                        "security-group/nodes: ingress 31000/tcp from 0.0.0.0/0 (owner: cloud-controller-manager)",
                        "security-group/nodes: ingress 30000-32767/tcp from " + balancers + " (owner: the owner of "
                                + balancers + ", a controller in the cluster)");
        assertThatThrownBy(
                        () -> rules.create(aws.step(rules, "nodes-ssh"), rule("ingress", "tcp", 22, 22, "0.0.0.0/0")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("ingress 22/tcp from 0.0.0.0/0")
                .hasMessageContaining("sgr-");
    }

    private static IpPermission permission(int port, String cidr, @Nullable String description) {
        return IpPermission.builder()
                .ipProtocol("tcp")
                .fromPort(port)
                .toPort(port)
                .ipRanges(
                        IpRange.builder().cidrIp(cidr).description(description).build())
                .build();
    }

    // ---- all together

    @Test
    void allKinds_readInElevenCalls() {
        twoWaysOut();
        aws.create(routes, "public-default", viaGateway());
        aws.create(groups, "nodes", group());
        aws.create(rules, "nodes-ssh", rule("ingress", "tcp", 22, 22, "10.0.0.0/8"));
        Reading reading = aws.reading();
        long before = aws.sent();
        List<ResourceKind<?>> all =
                List.of(dhcp, vpcs, cidrs, gateways, subnets, tables, routes, associations, ips, nats, groups, rules);
        assertThat(all).allSatisfy(kind -> assertThat(kind.read(reading)).isNotNull());
        assertThat(aws.sent() - before).isEqualTo(11);
    }
}
