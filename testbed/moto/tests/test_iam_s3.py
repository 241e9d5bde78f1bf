"""IAM and S3."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import Aws, refused

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TAGS = [{"Key": "a", "Value": "b"}]


def role(aws: Aws, name: str = "nodes") -> None:
    boundary = aws.iam.create_policy(PolicyName=f"{name}-boundary", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    aws.iam.create_role(
        RoleName=name,
        Path="/k8saws/",
        AssumeRolePolicyDocument=TRUST,
        Description="d",
        PermissionsBoundary=boundary,
        MaxSessionDuration=7200,
        Tags=TAGS,
    )
    aws.iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(POLICY))
    aws.iam.create_instance_profile(InstanceProfileName=name, Path="/k8saws/", Tags=TAGS)
    aws.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


def test_authorization_details_show_roles_whole(aws: Aws) -> None:
    """GetAccountAuthorizationDetails with the filter Role."""
    role(aws)
    aws.iam.create_user(UserName="u")
    answer = aws.iam.get_account_authorization_details(Filter=["Role"])
    assert not answer["UserDetailList"] and not answer["Policies"]
    found = next(r for r in answer["RoleDetailList"] if r["RoleName"] == "nodes")
    assert found["Path"] == "/k8saws/" and found["Tags"] == TAGS
    assert found["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("policy/nodes-boundary")
    assert found["RolePolicyList"] == [{"PolicyName": "inline", "PolicyDocument": POLICY}]
    assert found["AssumeRolePolicyDocument"] == json.loads(TRUST)
    profile = found["InstanceProfileList"][0]
    assert profile["InstanceProfileName"] == "nodes" and profile["Path"] == "/k8saws/"
    assert profile["Roles"][0]["RoleName"] == "nodes"
    assert found["AttachedManagedPolicies"] == []


def test_instance_profiles_keep_path_and_tags(aws: Aws) -> None:
    """CreateInstanceProfile, TagInstanceProfile, UntagInstanceProfile, ListInstanceProfiles(PathPrefix)."""
    role(aws)
    aws.iam.create_instance_profile(InstanceProfileName="other")
    listed = aws.iam.list_instance_profiles(PathPrefix="/k8saws/")["InstanceProfiles"]
    assert [p["InstanceProfileName"] for p in listed] == ["nodes"]
    assert len(aws.iam.list_instance_profiles()["InstanceProfiles"]) == 2
    assert aws.iam.get_instance_profile(InstanceProfileName="nodes")["InstanceProfile"]["Tags"] == TAGS
    aws.iam.tag_instance_profile(InstanceProfileName="nodes", Tags=[{"Key": "c", "Value": "d"}])
    tags = aws.iam.list_instance_profile_tags(InstanceProfileName="nodes")["Tags"]
    assert {t["Key"]: t["Value"] for t in tags} == {"a": "b", "c": "d"}
    aws.iam.untag_instance_profile(InstanceProfileName="nodes", TagKeys=["a"])
    tags = aws.iam.list_instance_profile_tags(InstanceProfileName="nodes")["Tags"]
    assert {t["Key"]: t["Value"] for t in tags} == {"c": "d"}


def test_roles_and_profiles_in_use_are_kept(aws: Aws) -> None:
    """DeleteRole, DeleteInstanceProfile: DeleteConflict."""
    iam = aws.iam
    role(aws)
    refused("DeleteConflict", iam.delete_instance_profile, InstanceProfileName="nodes")
    refused("DeleteConflict", iam.delete_role, RoleName="nodes")
    iam.delete_role_policy(RoleName="nodes", PolicyName="inline")
    refused("DeleteConflict", iam.delete_role, RoleName="nodes")
    iam.remove_role_from_instance_profile(InstanceProfileName="nodes", RoleName="nodes")
    iam.attach_role_policy(RoleName="nodes", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
    refused("DeleteConflict", iam.delete_role, RoleName="nodes")
    iam.detach_role_policy(RoleName="nodes", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
    iam.delete_role(RoleName="nodes")
    iam.delete_instance_profile(InstanceProfileName="nodes")
    refused("NoSuchEntity", iam.get_role, RoleName="nodes")
    refused("NoSuchEntity", iam.delete_role, RoleName="nodes")
    refused("NoSuchEntity", iam.delete_instance_profile, InstanceProfileName="nodes")


def test_an_instance_profile_has_one_role(aws: Aws) -> None:
    """AddRoleToInstanceProfile: LimitExceeded for a second role."""
    role(aws)
    aws.iam.create_role(RoleName="second", AssumeRolePolicyDocument=TRUST)
    refused("LimitExceeded", aws.iam.add_role_to_instance_profile, InstanceProfileName="nodes", RoleName="second")


def test_a_role_leaves_a_profile_once(aws: Aws) -> None:
    """RemoveRoleFromInstanceProfile."""
    role(aws)
    named = {"InstanceProfileName": "nodes", "RoleName": "nodes"}
    aws.iam.remove_role_from_instance_profile(**named)
    refused("NoSuchEntity", aws.iam.remove_role_from_instance_profile, **named)


@pytest.fixture
def enforced(aws: Aws) -> Iterator[Any]:
    """IAM is enforced as long as the test runs; the owner's keys."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    aws.iam.create_user(UserName="testbed-owner")
    aws.iam.put_user_policy(UserName="testbed-owner", PolicyName="all", PolicyDocument=json.dumps(everything))
    key = aws.iam.create_access_key(UserName="testbed-owner")["AccessKey"]
    count_unchecked(aws, "0")
    yield {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    count_unchecked(aws, "inf")


def count_unchecked(aws: Aws, calls: str) -> None:
    """How many calls are served before policies count."""
    request = urllib.request.Request(f"{aws.endpoint}/moto-api/reset-auth", calls.encode(), {"Content-Type": "text/plain"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def test_roles_that_trust_ec2_are_taken_on_by_its_hosts(aws: Aws, enforced: Any) -> None:
    """AssumeRole."""
    iam, sts = aws.client("iam", **enforced), aws.client("sts", **enforced)
    iam.create_role(RoleName="nodes", AssumeRolePolicyDocument=TRUST.replace("lambda.amazonaws.com", "ec2.amazonaws.com"))
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=TRUST.replace("ec2.amazonaws.com", "lambda.amazonaws.com"))
    name = {"RoleSessionName": "i-0123456789abcdef0"}
    assert sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/nodes", **name)["Credentials"]
    refused("AccessDenied", sts.assume_role, RoleArn="arn:aws:iam::123456789012:role/other", **name)


def allowed(aws: Aws, owner: Any, *statements: dict[str, Any]) -> Any:
    """The keys of a new user with these statements."""
    iam = aws.client("iam", **owner)
    iam.create_user(UserName="limited")
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | one for one in statements]})
    iam.put_user_policy(UserName="limited", PolicyName="limited", PolicyDocument=document)
    key = iam.create_access_key(UserName="limited")["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


OURS = {"StringEquals": {"aws:ResourceTag/cluster": "demo"}}
EC2_ARN = "arn:aws:ec2:eu-west-1:123456789012:"


def machine(aws: Aws, owner: Any) -> tuple[str, str]:
    """An instance of the cluster and the zone's subnet."""
    ec2 = aws.client("ec2", **owner)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24", AvailabilityZone="eu-west-1a")["Subnet"]["SubnetId"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launched = ec2.run_instances(
        ImageId=image, SubnetId=subnet, MinCount=1, MaxCount=1, TagSpecifications=aws.tags("instance", cluster="demo")
    )
    return launched["Instances"][0]["InstanceId"], subnet


