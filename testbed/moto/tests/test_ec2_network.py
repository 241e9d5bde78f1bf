"""EC2: VPCs and what lies in them."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import REGION, Aws, refused


def test_tags_of_the_creating_call_are_kept_and_filter(aws: Aws) -> None:
    """TagSpecifications of the Create calls; the `tag:KEY` filter of the Describe calls."""
    ec2 = aws.ec2
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=aws.tags("vpc", a="b"))["Vpc"]
    assert vpc["Tags"] == [{"Key": "a", "Value": "b"}]
    subnet = ec2.create_subnet(
        VpcId=vpc["VpcId"], CidrBlock="10.1.0.0/24", TagSpecifications=aws.tags("subnet", a="b")
    )["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=aws.tags("elastic-ip", a="b"))["AllocationId"]
    group = ec2.create_security_group(
        GroupName="g", Description="d", VpcId=vpc["VpcId"], TagSpecifications=aws.tags("security-group", a="b")
    )
    ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"],
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
        TagSpecifications=aws.tags("security-group-rule", a="b"),
    )
    ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": ["x.y"]}],
        TagSpecifications=aws.tags("dhcp-options", a="b"),
    )
    ec2.create_internet_gateway(TagSpecifications=aws.tags("internet-gateway", a="b"))
    ec2.create_route_table(VpcId=vpc["VpcId"], TagSpecifications=aws.tags("route-table", a="b"))
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=aws.tags("natgateway", a="b"))
    key = ec2.import_key_pair(KeyName="k", PublicKeyMaterial=public_key(), TagSpecifications=aws.tags("key-pair", a="b"))
    assert key["Tags"] == [{"Key": "a", "Value": "b"}]
    ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, TagSpecifications=aws.tags("volume", a="b"))
    ec2.create_network_interface(SubnetId=subnet, TagSpecifications=aws.tags("network-interface", a="b"))
    ec2.create_launch_template(
        LaunchTemplateName="template", LaunchTemplateData={}, TagSpecifications=aws.tags("launch-template", a="b")
    )
    describes: list[tuple[Any, str]] = [
        (ec2.describe_vpcs, "Vpcs"),
        (ec2.describe_subnets, "Subnets"),
        (ec2.describe_addresses, "Addresses"),
        (ec2.describe_security_groups, "SecurityGroups"),
        (ec2.describe_security_group_rules, "SecurityGroupRules"),
        (ec2.describe_dhcp_options, "DhcpOptions"),
        (ec2.describe_internet_gateways, "InternetGateways"),
        (ec2.describe_route_tables, "RouteTables"),
        (ec2.describe_nat_gateways, "NatGateways"),
        (ec2.describe_key_pairs, "KeyPairs"),
        (ec2.describe_volumes, "Volumes"),
        (ec2.describe_network_interfaces, "NetworkInterfaces"),
        (ec2.describe_launch_templates, "LaunchTemplates"),
    ]
    wrong = []
    for describe, key_of_answer in describes:
        for filters in ([{"Name": "tag:a", "Values": ["b"]}], [{"Name": "tag-key", "Values": ["a"]}]):
            found = describe(Filters=filters)[key_of_answer]
            key = "TagSet" if key_of_answer == "NetworkInterfaces" else "Tags"
            if len(found) != 1 or found[0].get(key) != [{"Key": "a", "Value": "b"}]:
                wrong.append((key_of_answer, filters[0]["Name"], len(found), [f.get(key) for f in found][:3]))
        if describe(Filters=[{"Name": "tag:a", "Values": ["c"]}])[key_of_answer]:
            wrong.append((key_of_answer, "other value", -1, []))
    assert not wrong


def public_key() -> str:
    return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBGqM3wTiNYmRRDhlFFNfqkKrNqBsYsVcNb1Kv7sbvJA"


def test_security_group_rules(aws: Aws) -> None:
    """DescribeSecurityGroupRules, ModifySecurityGroupRules, RevokeSecurityGroupIngress by SecurityGroupRuleIds."""
    ec2, vpc = aws.ec2, aws.vpc()
    one, two = aws.group(vpc, "one"), aws.group(vpc, "two")
    made = ec2.authorize_security_group_ingress(
        GroupId=one,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "in"}],
            },
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "UserIdGroupPairs": [{"GroupId": two, "Description": "from two"}],
            },
        ],
        TagSpecifications=aws.tags("security-group-rule", a="b"),
    )["SecurityGroupRules"]
    assert len(made) == 2
    assert all(rule["Tags"] == [{"Key": "a", "Value": "b"}] for rule in made)
    by_port = {rule["FromPort"]: rule for rule in made}
    assert by_port[443]["CidrIpv4"] == "10.0.0.0/8" and by_port[443]["Description"] == "in"
    assert by_port[443]["IsEgress"] is False and by_port[443]["GroupId"] == one
    assert by_port[22]["ReferencedGroupInfo"]["GroupId"] == two and by_port[22]["Description"] == "from two"
    assert "CidrIpv4" not in by_port[22]
    read = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])["SecurityGroupRules"]
    assert {rule["SecurityGroupRuleId"] for rule in made} < {rule["SecurityGroupRuleId"] for rule in read}
    assert [rule["IsEgress"] for rule in read].count(True) == 1
    assert by_port[22] in read and by_port[443] in read
    ids = [by_port[443]["SecurityGroupRuleId"]]
    ec2.modify_security_group_rules(
        GroupId=one,
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": ids[0],
                "SecurityGroupRule": {
                    "IpProtocol": "tcp",
                    "FromPort": 6443,
                    "ToPort": 6443,
                    "CidrIpv4": "10.2.0.0/16",
                    "Description": "changed",
                },
            }
        ],
    )
    changed = ec2.describe_security_group_rules(SecurityGroupRuleIds=ids)["SecurityGroupRules"][0]
    assert (changed["FromPort"], changed["CidrIpv4"], changed["Description"]) == (6443, "10.2.0.0/16", "changed")
    assert changed["Tags"] == [{"Key": "a", "Value": "b"}]
    assert ec2.describe_security_groups(GroupIds=[one])["SecurityGroups"][0]["IpPermissions"]
    ec2.revoke_security_group_ingress(GroupId=one, SecurityGroupRuleIds=ids)
    left = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])["SecurityGroupRules"]
    assert ids[0] not in {rule["SecurityGroupRuleId"] for rule in left} and len(left) == 2
    egress = [rule["SecurityGroupRuleId"] for rule in left if rule["IsEgress"]]
    ec2.revoke_security_group_egress(GroupId=one, SecurityGroupRuleIds=egress)
    left = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])["SecurityGroupRules"]
    assert len(left) == 1
    refused(
        "InvalidPermission.Duplicate",
        ec2.authorize_security_group_ingress,
        GroupId=one,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": two}]}],
    )


def test_security_group_rule_tags_can_be_changed(aws: Aws) -> None:
    """CreateTags and DeleteTags of a security-group-rule."""
    ec2, vpc = aws.ec2, aws.vpc()
    rule = ec2.authorize_security_group_ingress(
        GroupId=aws.group(vpc),
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    ec2.create_tags(Resources=[rule], Tags=[{"Key": "a", "Value": "b"}])
    read = ec2.describe_security_group_rules(Filters=[{"Name": "tag:a", "Values": ["b"]}])["SecurityGroupRules"]
    assert [r["SecurityGroupRuleId"] for r in read] == [rule]
    ec2.delete_tags(Resources=[rule], Tags=[{"Key": "a"}])
    assert not ec2.describe_security_group_rules(Filters=[{"Name": "tag:a", "Values": ["b"]}])["SecurityGroupRules"]


def test_subnet_attributes(aws: Aws) -> None:
    """ModifySubnetAttribute: MapPublicIpOnLaunch and the resource name options, as DescribeSubnets returns them."""
    ec2 = aws.ec2
    subnet = aws.subnet(aws.vpc())
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=subnet, PrivateDnsHostnameTypeOnLaunch="resource-name")
    ec2.modify_subnet_attribute(SubnetId=subnet, EnableResourceNameDnsARecordOnLaunch={"Value": True})
    read = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
    assert read["MapPublicIpOnLaunch"] is True
    options = read["PrivateDnsNameOptionsOnLaunch"]
    assert options["HostnameType"] == "resource-name" and options["EnableResourceNameDnsARecord"] is True
    ec2.modify_subnet_attribute(SubnetId=subnet, EnableResourceNameDnsARecordOnLaunch={"Value": False})
    options = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["PrivateDnsNameOptionsOnLaunch"]
    assert options["HostnameType"] == "resource-name" and options["EnableResourceNameDnsARecord"] is False


def test_vpc_attributes(aws: Aws) -> None:
    """ModifyVpcAttribute and DescribeVpcAttribute."""
    ec2, vpc = aws.ec2, aws.vpc()
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    read = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert read["EnableDnsHostnames"]["Value"] is True
    assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsSupport")["EnableDnsSupport"]["Value"] is True


@pytest.mark.parametrize("holder", ["interface", "instance", "nat", "balancer"])
def test_subnet_in_use_is_kept(aws: Aws, holder: str) -> None:
    """DeleteSubnet: DependencyViolation while something lies in the subnet."""
    ec2, vpc = aws.ec2, aws.vpc()
    subnet = aws.subnet(vpc)
    if holder == "interface":
        ec2.create_network_interface(SubnetId=subnet)
    elif holder == "instance":
        ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet)
    elif holder == "nat":
        ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
    else:
        aws.elbv2.create_load_balancer(Name="lb", Type="network", Subnets=[subnet])
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)


def test_subnet_is_free_after_its_holders_are_gone(aws: Aws) -> None:
    """DeleteSubnet succeeds once instances are terminated and the NAT gateway and load balancer are deleted."""
    ec2, vpc = aws.ec2, aws.vpc()
    subnet, group = aws.subnet(vpc), aws.group(vpc)
    instance = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group]
    )["Instances"][0]["InstanceId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    balancer = aws.elbv2.create_load_balancer(Name="lb", Type="network", Subnets=[subnet], SecurityGroups=[group])
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"] == "deleted"
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    aws.elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"])
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_stopped_instance_keeps_subnet_and_group(aws: Aws) -> None:
    """DeleteSubnet, DeleteSecurityGroup: an instance holds them in any state but terminated."""
    ec2, vpc = aws.ec2, aws.vpc()
    subnet, group = aws.subnet(vpc), aws.group(vpc)
    instance = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group]
    )["Instances"][0]["InstanceId"]
    ec2.stop_instances(InstanceIds=[instance])
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)


@pytest.mark.parametrize("holder", ["interface", "rule", "own rule"])
def test_security_group_in_use_is_kept(aws: Aws, holder: str) -> None:
    """DeleteSecurityGroup: DependencyViolation while an interface or another group's rule names it."""
    ec2, vpc = aws.ec2, aws.vpc()
    one, two = aws.group(vpc, "one"), aws.group(vpc, "two")
    permission = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": one}]}
    if holder == "interface":
        ec2.create_network_interface(SubnetId=aws.subnet(vpc), Groups=[one])
    else:
        of = two if holder == "rule" else one
        ec2.authorize_security_group_ingress(GroupId=of, IpPermissions=[permission])
    if holder == "own rule":
        ec2.delete_security_group(GroupId=one)
    else:
        refused("DependencyViolation", ec2.delete_security_group, GroupId=one)


