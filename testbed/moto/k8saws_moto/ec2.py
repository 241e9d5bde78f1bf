"""EC2: what holds a resource, security group rules, tags, client tokens, network interfaces."""

from __future__ import annotations

import copy
import ipaddress
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2 import utils
from moto.ec2.exceptions import (
    DependencyViolationError,
    EC2ClientError,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
)
from moto.ec2.models import EC2Backend, nat_gateways
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule
from moto.ec2.responses import EC2Response

from k8saws_moto.patching import around, instead


def apply() -> None:
    """Puts all mends of this module in place."""
    tags_are_read_without_a_search()
    client_tokens_make_calls_idempotent()
    subnets_in_use_are_kept()
    security_groups_in_use_are_kept()
    vpcs_in_use_are_kept()
    internet_gateways_in_use_are_kept()
    addresses_in_use_are_kept()
    dhcp_options_in_use_are_kept()
    dhcp_options_take_tags()
    cidr_blocks_in_use_are_kept()
    attached_interfaces_are_kept()
    interfaces_have_one_instance()
    nat_gateways_live_in_their_subnet()
    nat_gateways_are_filtered()
    interfaces_get_a_free_address_of_their_subnet()
    interfaces_of_instances_go_with_them()
    rules_are_equal_by_what_they_allow()
    all_rules_of_a_call_are_answered()
    rules_can_be_modified()
    rules_show_the_referenced_groups_description()
    subnets_keep_their_host_name_type()
    a_subnet_has_one_route_table()
    volumes_are_detached_by_their_id()
    snapshots_are_chosen_by_their_owner()


def in_use(what: str, name: str) -> DependencyViolationError:
    """EC2's refusal to delete something that others need."""
    return DependencyViolationError(f"The {what} '{name}' has dependencies and cannot be deleted.")


def load_balancers(backend: Any) -> list[Any]:
    """The load balancers of a region."""
    from moto.elbv2.models import elbv2_backends

    return list(elbv2_backends[backend.account_id][backend.region_name].load_balancers.values())


def all_groups(backend: Any) -> list[SecurityGroup]:
    """The security groups of a region."""
    return [group for groups in backend.groups.values() for group in groups.values()]


def groups_of(interface: NetworkInterface) -> set[str]:
    """The ids of the security groups of a network interface."""
    return {group.id for group in interface.group_set}


def tags_are_read_without_a_search() -> None:
    """Any Describe action: moto compiles a pattern and reads the tags of all resources for each resource it shows,
    which makes an account of some hundred resources slow. The result is the same."""

    @instead(TaggedEC2Resource, "get_tags")
    def get_tags(self: Any) -> list[dict[str, str]]:
        own = self.ec2_backend.tags.get(self.id)
        if not own:
            return []
        kind = utils.EC2_PREFIX_TO_RESOURCE.get(utils.get_prefix(self.id), "")
        return [{"resource_id": self.id, "key": k, "value": v, "resource_type": kind} for k, v in own.items()]


def client_tokens_make_calls_idempotent() -> None:
    """CreateVolume, CreateNatGateway, CreateNetworkInterface, CreateRouteTable, CreateLaunchTemplate,
    CreateLaunchTemplateVersion, RunInstances: the same ClientToken again answers with what the first call made; with
    other parameters it is refused with IdempotentParameterMismatch (Amazon EC2 API Reference, "Ensuring
    idempotency")."""
    for action in (
        "create_volume",
        "create_nat_gateway",
        "create_network_interface",
        "create_route_table",
        "create_launch_template",
        "create_launch_template_version",
        "run_instances",
    ):
        with_client_token(action)


def with_client_token(action: str) -> None:
    """Makes one action idempotent."""

    @around(EC2Response, action)
    def create(old: Any, self: Any) -> Any:
        token = self._get_param("ClientToken")
        if not token:
            return old(self)
        known = self.ec2_backend.__dict__.setdefault("client_tokens", {})
        parameters = {key: value for key, value in self.querystring.items() if key != "ClientToken"}
        before = known.get((action, token))
        if before is None:
            answer = old(self)
            known[(action, token)] = (parameters, answer)
            return answer
        if before[0] != parameters:
            raise EC2ClientError(
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )
        return before[1]


