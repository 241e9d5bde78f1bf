"""Route 53, Elastic Load Balancing, SQS, EventBridge, the server itself."""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conftest import Aws, refused


def change(action: str, kind: str, name: str = "api.example.org.", value: str = "10.0.0.1") -> dict[str, Any]:
    records = [{"Value": value}]
    return {
        "Changes": [
            {"Action": action, "ResourceRecordSet": {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": records}}
        ]
    }


def zone(aws: Aws, **other: Any) -> str:
    return aws.route53.create_hosted_zone(Name="example.org", CallerReference=str(time.time_ns()), **other)["HostedZone"]["Id"]


def test_first_records_of_a_zone_have_values(aws: Aws) -> None:
    """ListResourceRecordSets: of the SOA record that a zone is made with, too."""
    listed = aws.route53.list_resource_record_sets(HostedZoneId=zone(aws))["ResourceRecordSets"]
    (soa,) = [one["ResourceRecords"][0]["Value"] for one in listed if one["Type"] == "SOA"]
    assert len(soa.split()) == 7 and soa.split()[2:] == ["1", "7200", "900", "1209600", "86400"]


def test_cname_stands_alone(aws: Aws) -> None:
    """ChangeResourceRecordSets: InvalidChangeBatch for a CNAME beside other records, and the other way round."""
    name, r53 = zone(aws), aws.route53
    r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=change("CREATE", "A"))
    for action in ("CREATE", "UPSERT"):
        batch = change(action, "CNAME", value="x.example.org")
        refused("InvalidChangeBatch", r53.change_resource_record_sets, HostedZoneId=name, ChangeBatch=batch)
    refused(
        "InvalidChangeBatch",
        r53.change_resource_record_sets,
        HostedZoneId=name,
        ChangeBatch=change("UPSERT", "CNAME", name="example.org", value="x.y"),
    )
    both = {"Changes": change("DELETE", "A")["Changes"] + change("CREATE", "CNAME", value="x.example.org")["Changes"]}
    r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=both)
    refused("InvalidChangeBatch", r53.change_resource_record_sets, HostedZoneId=name, ChangeBatch=change("CREATE", "A"))
    refused(
        "InvalidChangeBatch", r53.change_resource_record_sets, HostedZoneId=name, ChangeBatch=change("DELETE", "A")
    )


def test_change_batches_are_whole_or_nothing(aws: Aws) -> None:
    """ChangeResourceRecordSets: a batch with one bad change changes nothing; CREATE of a known record is refused;
    DELETE must name the present values."""
    name, r53 = zone(aws), aws.route53
    r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=change("CREATE", "A"))
    bad = {"Changes": change("CREATE", "A", name="b.example.org.")["Changes"] + change("CREATE", "A")["Changes"]}
    refused("InvalidChangeBatch", r53.change_resource_record_sets, HostedZoneId=name, ChangeBatch=bad)
    refused(
        "InvalidChangeBatch",
        r53.change_resource_record_sets,
        HostedZoneId=name,
        ChangeBatch=change("DELETE", "A", value="10.0.0.2"),
    )
    names = {r["Name"] for r in r53.list_resource_record_sets(HostedZoneId=name)["ResourceRecordSets"] if r["Type"] == "A"}
    assert names == {"api.example.org."}


def test_a_policy_changes_by_delete_and_create(aws: Aws) -> None:
    """ChangeResourceRecordSets: a set of one name, type and identifier that a batch deletes and creates is there."""
    name, r53 = zone(aws), aws.route53
    record = {
        "Name": "api.example.org.",
        "Type": "A",
        "SetIdentifier": "one",
        "TTL": 60,
        "ResourceRecords": [{"Value": "10.0.0.1"}],
    }
    weighted, latency = record | {"Weight": 10}, record | {"Region": "eu-west-1"}
    for changes in (
        [{"Action": "CREATE", "ResourceRecordSet": weighted}],
        [{"Action": "DELETE", "ResourceRecordSet": weighted}, {"Action": "CREATE", "ResourceRecordSet": latency}],
    ):
        r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch={"Changes": changes})
    listed = [r for r in r53.list_resource_record_sets(HostedZoneId=name)["ResourceRecordSets"] if r["Type"] == "A"]
    assert listed == [latency]


def test_a_simple_set_stands_beside_none_of_a_policy(aws: Aws) -> None:
    """ChangeResourceRecordSets: simple sets and those of a policy replace each other in one batch, in any order of it, and
    do not stand together."""
    name, r53 = zone(aws), aws.route53
    simple = {"Name": "api.example.org.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    weighted = simple | {"SetIdentifier": "one", "Weight": 10}

    def batch(*changes: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        return {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}

    def listed() -> list[dict[str, Any]]:
        return [r for r in r53.list_resource_record_sets(HostedZoneId=name)["ResourceRecordSets"] if r["Type"] == "A"]

    for first, second in ((simple, weighted), (weighted, simple)):
        r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=batch(("CREATE", first)))
        alone = batch(("CREATE", second))
        refused("InvalidChangeBatch", r53.change_resource_record_sets, HostedZoneId=name, ChangeBatch=alone)
        both = batch(("CREATE", second), ("DELETE", first))
        r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=both)
        assert listed() == [second]
        r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=batch(("DELETE", second)))
        assert listed() == []