@pytest.mark.parametrize("holder", ["subnet", "group", "gateway", "table"])
def test_vpc_in_use_is_kept(aws: Aws, holder: str) -> None:
    """DeleteVpc: DependencyViolation while it has subnets, gateways, own route tables or own groups."""
    ec2, vpc = aws.ec2, aws.vpc()
    if holder == "subnet":
        aws.subnet(vpc)
    elif holder == "group":
        aws.group(vpc)
    elif holder == "table":
        ec2.create_route_table(VpcId=vpc)
    else:
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        refused("DependencyViolation", ec2.delete_internet_gateway, InternetGatewayId=gateway)
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)


def test_empty_vpc_goes_with_its_default_group_and_main_table(aws: Aws) -> None:
    """DeleteVpc takes the main route table, the default security group and network ACL with it."""
    vpc = aws.vpc()
    aws.ec2.delete_vpc(VpcId=vpc)
    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    assert not aws.ec2.describe_route_tables(Filters=mine)["RouteTables"]
    assert not aws.ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
    assert not aws.ec2.describe_network_acls(Filters=mine)["NetworkAcls"]


def test_internet_gateway_stays_while_public_addresses_are_mapped(aws: Aws) -> None:
    """DetachInternetGateway: DependencyViolation while the VPC has interfaces with Elastic IP addresses."""
    ec2, vpc = aws.ec2, aws.vpc()
    subnet = aws.subnet(vpc)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    refused("DependencyViolation", ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.release_address(AllocationId=address)


def test_address_in_use_is_kept(aws: Aws) -> None:
    """ReleaseAddress: InvalidIPAddress.InUse while a NAT gateway or an interface has it."""
    ec2 = aws.ec2
    subnet = aws.subnet(aws.vpc())
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    assert nat["NatGatewayAddresses"][0]["AllocationId"] == address
    assert ec2.describe_addresses(AllocationIds=[address])["Addresses"][0].get("AssociationId")
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=address)
    refused("Resource.AlreadyAssociated", ec2.create_nat_gateway, SubnetId=subnet, AllocationId=address)
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    ec2.release_address(AllocationId=address)
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    association = ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)["AssociationId"]
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=address)
    ec2.disassociate_address(AssociationId=association)
    ec2.release_address(AllocationId=address)


