"""EC2 launch templates and instances, EC2 Auto Scaling."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from conftest import Aws, refused

USER_DATA = base64.b64encode(b"#!/bin/sh\necho hello\n").decode()


def data(group: str = "sg-1") -> dict[str, Any]:
    return {
        "ImageId": "ami-12c6146b",
        "InstanceType": "t3.medium",
        "EbsOptimized": True,
        "IamInstanceProfile": {"Name": "nodes"},
        "KeyName": "k",
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {
                    "VolumeSize": 20,
                    "VolumeType": "gp3",
                    "Iops": 4000,
                    "Throughput": 250,
                    "Encrypted": True,
                    "KmsKeyId": "alias/k",
                    "DeleteOnTermination": True,
                },
            }
        ],
        "MetadataOptions": {
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 2,
            "HttpEndpoint": "enabled",
            "HttpProtocolIpv6": "disabled",
            "InstanceMetadataTags": "enabled",
        },
        "NetworkInterfaces": [
            {
                "DeviceIndex": 0,
                "AssociatePublicIpAddress": False,
                "DeleteOnTermination": True,
                "Groups": [group],
                "Ipv6AddressCount": 0,
            }
        ],
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]},
            {"ResourceType": "volume", "Tags": [{"Key": "from", "Value": "template"}]},
        ],
        "UserData": USER_DATA,
        "InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.1"}},
        "Monitoring": {"Enabled": True},
        "CreditSpecification": {"CpuCredits": "standard"},
        "Placement": {"Tenancy": "default"},
        "PrivateDnsNameOptions": {"HostnameType": "resource-name", "EnableResourceNameDnsARecord": True},
    }


def test_launch_template_data_round_trips(aws: Aws) -> None:
    """CreateLaunchTemplate and DescribeLaunchTemplateVersions: all of LaunchTemplateData."""
    aws.ec2.create_launch_template(LaunchTemplateName="template", LaunchTemplateData=data())
    read = aws.ec2.describe_launch_template_versions(LaunchTemplateName="template")["LaunchTemplateVersions"][0]
    assert read["LaunchTemplateData"] == data()
    by_arn = {"IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/x"}, "SecurityGroupIds": ["sg-1"]}
    aws.ec2.create_launch_template(LaunchTemplateName="another", LaunchTemplateData=by_arn)
    read = aws.ec2.describe_launch_template_versions(LaunchTemplateName="another")["LaunchTemplateVersions"][0]
    assert read["LaunchTemplateData"] == by_arn


def test_launch_template_versions_of_the_account(aws: Aws) -> None:
    """DescribeLaunchTemplateVersions without a template: $Latest and $Default of all templates, in pages."""
    ec2 = aws.ec2
    for number in range(7):
        name = f"lt-{number}"
        ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "t3.small"})
        answer = ec2.create_launch_template_version(
            LaunchTemplateName=name,
            LaunchTemplateData={"InstanceType": "t3.large"},
            VersionDescription="bigger",
        )["LaunchTemplateVersion"]
        assert answer["VersionNumber"] == 2 and answer["DefaultVersion"] is False
    pages = ec2.get_paginator("describe_launch_template_versions").paginate(
        Versions=["$Latest"], PaginationConfig={"PageSize": 3}
    )
    pages = list(pages)
    assert len(pages) == 3
    latest = [version for page in pages for version in page["LaunchTemplateVersions"]]
    assert {v["LaunchTemplateName"] for v in latest} == {f"lt-{number}" for number in range(7)}
    assert {v["VersionNumber"] for v in latest} == {2}
    default = ec2.describe_launch_template_versions(Versions=["$Default"])["LaunchTemplateVersions"]
    assert [v["VersionNumber"] for v in default] == [1] * 7 and all(v["DefaultVersion"] for v in default)
    both = ec2.describe_launch_template_versions(Versions=["$Default", "$Latest"])["LaunchTemplateVersions"]
    assert len(both) == 14
    ec2.modify_launch_template(LaunchTemplateName="lt-0", DefaultVersion="2")
    described = ec2.describe_launch_templates(LaunchTemplateNames=["lt-0"])["LaunchTemplates"][0]
    assert described["DefaultVersionNumber"] == 2 and described["LatestVersionNumber"] == 2
    versions = ec2.describe_launch_template_versions(LaunchTemplateName="lt-0")["LaunchTemplateVersions"]
    assert {v["VersionNumber"]: v["DefaultVersion"] for v in versions} == {1: False, 2: True}
    one = ec2.describe_launch_template_versions(LaunchTemplateName="lt-0", Versions=["1"])["LaunchTemplateVersions"]
    assert [v["VersionNumber"] for v in one] == [1]
    pages = list(ec2.get_paginator("describe_launch_templates").paginate(PaginationConfig={"PageSize": 3}))
    assert len(pages) == 3 and sum(len(page["LaunchTemplates"]) for page in pages) == 7


def test_launch_template_name_is_unique(aws: Aws) -> None:
    """CreateLaunchTemplate: InvalidLaunchTemplateName.AlreadyExistsException; deleted ones free it."""
    made = aws.ec2.create_launch_template(LaunchTemplateName="template", LaunchTemplateData=data())["LaunchTemplate"]
    refused(
        "InvalidLaunchTemplateName.AlreadyExistsException",
        aws.ec2.create_launch_template,
        LaunchTemplateName="template",
        LaunchTemplateData=data(),
    )
    aws.ec2.delete_launch_template(LaunchTemplateId=made["LaunchTemplateId"])
    refused(
        "InvalidLaunchTemplateName.NotFoundException",
        aws.ec2.describe_launch_templates,
        LaunchTemplateNames=["template"],
    )


class Group:
    """An Auto Scaling group with all we set."""

    def __init__(self, aws: Aws) -> None:
        vpc = aws.vpc()
        self.aws = aws
        self.subnets = [aws.subnet(vpc, number) for number in range(3)]
        self.security_group = aws.group(vpc)
        aws.iam.create_instance_profile(InstanceProfileName="nodes")
        self.template = aws.ec2.create_launch_template(
            LaunchTemplateName="template", LaunchTemplateData=data(self.security_group)
        )["LaunchTemplate"]["LaunchTemplateId"]
        self.target_group = aws.elbv2.create_target_group(
            Name="tg", Protocol="TCP", Port=6443, VpcId=vpc, TargetType="instance"
        )["TargetGroups"][0]["TargetGroupArn"]

    def create(self, **other: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "AutoScalingGroupName": "g",
            "MinSize": 1,
            "MaxSize": 5,
            "DesiredCapacity": 3,
            "VPCZoneIdentifier": ",".join(self.subnets),
            "LaunchTemplate": {"LaunchTemplateId": self.template, "Version": "1"},
            "Tags": [
                {"Key": "role", "Value": "node", "PropagateAtLaunch": True},
                {"Key": "own", "Value": "yes", "PropagateAtLaunch": False},
            ],
        }
        arguments |= other
        if "MixedInstancesPolicy" in arguments:
            del arguments["LaunchTemplate"]
        self.aws.autoscaling.create_auto_scaling_group(**arguments)
        return self.read()

    def read(self) -> dict[str, Any]:
        return self.aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=["g"])["AutoScalingGroups"][0]

    def instances(self) -> list[dict[str, Any]]:
        answer = self.aws.ec2.describe_instances(
            Filters=[
                {"Name": "tag:aws:autoscaling:groupName", "Values": ["g"]},
                {"Name": "instance-state-name", "Values": ["pending", "running"]},
            ]
        )
        return [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]


def test_group_settings_round_trip(aws: Aws) -> None:
    """CreateAutoScalingGroup and DescribeAutoScalingGroups."""
    group = Group(aws)
    read = group.create(
        MaxInstanceLifetime=604800,
        CapacityRebalance=True,
        NewInstancesProtectedFromScaleIn=True,
        HealthCheckType="ELB",
        HealthCheckGracePeriod=120,
        DefaultCooldown=60,
        DefaultInstanceWarmup=90,
        TerminationPolicies=["OldestLaunchTemplate", "OldestInstance"],
        TargetGroupARNs=[group.target_group],
        InstanceMaintenancePolicy={"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120},
    )
    wanted = {
        "MaxInstanceLifetime": 604800,
        "CapacityRebalance": True,
        "NewInstancesProtectedFromScaleIn": True,
        "HealthCheckType": "ELB",
        "HealthCheckGracePeriod": 120,
        "DefaultCooldown": 60,
        "DefaultInstanceWarmup": 90,
        "TerminationPolicies": ["OldestLaunchTemplate", "OldestInstance"],
        "TargetGroupARNs": [group.target_group],
        "InstanceMaintenancePolicy": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120},
        "VPCZoneIdentifier": ",".join(group.subnets),
        "LaunchTemplate": {"LaunchTemplateId": group.template, "LaunchTemplateName": "template", "Version": "1"},
    }
    assert {key: read.get(key) for key in wanted} == wanted
    assert sorted(read["AvailabilityZones"]) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    aws.autoscaling.update_auto_scaling_group(
        AutoScalingGroupName="g",
        MaxInstanceLifetime=0,
        CapacityRebalance=False,
        DefaultCooldown=30,
        DefaultInstanceWarmup=-1,
        TerminationPolicies=["Default"],
        InstanceMaintenancePolicy={"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1},
    )
    read = group.read()
    assert "MaxInstanceLifetime" not in read and "InstanceMaintenancePolicy" not in read
    assert "DefaultInstanceWarmup" not in read
    assert (read["CapacityRebalance"], read["DefaultCooldown"]) == (False, 30)
    assert read["TerminationPolicies"] == ["Default"] and read["HealthCheckGracePeriod"] == 120
    assert read["DesiredCapacity"] == 3 and read["VPCZoneIdentifier"] == ",".join(group.subnets)


def test_lifecycle_hooks_of_the_creating_call(aws: Aws) -> None:
    """CreateAutoScalingGroup with LifecycleHookSpecificationList; DescribeLifecycleHooks."""
    group = Group(aws)
    hook = {
        "LifecycleHookName": "drain",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "HeartbeatTimeout": 300,
        "DefaultResult": "CONTINUE",
        "NotificationMetadata": "m",
    }
    group.create(LifecycleHookSpecificationList=[hook])
    read = aws.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="g")["LifecycleHooks"]
    assert len(read) == 1
    assert {key: read[0].get(key) for key in hook} == hook
    assert read[0]["AutoScalingGroupName"] == "g" and read[0]["GlobalTimeout"] == 30000
    aws.autoscaling.put_lifecycle_hook(
        AutoScalingGroupName="g", LifecycleHookName="drain", LifecycleTransition=hook["LifecycleTransition"], HeartbeatTimeout=600
    )
    read = aws.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="g")["LifecycleHooks"]
    assert [h["HeartbeatTimeout"] for h in read] == [600]
    aws.autoscaling.delete_lifecycle_hook(AutoScalingGroupName="g", LifecycleHookName="drain")
    assert not aws.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="g")["LifecycleHooks"]


def mixed(group: Group) -> dict[str, Any]:
    return {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": group.template, "Version": "1"},
            "Overrides": [{"InstanceType": "m5.large"}, {"InstanceType": "m6i.large", "WeightedCapacity": "1"}],
        },
        "InstancesDistribution": {
            "OnDemandAllocationStrategy": "prioritized",
            "OnDemandBaseCapacity": 1,
            "OnDemandPercentageAboveBaseCapacity": 50,
            "SpotAllocationStrategy": "price-capacity-optimized",
            "SpotMaxPrice": "0.12",
        },
    }


def test_mixed_instances_policy_round_trips(aws: Aws) -> None:
    """CreateAutoScalingGroup, UpdateAutoScalingGroup: MixedInstancesPolicy; it stays when not named in an update."""
    group = Group(aws)
    read = group.create(MixedInstancesPolicy=mixed(group))["MixedInstancesPolicy"]
    wanted = mixed(group)
    wanted["LaunchTemplate"]["LaunchTemplateSpecification"]["LaunchTemplateName"] = "template"
    assert read == wanted
    assert len(group.instances()) == 3
    assert {i["InstanceType"] for i in group.instances()} <= {"m5.large", "m6i.large"}
    aws.autoscaling.update_auto_scaling_group(AutoScalingGroupName="g", MaxSize=6)
    assert group.read()["MixedInstancesPolicy"] == wanted
    changed = mixed(group)
    changed["InstancesDistribution"]["OnDemandBaseCapacity"] = 2
    aws.autoscaling.update_auto_scaling_group(AutoScalingGroupName="g", MixedInstancesPolicy=changed)
    assert group.read()["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandBaseCapacity"] == 2


def test_group_instances_carry_tags_and_lie_in_all_subnets(aws: Aws) -> None:
    """CreateAutoScalingGroup: tags propagated at launch, the template's tags, groups, addresses, balance of zones."""
    group = Group(aws)
    group.create(TargetGroupARNs=[group.target_group])
    instances = group.instances()
    assert len(instances) == 3
    assert {i["SubnetId"] for i in instances} == set(group.subnets)
    for instance in instances:
        tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
        assert tags["role"] == "node" and tags["from"] == "template" and "own" not in tags
        assert tags["aws:autoscaling:groupName"] == "g"
        assert tags["aws:ec2launchtemplate:id"] == group.template and tags["aws:ec2launchtemplate:version"] == "1"
        assert instance["PrivateIpAddress"].startswith("10.1.")
        assert [g["GroupId"] for g in instance["SecurityGroups"]] == [group.security_group]
        assert instance["IamInstanceProfile"]["Arn"].endswith("instance-profile/nodes")
        assert instance["InstanceType"] == "t3.medium"
        assert instance["MetadataOptions"]["HttpTokens"] == "required"
    shown = group.read()["Instances"]
    zones = {i["InstanceId"]: i["Placement"]["AvailabilityZone"] for i in instances}
    assert {i["InstanceId"]: i["AvailabilityZone"] for i in shown} == zones
    assert {i["LaunchTemplate"]["Version"] for i in shown} == {"1"}
    assert {i["InstanceType"] for i in shown} == {"t3.medium"}
    health = aws.elbv2.describe_target_health(TargetGroupArn=group.target_group)["TargetHealthDescriptions"]
    assert {h["Target"]["Id"] for h in health} == set(zones)
    assert "10.1." in instances[0]["PrivateDnsName"].replace("-", ".")


