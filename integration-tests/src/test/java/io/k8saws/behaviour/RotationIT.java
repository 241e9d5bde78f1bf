package io.k8saws.behaviour;

import static io.k8saws.pki.ClusterKey.AUTHORITY_ETCD;
import static io.k8saws.pki.ClusterKey.AUTHORITY_KUBERNETES;
import static io.k8saws.pki.ClusterKey.SECRETS_ENCRYPTION;
import static io.k8saws.pki.ClusterKey.SERVICE_ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.kubeconfig.PemSource;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.Rotation;
import io.k8saws.pki.RotationBlockedException;
import io.k8saws.pki.RotationPhase;
import io.k8saws.plan.Action;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.AwsCall;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import io.k8saws.testkit.fault.RunKilledError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

@DisplayName("The keys of a cluster are rotated by plans, and machines that have not followed hold them up")
class RotationIT {
    private static final String REGION = "eu-west-1";
    private static final String NAME = "turning";
    private static final String[] PARTS = {"etcd-1", "etcd-2", "etcd-3", "control-plane", "pool-general"};
    private static final Set<ClusterKey> KEYS = Set.of(AUTHORITY_KUBERNETES, AUTHORITY_ETCD, SERVICE_ACCOUNTS);

    private AwsEndpoint aws;
    private K8sAws k8s;
    private PlayedMachines machines;

    @BeforeEach
    void open(@AwsEmulator(shared = false) AwsEndpoint endpoint) {
        aws = endpoint;
        k8s = K8sAws.connect(aws.access(REGION));
        machines = new PlayedMachines(aws, REGION, NAME);
    }

    @AfterEach
    void close() {
        machines.close();
        k8s.close();
    }

    private static ClusterSpec spec(SecretsEncryption encryption) {
        return ClusterSpec.builder()
                .name(NAME)
                .region(REGION)
                .network(n -> n.zones(REGION + "a", REGION + "b", REGION + "c"))
                .addNodePool(p -> p.name("general").instanceTypes("m6i.large").size(1))
                .kubernetes(k -> k.secretsEncryption(encryption))
                .build();
    }

    private Cluster cluster() {
        return k8s.cluster(NAME);
    }

    private Plan next() {
        return cluster().planRotation(KEYS, Duration.ZERO);
    }

    private List<RotationPhase> phases() {
        return cluster().rotations().stream().map(Rotation::phase).distinct().toList();
    }

    private int authoritiesInKubeconfig() {
        PemSource.Inline trusted = (PemSource.Inline) cluster()
                .kubeconfig()
                .cluster(NAME)
                .orElseThrow()
                .certificateAuthority()
                .orElseThrow();
        return new String(trusted.bytes(), StandardCharsets.UTF_8).split("BEGIN CERTIFICATE").length - 1;
    }

    @Test
    void threeKeysAreRotatedToTheEnd_withAProgramThatDiesInEachPhase() {
        k8s.apply(k8s.plan(spec(SecretsEncryption.SECRETBOX)));
        machines.boot(PARTS);
        List<String> seen = new ArrayList<>();
        List<Boolean> died = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            Plan plan = next();
            assertThat(Plan.fromJson(plan.toJson())).isEqualTo(plan);
            assertThat(dieWhileApplying(plan, call -> call.key().equals("state/current.json")))
                    .isTrue();
            assertThat(cluster().state().keys()).as("saved first").isEqualTo(plan.keys());
            assertThat(next().keys()).as("goes on, and no further").isEqualTo(plan.keys());
            died.add(dieWhileApplying(next(), call -> call.key().startsWith("nodes/pki/")));
            k8s.apply(k8s.plan(spec(SecretsEncryption.SECRETBOX)));
            assertThat(k8s.plan(spec(SecretsEncryption.SECRETBOX)).changes()).isEmpty();
            machines.boot(PARTS);
            seen.add(phases() + " " + authoritiesInKubeconfig());
        }

