package io.k8saws.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Makes random specifications that keep all rules. */
public final class SpecGenerator {

    private static final List<String> REGIONS = List.of("eu-west-1", "us-east-1", "us-gov-west-1", "ap-southeast-2");
    private static final List<String> AMD =
            List.of("m6i.large", "m5.xlarge", "c7i.2xlarge", "t3a.small", "r6a.4xlarge");
    private static final List<String> IMAGES = List.of(
            "ami-0123456789abcdef0",
            "ssm:/acme/images/node",
            "name:075585003325/Flatcar-stable-*-hvm",
            "name:self/it's [a] (node) ?",
            "debian-13");
    private static final List<String> ARM = List.of("m7g.large", "c6g.xlarge", "t4g.medium");
    private static final List<String> TEXTS = List.of(
            "true",
            "no",
            "1",
            "1.0",
            "1e3",
            "0x1F",
            "12:30:45",
            "x y",
            " x",
            "x ",
            "ü",
            "a:b",
            "a: b",
            "@x",
            "=",
            "-",
            "",
            "null",
            "2026-11-23");
    private static final List<String> LABELS =
            List.of("true", "no", "1", "1.0", "1e3", "0x1F", "x-y", "a_b", "", "null", "2026-11-23");

    private final Random random;

    private SpecGenerator(long seed) {
        this.random = new Random(seed);
    }

    /** All valid specifications, one a seed. */
    public static Arbitrary<ClusterSpec> specs() {
        return Arbitraries.longs().withoutEdgeCases().map(seed -> new SpecGenerator(seed).spec());
    }

    private ClusterSpec spec() {
        String region = pick(REGIONS);
        Topology topology = pick(Topology.values());
        NatMode nat = pick(NatMode.values());
        boolean natted = topology == Topology.PRIVATE && nat != NatMode.NONE;
        List<String> zones = zones(region);
        ClusterSpec.Builder spec = ClusterSpec.builder()
                .name(pick(List.of("a", "payments", "no", "a-1", "x".repeat(32))))
                .region(region)
                .network(n -> network(n.topology(topology).nat(nat), zones))
                .api(a -> api(a, natted))
                .access(this::access)
                .cni(c -> cni(c, zones.size()));
        if (chance()) {
            spec.kubernetesVersion(pick(KubernetesVersions.MINORS) + "." + random.nextInt(12));
        }
        etcd(spec, zones);
        int pools = random.nextInt(4);
        for (int i = 0; i < pools; i++) {
            String name = List.of("general", "spot", "x".repeat(32)).get(i);
            spec.addNodePool(p -> pool(p.name(name), zones));
        }
        dns(spec);
        if (chance()) {
            spec.permissionsBoundary("arn:aws:iam::111122223333:policy/path/boundary");
        }
        spec.kubernetes(this::kubernetes)
                .keys(this::keys)
                .machines(this::machines)
                .assets(this::assets)
                .addons(this::addons);
        int tags = random.nextInt(4);
        for (int i = 0; i < tags; i++) {
            spec.putTag("k" + i + pick(TEXTS), pick(TEXTS));
        }
        return spec.build();
    }

    private List<String> zones(String region) {
        List<String> all = new ArrayList<>();
        for (char letter = 'a'; letter <= 'h'; letter++) {
            all.add(region + letter);
        }
        Collections.shuffle(all, random);
        return List.copyOf(all.subList(0, 1 + random.nextInt(8)));
    }

    private void network(NetworkSpec.Builder network, List<String> zones) {
        network.cidr("10." + random.nextInt(96) + ".0.0/" + (16 + random.nextInt(4)))
                .zones(zones);
        if (zones.stream().allMatch(z -> z.charAt(z.length() - 1) <= 'd') && chance()) {
            network.maxZones(4);
        }
        if (chance()) {
            network.extraCidrs("10.100.0.0/16", "10.101.0.0/28");
        }
    }

    private void api(ApiSpec.Builder api, boolean natted) {
        Exposure exposure = pick(Exposure.values());
        api.loadBalancer(exposure);
        if ((natted || exposure == Exposure.INTERNAL) && chance()) {
            api.allowedCidrs(blocks(3));
        }
    }

