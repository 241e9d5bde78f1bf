package io.k8saws.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Specifications that several tests use. */
public final class SampleSpecs {

    public static final String SSH_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1bqW9Yb7mCq0m9Jp1y0Yw0l1nq2bS0m0l1nq2bS0m0 ops";

    private SampleSpecs() {}

    /** The five lines of the documentation. */
    public static ClusterSpec.Builder payments() {
        return ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .addNodePool(p ->
                        p.name("general").instanceTypes("m6i.xlarge").minSize(3).maxSize(12));
    }

    /** Public topology, stacked etcd, kube-router, node ports, an internal API. */
    public static ClusterSpec.Builder shop() {
        return ClusterSpec.builder()
                .name("shop")
                .region("us-east-1")
                .network(n -> n.cidr("172.20.0.0/16")
                        .zones("us-east-1f", "us-east-1a", "us-east-1c")
                        .topology(Topology.PUBLIC))
                .etcd(EtcdSpec.Builder::stacked)
                .api(a -> a.internal().allowedCidrs("203.0.113.0/24", "198.51.100.7/32"))
                .access(a -> a.none().nodePortCidrs("203.0.113.0/24"))
                .cni(c -> c.kind(CniKind.KUBE_ROUTER))
                .addNodePool(p -> p.name("web").instanceTypes("t3.large").size(2));
    }

    /** One zone, one stacked member, the AWS VPC CNI, an internal API without NAT. */
    public static ClusterSpec.Builder lab() {
        return ClusterSpec.builder()
                .name("lab")
                .region("eu-north-1")
                .network(n ->
                        n.cidr("10.9.0.0/24").maxZones(4).zones("eu-north-1b").nat(NatMode.NONE))
                .controlPlane(c -> c.size(1).instanceTypes("t3.medium"))
                .etcd(e -> e.stacked().members(1))
                .api(ApiSpec.Builder::internal)
                .dns(d -> d.privateZone("lab.internal"))
                .cni(c -> c.kind(CniKind.AWS_VPC));
    }