def subnets_in_use_are_kept() -> None:
    """DeleteSubnet: DependencyViolation while the subnet has network interfaces, instances that are not terminated,
    NAT gateways or load balancers."""

    @around(EC2Backend, "delete_subnet")
    def delete_subnet(old: Any, self: Any, subnet_id: str) -> Any:
        self.get_subnet(subnet_id)
        held = (
            any(interface.subnet.id == subnet_id for interface in self.enis.values())
            or any(i.subnet_id == subnet_id and i.state != "terminated" for i in self.all_instances())
            or any(n.subnet_id == subnet_id and n.state != "deleted" for n in self.nat_gateways.values())
            or any(subnet_id in {subnet.id for subnet in b.subnets} for b in load_balancers(self))
        )
        if held:
            raise in_use("subnet", subnet_id)
        return old(self, subnet_id)


def security_groups_in_use_are_kept() -> None:
    """DeleteSecurityGroup: DependencyViolation while a network interface, a load balancer or a rule of another group
    names the group."""

    @around(EC2Backend, "delete_security_group")
    def delete_security_group(old: Any, self: Any, name: str | None = None, group_id: str | None = None) -> Any:
        if group_id:
            held = (
                any(group_id in groups_of(interface) for interface in self.enis.values())
                or any(group_id in (b.security_groups or []) for b in load_balancers(self))
                or any(names(group, group_id) for group in all_groups(self) if group.id != group_id)
            )
            if held:
                raise DependencyViolationError(f"resource {group_id} has a dependent object")
        return old(self, name, group_id)


def names(group: SecurityGroup, other: str) -> bool:
    """Whether a rule of a group refers to another group."""
    return any(rule.source_group.get("GroupId") == other for rule in [*group.ingress_rules, *group.egress_rules])


def vpcs_in_use_are_kept() -> None:
    """DeleteVpc: DependencyViolation while the VPC has an internet gateway, a security group of its own, a network
    interface or a NAT gateway. The default security group and network ACL go with it, DHCP options stay."""

    @around(EC2Backend, "delete_vpc")
    def delete_vpc(old: Any, self: Any, vpc_id: str) -> Any:
        vpc = self.get_vpc(vpc_id)
        own = [group for group in self.groups[vpc_id].values() if group.name != "default"]
        held = (
            own
            or any(g.vpc and g.vpc.id == vpc_id for g in self.internet_gateways.values())
            or any(interface.subnet.vpc_id == vpc_id for interface in self.enis.values())
            or any(n.vpc_id == vpc_id and n.state != "deleted" for n in self.nat_gateways.values())
        )
        if held:
            raise in_use("vpc", vpc_id)
        vpc.dhcp_options = None
        answer = old(self, vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        return answer


def internet_gateways_in_use_are_kept() -> None:
    """DetachInternetGateway: DependencyViolation while an interface of the VPC has a public address."""

    @around(EC2Backend, "detach_internet_gateway")
    def detach_internet_gateway(old: Any, self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        if any(i.public_ip and i.subnet.vpc_id == vpc_id for i in self.enis.values()):
            raise DependencyViolationError(
                f"Network {vpc_id} has some mapped public address(es). "
                "Please unmap those public address(es) before detaching the gateway."
            )
        return old(self, internet_gateway_id, vpc_id)


def addresses_in_use_are_kept() -> None:
    """ReleaseAddress: InvalidIPAddress.InUse while the address is associated (EC2 API error codes)."""

    @around(EC2Backend, "release_address")
    def release_address(
        old: Any, self: Any, address: str | None = None, allocation_id: str | None = None
    ) -> Any:
        found = self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id])
        if found[0].eni or found[0].instance:
            raise EC2ClientError("InvalidIPAddress.InUse", f"The address {found[0].public_ip} is in use.")
        return old(self, address, allocation_id)