def test_dhcp_options_in_use_are_kept(aws: Aws) -> None:
    """DeleteDhcpOptions: DependencyViolation while a VPC uses them."""
    ec2, vpc = aws.ec2, aws.vpc()
    options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["x.y"]}])["DhcpOptions"]
    ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"], VpcId=vpc)
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["DhcpOptionsId"] == options["DhcpOptionsId"]
    refused("DependencyViolation", ec2.delete_dhcp_options, DhcpOptionsId=options["DhcpOptionsId"])
    ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc)
    ec2.delete_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"])


def test_route_table_in_use_is_kept(aws: Aws) -> None:
    """DeleteRouteTable: DependencyViolation while a subnet is associated."""
    ec2, vpc = aws.ec2, aws.vpc()
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=aws.subnet(vpc))["AssociationId"]
    refused("DependencyViolation", ec2.delete_route_table, RouteTableId=table)
    ec2.disassociate_route_table(AssociationId=association)
    ec2.delete_route_table(RouteTableId=table)


def test_one_route_table_a_subnet(aws: Aws) -> None:
    """AssociateRouteTable: Resource.AlreadyAssociated when the subnet has another table."""
    ec2, vpc = aws.ec2, aws.vpc()
    subnet = aws.subnet(vpc)
    one, two = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    ec2.associate_route_table(RouteTableId=one, SubnetId=subnet)
    refused("Resource.AlreadyAssociated", ec2.associate_route_table, RouteTableId=two, SubnetId=subnet)


