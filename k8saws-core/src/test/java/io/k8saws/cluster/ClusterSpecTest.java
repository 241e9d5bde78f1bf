package io.k8saws.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ClusterSpecTest {

    private final ClusterSpec payments = SampleSpecs.payments().build();

    @Test
    void fiveLinesMakeAGoodCluster() {
        assertThat(payments.etcd().members()).isEqualTo(3);
        assertThat(payments.etcdMemberZones()).containsExactly("eu-west-1a", "eu-west-1b", "eu-west-1c");
        assertThat(payments.controlPlane().minSize()).isEqualTo(3);
        assertThat(payments).hasToString("""
                        Cluster payments@eu-west-1 1.36.1
                          network       10.0.0.0/16 private nat=per_zone [eu-west-1a, eu-west-1b, eu-west-1c]
                          api           public [0.0.0.0/0]
                          access        ssm
                          control plane 3 x m6i.large
                          etcd          3 dedicated m6i.large, gp3 20GiB
                          cni           cilium pods=100.96.0.0/11 services=100.64.0.0/13
                          dns           none
                          images        ubuntu-24.04
                          assets        upstream
                          node pool     general 3-12 x m6i.xlarge""");
    }

    @Test
    void printingShowsWhichImagesMachinesTake_andWhereTheyFetchFrom() {
        assertThat(payments.with(b -> b.airGap("s3://artifacts/k8s", "r.example.com/k8s"))
                        .withEtcd(e -> e.image("debian-13"))
                        .withNodePool("general", p -> p.image("ami-0123456789abcdef0")))
                .asString()
                .contains("""
                          images        control plane ubuntu-24.04, etcd debian-13, pool general ami-0123456789abcdef0
                          assets        s3://artifacts/k8s, registry r.example.com/k8s
                        """.indent(0));
        assertThat(payments.with(b -> b.assets(a -> a.mirror("https://mirror.example.com/k8s"))
                        .addons(a -> a.registry("r.example.com"))))
                .asString()
                .contains("\n  assets        https://mirror.example.com/k8s, add-ons from r.example.com\n");
        assertThat(payments.with(b -> b.assets(a -> a.registry("r.example.com"))))
                .asString()
                .contains("\n  assets        upstream, registry r.example.com, add-ons from their own registries\n");
        assertThat(payments.withEtcd(e -> e.placement(EtcdPlacement.STACKED).image("debian-13")))
                .asString()
                .contains("\n  images        ubuntu-24.04\n");
    }

    @Test
    void lambdasStartWithWhatWasSetBefore() {
        ClusterSpec spec = SampleSpecs.payments()
                .network(n -> n.cidr("10.7.0.0/16"))
                .etcd(e -> e.members(5))
                .etcd(e -> e.volume(v -> v.sizeGib(40)))
                .etcd(e -> e.volume(v -> v.iops(4000)))
                .build();

        assertThat(spec.network().zones()).hasSize(3);
        assertThat(spec.etcd().members()).isEqualTo(5);
        assertThat(spec.etcd().volume()).isEqualTo(VolumeSpec.gp3(40).withIops(4000));
    }

    @Test
    void aLargestSizeThatWasNotSetFollowsTheSmallest() {
        ClusterSpec spec =
                SampleSpecs.payments().controlPlane(c -> c.minSize(5)).build();

        assertThat(spec.controlPlane().maxSize()).isEqualTo(5);
        assertThat(spec.withControlPlane(c -> c.minSize(7)).controlPlane().maxSize())
                .isEqualTo(7);
    }

    @Test
    void copiesChangeOneThing() {
        assertThat(payments.withNodePool("general", p -> p.maxSize(20)).nodePool("general"))
                .hasValueSatisfying(p -> assertThat(p).hasToString("general 3-20 x m6i.xlarge"));
        assertThat(payments.withoutNodePool("general").nodePools()).isEmpty();
        assertThat(payments.plusNodePool(
                                p -> p.name("spot").instanceTypes("m5.large").spot())
                        .nodePools())
                .extracting(NodePoolSpec::toString)
                .containsExactly("general 3-12 x m6i.xlarge", "spot 1 x m5.large spot");
        assertThat(payments.withKubernetesVersion("1.35.0").kubernetesVersion()).isEqualTo("1.35.0");
        assertThat(payments.withNetwork(n -> n.nat(NatMode.SINGLE)).network().nat())
                .isEqualTo(NatMode.SINGLE);
        assertThat(payments.withEtcd(e -> e.members(5)).etcd().members()).isEqualTo(5);
        assertThat(payments.nodePools()).hasSize(1);
    }

    @Test
    void replacingKeepsTheOrder() {
        ClusterSpec two = payments.plusNodePool(p -> p.name("spot").instanceTypes("m5.large"));

        ClusterSpec replaced = two.replaceNodePool(
                "general",
                NodePoolSpec.builder().name("web").instanceTypes("c7i.large").build());

        assertThat(replaced.nodePools()).extracting(NodePoolSpec::name).containsExactly("web", "spot");
    }

    @Test
    void copiesKeepTheRules() {
        assertThatThrownBy(() -> payments.withEtcd(e -> e.members(2))).isInstanceOf(InvalidSpecException.class);
        assertThatThrownBy(() -> payments.withoutNodePool("web"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage(
                        "Find node pool web of cluster payments: there is none. Use one of its pools. [pools=general]");
    }

    @Test
    void hostNamesFollowFromTheZone() {
        assertThat(payments.apiHostName()).isEmpty();
        ClusterSpec published = payments.with(b -> b.dns(DnsSpec.publicZone("example.com")));
        assertThat(published.apiHostName()).hasValue("api.payments.example.com");
        assertThat(SampleSpecs.everyProperty().apiHostName()).hasValue("k8s.example.com");
    }

    @Test
    void partsPrintShortly() {
        ClusterSpec spec = SampleSpecs.everyProperty();
        assertThat(spec.access()).hasToString("bastion t4g.nano [203.0.113.0/24] nodePorts=[198.51.100.0/24]");
        assertThat(spec.etcd()).hasToString("5 stacked, io2 100GiB 8000iops kms, events gp3 40GiB 4000iops 500MiB/s");
        assertThat(spec.nodePools().get(0))
                .hasToString("batch 0-50 x m6i.2xlarge|m5.2xlarge spot [eu-west-1b, eu-west-1a]"
                        + " taints=[dedicated=batch:NoExecute, spot:PreferNoSchedule]");
        assertThat(spec.nodePools().get(0).imds()).hasToString("IMDSv1 and v2 hops=2");
        assertThat(spec.cni()).hasToString("custom vxlan pods=10.128.0.0/14 services=10.96.0.0/16");
        assertThat(spec.cni().ports()).hasToString("[udp/8472, tcp/9000-9010, ipip]");
        assertThat(spec.network().extraCidrs()).hasToString("[10.41.0.0/16]");
        assertThat(spec.dns()).hasToString("public example.com");
    }
}