def dhcp_options_in_use_are_kept() -> None:
    """DeleteDhcpOptions: DependencyViolation while any VPC uses them (moto remembers only the last one)."""

    @around(EC2Backend, "delete_dhcp_options_set")
    def delete_dhcp_options_set(old: Any, self: Any, options_id: str) -> Any:
        options = self.dhcp_options_sets.get(options_id)
        if options:
            if any(vpc.dhcp_options is options for vpc in self.vpcs.values()):
                raise in_use("dhcpOptions", options_id)
            options.vpc = None
        return old(self, options_id)


def dhcp_options_take_tags() -> None:
    """CreateDhcpOptions: TagSpecifications."""

    @around(EC2Response, "create_dhcp_options")
    def create_dhcp_options(old: Any, self: Any) -> Any:
        before = set(self.ec2_backend.dhcp_options_sets)
        answer = old(self)
        tags = self._parse_tag_specification().get("dhcp-options", {})
        for name in set(self.ec2_backend.dhcp_options_sets) - before:
            self.ec2_backend.create_tags([name], tags)
        return answer


def cidr_blocks_in_use_are_kept() -> None:
    """DisassociateVpcCidrBlock: DependencyViolation while the block has subnets."""

    @around(EC2Backend, "disassociate_vpc_cidr_block")
    def disassociate_vpc_cidr_block(old: Any, self: Any, association_id: str) -> Any:
        for vpc in self.vpcs.values():
            entry = vpc._cidr_block_association_set.get(association_id)
            if entry and "." in entry["cidr_block"]:
                block = ipaddress.ip_network(entry["cidr_block"])
                if any(s.vpc_id == vpc.id and s.cidr.subnet_of(block) for s in self.describe_subnets()):
                    raise DependencyViolationError(f"The CIDR block {block} has subnets and cannot be disassociated.")
        return old(self, association_id)


def attached_interfaces_are_kept() -> None:
    """DeleteNetworkInterface: InvalidNetworkInterface.InUse while an instance or a NAT gateway has it."""

    @around(EC2Response, "delete_network_interface")
    def delete_network_interface(old: Any, self: Any) -> Any:
        name = self._get_param("NetworkInterfaceId")
        backend = self.ec2_backend
        interface = backend.get_network_interface(name)
        nat = any(n._eni.id == name and n.state != "deleted" for n in backend.nat_gateways.values())
        if interface.instance or nat:
            raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface: [{name}] in use.")
        old(self)
        for address in interface.private_ip_addresses:
            interface.subnet.del_subnet_ip(address["PrivateIpAddress"])
        return EmptyResult()


def interfaces_have_one_instance() -> None:
    """AttachNetworkInterface: InvalidNetworkInterface.InUse while an instance has it."""

    @around(EC2Backend, "attach_network_interface")
    def attach_network_interface(old: Any, self: Any, eni_id: str, instance_id: str, device_index: int) -> Any:
        if self.get_network_interface(eni_id).instance is not None:
            raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface '{eni_id}' is already in use")
        return old(self, eni_id, instance_id, device_index)


def nat_gateways_live_in_their_subnet() -> None:
    """CreateNatGateway: the gateway's private address is one of its subnet, an Elastic IP address in use is refused
    with Resource.AlreadyAssociated. DeleteNatGateway: gives its interface and Elastic IP address back, and an unknown
    gateway is NatGatewayNotFound."""
    nat_gateways.random_private_ip = lambda *_: None  # type: ignore[assignment]

    @around(EC2Backend, "create_nat_gateway")
    def create_nat_gateway(old: Any, self: Any, subnet_id: str, allocation_id: str, **other: Any) -> Any:
        self.get_subnet(subnet_id)
        if allocation_id:
            address = self.address_by_allocation([allocation_id])[0]
            if address.association_id or address.eni:
                raise EC2ClientError(
                    "Resource.AlreadyAssociated",
                    f"Elastic IP address [{allocation_id}] is already associated",
                )
        other["connectivity_type"] = other.get("connectivity_type") or "public"
        gateway = old(self, subnet_id=subnet_id, allocation_id=allocation_id, **other)
        gateway.private_ip = gateway._eni.private_ip_address
        gateway._eni.interface_type = "nat_gateway"
        gateway._eni.requester_managed = True
        gateway._eni.status = "in-use"
        gateway._eni.description = f"Interface for NAT Gateway {gateway.id}"
        return gateway

    @around(EC2Backend, "delete_nat_gateway")
    def delete_nat_gateway(old: Any, self: Any, nat_gateway_id: str) -> Any:
        gateway = self.nat_gateways.get(nat_gateway_id)
        if gateway is None:
            raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
        if gateway.state != "deleted":
            for address in self.addresses:
                if address.eni is gateway._eni:
                    self.disassociate_address(association_id=address.association_id)
            self.enis.pop(gateway._eni.id, None)
            gateway._eni.subnet.del_subnet_ip(gateway._eni.private_ip_address)
        return old(self, nat_gateway_id)


