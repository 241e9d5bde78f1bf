package io.k8saws.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.CniSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaxPodsTest {

    @ParameterizedTest
    @CsvSource({
        "t3.nano, 4",
        "t3.micro, 4",
        "t3.small, 11",
        "t3a.small, 8",
        "t4g.small, 11",
        "t3.medium, 17",
        "t3.large, 35",
        "t3.xlarge, 58",
        "t4g.2xlarge, 58",
        "m6g.medium, 8",
        "c7g.medium, 8",
        "m5.large, 29",
        "m8g.large, 29",
        "m6i.xlarge, 58",
        "m5.2xlarge, 58",
        "m6i.4xlarge, 234",
        "c5.9xlarge, 234",
        "r6i.12xlarge, 234",
        "c5.18xlarge, 737",
        "m5.24xlarge, 737",
        "m7i.48xlarge, 737",
        "m5.metal, 737",
        "m7i.metal-24xl, 737",
        "m7i-flex.large, 29",
    })
    void withTheVpcCniAddressesAreTheLimit(String type, int pods) {
        assertThat(MaxPods.vpcCni(type)).hasValue(pods);
        assertThat(MaxPods.of(type, CniSpec.of(CniKind.AWS_VPC))).isEqualTo(pods);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m6in.32xlarge", "p5.48xlarge", "m5.huge", "nonsense", ""})
    void unknownTypesHaveTheDefault(String type) {
        assertThat(MaxPods.vpcCni(type)).isEmpty();
        assertThat(MaxPods.of(type, CniSpec.of(CniKind.AWS_VPC))).isEqualTo(110);
    }

    @Test
    void withAnOverlayTheBlockOfTheNodeIsTheLimit() {
        CniSpec cilium = CniSpec.of(CniKind.CILIUM);
        assertThat(MaxPods.of("t3.nano", cilium)).isEqualTo(110);
        assertThat(MaxPods.of("t3.nano", cilium.withNodePrefixLength(25))).isEqualTo(110);
        assertThat(MaxPods.of("t3.nano", cilium.withNodePrefixLength(26))).isEqualTo(62);
        assertThat(MaxPods.of("t3.nano", cilium.withNodePrefixLength(28))).isEqualTo(14);
    }
}
