"""EC2 launch templates: versions can be deleted, which moto has no action for."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidLaunchTemplateVersionNotFound
from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses import EC2Response

from k8saws_moto.patching import around


def apply() -> None:
    """Puts all mends of this module in place."""
    versions_can_be_deleted()
    deleted_versions_are_gone()


def deleted(template: LaunchTemplate) -> set[int]:
    """The numbers of the versions that were deleted; moto finds a version by its place in a list, so they stay there."""
    return template.__dict__.setdefault("deleted_versions", set())


def versions_can_be_deleted() -> None:
    """DeleteLaunchTemplateVersions: up to 200 versions; one that does not exist or is the default is answered in
    UnsuccessfullyDeletedLaunchTemplateVersions, which is no error of the call."""

    def delete_launch_template_versions(self: Any) -> ActionResult:
        backend = self.ec2_backend
        number, name = self._get_param("LaunchTemplateId"), self._get_param("LaunchTemplateName")
        template = backend.get_launch_template(number) if number else backend.get_launch_template_by_name(name)
        done, refused = [], []
        for version in (int(text) for text in self._get_param("Versions", [])):
            answer: dict[str, Any] = {
                "LaunchTemplateId": template.id,
                "LaunchTemplateName": template.name,
                "VersionNumber": version,
            }
            known = 0 < version <= len(template.versions) and version not in deleted(template)
            if known and version != template.default_version_number:
                deleted(template).add(version)
                done.append(answer)
            else:
                code = "unexpectedError" if known else "launchTemplateVersionDoesNotExist"
                why = "is the default version" if known else "does not exist"
                answer["ResponseError"] = {"Code": code, "Message": f"Version {version} {why}"}
                refused.append(answer)
        return ActionResult(
            {
                "SuccessfullyDeletedLaunchTemplateVersions": done,
                "UnsuccessfullyDeletedLaunchTemplateVersions": refused,
            }
        )

    EC2Response.delete_launch_template_versions = delete_launch_template_versions  # type: ignore[attr-defined]


def deleted_versions_are_gone() -> None:
    """DescribeLaunchTemplateVersions and all that name a version: a deleted one does not exist."""

    @around(LaunchTemplate, "get_version")
    def get_version(old: Any, self: Any, num: Any) -> Any:
        version = old(self, num)
        if version.number in deleted(self):
            raise InvalidLaunchTemplateVersionNotFound(template_id=self.id, version=num)
        return version

    @around(LaunchTemplate, "latest_version")
    def latest_version(old: Any, self: Any) -> Any:
        return next(version for version in reversed(self.versions) if version.number not in deleted(self))

    @around(EC2Backend, "describe_launch_template_versions")
    def describe_launch_template_versions(old: Any, self: Any, **named: Any) -> Any:
        return [found for found in old(self, **named) if found[1].number not in deleted(found[0])]