def nat_gateways_are_filtered() -> None:
    """DescribeNatGateways: the filters on tags, and NatGatewayNotFound for an unknown id."""

    @around(EC2Backend, "describe_nat_gateways")
    def describe_nat_gateways(old: Any, self: Any, filters: Any, nat_gateway_ids: list[str] | None) -> Any:
        for name in nat_gateway_ids or []:
            if name not in self.nat_gateways:
                raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {name} was not found")
        found = old(self, filters, nat_gateway_ids)
        tags = {key: values for key, values in (filters or {}).items() if key.startswith("tag")}
        return utils.generic_filter(tags, found)


def interfaces_get_a_free_address_of_their_subnet() -> None:
    """CreateNetworkInterface: an address that no other interface has; one that is taken is refused with
    InvalidIPAddress.InUse, one outside of the subnet with InvalidParameterValue."""

    @around(EC2Backend, "create_network_interface")
    def create_network_interface(
        old: Any, self: Any, subnet: Any, private_ip_address: Any, *others: Any, **other: Any
    ) -> Any:
        subnet = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        wanted = private_ip_address[0] if isinstance(private_ip_address, list) else private_ip_address
        listed = others[0] if others else other.get("private_ip_addresses")
        if not wanted and not listed:
            wanted = subnet.get_available_subnet_ip(None)
        elif wanted:
            if ipaddress.ip_address(wanted) not in subnet.cidr:
                raise EC2ClientError(
                    "InvalidParameterValue", "Address does not fall within the subnet's address range"
                )
            if any(i.subnet.id == subnet.id and i.private_ip_address == wanted for i in self.enis.values()):
                raise EC2ClientError("InvalidIPAddress.InUse", "Address is in use.")
            if wanted not in subnet._subnet_ips:
                subnet.request_ip(wanted, None)
        return old(self, subnet, wanted or private_ip_address, *others, **other)


def interfaces_of_instances_go_with_them() -> None:
    """RunInstances: DeleteOnTermination of a network interface that the call makes is true unless said otherwise.
    TerminateInstances: interfaces that stay become available, and Elastic IP addresses are disassociated."""
    from moto.ec2.models.instances import Instance

    @around(Instance, "prep_nics")
    def prep_nics(old: Any, self: Any, nic_spec: list[dict[str, Any]], **other: Any) -> Any:
        for nic in nic_spec:
            if not nic.get("NetworkInterfaceId"):
                nic.setdefault("DeleteOnTermination", True)
        answer = old(self, nic_spec, **other)
        if not nic_spec:
            for interface in self.nics.values():
                interface.delete_on_termination = True
        return answer

    @around(Instance, "terminate")
    def terminate(old: Any, self: Any) -> Any:
        if self.state == "terminated":
            return copy.copy(self._state)
        interfaces = list(self.nics.values())
        for address in self.ec2_backend.addresses:
            if address.instance is self or address.eni in interfaces:
                self.ec2_backend.disassociate_address(association_id=address.association_id)
        answer = old(self)
        for interface in interfaces:
            if not interface.delete_on_termination:
                self.detach_eni(interface)
        return answer