def test_attaching_needs_the_volume_and_the_instance(aws: Aws, enforced: Any) -> None:
    """AttachVolume, DetachVolume: UnauthorizedOperation when one of them is not allowed; by their tags, too."""
    owner = aws.client("ec2", **enforced)
    instance, _ = machine(aws, enforced)
    ours, others = (
        owner.create_volume(AvailabilityZone="eu-west-1a", Size=1, TagSpecifications=aws.tags("volume", cluster=cluster))
        for cluster in ("demo", "other")
    )
    actions = ["ec2:AttachVolume", "ec2:DetachVolume"]
    keys = allowed(
        aws,
        enforced,
        {"Action": actions, "Resource": f"{EC2_ARN}volume/*", "Condition": OURS},
        {"Action": "ec2:AttachVolume", "Resource": f"{EC2_ARN}instance/*", "Condition": OURS},
    )
    ec2 = aws.client("ec2", **keys)
    error = refused(
        "UnauthorizedOperation", ec2.attach_volume, VolumeId=others["VolumeId"], InstanceId=instance, Device="/dev/xvdf"
    )
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert f"ec2:AttachVolume on resource: {EC2_ARN}volume/{others['VolumeId']} " in error.response["Error"]["Message"]
    attach = {"VolumeId": ours["VolumeId"], "InstanceId": instance}
    ec2.attach_volume(Device="/dev/xvdf", **attach)
    refused("UnauthorizedOperation", ec2.detach_volume, **attach)
    refused("UnauthorizedOperation", ec2.delete_volume, VolumeId=ours["VolumeId"])
    refused("UnauthorizedOperation", ec2.describe_volumes)


