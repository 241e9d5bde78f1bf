package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.LaunchTemplates;
import io.k8saws.plan.ResourceAddress;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageTest {
    @ParameterizedTest
    @CsvSource({
        "ami-0123456789abcdef0, ami-0123456789abcdef0",
        "ssm:/acme/images/node, resolve:ssm:/acme/images/node",
    })
    void theTemplateHasTheImageAsEc2WritesIt(String image, String inTemplate) {
        assertThat(template(Optional.of(image), Optional.empty()).image()).isEqualTo(inTemplate);
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
    })
    void theRootVolumeIsMeantForTheImagesRootDevice(String image, String rootDevice, String inTemplate) {
        assertThat(template(Optional.ofNullable(image), Optional.ofNullable(rootDevice))
                        .rootVolume()
                        .device())
                .isEqualTo(inTemplate);
    }

    private static LaunchTemplates.LaunchTemplate template(Optional<String> image, Optional<String> rootDevice) {
        ClusterSpec spec = ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .addNodePool(p -> p.name("general")
                        .instanceTypes("m6i.xlarge")
                        .image(image)
                        .rootDevice(rootDevice))
                .build();
        ClusterScope scope = new ClusterScope("payments", "123456789012", "eu-west-1", "aws");
        return (LaunchTemplates.LaunchTemplate) Blueprint.of(spec, scope, MadeUp.surroundings(spec, Optional.empty()))
                .find(new ResourceAddress(LaunchTemplates.KIND, "general"))
                .orElseThrow()
                .attributes();
    }
}
