package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.KeyType;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.cluster.Settings;
import io.k8saws.cluster.TaintEffect;
import io.k8saws.internal.text.Sha256;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Twelve clusters whose machines have little in common. */
final class BootSpecs {
    static final String KMS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";

    private BootSpecs() {}

    static Stream<ClusterSpec> twelve() {
        return Stream.of(
                SampleSpecs.payments().build(),
                SampleSpecs.shop().build(),
                SampleSpecs.lab().build(),
                SampleSpecs.everyProperty(),
                SampleSpecs.payments()
                        .name("market")
                        .etcd(e -> e.members(5).separateEvents())
                        .dns(d -> d.publicZone("example.com"))
                        .kubernetes(
                                k -> k.secretsEncryption(SecretsEncryption.KMS).secretsKmsKey(KMS_KEY))
                        .keys(k -> k.serviceAccounts(KeyType.ECDSA_P384).kmsKey(KMS_KEY))
                        .assets(a -> a.putVersion("aws-encryption-provider", "0.7.0"))
                        .build(),
                SampleSpecs.payments()
                        .name("arm")
                        .controlPlane(c -> c.instanceTypes("m7g.large"))
                        .etcd(e -> e.instanceType("m7g.medium"))
                        .addNodePool(p -> p.name("graviton")
                                .instanceTypes("c7g.xlarge", "c6g.xlarge")
                                .size(2))
                        .build(),
                SampleSpecs.payments()
                        .name("air-gapped")
                        .assets(a -> a.mirror("s3://artifacts-of-mine/k8s").registry("registry.example.com/k8s"))
                        .build(),
                SampleSpecs.payments()
                        .name("own-image")
                        .assets(a -> a.mirror("http://192.0.2.9:8080/mirror").preinstalled(NodeAsset.values()))
                        .machines(m -> m.putSysctl("vm.overcommit_memory", "")
                                .containerd(Settings.of(
                                        "plugins",
                                        Map.of("io.containerd.grpc.v1.cri", Map.of("restrict_oom_score_adj", true)))))
                        .kubernetes(k -> k.kubelet("failCgroupV1", false)
                                .kubeProxy("conntrack", Map.of("maxPerCore", 0, "min", 0)))
                        .build(),
                SampleSpecs.payments()
                        .name("audited")
                        .kubernetes(k -> k.auditPolicy(Settings.of(
                                        "rules",
                                        List.of(
                                                Map.of("level", "None", "users", List.of("system:kube-proxy")),
                                                Map.of("level", "Metadata"))))
                                .secretsEncryption(SecretsEncryption.NONE)
                                .putApiServerFlag("audit-log-maxage", "7")
                                .putApiServerFlag("oidc-issuer-url", "https://login.example.com"))
                        .build(),
                SampleSpecs.payments()
                        .name("ebpf")
                        .cni(c -> c.kind(CniKind.CILIUM).kubeProxy(false).nodePrefixLength(26))
                        .build(),
                SampleSpecs.payments()
                        .name("older")
                        .kubernetesVersion("1.33.5")
                        .kubernetes(k -> k.putFeatureGate("InPlacePodVerticalScaling", true))
                        .build(),
                SampleSpecs.payments()
                        .name("mixed")
                        .cni(c -> c.kind(CniKind.AWS_VPC))
                        .etcd(EtcdSpec.Builder::stacked)
                        .addNodePool(p -> p.name("batch")
                                .instanceTypes("m6i.large", "t3.medium")
                                .spot()
                                .size(2)
                                .putLabel("example.com/work", "batch")
                                .putLabel("tier", "")
                                .addTaint("dedicated", "batch", TaintEffect.NO_EXECUTE)
                                .addTaint("spot", "", TaintEffect.PREFER_NO_SCHEDULE)
                                .kubelet("systemReserved", Map.of("memory", "300Mi")))
                        .build());
    }

    /** A cluster with a pool of Windows beside one of Linux. */
    static ClusterSpec windows() {
        return SampleSpecs.payments()
                .name("windows")
                .cni(c -> c.kind(CniKind.FLANNEL))
                .addNodePool(p -> p.name("legacy")
                        .os(OperatingSystem.WINDOWS)
                        .instanceTypes("m6i.large")
                        .size(2)
                        .image("windows-2025")
                        .putLabel("tier", "legacy")
                        .addTaint("dedicated", "legacy", TaintEffect.NO_EXECUTE)
                        .kubelet("maxPods", 30))
                .build();
    }

    static BootstrapSite site(ClusterSpec spec) {
        return new BootstrapSite(
                "k8saws-" + spec.name() + "-0123abcd",
                "amazonaws.com",
                Optional.empty(),
                "api-" + spec.name(),
                Map.of("control-plane", "control-plane." + spec.name()));
    }

    /** A hash for each program; not a true one. */
    static AssetHashes hashes(ClusterSpec spec) {
        Map<String, String> hashes = new LinkedHashMap<>(spec.assets().sha256());
        AssetCatalogue.of(spec).forEach(asset -> hashes.putIfAbsent(asset.key(), Sha256.hex(asset.key())));
        return new AssetHashes(hashes);
    }

    static Bootstrap bootstrap(ClusterSpec spec) {
        return Bootstrap.of(spec, site(spec), hashes(spec));
    }
}