def test_route_with_same_destination_is_refused(aws: Aws) -> None:
    """CreateRoute: RouteAlreadyExists for another target of a destination."""
    ec2, vpc = aws.ec2, aws.vpc()
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    nat = ec2.create_nat_gateway(SubnetId=aws.subnet(vpc), ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    refused(
        "RouteAlreadyExists", ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat
    )


def test_nat_gateway_has_an_interface(aws: Aws) -> None:
    """CreateNatGateway: its network interface and private address are shown."""
    ec2 = aws.ec2
    subnet = aws.subnet(aws.vpc())
    nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]
    address = ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGatewayId"]])["NatGateways"][0]["NatGatewayAddresses"][0]
    assert address["NetworkInterfaceId"].startswith("eni-") and address["PrivateIp"].startswith("10.1.0.")


def test_interface_with_a_fixed_address(aws: Aws) -> None:
    """CreateNetworkInterface with PrivateIpAddress; InvalidIPAddress.InUse when it is taken."""
    ec2 = aws.ec2
    subnet = aws.subnet(aws.vpc())
    made = ec2.create_network_interface(
        SubnetId=subnet,
        PrivateIpAddress="10.1.0.10",
        Description="d",
        TagSpecifications=aws.tags("network-interface", a="b"),
    )["NetworkInterface"]
    read = ec2.describe_network_interfaces(Filters=[{"Name": "tag:a", "Values": ["b"]}])["NetworkInterfaces"]
    assert [r["NetworkInterfaceId"] for r in read] == [made["NetworkInterfaceId"]]
    assert read[0]["PrivateIpAddress"] == "10.1.0.10" and read[0]["Description"] == "d"
    assert read[0]["Status"] == "available"
    refused(
        "InvalidIPAddress.InUse", ec2.create_network_interface, SubnetId=subnet, PrivateIpAddress="10.1.0.10"
    )
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=made["NetworkInterfaceId"], SourceDestCheck={"Value": False}
    )
    assert ec2.describe_network_interfaces(NetworkInterfaceIds=[made["NetworkInterfaceId"]])["NetworkInterfaces"][0][
        "SourceDestCheck"
    ] is False


@pytest.mark.parametrize("kind", ["volume", "nat", "interface", "table", "template", "run"])
def test_client_token(aws: Aws, kind: str) -> None:
    """ClientToken: the same call again answers with what the first one made."""
    ec2, vpc = aws.ec2, aws.vpc()
    subnet = aws.subnet(vpc)
    call: Any
    if kind == "volume":
        call = lambda: ec2.create_volume(AvailabilityZone="eu-west-1a", Size=5, ClientToken="t")["VolumeId"]
    elif kind == "nat":
        call = lambda: ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", ClientToken="t")[
            "NatGateway"
        ]["NatGatewayId"]
    elif kind == "interface":
        call = lambda: ec2.create_network_interface(SubnetId=subnet, ClientToken="t")["NetworkInterface"][
            "NetworkInterfaceId"
        ]
    elif kind == "table":
        call = lambda: ec2.create_route_table(VpcId=vpc, ClientToken="t")["RouteTable"]["RouteTableId"]
    elif kind == "run":
        call = lambda: ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, ClientToken="t"
        )["Instances"][0]["InstanceId"]
    else:
        call = lambda: ec2.create_launch_template(
            LaunchTemplateName="template", LaunchTemplateData={"ImageId": "ami-12c6146b"}, ClientToken="t"
        )["LaunchTemplate"]["LaunchTemplateId"]
    assert call() == call()


