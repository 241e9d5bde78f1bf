package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.LaunchTemplates;
import io.k8saws.plan.ResourceAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageTest {
    private static final ClusterScope SCOPE = new ClusterScope("payments", "123456789012", "eu-west-1", "aws");
    private static final String UBUNTU =
            "ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

    @Test
    void theTemplateHasTheIdThatTheSpecNames() {
        assertThat(template(Optional.of("ami-0123456789abcdef0"), Optional.empty())
                        .image())
                .isEqualTo("ami-0123456789abcdef0");
    }

    @ParameterizedTest
    @CsvSource({
        "ssm:/acme/images/node, ssm:/acme/images/node",
        "debian-12, ssm:/aws/service/debian/release/12/latest/amd64",
        "name:self/node-*, name:self/node-* x86_64",
        ", " + UBUNTU,
        "ubuntu-24.04, " + UBUNTU,
    })
    void theTemplateHasTheIdThatIsPinned(String image, String pin) {
        assertThat(template(Optional.ofNullable(image), Optional.empty()).image())
                .isEqualTo(MadeUp.image(pin))
                .startsWith("ami-");
    }

    @Test
    void withoutThePinOfAnImage_nothingCanBeDrawn() {
        ClusterSpec spec = spec(Optional.of("debian-12"), Optional.empty());
        Surroundings whole = MadeUp.surroundings(spec, Optional.empty());
        Map<String, String> pins = new HashMap<>(whole.pins().values());
        pins.remove("ssm:/aws/service/debian/release/12/latest/amd64");
        Surroundings former = new Surroundings(Optional.empty(), new Pins(pins), Optional.empty());

        assertThat(whole.sufficeFor(spec)).isTrue();
        assertThat(former.sufficeFor(spec)).isFalse();
        assertThatThrownBy(() -> Blueprint.of(spec, SCOPE, former))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("ssm:/aws/service/debian/release/12/latest/amd64")
                .hasMessageContaining("Plan again");
    }

    @ParameterizedTest
    @CsvSource({
        ", , /dev/sda1",
        "ami-0123456789abcdef0, , /dev/sda1",
        "ami-0123456789abcdef0, /dev/xvda, /dev/xvda",
        "ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id, , /dev/sda1",
        "ssm:/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base, , /dev/sda1",
        "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64, , /dev/xvda",
        "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64, /dev/sda1, /dev/sda1",
        "ssm:/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id, , /dev/xvda",
        "ssm:/aws/service/bottlerocket/aws-k8s-1.33/x86_64/latest/image_id, , /dev/xvda",
        "ssm:/aws/service/debian/release/13/latest/amd64, , /dev/xvda",
        "ssm:/acme/images/debian, , /dev/sda1",
        "ubuntu-24.04, , /dev/sda1",
        "debian-13, , /dev/xvda",
        "amazon-linux-2023, , /dev/xvda",
        "amazon-linux-2023, /dev/sda1, /dev/sda1",
        "name:075585003325/Flatcar-stable-*-hvm, , /dev/xvda",
        "name:444455556666/nodes-*, , /dev/sda1",
    })
    void theRootVolumeIsMeantForTheImagesRootDevice(String image, String rootDevice, String inTemplate) {
        assertThat(template(Optional.ofNullable(image), Optional.ofNullable(rootDevice))
                        .rootVolume()
                        .device())
                .isEqualTo(inTemplate);
    }

    private static LaunchTemplates.LaunchTemplate template(Optional<String> image, Optional<String> rootDevice) {
        ClusterSpec spec = spec(image, rootDevice);
        return (LaunchTemplates.LaunchTemplate) Blueprint.of(spec, SCOPE, MadeUp.surroundings(spec, Optional.empty()))
                .find(new ResourceAddress(LaunchTemplates.KIND, "general"))
                .orElseThrow()
                .attributes();
    }

    private static ClusterSpec spec(Optional<String> image, Optional<String> rootDevice) {
        return ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .addNodePool(p -> p.name("general")
                        .instanceTypes("m6i.xlarge")
                        .image(image)
                        .rootDevice(rootDevice))
                .build();
    }
}
