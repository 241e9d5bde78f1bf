package io.k8saws.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.etcd.rescue.Rescue;
import io.k8saws.etcd.rescue.RescueChange;
import io.k8saws.etcd.rescue.RescuePlan;
import io.k8saws.etcd.rescue.RescueRefusedException;
import io.k8saws.etcd.rescue.RescueReport;
import io.k8saws.etcd.rescue.Selection;
import io.k8saws.etcd.snapshot.DiffSummary;
import io.k8saws.etcd.snapshot.KeyDifference;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.Risk;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single objects come back into a live etcd, and the API server serves them; nothing else is touched. */
class RescueIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** More than two transactions hold. */
    private static final int MAPS = 300;

    @TempDir
    Path directory;

    /** Ends a run as a killed program would. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static Etcd connect(EtcdCluster cluster) {
        return Etcd.at(cluster.endpoints().get(0).toString());
    }

    private static void fill(KubernetesClient client, String namespace) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        for (int i = 0; i < MAPS; i++) {
            client.resource(map(namespace, "settings-" + i, "blue-" + i)).create();
        }
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("password")
                        .endMetadata()
                        .addToStringData("password", "hidden-" + namespace)
                        .build())
                .create();
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("front")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(2)
                        .withNewSelector()
                        .addToMatchLabels("app", "front")
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .addToLabels("app", "front")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("c")
                        .withImage("i")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        client.apps().deployments().inNamespace(namespace).withName("front").waitUntilReady(1, TimeUnit.MINUTES);
    }

    private static ConfigMap map(String namespace, String name, String color) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .addToData("color", color)
                .build();
    }

    /** All that stays as it is by itself, outside of a namespace: value and revision. */
    private static Map<String, String> others(Etcd etcd, String namespace) {
        Map<String, String> found = new TreeMap<>();
        try (Stream<StoredKey> keys = etcd.keys("")) {
            keys.filter(key -> key.lease() == 0
                            && key.resource()
                                    .filter(one -> !one.namespace().equals(namespace)
                                            && !one.name().equals(namespace)
                                            && !one.resource().equals("leases")
                                            && !one.resource().equals("minions"))
                                    .isPresent()
                            && !key.keyText().startsWith("/registry/minions/"))
                    .forEach(key -> found.put(
                            key.keyText(),
                            key.modRevision() + " " + Base64.getEncoder().encodeToString(key.value())));
        }
        return found;
    }

    @Test
    void aDeletedNamespaceComesBack(
            @ApiServer(shared = false, controllers = true, kwokNodes = 1) KubernetesApi kubernetes) {
        KubernetesClient client = kubernetes.client();
        EtcdCluster cluster = kubernetes.etcd().orElseThrow();
        try (Etcd etcd = connect(cluster)) {
            fill(client, "shop");
            fill(client, "bank");
            String uid = client.apps()
                    .deployments()
                    .inNamespace("shop")
                    .withName("front")
                    .get()
                    .getMetadata()
                    .getUid();
            Path file = Tool.client("etcdctl", cluster).save(directory.resolve("before.db"));
            client.namespaces().withName("shop").delete();
            client.namespaces().withName("shop").waitUntilCondition(one -> one == null, 2, TimeUnit.MINUTES);

            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                DiffSummary summary =
                        etcd.diff(snapshot, "/registry/configmaps/").summary();
                // each namespace has a ConfigMap of the cluster's authority, too
                assertThat(summary.total()).isEqualTo(new DiffSummary.Counts(0, MAPS + 1, 0));

                Map<String, String> before = others(etcd, "shop");
                Rescue rescue = Rescue.of(Selection.ofNamespace("shop"), snapshot, etcd);
                RescuePlan plan = rescue.plan();
                assertThat(plan.risk()).as(plan.toString()).isEqualTo(Risk.SAFE);
                assertThat(plan.refused()).isEmpty();
                assertThat(plan.changes()).hasSizeGreaterThan(MAPS + 5);
                assertThat(plan.changes().get(0).key()).isEqualTo("/registry/namespaces/shop");
                assertThat(plan.leftOut()).allMatch(one -> one.key().startsWith("/registry/events/"));
                assertThat(plan.toString())
                        .contains("configmaps shop/settings-100", "Pods say")
                        .doesNotContain("hidden");
                assertThat(rescue.plan().changes()).isEqualTo(plan.changes());

                // the program dies after the first transaction
                int[] transactions = new int[1];
                assertThatThrownBy(() -> rescue.withProgress(event -> {
                                    if (event instanceof ProgressEvent.StageAdvanced && ++transactions[0] == 1) {
                                        throw new Killed();
                                    }
                                })
                                .apply(plan, LIMIT))
                        .isInstanceOf(Killed.class);
                assertThat(rescue.plan().changes())
                        .hasSizeBetween(1, plan.changes().size() - 1);

                RescueReport report = rescue.apply(plan, LIMIT);
                // the Deployment's controller may have written its object since the first transaction
                assertThat(report.with(Outcome.SKIPPED)).isEmpty();
                assertThat(report.with(Outcome.UNKNOWN)).isEmpty();
                assertThat(report.with(Outcome.FAILED))
                        .as(report.toString())
                        .allMatch(
                                one -> one.change()
                                        .key()
                                        .matches(
                                                "/registry/(deployments|replicasets|pods|endpoints|services|endpointslices|namespaces|serviceaccounts|configmaps/shop/kube-root).*"));
                assertThat(others(etcd, "shop")).isEqualTo(before);
            }
            assertThat(client.configMaps().inNamespace("shop").list().getItems())
                    .hasSize(MAPS + 1);
            assertThat(client.configMaps()
                            .inNamespace("shop")
                            .withName("settings-7")
                            .get()
                            .getData())
                    .containsEntry("color", "blue-7");
            assertThat(new String(
                            Base64.getDecoder()
                                    .decode(client.secrets()
                                            .inNamespace("shop")
                                            .withName("password")
                                            .get()
                                            .getData()
                                            .get("password")),
                            UTF_8))
                    .isEqualTo("hidden-shop");
            client.apps().deployments().inNamespace("shop").withName("front").waitUntilReady(1, TimeUnit.MINUTES);
            assertThat(client.apps()
                            .deployments()
                            .inNamespace("shop")
                            .withName("front")
                            .get()
                            .getMetadata()
                            .getUid())
                    .isEqualTo(uid);
            // it lives: a change goes on to its pods
            client.apps().deployments().inNamespace("shop").withName("front").scale(3);
            client.pods()
                    .inNamespace("shop")
                    .withLabel("app", "front")
                    .waitUntilCondition(pod -> pod != null, 1, TimeUnit.MINUTES);
            EtcdMetrics.await(
                    "three pods",
                    () -> client.pods().inNamespace("shop").list().getItems().size() == 3);
        }
    }

    @Test
    void keysThatChangedSinceThePlanAreRefusedAndNoOthers() {
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = connect(cluster)) {
            put(etcd, "/app/gone", "1");
            put(etcd, "/app/changed", "1");
            put(etcd, "/app/same", "1");
            put(etcd, "/other", "1");
            long lease = etcd.grantLease(Duration.ofHours(1));
            etcd.putIfUnchanged("/app/leased", 0, new byte[1], lease);
            Path file = Tool.client("etcdctl", cluster).save(directory.resolve("app.db"));
            delete(etcd, "/app/gone");
            put(etcd, "/app/changed", "2");
            put(etcd, "/app/came", "1");
            put(etcd, "/other", "2");

            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                Rescue rescue = Rescue.of(Selection.ofPrefix("/app/"), snapshot, etcd);
                assertThat(rescue.plan().changes())
                        .extracting(RescueChange::action, RescueChange::key)
                        .containsExactly(tuple(Action.REPLACE, "/app/changed"), tuple(Action.CREATE, "/app/gone"));
                Rescue whole = rescue.deletingWhatCameSince();
                RescuePlan plan = whole.plan();
                assertThat(plan.with(Action.DELETE))
                        .extracting(RescueChange::key)
                        .containsExactly("/app/came");
                assertThat(plan.risk()).isEqualTo(Risk.DATA_LOSS);
                assertThat(plan.unchanged()).isEqualTo(1);
                assertThat(plan.leftOut()).singleElement().satisfies(one -> {
                    assertThat(one.key()).isEqualTo("/app/leased");
                    assertThat(one.refused()).isFalse();
                });

                put(etcd, "/app/changed", "3");
                long changed = etcd.revision();
                RescueReport report = whole.apply(plan, LIMIT);
                assertThat(report.with(Outcome.FAILED)).singleElement().satisfies(one -> {
                    assertThat(one.change().key()).isEqualTo("/app/changed");
                    assertThat(one.error().orElseThrow())
                            .contains("it was changed, at revision " + changed, "Plan again");
                });
                assertThat(report.with(Outcome.DONE)).hasSize(2);
                assertThat(value(etcd, "/app/changed")).isEqualTo("3");
                assertThat(value(etcd, "/app/gone")).isEqualTo("1");
                assertThat(etcd.key("/app/came")).isEmpty();
                assertThat(value(etcd, "/other")).isEqualTo("2");

                RescuePlan again = whole.plan();
                assertThat(again.changes()).singleElement().satisfies(one -> assertThat(one.key())
                        .isEqualTo("/app/changed"));
                assertThat(whole.apply(again, LIMIT).complete()).isTrue();
                assertThat(whole.apply(again, LIMIT).complete()).as("again").isTrue();
                assertThat(whole.plan().isEmpty()).isTrue();
                assertThatThrownBy(() -> rescue.atRevision(2).apply(plan, LIMIT))
                        .isInstanceOf(K8sAwsException.class)
                        .hasMessageContaining("it is of revision");
                RescueReport earlier =
                        rescue.atRevision(2).apply(rescue.atRevision(2).plan(), LIMIT);
                assertThat(earlier.results()).isEmpty();
                assertThatThrownBy(() -> rescue.atRevision(1).plan())
                        .isInstanceOf(RescueRefusedException.class)
                        .hasMessageContaining("no key that begins with /app/");
                // what came since may be all that there is of a name
                put(etcd, "/later/a", "1");
                Rescue later = Rescue.of(Selection.ofPrefix("/later/"), snapshot, etcd);
                assertThatThrownBy(later::plan).isInstanceOf(RescueRefusedException.class);
                RescuePlan gone = later.deletingWhatCameSince().plan();
                assertThat(gone.with(Action.DELETE))
                        .extracting(RescueChange::key)
                        .containsExactly("/later/a");
                assertThat(gone.toString()).contains("note: the snapshot has no key that begins with /later/");
                assertThat(later.deletingWhatCameSince().apply(gone, LIMIT).complete())
                        .isTrue();

                try (Stream<KeyDifference> differences = etcd.diff(snapshot, "").differences()) {
                    assertThat(differences.map(
                                    one -> one.kind().sign() + one.newest().keyText()))
                            .containsExactly("~/other");
                }
            }
        }
    }

    /** A value that API servers may not be able to read would make each list of its kind fail. */
    @Test
    void encryptedValuesAreTakenOnlyByTheLiveKey() {
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = connect(cluster)) {
            put(etcd, "/registry/namespaces/shop", "x");
            put(etcd, "/registry/secrets/shop/old", "k8s:enc:aescbc:v1:key1:abc");
            put(etcd, "/registry/secrets/shop/new", "k8s:enc:aescbc:v1:key2:abc");
            put(etcd, "/registry/secrets/shop/plain", "p");
            Path file = Tool.client("etcdctl", cluster).save(directory.resolve("secrets.db"));
            for (String name : List.of("old", "new", "plain")) {
                delete(etcd, "/registry/secrets/shop/" + name);
            }
            put(etcd, "/registry/secrets/bank/a", "k8s:enc:aescbc:v1:key2:def");

            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                Rescue rescue = Rescue.of(Selection.ofType("secrets"), snapshot, etcd);
                RescuePlan plan = rescue.plan();
                assertThat(plan.changes()).extracting(RescueChange::key).containsExactly("/registry/secrets/shop/new");
                assertThat(plan.refused())
                        .extracting(RescuePlan.LeftOut::key)
                        .containsExactlyInAnyOrder("/registry/secrets/shop/old", "/registry/secrets/shop/plain");
                assertThat(plan.toString())
                        .contains(
                                "it is encrypted by aescbc, key key1, by which no live value of its kind is encrypted",
                                "so API servers may not read it",
                                "the keys themselves were not compared");
                assertThat(rescue.trustingKey("aescbc", "key1").plan().changes())
                        .hasSize(2);

                delete(etcd, "/registry/namespaces/shop");
                assertThat(rescue.plan().refused())
                        .anyMatch(one -> one.reason().contains("namespace shop is not there"))
                        .hasSize(3);
                assertThat(ResourceKey.of("/registry/secrets/shop/old".getBytes(UTF_8)))
                        .isPresent();
            }
        }
    }

    /** A key that the plan saw nowhere would be created wherever the plan is applied. */
    @Test
    void aPlanIsForOneEtcdAndOneSnapshot() throws IOException {
        try (EtcdCluster first = Testbed.etcd(1);
                EtcdCluster second = Testbed.etcd(1);
                Etcd staging = connect(first);
                Etcd production = connect(second)) {
            put(staging, "/app/gone", "1");
            Path file = Tool.client("etcdctl", first).save(directory.resolve("snapshot.db"));
            put(staging, "/app/gone", "2");
            Path later = Tool.client("etcdctl", first)
                    .save(Files.createDirectory(directory.resolve("later")).resolve("snapshot.db"));
            delete(staging, "/app/gone");
            Selection selection = Selection.ofPrefix("/app/");
            try (SnapshotFile snapshot = SnapshotFile.open(file);
                    SnapshotFile other = SnapshotFile.open(later)) {
                RescuePlan plan = Rescue.of(selection, snapshot, staging).plan();
                assertThat(plan.toString()).contains("into etcd " + staging.clusterId() + ": 1 create");
                assertThat(staging.clusterId()).isEqualTo(staging.health().clusterId());

                assertThatThrownBy(
                                () -> Rescue.of(selection, snapshot, production).apply(plan, LIMIT))
                        .isInstanceOf(K8sAwsException.class)
                        .hasMessageContaining("it is for etcd cluster " + staging.clusterId() + ", and this is "
                                + production.clusterId());
                assertThatThrownBy(() -> Rescue.of(selection, other, staging)
                                .atRevision(plan.source())
                                .apply(plan, LIMIT))
                        .isInstanceOf(K8sAwsException.class)
                        .hasMessageContaining("it is of snapshot " + snapshot.fingerprint());
                assertThat(production.key("/app/gone")).isEmpty();
                assertThat(staging.key("/app/gone")).isEmpty();
                assertThat(Rescue.of(selection, snapshot, staging)
                                .apply(plan, LIMIT)
                                .complete())
                        .isTrue();
            }
        }
    }

    private static void put(Etcd etcd, String key, String value) {
        long seen = etcd.key(key).map(StoredKey::modRevision).orElse(0L);
        assertThat(etcd.putIfUnchanged(key, seen, value.getBytes(UTF_8), 0)).isPresent();
    }

    private static void delete(Etcd etcd, String key) {
        long seen = etcd.key(key).orElseThrow().modRevision();
        assertThat(etcd.writeIfUnchanged(List.of(KeyWrite.delete(key, seen))).written())
                .isTrue();
    }

    private static String value(Etcd etcd, String key) {
        return new String(etcd.key(key).orElseThrow().value(), UTF_8);
    }
}
