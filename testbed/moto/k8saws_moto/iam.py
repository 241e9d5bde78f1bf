"""IAM: listing by path, AWS's own policies, what is not there."""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicyStatement, IAMRequestBase, PermissionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.responses import IamResponse

from k8saws_moto.patching import around, instead


def apply() -> None:
    """Puts all mends of this module in place."""
    instance_profiles_are_listed_by_path()
    instance_profile_tags_are_listed()
    managed_policies_exist_when_named()
    roles_leave_a_profile_once()
    ec2_takes_on_the_roles_of_instances()
    conditions_of_policies_are_not_looked_at()


def instance_profiles_are_listed_by_path() -> None:
    """ListInstanceProfiles: PathPrefix."""

    @around(IamResponse, "list_instance_profiles")
    def list_instance_profiles(old: Any, self: Any) -> ActionResult:
        prefix = self._get_param("PathPrefix") or "/"
        profiles = old(self).result["InstanceProfiles"]
        return ActionResult({"InstanceProfiles": [p for p in profiles if (p.path or "/").startswith(prefix)]})


def instance_profile_tags_are_listed() -> None:
    """ListInstanceProfileTags."""

    @instead(IamResponse, "list_instance_profile_tags")
    def list_instance_profile_tags(self: Any) -> ActionResult:
        profile = self.backend.get_instance_profile(profile_name=self._get_param("InstanceProfileName"))
        return ActionResult({"Tags": profile.tags, "IsTruncated": False})


@functools.cache
def managed_policies() -> dict[str, dict[str, Any]]:
    """AWS's own policies by their ARN's last part. moto knows them, but only shows them when all are loaded at start,
    which takes seconds after every reset."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return policies


def managed_policies_exist_when_named() -> None:
    """AttachRolePolicy, CreateRole and PutRolePermissionsBoundary, GetPolicy: a policy of AWS exists."""

    def make_known(backend: Any, arn: Any) -> None:
        mark = ":iam::aws:policy/"
        if not isinstance(arn, str) or mark not in arn or arn in backend.managed_policies:
            return
        name = arn.rsplit("/", 1)[-1]
        if name in managed_policies():
            policy = AWSManagedPolicy.from_data(
                name, backend.account_id, backend.region_name, managed_policies()[name]
            )
            if policy.arn == arn:
                backend.managed_policies[arn] = policy
                backend.aws_managed_policies.append(policy)

    for action in (
        "attach_role_policy",
        "create_role",
        "put_role_permissions_boundary",
        "get_policy",
        "get_policy_version",
    ):
        learn_policies(action, make_known)


def learn_policies(action: str, make_known: Any) -> None:
    """Mends one action."""

    @around(IAMBackend, action)
    def call(old: Any, self: Any, *arguments: Any, **named: Any) -> Any:
        for argument in (*arguments, *named.values()):
            make_known(self, argument)
        return old(self, *arguments, **named)


def roles_leave_a_profile_once() -> None:
    """RemoveRoleFromInstanceProfile: NoSuchEntity when the profile does not have the role."""

    @around(IAMBackend, "remove_role_from_instance_profile")
    def remove_role_from_instance_profile(old: Any, self: Any, profile_name: str, role_name: str) -> None:
        profile = self.get_instance_profile(profile_name)
        if role_name not in {role.name for role in profile.roles}:
            raise NotFoundException(f"Role {role_name} not found in instance profile {profile_name}")
        old(self, profile_name, role_name)


def ec2_takes_on_the_roles_of_instances() -> None:
    """AssumeRole: whoever plays EC2, the user testbed-owner, is what the role's trust policy calls ec2.amazonaws.com, because no caller
    can be a service (IAM user guide, "Using an IAM role to grant permissions to applications running on Amazon EC2")."""

    @around(IAMRequestBase, "_check_role_trust_relationship")
    def check(old: Any, self: Any, role_arn: str) -> bool:
        if not self._access_key.arn.endswith(":user/testbed-owner"):
            return bool(old(self, role_arn))
        document = json.loads(self.backend.get_role_by_arn(role_arn).assume_role_policy_document)
        statements = document.get("Statement", [])
        return any(
            statement.get("Effect") == "Allow" and names_ec2(statement.get("Principal"))
            for statement in (statements if isinstance(statements, list) else [statements])
        )


def names_ec2(principal: Any) -> bool:
    """Whether a statement's principal is EC2."""
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return "ec2.amazonaws.com" in ([services] if isinstance(services, str) else services)


def conditions_of_policies_are_not_looked_at() -> None:
    """Policies of users and roles: moto knows none of the keys of a request and takes each statement with a condition for a denial, also
    one that allows. Here such a statement allows as if it had no condition, and does not deny."""

    @around(IAMPolicyStatement, "is_action_permitted")
    def is_action_permitted(old: Any, self: Any, action: str, resource: str = "*", *others: Any, **named: Any) -> Any:
        if "Condition" not in self._statement or "Principal" in self._statement:
            return old(self, action, resource, *others, **named)
        if self._statement["Effect"] == "Deny":
            return PermissionResult.NEUTRAL
        bare = {key: value for key, value in self._statement.items() if key != "Condition"}
        return old(IAMPolicyStatement(bare), action, resource, *others, **named)