def rules_are_equal_by_what_they_allow() -> None:
    """AuthorizeSecurityGroupIngress and -Egress, RevokeSecurityGroupIngress and -Egress: two rules are the same when
    protocol, ports and peer are; the description does not count (error InvalidPermission.Duplicate)."""

    def allows(rule: SecurityGroupRule) -> tuple[Any, ...]:
        ports = (None, None) if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
        peer = (rule.cidr_ipv4, rule.cidr_ipv6, rule.source_group.get("GroupId"), rule.prefix_list_id)
        return (rule.ip_protocol, *ports, *peer)

    @instead(SecurityGroupRule, "__eq__")
    def equals(self: Any, other: Any) -> bool:
        return isinstance(other, SecurityGroupRule) and allows(self) == allows(other)


def rules_show_the_referenced_groups_description() -> None:
    """SecurityGroupRule: Description of a rule whose peer is a security group."""

    def description(self: Any) -> str | None:
        return self.ip_range.get("Description") or self.source_group.get("Description")

    SecurityGroupRule.description = property(description)  # type: ignore[method-assign, assignment]


def all_rules_of_a_call_are_answered() -> None:
    """AuthorizeSecurityGroupIngress and -Egress: the answer holds all rules that the call made, not those of the last
    permission only; when one is refused, none is made; a named peer group must exist (InvalidGroup.NotFound)."""
    for direction in ("ingress", "egress"):
        authorize_all(direction)


def authorize_all(direction: str) -> None:
    """Mends one direction."""

    @instead(EC2Response, f"authorize_security_group_{direction}")
    def authorize(self: Any) -> ActionResult:
        self.error_on_dryrun()
        backend = self.ec2_backend
        made: list[SecurityGroupRule] = []
        try:
            for arguments in self._process_rules_from_querystring():
                for peer in arguments["source_groups"]:
                    if peer.get("GroupId") and not backend.get_security_group_from_id(peer["GroupId"]):
                        raise InvalidSecurityGroupNotFoundError(peer["GroupId"])
                rules, _ = getattr(backend, f"authorize_security_group_{direction}")(**arguments)
                made.extend(rules)
        except Exception:
            ids = {rule.id for rule in made}
            for group in all_groups(backend):
                group.ingress_rules = [rule for rule in group.ingress_rules if rule.id not in ids]
                group.egress_rules = [rule for rule in group.egress_rules if rule.id not in ids]
            raise
        return ActionResult({"Return": True, "SecurityGroupRules": made})


