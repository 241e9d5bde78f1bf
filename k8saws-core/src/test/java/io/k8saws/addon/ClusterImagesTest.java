package io.k8saws.addon;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.SampleSpecs;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The images of a cluster are known before it is made")
class ClusterImagesTest {
    private static ClusterSpec with(CniKind cni) {
        return SampleSpecs.payments().cni(c -> c.kind(cni)).build();
    }

    @Test
    void kubeadmsAndTheAddons_eachOnce() {
        assertThat(ClusterImages.of(with(CniKind.FLANNEL)))
                .extracting(ClusterImages.Image::source)
                .contains(
                        "registry.k8s.io/kube-apiserver:v1.36.1",
                        "registry.k8s.io/kube-proxy:v1.36.1",
                        "registry.k8s.io/coredns/coredns:v1.14.2",
                        "registry.k8s.io/pause:3.10.2",
                        "ghcr.io/flannel-io/flannel:v0.28.10")
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(ClusterImages.of(with(CniKind.FLANNEL)))
                .allSatisfy(image -> assertThat(image.fetchedAs()).isEqualTo(image.source()));
    }

    @ParameterizedTest
    @EnumSource(CniKind.class)
    void ofAnAirGap_allComeFromTheOneRegistry(CniKind cni) {
        ClusterSpec spec = with(cni).with(b -> b.airGap("s3://artifacts/k8s", "registry.example.com/k8s"));

        List<ClusterImages.Image> images = ClusterImages.of(spec);

        assertThat(images)
                .extracting(ClusterImages.Image::source)
                .isEqualTo(ClusterImages.of(with(cni)).stream()
                        .map(ClusterImages.Image::source)
                        .toList());
        assertThat(images).extracting(ClusterImages.Image::fetchedAs).doesNotHaveDuplicates();
        assertThat(images).allSatisfy(image -> assertThat(image.fetchedAs())
                .isEqualTo("registry.example.com/k8s/" + image.source().replaceFirst("^registry\\.k8s\\.io/", "")));
        assertThat(spec.warnings()).noneMatch(warning -> warning.toString().contains("registry"));
    }

    @Test
    void manifestsOfYoursAreFetchedAsTheyAreWritten() {
        String pods = """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: agent, namespace: kube-system}
                spec:
                  selector: {matchLabels: {app: agent}}
                  template:
                    metadata: {labels: {app: agent}}
                    spec:
                      containers: [{name: agent, image: "quay.io/example/agent:v1"}]
                """;
        ClusterSpec spec = with(CniKind.FLANNEL).with(b -> b.airGap("s3://artifacts/k8s", "registry.example.com/k8s")
                .addons(a -> a.putManifest("agent", pods)));

        assertThat(ClusterImages.of(spec))
                .contains(new ClusterImages.Image("quay.io/example/agent:v1", "quay.io/example/agent:v1"));
    }
}