def test_group_tag_filters(aws: Aws) -> None:
    """DescribeAutoScalingGroups: the filters tag:KEY, tag-key, tag-value."""
    group = Group(aws)
    group.create()
    describe = aws.autoscaling.describe_auto_scaling_groups
    for name, values, wanted in [
        ("tag:role", ["node"], 1),
        ("tag:role", ["other"], 0),
        ("tag:none", ["node"], 0),
        ("tag-key", ["role"], 1),
        ("tag-key", ["none"], 0),
        ("tag-value", ["node"], 1),
    ]:
        found = describe(Filters=[{"Name": name, "Values": values}])["AutoScalingGroups"]
        assert len(found) == wanted, name


def test_group_deletion(aws: Aws) -> None:
    """DeleteAutoScalingGroup: ResourceInUse with instances; ForceDelete terminates them; the hooks go too."""
    group = Group(aws)
    group.create()
    refused("ResourceInUse", aws.autoscaling.delete_auto_scaling_group, AutoScalingGroupName="g")
    before = [i["InstanceId"] for i in group.instances()]
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="g", ForceDelete=True)
    states = aws.ec2.describe_instances(InstanceIds=before)["Reservations"]
    assert {i["State"]["Name"] for r in states for i in r["Instances"]} == {"terminated"}
    assert not aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=["g"])["AutoScalingGroups"]
    refused("ValidationError", aws.autoscaling.delete_auto_scaling_group, AutoScalingGroupName="g")
    group.create()
    assert not aws.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="g")["LifecycleHooks"]


