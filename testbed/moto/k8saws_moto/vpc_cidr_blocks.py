"""EC2: the address ranges of a VPC."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend

from k8saws_moto.patching import around


def apply() -> None:
    """Puts all mends of this module in place."""
    ranges_do_not_overlap()
    ranges_leave_once()


def ranges_do_not_overlap() -> None:
    """AssociateVpcCidrBlock: a range that overlaps one of the VPC is refused (Amazon VPC user guide, "IPv4 CIDR block
    association restrictions"). The guide does not name the error code."""

    @around(EC2Backend, "associate_vpc_cidr_block")
    def associate_vpc_cidr_block(
        old: Any, self: Any, vpc_id: str, cidr_block: str, amazon_provided_ipv6_cidr_block: bool
    ) -> Any:
        if not amazon_provided_ipv6_cidr_block:
            wanted = ipaddress.ip_network(cidr_block)
            for there in self.get_vpc(vpc_id).get_cidr_block_association_set(ipv6=False):
                attached = there["cidr_block_state"]["state"] in ("associating", "associated")
                if attached and wanted.overlaps(ipaddress.ip_network(there["cidr_block"])):
                    raise EC2ClientError(
                        "InvalidVpc.Range", f"The CIDR '{cidr_block}' conflicts with '{there['cidr_block']}'"
                    )
        return old(self, vpc_id, cidr_block, amazon_provided_ipv6_cidr_block)


def ranges_leave_once() -> None:
    """DisassociateVpcCidrBlock: an association that is unknown, or gone already, is refused with
    InvalidVpcCidrBlockAssociationID.NotFound."""

    @around(EC2Backend, "disassociate_vpc_cidr_block")
    def disassociate_vpc_cidr_block(old: Any, self: Any, association_id: str) -> Any:
        for vpc in self.vpcs.values():
            there = vpc._cidr_block_association_set.get(association_id)
            if there and there["cidr_block_state"]["state"] != "disassociated":
                return old(self, association_id)
        raise EC2ClientError(
            "InvalidVpcCidrBlockAssociationID.NotFound",
            f"The vpc CIDR block association ID '{association_id}' does not exist",
        )