def rules_can_be_modified() -> None:
    """ModifySecurityGroupRules: protocol, ports, peer (of the same kind) and description of rules."""

    @instead(EC2Backend, "modify_security_group_rules")
    def modify_security_group_rules(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        group = self.get_security_group_from_id(group_id)
        if group is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
        found = {name: group.get_rule(name) for name in rules}
        for name, rule in found.items():
            if rule is None:
                raise InvalidSecurityGroupRuleIdNotFoundError(name)
            change_rule(rule, rules[name])


def change_rule(rule: SecurityGroupRule, wanted: dict[str, Any]) -> None:
    """Gives a rule what a SecurityGroupRuleRequest says."""
    peers = ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId")
    old_kind = next(
        kind
        for kind, there in zip(
            peers, (rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.source_group), strict=True
        )
        if there
    )
    if [kind for kind in peers if wanted.get(kind)] != [old_kind]:
        raise EC2ClientError(
            "InvalidParameterValue", f"Invalid rule type for security group rule '{rule.id}': it must name {old_kind}."
        )
    rule.ip_protocol = str(wanted.get("IpProtocol"))
    everything = rule.ip_protocol == "-1"
    rule.from_port = None if everything else wanted.get("FromPort")
    rule.to_port = None if everything else wanted.get("ToPort")
    note = {"Description": wanted["Description"]} if wanted.get("Description") else {}
    if old_kind == "CidrIpv4":
        rule.ip_range = {"CidrIp": wanted["CidrIpv4"]} | note
    elif old_kind == "CidrIpv6":
        rule.ip_range = {"CidrIpv6": wanted["CidrIpv6"]} | note
    elif old_kind == "PrefixListId":
        rule.prefix_list_id = wanted["PrefixListId"]
    else:
        rule.source_group = {**rule.source_group, "GroupId": wanted["ReferencedGroupId"]}
        rule.source_group.pop("Description", None)
        rule.source_group |= note


def subnets_keep_their_host_name_type() -> None:
    """ModifySubnetAttribute: PrivateDnsHostnameTypeOnLaunch, EnableResourceNameDnsAAAARecordOnLaunch; DescribeSubnets
    shows them in PrivateDnsNameOptionsOnLaunch."""

    @around(EC2Response, "modify_subnet_attribute")
    def modify_subnet_attribute(old: Any, self: Any) -> Any:
        options = self.ec2_backend.get_subnet(self._get_param("SubnetId")).private_dns_name_options_on_launch
        kind = self._get_param("PrivateDnsHostnameTypeOnLaunch")
        if kind:
            options["HostnameType"] = kind
        record = self._get_param("EnableResourceNameDnsAAAARecordOnLaunch.Value")
        if record is not None:
            options["EnableResourceNameDnsAAAARecord"] = record
        return old(self)


def a_subnet_has_one_route_table() -> None:
    """AssociateRouteTable: Resource.AlreadyAssociated when the subnet is associated with another route table."""

    @around(EC2Backend, "associate_route_table")
    def associate_route_table(
        old: Any, self: Any, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None
    ) -> Any:
        for table in self.route_tables.values():
            for association, subnet in table._associations.items():
                if subnet_id and subnet == subnet_id and table.id != route_table_id:
                    raise EC2ClientError(
                        "Resource.AlreadyAssociated",
                        f"the specified association for route table {route_table_id} conflicts with an existing "
                        f"association: {association}",
                    )
        return old(self, route_table_id, gateway_id, subnet_id)


def volumes_are_detached_by_their_id() -> None:
    """DetachVolume: InstanceId is optional. AttachVolume: VolumeInUse when another instance has the volume,
    InvalidVolume.ZoneMismatch when the instance is in another zone."""

    @around(EC2Backend, "detach_volume")
    def detach_volume(
        old: Any, self: Any, volume_id: str, instance_id: str | None, device_path: str | None
    ) -> Any:
        attachment = self.get_volume(volume_id).attachment
        if not attachment:
            raise EC2ClientError("IncorrectState", f"Volume '{volume_id}' is in the 'available' state.")
        return old(self, volume_id, instance_id or attachment.instance.id, device_path)

    @around(EC2Response, "attach_volume")
    def attach_volume(old: Any, self: Any) -> Any:
        volume = self.ec2_backend.get_volume(self._get_param("VolumeId"))
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        if volume.attachment:
            raise EC2ClientError("VolumeInUse", f"{volume.id} is already attached to an instance")
        if volume.zone.name != instance.placement.zone:
            raise EC2ClientError(
                "InvalidVolume.ZoneMismatch", f"The volume '{volume.id}' is not in the instance's Availability Zone."
            )
        return old(self)


def snapshots_are_chosen_by_their_owner() -> None:
    """DescribeSnapshots: OwnerIds, which are accounts, self or amazon. Those of AWS's own images belong to AWS; moto shows
    all 1,301 of them whoever is asked for."""

    @instead(EC2Response, "describe_snapshots")
    def describe_snapshots(self: Any) -> ActionResult:
        backend = self.ec2_backend
        snapshots = backend.describe_snapshots(
            snapshot_ids=self._get_param("SnapshotIds", []), filters=self._filters_from_querystring()
        )
        owners = {backend.account_id if owner == "self" else owner for owner in self._get_param("OwnerIds", [])}
        if owners:
            snapshots = [
                snapshot
                for snapshot in snapshots
                if snapshot.owner_id in owners or ("amazon" in owners and snapshot.owner_id != backend.account_id)
            ]
        return ActionResult({"Snapshots": snapshots})