    private List<Cidr> blocks(int most) {
        List<Cidr> result = new ArrayList<>();
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            result.add(Cidr.of("198.51." + (100 + i) + "." + random.nextInt(256) + "/32"));
        }
        return result;
    }

    private void access(AccessSpec.Builder access) {
        access.method(pick(AccessMethod.values())).nodePortCidrs(blocks(2));
        access.sshPublicKey(SampleSpecs.SSH_KEY);
        if (chance()) {
            access.bastion(BastionSpec.builder()
                    .instanceType("t4g.nano")
                    .allowedCidrs("203.0.113.0/24")
                    .build());
        } else {
            access.bastion(BastionSpec.builder()
                    .allowedCidrs("203.0.113.0/25", "203.0.113.128/25")
                    .build());
        }
    }

    private void etcd(ClusterSpec.Builder spec, List<String> zones) {
        int members = pick(List.of(1, 3, 5, 7));
        boolean stacked = chance();
        int canLose = (members - 1) / 2;
        boolean spread = members == 1 || (members + zones.size() - 1) / zones.size() <= canLose;
        spec.etcd(e -> {
            e.members(members).surviveZoneLoss(spread && chance());
            e.placement(stacked ? EtcdPlacement.STACKED : EtcdPlacement.DEDICATED);
            e.volume(volume()).instanceType(pick(AMD));
            if (chance()) {
                e.events(x -> x.volume(volume()));
            }
            if (chance()) {
                List<String> own = new ArrayList<>(zones);
                Collections.reverse(own);
                e.zones(own);
            }
        });
        int min = stacked ? members : 1 + random.nextInt(5);
        int max = stacked ? members : min + random.nextInt(3);
        spec.controlPlane(
                c -> c.minSize(min).maxSize(max).instanceTypes(types()).rootVolume(volume()));
    }

    private List<String> types() {
        List<String> types = new ArrayList<>(chance() ? AMD : ARM);
        Collections.shuffle(types, random);
        return types.subList(0, 1 + random.nextInt(types.size()));
    }

    private VolumeSpec volume() {
        int size = 10 + random.nextInt(500);
        if (chance()) {
            return VolumeSpec.io2(size, 100 + random.nextInt(Math.min(size * 1000, 256_000) - 99));
        }
        int iops = Math.max(3000, Math.min(80_000, random.nextInt(size * 500)));
        int throughput = Math.min(2000, 125 + random.nextInt(iops / 4 - 124));
        VolumeSpec.Builder volume =
                VolumeSpec.builder().sizeGib(size).iops(iops).throughputMibps(throughput);
        return volume.build();
    }

    private void pool(NodePoolSpec.Builder pool, List<String> zones) {
        int min = random.nextInt(5);
        int max = min + random.nextInt(20);
        pool.instanceTypes(types()).minSize(min).maxSize(max).rootVolume(volume());
        if (chance()) {
            pool.onDemandBase(random.nextInt(max + 1)).onDemandPercentageAboveBase(random.nextInt(100));
            pool.spotStrategy(pick(SpotStrategy.values())).spotMaxPrice(pick(List.of("0.1", "1", "0.095000", "12.50")));
        }
        if (chance()) {
            pool.zones(zones.subList(0, 1 + random.nextInt(zones.size())));
        }
        int labels = random.nextInt(3);
        for (int i = 0; i < labels; i++) {
            pool.putLabel(pick(List.of("no", "tier", "example.com/x", "1", "node.kubernetes.io/y")), pick(LABELS));
        }
        if (chance()) {
            pool.addTaint(pick(List.of("a", "example.com/b", "true")), pick(LABELS), pick(TaintEffect.values()));
        }
        if (chance()) {
            pool.maxLifetime(Duration.ofSeconds(86_400 + random.nextInt(31_449_601)));
        }
        pool.imds(i -> i.tokensRequired(chance()).hopLimit(1 + random.nextInt(64)));
        if (chance()) {
            pool.image(pick(IMAGES)).rootDevice(pick(List.of("/dev/sda1", "/dev/xvda")));
        }
        if (chance()) {
            pool.extraSecurityGroups("sg-01234567", "sg-0123456789abcdef0");
        }
        if (chance()) {
            pool.kubelet(settings());
        }
    }

    private void kubernetes(KubernetesSpec.Builder kubernetes) {
        kubernetes.secretsEncryption(pick(List.of(SecretsEncryption.NONE, SecretsEncryption.SECRETBOX)));
        if (chance()) {
            kubernetes.putFeatureGate("InPlacePodVerticalScaling", chance());
            kubernetes.putApiServerFlag("v", pick(TEXTS)).putSchedulerFlag("profiling", pick(TEXTS));
            kubernetes.putControllerManagerFlag("profiling", pick(TEXTS));
        }
        if (chance()) {
            kubernetes.kubelet(settings()).kubeProxy(settings());
        }
        if (chance()) {
            kubernetes.auditPolicy(Settings.of("rules", List.of(settings().asMap())));
        }
    }

    private void keys(KeysSpec.Builder keys) {
        keys.type(pick(List.of(KeyType.ECDSA_P256, KeyType.RSA_2048, KeyType.RSA_4096)));
        if (chance()) {
            keys.serviceAccounts(pick(KeyType.values()));
        }
    }

    /** A tree with leaves of all kinds. */
    private Settings settings() {
        return Settings.of(Map.of(
                "text" + pick(TEXTS),
                pick(TEXTS),
                "truth",
                chance(),
                "whole",
                random.nextLong(),
                "part",
                random.nextInt(1000) / 8.0,
                "list",
                List.of(pick(TEXTS), List.of(), Map.of(pick(TEXTS), 1)),
                "map",
                Map.of("inner", Map.of("deep", pick(TEXTS)))));
    }

    private void machines(MachinesSpec.Builder machines) {
        if (chance()) {
            machines.putSysctl("net.core.somaxconn", pick(List.of("", "1", "1 2 3")));
        }
        int files = random.nextInt(3);
        for (int i = 0; i < files; i++) {
            machines.addFile(new MachineFile("/etc/mine/" + i, pick(TEXTS), pick(List.of("0644", "0600"))));
        }
        if (chance()) {
            machines.packages("nfs-common").commands(pick(List.of("true", "a: b", "echo '\"#\nx'")));
        }
        if (chance()) {
            machines.containerd(settings());
        }
    }

    private void assets(AssetsSpec.Builder assets) {
        if (chance()) {
            assets.mirror(pick(List.of("https://mirror.example.com", "s3://mirror/a/b", "http://192.0.2.1:8080/x")));
            assets.registry(pick(List.of("registry.example.com", "192.0.2.1:5000/k8s")));
        }
        if (chance()) {
            assets.putVersion("etcd", "3.6.8").preinstalled(pick(NodeAsset.values()));
            assets.sha256(pick(NodeAsset.values()), "arm64", "ab".repeat(32));
        }
    }

    private void addons(AddonsSpec.Builder addons) {
        if (chance()) {
            addons.registry(pick(List.of("registry.example.com", "192.0.2.1:5000/mirror")));
        }
        addons.cni(c -> c.enabled(chance())).ebsCsi(this::addon).cloudController(this::addon);
        if (chance()) {
            addons.putManifest(
                    "mine", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + pick(List.of("a", "b")));
        }
    }

    private void addon(AddonSpec.Builder addon) {
        if (chance()) {
            addon.version("1.2." + random.nextInt(9))
                    .putEnvironment("AWS_" + random.nextInt(9), pick(TEXTS))
                    .putArgument("v", pick(TEXTS));
        } else {
            addon.enabled(chance());
        }
    }

    private void dns(ClusterSpec.Builder spec) {
        DnsKind kind = pick(DnsKind.values());
        if (kind != DnsKind.NONE) {
            spec.dns(d -> d.kind(kind).zone("example.com"));
            if (chance()) {
                spec.dns(d -> d.apiRecord("k8s.example.com").hostedZoneId("Z0123456789"));
            }
        }
    }

    private void cni(CniSpec.Builder cni, int zones) {
        CniKind kind = pick(CniKind.values());
        cni.kind(kind);
        if (kind != CniKind.AWS_VPC && chance()) {
            cni.podCidr("10.128.0.0/12")
                    .nodePrefixLength(24 + random.nextInt(4))
                    .serviceCidr("10.96.0.0/14");
        }
        if (kind == CniKind.CALICO && chance()) {
            cni.encapsulation(zones == 1 ? Encapsulation.NATIVE : Encapsulation.IPIP);
        }
        if ((kind == CniKind.CILIUM || kind == CniKind.CALICO) && chance()) {
            cni.encryption(Encryption.WIREGUARD).mtu(1280 + random.nextInt(7000));
        }
        if (kind == CniKind.CUSTOM) {
            cni.disableSourceDestCheck(chance());
            cni.ports(
                    PortRange.udp(random.nextInt(65536)),
                    PortRange.tcp(0, 2000),
                    PortRange.tcp(3000, 3000 + random.nextInt(62536)),
                    PortRange.all(Protocol.ESP),
                    new PortRange(Protocol.ICMP, 8, -1),
                    PortRange.all(Protocol.UDP));
        }
    }

    private boolean chance() {
        return random.nextBoolean();
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
