"""EC2 launch templates."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses import EC2Response
from moto.ec2.utils import parse_user_data

from k8saws_moto.patching import around, page


def apply() -> None:
    """Puts all mends of this module in place."""
    template_tags_stay_out_of_its_data()
    templates_show_their_present_tags()
    new_versions_keep_user_data()
    templates_come_in_pages()
    versions_come_in_pages()


def template_tags_stay_out_of_its_data() -> None:
    """CreateLaunchTemplate: TagSpecifications tag the template; they are no part of LaunchTemplateData."""

    @around(EC2Response, "create_launch_template")
    def create_launch_template(old: Any, self: Any) -> Any:
        data = self._get_param("LaunchTemplateData", {})
        own = list(data.get("TagSpecifications", []))
        answer = old(self)
        template = self.ec2_backend.get_launch_template_by_name(self._get_param("LaunchTemplateName"))
        stored = template.versions[0].data
        stored["TagSpecifications"] = own
        if not own:
            del stored["TagSpecifications"]
        if stored.get("UserData") is None:
            stored.pop("UserData", None)
        return answer


def templates_show_their_present_tags() -> None:
    """DescribeLaunchTemplates: Tags as CreateTags and DeleteTags left them."""
    LaunchTemplate.tags = property(  # type: ignore[assignment]
        lambda self: self.get_tags(), lambda self, value: None
    )


def new_versions_keep_user_data() -> None:
    """CreateLaunchTemplateVersion: UserData in the form that instances get it; SourceVersion is the base of what the
    call does not name."""

    @around(EC2Response, "create_launch_template_version")
    def create_launch_template_version(old: Any, self: Any) -> Any:
        answer = old(self)
        number, name = self._get_param("LaunchTemplateId"), self._get_param("LaunchTemplateName")
        backend = self.ec2_backend
        template = backend.get_launch_template(number) if number else backend.get_launch_template_by_name(name)
        made = template.versions[-1]
        user_data = self._get_param("LaunchTemplateData.UserData")
        if user_data is not None:
            made.data["UserData"] = parse_user_data(user_data)
        source = self._get_param("SourceVersion")
        if source:
            for key, value in template.get_version(source).data.items():
                made.data.setdefault(key, value)
        return answer


def templates_come_in_pages() -> None:
    """DescribeLaunchTemplates: MaxResults and NextToken."""

    @around(EC2Response, "describe_launch_templates")
    def describe_launch_templates(old: Any, self: Any) -> Any:
        wanted, token = self._get_int_param("MaxResults"), self._get_param("NextToken")
        self.params["MaxResults"] = 1_000_000
        result = old(self).result
        result["LaunchTemplates"], result["NextToken"] = page(result["LaunchTemplates"], wanted or 200, token)
        return ActionResult(result)


def versions_come_in_pages() -> None:
    """DescribeLaunchTemplateVersions: MaxResults and NextToken."""

    @around(EC2Response, "describe_launch_template_versions")
    def describe_launch_template_versions(old: Any, self: Any) -> Any:
        wanted, token = self._get_int_param("MaxResults"), self._get_param("NextToken")
        self.params["MaxResults"] = 1_000_000
        result = old(self).result
        versions, following = page(result["LaunchTemplateVersions"], wanted or 200, token)
        return ActionResult({"LaunchTemplateVersions": versions, "NextToken": following})
