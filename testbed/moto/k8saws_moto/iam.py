"""IAM: listing by path, AWS's own policies, what is not there."""

from __future__ import annotations

import functools
import json
from typing import Any
from xml.sax.saxutils import escape

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, IAMRequest, IAMRequestBase
from moto.iam.exceptions import NotFoundException
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.responses import IamResponse
from werkzeug.exceptions import HTTPException

from k8saws_moto.needs import needs
from k8saws_moto.patching import around, instead
from k8saws_moto.policies import Need, Verdict, verdict


def apply() -> None:
    """Puts all mends of this module in place."""
    instance_profiles_are_listed_by_path()
    instance_profile_tags_are_listed()
    managed_policies_exist_when_named()
    roles_leave_a_profile_once()
    ec2_takes_on_the_roles_of_instances()
    calls_need_the_resources_that_they_name()


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


def calls_need_the_resources_that_they_name() -> None:
    """Every action, once policies count: it must be allowed on each resource that the request names (Service Authorization Reference), where moto
    asks for "*"; for an object of S3 that is not there, on listing the bucket, too. Conditions on tags of resources and requests, ec2:CreateAction, elasticloadbalancing:CreateAction, ec2:Attribute,
    s3:if-match and s3:if-none-match are looked at, where moto takes each for a denial; one on another key, or on a call of which the server does not know the resources, counts as
    met in a statement that allows, and not in one that denies. Who is denied gets the service's own error: UnauthorizedOperation from EC2,
    AccessDenied from S3 and other services with XML, AccessDeniedException from those with JSON."""

    @around(ActionAuthenticatorMixin, "_authenticate_and_authorize_action")
    def authorize(old: Any, self: Any, request_class: type, resource: str = "*") -> None:
        # moto hands its resource on to check_action_permitted and does nothing else with it
        old(self, request_class, (self, resource))

    @around(IAMRequestBase, "check_action_permitted")
    def check_action_permitted(old: Any, self: Any, asked: tuple[Any, str]) -> None:
        call, resource = asked
        service, _, action = self._action.partition(":")
        if self._action == "sts:GetCallerIdentity":
            return
        documents = [IAMPolicy(policy)._policy_json for policy in self._access_key.collect_policies()]
        for need in needs(call, service, action, resource):
            if verdict(documents, need) is not Verdict.ALLOWED:
                deny(self, need)
        if self._is_assuming_role_operation(resource) and not self._check_role_trust_relationship(resource):
            deny(self, Need(self._action, resource))


def deny(request: IAMRequestBase, need: Need) -> None:
    """Refuses a call as its service does."""
    if isinstance(request, IAMRequest):
        raise Denied(need, request._access_key.arn, "X-Amz-Target" in request._headers)
    request._raise_access_denied()


class Denied(HTTPException):
    """A denial in the form of EC2, of other services with XML, or of those with JSON."""

    def __init__(self, need: Need, caller: str, as_json: bool) -> None:
        why = (
            f"User: {caller} is not authorized to perform: {need.action} on resource: {need.resource}"
            f" because no identity-based policy allows the {need.action} action"
        )
        self.code = 400 if as_json else 403
        if as_json:
            text = json.dumps({"__type": "AccessDeniedException", "message": why})
        elif need.action.startswith("ec2:"):
            error = error_element("UnauthorizedOperation", f"You are not authorized to perform this operation. {why}")
            text = f"<Response><Errors>{error}</Errors><RequestID></RequestID></Response>"
        else:
            error = error_element("AccessDenied", why)
            text = f"<ErrorResponse>{error}<RequestId></RequestId></ErrorResponse>"
        super().__init__(text)


def error_element(code: str, message: str) -> str:
    """An error in XML."""
    return f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
