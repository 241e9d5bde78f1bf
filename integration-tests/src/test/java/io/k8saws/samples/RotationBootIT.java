package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.pki.Rotation;
import io.k8saws.pki.RotationPhase;
import io.k8saws.progress.ProgressListener;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.HostFootprint;
import io.k8saws.testkit.NodeFleet;
import io.k8saws.testkit.Testbed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("machines")
@Tag("rotation") // some ten minutes: see docs/testing.md
@DisplayName("All keys of a cluster that works are exchanged, and no request fails")
class RotationBootIT {
    private static final String NAME = "turn";
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Duration READY = Duration.ofMinutes(10);
    private static final Duration ROTATION = Duration.ofMinutes(60);

    /** A rotation rolls all machines three times, those of etcd among them, and each roll may meet a change of the leader once. */
    private static final int ROLLS_OF_ETCD = 3;

    private static HostFootprint before;
    private static AwsEndpoint emulator;
    private static AwsEndpoint aws; // with the owner's keys: every machine has the rights of its role alone
    private static NodeFleet fleet;
    private static K8sAws k8s;

    @BeforeAll
    static void apply() {
        before = HostFootprint.look();
        emulator = Testbed.moto();
        aws = emulator.enforcingIam();
        fleet = Testbed.fleet(aws, Map.of("KubernetesCluster", NAME));
        try (K8sAws applying = MachineCluster.library(aws).build()) {
            applying.apply(applying.plan(MachineCluster.spec(NAME)));
        }
        fleet.awaitBoot(9, BOOT);
        k8s = MachineCluster.library(aws)
                .apiProxy(fleet.proxy())
                .progress(ProgressListener.lines(System.out))
                .build();
        Cluster cluster = k8s.cluster(NAME);
        cluster.applyAddons(READY);
        cluster.waitUntilReady(READY);
    }

    @AfterAll
    static void hostIsAsBefore() throws Exception {
        try {
            Closing.all(k8s, fleet, emulator);
        } finally {
            assertThat(before.changes(Duration.ofSeconds(30))).isEmpty();
        }
    }

    @Test
    void allKeysAreRotatedToTheEnd_underLoad() {
        Cluster cluster = k8s.cluster(NAME);
        try (KubernetesClient client = cluster.kubernetes()) {
            client.resource(WEB).create();
            client.resource(BUDGET).create();
            client.resource(WEB).waitUntilReady(READY.toSeconds(), TimeUnit.SECONDS);
        }
        long started = System.nanoTime();
        try (ApiLoad load = ApiLoad.start(credentials(cluster))) {
            List<Rotation> done = cluster.rotate(
                    cluster.keys(), Optional.of(Duration.ZERO), roll -> roll.maxUnavailable(2), ROTATION);

            System.out.println(done + "\n" + load.turns() + " turns in "
                    + Duration.ofNanos(System.nanoTime() - started).toSeconds() + " s");
            assertThat(done).hasSize(5).allMatch(rotation -> rotation.phase() == RotationPhase.DONE);
            assertThat(load.turns()).isGreaterThan(100);
            // etcd's machines are rolled, too: whoever asks in the milliseconds in which its leader changes is told so
            assertThat(load.failures())
                    .hasSizeLessThanOrEqualTo(ROLLS_OF_ETCD)
                    .allMatch(failure -> failure.contains("etcdserver: leader changed")
                            || failure.contains("etcdserver: request timed out"));
        }
        cluster.waitUntilReady(READY);
        assertThat(k8s.plan(MachineCluster.spec(NAME)).changes()).isEmpty();
        coreDnsFollowsTheApiWithItsToken(cluster);
    }

    /** New ones every few seconds, as somebody has who asks for a kubeconfig when he needs one. */
    private static Supplier<Config> credentials(Cluster cluster) {
        return new Supplier<>() {
            private Config config = ask();
            private long asked = System.nanoTime();

            @Override
            public synchronized Config get() {
                if (System.nanoTime() - asked > TimeUnit.SECONDS.toNanos(5)) {
                    config = ask();
                    asked = System.nanoTime();
                }
                return config;
            }

            private Config ask() {
                try (KubernetesClient client = cluster.kubernetes()) {
                    return client.getConfiguration();
                }
            }
        };
    }

    /** CoreDNS watches Services with the token that is mounted in its pod: it knows one that is made now. */
    private static void coreDnsFollowsTheApiWithItsToken(Cluster cluster) {
        try (KubernetesClient client = cluster.kubernetes()) {
            String address = client.resource(new ServiceBuilder()
                            .withNewMetadata()
                            .withName("fresh")
                            .withNamespace("default")
                            .endMetadata()
                            .withNewSpec()
                            .addToSelector("app", "web")
                            .addNewPort()
                            .withPort(80)
                            .endPort()
                            .endSpec()
                            .build())
                    .create()
                    .getSpec()
                    .getClusterIP();
            Pod look = client.resource(LOOK).create();
            client.resource(look)
                    .waitUntilCondition(
                            pod -> pod != null
                                    && Set.of("Succeeded", "Failed")
                                            .contains(pod.getStatus().getPhase()),
                            READY.toSeconds(),
                            TimeUnit.SECONDS);
            assertThat(client.pods().resource(look).getLog().strip()).isEqualTo(address);
        }
    }

    private static final Deployment WEB = new DeploymentBuilder()
            .withNewMetadata()
            .withName("web")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withReplicas(2)
            .withNewSelector()
            .addToMatchLabels("app", "web")
            .endSelector()
            .withNewTemplate()
            .withNewMetadata()
            .addToLabels("app", "web")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("web")
            .withImage("registry.k8s.io/testbed/web:1")
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();

    private static final PodDisruptionBudget BUDGET = new PodDisruptionBudgetBuilder()
            .withNewMetadata()
            .withName("web")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withMinAvailable(new IntOrString(1))
            .withNewSelector()
            .addToMatchLabels("app", "web")
            .endSelector()
            .endSpec()
            .build();

    private static final Pod LOOK = new PodBuilder()
            .withNewMetadata()
            .withName("look")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withRestartPolicy("Never")
            .addNewContainer()
            .withName("look")
            .withImage("registry.k8s.io/testbed/web:1")
            .withCommand("web", "look", "fresh.default.svc.cluster.local")
            .endContainer()
            .endSpec()
            .build();
}
