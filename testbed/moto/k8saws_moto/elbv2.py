"""Elastic Load Balancing: the network interfaces of load balancers, names, idempotent calls."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import DuplicateListenerError, DuplicateLoadBalancerName, DuplicateTargetGroupName
from moto.elbv2.models import AvailabilityZone, ELBv2Backend, FakeLoadBalancer
from moto.elbv2.responses import ELBV2Response

from k8saws_moto.patching import around


def apply() -> None:
    """Puts all mends of this module in place."""
    load_balancers_have_interfaces()
    load_balancers_show_their_addresses()
    load_balancer_names_are_unique()
    target_groups_of_the_same_settings_are_the_same()
    listeners_are_unique_by_port()


def place_interfaces(backend: Any, balancer: Any, mappings: dict[str, dict[str, Any]]) -> None:
    """Gives a network load balancer one interface a subnet and takes away those of other subnets."""
    ec2 = backend.ec2_backend
    have: dict[str, Any] = balancer.__dict__.setdefault("interfaces", {})
    balancer.mappings = mappings
    wanted = {subnet.id for subnet in balancer.subnets} if balancer.type == "network" else set()
    for subnet in set(have) - wanted:
        remove_interface(ec2, have.pop(subnet))
    for subnet in wanted - set(have):
        mapping = mappings.get(subnet, {})
        interface = ec2.create_network_interface(
            subnet,
            mapping.get("PrivateIPv4Address"),
            group_ids=list(balancer.security_groups or []) or None,
            description="ELB net/" + balancer.arn.split("loadbalancer/net/")[-1],
        )
        interface.interface_type = "network_load_balancer"
        interface.requester_managed = True
        interface.status = "in-use"
        if not balancer.security_groups:
            interface._group_set = []
        if mapping.get("AllocationId"):
            ec2.associate_address(eni=interface, allocation_id=mapping["AllocationId"])
        elif balancer.scheme == "internet-facing":
            interface.public_ip_auto_assign = True
            interface.check_auto_public_ip()
        have[subnet] = interface


def remove_interface(ec2: Any, interface: Any) -> None:
    """Deletes an interface and gives its addresses back."""
    for address in ec2.addresses:
        if address.eni is interface:
            ec2.disassociate_address(association_id=address.association_id)
    ec2.enis.pop(interface.id, None)
    interface.subnet.del_subnet_ip(interface.private_ip_address)


def by_subnet(mappings: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """Subnet mappings by subnet."""
    return {mapping["SubnetId"]: mapping for mapping in mappings or []}


def load_balancers_have_interfaces() -> None:
    """CreateLoadBalancer, SetSubnets, SetSecurityGroups, DeleteLoadBalancer: a network load balancer has one network
    interface a subnet, which EC2 shows, which holds the subnet, the security groups and Elastic IP addresses, and
    which goes when the load balancer goes. A network load balancer may have one zone only."""

    @around(ELBv2Backend, "create_load_balancer")
    def create_load_balancer(old: Any, self: Any, **named: Any) -> Any:
        named["scheme"] = named.get("scheme") or "internet-facing"
        balancer = old(self, **named)
        place_interfaces(self, balancer, by_subnet(named.get("subnet_mappings")))
        return balancer

    @around(ELBv2Backend, "set_subnets")
    def set_subnets(
        old: Any, self: Any, arn: str, subnets: list[str], subnet_mappings: list[dict[str, Any]]
    ) -> Any:
        names = [*(subnets or []), *by_subnet(subnet_mappings)]
        balancer = self.load_balancers.get(arn)
        if balancer is not None and balancer.type == "network" and len(names) == 1:
            balancer.subnets = [self.ec2_backend.get_subnet(names[0])]
        else:
            old(self, arn, subnets, subnet_mappings)
        place_interfaces(self, balancer, balancer.mappings | by_subnet(subnet_mappings))
        return balancer.availability_zones

    @around(ELBv2Backend, "set_security_groups")
    def set_security_groups(old: Any, self: Any, arn: str, sec_groups: list[str]) -> Any:
        answer = old(self, arn, sec_groups)
        groups = [self.ec2_backend.get_security_group_from_id(name) for name in sec_groups]
        for interface in self.load_balancers[arn].__dict__.get("interfaces", {}).values():
            interface._group_set = groups
        return answer

    @around(ELBv2Backend, "delete_load_balancer")
    def delete_load_balancer(old: Any, self: Any, arn: str) -> Any:
        balancer = self.load_balancers.get(arn)
        if balancer is not None:
            balancer.subnets = []
            place_interfaces(self, balancer, {})
            for group in self.target_groups.values():
                group.load_balancer_arns = [other for other in group.load_balancer_arns if other != arn]
        return old(self, arn)


def load_balancers_show_their_addresses() -> None:
    """DescribeLoadBalancers: LoadBalancerAddresses of a zone hold the addresses that the subnet mapping named."""

    def zones(self: Any) -> list[AvailabilityZone]:
        shown = []
        for subnet in self.subnets:
            zone = AvailabilityZone(subnet)
            mapping = self.__dict__.get("mappings", {}).get(subnet.id, {})
            interface = self.__dict__.get("interfaces", {}).get(subnet.id)
            address: dict[str, Any] = {}
            if mapping.get("PrivateIPv4Address"):
                address["PrivateIPv4Address"] = mapping["PrivateIPv4Address"]
            if mapping.get("AllocationId"):
                address |= {"AllocationId": mapping["AllocationId"], "IpAddress": interface and interface.public_ip}
            zone.load_balancer_addresses = [address] if address else []  # type: ignore[attr-defined]
            shown.append(zone)
        return shown

    FakeLoadBalancer.availability_zones = property(zones)  # type: ignore[method-assign, assignment]


def load_balancer_names_are_unique() -> None:
    """CreateLoadBalancer: the same name with the same settings answers with the present load balancer, with other
    settings it is DuplicateLoadBalancerName."""

    @around(ELBv2Backend, "create_load_balancer")
    def create_load_balancer(old: Any, self: Any, **named: Any) -> Any:
        subnets = {*(named.get("subnet_ids") or []), *by_subnet(named.get("subnet_mappings"))}
        for balancer in self.load_balancers.values():
            if balancer.name == named["name"]:
                same = (
                    balancer.type == (named.get("loadbalancer_type") or "application")
                    and balancer.scheme == (named.get("scheme") or "internet-facing")
                    and {subnet.id for subnet in balancer.subnets} == subnets
                    and set(balancer.security_groups or []) == set(named.get("security_groups") or [])
                )
                if same:
                    return balancer
                raise DuplicateLoadBalancerName
        return old(self, **named)


def target_groups_of_the_same_settings_are_the_same() -> None:
    """CreateTargetGroup: the same name with the same settings answers with the present target group, with other
    settings it is DuplicateTargetGroupName."""

    @around(ELBV2Response, "create_target_group")
    def create_target_group(old: Any, self: Any) -> Any:
        parameters = {key: value for key, value in self.querystring.items() if not key.startswith("Tags")}
        for group in self.elbv2_backend.target_groups.values():
            if group.name == self._get_param("Name"):
                if group.__dict__.get("made_from") == parameters:
                    return ActionResult({"TargetGroups": [group]})
                raise DuplicateTargetGroupName
        answer = old(self)
        for group in answer.result["TargetGroups"]:
            group.made_from = parameters
        return answer


def listeners_are_unique_by_port() -> None:
    """CreateListener: a second listener of a port is DuplicateListener, the same call again answers with the present
    listener."""

    @around(ELBV2Response, "create_listener")
    def create_listener(old: Any, self: Any) -> Any:
        parameters = {key: value for key, value in self.querystring.items() if not key.startswith("Tags")}
        balancer = self.elbv2_backend.load_balancers.get(self._get_param("LoadBalancerArn"))
        for listener in balancer.listeners.values() if balancer else []:
            if int(listener.port) == int(self._get_param("Port")):
                if listener.__dict__.get("made_from") == parameters:
                    return ActionResult({"Listeners": [listener]})
                raise DuplicateListenerError
        answer = old(self)
        for listener in answer.result["Listeners"]:
            listener.made_from = parameters
        return answer
