"""Systems Manager: public parameters."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.ssm.models import Parameter, ParameterDict

from k8saws_moto.patching import around

# Images of moto that are in all regions, with the architecture and the root device of what the parameter names. There is none
# for arm64 with /dev/sda1.
IMAGES = {
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id": "ami-785db401",
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id": "ami-0e9271c829888680e",
    "/aws/service/debian/release/12/latest/amd64": "ami-076f415166b04f5fe",
    "/aws/service/debian/release/12/latest/arm64": "ami-0e9271c829888680e",
    "/aws/service/debian/release/13/latest/amd64": "ami-0b301ce3ce347599c",
    "/aws/service/debian/release/13/latest/arm64": "ami-0e9271c829888680e",
}


def apply() -> None:
    """Puts all mends of this module in place."""
    distributions_name_their_images()


def distributions_name_their_images() -> None:
    """GetParameter, GetParameters, GetParametersByPath: the public parameters of Canonical and Debian hold the ids of their
    newest images (EC2 user guide, "Reference AMIs using Systems Manager parameters"). moto has those of Amazon only."""

    @around(ParameterDict, "_check_loading_status")
    def load(old: Any, self: Any, key: str) -> None:
        old(self, key)
        if str(key).startswith(("/aws/service/canonical", "/aws/service/debian")) and not hasattr(self, "distributions"):
            self.distributions = True
            for name, image in IMAGES.items():
                self[name].append(
                    Parameter(
                        account_id=self.account_id,
                        name=name,
                        value=image,
                        parameter_type="String",
                        description=None,
                        allowed_pattern=None,
                        keyid=None,
                        last_modified_date=utcnow(),
                        version=1,
                        data_type="aws:ec2:image",
                    )
                )
