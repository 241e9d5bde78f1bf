package io.k8saws.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.CniSpec;
import io.k8saws.cluster.Encapsulation;
import io.k8saws.cluster.Encryption;
import io.k8saws.cluster.PortRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CniFactsTest {

    @ParameterizedTest
    @CsvSource({
        "CILIUM, , NONE, 8951, false, 'tcp/4240 icmp/8-0 tcp/4244 udp/8472'",
        "CILIUM, GENEVE, NONE, 8951, false, 'tcp/4240 icmp/8-0 tcp/4244 udp/6081'",
        "CILIUM, NATIVE, NONE, 9001, true, 'tcp/4240 icmp/8-0 tcp/4244'",
        "CILIUM, , WIREGUARD, 8871, false, 'tcp/4240 icmp/8-0 tcp/4244 udp/51871 udp/8472'",
        "CILIUM, , IPSEC, 8874, false, 'tcp/4240 icmp/8-0 tcp/4244 esp udp/8472'",
        "CALICO, , NONE, 8951, false, 'tcp/5473 udp/4789'",
        "CALICO, IPIP, NONE, 8981, false, 'tcp/5473 tcp/179 ipip'",
        "CALICO, NATIVE, NONE, 9001, true, 'tcp/5473 tcp/179'",
        "CALICO, , WIREGUARD, 8941, false, 'tcp/5473 udp/51820 udp/4789'",
        "FLANNEL, , NONE, 8951, false, 'udp/8472'",
        "FLANNEL, , WIREGUARD, 8921, false, 'udp/51820'",
        "KUBE_ROUTER, , NONE, 8981, true, 'tcp/179 ipip'",
        "AWS_VPC, , NONE, 9001, false, ''",
        "CUSTOM, , NONE, 9001, false, ''",
    })
    void factsOfEachCni(
            CniKind kind, Encapsulation encapsulation, Encryption encryption, int mtu, boolean checkOff, String ports) {
        CniFacts facts = CniFacts.of(CniSpec.builder()
                .kind(kind)
                .encapsulation(java.util.Optional.ofNullable(encapsulation))
                .encryption(encryption)
                .build());

        assertThat(facts.mtu()).isEqualTo(mtu);
        assertThat(facts.disableSourceDestCheck()).isEqualTo(checkOff);
        assertThat(String.join(
                        " ",
                        facts.nodePorts().stream()
                                .map(p -> p.ports().toString())
                                .toList()))
                .isEqualTo(ports);
        assertThat(facts.nodeActions().contains("ec2:ModifyInstanceAttribute")).isEqualTo(checkOff);
        assertThat(facts.podsInSubnets()).isEqualTo(kind == CniKind.AWS_VPC);
    }

    @ParameterizedTest
    @CsvSource({
        "CILIUM, VXLAN, false",
        "CILIUM, GENEVE, false",
        "CILIUM, NATIVE, true",
        "CALICO, IPIP, false",
        "CALICO, NATIVE, true",
        "FLANNEL, VXLAN, false",
        "FLANNEL, NATIVE, true",
        "KUBE_ROUTER, IPIP, true",
        "KUBE_ROUTER, NATIVE, true",
        "AWS_VPC, NATIVE, true",
        "CUSTOM, NATIVE, false",
    })
    void whetherSecurityGroupsSeePodAddresses(CniKind kind, Encapsulation encapsulation, boolean seen) {
        assertThat(CniFacts.of(CniSpec.builder()
                                .kind(kind)
                                .encapsulation(encapsulation)
                                .build())
                        .podsOnVpcNetwork())
                .isEqualTo(seen);
    }

    @Test
    void anOwnCniNamesItsNeeds() {
        CniFacts facts = CniFacts.of(CniSpec.builder()
                .kind(CniKind.CUSTOM)
                .ports(PortRange.udp(6783, 6784))
                .mtu(1376)
                .disableSourceDestCheck(true)
                .build());

        assertThat(facts.nodePorts()).containsExactly(new CniPort(PortRange.udp(6783, 6784), "own CNI"));
        assertThat(facts.mtu()).isEqualTo(1376);
        assertThat(facts.disableSourceDestCheck()).isTrue();
    }

    @Test
    void theVpcCniNeedsToManageInterfaces() {
        assertThat(CniFacts.of(CniSpec.of(CniKind.AWS_VPC)).nodeActions())
                .contains("ec2:AttachNetworkInterface", "ec2:AssignPrivateIpAddresses")
                .allMatch(a -> a.startsWith("ec2:"));
        assertThat(CniFacts.of(CniSpec.of(CniKind.CILIUM)).nodeActions()).isEmpty();
    }
}