def test_alias_records(aws: Aws) -> None:
    """ChangeResourceRecordSets: an alias round trips."""
    name, r53 = zone(aws), aws.route53
    alias = {"HostedZoneId": "Z2IFOLAFXWLO4F", "DNSName": "lb.elb.eu-west-1.amazonaws.com.", "EvaluateTargetHealth": False}
    record = {"Name": "api.example.org.", "Type": "A", "AliasTarget": alias}
    answer = r53.change_resource_record_sets(
        HostedZoneId=name, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    )
    assert r53.get_change(Id=answer["ChangeInfo"]["Id"])["ChangeInfo"]["Status"] == "INSYNC"
    listed = r53.list_resource_record_sets(
        HostedZoneId=name, StartRecordName="api.example.org.", StartRecordType="A", MaxItems="1"
    )["ResourceRecordSets"]
    assert listed == [record]


def test_zones(aws: Aws) -> None:
    """CreateHostedZone (private, with a VPC), AssociateVPCWithHostedZone, DeleteHostedZone (HostedZoneNotEmpty)."""
    vpc = aws.vpc()
    r53 = aws.route53
    name = zone(aws, VPC={"VPCRegion": "eu-west-1", "VPCId": vpc})
    read = r53.get_hosted_zone(Id=name)
    assert read["HostedZone"]["Config"]["PrivateZone"] is True
    assert read["VPCs"] == [{"VPCRegion": "eu-west-1", "VPCId": vpc}]
    found = r53.list_hosted_zones_by_name(DNSName="example.org")["HostedZones"]
    assert [z["Id"] for z in found] == [name]
    r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=change("CREATE", "A"))
    refused("HostedZoneNotEmpty", r53.delete_hosted_zone, Id=name)
    r53.change_resource_record_sets(HostedZoneId=name, ChangeBatch=change("DELETE", "A"))
    r53.delete_hosted_zone(Id=name)
    refused("NoSuchHostedZone", r53.get_hosted_zone, Id=name)


def test_zone_of_the_same_caller_reference(aws: Aws) -> None:
    """CreateHostedZone: HostedZoneAlreadyExists for a CallerReference that was used."""
    aws.route53.create_hosted_zone(Name="example.org", CallerReference="r")
    refused("HostedZoneAlreadyExists", aws.route53.create_hosted_zone, Name="example.org", CallerReference="r")


def test_zone_tags(aws: Aws) -> None:
    """ChangeTagsForResource, ListTagsForResource."""
    name = zone(aws).split("/")[-1]
    aws.route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=name, AddTags=[{"Key": "a", "Value": "b"}]
    )
    tags = aws.route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=name)["ResourceTagSet"]["Tags"]
    assert tags == [{"Key": "a", "Value": "b"}]


def balancer(aws: Aws, **other: Any) -> dict[str, Any]:
    vpc = aws.vpc()
    arguments: dict[str, Any] = {
        "Name": "lb",
        "Type": "network",
        "Scheme": "internal",
        "SubnetMappings": [
            {"SubnetId": aws.subnet(vpc, 0), "PrivateIPv4Address": "10.1.0.10"},
            {"SubnetId": aws.subnet(vpc, 1), "PrivateIPv4Address": "10.1.1.10"},
        ],
        "SecurityGroups": [aws.group(vpc)],
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    made = aws.elbv2.create_load_balancer(**(arguments | other))["LoadBalancers"][0]
    target = aws.elbv2.create_target_group(
        Name="tg", Protocol="TCP", Port=6443, VpcId=vpc, TargetType="instance", Tags=[{"Key": "a", "Value": "b"}]
    )["TargetGroups"][0]["TargetGroupArn"]
    listener = aws.elbv2.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="TCP",
        Port=6443,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
        Tags=[{"Key": "a", "Value": "b"}],
    )["Listeners"][0]["ListenerArn"]
    return {"balancer": made["LoadBalancerArn"], "target": target, "listener": listener, "vpc": vpc}


