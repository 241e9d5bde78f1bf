package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.error.K8sAwsException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssetTest {
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final String OTHER = "fedcba9876543210".repeat(4);

    private static Asset asset(ClusterSpec spec, String key) {
        return AssetCatalogue.of(spec).stream()
                .filter(asset -> asset.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "kubelet/amd64, https://dl.k8s.io/release/v1.36.1/bin/linux/amd64/kubelet, .sha256",
        "runc/amd64, https://github.com/opencontainers/runc/releases/download/v1.4.3/runc.amd64, runc.sha256sum",
        "etcd/amd64, https://github.com/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-linux-amd64.tar.gz, SHA256SUMS",
        "containerd/amd64, https://github.com/containerd/containerd/releases/download/v2.3.4/containerd-2.3.4-linux-amd64.tar.gz, .sha256sum",
    })
    void comesFromItsProject_orFromTheMirrorUnderTheSamePath(String key, String address, String sums) {
        ClusterSpec spec = SampleSpecs.payments().build();
        String folder = address.substring(0, address.lastIndexOf('/') + 1);
        String sumsAddress = sums.startsWith(".") ? address + sums : folder + sums;

        assertThat(asset(spec, key).address()).isEqualTo(address);
        assertThat(asset(spec, key).sumsAddress()).isEqualTo(sumsAddress);

        ClusterSpec mirrored = spec.with(b -> b.assets(a -> a.mirror("https://mirror.example.com/x")));
        assertThat(asset(mirrored, key).address())
                .isEqualTo("https://mirror.example.com/x/" + address.substring("https://".length()));
        assertThat(asset(mirrored, key).sumsAddress())
                .isEqualTo("https://mirror.example.com/x/" + sumsAddress.substring("https://".length()));
    }

    @Test
    void whatIsFetchedFollowsFromTheMachines() {
        ClusterSpec spec = SampleSpecs.payments()
                .addNodePool(p -> p.name("arm").instanceTypes("m7g.large").size(1))
                .build();

        assertThat(AssetCatalogue.of(spec))
                .extracting(Asset::key)
                .contains("kubelet/amd64", "kubelet/arm64", "etcd/amd64")
                .doesNotContain("etcd/arm64")
                .hasSize(15);
        assertThat(AssetCatalogue.of(spec.with(b -> b.assets(a -> a.preinstalled(NodeAsset.values())))))
                .isEmpty();
    }

    @Test
    void versionsAreTheClustersTheCataloguesOrYours() {
        ClusterSpec spec = SampleSpecs.payments()
                .kubernetesVersion("1.33.5")
                .assets(a -> a.putVersion("runc", "1.3.6"))
                .build();

        assertThat(asset(spec, "kubeadm/amd64").version()).isEqualTo("1.33.5");
        assertThat(asset(spec, "ecr-credential-provider/amd64").version()).isEqualTo("1.33.4");
        assertThat(asset(spec, "runc/amd64").address()).endsWith("/v1.3.6/runc.amd64");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "H",
                "H\\n",
                "O  other\\nH  runc.amd64\\nO  more\\n",
                "H *runc.amd64",
                "H  ./build/runc.amd64\\r\\n",
            })
    void readsItsHashFromFilesOfSums(String sums) {
        Asset runc = asset(SampleSpecs.payments().build(), "runc/amd64");

        assertThat(runc.hashIn(sums.replace("H", HASH)
                        .replace("O", OTHER)
                        .replace("\\n", "\n")
                        .replace("\\r", "\r")))
                .isEqualTo(HASH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "<html>not found</html>", "H  runc.arm64", "Hff", "H  runc.amd64.asc"})
    void aTextWithoutItsHashIsRefused(String sums) {
        Asset runc = asset(SampleSpecs.payments().build(), "runc/amd64");

        assertThatThrownBy(() -> runc.hashIn(sums.replace("H", HASH)))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("no hash for this file")
                .hasMessageContaining("assets.sha256[runc/amd64]");
    }

    @Test
    void whatYouTrustIsNotOverruledByAMirror() {
        ClusterSpec spec = SampleSpecs.payments()
                .assets(a -> a.sha256(NodeAsset.RUNC, "amd64", HASH))
                .build();
        Asset runc = asset(spec, "runc/amd64");
        Asset kubelet = asset(spec, "kubelet/amd64");

        AssetHashes hashes = AssetHashes.of(spec).plus(runc, OTHER).plus(kubelet, OTHER);

        assertThat(hashes.values()).isEqualTo(Map.of("runc/amd64", HASH, "kubelet/amd64", OTHER));
        assertThat(hashes.missing(spec)).doesNotContain(runc, kubelet).hasSize(6);
        assertThatThrownBy(() -> new AssetHashes(Map.of("x", "y"))).hasMessageContaining("is not a SHA-256");
    }
}