def test_group_name_is_unique(aws: Aws) -> None:
    """CreateAutoScalingGroup: AlreadyExists."""
    group = Group(aws)
    group.create()
    with pytest.raises(aws.autoscaling.exceptions.AlreadyExistsFault):
        group.create()


def test_scaling_in_keeps_zones_in_balance(aws: Aws) -> None:
    """SetDesiredCapacity, UpdateAutoScalingGroup: instances come and go, protected ones stay."""
    group = Group(aws)
    group.create(DesiredCapacity=1)
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="g", DesiredCapacity=4)
    assert len(group.instances()) == 4 and len({i["SubnetId"] for i in group.instances()}) == 3
    aws.autoscaling.update_auto_scaling_group(AutoScalingGroupName="g", MinSize=0, MaxSize=0, DesiredCapacity=0)
    assert not group.instances() and not group.read()["Instances"]
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="g")


def test_terminated_instance_is_replaced(aws: Aws) -> None:
    """TerminateInstances on a group's instance: the group replaces it."""
    group = Group(aws)
    group.create()
    gone = group.instances()[0]["InstanceId"]
    aws.ec2.terminate_instances(InstanceIds=[gone])
    now = {i["InstanceId"] for i in group.instances()}
    assert len(now) == 3 and gone not in now
    assert {i["InstanceId"] for i in group.read()["Instances"]} == now


