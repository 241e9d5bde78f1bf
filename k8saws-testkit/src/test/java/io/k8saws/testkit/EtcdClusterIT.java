package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A started etcd cluster is real, and its members can die and come back")
class EtcdClusterIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void members_dieAndComeBack_withTheirData(@EtcdServers(members = 3, shared = false) EtcdCluster etcd) {
        etcd.etcdctl("put", "color", "blue");
        etcd.kill(0);

        assertThat(etcd.isRunning(0)).isFalse();
        assertThat(etcd.dataDirectory(0).resolve("member")).isDirectory();
        etcd.waitUntilHealthy(LIMIT);
        assertThat(etcd.etcdctl("get", "color", "--print-value-only")).isEqualTo("blue");

        etcd.kill(1);
        assertThatThrownBy(() -> etcd.etcdctl("put", "color", "red", "--command-timeout=1s"))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("Run etcdctl");

        etcd.restart(1);
        etcd.restart(0);
        etcd.waitUntilHealthy(LIMIT);
        etcd.etcdctl("put", "color", "red");
        assertThat(etcd.etcdctl("endpoint", "health").lines()).hasSize(3).allMatch(line -> line.contains("is healthy"));
    }

    @Test
    void frozenMember_doesNotAnswer_untilItIsThawed(@EtcdServers(members = 1, shared = false) EtcdCluster etcd) {
        etcd.freeze(0);
        assertThatThrownBy(() -> etcd.etcdctl("get", "a", "--command-timeout=500ms"))
                .isInstanceOf(TestbedException.class);
        assertThat(etcd.isRunning(0)).isTrue();

        etcd.thaw(0);
        assertThat(etcd.etcdctl("get", "a")).isEmpty();
    }

    @Test
    void tls_isSpoken_andAsksForAClientCertificate(@EtcdServers(members = 3, tls = true) EtcdCluster etcd) {
        assertThat(etcd.endpoints()).hasSize(3).allMatch(uri -> uri.getScheme().equals("https"));
        etcd.etcdctl("put", "a", "1");
        assertThat(etcd.etcdctl("get", "a", "--print-value-only")).isEqualTo("1");

        String authority = etcd.tls().orElseThrow().authority().toString();
        assertThatThrownBy(() -> Output.of(
                        "etcdctl",
                        java.util.List.of(
                                Testbed.program("etcdctl").toString(),
                                "--endpoints=" + etcd.endpoints().get(0),
                                "--cacert=" + authority,
                                "--command-timeout=2s",
                                "get",
                                "a"),
                        LIMIT))
                .isInstanceOf(TestbedException.class);
    }

    @Test
    void close_endsAllMembers_andDeletesTheirData() {
        EtcdCluster etcd = Testbed.etcd(1);
        var data = etcd.dataDirectory(0);
        etcd.close();

        assertThat(etcd.isRunning(0)).isFalse();
        assertThat(data).doesNotExist();
        assertThatThrownBy(() -> etcd.kill(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void givenCluster_isUsedAsItIs(@EtcdServers(members = 1) EtcdCluster running) {
        Surroundings given = new Surroundings(
                Map.of(Surroundings.ETCD_ENDPOINTS, running.endpoints().get(0).toString()));
        try (EtcdCluster etcd = EtcdCluster.start(1, false, given)) {
            assertThat(etcd.endpoints()).isEqualTo(running.endpoints());
            assertThat(etcd.etcdctl("get", "nothing")).isEmpty();
            assertThatThrownBy(() -> etcd.kill(0))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("K8SAWS_ETCD_ENDPOINTS");
        }
        assertThat(running.isRunning(0)).isTrue();
        assertThatThrownBy(() -> EtcdCluster.start(3, false, given))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("3 members without TLS");
    }
}
