package io.k8saws.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.internal.seam.KnownRegions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterRulesTest {

    /** A rule: a change that keeps it and one that breaks just it, with the path and a part of the message. */
    record Rule(
            String path, String message, Consumer<ClusterSpec.Builder> keeps, Consumer<ClusterSpec.Builder> breaks) {
        @Override
        public String toString() {
            return path + ": " + message;
        }
    }

    /** The change that changes nothing. */
    private static void nothing(ClusterSpec.Builder builder) {}

    private static Rule rule(
            String path, String message, Consumer<ClusterSpec.Builder> keeps, Consumer<ClusterSpec.Builder> breaks) {
        return new Rule(path, message, keeps, breaks);
    }

    private static Rule pool(
            String path, String message, Consumer<NodePoolSpec.Builder> keeps, Consumer<NodePoolSpec.Builder> breaks) {
        return rule(
                "nodePools[x]" + path,
                message,
                b -> b.addNodePool(p -> keeps.accept(p.name("x").instanceTypes("m6i.large"))),
                b -> b.addNodePool(p -> breaks.accept(p.name("x").instanceTypes("m6i.large"))));
    }

    private static Rule volume(String path, String message, VolumeSpec keeps, VolumeSpec breaks) {
        return rule(
                "etcd.volume" + path, message, b -> b.etcd(e -> e.volume(keeps)), b -> b.etcd(e -> e.volume(breaks)));
    }

    private static Rule network(
            String path, String message, Consumer<NetworkSpec.Builder> keeps, Consumer<NetworkSpec.Builder> breaks) {
        return rule("network." + path, message, b -> b.network(keeps), b -> b.network(breaks));
    }

    private static Rule cni(
            String path, String message, Consumer<CniSpec.Builder> keeps, Consumer<CniSpec.Builder> breaks) {
        return rule("cni." + path, message, b -> b.cni(keeps), b -> b.cni(breaks));
    }

    private static Rule bastion(
            String path, String message, Consumer<AccessSpec.Builder> keeps, Consumer<AccessSpec.Builder> breaks) {
        return rule("access." + path, message, b -> b.access(keeps), b -> b.access(breaks));
    }

    private static String[] hosts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "198.51.100." + i + "/32")
                .toArray(String[]::new);
    }

    private static PortRange[] ports(int count) {
        return IntStream.range(0, count).mapToObj(i -> PortRange.udp(7000 + i)).toArray(PortRange[]::new);
    }

    private static void labels(NodePoolSpec.Builder pool, int count) {
        IntStream.range(0, count).forEach(i -> pool.putLabel("example.com/l" + i, ""));
    }

    static Stream<Rule> rules() {
        Stream<Rule> first = Stream.of(
                        identity(), networks(), cnis(), accesses(), machines(), etcds(), pools(), names())
                .flatMap(List::stream);
        return Stream.of(first, kubernetesRules(), machineRules(), addonRules()).flatMap(rules -> rules);
    }

    private static List<Rule> identity() {
        String policy = "arn:aws:iam::111122223333:policy/boundary";
        return List.of(
                rule("name", "is missing", ClusterRulesTest::nothing, b -> b.name("")),
                rule("name", "not valid", b -> b.name("a".repeat(32)), b -> b.name("a".repeat(33))),
                rule("name", "not valid", b -> b.name("a-1"), b -> b.name("1-a")),
                rule("name", "not valid", b -> b.name("a--1"), b -> b.name("a-")),
                rule("name", "not valid", b -> b.name("abc"), b -> b.name("Abc")),
                rule("name", "not valid", b -> b.name("abc"), b -> b.name("a.c")),
                rule("region", "is missing", ClusterRulesTest::nothing, b -> b.region("")),
                rule("region", "not valid", ClusterRulesTest::nothing, b -> b.region("Ireland")),
                rule(
                        "kubernetesVersion",
                        "not a version",
                        b -> b.kubernetesVersion("1.36.0"),
                        b -> b.kubernetesVersion("1.36")),
                rule(
                        "kubernetesVersion",
                        "not a version",
                        ClusterRulesTest::nothing,
                        b -> b.kubernetesVersion("v1.36.1")),
                rule(
                        "kubernetesVersion",
                        "1.32 is not supported",
                        b -> b.kubernetesVersion("1.33.9"),
                        b -> b.kubernetesVersion("1.32.9")),
                rule(
                        "kubernetesVersion",
                        "1.37 is not supported",
                        ClusterRulesTest::nothing,
                        b -> b.kubernetesVersion("1.37.0")),
                rule(
                        "permissionsBoundary",
                        "not valid",
                        b -> b.permissionsBoundary(policy),
                        b -> b.permissionsBoundary("boundary")));
    }

    private static List<Rule> networks() {
        return List.of(
                network("zones", "is missing", n -> {}, n -> n.zones(List.of())),
                network(
                        "zones[1]",
                        "there twice",
                        n -> {},
                        n -> n.zones("eu-west-1a", "eu-west-1a", "eu-west-1b", "eu-west-1c")),
                network(
                        "zones[2]",
                        "is in region eu-west-2",
                        n -> {},
                        n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-2c")),
                network("zones[2]", "is a zone's id", n -> {}, n -> n.zones("eu-west-1a", "eu-west-1b", "euw1-az3")),
                network(
                        "zones[2]",
                        "is a Local Zone",
                        n -> {},
                        n -> n.zones("eu-west-1a", "eu-west-1b", "us-west-2-lax-1a")),
                network(
                        "zones[2]",
                        "is a Local Zone or a Wavelength Zone",
                        n -> {},
                        n -> n.zones("eu-west-1a", "eu-west-1b", "us-east-1-wl1-bos-wlz-1")),
                network(
                        "zones[2]",
                        "'eu-west-1z' is not valid. write the region and one letter, such as eu-west-1a; the letters known so far are a to f",
                        n -> {},
                        n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1z")),
                network("zones[2]", "not valid", n -> {}, n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1")),
                network("maxZones", "is 3", n -> n.maxZones(4), n -> n.maxZones(3)),
                network(
                        "zones[2]",
                        "last letter is d",
                        n -> n.maxZones(4).zones("eu-west-1a", "eu-west-1b", "eu-west-1d"),
                        n -> n.maxZones(4).zones("eu-west-1a", "eu-west-1b", "eu-west-1e")),
                network("cidr", "size that AWS does not take", n -> n.cidr("10.0.0.0/16"), n -> n.cidr("10.0.0.0/15")),
                network("cidr", "too small for the subnets", n -> n.cidr("10.0.0.0/23"), n -> n.cidr("10.0.0.0/24")),
                network(
                        "cidr",
                        "too small for the subnets",
                        n -> n.cidr("10.0.0.0/24").maxZones(4),
                        n -> n.cidr("10.0.0.0/28")),
                network("cidr", "has bits set", n -> {}, n -> n.cidr("10.0.1.0/16")),
                network("cidr", "IPv6", n -> {}, n -> n.cidr("fd00::/16")),
                network("cidr", "has another purpose", n -> {}, n -> n.cidr("169.254.0.0/16")),
                rule("network.cidr", "may get 16 machines", b -> smallWithPool(b, 30), b -> smallWithPool(b, 31)),
                network(
                        "extraCidrs[0]",
                        "size that AWS",
                        n -> n.extraCidrs("10.1.0.0/28"),
                        n -> n.extraCidrs("10.1.0.0/29")),
                network(
                        "extraCidrs[0]",
                        "overlaps network.cidr",
                        n -> n.extraCidrs("10.1.0.0/16"),
                        n -> n.extraCidrs("10.0.4.0/24")),
                network(
                        "extraCidrs[1]",
                        "overlaps network.extraCidrs[0]",
                        n -> n.extraCidrs("10.1.0.0/17", "10.1.128.0/17"),
                        n -> n.extraCidrs("10.1.0.0/16", "10.1.0.0/24")),
                network(
                        "extraCidrs[1]",
                        "is in the private range 172.16.0.0/12, and network.cidr 10.0.0.0/16 is not",
                        n -> n.extraCidrs("10.1.0.0/16", "8.8.0.0/16"),
                        n -> n.extraCidrs("10.1.0.0/16", "172.20.0.0/16")),
                network(
                        "extraCidrs[0]",
                        "in the private range 10.0.0.0/8",
                        n -> n.cidr("192.168.0.0/17").extraCidrs("192.168.128.0/17"),
                        n -> n.cidr("192.168.0.0/17").extraCidrs("10.1.0.0/16")),
                network(
                        "extraCidrs[0]",
                        "in the private range 192.168.0.0/16",
                        n -> n.cidr("8.8.0.0/16").extraCidrs("8.9.0.0/16"),
                        n -> n.cidr("8.8.0.0/16").extraCidrs("192.168.0.0/16")),
                network(
                        "extraCidrs[0]",
                        "AWS adds no block of this range",
                        n -> n.extraCidrs("198.18.0.0/16"),
                        n -> n.extraCidrs("198.19.0.0/24")),
                network(
                        "extraCidrs[0]",
                        "AWS adds no block of this range",
                        n -> n.cidr("10.2.0.0/16").extraCidrs("10.0.0.0/16"),
                        n -> n.cidr("10.1.0.0/16").extraCidrs("10.0.0.0/16")),
                network(
                        "extraCidrs",
                        "has 5 blocks",
                        n -> n.extraCidrs("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"),
                        n -> n.extraCidrs("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16")));
    }

    private static void smallWithPool(ClusterSpec.Builder builder, int size) {
        builder.network(n -> n.cidr("10.0.0.0/23"))
                .addNodePool(p -> p.name("x").instanceTypes("m6i.large").size(size));
    }

    private static List<Rule> cnis() {
        return List.of(
                cni(
                        "serviceCidr",
                        "no tenth address",
                        c -> c.serviceCidr("100.64.0.0/28"),
                        c -> c.serviceCidr("100.64.0.0/29")),
                cni(
                        "serviceCidr",
                        "larger than the API server takes",
                        c -> c.serviceCidr("100.64.0.0/12"),
                        c -> c.serviceCidr("100.32.0.0/11")),
                cni("serviceCidr", "overlaps network.cidr", c -> {}, c -> c.serviceCidr("10.0.100.0/24")),
                cni("serviceCidr", "overlaps cni.podCidr", c -> {}, c -> c.serviceCidr("100.100.0.0/16")),
                cni("serviceCidr", "IPv6", c -> {}, c -> c.serviceCidr("fd00::/108")),
                cni("podCidr", "overlaps network.cidr", c -> c.podCidr("10.128.0.0/12"), c -> c.podCidr("10.0.0.0/12")),
                cni("podCidr", "for 8 nodes", c -> c.podCidr("10.128.0.0/20"), c -> c.podCidr("10.128.0.0/21")),
                cni("podCidr", "more than 65536 parts", c -> c.nodePrefixLength(27), c -> c.nodePrefixLength(28)),
                cni("podCidr", "not a block", c -> {}, c -> c.podCidr("pods")),
                cni("podCidr", "addresses of the subnets", c -> c.kind(CniKind.AWS_VPC), c -> c.kind(CniKind.AWS_VPC)
                        .podCidr("10.128.0.0/12")),
                cni("nodePrefixLength", "is 29", c -> c.podCidr("10.128.0.0/16").nodePrefixLength(28), c -> c.podCidr(
                                "10.128.0.0/16")
                        .nodePrefixLength(29)),
                cni(
                        "encapsulation",
                        "flannel does not offer ipip",
                        c -> c.kind(CniKind.FLANNEL).encapsulation(Encapsulation.VXLAN),
                        c -> c.kind(CniKind.FLANNEL).encapsulation(Encapsulation.IPIP)),
                cni(
                        "encapsulation",
                        "aws_vpc does not offer vxlan",
                        c -> c.kind(CniKind.AWS_VPC).encapsulation(Encapsulation.NATIVE),
                        c -> c.kind(CniKind.AWS_VPC).encapsulation(Encapsulation.VXLAN)),
                rule(
                        "cni.encapsulation",
                        "all nodes in one subnet",
                        b -> b.cni(c -> c.encapsulation(Encapsulation.NATIVE))
                                .network(n -> n.zones("eu-west-1a"))
                                .etcd(e -> e.surviveZoneLoss(false)),
                        b -> b.cni(c -> c.encapsulation(Encapsulation.NATIVE))),
                cni(
                        "encryption",
                        "calico does not offer ipsec",
                        c -> c.kind(CniKind.CALICO).encryption(Encryption.WIREGUARD),
                        c -> c.kind(CniKind.CALICO).encryption(Encryption.IPSEC)),
                cni("mtu", "is 1279", c -> c.mtu(1280), c -> c.mtu(1279)),
                cni("mtu", "is 9002", c -> c.mtu(9001), c -> c.mtu(9002)),
                cni(
                        "ports",
                        "are known",
                        c -> c.kind(CniKind.CUSTOM).ports(PortRange.tcp(9000)),
                        c -> c.ports(PortRange.tcp(9000))),
                cni(
                        "disableSourceDestCheck",
                        "is known",
                        c -> c.kind(CniKind.CUSTOM).disableSourceDestCheck(true),
                        c -> c.disableSourceDestCheck(true)),
                cni("ports[0]", "65536", c -> c.kind(CniKind.CUSTOM).ports(PortRange.tcp(60000, 65535)), c -> c.kind(
                                CniKind.CUSTOM)
                        .ports(PortRange.tcp(60000, 65536))),
                cni("ports[0]", "9 to 8", c -> {}, c -> c.kind(CniKind.CUSTOM).ports(PortRange.udp(9, 8))),
                cni(
                        "ports[0]",
                        "has no ports",
                        c -> c.kind(CniKind.CUSTOM).ports(PortRange.all(Protocol.ESP)),
                        c -> c.kind(CniKind.CUSTOM).ports(new PortRange(Protocol.ESP, 1, 2))),
                cni(
                        "ports[0]",
                        "type and code",
                        c -> c.kind(CniKind.CUSTOM).ports(new PortRange(Protocol.ICMP, 8, 0)),
                        c -> c.kind(CniKind.CUSTOM).ports(new PortRange(Protocol.ICMP, 256, 0))),
                cni("ports", "needs about 61 rules", c -> c.kind(CniKind.CUSTOM).ports(ports(25)), c -> c.kind(
                                CniKind.CUSTOM)
                        .ports(ports(26))),
                rule(
                        "access.nodePortCidrs",
                        "needs about 61 rules",
                        b -> b.cni(c -> c.kind(CniKind.CUSTOM).ports(ports(25))).access(a -> a.nodePortCidrs(hosts(3))),
                        b -> b.cni(c -> c.kind(CniKind.CUSTOM).ports(ports(25)))
                                .access(a -> a.nodePortCidrs(hosts(4)))),
                cni("ports[1]", "there twice", c -> {}, c -> c.kind(CniKind.CUSTOM)
                        .ports(PortRange.udp(1), PortRange.udp(1))),
                cni(
                        "ports[0]",
                        "would open etcd",
                        c -> c.kind(CniKind.CUSTOM).ports(PortRange.tcp(2385, 9000)),
                        c -> c.kind(CniKind.CUSTOM).ports(PortRange.tcp(2000, 2379))),
                cni("ports[0]", "would open etcd", c -> c.kind(CniKind.CUSTOM).ports(PortRange.udp(2379)), c -> c.kind(
                                CniKind.CUSTOM)
                        .ports(PortRange.all(Protocol.ALL))));
    }

    private static List<Rule> accesses() {
        Consumer<AccessSpec.Builder> good =
                a -> a.bastion(x -> x.allowedCidrs("203.0.113.0/24")).sshPublicKey(SampleSpecs.SSH_KEY);
        return List.of(
                rule(
                        "api.allowedCidrs[0]",
                        "has no prefix length",
                        b -> b.api(a -> a.allowedCidrs("203.0.113.7/32")),
                        b -> b.api(a -> a.allowedCidrs("203.0.113.7"))),
                rule(
                        "api.allowedCidrs[1]",
                        "is inside 0.0.0.0/0",
                        b -> b.api(a -> a.allowedCidrs("203.0.113.0/24")),
                        b -> b.api(a -> a.addAllowedCidr("203.0.113.0/24"))),
                rule(
                        "api.allowedCidrs[1]",
                        "is inside",
                        b -> b.api(a -> a.allowedCidrs(hosts(2))),
                        b -> b.api(a -> a.allowedCidrs("10.0.0.0/8", "10.0.0.0/8"))),
                rule(
                        "api.allowedCidrs[0]",
                        "IPv6",
                        ClusterRulesTest::nothing,
                        b -> b.api(a -> a.allowedCidrs("2001:db8::/32"))),
                rule(
                        "api.allowedCidrs",
                        "rules in one security group",
                        b -> b.api(a -> a.allowedCidrs(hosts(27))), // and three NAT gateways
                        b -> b.api(a -> a.allowedCidrs(hosts(28)))),
                rule(
                        "api.allowedCidrs",
                        "rules in one security group",
                        b -> b.api(a -> a.internal().allowedCidrs(hosts(28))),
                        b -> b.api(a -> a.internal().allowedCidrs(hosts(29)))),
                rule(
                        "api.allowedCidrs",
                        "shuts out the cluster's own machines",
                        b -> b.network(n -> n.topology(Topology.PUBLIC)),
                        b -> b.network(n -> n.topology(Topology.PUBLIC)).api(a -> a.allowedCidrs(hosts(1)))),
                rule(
                        "api.allowedCidrs",
                        "make the load balancer internal",
                        b -> b.network(n -> n.nat(NatMode.NONE))
                                .api(a -> a.internal().allowedCidrs(hosts(1))),
                        b -> b.network(n -> n.nat(NatMode.NONE)).api(a -> a.allowedCidrs(List.of()))),
                bastion(
                        "bastion.allowedCidrs",
                        "nobody could reach",
                        good,
                        good.andThen(a -> a.bastion(x -> x.allowedCidrs(List.of())))),
                bastion(
                        "sshPublicKey",
                        "nobody could log in",
                        good,
                        good.andThen(a -> a.sshPublicKey(java.util.Optional.empty()))),
                bastion(
                        "sshPublicKey",
                        "is a private key",
                        good,
                        good.andThen(a -> a.sshPublicKey("-----BEGIN OPENSSH PRIVATE KEY-----"))),
                bastion(
                        "sshPublicKey",
                        "not a public key",
                        a -> a.sshPublicKey("ssh-rsa AAAAB3Nza"),
                        a -> a.sshPublicKey("AAAAB3Nza")),
                bastion(
                        "bastion.instanceType",
                        "not valid",
                        good,
                        good.andThen(a -> a.bastion(x -> x.instanceType("tiny")))),
                bastion(
                        "bastion.image",
                        "not valid",
                        good.andThen(a -> a.bastion(x -> x.image("ami-01234567"))),
                        good.andThen(a -> a.bastion(x -> x.image("ubuntu")))),
                bastion(
                        "bastion.allowedCidrs",
                        "rules in one security group",
                        good.andThen(a -> a.bastion(x -> x.allowedCidrs(hosts(60)))),
                        good.andThen(a -> a.bastion(x -> x.allowedCidrs(hosts(61))))),
                bastion(
                        "nodePortCidrs[0]",
                        "has bits set",
                        a -> a.nodePortCidrs("10.0.0.0/8"),
                        a -> a.nodePortCidrs("10.1.0.0/8")),
                bastion(
                        "nodePortCidrs",
                        "rules in one security group",
                        a -> a.nodePortCidrs(hosts(20)),
                        a -> a.nodePortCidrs(hosts(21))));
    }

    private static List<Rule> machines() {
        return List.of(
                rule(
                        "controlPlane.instanceTypes",
                        "is missing",
                        ClusterRulesTest::nothing,
                        b -> b.controlPlane(c -> c.instanceTypes(List.of()))),
                rule(
                        "controlPlane.instanceTypes[0]",
                        "not valid",
                        b -> b.controlPlane(c -> c.instanceTypes("u-6tb1.112xlarge")),
                        b -> b.controlPlane(c -> c.instanceTypes("m6i"))),
                rule(
                        "controlPlane.instanceTypes",
                        "arm64 and amd64",
                        b -> b.controlPlane(c -> c.instanceTypes("m7g.large", "c6gn.large")),
                        b -> b.controlPlane(c -> c.instanceTypes("m7g.large", "g5.xlarge"))),
                rule(
                        "controlPlane.minSize",
                        "is 0",
                        b -> b.controlPlane(c -> c.size(1)),
                        b -> b.controlPlane(c -> c.minSize(0).maxSize(3))),
                rule(
                        "controlPlane.maxSize",
                        "less than minSize",
                        b -> b.controlPlane(c -> c.minSize(3).maxSize(5)),
                        b -> b.controlPlane(c -> c.minSize(5).maxSize(3))),
                rule(
                        "controlPlane.image",
                        "not valid",
                        b -> b.controlPlane(c -> c.image("ssm:/aws/service/x")),
                        b -> b.controlPlane(c -> c.image("ami-xyz"))),
                rule(
                        "controlPlane.rootDevice",
                        "write /dev/sda1 or /dev/xvda",
                        b -> b.controlPlane(c -> c.rootDevice("/dev/xvda")),
                        b -> b.controlPlane(c -> c.rootDevice("/dev/sdf"))),
                rule(
                        "controlPlane.rootVolume.sizeGib",
                        "is 0",
                        b -> b.controlPlane(c -> c.rootVolume(v -> v.sizeGib(1))),
                        b -> b.controlPlane(c -> c.rootVolume(v -> v.sizeGib(0)))),
                volume(".sizeGib", "is 65537", VolumeSpec.gp3(65_536), VolumeSpec.gp3(65_537)),
                volume(".sizeGib", "is 3", VolumeSpec.io2(4, 3000), VolumeSpec.io2(3, 3000)),
                volume(".iops", "is 2999", VolumeSpec.gp3(1), VolumeSpec.gp3(10).withIops(2999)),
                volume(
                        ".iops",
                        "is 80001",
                        VolumeSpec.gp3(160).withIops(80_000),
                        VolumeSpec.gp3(1000).withIops(80_001)),
                volume(
                        ".iops",
                        "500 IOPS a GiB",
                        VolumeSpec.gp3(10).withIops(5000),
                        VolumeSpec.gp3(10).withIops(5001)),
                volume(".iops", "1000 IOPS a GiB", VolumeSpec.io2(10, 10_000), VolumeSpec.io2(10, 10_001)),
                volume(".iops", "is 99", VolumeSpec.io2(10, 100), VolumeSpec.io2(10, 99)),
                volume(".iops", "is 256001", VolumeSpec.io2(256, 256_000), VolumeSpec.io2(300, 256_001)),
                volume(
                        ".throughputMibps",
                        "0.25 MiB/s",
                        VolumeSpec.gp3(20).withThroughputMibps(750),
                        VolumeSpec.gp3(20).withThroughputMibps(751)),
                volume(
                        ".throughputMibps",
                        "is 2001",
                        VolumeSpec.gp3(100).withIops(8000).withThroughputMibps(2000),
                        VolumeSpec.gp3(100).withIops(9000).withThroughputMibps(2001)),
                volume(
                        ".throughputMibps",
                        "is 124",
                        VolumeSpec.gp3(20),
                        VolumeSpec.gp3(20).withThroughputMibps(124)),
                volume(
                        ".throughputMibps",
                        "follows from its IOPS",
                        VolumeSpec.io2(20, 3000),
                        VolumeSpec.io2(20, 3000).withThroughputMibps(200)),
                volume(
                        ".kmsKey",
                        "not the ARN",
                        VolumeSpec.gp3(20).withKmsKey(key("eu-west-1")),
                        VolumeSpec.gp3(20).withKmsKey("alias/etcd")),
                volume(
                        ".kmsKey",
                        "the key is in region us-east-1",
                        VolumeSpec.gp3(20).withKmsKey(key("eu-west-1")),
                        VolumeSpec.gp3(20).withKmsKey(key("us-east-1"))));
    }

    private static String key(String region) {
        return "arn:aws:kms:" + region + ":111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    }

    private static List<Rule> etcds() {
        Consumer<ClusterSpec.Builder> oneZone = b -> b.network(n -> n.zones("eu-west-1a"));
        Consumer<ClusterSpec.Builder> twoZones = b -> b.network(n -> n.zones("eu-west-1a", "eu-west-1b"));
        return List.of(
                rule(
                        "etcd.members",
                        "4 members survive the loss of 1, as 3 do. take 3 or 5",
                        b -> b.etcd(e -> e.members(5)),
                        b -> b.etcd(e -> e.members(4))),
                rule(
                        "etcd.members",
                        "2 members survive the loss of none, as 1 does. take 1 or 3",
                        b -> b.etcd(e -> e.members(3)),
                        b -> b.etcd(e -> e.members(2))),
                rule(
                        "etcd.members",
                        "8 members survive the loss of 3, as 7 do. choose 1, 3, 5 or 7",
                        b -> b.etcd(e -> e.members(7)),
                        b -> b.etcd(e -> e.members(8))),
                rule("etcd.members", "is 9", b -> b.etcd(e -> e.members(7)), b -> b.etcd(e -> e.members(9))),
                rule("etcd.members", "is 0", b -> b.etcd(e -> e.members(1)), b -> b.etcd(e -> e.members(0))),
                rule("network.zones", "2 of 3 etcd members", ClusterRulesTest::nothing, twoZones),
                rule("network.zones", "3 of 3 etcd members", oneZone.andThen(b -> b.etcd(e -> e.members(1))), oneZone),
                rule(
                        "network.zones",
                        "3 of 5 etcd members",
                        b -> b.etcd(e -> e.members(5)),
                        twoZones.andThen(b -> b.etcd(e -> e.members(5)))),
                rule(
                        "etcd.zones",
                        "2 of 3 etcd members",
                        twoZones.andThen(b -> b.etcd(e -> e.surviveZoneLoss(false))),
                        b -> b.etcd(e -> e.zones("eu-west-1a", "eu-west-1c"))),
                rule(
                        "etcd.zones[0]",
                        "not a zone of the network",
                        b -> b.etcd(e -> e.zones("eu-west-1c", "eu-west-1b", "eu-west-1a")),
                        b -> b.etcd(e -> e.zones("eu-west-1d", "eu-west-1b", "eu-west-1a"))),
                rule(
                        "etcd.zones[1]",
                        "there twice",
                        ClusterRulesTest::nothing,
                        b -> b.etcd(e -> e.zones("eu-west-1a", "eu-west-1a", "eu-west-1b", "eu-west-1c"))),
                rule(
                        "controlPlane.minSize",
                        "and the control plane 3-5 nodes",
                        b -> b.controlPlane(c -> c.size(3)).etcd(EtcdSpec.Builder::stacked),
                        b -> b.controlPlane(c -> c.minSize(3).maxSize(5)).etcd(EtcdSpec.Builder::stacked)),
                rule(
                        "controlPlane.minSize",
                        "stacked etcd has 5 members",
                        b -> b.controlPlane(c -> c.size(5))
                                .etcd(e -> e.stacked().members(5)),
                        b -> b.etcd(e -> e.stacked().members(5))),
                rule(
                        "etcd.instanceType",
                        "not valid",
                        b -> b.etcd(e -> e.instanceType("r6i.large")),
                        b -> b.etcd(e -> e.instanceType("large"))),
                rule(
                        "etcd.events.volume.iops",
                        "500 IOPS a GiB",
                        b -> b.etcd(EtcdSpec.Builder::separateEvents),
                        b -> b.etcd(
                                e -> e.events(x -> x.volume(v -> v.sizeGib(10).iops(6000))))),
                rule(
                        "etcd.rootVolume.sizeGib",
                        "is 0",
                        ClusterRulesTest::nothing,
                        b -> b.etcd(e -> e.rootVolume(v -> v.sizeGib(0)))),
                rule(
                        "etcd.image",
                        "not valid",
                        b -> b.etcd(e -> e.image("ami-01234567")),
                        b -> b.etcd(e -> e.image("ami-0123456"))));
    }

    private static List<Rule> pools() {
        String[] types = IntStream.range(0, 41)
                .mapToObj(i -> "m6i." + (i + 2) + "xlarge")
                .toArray(String[]::new);
        return List.of(
                rule(
                        "nodePools[0].name",
                        "is missing",
                        ClusterRulesTest::nothing,
                        b -> b.nodePools(List.of(NodePoolSpec.builder()
                                .instanceTypes("m6i.large")
                                .build()))),
                rule(
                        "nodePools[1].name",
                        "another pool",
                        ClusterRulesTest::nothing,
                        b -> b.addNodePool(p -> p.name("general").instanceTypes("m6i.large"))),
                rule(
                        "nodePools[Web].name",
                        "not valid",
                        b -> b.addNodePool(p -> p.name("web").instanceTypes("m6i.large")),
                        b -> b.addNodePool(p -> p.name("Web").instanceTypes("m6i.large"))),
                rule(
                        "nodePools[etcd-1].name",
                        "library makes",
                        b -> b.addNodePool(p -> p.name("etcd-tools").instanceTypes("m6i.large")),
                        b -> b.addNodePool(p -> p.name("etcd-1").instanceTypes("m6i.large"))),
                pool(
                        ".labels[" + "a.".repeat(20) + "io/" + "x".repeat(40) + "]",
                        "use at most 82",
                        p -> p.putLabel("a.".repeat(20) + "io/" + "x".repeat(39), ""),
                        p -> p.putLabel("a.".repeat(20) + "io/" + "x".repeat(40), "")),
                pool(
                        ".taints[0].key",
                        "the key has 83 characters",
                        p -> p.addTaint("a.".repeat(20) + "io/" + "x".repeat(39), "", TaintEffect.NO_SCHEDULE),
                        p -> p.addTaint("a.".repeat(20) + "io/" + "x".repeat(40), "", TaintEffect.NO_SCHEDULE)),
                pool(".labels", "would have 51 tags", p -> labels(p, 43), p -> labels(p, 44)),
                rule(
                        "nodePools[x].labels",
                        "would have 51 tags",
                        b -> {
                            tags(b, 20);
                            b.addNodePool(p -> labels(
                                    p.name("x")
                                            .instanceTypes("m6i.large")
                                            .addTaint("t", "", TaintEffect.NO_SCHEDULE)
                                            .addTaint("t", "", TaintEffect.NO_EXECUTE),
                                    22));
                        },
                        b -> {
                            tags(b, 20);
                            b.addNodePool(p -> labels(
                                    p.name("x").instanceTypes("m6i.large").addTaint("t", "", TaintEffect.NO_SCHEDULE),
                                    23));
                        }),
                pool(".instanceTypes", "is missing", p -> {}, p -> p.instanceTypes(List.of())),
                pool(
                        ".instanceTypes[1]",
                        "there twice",
                        p -> p.addInstanceType("m5.large"),
                        p -> p.addInstanceType("m6i.large")),
                pool(
                        ".instanceTypes[1]",
                        "not valid",
                        p -> p.addInstanceType("m5.metal"),
                        p -> p.addInstanceType("M5.large")),
                pool(
                        ".instanceTypes",
                        "has 41 types",
                        p -> p.instanceTypes(List.of(types).subList(0, 40)),
                        p -> p.instanceTypes(types)),
                pool(
                        ".instanceTypes",
                        "arm64 and amd64",
                        p -> p.instanceTypes("m7g.large", "t4g.large", "a1.large"),
                        p -> p.instanceTypes("m7i.large", "m7g.large")),
                pool(".minSize", "is -1", p -> p.minSize(0).maxSize(5), p -> p.minSize(-1)
                        .maxSize(5)),
                pool(".maxSize", "less than minSize", p -> p.minSize(3), p -> p.minSize(3)
                        .maxSize(2)),
                pool(".onDemandBase", "at most 3 nodes", p -> p.size(3).onDemandBase(3), p -> p.size(3)
                        .onDemandBase(4)),
                pool(
                        ".onDemandPercentageAboveBase",
                        "is 101",
                        p -> p.onDemandPercentageAboveBase(0),
                        p -> p.onDemandPercentageAboveBase(101)),
                pool(
                        ".spotStrategy",
                        "no spot instances",
                        p -> p.spot().spotStrategy(SpotStrategy.LOWEST_PRICE),
                        p -> p.spotStrategy(SpotStrategy.LOWEST_PRICE)),
                pool(
                        ".spotMaxPrice",
                        "no spot instances",
                        p -> p.spot().spotMaxPrice("0.1"),
                        p -> p.spotMaxPrice("0.1")),
                pool(".spotMaxPrice", "not a price", p -> p.spot().spotMaxPrice("1"), p -> p.spot()
                        .spotMaxPrice("$1")),
                pool(".spotMaxPrice", "not a price", p -> p.spot().spotMaxPrice("0.001"), p -> p.spot()
                        .spotMaxPrice("0.000")),
                pool(".spotMaxPrice", "not a price", p -> p.spot().spotMaxPrice("0.5"), p -> p.spot()
                        .spotMaxPrice("0,5")),
                pool(".zones[0]", "not a zone of the network", p -> p.zones("eu-west-1c"), p -> p.zones("eu-west-1d")),
                pool(
                        ".zones[1]",
                        "there twice",
                        p -> p.zones("eu-west-1c", "eu-west-1a"),
                        p -> p.zones("eu-west-1c", "eu-west-1c")),
                pool(".labels[a b]", "not a label key", p -> p.putLabel("a-b", ""), p -> p.putLabel("a b", "")),
                pool(".labels[a]", "not a label value", p -> p.putLabel("a", "b"), p -> p.putLabel("a", "b!")),
                pool(
                        ".labels[a]",
                        "not a label value",
                        p -> p.putLabel("a", "b".repeat(63)),
                        p -> p.putLabel("a", "b".repeat(64))),
                pool(
                        ".labels[node-role.kubernetes.io/web]",
                        "may not give itself",
                        p -> p.putLabel("node.kubernetes.io/web", ""),
                        p -> p.putLabel("node-role.kubernetes.io/web", "")),
                pool(
                        ".labels[k8s.io/x]",
                        "may not give itself",
                        p -> p.putLabel("myk8s.io/x", ""),
                        p -> p.putLabel("k8s.io/x", "")),
                pool(
                        ".taints[0].key",
                        "no pod could tolerate",
                        p -> p.addTaint(Taint.noSchedule("a/b", "")),
                        p -> p.addTaint(Taint.noSchedule("a/b/c", ""))),
                pool(
                        ".taints[0].key",
                        "no pod could tolerate",
                        p -> p.addTaint(Taint.noSchedule("a", "")),
                        p -> p.addTaint(Taint.noSchedule("", ""))),
                pool(
                        ".taints[0].value",
                        "no pod could tolerate",
                        p -> p.addTaint(Taint.noSchedule("a", "b.c")),
                        p -> p.addTaint(Taint.noSchedule("a", "b c"))),
                pool(
                        ".taints[0].key",
                        "set and removed by Kubernetes",
                        p -> p.addTaint(Taint.noSchedule("example.com/not-ready", "")),
                        p -> p.addTaint(Taint.noSchedule("node.kubernetes.io/not-ready", ""))),
                pool(
                        ".taints[1]",
                        "those of taints[0]",
                        p -> p.addTaint(Taint.noSchedule("a", "b")).addTaint(Taint.noExecute("a", "c")),
                        p -> p.addTaint(Taint.noSchedule("a", "b")).addTaint(Taint.noSchedule("a", "c"))),
                pool(
                        ".rootVolume.iops",
                        "500 IOPS a GiB",
                        p -> p.rootVolume(v -> v.iops(10_000)),
                        p -> p.rootVolume(v -> v.sizeGib(8).iops(10_000))),
                pool(
                        ".maxLifetime",
                        "is PT23H",
                        p -> p.maxLifetime(Duration.ofDays(1)),
                        p -> p.maxLifetime(Duration.ofHours(23))),
                pool(
                        ".maxLifetime",
                        "is PT8761H",
                        p -> p.maxLifetime(Duration.ofDays(365)),
                        p -> p.maxLifetime(Duration.ofHours(8761))),
                pool(
                        ".maxLifetime",
                        "whole seconds",
                        p -> p.maxLifetime(Duration.ofDays(2)),
                        p -> p.maxLifetime(Duration.ofDays(2).plusMillis(1))),
                pool(".imds.hopLimit", "is 0", p -> p.imds(i -> i.hopLimit(1)), p -> p.imds(i -> i.hopLimit(0))),
                pool(".imds.hopLimit", "is 65", p -> p.imds(i -> i.hopLimit(64)), p -> p.imds(i -> i.hopLimit(65))),
                pool(
                        ".extraSecurityGroups[0]",
                        "not valid",
                        p -> p.extraSecurityGroups("sg-01234567"),
                        p -> p.extraSecurityGroups("web")),
                pool(
                        ".extraSecurityGroups[1]",
                        "there twice",
                        p -> p.extraSecurityGroups("sg-01234567", "sg-01234568"),
                        p -> p.extraSecurityGroups("sg-01234567", "sg-01234567")),
                pool(
                        ".extraSecurityGroups",
                        "has 5 groups",
                        p -> p.extraSecurityGroups("sg-01234561", "sg-01234562", "sg-01234563", "sg-01234564"),
                        p -> p.extraSecurityGroups(
                                "sg-01234561", "sg-01234562", "sg-01234563", "sg-01234564", "sg-01234565")),
                pool(
                        ".image",
                        "not valid",
                        p -> p.image("ami-0123456789abcdef0"),
                        p -> p.image("AMI-0123456789abcdef0")),
                windows("os", "Flannel", b -> {}, p -> {}, b -> b.cni(c -> c.kind(CniKind.CILIUM)), p -> {}),
                windows(
                        "os",
                        "Flannel",
                        b -> {},
                        p -> {},
                        b -> b.cni(c -> c.encryption(Encryption.WIREGUARD)),
                        p -> {}),
                windows("instanceTypes", "no arm64", b -> {}, p -> {}, b -> {}, p -> p.instanceTypes("m7g.large")),
                windows(
                        "rootVolume.sizeGib",
                        "needs more",
                        b -> {},
                        p -> p.rootVolume(v -> v.sizeGib(50)),
                        b -> {},
                        p -> p.rootVolume(v -> v.sizeGib(30))),
                windows(
                        "image",
                        "1.36 or newer",
                        b -> {},
                        p -> p.image("windows-2025"),
                        b -> b.kubernetesVersion("1.35.2"),
                        p -> p.image("windows-2025")),
                windows("image", "is Linux", b -> {}, p -> p.image("ami-01234567"), b -> {}, p -> p.image("debian-12")),
                pool(".image", "is Windows", p -> p.image("flatcar"), p -> p.image("windows-2022")),
                rule("controlPlane.image", "is Windows", b -> {}, b -> b.controlPlane(c -> c.image("windows-2022"))),
                rule("etcd.image", "is Windows", b -> {}, b -> b.etcd(e -> e.image("windows-2025"))),
                pool(".image", "curl 7.81", p -> p.image("flatcar"), p -> p.image("ubuntu-22.04")));
    }

    private static final String KMS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";

    /** A pool of Windows, in a cluster of Flannel's, changed in a good and in a bad way. */
    private static Rule windows(
            String field,
            String problem,
            Consumer<ClusterSpec.Builder> good,
            Consumer<NodePoolSpec.Builder> goodPool,
            Consumer<ClusterSpec.Builder> bad,
            Consumer<NodePoolSpec.Builder> badPool) {
        return rule(
                "nodePools[legacy]." + field,
                problem,
                withWindows(goodPool).andThen(good),
                withWindows(badPool).andThen(bad));
    }

    private static Consumer<ClusterSpec.Builder> withWindows(Consumer<NodePoolSpec.Builder> more) {
        return b -> b.cni(c -> c.kind(CniKind.FLANNEL)).addNodePool(p -> {
            p.name("legacy").os(OperatingSystem.WINDOWS).instanceTypes("m6i.large");
            more.accept(p);
        });
    }

    private static Consumer<ClusterSpec.Builder> withKms(String key) {
        return b -> b.kubernetes(k -> k.secretsEncryption(SecretsEncryption.KMS).secretsKmsKey(key))
                .assets(a -> a.putVersion("aws-encryption-provider", "0.7.0"));
    }

    private static List<Rule> names() {
        Consumer<ClusterSpec.Builder> zone = b -> b.dns(d -> d.publicZone("example.com"));
        return List.of(
                rule("dns.zone", "is missing", zone, b -> b.dns(d -> d.kind(DnsKind.PRIVATE))),
                rule(
                        "dns.zone",
                        "dns.kind is none",
                        b -> b.dns(DnsSpec.none()),
                        b -> b.dns(d -> d.zone("example.com"))),
                rule("dns.zone", "not valid", zone, b -> b.dns(d -> d.publicZone("example.com."))),
                rule("dns.zone", "not valid", zone, b -> b.dns(d -> d.publicZone("Example.com"))),
                rule(
                        "dns.hostedZoneId",
                        "not valid",
                        zone.andThen(b -> b.dns(d -> d.hostedZoneId("Z01"))),
                        zone.andThen(b -> b.dns(d -> d.hostedZoneId("/hostedzone/Z01")))),
                rule(
                        "dns.apiRecord",
                        "not in zone",
                        zone.andThen(b -> b.dns(d -> d.apiRecord("k8s.example.com"))),
                        zone.andThen(b -> b.dns(d -> d.apiRecord("k8s.badexample.com")))),
                rule(
                        "dns.apiRecord",
                        "dns.kind is none",
                        ClusterRulesTest::nothing,
                        b -> b.dns(d -> d.apiRecord("k8s.example.com"))),
                rule(
                        "dns.apiRecord",
                        "not valid",
                        ClusterRulesTest::nothing,
                        zone.andThen(b -> b.dns(d -> d.apiRecord("k8s!.example.com")))),
                rule("tags", "has 41 tags", b -> tags(b, 40), b -> tags(b, 41)),
                rule("tags[aws:x]", "belong to AWS", b -> b.putTag("laws:x", ""), b -> b.putTag("aws:x", "")),
                rule("tags[AWS:x]", "belong to AWS", ClusterRulesTest::nothing, b -> b.putTag("AWS:x", "")),
                rule("tags[Name]", "library sets", b -> b.putTag("name", ""), b -> b.putTag("Name", "")),
                rule(
                        "tags[kubernetes.io/cluster/x]",
                        "library sets",
                        ClusterRulesTest::nothing,
                        b -> b.putTag("kubernetes.io/cluster/x", "")),
                rule(
                        "tags[" + "k".repeat(129) + "]",
                        "has 129 characters",
                        b -> b.putTag("k".repeat(128), ""),
                        b -> b.putTag("k".repeat(129), "")),
                rule(
                        "tags[k]",
                        "has 257 characters",
                        b -> b.putTag("k", "v".repeat(256)),
                        b -> b.putTag("k", "v".repeat(257))),
                rule(
                        "tags[k]",
                        "does not take everywhere",
                        b -> b.putTag("k", "ä b_.:/=+-@"),
                        b -> b.putTag("k", "a\nb")));
    }

    private static Rule kubernetes(
            String path,
            String message,
            Consumer<KubernetesSpec.Builder> keeps,
            Consumer<KubernetesSpec.Builder> breaks) {
        return rule("kubernetes." + path, message, b -> b.kubernetes(keeps), b -> b.kubernetes(breaks));
    }

    private static Rule machines(
            String path, String message, Consumer<MachinesSpec.Builder> keeps, Consumer<MachinesSpec.Builder> breaks) {
        return rule("machines." + path, message, b -> b.machines(keeps), b -> b.machines(breaks));
    }

    private static Rule addons(
            String path, String message, Consumer<AddonsSpec.Builder> keeps, Consumer<AddonsSpec.Builder> breaks) {
        return rule("addons." + path, message, b -> b.addons(keeps), b -> b.addons(breaks));
    }

    private static Rule assets(
            String path, String message, Consumer<AssetsSpec.Builder> keeps, Consumer<AssetsSpec.Builder> breaks) {
        return rule("assets." + path, message, b -> b.assets(keeps), b -> b.assets(breaks));
    }

    private static Stream<Rule> kubernetesRules() {
        Settings rules = Settings.of("rules", List.of(Map.of("level", "Metadata")));
        return Stream.of(
                cni("kubeProxy", "does not do kube-proxy's work", c -> c.kubeProxy(false), c -> c.kind(CniKind.FLANNEL)
                        .kubeProxy(false)),
                kubernetes(
                        "featureGates[x]",
                        "not valid",
                        k -> k.putFeatureGate("X1", true),
                        k -> k.putFeatureGate("x", true)),
                kubernetes(
                        "apiServerFlags[--v]",
                        "not valid",
                        k -> k.putApiServerFlag("v", "2"),
                        k -> k.putApiServerFlag("--v", "2")),
                kubernetes(
                        "apiServerFlags[etcd-servers]",
                        "library sets",
                        k -> k.putApiServerFlag("etcd-prefix", "/x"),
                        k -> k.putApiServerFlag("etcd-servers", "")),
                kubernetes(
                        "apiServerFlags[feature-gates]",
                        "library sets",
                        k -> {},
                        k -> k.putApiServerFlag("feature-gates", "A=true")),
                kubernetes(
                        "controllerManagerFlags[cluster-cidr]",
                        "library sets",
                        k -> k.putControllerManagerFlag("concurrent-gc-syncs", "20"),
                        k -> k.putControllerManagerFlag("cluster-cidr", "")),
                kubernetes(
                        "schedulerFlags[kubeconfig]",
                        "library sets",
                        k -> k.putSchedulerFlag("kube-api-qps", "50"),
                        k -> k.putSchedulerFlag("kubeconfig", "")),
                kubernetes(
                        "kubelet.providerID",
                        "library sets",
                        k -> k.kubelet("maxPods", 20),
                        k -> k.kubelet("providerID", "")),
                kubernetes(
                        "kubeProxy.clusterCIDR",
                        "library sets",
                        k -> k.kubeProxy("mode", "nftables"),
                        k -> k.kubeProxy("clusterCIDR", "")),
                kubernetes(
                        "auditPolicy.rules",
                        "is missing",
                        k -> k.auditPolicy(rules),
                        k -> k.auditPolicy(Settings.of("rules", List.of()))),
                kubernetes(
                        "auditPolicy.kind",
                        "library sets",
                        k -> {},
                        k -> k.auditPolicy(rules.plus(Settings.of("kind", "Policy")))),
                kubernetes(
                        "secretsKmsKey",
                        "is missing",
                        k -> k.secretsEncryption(SecretsEncryption.SECRETBOX),
                        k -> k.secretsEncryption(SecretsEncryption.KMS)),
                rule(
                        "kubernetes.secretsKmsKey",
                        "is not the ARN",
                        withKms(KMS_KEY),
                        withKms(KMS_KEY.replace("key/", "alias/"))),
                rule(
                        "kubernetes.secretsKmsKey",
                        "is in region us-east-1",
                        withKms(KMS_KEY),
                        withKms(KMS_KEY.replace("eu-west-1", "us-east-1"))),
                rule(
                        "kubernetes.secretsKmsKey",
                        "nothing asks the key",
                        withKms(KMS_KEY)
                                .andThen(b -> b.kubernetes(k -> k.secretsEncryption(SecretsEncryption.SECRETBOX))),
                        withKms(KMS_KEY).andThen(b -> b.kubernetes(k -> k.secretsEncryption(SecretsEncryption.NONE)))),
                rule(
                        "assets.versions[aws-encryption-provider]",
                        "no release of the plug-in",
                        withKms(KMS_KEY)
                                .andThen(b -> b.assets(a -> a.versions(java.util.Map.of())
                                        .preinstalled(NodeAsset.AWS_ENCRYPTION_PROVIDER))),
                        withKms(KMS_KEY).andThen(b -> b.assets(a -> a.versions(java.util.Map.of())))),
                rule(
                        "keys.type",
                        "kubeadm 1.33",
                        b -> b.keys(k -> k.type(KeyType.ECDSA_P384)),
                        b -> b.kubernetesVersion("1.33.5").keys(k -> k.type(KeyType.ECDSA_P384))),
                rule(
                        "keys.kmsKey",
                        "is in region us-east-1",
                        b -> b.keys(k -> k.kmsKey(KMS_KEY)),
                        b -> b.keys(k -> k.kmsKey(KMS_KEY.replace("eu-west-1", "us-east-1")))),
                rule(
                        "kubernetes.kubeProxy",
                        "does not run",
                        b -> b.kubernetes(k -> k.kubeProxy("mode", "nftables")),
                        b -> b.cni(c -> c.kubeProxy(false)).kubernetes(k -> k.kubeProxy("mode", "nftables"))),
                pool(
                        ".kubelet.clusterDNS",
                        "library sets",
                        p -> p.kubelet("maxPods", 20),
                        p -> p.kubelet("clusterDNS", List.of())));
    }

    private static Stream<String> many(int number) {
        return IntStream.range(0, number).mapToObj(i -> "p" + i);
    }

    private static Stream<Rule> machineRules() {
        String hash = "ab".repeat(32);
        return Stream.of(
                machines(
                        "sysctls[swap]",
                        "not valid",
                        m -> m.putSysctl("vm.swappiness", "1"),
                        m -> m.putSysctl("swap", "1")),
                machines(
                        "sysctls[vm.swappiness]",
                        "not valid",
                        m -> m.putSysctl("vm.swappiness", ""),
                        m -> m.putSysctl("vm.swappiness", "1\n2")),
                machines("files[0].path", "is missing", m -> m.addFile("/a", ""), m -> m.addFile("", "")),
                machines("files[etc/x].path", "not valid", m -> m.addFile("/etc/x", ""), m -> m.addFile("etc/x", "")),
                machines(
                        "files[/etc/kubernetes/pki/ca.crt].path",
                        "its own files",
                        m -> m.addFile("/etc/kubernetes-mine/ca.crt", ""),
                        m -> m.addFile("/etc/kubernetes/pki/ca.crt", "")),
                machines(
                        "files[/etc/x/../kubernetes/y].path",
                        "its own files",
                        m -> m.addFile("/etc/x/..y", ""),
                        m -> m.addFile("/etc/x/../kubernetes/y", "")),
                machines(
                        "files[/etc/systemd/system/kubelet.service].path",
                        "its own files",
                        m -> m.addFile("/etc/systemd/system/kubelet.service.d/50.conf", ""),
                        m -> m.addFile("/etc/systemd/system/kubelet.service", "")),
                machines("files[1]", "there twice", m -> m.addFile("/a", "").addFile("/b", ""), m -> m.addFile("/a", "")
                        .addFile("/a", "x")),
                machines(
                        "files[/a].mode",
                        "not valid",
                        m -> m.addFile(new MachineFile("/a", "", "0755")),
                        m -> m.addFile(new MachineFile("/a", "", "755"))),
                machines(
                        "files[/a].content",
                        "has 262145",
                        m -> m.addFile("/a", "x".repeat(262144)),
                        m -> m.addFile("/a", "x".repeat(262145))),
                machines(
                        "files[/a].content",
                        "holds a private key",
                        m -> m.addFile("/a", "-----BEGIN CERTIFICATE-----"),
                        m -> m.addFile("/a", "-----BEGIN EC PRIVATE KEY-----")),
                machines("files", "has 33 files", m -> files(m, 32), m -> files(m, 33)),
                machines("packages[0]", "not valid", m -> m.packages("libstdc++6"), m -> m.packages("--help")),
                machines("packages[1]", "there twice", m -> m.packages("a", "b"), m -> m.packages("a", "a")),
                machines(
                        "packages",
                        "has 65 packages",
                        m -> m.packages(many(64).toList()),
                        m -> m.packages(many(65).toList())),
                rule(
                        "machines.packages",
                        "no package tool",
                        b -> b.controlPlane(c -> c.image("flatcar")),
                        b -> b.controlPlane(c -> c.image("flatcar")).machines(m -> m.packages("nfs-common"))),
                machines("commands[0]", "is empty", m -> m.commands("true"), m -> m.commands(" ")),
                machines(
                        "commands",
                        "has 65 commands",
                        m -> m.commands(many(64).toList()),
                        m -> m.commands(many(65).toList())),
                machines(
                        "commands[0]",
                        "has 4097",
                        m -> m.commands("x".repeat(4096)),
                        m -> m.commands("x".repeat(4097))),
                machines(
                        "commands[0]",
                        "holds a private key",
                        m -> m.commands("cat /etc/ssl/private/mine"),
                        m -> m.commands("echo '-----BEGIN PRIVATE KEY-----'")),
                machines(
                        "containerd.imports",
                        "library sets",
                        m -> m.containerd(Settings.of("oom_score", 1)),
                        m -> m.containerd(Settings.of("imports", List.of()))),
                assets(
                        "mirror",
                        "not valid",
                        a -> a.mirror("https://m.example.com/x"),
                        a -> a.mirror("https://m.example.com/")),
                assets("mirror", "not valid", a -> a.mirror("s3://m/x"), a -> a.mirror("ftp://m/x")),
                assets(
                        "registry",
                        "not valid",
                        a -> a.registry("r.example.com:5000/x"),
                        a -> a.registry("https://r.example.com")),
                assets(
                        "versions[containrd]",
                        "not known",
                        a -> a.putVersion("containerd", "2.1.4"),
                        a -> a.putVersion("containrd", "2.1.4")),
                assets("versions[kubelet]", "the cluster's version", a -> {}, a -> a.putVersion("kubelet", "1.36.1")),
                assets(
                        "versions[runc]",
                        "not valid",
                        a -> a.putVersion("runc", "1.3.0-rc.1"),
                        a -> a.putVersion("runc", "v1.3.0")),
                assets(
                        "sha256[etcd/x86]",
                        "no architecture",
                        a -> a.putSha256("etcd/arm64", hash),
                        a -> a.putSha256("etcd/x86", hash)),
                assets(
                        "sha256[etcd/amd64]",
                        "not valid",
                        a -> a.putSha256("etcd/amd64", hash),
                        a -> a.putSha256("etcd/amd64", hash.substring(1))),
                assets(
                        "preinstalled[1]",
                        "there twice",
                        a -> a.preinstalled(NodeAsset.RUNC),
                        a -> a.preinstalled(NodeAsset.RUNC, NodeAsset.RUNC)));
    }

    private static Stream<Rule> addonRules() {
        String quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: pods\n";
        return Stream.of(
                addons(
                        "registry",
                        "not valid",
                        a -> a.registry("r.example.com:5000/x"),
                        a -> a.registry("https://r.example.com")),
                addons(
                        "ebsCsi.version",
                        "not valid",
                        a -> a.ebsCsi(c -> c.version("1.59.0")),
                        a -> a.ebsCsi(c -> c.version("v1.59.0"))),
                addons(
                        "cni.environment[A-B]",
                        "not valid",
                        a -> a.cni(c -> c.putEnvironment("A_B", "")),
                        a -> a.cni(c -> c.putEnvironment("A-B", ""))),
                addons(
                        "cloudController.arguments[--v]",
                        "not valid",
                        a -> a.cloudController(c -> c.putArgument("v", "4")),
                        a -> a.cloudController(c -> c.putArgument("--v", "4"))),
                addons(
                        "cloudController.enabled",
                        "no effect",
                        a -> a.cloudController(c -> c.enabled(false)),
                        a -> a.cloudController(c -> c.enabled(false).version("1.36.2"))),
                addons(
                        "manifests[Mine]",
                        "not valid",
                        a -> a.putManifest("mine", quota),
                        a -> a.putManifest("Mine", quota)),
                addons(
                        "manifests[calico]",
                        "an add-on of this name",
                        a -> a.putManifest("calico-policies", quota),
                        a -> a.putManifest("calico", quota)),
                addons(
                        "manifests[mine]",
                        "holds a private key",
                        a -> a.putManifest("mine", quota + "# -----BEGIN CERTIFICATE-----"),
                        a -> a.putManifest("mine", quota + "# -----BEGIN EC PRIVATE KEY-----")),
                addons(
                        "manifests[mine]",
                        "has 524289",
                        a -> a.putManifest("mine", quota + "#".repeat(512 * 1024 - quota.length())),
                        a -> a.putManifest("mine", "#".repeat(512 * 1024 + 1))),
                addons(
                        "manifests[mine]",
                        "is no YAML: Duplicate field 'kind' (line 5)",
                        a -> a.putManifest("mine", quota),
                        a -> a.putManifest("mine", quota + "kind: Pod")),
                addons(
                        "manifests[mine]",
                        "has an alias (line 5)",
                        a -> a.putManifest("mine", quota + "spec: {hard: {}}"),
                        a -> a.putManifest("mine", quota + "spec: *x")),
                addons(
                        "manifests[mine]",
                        "holds no object",
                        a -> a.putManifest("mine", quota),
                        a -> a.putManifest("mine", "#")),
                addons(
                        "manifests[mine][1]",
                        "no object of Kubernetes",
                        a -> a.putManifest("mine", quota + "---\n" + quota),
                        a -> a.putManifest("mine", quota + "---\nkind: Pod")),
                addons(
                        "manifests[mine]",
                        "is a list",
                        a -> a.putManifest("mine", quota),
                        a -> a.putManifest("mine", quota.replace("ResourceQuota", "ResourceQuotaList"))),
                rule(
                        "addons.cni",
                        "installs none",
                        b -> b.cni(c -> c.kind(CniKind.CUSTOM)).addons(a -> a.cni(c -> c.enabled(false))),
                        b -> b.cni(c -> c.kind(CniKind.CUSTOM)).addons(a -> a.cni(c -> c.version("1.2.3")))),
                rule(
                        "addons.cni.arguments",
                        "takes no flags",
                        b -> b.cni(c -> c.kind(CniKind.FLANNEL)).addons(a -> a.cni(c -> c.putArgument("v", "4"))),
                        b -> b.cni(c -> c.kind(CniKind.CALICO)).addons(a -> a.cni(c -> c.putArgument("v", "4")))),
                rule(
                        "cni.nodePrefixLength",
                        "Calico gives nodes blocks",
                        b -> b.cni(c -> c.kind(CniKind.CALICO).nodePrefixLength(20)),
                        b -> b.cni(c -> c.kind(CniKind.CALICO).nodePrefixLength(19))),
                rule(
                        "cni.encapsulation",
                        "WireGuard's packets",
                        b -> b.cni(c -> c.kind(CniKind.FLANNEL).encryption(Encryption.WIREGUARD)),
                        b -> b.cni(c -> c.kind(CniKind.FLANNEL)
                                .encryption(Encryption.WIREGUARD)
                                .encapsulation(Encapsulation.VXLAN))));
    }

    private static void files(MachinesSpec.Builder machines, int count) {
        IntStream.range(0, count).forEach(i -> machines.addFile("/etc/mine/" + i, ""));
    }

    private static void tags(ClusterSpec.Builder builder, int count) {
        IntStream.range(0, count).forEach(i -> builder.putTag("k" + i, ""));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isKept(Rule rule) {
        ClusterSpec.Builder builder = SampleSpecs.payments();
        rule.keeps().accept(builder);

        assertThat(builder.validate()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isReported(Rule rule) {
        ClusterSpec.Builder builder = SampleSpecs.payments();
        rule.breaks().accept(builder);

        assertThat(builder.validate())
                .anySatisfy(v -> {
                    assertThat(v.path()).isEqualTo(rule.path());
                    assertThat(v.problem() + ". " + v.fix()).contains(rule.message());
                })
                .allSatisfy(v -> {
                    assertThat(v.problem()).isNotBlank().doesNotEndWith(".").doesNotContain("PRIVATE KEY");
                    assertThat(v.fix()).isNotBlank().doesNotEndWith(".");
                });
        assertThatThrownBy(builder::build).isInstanceOf(InvalidSpecException.class);
    }

    @Test
    void allMistakesAreReportedAtOnce() {
        ClusterSpec.Builder builder = ClusterSpec.builder()
                .network(n -> n.cidr("10.0.0.0/8").zones("us-east-1a"))
                .region("eu-west-1")
                .etcd(e -> e.members(2))
                .addNodePool(p -> p.name("x").onDemandBase(7));

        assertThatThrownBy(builder::build).isInstanceOfSatisfying(InvalidSpecException.class, e -> {
            assertThat(e.violations())
                    .extracting(Violation::path)
                    .containsExactly(
                            "name",
                            "network.zones[0]",
                            "network.cidr",
                            "etcd.members",
                            "nodePools[x].instanceTypes",
                            "nodePools[x].onDemandBase");
            assertThat(e.retryable()).isFalse();
            assertThat(e)
                    .hasMessageStartingWith(
                            "Build cluster spec: refused, it has 6 mistakes:\n  - name: is missing. Give the cluster a name.");
            assertThat(e).hasMessageEndingWith("Correct all of them.");
        });
    }

    @Test
    void aBuilderOfNothingReportsWhatIsMissing() {
        assertThat(ClusterSpec.builder().validate())
                .extracting(Violation::path)
                .containsExactly("name", "region", "network.zones");
    }

    @Test
    void manyMembersAreRefusedWithoutCountingThem() {
        assertThat(SampleSpecs.payments()
                        .etcd(e -> e.members(Integer.MAX_VALUE))
                        .validate())
                .extracting(Violation::path)
                .containsExactly("etcd.members");
    }

    @Test
    void warningsNameWhatIsWorthASecondLook() {
        assertThat(SampleSpecs.payments().build().warnings())
                .extracting(Violation::path)
                .containsExactly("api.allowedCidrs");
        assertThat(SampleSpecs.payments()
                        .api(a -> a.allowedCidrs(hosts(1)))
                        .build()
                        .warnings())
                .isEmpty();
        assertThat(SampleSpecs.lab().build().warnings())
                .extracting(Violation::path)
                .containsExactly("network.nat", "etcd.members", "controlPlane.minSize");
        assertThat(SampleSpecs.everyProperty().warnings())
                .extracting(Violation::path)
                .containsExactly(
                        "dns.kind", "etcd.surviveZoneLoss", "nodePools", "nodePools[batch].imds.tokensRequired");
        List<String> paths = new ArrayList<>();
        SampleSpecs.payments()
                .network(n -> n.cidr("172.17.0.0/16"))
                .dns(d -> d.privateZone("example.internal"))
                .access(a -> a.bastion(b -> b.allowedCidrs(hosts(1))).ssm())
                .build()
                .warnings()
                .forEach(w -> paths.add(w.path()));
        assertThat(paths).containsExactly("network.cidr", "api.allowedCidrs", "dns.kind", "access.bastion");
    }

    @Test
    void aRegionThatTheSdkDoesNotKnowIsWorthASecondLookAndNoMistake() {
        ClusterSpec spec = ClusterSpec.builder()
                .name("far")
                .region("eu-west-9")
                .network(n -> n.zones("eu-west-9a", "eu-west-9b", "eu-west-9c"))
                .api(a -> a.allowedCidrs(hosts(1)))
                .build();

        assertThat(spec.warnings()).singleElement().satisfies(warning -> {
            assertThat(warning.path()).isEqualTo("region");
            assertThat(warning.problem()).startsWith("'eu-west-9' is none of the ");
            assertThat(warning.fix())
                    .isEqualTo(
                            "check the name (there is eu-west-1, eu-west-2, eu-west-3); a newer region works all the same");
        });
        assertThat(ClusterWarnings.near("eu-wset-1")).isEqualTo(" (there is eu-west-1)");
        assertThat(ClusterWarnings.near("moon-base-1")).isEmpty();
        assertThat(KnownRegions.ids())
                .contains("eu-west-1", "cn-north-1", "us-gov-east-1")
                .doesNotContain("aws-global");
    }

    @Test
    void warningsPrintOneALine() {
        List<Violation> warnings = SampleSpecs.lab().build().warnings();

        assertThat(warnings.toString().lines())
                .hasSize(3)
                .containsExactlyElementsOf(
                        warnings.stream().map(Object::toString).toList());
        assertThat(warnings).isEqualTo(List.copyOf(warnings));
    }
}
