"""Policies: which statements are about a call, and when their conditions are met."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from k8saws_moto.policies import Need, Verdict, conditions, verdict  # noqa: E402

NEED = Need(
    "ec2:AttachVolume",
    "arn:aws:ec2:r:1:volume/vol-1",
    {"aws:resourcetag/cluster": ["demo"], "aws:tagkeys": ["a", "b/c"]},
    ("aws:resourcetag/", "aws:tagkeys"),
)


@pytest.mark.parametrize(
    ("operator", "key", "value", "met"),
    [
        ("StringEquals", "aws:ResourceTag/cluster", "demo", True),
        ("StringEquals", "aws:ResourceTag/cluster", ["other", "demo"], True),
        ("StringEquals", "aws:ResourceTag/cluster", "d*", False),
        ("StringEquals", "aws:ResourceTag/none", "demo", False),
        ("StringEqualsIfExists", "aws:ResourceTag/none", "demo", True),
        ("StringEqualsIfExists", "aws:ResourceTag/cluster", "other", False),
        ("StringNotEquals", "aws:ResourceTag/cluster", ["other", "demo"], False),
        ("StringNotEquals", "aws:ResourceTag/none", "demo", True),
        ("StringLike", "aws:ResourceTag/cluster", "d?m*", True),
        ("StringNotLike", "aws:ResourceTag/cluster", "d?m*", False),
        ("Null", "aws:ResourceTag/cluster", "true", False),
        ("Null", "aws:ResourceTag/none", "true", True),
        ("Null", "aws:ResourceTag/none", True, True),
        ("Null", "aws:ResourceTag/none", "false", False),
        ("ForAllValues:StringNotLike", "aws:TagKeys", "x/*", True),
        ("ForAllValues:StringNotLike", "aws:TagKeys", "b/*", False),
        ("ForAllValues:StringLike", "aws:TagKeys", ["a", "b*"], True),
        ("ForAllValues:StringLike", "aws:ResourceTag/none", "a", True),
        ("ForAnyValue:StringLike", "aws:TagKeys", "b*", True),
        ("ForAnyValue:StringLike", "aws:ResourceTag/none", "a", False),
        ("StringEquals", "aws:SourceVpc", "vpc-1", None),
        ("StringEquals", "aws:ResourceTag/cluster", "${aws:username}", None),
        ("NumericEquals", "aws:ResourceTag/cluster", "1", None),
    ],
)
def test_conditions(operator: str, key: str, value: Any, met: bool | None) -> None:
    """Each operator, with the key there, absent and unknown."""
    assert conditions({operator: {key: value}}, NEED) is met


def test_all_conditions_must_be_met() -> None:
    """One that is not met outweighs one of which nothing is known."""
    unknown = {"aws:SourceVpc": "vpc-1"}
    assert conditions({"StringEquals": unknown | {"aws:ResourceTag/cluster": "other"}}, NEED) is False
    assert conditions({"StringEquals": unknown | {"aws:ResourceTag/cluster": "demo"}}, NEED) is None


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], Verdict.NOT_ALLOWED),
        ([{"Action": "ec2:attach*"}], Verdict.ALLOWED),
        ([{"Action": "ec2:Attach"}], Verdict.NOT_ALLOWED),
        ([{"NotAction": "ec2:AttachVolume"}], Verdict.NOT_ALLOWED),
        ([{"NotAction": "s3:*"}], Verdict.ALLOWED),
        ([{"Action": "*", "Resource": "arn:aws:ec2:r:1:volume/*"}], Verdict.ALLOWED),
        ([{"Action": "*", "Resource": "arn:aws:ec2:r:1:instance/*"}], Verdict.NOT_ALLOWED),
        ([{"Action": "*"}, {"Effect": "Deny", "Action": "ec2:*"}], Verdict.DENIED),
    ],
)
def test_statements(statements: list[dict[str, Any]], expected: Verdict) -> None:
    """Actions in any case, resources letter by letter; one denial outweighs all."""
    default = {"Effect": "Allow", "Resource": "*"}
    assert verdict([{"Statement": [default | one for one in statements]}], NEED) is expected