    /** Every property of every part has another value than its default. */
    public static ClusterSpec everyProperty() {
        String kmsKey = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
        return ClusterSpec.builder()
                .name("everything")
                .region("eu-west-1")
                .kubernetesVersion("1.35.2")
                .network(n -> n.cidr("10.40.0.0/16")
                        .extraCidrs("10.41.0.0/16")
                        .zones("eu-west-1a", "eu-west-1b", "eu-west-1c")
                        .maxZones(4)
                        .topology(Topology.PUBLIC)
                        .nat(NatMode.SINGLE))
                .api(a -> a.internal().allowedCidrs("192.0.2.0/24"))
                .access(a -> a.bastion(b -> b.instanceType("t4g.nano")
                                .allowedCidrs("203.0.113.0/24")
                                .image("ami-0123456789abcdef0")
                                .rootDevice("/dev/sda1"))
                        .sshPublicKey(SSH_KEY)
                        .nodePortCidrs("198.51.100.0/24"))
                .controlPlane(c -> c.instanceTypes("m7i.large", "m6i.large")
                        .size(5)
                        .rootVolume(v -> v.sizeGib(80))
                        .image("ssm:/aws/service/ami-amazon-linux-latest/al2023")
                        .rootDevice("/dev/xvda"))
                .etcd(e -> e.stacked()
                        .members(5)
                        .instanceType("r6i.large")
                        .zones("eu-west-1c", "eu-west-1b", "eu-west-1a")
                        .surviveZoneLoss(false)
                        .volume(v ->
                                v.type(VolumeType.IO2).sizeGib(100).iops(8000).kmsKey(kmsKey))
                        .rootVolume(v -> v.sizeGib(30))
                        .image("ami-0123456789abcdef1")
                        .rootDevice("/dev/xvda")
                        .events(x -> x.volume(v -> v.sizeGib(40).iops(4000).throughputMibps(500))))
                .addNodePool(p -> p.name("batch")
                        .instanceTypes("m6i.2xlarge", "m5.2xlarge")
                        .minSize(0)
                        .maxSize(50)
                        .onDemandBase(2)
                        .onDemandPercentageAboveBase(10)
                        .spotStrategy(SpotStrategy.CAPACITY_OPTIMIZED)
                        .spotMaxPrice("0.20")
                        .zones("eu-west-1b", "eu-west-1a")
                        .putLabel("example.com/team", "batch")
                        .putLabel("tier", "1")
                        .addTaint("dedicated", "batch", TaintEffect.NO_EXECUTE)
                        .addTaint("spot", "", TaintEffect.PREFER_NO_SCHEDULE)
                        .rootVolume(v -> v.sizeGib(200).iops(6000).throughputMibps(250))
                        .maxLifetime(Duration.ofDays(30))
                        .imds(i -> i.tokensRequired(false).hopLimit(2))
                        .extraSecurityGroups("sg-0123456789abcdef0")
                        .image("ami-0123456789abcdef2")
                        .rootDevice("/dev/xvda")
                        .kubelet("maxPods", 60))
                .dns(d -> d.publicZone("example.com")
                        .hostedZoneId("Z0123456789ABCDEFGHIJ")
                        .apiRecord("k8s.example.com"))
                .cni(c -> c.kind(CniKind.CUSTOM)
                        .podCidr("10.128.0.0/14")
                        .nodePrefixLength(25)
                        .serviceCidr("10.96.0.0/16")
                        .encapsulation(Encapsulation.VXLAN)
                        .mtu(8000)
                        .ports(PortRange.udp(8472), PortRange.tcp(9000, 9010), PortRange.all(Protocol.IPIP))
                        .disableSourceDestCheck(true)
                        .kubeProxy(false))
                .kubernetes(k -> k.putFeatureGate("InPlacePodVerticalScaling", true)
                        .putFeatureGate("DynamicResourceAllocation", false)
                        .putApiServerFlag("oidc-issuer-url", "https://login.example.com")
                        .putControllerManagerFlag("terminated-pod-gc-threshold", "500")
                        .putSchedulerFlag("v", "2")
                        .kubelet("shutdownGracePeriod", "90s")
                        .kubelet("evictionHard", Map.of("memory.available", "200Mi"))
                        .auditPolicy(Settings.of("rules", List.of(Map.of("level", "Metadata"))))
                        .secretsEncryption(SecretsEncryption.KMS)
                        .secretsKmsKey(kmsKey))
                .keys(k -> k.type(KeyType.RSA_2048)
                        .serviceAccounts(KeyType.ECDSA_P384)
                        .kmsKey(kmsKey))
                .machines(m -> m.putSysctl("net.core.somaxconn", "4096")
                        .addFile("/etc/systemd/system/kubelet.service.d/50-mine.conf", "[Service]\nNice=-1\n")
                        .addFile(new MachineFile("/etc/mine", "1\n", "0600"))
                        .packages("nfs-common", "chrony")
                        .commands("systemctl enable --now chrony", "echo \"$(hostname)\" >/etc/mine-too")
                        .containerd(Settings.of("oom_score", -999)))
                .assets(a -> a.mirror("s3://mirror-of-mine/k8s")
                        .registry("registry.example.com/k8s")
                        .putVersion("containerd", "2.1.4")
                        .putVersion("aws-encryption-provider", "0.7.0")
                        .sha256(NodeAsset.KUBELET, "amd64", "0123456789abcdef".repeat(4))
                        .preinstalled(NodeAsset.RUNC, NodeAsset.CNI_PLUGINS))
                .addons(a -> a.registry("registry.example.com/mirror")
                        .cloudController(c -> c.version("1.36.1")
                                .putEnvironment("AWS_ENDPOINT_URL", "https://aws.example.com")
                                .putArgument("v", "4"))
                        .cni(c -> c.enabled(false))
                        .ebsCsi(c -> c.enabled(false))
                        .putManifest("quota", """
                                apiVersion: v1
                                kind: ResourceQuota
                                metadata:
                                  name: pods
                                spec:
                                  hard:
                                    pods: "100"
                                """))
                .permissionsBoundary("arn:aws:iam::111122223333:policy/boundary")
                .putTag("cost center", "42")
                .putTag("team", "true")
                .build();
    }
}