def test_tags_of_a_group_can_change(aws: Aws) -> None:
    """CreateOrUpdateTags, DeleteTags, DescribeTags."""
    group = Group(aws)
    group.create()
    tag = {"ResourceId": "g", "ResourceType": "auto-scaling-group", "Key": "role", "Value": "x", "PropagateAtLaunch": True}
    aws.autoscaling.create_or_update_tags(Tags=[tag])
    assert {t["Key"]: t["Value"] for t in group.read()["Tags"]} == {"role": "x", "own": "yes"}
    aws.autoscaling.delete_tags(Tags=[tag])
    assert {t["Key"]: t["Value"] for t in group.read()["Tags"]} == {"own": "yes"}


def test_instance_refresh(aws: Aws) -> None:
    """StartInstanceRefresh, DescribeInstanceRefreshes: instances are replaced from the group's template."""
    group = Group(aws)
    group.create()
    before = {i["InstanceId"] for i in group.instances()}
    refresh = aws.autoscaling.start_instance_refresh(AutoScalingGroupName="g", Preferences={"MinHealthyPercentage": 90})
    read = aws.autoscaling.describe_instance_refreshes(AutoScalingGroupName="g")["InstanceRefreshes"]
    assert [r["InstanceRefreshId"] for r in read] == [refresh["InstanceRefreshId"]]
    assert read[0]["Status"] == "Successful" and read[0]["PercentageComplete"] == 100
    now = {i["InstanceId"] for i in group.instances()}
    assert len(now) == 3 and not now & before


def test_warm_pool_of_a_missing_group(aws: Aws) -> None:
    """DescribeWarmPool: ValidationError for a group that does not exist."""
    refused("ValidationError", aws.autoscaling.describe_warm_pool, AutoScalingGroupName="none")
    group = Group(aws)
    group.create()
    assert "WarmPoolConfiguration" not in aws.autoscaling.describe_warm_pool(AutoScalingGroupName="g")


def test_instances_can_be_filtered_and_terminated(aws: Aws) -> None:
    """DescribeInstances: filters by tag and state; TerminateInstances."""
    ec2 = aws.ec2
    subnet = aws.subnet(aws.vpc())
    instance = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=aws.tags("instance", a="b")
    )["Instances"][0]["InstanceId"]

    def found(*states: str) -> list[str]:
        filters = [{"Name": "tag:a", "Values": ["b"]}, {"Name": "instance-state-name", "Values": list(states)}]
        return [i["InstanceId"] for r in ec2.describe_instances(Filters=filters)["Reservations"] for i in r["Instances"]]

    assert found("running", "pending") == [instance]
    ec2.terminate_instances(InstanceIds=[instance])
    assert not found("running", "pending") and found("terminated", "shutting-down") == [instance]
