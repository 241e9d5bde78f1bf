package io.k8saws.dns.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.k8saws.addon.AddonCatalogue;
import io.k8saws.addon.AddonSite;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.DnsSpec;
import io.k8saws.dns.cluster.NodeLocalDns.Proxy;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configuration of CoreDNS and of the cache on nodes, and the cluster's own names. */
class ClusterDnsTest {
    private static ClusterSpec.Builder spec() {
        return ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"));
    }

    private static NodeLocalDns cache(Proxy proxy, CoreDns dns) {
        return new NodeLocalDns(
                dns, "100.64.0.10", "100.64.0.11", NodeLocalDns.LOCAL_ADDRESS, proxy, NodeLocalDns.IMAGE);
    }

    @ParameterizedTest
    @CsvSource({"1,2,1", "2,4,2", "17,68,2", "33,132,3", "10,640,3"})
    void replicas_growWithNodesAndCores(int nodes, int cores, int replicas) {
        assertThat(CoreDns.replicas(nodes, cores)).isEqualTo(replicas);
    }

    @Test
    void corefile_ofTheDefaults() {
        assertThat(CoreDns.defaults().corefile()).isEqualTo("""
                .:53 {
                    errors
                    health {
                        lameduck 10s
                    }
                    ready
                    kubernetes cluster.local in-addr.arpa ip6.arpa {
                        pods insecure
                        fallthrough in-addr.arpa ip6.arpa
                        ttl 30
                    }
                    prometheus :9153
                    forward . /etc/resolv.conf {
                        max_concurrent 1000
                    }
                    cache 30
                    loop
                    reload
                    loadbalance
                }
                """);
    }

    @Test
    void corefile_withUpstreamsStubsAndHosts() {
        CoreDns dns = CoreDns.defaults()
                .withUpstreams("1.1.1.1", "8.8.8.8:10053")
                .putStubDomain("corp.example.com", "10.0.0.2", "10.0.0.3:5353")
                .putHost("registry.example.com", "10.0.0.9");

        assertThat(dns.corefile())
                .contains("    forward . 1.1.1.1 8.8.8.8:10053 {")
                .contains("    hosts {\n        10.0.0.9 registry.example.com\n        fallthrough\n    }")
                .endsWith("corp.example.com:53 {\n    errors\n    cache 30\n    forward . 10.0.0.2 10.0.0.3:5353\n}\n")
                .doesNotContain("resolv.conf");
    }

    @Test
    void badValues_areToldAllAtOnce() {
        assertThatThrownBy(() -> CoreDns.defaults().withUpstreams("one.example.com", "1.1.1.1 {\n evil"))
                .hasMessageContaining("'one.example.com' is not an address")
                .hasMessageContaining("evil");
        assertThatThrownBy(() -> CoreDns.defaults().putStubDomain("-bad", "1.1.1.1"))
                .hasMessageContaining("'-bad'");
        assertThatThrownBy(() -> CoreDns.defaults().putStubDomain("good"))
                .hasMessageContaining("nobody is asked for it");
    }

    @Test
    void cache_withIptables_listensOnTheServicesAddress_too() {
        String corefile = cache(Proxy.IPTABLES, CoreDns.defaults()).corefile();

        assertThat(corefile)
                .startsWith("cluster.local:53 {")
                .contains("bind 169.254.20.10 100.64.0.10\n")
                .contains("    forward . 100.64.0.11 {\n        force_tcp\n    }")
                .contains("    forward . /etc/resolv.conf {\n        force_tcp\n    }")
                .contains("health 169.254.20.10:8080")
                .doesNotContain("PILLAR");
    }

    @Test
    void cache_withoutIptables_listensOnItsOwnAddress() {
        String corefile = cache(
                        Proxy.IPVS,
                        CoreDns.defaults().withUpstreams("1.1.1.1").putStubDomain("corp.example.com", "10.0.0.2"))
                .corefile();

        assertThat(corefile)
                .contains("bind 169.254.20.10\n")
                .contains("    forward . 100.64.0.10 {\n        force_tcp\n    }")
                .contains("    forward . 1.1.1.1\n")
                .contains("corp.example.com:53 {\n    errors\n    cache 30\n")
                .doesNotContain("resolv.conf");
    }

    @ParameterizedTest
    @CsvSource({
        "IPTABLES,,true",
        "IPTABLES,100.64.0.10,true",
        "IPVS,,false",
        "IPVS,100.64.0.10,false",
        "NONE,100.64.0.10,false",
        "NONE,169.254.20.10,true"
    })
    void kubelet_mustAskWhereTheCacheListens(Proxy proxy, @Nullable String configured, boolean allowed) {
        assertThat(cache(proxy, CoreDns.defaults())
                        .checkKubelet(Optional.ofNullable(configured))
                        .isEmpty())
                .isEqualTo(allowed);
    }

    @Test
    void manifests_areAddonsOfACluster() {
        ClusterSpec bare = spec().build();
        NodeLocalDns cache = NodeLocalDns.of(bare, CoreDns.defaults());
        ClusterSpec spec = spec().addons(a -> a.putManifest("node-local-dns", cache.manifest())
                        .putManifest("coredns-config", CoreDns.defaults().manifest()))
                .build();

        assertThat(AddonCatalogue.of(spec, AddonSite.of("api.payments.example.com")))
                .filteredOn(addon -> addon.name().contains("dns"))
                .flatExtracting(
                        addon -> addon.objects().stream().map(Object::toString).toList())
                .contains(
                        "ConfigMap kube-system/coredns",
                        "ConfigMap kube-system/node-local-dns",
                        "DaemonSet kube-system/node-local-dns",
                        "Service kube-system/kube-dns-upstream",
                        "ServiceAccount kube-system/node-local-dns");
    }

    @Test
    void manifest_withoutKubeProxy_hasNoServiceOfItsOwn() {
        NodeLocalDns cache = NodeLocalDns.of(
                spec().cni(c -> c.kind(CniKind.CILIUM).kubeProxy(false)).build(), CoreDns.defaults());
        Object objects = new KubernetesSerialization().unmarshal("---\n" + cache.manifest());

        assertThat(cache.proxy()).isEqualTo(Proxy.NONE);
        assertThat(cache.manifest()).doesNotContain("kube-dns-upstream");
        assertThat((List<?>) objects).hasSize(3);
    }

    @Test
    void etcdMembers_haveNames_andAreFound() {
        ClusterSpec spec = spec().dns(DnsSpec.privateZone("example.internal")).build();

        assertThat(ClusterNames.etcd(spec))
                .extracting(e -> e.type() + " " + e.name() + " " + String.join(", ", e.targets()))
                .hasSize(5)
                .contains(
                        "SRV _etcd-client-ssl._tcp.payments.example.internal 0 0 2379 etcd-1.payments.example.internal, 0 0 2379 etcd-2.payments.example.internal, 0 0 2379 etcd-3.payments.example.internal")
                .anyMatch(line -> line.matches("A etcd-2\\.payments\\.example\\.internal [0-9.]+"));
        assertThat(ClusterNames.etcd(spec().build())).isEmpty();
    }

    @Test
    void theApi_leadsToItsLoadBalancer() {
        ClusterSpec spec = spec().dns(DnsSpec.publicZone("example.com")).build();

        assertThat(ClusterNames.api(spec, "lb.elb.eu-west-1.amazonaws.com")).hasValueSatisfying(api -> {
            assertThat(api.name()).hasToString("api.payments.example.com");
            assertThat(api.cause().text()).isEqualTo("cluster/payments");
        });
    }
}