def test_load_balancer_round_trips(aws: Aws) -> None:
    """CreateLoadBalancer (internal, network, subnet mappings, security groups), DescribeLoadBalancers, DescribeTags."""
    made = balancer(aws)
    elb = aws.elbv2
    read = elb.describe_load_balancers(Names=["lb"])["LoadBalancers"][0]
    assert read["Scheme"] == "internal" and read["Type"] == "network" and read["VpcId"] == made["vpc"]
    assert read["State"]["Code"] == "active" and len(read["SecurityGroups"]) == 1
    zones = {z["ZoneName"]: z for z in read["AvailabilityZones"]}
    assert set(zones) == {"eu-west-1a", "eu-west-1b"}
    assert zones["eu-west-1a"]["LoadBalancerAddresses"][0]["PrivateIPv4Address"] == "10.1.0.10"
    tags = elb.describe_tags(ResourceArns=[made["balancer"], made["target"], made["listener"]])["TagDescriptions"]
    assert {t["ResourceArn"]: t["Tags"] for t in tags} == {
        made[key]: [{"Key": "a", "Value": "b"}] for key in ("balancer", "target", "listener")
    }
    elb.set_subnets(LoadBalancerArn=made["balancer"], Subnets=[*(z["SubnetId"] for z in zones.values()), aws.subnet(made["vpc"], 2)])
    read = elb.describe_load_balancers(LoadBalancerArns=[made["balancer"]])["LoadBalancers"][0]
    assert len(read["AvailabilityZones"]) == 3
    other = aws.group(made["vpc"], "other")
    elb.set_security_groups(LoadBalancerArn=made["balancer"], SecurityGroups=[other])
    read = elb.describe_load_balancers(LoadBalancerArns=[made["balancer"]])["LoadBalancers"][0]
    assert read["SecurityGroups"] == [other]


def test_load_balancer_attributes(aws: Aws) -> None:
    """ModifyLoadBalancerAttributes, ModifyTargetGroupAttributes and their Describe actions."""
    made = balancer(aws)
    elb = aws.elbv2
    attribute = [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=made["balancer"], Attributes=attribute)
    read = elb.describe_load_balancer_attributes(LoadBalancerArn=made["balancer"])["Attributes"]
    assert attribute[0] in read
    assert {"Key": "deletion_protection.enabled", "Value": "false"} in read
    attribute = [
        {"Key": "deregistration_delay.timeout_seconds", "Value": "30"},
        {"Key": "preserve_client_ip.enabled", "Value": "false"},
        {"Key": "deregistration_delay.connection_termination.enabled", "Value": "true"},
    ]
    elb.modify_target_group_attributes(TargetGroupArn=made["target"], Attributes=attribute)
    read = elb.describe_target_group_attributes(TargetGroupArn=made["target"])["Attributes"]
    assert all(a in read for a in attribute)


def test_load_balancer_names_are_unique(aws: Aws) -> None:
    """CreateLoadBalancer, CreateTargetGroup, CreateListener: refused when another one has the name or the port; the
    same load balancer again answers with the first."""
    made = balancer(aws)
    elb = aws.elbv2
    subnet = aws.subnet(made["vpc"], 2)
    refused("DuplicateLoadBalancerName", elb.create_load_balancer, Name="lb", Type="network", Subnets=[subnet])
    refused(
        "DuplicateTargetGroupName", elb.create_target_group, Name="tg", Protocol="TCP", Port=1, VpcId=made["vpc"]
    )
    refused(
        "DuplicateListener",
        elb.create_listener,
        LoadBalancerArn=made["balancer"],
        Protocol="TCP_UDP",
        Port=6443,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": made["target"]}],
    )


def test_target_group_in_use_is_kept(aws: Aws) -> None:
    """DeleteTargetGroup: ResourceInUse while a listener forwards to it; DeleteLoadBalancer takes its listeners."""
    made = balancer(aws)
    elb = aws.elbv2
    refused("ResourceInUse", elb.delete_target_group, TargetGroupArn=made["target"])
    elb.delete_load_balancer(LoadBalancerArn=made["balancer"])
    refused("ListenerNotFound", elb.describe_listeners, ListenerArns=[made["listener"]])
    elb.delete_target_group(TargetGroupArn=made["target"])
    refused("LoadBalancerNotFound", elb.describe_load_balancers, Names=["lb"])
    refused("TargetGroupNotFound", elb.describe_target_groups, Names=["tg"])


