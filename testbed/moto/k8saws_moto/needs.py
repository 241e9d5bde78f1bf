"""What each call needs to be allowed: the resources that it names and the condition keys that they bring, as the Service Authorization
Reference has it. Of a call that is not here moto's own resource counts, and nothing is known for conditions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE
from moto.elbv2.models import elbv2_backends
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import sqs_backends
from moto.utilities.utils import get_partition

from k8saws_moto.policies import Need

#: The condition keys that are the tags of the resource.
RESOURCE_TAGS = ("aws:resourcetag/", "ec2:resourcetag/", "autoscaling:resourcetag/", "elasticloadbalancing:resourcetag/")

#: The condition keys that are about the request.
OF_REQUEST = (
    "aws:requesttag/",
    "aws:tagkeys",
    "ec2:createaction",
    "ec2:attribute/",
    "elasticloadbalancing:createaction",
)

#: EC2's calls and the parameters that name the resources which must be allowed.
EC2 = {
    "AssignIpv6Addresses": ("NetworkInterfaceId",),
    "AssignPrivateIpAddresses": ("NetworkInterfaceId",),
    "AttachNetworkInterface": ("InstanceId", "NetworkInterfaceId"),
    "AttachVolume": ("InstanceId", "VolumeId"),
    "AuthorizeSecurityGroupEgress": ("GroupId",),
    "AuthorizeSecurityGroupIngress": ("GroupId",),
    "CreateNetworkInterface": ("SecurityGroupId", "SubnetId"),
    "CreateSecurityGroup": ("VpcId",),
    "CreateSnapshot": ("VolumeId",),
    "CreateTags": ("ResourceId",),
    "CreateVolume": ("SnapshotId",),
    "DeleteNetworkInterface": ("NetworkInterfaceId",),
    "DeleteSecurityGroup": ("GroupId",),
    "DeleteSnapshot": ("SnapshotId",),
    "DeleteTags": ("ResourceId",),
    "DeleteVolume": ("VolumeId",),
    "DetachNetworkInterface": (),
    "DetachVolume": ("InstanceId", "VolumeId"),
    "ModifyInstanceAttribute": ("GroupId", "InstanceId"),
    "ModifyNetworkInterfaceAttribute": ("NetworkInterfaceId", "SecurityGroupId"),
    "ModifyVolume": ("VolumeId",),
    "RebootInstances": ("InstanceId",),
    "RevokeSecurityGroupEgress": ("GroupId",),
    "RevokeSecurityGroupIngress": ("GroupId",),
    "StartInstances": ("InstanceId",),
    "StopInstances": ("InstanceId",),
    "TerminateInstances": ("InstanceId",),
    "UnassignIpv6Addresses": ("NetworkInterfaceId",),
    "UnassignPrivateIpAddresses": ("NetworkInterfaceId",),
}

#: What some of them make.
EC2_CREATES = {
    "CreateNetworkInterface": "network-interface",
    "CreateSecurityGroup": "security-group",
    "CreateSnapshot": "snapshot",
    "CreateVolume": "volume",
}

#: EC2's kinds whose ARNs have no account.
EC2_WITHOUT_ACCOUNT = ("image", "snapshot")

#: The parameters that name what a call of Elastic Load Balancing changes.
ELB = ("ListenerArn", "LoadBalancerArn", "ResourceArns", "RuleArn", "TargetGroupArn")

#: Its calls that make something, and the ARN of what.
ELB_CREATES = {
    "CreateListener": "listener/*",
    "CreateLoadBalancer": "loadbalancer/*",
    "CreateTargetGroup": "targetgroup/*",
}


def needs(call: Any, service: str, action: str, resource: str) -> list[Need]:
    """What a call needs to be allowed.

    `call` is moto's response object, `service` the name that signs, `resource` what moto takes for the resource.
    """
    found = SERVICES.get(service, lambda *_: [])(Asked(call, service), action, resource)
    return found or [Need(f"{service}:{action}", resource)]


class Asked:
    """A call with its parameters, and what moto knows of the resources."""

    def __init__(self, call: Any, service: str) -> None:
        self.service = service
        self.account = call.current_account
        self.region = call.region
        self.headers = call.headers
        self._query = call.querystring
        self._body = call.raw_body

    def __getitem__(self, parameter: str) -> list[str]:
        """All values of a parameter of the query interface, also those of a list."""
        name = re.compile(re.escape(parameter) + r"(\.(member\.)?\d+)?")
        return [value[0] for key, value in self._query.items() if name.fullmatch(key)]

    def json(self, *parameters: str) -> list[str]:
        """The same for a JSON interface."""
        try:
            body = json.loads(self._body or b"{}")
        except ValueError:
            return []
        found = (body.get(parameter, []) for parameter in parameters)
        return [one for value in found for one in (value if isinstance(value, list) else [value])]

    def arn(self, resource: str, account: bool = True) -> str:
        """The ARN of a resource of this service."""
        return f"arn:{get_partition(self.region)}:{self.service}:{self.region}:{self.account if account else ''}:{resource}"

    def need(self, action: str, arn: str, tags: dict[str, str] | None, request: dict[str, list[str]]) -> Need:
        """A need; `tags` of the resource are None when moto does not know them."""
        of_resource = {key + name.lower(): [value] for name, value in (tags or {}).items() for key in RESOURCE_TAGS}
        known = OF_REQUEST if tags is None else RESOURCE_TAGS + OF_REQUEST
        return Need(f"{self.service}:{action}", arn, of_resource | request, known)

    def tags(self, prefix: str) -> dict[str, list[str]]:
        """The condition keys for the tags that a call sets, whose parameters begin so."""
        return tag_keys(
            (value[0], self._query.get(key.removesuffix("Key") + "Value", [None])[0])
            for key, value in self._query.items()
            if re.fullmatch(re.escape(prefix) + r"\.(member\.)?\d+(\.Key)?", key)
        )

    def attributes(self) -> dict[str, list[str]]:
        """The condition keys for the attributes that a call sets."""
        found = {f"ec2:attribute/{k[:-6].lower()}": v for k, v in self._query.items() if k.endswith(".Value") and k.count(".") == 1}
        if self["Attribute"] and self["Value"]:
            found[f"ec2:attribute/{self['Attribute'][0].lower()}"] = self["Value"]
        return found


def tag_keys(tags: Iterable[tuple[str, str | None]]) -> dict[str, list[str]]:
    """The condition keys for tags that a call sets, or removes, without values."""
    listed = list(tags)
    keys = {f"aws:requesttag/{key.lower()}": [value] for key, value in listed if value is not None}
    return keys | ({"aws:tagkeys": [key for key, _ in listed]} if listed else {})


def of_ec2(asked: Asked, action: str, resource: str) -> list[Need]:
    """Amazon EC2: each resource that a call names; what it makes; and CreateTags beside it for the tags of what it makes."""
    if action.startswith(("Describe", "Get", "List")):
        return [asked.need(action, "*", {}, {})]
    if action not in EC2:
        return []
    backend = ec2_backends[asked.account][asked.region]
    ids = [one for parameter in EC2[action] for one in asked[parameter]]
    if action == "DetachNetworkInterface":
        ids = [
            one
            for interface in backend.enis.values()
            if interface.attachment_id in asked["AttachmentId"]
            for one in (interface.id, interface.instance and interface.instance.id)
            if one
        ]
    request = asked.tags("Tag") if action in ("CreateTags", "DeleteTags") else asked.attributes()
    found = []
    for one in ids:
        kind = EC2_PREFIX_TO_RESOURCE.get(one.partition("-")[0], "*")
        arn = asked.arn(f"{kind}/{one}", kind not in EC2_WITHOUT_ACCOUNT)
        found.append(asked.need(action, arn, dict(backend.tags.get(one, {})), request))
    made = EC2_CREATES.get(action)
    if made:
        arn = asked.arn(f"{made}/*", made not in EC2_WITHOUT_ACCOUNT)
        tags = asked.tags("TagSpecification.1.Tag")
        found.append(asked.need(action, arn, {}, tags))
        if tags:
            found.append(asked.need("CreateTags", arn, {}, tags | {"ec2:createaction": [action]}))
    return found


def of_autoscaling(asked: Asked, action: str, resource: str) -> list[Need]:
    """Amazon EC2 Auto Scaling: the group that a call names, or that of the instance."""
    if action.startswith("Describe"):
        return [asked.need(action, "*", {}, {})]
    groups = autoscaling_backends[asked.account][asked.region].autoscaling_groups
    names, instances = asked["AutoScalingGroupName"], asked["InstanceId"]
    return [
        asked.need(action, group.arn, {tag["Key"]: tag["Value"] for tag in group.tags}, {})
        for group in groups.values()
        if group.name in names
        or (not names and any(state.instance.id in instances for state in group.instance_states))
    ]


def of_load_balancing(asked: Asked, action: str, resource: str) -> list[Need]:
    """Elastic Load Balancing: what a call names by ARN; what it makes; and AddTags beside it for the tags of what it makes."""
    if action.startswith("Describe"):
        return [asked.need(action, "*", {}, {})]
    backend = elbv2_backends[asked.account][asked.region]
    tags = asked.tags("TagKeys" if action == "RemoveTags" else "Tags")
    made = ELB_CREATES.get(action)
    found = [
        asked.need(action, arn, backend.tagging_service.get_tag_dict_for_resource(arn), tags)
        for parameter in ELB
        for arn in asked[parameter]
    ]
    if made and not found:
        found.append(asked.need(action, asked.arn(made), {}, tags))
    if made and tags:
        created = {"elasticloadbalancing:createaction": [action]}
        found.append(asked.need("AddTags", asked.arn(made), {}, tags | created))
    return found


def of_s3(asked: Asked, action: str, resource: str) -> list[Need]:
    """Amazon S3: the bucket or the object, and for a write the conditions that it makes (user guide, "Enforce conditional writes"); and for an object
    that is not there, that the caller may list the bucket (API reference, GetObject, "Permissions")."""
    made = {f"s3:{name}": [asked.headers[name]] for name in ("if-match", "if-none-match") if name in asked.headers}
    found = [Need(f"s3:{action}", resource, made, ("s3:if-match", "s3:if-none-match")) if action == "PutObject" else Need(f"s3:{action}", resource)]
    bucket, _, key = resource.partition(":::")[2].partition("/")
    if action == "GetObject" and key:
        try:
            there = s3_backends[asked.account][get_partition(asked.region)].get_object(bucket, key)
        except MissingBucket:
            return found
        if there is None:
            found.append(Need("s3:ListBucket", resource.removesuffix(f"/{key}")))
    return found


def of_sqs(asked: Asked, action: str, resource: str) -> list[Need]:
    """Amazon SQS: the queue, which moto finds itself."""
    try:
        queue = sqs_backends[asked.account][asked.region].get_queue(resource.rpartition(":")[2])
    except QueueDoesNotExist:
        return []
    return [asked.need(action, queue.queue_arn, queue.tags, {})]


def of_ssm(asked: Asked, action: str, resource: str) -> list[Need]:
    """AWS Systems Manager: parameters, those of AWS without an account, or those below a path."""
    if "Parameter" not in action or action.startswith("Describe"):
        return []
    return [
        Need(f"ssm:{action}", asked.arn(f"parameter/{name.lstrip('/')}", not name.startswith("/aws/service/")))
        for name in asked.json("Name", "Names", "Path")
    ]


def of_kms(asked: Asked, action: str, resource: str) -> list[Need]:
    """AWS KMS: the key."""
    return [
        Need(f"kms:{action}", name if name.startswith("arn:") else asked.arn(f"key/{name}"))
        for name in asked.json("KeyId")
    ]


SERVICES = {
    "autoscaling": of_autoscaling,
    "ec2": of_ec2,
    "elasticloadbalancing": of_load_balancing,
    "kms": of_kms,
    "s3": of_s3,
    "sqs": of_sqs,
    "ssm": of_ssm,
}