def test_interfaces_are_named_by_their_attachment(aws: Aws, enforced: Any) -> None:
    """AttachNetworkInterface, DetachNetworkInterface: the interface and the instance."""
    owner = aws.client("ec2", **enforced)
    instance, subnet = machine(aws, enforced)
    ours, others = (
        owner.create_network_interface(SubnetId=subnet, TagSpecifications=aws.tags("network-interface", cluster=cluster))
        for cluster in ("demo", "other")
    )
    actions = ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"]
    keys = allowed(
        aws,
        enforced,
        {"Action": actions, "Resource": [f"{EC2_ARN}network-interface/*", f"{EC2_ARN}instance/*"], "Condition": OURS},
    )
    ec2 = aws.client("ec2", **keys)
    of_ours, of_others = ({"NetworkInterfaceId": one["NetworkInterface"]["NetworkInterfaceId"]} for one in (ours, others))
    at = {"InstanceId": instance}
    refused("UnauthorizedOperation", ec2.attach_network_interface, DeviceIndex=1, **at, **of_others)
    attachment = ec2.attach_network_interface(DeviceIndex=1, **at, **of_ours)["AttachmentId"]
    foreign = owner.attach_network_interface(DeviceIndex=2, **at, **of_others)["AttachmentId"]
    refused("UnauthorizedOperation", ec2.detach_network_interface, AttachmentId=foreign)
    ec2.detach_network_interface(AttachmentId=attachment)


def test_what_is_made_must_have_its_tags(aws: Aws, enforced: Any) -> None:
    """CreateVolume, CreateTags: tags of the request, and CreateTags beside CreateVolume with ec2:CreateAction."""
    free = {"ForAllValues:StringNotLike": {"aws:TagKeys": "reserved/*"}}
    make = {"StringEquals": {"aws:RequestTag/cluster": "demo"}} | free
    beside = {"StringEquals": {"aws:RequestTag/cluster": "demo", "ec2:CreateAction": "CreateVolume"}} | free
    keys = allowed(
        aws,
        enforced,
        {"Action": "ec2:CreateVolume", "Resource": f"{EC2_ARN}volume/*", "Condition": make},
        {"Action": "ec2:CreateTags", "Resource": f"{EC2_ARN}volume/*", "Condition": beside},
    )
    ec2 = aws.client("ec2", **keys)
    volume = {"AvailabilityZone": "eu-west-1a", "Size": 1}
    refused("UnauthorizedOperation", ec2.create_volume, **volume)
    for tags in ({"cluster": "other"}, {"cluster": "demo", "reserved/role": "etcd"}):
        refused("UnauthorizedOperation", ec2.create_volume, TagSpecifications=aws.tags("volume", **tags), **volume)
    made = ec2.create_volume(TagSpecifications=aws.tags("volume", cluster="demo", name="data"), **volume)["VolumeId"]
    tags = [{"Key": "cluster", "Value": "demo"}]
    refused("UnauthorizedOperation", ec2.create_tags, Resources=[made], Tags=tags)


