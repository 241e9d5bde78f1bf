"""Starts the server of this work tree once and gives each test an empty AWS."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import Config
from botocore.exceptions import ClientError

REGION = "eu-west-1"
CREDENTIALS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of a server started from the sources beside this folder."""
    sources = Path(__file__).resolve().parent.parent
    server = subprocess.Popen(
        [sys.executable, "-m", "k8saws_moto", "-p", "0", "--leave-with-parent"],
        env=os.environ | {"PYTHONPATH": str(sources)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    line = server.stdout.readline()
    assert line.startswith("listening on "), line
    yield line.split()[-1]
    server.terminate()
    server.wait(10)


class Aws:
    """Clients of the server, one a service."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = REGION, **other: Any) -> Any:
        """A client that does not retry."""
        key = (service, region)
        if key not in self._clients or other:
            path_style = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
            self._clients[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.endpoint,
                config=path_style,
                **(CREDENTIALS | other),
            )
        return self._clients[key]

    def __getattr__(self, service: str) -> Any:
        return self.client(service)

    def tags(self, kind: str, **tags: str) -> list[dict[str, Any]]:
        """EC2's TagSpecifications."""
        return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]

    def vpc(self) -> str:
        """A new VPC."""
        return self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]

    def subnet(self, vpc: str, number: int = 0) -> str:
        """A new subnet, in the first, second or third zone."""
        answer = self.ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"{REGION}{'abc'[number % 3]}"
        )
        return answer["Subnet"]["SubnetId"]

    def group(self, vpc: str, name: str = "one") -> str:
        """A new security group."""
        return self.ec2.create_security_group(GroupName=name, Description="a group", VpcId=vpc)["GroupId"]


@pytest.fixture(scope="session")
def session_aws(endpoint: str) -> Aws:
    return Aws(endpoint)


@pytest.fixture
def aws(session_aws: Aws) -> Aws:
    """Clients of an AWS in which nothing was made yet."""
    request = urllib.request.Request(f"{session_aws.endpoint}/moto-api/reset", method="POST")
    urllib.request.urlopen(request, timeout=30).close()
    return session_aws


def refused(code: str, call: Callable[..., Any], **arguments: Any) -> ClientError:
    """Asserts that a call is refused with an error code."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return caught.value
