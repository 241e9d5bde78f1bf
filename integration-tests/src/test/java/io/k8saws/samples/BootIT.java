package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.progress.ProgressListener;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.HostFootprint;
import io.k8saws.testkit.NodeFleet;
import io.k8saws.testkit.Testbed;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@Tag("machines")
@DisplayName("What an apply makes becomes a cluster, and nothing is done by hand")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BootIT {
    private static final String NAME = "boot";
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration READY = Duration.ofMinutes(8);

    private static HostFootprint before;
    private static AwsEndpoint aws;
    private static NodeFleet fleet;
    private static K8sAws k8s;
    private static Cluster cluster;

    @BeforeAll
    static void apply() {
        before = HostFootprint.look();
        aws = Testbed.moto();
        fleet = Testbed.fleet(aws, Map.of("KubernetesCluster", NAME));
        ClusterSpec spec = MachineCluster.spec(NAME);
        try (K8sAws applying = MachineCluster.library(aws).build()) {
            applying.apply(applying.plan(spec));
        }
        fleet.awaitBoot(9, BOOT);
        k8s = MachineCluster.library(aws)
                .apiProxy(fleet.proxy())
                .progress(ProgressListener.lines(System.out))
                .build();
        cluster = k8s.cluster(NAME);
    }

    @AfterAll
    static void hostIsAsBefore() {
        k8s.close();
        fleet.close();
        aws.close();
        assertThat(before.changes(Duration.ofSeconds(30))).isEmpty();
    }

    @Test
    @Order(1)
    void nineMachinesBecomeACluster() {
        cluster.applyAddons(READY);
        cluster.waitUntilReady(READY);
        try (KubernetesClient client = cluster.kubernetes()) {
            assertThat(client.nodes().list().getItems()).hasSize(6);
        }
        System.out.println(cluster.readiness());
    }
}