def test_attributes_of_instances_are_told_apart(aws: Aws, enforced: Any) -> None:
    """ModifyInstanceAttribute: ec2:Attribute."""
    instance, _ = machine(aws, enforced)
    off = {"StringEquals": {"ec2:Attribute/SourceDestCheck": "false"}}
    keys = allowed(
        aws, enforced, {"Action": "ec2:ModifyInstanceAttribute", "Resource": f"{EC2_ARN}instance/*", "Condition": off}
    )
    ec2 = aws.client("ec2", **keys)
    ec2.modify_instance_attribute(InstanceId=instance, SourceDestCheck={"Value": False})
    refused("UnauthorizedOperation", ec2.modify_instance_attribute, InstanceId=instance, SourceDestCheck={"Value": True})
    refused(
        "UnauthorizedOperation", ec2.modify_instance_attribute, InstanceId=instance, InstanceType={"Value": "m5.large"}
    )


def test_other_services_deny_in_their_own_words(aws: Aws, enforced: Any) -> None:
    """GetParameter, ModifyTargetGroupAttributes, SetDesiredCapacity, ReceiveMessage: by the ARN, or by the tags."""
    owner = {name: aws.client(name, **enforced) for name in ("ssm", "elbv2", "sqs")}
    vpc = aws.client("ec2", **enforced).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    ours, others = (
        owner["elbv2"].create_target_group(
            Name=name, Protocol="TCP", Port=1, VpcId=vpc, Tags=[{"Key": "cluster", "Value": name}]
        )["TargetGroups"][0]["TargetGroupArn"]
        for name in ("demo", "other")
    )
    for name in ("/demo/one", "/other/one"):
        owner["ssm"].put_parameter(Name=name, Value="x", Type="String")
    queues = [owner["sqs"].create_queue(QueueName=name)["QueueUrl"] for name in ("demo", "other")]
    keys = allowed(
        aws,
        enforced,
        {"Action": "ssm:GetParameter*", "Resource": "arn:aws:ssm:eu-west-1:123456789012:parameter/demo/*"},
        {"Action": "elasticloadbalancing:ModifyTargetGroup*", "Resource": "*", "Condition": OURS},
        {"Action": "sqs:ReceiveMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:demo"},
    )
    ssm, elb, sqs = (aws.client(name, **keys) for name in ("ssm", "elbv2", "sqs"))
    assert ssm.get_parameter(Name="/demo/one")["Parameter"]["Value"] == "x"
    refused("AccessDeniedException", ssm.get_parameter, Name="/other/one")
    refused("AccessDeniedException", ssm.get_parameters, Names=["/demo/one", "/other/one"])
    sqs.receive_message(QueueUrl=queues[0])
    refused("AccessDeniedException", sqs.receive_message, QueueUrl=queues[1])
    quick = {"Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]}
    elb.modify_target_group_attributes(TargetGroupArn=ours, **quick)
    refused("AccessDenied", elb.modify_target_group_attributes, TargetGroupArn=others, **quick)
    autoscaling = aws.client("autoscaling", **keys)
    refused("AccessDenied", autoscaling.set_desired_capacity, AutoScalingGroupName="demo", DesiredCapacity=1)


def test_rights_on_a_group_follow_its_tags_also_changed_ones(aws: Aws, enforced: Any) -> None:
    """Auto Scaling: a tag that CreateOrUpdateTags has set counts as one of the group's first."""
    ec2, owner = aws.client("ec2", **enforced), aws.client("autoscaling", **enforced)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    owner.create_launch_configuration(LaunchConfigurationName="demo", ImageId=image, InstanceType="t3.small")
    owner.create_auto_scaling_group(
        AutoScalingGroupName="demo",
        LaunchConfigurationName="demo",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["eu-west-1a"],
        Tags=[{"Key": "cluster", "Value": "other", "PropagateAtLaunch": False}],
    )
    keys = allowed(aws, enforced, {"Action": "autoscaling:SetDesiredCapacity", "Resource": "*", "Condition": OURS})
    autoscaling = aws.client("autoscaling", **keys)
    wanted = {"AutoScalingGroupName": "demo", "DesiredCapacity": 0}
    refused("AccessDenied", autoscaling.set_desired_capacity, **wanted)
    tag = {"ResourceId": "demo", "ResourceType": "auto-scaling-group", "Key": "cluster", "Value": "demo"}
    owner.create_or_update_tags(Tags=[tag | {"PropagateAtLaunch": False}])
    autoscaling.set_desired_capacity(**wanted)


def test_who_may_not_list_is_not_told_what_is_missing(aws: Aws, enforced: Any) -> None:
    """GetObject, HeadObject: 403 instead of 404 for an object that is not there."""
    owner = aws.client("s3", **enforced)
    owner.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    owner.put_object(Bucket="bucket", Key="a/there", Body=b"1")
    refused("NoSuchKey", owner.get_object, Bucket="bucket", Key="a/none")
    read = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/a/*"}
    s3 = aws.client("s3", **allowed(aws, enforced, read))
    assert s3.get_object(Bucket="bucket", Key="a/there")["Body"].read() == b"1"
    refused("AccessDenied", s3.get_object, Bucket="bucket", Key="a/none")
    refused("403", s3.head_object, Bucket="bucket", Key="a/none")
    refused("AccessDenied", s3.get_object, Bucket="bucket", Key="b/none")
    lists = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [read | {"Effect": "Allow"}, lists]})
    aws.client("iam", **enforced).put_user_policy(UserName="limited", PolicyName="limited", PolicyDocument=document)
    refused("NoSuchKey", s3.get_object, Bucket="bucket", Key="a/none")


@pytest.mark.parametrize("header,value", [("if-none-match", "*"), ("if-match", '"c4ca4238a0b923820dcc509a6f75849b"')])
def test_policies_ask_for_conditional_writes(aws: Aws, enforced: Any, header: str, value: str) -> None:
    """Policies: s3:if-none-match and s3:if-match of PutObject are the headers of the call."""
    owner = aws.client("s3", **enforced)
    owner.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if header == "if-match":
        owner.put_object(Bucket="bucket", Key="a", Body=b"1")
    arn = "arn:aws:s3:::bucket/*"
    once = {"Action": "s3:PutObject", "Resource": arn, "Condition": {"Null": {f"s3:{header}": "false"}}}
    s3 = aws.client("s3", **allowed(aws, enforced, once))
    parameter = {"if-none-match": "IfNoneMatch", "if-match": "IfMatch"}
    other = next(name for key, name in parameter.items() if key != header)
    refused("AccessDenied", s3.put_object, Bucket="bucket", Key="a", Body=b"2")
    refused("AccessDenied", s3.put_object, Bucket="bucket", Key="a", Body=b"2", **{other: value})
    s3.put_object(Bucket="bucket", Key="a", Body=b"2", **{parameter[header]: value})
    refused("PreconditionFailed", s3.put_object, Bucket="bucket", Key="a", Body=b"3", **{parameter[header]: value})
    refused("AccessDenied", s3.put_object, Bucket="bucket", Key="a", Body=b"3")


def test_a_condition_that_the_server_does_not_know_allows(aws: Aws, enforced: Any) -> None:
    """Policies: such a statement allows as if it had no condition, and does not deny; one that is known does both."""
    unknown = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    deny = {"Effect": "Deny", "Resource": "*"}
    keys = allowed(
        aws,
        enforced,
        {"Action": "ec2:*", "Resource": "*", "Condition": unknown},
        deny | {"Action": "ec2:DescribeVpcs", "Condition": unknown},
        deny | {"Action": "ec2:DescribeSubnets", "Condition": {"Null": {"aws:ResourceTag/cluster": "true"}}},
    )
    ec2 = aws.client("ec2", **keys)
    assert "Vpcs" in ec2.describe_vpcs()
    refused("UnauthorizedOperation", ec2.describe_subnets)


def test_role_settings_can_change(aws: Aws) -> None:
    """UpdateRole, UpdateAssumeRolePolicy, PutRolePermissionsBoundary, DeleteRolePermissionsBoundary, TagRole."""
    role(aws)
    iam = aws.iam
    iam.update_role(RoleName="nodes", Description="e", MaxSessionDuration=3600)
    iam.delete_role_permissions_boundary(RoleName="nodes")
    iam.tag_role(RoleName="nodes", Tags=[{"Key": "a", "Value": "c"}])
    other = json.loads(TRUST)
    other["Statement"][0]["Principal"] = {"Service": "ecs.amazonaws.com"}
    iam.update_assume_role_policy(RoleName="nodes", PolicyDocument=json.dumps(other))
    read = iam.get_role(RoleName="nodes")["Role"]
    assert (read["Description"], read["MaxSessionDuration"]) == ("e", 3600)
    assert "PermissionsBoundary" not in read and read["Tags"] == [{"Key": "a", "Value": "c"}]
    assert read["AssumeRolePolicyDocument"] == other
    refused("EntityAlreadyExists", iam.create_role, RoleName="nodes", AssumeRolePolicyDocument=TRUST)
    refused("EntityAlreadyExists", iam.create_instance_profile, InstanceProfileName="nodes")


def bucket(aws: Aws, name: str = "bucket") -> str:
    aws.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return name


def test_conditional_writes(aws: Aws) -> None:
    """PutObject with If-None-Match and If-Match: 412 PreconditionFailed; 404 for If-Match on a missing key."""
    s3, name = aws.s3, bucket(aws)
    first = s3.put_object(Bucket=name, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    refused("PreconditionFailed", s3.put_object, Bucket=name, Key="k", Body=b"2", IfNoneMatch="*")
    second = s3.put_object(Bucket=name, Key="k", Body=b"2", IfMatch=first)["ETag"]
    refused("PreconditionFailed", s3.put_object, Bucket=name, Key="k", Body=b"3", IfMatch=first)
    refused("NoSuchKey", s3.put_object, Bucket=name, Key="none", Body=b"3", IfMatch=first)
    assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"2"
    refused("PreconditionFailed", s3.delete_object, Bucket=name, Key="k", IfMatch=first)
    s3.delete_object(Bucket=name, Key="k", IfMatch=second)
    refused("NoSuchKey", s3.get_object, Bucket=name, Key="k")
    s3.put_object(Bucket=name, Key="k", Body=b"4", IfNoneMatch="*")


def test_conditional_writes_in_a_versioned_bucket(aws: Aws) -> None:
    """PutObject with If-None-Match: a delete marker counts as no object."""
    s3, name = aws.s3, bucket(aws)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="k", Body=b"1", IfNoneMatch="*")
    refused("PreconditionFailed", s3.put_object, Bucket=name, Key="k", Body=b"2", IfNoneMatch="*")
    s3.delete_object(Bucket=name, Key="k")
    s3.put_object(Bucket=name, Key="k", Body=b"3", IfNoneMatch="*")
    assert len(s3.list_object_versions(Bucket=name, Prefix="k")["Versions"]) == 2


@pytest.mark.parametrize("condition", ["IfNoneMatch", "IfMatch"])
def test_one_of_many_conditional_writers_wins(aws: Aws, condition: str) -> None:
    """PutObject: of conditional writes at once just one succeeds, every time."""
    s3, name = aws.s3, bucket(aws)

    def write(arguments: dict[str, Any]) -> int:
        try:
            s3.put_object(Bucket=name, **arguments)
            return 1
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412)
            return 0

    with ThreadPoolExecutor(8) as pool:
        for number in range(25):
            key = f"k{number}"
            value = "*" if condition == "IfNoneMatch" else s3.put_object(Bucket=name, Key=key, Body=b"x")["ETag"]
            calls = [{"Key": key, "Body": str(i).encode(), condition: value} for i in range(8)]
            assert sum(pool.map(write, calls)) == 1


def test_bucket_settings_round_trip(aws: Aws) -> None:
    """Put and Get of versioning, encryption, public access block, policy, tags, ownership, lifecycle."""
    s3, name = aws.s3, bucket(aws)
    assert "Status" not in s3.get_bucket_versioning(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    read = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert {key: read[key] for key in rule} == rule
    block = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"] == block
    refused("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket=name)
    policy = json.dumps(POLICY | {"Statement": [POLICY["Statement"][0] | {"Principal": "*", "Effect": "Deny"}]})
    s3.put_bucket_policy(Bucket=name, Policy=policy)
    assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]) == json.loads(policy)
    refused("NoSuchTagSet", s3.get_bucket_tagging, Bucket=name)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": TAGS})
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == TAGS
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    owner = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_new_bucket_is_encrypted(aws: Aws) -> None:
    """GetBucketEncryption: a new bucket has SSE-S3 (Amazon S3 User Guide, default encryption)."""
    rules = aws.s3.get_bucket_encryption(Bucket=bucket(aws))["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_new_bucket_blocks_public_access(aws: Aws) -> None:
    """GetPublicAccessBlock: a new bucket blocks all public access."""
    block = aws.s3.get_public_access_block(Bucket=bucket(aws))["PublicAccessBlockConfiguration"]
    assert all(block.values()) and len(block) == 4


def test_checksum_without_algorithm(aws: Aws) -> None:
    """HeadObject: the SHA-256 that came in a header of its own (Amazon S3 User Guide, checking object integrity)."""
    name = bucket(aws)
    digest = base64.b64encode(hashlib.sha256(b"text").digest()).decode()
    aws.s3.put_object(Bucket=name, Key="key", Body=b"text", ChecksumSHA256=digest)
    assert aws.s3.head_object(Bucket=name, Key="key", ChecksumMode="ENABLED")["ChecksumSHA256"] == digest
    aws.s3.put_object(Bucket=name, Key="key", Body=b"other")
    assert "ChecksumSHA256" not in aws.s3.head_object(Bucket=name, Key="key", ChecksumMode="ENABLED")


def test_expected_owner(aws: Aws) -> None:
    """Every bucket action: ExpectedBucketOwner of another account is refused with 403 AccessDenied."""
    s3, name = aws.s3, bucket(aws)
    s3.put_object(Bucket=name, Key="k", Body=b"1", ExpectedBucketOwner="123456789012")
    s3.get_object(Bucket=name, Key="k", ExpectedBucketOwner="123456789012")
    other = {"Bucket": name, "ExpectedBucketOwner": "999999999999"}
    for call in (
        lambda: s3.put_object(Key="k", Body=b"1", **other),
        lambda: s3.get_object(Key="k", **other),
        lambda: s3.delete_object(Key="k", **other),
        lambda: s3.list_objects_v2(**other),
        lambda: s3.head_bucket(**other),
        lambda: s3.get_bucket_policy(**other),
        lambda: s3.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}, **other),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert s3.list_objects_v2(Bucket=name)["KeyCount"] == 1


def test_bucket_of_another_account(aws: Aws) -> None:
    """CreateBucket: BucketAlreadyExists for another account's, BucketAlreadyOwnedByYou for one's own; other calls of
    another account are AccessDenied."""
    name = bucket(aws)
    where = {"LocationConstraint": "eu-west-1"}
    refused("BucketAlreadyOwnedByYou", aws.s3.create_bucket, Bucket=name, CreateBucketConfiguration=where)
    sts = aws.sts.assume_role(RoleArn="arn:aws:iam::222222222222:role/r", RoleSessionName="session")["Credentials"]
    other = Aws(aws.endpoint).client(
        "s3",
        aws_access_key_id=sts["AccessKeyId"],
        aws_secret_access_key=sts["SecretAccessKey"],
        aws_session_token=sts["SessionToken"],
    )
    refused("BucketAlreadyExists", other.create_bucket, Bucket=name, CreateBucketConfiguration=where)
    refused("403", other.head_bucket, Bucket=name)
    refused("AccessDenied", other.put_object, Bucket=name, Key="k", Body=b"1")
    refused("AccessDenied", other.list_objects_v2, Bucket=name)


def test_bucket_with_content_is_kept(aws: Aws) -> None:
    """DeleteBucket: BucketNotEmpty, also when only old versions or delete markers are left."""
    s3, name = aws.s3, bucket(aws)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="k", Body=b"1")
    refused("BucketNotEmpty", s3.delete_bucket, Bucket=name)
    s3.delete_object(Bucket=name, Key="k")
    refused("BucketNotEmpty", s3.delete_bucket, Bucket=name)
    listed = s3.list_object_versions(Bucket=name)
    objects = [{"Key": o["Key"], "VersionId": o["VersionId"]} for o in listed["Versions"] + listed["DeleteMarkers"]]
    s3.delete_objects(Bucket=name, Delete={"Objects": objects})
    s3.delete_bucket(Bucket=name)
    refused("404", s3.head_bucket, Bucket=name)


def in_parts(aws: Aws, name: str) -> str:
    """Begins an object in two parts, the first of the smallest size."""
    upload: str = aws.s3.create_multipart_upload(Bucket=name, Key="k", ChecksumAlgorithm="SHA256")["UploadId"]
    for number, body in ((1, b"a" * (5 << 20)), (2, b"b")):
        aws.s3.upload_part(
            Bucket=name, Key="k", UploadId=upload, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256"
        )
    return upload


def test_checksum_of_parts(aws: Aws) -> None:
    """HeadObject: a composite checksum ends with the number of parts."""
    name = bucket(aws)
    upload = in_parts(aws, name)
    parts = [
        {"PartNumber": p["PartNumber"], "ETag": p["ETag"]}
        for p in aws.s3.list_parts(Bucket=name, Key="k", UploadId=upload)["Parts"]
    ]
    aws.s3.complete_multipart_upload(Bucket=name, Key="k", UploadId=upload, MultipartUpload={"Parts": parts})
    digests = sha256(b"a" * (5 << 20)).digest() + sha256(b"b").digest()
    head = aws.s3.head_object(Bucket=name, Key="k", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == b64encode(sha256(digests).digest()).decode() + "-2"
    assert head["ChecksumType"] == "COMPOSITE"
    whole = aws.s3.get_object(Bucket=name, Key="k", ChecksumMode="ENABLED")
    assert whole["ChecksumSHA256"] == head["ChecksumSHA256"]


def test_version_null(aws: Aws) -> None:
    """HeadObject, GetObject: what was never versioned is the version null."""
    name = bucket(aws)
    aws.s3.put_object(Bucket=name, Key="k", Body=b"x")
    assert aws.s3.head_object(Bucket=name, Key="k", VersionId="null")["ContentLength"] == 1
    assert aws.s3.get_object(Bucket=name, Key="k", VersionId="null")["Body"].read() == b"x"


def test_unfinished_upload_is_dated(aws: Aws) -> None:
    """ListMultipartUploads: when an upload began."""
    name = bucket(aws)
    before = datetime.now(timezone.utc) - timedelta(seconds=2)
    upload = in_parts(aws, name)
    (listed,) = aws.s3.list_multipart_uploads(Bucket=name)["Uploads"]
    assert listed["UploadId"] == upload
    assert before < listed["Initiated"] < before + timedelta(minutes=5)


def test_lists_of_versions_keep_no_copies(aws: Aws) -> None:
    """ListObjectVersions tells what there is, and leaves nothing behind."""
    aws.s3.create_bucket(Bucket="many", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    aws.s3.put_bucket_versioning(Bucket="many", VersioningConfiguration={"Status": "Enabled"})
    for text in (b"one", b"more"):
        aws.s3.put_object(Bucket="many", Key="a", Body=text)
    aws.s3.delete_object(Bucket="many", Key="a")
    with urllib.request.urlopen(f"{aws.s3.meta.endpoint_url}/moto-api/data.json") as answer:
        before = len(json.load(answer)["s3"]["FakeKey"])
    for _ in range(5):
        listed = aws.s3.list_object_versions(Bucket="many")
        assert sorted(one["Size"] for one in listed["Versions"]) == [3, 4]
        assert {one["ETag"] for one in listed["Versions"]} == {
            f'"{hashlib.md5(text).hexdigest()}"' for text in (b"one", b"more")
        }
        assert [one["IsLatest"] for one in listed["DeleteMarkers"]] == [True]
    with urllib.request.urlopen(f"{aws.s3.meta.endpoint_url}/moto-api/data.json") as answer:
        assert len(json.load(answer)["s3"]["FakeKey"]) == before
    version = next(one["VersionId"] for one in listed["Versions"] if one["Size"] == 4)
    assert aws.s3.get_object(Bucket="many", Key="a", VersionId=version)["Body"].read() == b"more"