def test_target_group_settings(aws: Aws) -> None:
    """CreateTargetGroup, ModifyTargetGroup: health check settings."""
    arn = aws.elbv2.create_target_group(
        Name="tg2",
        Protocol="TCP",
        Port=6443,
        VpcId=aws.vpc(),
        HealthCheckProtocol="HTTPS",
        HealthCheckPath="/readyz",
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    aws.elbv2.modify_target_group(TargetGroupArn=arn, HealthCheckPath="/livez")
    read = aws.elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    assert (read["HealthCheckProtocol"], read["HealthCheckPath"], read["HealthCheckIntervalSeconds"]) == (
        "HTTPS",
        "/livez",
        10,
    )
    assert (read["HealthyThresholdCount"], read["UnhealthyThresholdCount"]) == (2, 2)


def test_queues(aws: Aws) -> None:
    """CreateQueue with tags and attributes, GetQueueAttributes, ListQueues by prefix, QueueNameExists."""
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Resource": "*"}]})
    attributes = {"MessageRetentionPeriod": "300", "SqsManagedSseEnabled": "true", "Policy": policy}
    url = aws.sqs.create_queue(QueueName="q", Attributes=attributes, tags={"a": "b"})["QueueUrl"]
    read = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert {key: read[key] for key in attributes} == attributes
    aws.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "40"})
    read = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert read["Policy"] == policy and read["VisibilityTimeout"] == "40"
    assert aws.sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"a": "b"}
    assert aws.sqs.create_queue(QueueName="q", Attributes=attributes)["QueueUrl"] == url
    aws.sqs.create_queue(QueueName="other")
    assert aws.sqs.list_queues(QueueNamePrefix="q")["QueueUrls"] == [url]
    with pytest.raises(aws.sqs.exceptions.QueueNameExists):
        aws.sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "600"})
    aws.sqs.delete_queue(QueueUrl=url)
    with pytest.raises(aws.sqs.exceptions.QueueDoesNotExist):
        aws.sqs.get_queue_url(QueueName="q")


def test_rules(aws: Aws) -> None:
    """PutRule with tags, PutTargets, ListRules by prefix, ListTargetsByRule, DeleteRule with targets refused."""
    events = aws.events
    pattern = json.dumps({"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]})
    arn = events.put_rule(Name="r-1", EventPattern=pattern, State="ENABLED", Description="d", Tags=[{"Key": "a", "Value": "b"}])["RuleArn"]
    events.put_rule(Name="other", EventPattern=pattern)
    target = {"Id": "1", "Arn": "arn:aws:sqs:eu-west-1:123456789012:q"}
    assert events.put_targets(Rule="r-1", Targets=[target])["FailedEntryCount"] == 0
    listed = events.list_rules(NamePrefix="r-")["Rules"]
    assert [(r["Name"], r["EventPattern"], r["Description"]) for r in listed] == [("r-1", pattern, "d")]
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    events.put_rule(Name="r-1", EventPattern=pattern, Description="e")
    assert events.list_targets_by_rule(Rule="r-1")["Targets"] == [target]
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    refused("ValidationException", events.delete_rule, Name="r-1")
    events.remove_targets(Rule="r-1", Ids=["1"])
    events.delete_rule(Name="r-1")
    assert not events.list_rules(NamePrefix="r-")["Rules"]
    events.delete_rule(Name="r-1")
    refused("ResourceNotFoundException", events.describe_rule, Name="r-1")


def test_a_long_poll_does_not_hold_other_calls(aws: Aws) -> None:
    """ReceiveMessage waits while other calls are served."""
    url = aws.sqs.create_queue(QueueName="q")["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        wait = pool.submit(aws.sqs.receive_message, QueueUrl=url, WaitTimeSeconds=3)
        calls = 0
        while not wait.done():
            aws.ec2.describe_vpcs()
            calls += 1
        assert calls > 5


def test_connections_are_kept(aws: Aws) -> None:
    """HTTP/1.1: many calls on one connection, each without the 40 ms of a delayed acknowledgement."""
    host, port = aws.endpoint.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    sockets = set()
    start = time.monotonic()
    for _ in range(50):
        connection.request("GET", "/moto-api/seed?a=1")
        answer = connection.getresponse()
        answer.read()
        sockets.add(id(connection.sock))
    assert len(sockets) == 1
    assert time.monotonic() - start < 50 * 0.035


def test_distributions_name_their_images(aws: Aws) -> None:
    """GetParameters: Canonical's and Debian's public parameters hold ids of images that there are, for each architecture, in
    each region; a name that there is not is invalid."""
    architectures = {"amd64": "x86_64", "arm64": "arm64"}
    for region in ("eu-west-1", "us-east-1"):
        for architecture in architectures:
            names = [
                f"/aws/service/canonical/ubuntu/server/24.04/stable/current/{architecture}/hvm/ebs-gp3/ami-id",
                f"/aws/service/debian/release/12/latest/{architecture}",
                f"/aws/service/debian/release/13/latest/{architecture}",
            ]
            missing = f"/aws/service/debian/release/1/latest/{architecture}"
            answer = aws.client("ssm", region).get_parameters(Names=[*names, missing])
            assert answer["InvalidParameters"] == [missing]
            assert sorted(one["Name"] for one in answer["Parameters"]) == sorted(names)
            for one in answer["Parameters"]:
                image = aws.client("ec2", region).describe_images(ImageIds=[one["Value"]])["Images"][0]
                assert image["Architecture"] == architectures[architecture]