        assertThat(seen)
                .containsExactly("[TRUST_BOTH] 2", "[SIGN_WITH_NEW] 2", "[REISSUE] 2", "[DROP_OLD] 1", "[DONE] 1");
        assertThat(machines.keyObjects())
                .containsExactly(
                        "authority-etcd-2",
                        "authority-front-proxy-1",
                        "authority-kubernetes-2",
                        "secrets-encryption-1",
                        "service-accounts-2");
        assertThat(died).as("deaths in phases that write secrets").containsExactly(true, true, false, true, false);
        k8s.apply(k8s.planDestroy(NAME));
        assertThat(k8s.find(NAME)).isEmpty();
    }

    /** Whether the program died: the first write of what is named is served, and then the program is no more; in a phase that writes none of it, the program comes to its end. */
    private boolean dieWhileApplying(Plan plan, Predicate<AwsCall> when) {
        FaultyHttpClient http = FaultyHttpClient.wrap(
                UrlConnectionHttpClient.create(),
                Faults.none()
                        .when(
                                call -> call.name().equals("s3:PutObject") && when.test(call),
                                faults -> faults.and(Faults.none().killAfter(1))));
        AwsAccess access = AwsAccess.builder()
                .region(REGION)
                .endpoint(aws.uri())
                .credentials(aws.credentials())
                .httpClient(http)
                .build();
        boolean died = false;
        try (K8sAws dying = K8sAws.connect(access)) {
            dying.apply(plan);
        } catch (RunKilledError dead) {
            died = true;
        }
        assertThat(http.killed()).as("the fault came").isEqualTo(died);
        k8s.breakLock(NAME);
        return died;
    }

    /** A rotation plans the cluster as it was wanted last, which would make again what a destroy has taken. */
    @Test
    void aDestroyThatWasCutOff_isNotTurnedBackByARotation() {
        k8s.apply(k8s.plan(spec(SecretsEncryption.SECRETBOX)));
        Cluster before = cluster();
        assertThat(dieWhileApplying(k8s.planDestroy(NAME), call -> call.key().equals("state/current.json")))
                .isTrue();

        for (Cluster found : List.of(before, cluster())) {
            assertThatThrownBy(() -> found.planRotation(AUTHORITY_ETCD))
                    .hasMessageContaining("the last apply was to destroy it");
        }
        assertThatThrownBy(() -> cluster().rotate(KEYS, Duration.ofMinutes(1)))
                .hasMessageContaining("Go on destroying it");
    }

    @Test
    void aChangeOfSomebodyElse_isNotPlannedAwayByARotation() {
        k8s.apply(k8s.plan(spec(SecretsEncryption.SECRETBOX)));
        Cluster before = cluster();
        k8s.apply(k8s.plan(before.spec().with(b -> b.putTag("team", "other"))));

        assertThatThrownBy(() -> before.planRotation(AUTHORITY_ETCD))
                .hasMessageContaining("somebody has changed its spec");
    }

    @Test
    void whereWindowsWorkersAre_theAuthorityOfKubernetesIsNotRotated() {
        k8s.apply(k8s.plan(spec(SecretsEncryption.SECRETBOX)
                .with(b -> b.cni(c -> c.kind(CniKind.FLANNEL)).addNodePool(p -> p.name("legacy")
                        .os(OperatingSystem.WINDOWS)
                        .image("ami-0123456789abcdef0")
                        .instanceTypes("m6i.large")
                        .size(0)))));

        assertThatThrownBy(() -> cluster().planRotation(AUTHORITY_KUBERNETES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Windows workers do not tell which authorities they know");
        assertThat(cluster().planRotation(AUTHORITY_ETCD).isEmpty()).isFalse();
    }

    @Test
    void machinesThatHaveNotFollowedAreNamed_andAreThoseThatTheFilesAreFor() {
        k8s.apply(k8s.plan(spec(SecretsEncryption.SECRETBOX)));
        machines.boot(PARTS);
        k8s.apply(cluster().planRotation(AUTHORITY_ETCD));

        assertThatThrownBy(() -> cluster().planRotation(AUTHORITY_ETCD))
                .isInstanceOf(RotationBlockedException.class)
                .hasMessageContaining("does not trust authority-etcd-2");
        machines.boot("etcd-1", "etcd-2", "control-plane");
        assertThatThrownBy(() -> cluster().planRotation(AUTHORITY_ETCD))
                .isInstanceOfSatisfying(RotationBlockedException.class, blocked -> assertThat(blocked.blockers())
                        .containsExactly("authority-etcd: etcd-3 "
                                + machines.all("etcd-3").get(0) + " does not trust authority-etcd-2"));
        machines.leaveOnItsWay("etcd-3");
        assertThatThrownBy(() -> cluster().planRotation(AUTHORITY_ETCD))
                .hasMessageContaining("has not told what it has loaded");
        machines.boot("etcd-3");
        assertThat(cluster().planRotation(AUTHORITY_ETCD).changes())
                .as("workers have nothing to do with etcd's authority")
                .noneMatch(change -> change.resource().toString().contains("general"));
    }

    @Test
    void aRotationIsTurnedBack_andTheNewKeyIsDestroyed() {
        k8s.apply(k8s.plan(spec(SecretsEncryption.SECRETBOX)));
        machines.boot(PARTS);
        k8s.apply(next());
        machines.boot(PARTS);
        k8s.apply(next());
        machines.boot(PARTS);
        assertThat(phases()).containsExactly(RotationPhase.SIGN_WITH_NEW);

        k8s.apply(cluster().planRollBack(KEYS));
        for (int i = 0; i < 3; i++) {
            machines.boot(PARTS);
            k8s.apply(next());
        }

        assertThat(phases()).containsExactly(RotationPhase.DONE);
        assertThat(machines.keyObjects())
                .contains("authority-etcd-1", "authority-kubernetes-1", "service-accounts-1")
                .noneMatch(name -> name.endsWith("-2"));
    }

    @Test
    void secretsThatWereNotEncrypted_areFirstReadableByAll_beforeOneIsWritten() {
        k8s.apply(k8s.plan(spec(SecretsEncryption.NONE)));
        machines.boot(PARTS);

        Plan plan = k8s.plan(spec(SecretsEncryption.SECRETBOX));
        assertThat(plan.toString()).contains("Rotation plain -> secrets-encryption-1: TRUST_BOTH");
        assertThat(plan.change(new ResourceAddress("key", "secrets-encryption-1"))
                        .orElseThrow()
                        .action())
                .isEqualTo(Action.CREATE);
        k8s.apply(plan);
        assertThat(k8s.plan(spec(SecretsEncryption.SECRETBOX)).changes()).isEmpty();
        assertThatThrownBy(() -> cluster().planRotation(SECRETS_ENCRYPTION))
                .hasMessageContaining("does not trust secrets-encryption-1");
        machines.boot(PARTS);
        k8s.apply(cluster().planRotation(SECRETS_ENCRYPTION));
        assertThat(phases()).containsExactly(RotationPhase.SIGN_WITH_NEW);
        machines.boot(PARTS);
        k8s.apply(cluster().planRotation(SECRETS_ENCRYPTION));
        assertThatThrownBy(() -> cluster().planRotation(SECRETS_ENCRYPTION))
                .as("in etcd lies what is not encrypted")
                .hasMessageContaining("write all Secrets back");
    }
}