def test_client_token_with_other_parameters_is_refused(aws: Aws) -> None:
    """ClientToken: IdempotentParameterMismatch when the parameters differ."""
    aws.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=5, ClientToken="t")
    refused(
        "IdempotentParameterMismatch",
        aws.ec2.create_volume,
        AvailabilityZone="eu-west-1a",
        Size=6,
        ClientToken="t",
    )
    aws.client("ec2", "eu-central-1").create_volume(AvailabilityZone="eu-central-1a", Size=6, ClientToken="t")


def test_volume_in_use_is_kept(aws: Aws) -> None:
    """DeleteVolume: VolumeInUse while it is attached; its settings round trip."""
    ec2 = aws.ec2
    volume = ec2.create_volume(
        AvailabilityZone="eu-west-1a", Size=20, VolumeType="gp3", Iops=4000, Throughput=250, Encrypted=True
    )["VolumeId"]
    read = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert (read["Size"], read["VolumeType"], read["Iops"], read["Throughput"], read["Encrypted"]) == (
        20,
        "gp3",
        4000,
        250,
        True,
    )
    instance = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        SubnetId=aws.subnet(aws.vpc()),
    )["Instances"][0]["InstanceId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/xvdf")
    refused("VolumeInUse", ec2.delete_volume, VolumeId=volume)
    ec2.detach_volume(VolumeId=volume)
    ec2.delete_volume(VolumeId=volume)


def test_key_pair_name_is_unique(aws: Aws) -> None:
    """ImportKeyPair: InvalidKeyPair.Duplicate."""
    aws.ec2.import_key_pair(KeyName="k", PublicKeyMaterial=public_key())
    refused("InvalidKeyPair.Duplicate", aws.ec2.import_key_pair, KeyName="k", PublicKeyMaterial=public_key())


def test_extra_cidr(aws: Aws) -> None:
    """AssociateVpcCidrBlock and DisassociateVpcCidrBlock; a block with subnets in it is kept."""
    ec2, vpc = aws.ec2, aws.vpc()
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.7.0.0/16")["CidrBlockAssociation"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]
    refused("DependencyViolation", ec2.disassociate_vpc_cidr_block, AssociationId=made["AssociationId"])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])
    blocks = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlockAssociationSet"]
    assert [b["CidrBlock"] for b in blocks if b["CidrBlockState"]["State"] == "associated"] == ["10.1.0.0/16"]


def test_snapshots_have_owners(aws: Aws) -> None:
    """DescribeSnapshots: OwnerIds; those of AWS's own images are AWS's, and shown to who asks for none."""
    ec2 = aws.ec2
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    own = ec2.create_snapshot(VolumeId=volume)

    def shown(*owners: str) -> list[str]:
        return [s["SnapshotId"] for s in ec2.describe_snapshots(OwnerIds=list(owners))["Snapshots"]]

    assert shown("self") == [own["SnapshotId"]]
    assert shown(own["OwnerId"]) == [own["SnapshotId"]]
    assert shown("999999999999") == []
    assert own["SnapshotId"] not in shown("amazon")
    assert shown("amazon", "self") == shown() != []


def test_an_interface_has_one_instance(aws: Aws) -> None:
    """AttachNetworkInterface."""
    ec2 = aws.ec2
    subnet = aws.subnet(aws.vpc())
    ids = [
        one["InstanceId"]
        for one in ec2.run_instances(ImageId="ami-12c6146b", MinCount=2, MaxCount=2, SubnetId=subnet)["Instances"]
    ]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    named = {"NetworkInterfaceId": interface, "DeviceIndex": 1}
    ec2.attach_network_interface(InstanceId=ids[0], **named)
    refused("InvalidNetworkInterface.InUse", ec2.attach_network_interface, InstanceId=ids[1], **named)
    ec2.terminate_instances(InstanceIds=ids[:1])
    assert ec2.attach_network_interface(InstanceId=ids[1], **named)["AttachmentId"]
