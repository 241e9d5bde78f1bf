package io.k8saws.plan;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.PlannedSubnet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plans built by hand, as the engine would make them. */
final class Plans {
    private Plans() {}

    /** Three zones, a bastion, three pools, of which one spans two zones that are no neighbours. */
    static ClusterSpec spec() {
        return ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(network -> network.cidr("10.0.0.0/16").zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .api(api -> api.allowedCidrs("203.0.113.0/24"))
                .access(access -> access.sshPublicKey(
                                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")
                        .bastion(bastion -> bastion.allowedCidrs("203.0.113.0/24")))
                .addNodePool(pool -> pool.name("general")
                        .instanceTypes("m6i.large", "m6a.large")
                        .minSize(2)
                        .maxSize(6))
                .addNodePool(pool -> pool.name("batch")
                        .instanceTypes("c6i.xlarge")
                        .minSize(0)
                        .maxSize(20)
                        .spot()
                        .zones("eu-west-1a", "eu-west-1c"))
                .build();
    }

    /** The first plan of a cluster: creates only. */
    static Plan create() {
        ClusterSpec spec = spec();
        NetworkPlan network = NetworkPlan.of(spec);
        List<Change> changes = new ArrayList<>();
        changes.add(creates("vpc/main", "network", List.of(set("cidr", "10.0.0.0/16"), set("dnsSupport", "true"))));
        changes.add(creates("internet-gateway/main", "network", List.of(), "vpc/main"));
        for (PlannedSubnet subnet : network.subnets()) {
            changes.add(creates(
                    "subnet/" + subnet.name(),
                    "network.zones",
                    List.of(
                            set("cidr", subnet.cidr().toString()),
                            set("publicIpOnLaunch", "false"),
                            set("vpc", FieldChange.KNOWN_AFTER_APPLY),
                            set("zone", subnet.zone())),
                    "vpc/main"));
        }
        for (String zone : spec.network().zones()) {
            changes.add(creates("elastic-ip/nat-" + zone, "network.nat", List.of()));
            changes.add(creates(
                    "nat-gateway/" + zone,
                    "network.nat",
                    List.of(),
                    "vpc/main",
                    "subnet/public-" + zone,
                    "elastic-ip/nat-" + zone));
        }
        changes.add(creates(
                "load-balancer/api",
                "api",
                List.of(set("scheme", "internet-facing")),
                "subnet/public-eu-west-1a",
                "subnet/public-eu-west-1b",
                "subnet/public-eu-west-1c",
                "internet-gateway/main"));
        for (PlannedEtcdMember member : network.etcdMembers()) {
            changes.add(creates(
                    "volume/" + member.name(), "etcd.volume", List.of(set("sizeGib", "20"), set("type", "gp3"))));
            changes.add(creates(
                    "auto-scaling-group/" + member.name(),
                    "etcd",
                    List.of(set("minSize", "1"), set("maxSize", "1")),
                    "subnet/" + member.subnet(),
                    "volume/" + member.name()));
        }
        changes.add(creates(
                "auto-scaling-group/control-plane",
                "controlPlane",
                List.of(set("minSize", "3"), set("maxSize", "3")),
                "load-balancer/api"));
        changes.add(creates(
                "auto-scaling-group/general",
                "nodePools[general]",
                List.of(set("minSize", "2"), set("maxSize", "6")),
                "auto-scaling-group/control-plane"));
        changes.add(creates(
                "auto-scaling-group/batch",
                "nodePools[batch]",
                List.of(set("minSize", "0"), set("maxSize", "20")),
                "auto-scaling-group/control-plane"));
        return new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "123456789012",
                Optional.of(spec),
                0,
                changes,
                0,
                List.of());
    }

    /** One change of each action, risk and cause, a long document, and something foreign. */
    static Plan change() {
        String before =
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"ec2:DescribeInstances\","
                        + "\"ec2:DescribeRegions\"],\"Resource\":\"*\"}]}";
        List<Change> changes = List.of(
                change(
                        "subnet/public-eu-west-1a",
                        Action.UPDATE,
                        Risk.SAFE,
                        new Cause(Cause.Kind.DRIFT, "changed outside of k8saws"),
                        "subnet-0a1b2c3d",
                        List.of(
                                new FieldChange("publicIpOnLaunch", "true", "false"),
                                new FieldChange("tags[team]", "red", ""))),
                change(
                        "nat-gateway/eu-west-1b",
                        Action.REPLACE,
                        Risk.DISRUPTIVE,
                        new Cause(Cause.Kind.SPEC, "network.nat"),
                        "nat-0123",
                        List.of(new FieldChange("elasticIp", "eipalloc-01", FieldChange.KNOWN_AFTER_APPLY))),
                change(
                        "iam-role-policy/node",
                        Action.UPDATE,
                        Risk.SAFE,
                        new Cause(Cause.Kind.DEPENDENCY, "iam-role/node"),
                        "node",
                        List.of(new FieldChange(
                                "document", before, before.replace("DescribeRegions", "DescribeTags")))),
                change(
                        "auto-scaling-group/general",
                        Action.UPDATE,
                        Risk.SAFE,
                        new Cause(Cause.Kind.SPEC, "nodePools[general].maxSize"),
                        "payments-general",
                        List.of(new FieldChange("maxSize", "4", "6"))),
                change(
                        "auto-scaling-group/batch",
                        Action.CREATE,
                        Risk.SAFE,
                        new Cause(Cause.Kind.SPEC, "nodePools[batch]"),
                        null,
                        List.of(set("minSize", "0"), set("maxSize", "20"))),
                change(
                        "auto-scaling-group/old",
                        Action.DELETE,
                        Risk.DESTRUCTIVE,
                        new Cause(Cause.Kind.NO_LONGER_WANTED, "nodePools[old]"),
                        "payments-old",
                        List.of()),
                change(
                        "volume/etcd-4",
                        Action.DELETE,
                        Risk.DATA_LOSS,
                        new Cause(Cause.Kind.NO_LONGER_WANTED, "etcd.members"),
                        "vol-0abc",
                        List.of(),
                        "auto-scaling-group/old"),
                change(
                        "queue/events",
                        Action.DELETE,
                        Risk.SAFE,
                        new Cause(Cause.Kind.DUPLICATE, ""),
                        "payments-events",
                        List.of()),
                change(
                        "key-pair/main",
                        Action.ADOPT,
                        Risk.SAFE,
                        new Cause(Cause.Kind.SPEC, "access.sshPublicKey"),
                        "key-07",
                        List.of()));
        return new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "123456789012",
                Optional.of(spec()),
                7,
                changes,
                61,
                List.of(
                        new Foreign(
                                ResourceAddress.parse("security-group/node"),
                                "ingress 22/tcp from 0.0.0.0/0",
                                "unknown"),
                        new Foreign(
                                ResourceAddress.parse("record-set/api"),
                                "TXT heritage=external-dns",
                                "external-dns/default")));
    }

    /** Nothing to do. */
    static Plan empty() {
        return new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "123456789012",
                Optional.of(spec()),
                7,
                List.of(),
                38,
                List.of());
    }

    /** The same plan with other changes. */
    static Plan with(Change... changes) {
        return new Plan(
                Plan.Purpose.CONVERGE,
                "payments",
                "eu-west-1",
                "123456789012",
                Optional.of(spec()),
                7,
                List.of(changes),
                38,
                List.of());
    }

    static FieldChange set(String field, String value) {
        return new FieldChange(field, "", value);
    }

    static Change creates(String address, String specPath, List<FieldChange> fields, String... after) {
        return change(address, Action.CREATE, Risk.SAFE, new Cause(Cause.Kind.SPEC, specPath), null, fields, after);
    }

    static Change change(
            String address,
            Action action,
            Risk risk,
            Cause cause,
            @Nullable String id,
            List<FieldChange> fields,
            String... after) {
        return new Change(
                ResourceAddress.parse(address),
                action,
                risk,
                cause,
                Optional.ofNullable(id),
                fields,
                Arrays.stream(after).map(ResourceAddress::parse).toList());
    }
}
