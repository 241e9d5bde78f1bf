package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.addon.AddonReport;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.TaintEffect;
import io.k8saws.cluster.VolumeSpec;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.EtcdBuilder;
import io.k8saws.etcd.MemberReplacement;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberReport;
import io.k8saws.etcd.member.MemberStep;
import io.k8saws.etcd.member.MemberStep.Kind;
import io.k8saws.kubeconfig.Kubeconfig;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.WellKnownPorts;
import io.k8saws.operate.ClusterReadiness;
import io.k8saws.operate.MachineReadiness;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import io.k8saws.operate.RollReport;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.HostFootprint;
import io.k8saws.testkit.NodeFleet;
import io.k8saws.testkit.NodeMachine;
import io.k8saws.testkit.NodeMachines;
import io.k8saws.testkit.Testbed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

@Tag("machines")
@DisplayName("What an apply makes becomes a cluster, and nothing is done by hand")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BootIT {
    private static final String NAME = "boot";
    private static final String TAINT = "example.com/only";
    private static final Map<String, String> WORKERS = Map.of("k8saws.io/node-pool", "general");
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration READY = Duration.ofMinutes(8);
    private static final Duration ROLL = Duration.ofMinutes(30);

    private static HostFootprint before;
    private static AwsEndpoint emulator;
    private static AwsEndpoint aws; // with the owner's keys: every machine has the rights of its role alone
    private static NodeFleet fleet;
    private static K8sAws k8s;
    private static Cluster cluster;

    private static final ProgressListener printed = ProgressListener.lines(System.out);

    /** What the listener was told to be ready. */
    private static final Set<String> ready = ConcurrentHashMap.newKeySet();

    /** Of somebody who has asked for a kubeconfig once, in the beginning. */
    private static KubernetesClient kept;

    @BeforeAll
    static void apply() {
        before = HostFootprint.look();
        emulator = Testbed.moto();
        aws = emulator.enforcingIam();
        fleet = Testbed.fleet(aws, Map.of("KubernetesCluster", NAME));
        ClusterSpec spec = spec();
        try (K8sAws applying = MachineCluster.library(aws).build()) {
            applying.apply(applying.plan(spec));
        }
        fleet.awaitBoot(9, BOOT);
        k8s = MachineCluster.library(aws)
                .apiProxy(fleet.proxy())
                .progress(event -> {
                    printed.onEvent(event);
                    if (event instanceof ProgressEvent.ComponentChanged component && component.ready()) {
                        ready.add(component.component());
                    }
                })
                .build();
        cluster = k8s.cluster(NAME);
    }

    private static ClusterSpec spec() {
        return MachineCluster.spec(NAME)
                .withNodePool("general", pool -> pool.addTaint(TAINT, "web", TaintEffect.NO_SCHEDULE));
    }

    @AfterAll
    static void hostIsAsBefore() throws Exception {
        try {
            Closing.all(kept, k8s, fleet, emulator);
        } finally {
            assertThat(before.changes(Duration.ofSeconds(30))).isEmpty();
        }
    }

    @Test
    @Order(0)
    void nineMachinesBecomeACluster_andASecondPlanIsEmpty() {
        AddonReport addons = cluster.applyAddons(READY);
        ClusterReadiness seen = cluster.waitUntilReady(READY);

        assertThat(seen.machines()).hasSize(9).allMatch(MachineReadiness::ready);
        assertThat(seen.machines()).as("told while it waited: %s", ready).allMatch(machine -> ready.stream()
                .anyMatch(told -> told.contains(machine.instance())));
        assertThat(ready).anyMatch(told -> told.contains("API"));
        assertThat(addons.toString()).contains("flannel", "aws-cloud-controller-manager");
        assertThat(cluster.nodes()).hasSize(9).allMatch(node -> node.state() == NodeStatus.State.DONE);
        assertThat(k8s.plan(spec()).changes()).isEmpty();
        kept = kubectl(cluster.kubeconfig(Duration.ofHours(8))); // longer than all that follows
        assertThat(kept.nodes().list().getItems()).hasSize(6);
        try (KubernetesClient client = cluster.kubernetes()) {
            assertThat(client.getMasterUrl().getHost())
                    .as("the load balancer's name")
                    .endsWith(".amazonaws.com");
            assertThat(client.nodes().list().getItems()).hasSize(6).allSatisfy(node -> {
                assertThat(node.getSpec().getProviderID()).startsWith("aws:///us-east-1");
                assertThat(node.getMetadata().getLabels())
                        .containsKey("topology.kubernetes.io/zone"); // from the cloud controller manager
                assertThat(node.getSpec().getTaints())
                        .extracting(Taint::getKey)
                        .doesNotContain("node.cloudprovider.kubernetes.io/uninitialized");
            });
        }
    }

    /** Whoever has a kubeconfig, as others use it: unlike the library's own, this client asks again when a connection breaks. */
    private static KubernetesClient kubectl(Kubeconfig kubeconfig) {
        Config config = Config.fromKubeconfig(kubeconfig.toYaml());
        config.setClientKeyAlgo("EC");
        config.setHttpsProxy(fleet.proxy().toString());
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Test
    @Order(1)
    void podsRunOnTheWorkers_andCoreDnsAnswersThem() {
        try (KubernetesClient client = cluster.kubernetes()) {
            client.resource(WEB).create();
            Pod look = client.resource(LOOK).create();

            client.resource(WEB).waitUntilReady(READY.toSeconds(), TimeUnit.SECONDS);
            client.resource(look)
                    .waitUntilCondition(
                            pod -> pod != null
                                    && Set.of("Succeeded", "Failed")
                                            .contains(pod.getStatus().getPhase()),
                            READY.toSeconds(),
                            TimeUnit.SECONDS);
            assertThat(client.pods().resource(look).getLog().strip()).isEqualTo("100.64.0.1");
        }
    }

    @Test
    @Order(1)
    void theKubeletsCredentialProvider_getsATokenForEcrWithTheRightsOfTheWorkersRole() {
        NodeMachine worker = fleet.machine(instance("pool-general"));
        assertThat(worker.run("cat", "/var/lib/kubelet/kubeadm-flags.env"))
                .contains("--image-credential-provider-bin-dir=/opt/k8saws/credential-provider")
                .contains("--image-credential-provider-config=/etc/kubernetes/credential-provider.yaml");
        // as the kubelet asks the program that its configuration names; only where ECR is must be told
        String ask = """
                config=/etc/kubernetes/credential-provider.yaml
                provider=/opt/k8saws/credential-provider/$(sed -n 's/^ *-\\? *name: //p' "$config" | tr -d '"')
                version=$(sed -n 's/^ *apiVersion: *//p' "$config" | tail -n 1 | tr -d '"')
                printf '{"apiVersion":"%s","kind":"CredentialProviderRequest","image":"%s"}' "$version" "$1" |
                  AWS_ENDPOINT_URL=$2 AWS_REGION=us-east-1 "$provider"
                """;
        String answer = worker.run(
                "bash",
                "-euo",
                "pipefail",
                "-c",
                ask,
                "ask",
                "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1",
                NodeFleet.EMULATOR.toString());

        assertThat(answer)
                .contains("\"kind\":\"CredentialProviderResponse\"")
                .containsPattern(
                        "\"auth\":\\{\"123456789012.dkr.ecr.us-east-1.amazonaws.com\":\\{\"username\":\"AWS\",\"password\":\"[^\"]+\"");
    }

    @Test
    @Order(1)
    void aTaintOfThePool_keepsAwayWhoDoesNotTolerateIt() {
        try (KubernetesClient client = cluster.kubernetes()) {
            assertThat(client.nodes().withLabels(WORKERS).list().getItems())
                    .hasSize(3)
                    .allSatisfy(worker -> assertThat(worker.getSpec().getTaints())
                            .extracting(Taint::getKey, Taint::getValue, Taint::getEffect)
                            .containsExactly(tuple(TAINT, "web", "NoSchedule")));
            Pod unwelcome = client.resource(pod("unwelcome", WORKERS).build()).create();
            client.resource(unwelcome)
                    .waitUntilCondition(
                            pod -> pod != null
                                    && pod.getStatus().getConditions().stream()
                                            .anyMatch(condition -> "Unschedulable".equals(condition.getReason())
                                                    && condition.getMessage().contains("untolerated taint")),
                            READY.toSeconds(),
                            TimeUnit.SECONDS);
            client.resource(unwelcome).delete();
            Pod welcome = client.resource(pod("welcome", WORKERS)
                            .editSpec()
                            .withTolerations(TOLERATES)
                            .endSpec()
                            .build())
                    .create();
            client.resource(welcome).waitUntilReady(READY.toSeconds(), TimeUnit.SECONDS);
            client.resource(welcome).delete();
        }
    }

    /** The machines' own timers do it, here after a second instead of a day; nothing is started anew, and each request is answered. */
    @Test
    @Order(2)
    void certificatesThatAnApplyMakesAnew_areTakenByTheMachinesTimers_withoutARestart() {
        NodeMachine member = fleet.machine(instance("etcd-1"));
        NodeMachine control = fleet.machine(instance("control-plane"));
        String address = NetworkPlan.of(cluster.spec()).etcdMembers().get(0).address();
        String shown = shownCertificate(member, address);
        String had = serial(control, "/etc/kubernetes/pki/apiserver-etcd-client.crt");
        String etcd = processes(member, "etcd");
        String api = processes(control, "kube-apiserver");
        try (KubernetesClient client = cluster.kubernetes();
                ApiLoad load = ApiLoad.start(client.getConfiguration())) {
            deleteSecrets("etcd/etcd-1");
            deleteSecrets("control-plane/control-plane");
            Plan plan = k8s.plan(spec());
            assertThat(plan.changes()).as("%s", plan).hasSize(2);
            k8s.apply(plan);
            assertThat(shownCertificate(member, address)).isEqualTo(shown);

            soon(member);
            soon(control);

            assertThat(until(() -> !shownCertificate(member, address).equals(shown), BOOT))
                    .as("%s", member.run("journalctl", "-u", "k8saws-certificates", "--no-pager"))
                    .isTrue();
            assertThat(until(
                            () -> !serial(control, "/etc/kubernetes/pki/apiserver-etcd-client.crt")
                                    .equals(had),
                            BOOT))
                    .as("%s", control.run("journalctl", "-u", "k8saws-certificates", "--no-pager"))
                    .isTrue();
            int before = load.turns();
            assertThat(until(() -> load.turns() > before + 5, BOOT)).isTrue();
            assertThat(load.failures()).isEmpty();
        }
        assertThat(processes(member, "etcd")).as("not started anew").isEqualTo(etcd);
        assertThat(processes(control, "kube-apiserver")).as("not started anew").isEqualTo(api);
        try (Etcd well = etcd()) {
            assertThat(until(() -> well.health().isWell(), BOOT))
                    .as("%s", well.health())
                    .isTrue();
        }
        assertThat(cluster.nodes()).hasSize(9).allMatch(node -> node.state() == NodeStatus.State.DONE);
        assertThat(k8s.plan(spec()).changes()).isEmpty();
    }

    /** Lets the timer that keeps certificates young elapse now, and once a day again. */
    private static void soon(NodeMachine machine) {
        machine.run("bash", "-euo", "pipefail", "-c", """
                mkdir -p /run/systemd/system/k8saws-certificates.timer.d
                printf '[Timer]\nOnActiveSec=\nOnUnitActiveSec=\nOnActiveSec=1s\nOnUnitActiveSec=1d\nRandomizedDelaySec=0\n' \
                  >/run/systemd/system/k8saws-certificates.timer.d/soon.conf
                systemctl daemon-reload
                systemctl restart k8saws-certificates.timer
                """);
    }

    private static String serial(NodeMachine machine, String certificate) {
        return machine.run("openssl", "x509", "-noout", "-serial", "-in", certificate);
    }

    /** Which processes of this program there are; others, when it was started anew. */
    private static String processes(NodeMachine machine, String program) {
        return machine.run("pgrep", "-x", program);
    }

    /** As after a reboot, and as a control-plane machine does it by itself when two thirds of its certificates' year are over. */
    @Test
    @Order(3)
    void runbooksThatRunAgainOnWorkingMachines_changeNothingThatAnybodyNotices() {
        List<NodeMachine> machines = List.of(
                fleet.machine(instance("etcd-1")),
                fleet.machine(instance("control-plane")),
                fleet.machine(instance("pool-general")));
        List<String> programs = List.of("etcd", "kube-apiserver");
        List<String> before = IntStream.range(0, 2)
                .mapToObj(i -> processes(machines.get(i), programs.get(i)))
                .toList();
        String served = serial(machines.get(1), "/etc/kubernetes/pki/apiserver.crt");
        try (KubernetesClient client = cluster.kubernetes();
                ApiLoad load = ApiLoad.start(client.getConfiguration())) {
            for (NodeMachine machine : machines) {
                machine.run("systemctl", "restart", "k8saws-node.service");
            }

            for (NodeMachine machine : machines) {
                assertThat(until(
                                () -> machine.run(
                                                "bash",
                                                "-c",
                                                "systemctl show --property=ActiveState,SubState --value k8saws-node | paste -s -d ' '")
                                        .equals("active exited"),
                                BOOT))
                        .as("%s", machine.run("journalctl", "-u", "k8saws-node", "-n", "40", "--no-pager"))
                        .isTrue();
            }
            int turns = load.turns();
            assertThat(until(() -> load.turns() > turns + 5, BOOT)).isTrue();
            assertThat(load.failures()).isEmpty();
        }
        assertThat(cluster.waitUntilReady(READY).machines()).hasSize(9).allMatch(MachineReadiness::ready);
        assertThat(cluster.nodes()).allMatch(node -> node.state() == NodeStatus.State.DONE);
        assertThat(IntStream.range(0, 2)
                        .mapToObj(i -> processes(machines.get(i), programs.get(i)))
                        .toList())
                .as("etcd and the API server were not started anew")
                .isEqualTo(before);
        assertThat(serial(machines.get(1), "/etc/kubernetes/pki/apiserver.crt"))
                .as("its own certificates are made anew at each boot, and the API server reads them by itself")
                .isNotEqualTo(served);
    }

    /** The serial number and the end of what etcd shows to whoever connects. */
    private static String shownCertificate(NodeMachine machine, String address) {
        return machine.run(
                "bash",
                "-euo",
                "pipefail",
                "-c",
                "{ openssl s_client -connect \"$1\" </dev/null 2>/dev/null || true; } | openssl x509 -noout -serial -enddate",
                "look",
                address + ":" + WellKnownPorts.ETCD_CLIENT);
    }

    private static void deleteSecrets(String part) {
        try (S3Client s3 = aws.configure(S3Client.builder()).build()) {
            String bucket = s3.listBuckets().buckets().stream()
                    .map(one -> one.name())
                    .filter(name -> name.contains(NAME))
                    .findFirst()
                    .orElseThrow();
            List<String> found =
                    s3.listObjectsV2(r -> r.bucket(bucket).prefix("nodes/pki/" + part + "/")).contents().stream()
                            .map(S3Object::key)
                            .toList();
            assertThat(found).hasSize(1);
            s3.deleteObject(r -> r.bucket(bucket).key(found.get(0)));
        }
    }

    @Test
    @Order(4)
    void allMachinesAreRolledToNewTemplates_andTheApiAndTheDeploymentAnswer() {
        k8s.apply(cluster.plan(spec -> spec.withNodePool("general", pool -> pool.putLabel("rolled", "yes"))
                .withControlPlane(control -> control.rootVolume(VolumeSpec.gp3(40)))
                .withEtcd(etcd -> etcd.rootVolume(VolumeSpec.gp3(24)))));
        cluster = k8s.cluster(NAME);
        try (KubernetesClient client = cluster.kubernetes()) {
            client.resource(BUDGET).create();
            RollPlan plan = cluster.planRoll();
            System.out.println(plan);
            assertThat(plan.steps()).hasSize(9);
            assertThat(plan.refusals()).isEmpty();
            // A member that ends hands its leadership over. A request that meets these milliseconds fails; a second one
            // would be no accident.
            assertThat(failuresDuring(cluster.planRoll(RollOptions.Builder::etcd), 3, client))
                    .hasSizeLessThanOrEqualTo(1)
                    .allMatch(failure -> failure.contains("etcdserver: leader changed")
                            || failure.contains("etcdserver: request timed out"));
            assertThat(failuresDuring(cluster.planRoll(), 6, client)).isEmpty();
            assertThat(cluster.planRoll().isEmpty()).isTrue();
            assertThat(cluster.nodes()).extracting(NodeStatus::instance).doesNotContainAnyElementsOf(plan.instances());
            assertThat(client.nodes().list().getItems())
                    .hasSize(6)
                    .noneMatch(
                            node -> plan.instances().contains(node.getMetadata().getName()))
                    .noneMatch(node -> Boolean.TRUE.equals(node.getSpec().getUnschedulable()));
            assertThat(client.nodes().withLabel("rolled", "yes").list().getItems())
                    .hasSize(3);
        }
        cluster.waitUntilReady(READY);
    }

    /** Rolls machines while a client asks all the time; tells what was not answered. */
    private static List<String> failuresDuring(RollPlan plan, int machines, KubernetesClient client) {
        try (ApiLoad load = ApiLoad.start(client.getConfiguration())) {
            RollReport report = cluster.roll(plan, ROLL);

            System.out.println(report + "\n" + load.turns() + " turns");
            assertThat(report.ended()).hasSize(machines);
            assertThat(load.turns()).isGreaterThan(10);
            return load.failures();
        }
    }

    /** A spot instance hears of its end two minutes ahead, from its metadata service alone. Nobody else does anything. */
    @Test
    @Order(5)
    void aWorkerThatEc2TakesBack_emptiesItselfByTheBudget_andSaysSo() {
        try (KubernetesClient client = cluster.kubernetes()) {
            String worker = webPods(client).get(0).getSpec().getNodeName();
            fleet.interrupt(worker);

            assertThat(until(() -> said(worker, "left"), BOOT))
                    .as("%s", cluster.nodes())
                    .isTrue();
            assertThat(client.nodes().withName(worker).get().getSpec().getUnschedulable())
                    .isTrue();
            assertThat(webPods(client))
                    .noneMatch(pod -> pod.getMetadata().getDeletionTimestamp() == null
                            && worker.equals(pod.getSpec().getNodeName()));
            assertThat(fleet.machine(worker).run("journalctl", "-u", "k8saws-notices", "--no-pager"))
                    .contains("this machine goes: spot interruption", "left on the node: nothing");
            terminate(worker);
            awaitWith(fleet.awaitSuccessor(worker, BOOT));
            client.resource(WEB).waitUntilReady(READY.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static List<Pod> webPods(KubernetesClient client) {
        return client.pods()
                .inNamespace("default")
                .withLabel("app", "web")
                .list()
                .getItems();
    }

    private static boolean said(String instance, String step) {
        return cluster.nodes().stream()
                .anyMatch(status ->
                        status.instance().equals(instance) && status.step().equals(step));
    }

    @Test
    @Order(6)
    void aWorkerThatIsTerminatedWithoutADrain_endsItsPodsInGoodOrderBeforeItIsOff() {
        String worker = instance("pool-general");
        NodeMachine machine = fleet.machine(worker);
        assertThat(fleet.network().requests()).doesNotContain("/last-words");
        try (KubernetesClient client = cluster.kubernetes()) {
            Pod pod = client.resource(LAST_WORDS
                            .edit()
                            .editSpec()
                            .withNodeName(worker)
                            .endSpec()
                            .build())
                    .create();
            client.resource(pod).waitUntilReady(READY.toSeconds(), TimeUnit.SECONDS);

            // by EC2, behind the group's back: nobody is told before
            terminate(worker);
        }

        Pattern words =
                Pattern.compile("mirror " + Pattern.quote(machine.instance().address()) + " \"GET /last-words HTTP");
        assertThat(until(() -> words.matcher(fleet.network().requests()).find(), BOOT))
                .as("what the pod does before it stops")
                .isTrue();
        assertThat(until(() -> !machine.isRunning(), BOOT)).isTrue();
        awaitWith(fleet.awaitSuccessor(worker, BOOT));
        assertThat(fleet.timeline()).anyMatch(line -> line.endsWith(worker + " is off"));
    }

    private static void terminate(String instance) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            ec2.terminateInstances(request -> request.instanceIds(instance));
        }
    }

    @Test
    @Order(7)
    void aControlPlaneMachineThatDies_isReplacedByItsGroup_andTheSameClientReachesTheApi() {
        assertThat(kept.nodes().list().getItems()).hasSize(6);
        String dies = instance("control-plane");
        fleet.kill(dies);
        NodeMachine successor = fleet.awaitSuccessor(dies, BOOT);

        ClusterReadiness seen = awaitWith(successor);
        assertThat(seen.machines()).noneMatch(machine -> machine.instance().equals(dies));
        // made before all machines of the control plane were rolled, and before this one was killed
        assertThat(kept.resource(WEB).get().getStatus().getAvailableReplicas()).isEqualTo(2);
    }

    @Test
    @Order(8)
    void anEtcdMachineThatDies_comesBackWithTheSameDiskAndItsData() {
        kept.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("word")
                        .withNamespace("default")
                        .endMetadata()
                        .addToData("word", "kept")
                        .build())
                .create();
        String dies = instance("etcd-2");
        String disk = volume("etcd-2");
        fleet.kill(dies);
        NodeMachine successor = fleet.awaitSuccessor(dies, BOOT);

        awaitWith(successor);
        assertThat(holder(disk)).isEqualTo(successor.instance().id());
        assertThat(successor.run("cat", "/etc/k8saws/etcd-main.start")).contains("ETCD_INITIAL_CLUSTER_STATE=new");
        assertThat(successor.run("bash", "-c", "journalctl -u k8saws-node --no-pager | grep -c formatting || true"))
                .as("formats nothing")
                .isEqualTo("0");
        assertThat(kept.configMaps()
                        .inNamespace("default")
                        .withName("word")
                        .get()
                        .getData())
                .containsEntry("word", "kept");
    }

    @Test
    @Order(9)
    void aMemberWhoseDiskIsLost_refusesToStartEmpty_andTheClusterGoesOn() {
        String dies = instance("etcd-3");
        fleet.lose(volume("etcd-3"));
        NodeMachine successor = fleet.awaitSuccessor(dies, BOOT);

        NodeStatus status = awaitFailure(successor.instance().id());
        assertThat(status.step()).isEqualTo("mount-disks");
        assertThat(status.reason()).contains("its disk is lost. Replace the member");
        assertThat(successor.run("bash", "-c", "systemctl is-active etcd-main || true"))
                .isEqualTo("inactive");
        ClusterReadiness seen = cluster.readiness();
        assertThat(seen.api()).as("the other two are a quorum").isEmpty();
        assertThat(seen.machines().stream().filter(machine -> !machine.ready()))
                .singleElement()
                .satisfies(machine -> assertThat(machine.part()).isEqualTo("etcd-3"));
        assertThat(seen.missing()).anyMatch(line -> line.contains("its disk is lost"));
        assertThatThrownBy(() -> cluster.waitUntilReady(Duration.ofSeconds(10)))
                .isInstanceOfSatisfying(WaitTimeoutException.class, late -> assertThat(late.lastSeen())
                        .startsWith("etcd-3 " + successor.instance().id() + ": failed at mount-disks: ")
                        .contains("its disk is lost")
                        .as("lines of its log")
                        .containsPattern("\n    \\S"));
    }

    @Test
    @Order(10)
    void theLibraryReplacesTheMember_andAllThreeHaveAllData() {
        NodeMachine successor = fleet.machine(instance("etcd-3"));
        try (Etcd etcd = etcd()) {
            MemberReplacement replacement = MemberReplacement.of(cluster, "etcd-3");
            assertThat(until(() -> etcd.health().quorum().well() == 2, BOOT))
                    .as("%s", etcd.health())
                    .isTrue();
            String lost = etcd.health().member("etcd-3").orElseThrow().member().id();
            MemberPlan plan = replacement.plan(etcd);
            System.out.println(plan);
            assertThat(plan.steps())
                    .extracting(MemberStep::kind)
                    .containsExactly(Kind.REMOVE, Kind.ADD_LEARNER, Kind.START, Kind.PROMOTE);

            MemberReport report = replacement.run(etcd, plan, READY);

            System.out.println(report + "\n" + etcd.health());
            assertThat(report.left()).isEmpty();
            assertThat(cluster.waitUntilReady(READY).machines()).hasSize(9).allMatch(MachineReadiness::ready);
            assertThat(etcd.health().isWell()).isTrue();
            assertThat(etcd.health().voters()).hasSize(3);
            assertThat(etcd.health().learners()).isEmpty();
            assertThat(etcd.health().member(lost)).isEmpty();
            assertThat(replacement.plan(etcd).isEmpty()).isTrue();
            long revision = etcd.revision();
            assertThat(until(
                            () -> etcd.health().members().stream()
                                    .allMatch(one -> one.state().orElseThrow().revision() >= revision),
                            BOOT))
                    .as("all have come as far as %s", revision)
                    .isTrue();
            assertThat(etcd.hashKv(revision))
                    .hasSize(3)
                    .extracting(one -> one.hash().orElseThrow().hash())
                    .containsOnly(
                            etcd.hashKv(revision).get(0).hash().orElseThrow().hash());
        }
        assertThat(successor.run("cat", "/etc/k8saws/etcd-main.start"))
                .as("it joined, and made no cluster of its own")
                .contains("ETCD_INITIAL_CLUSTER_STATE=existing");
        assertThat(kept.configMaps()
                        .inNamespace("default")
                        .withName("word")
                        .get()
                        .getData())
                .containsEntry("word", "kept");
    }

    /** Two of three disks are gone, with all that was written since the snapshot; the page says how the cluster comes back. */
    @Test
    @Order(11)
    void mostDisksAreLost_andTheClusterComesBackFromASnapshotAsThePageSays() throws IOException {
        List<String> recipe = recipe();
        URI backup = publish();
        put("word", "written after the snapshot");
        List<NodeMachine> successors = new ArrayList<>();
        for (String member : List.of("etcd-1", "etcd-2")) {
            String dies = instance(member);
            fleet.lose(volume(member));
            successors.add(fleet.awaitSuccessor(dies, BOOT));
        }
        successors.forEach(
                one -> assertThat(awaitFailure(one.instance().id()).reason()).contains("its disk is lost"));
        List<NodeMachine> members = new ArrayList<>(successors);
        members.add(fleet.machine(instance("etcd-3")));
        List<NodeMachine> control = cluster.nodes().stream()
                .filter(node -> node.part().equals("control-plane"))
                .map(node -> fleet.machine(node.instance()))
                .toList();

        control.forEach(one -> bash(one, recipe.get(0)));
        members.forEach(one -> bash(one, "curl -sSf -o ~/backup.db '" + backup + "'\n" + recipe.get(1)));
        members.forEach(one -> bash(one, recipe.get(2)));
        assertThat(until(
                        () -> members.stream().allMatch(one -> cluster.nodes().stream()
                                .anyMatch(node ->
                                        node.instance().equals(one.instance().id())
                                                && node.state() == NodeStatus.State.DONE)),
                        READY))
                .as("%s", cluster.nodes())
                .isTrue();
        control.forEach(one -> bash(one, recipe.get(3)));

        assertThat(cluster.waitUntilReady(READY).machines()).hasSize(9).allMatch(MachineReadiness::ready);
        assertThat(kept.configMaps()
                        .inNamespace("default")
                        .withName("word")
                        .get()
                        .getData())
                .as("as it was in the snapshot")
                .containsEntry("word", "kept");
        put("after", "written after the restore");
        try (Etcd etcd = etcd()) {
            assertThat(etcd.health().isWell()).as("%s", etcd.health()).isTrue();
            assertThat(etcd.health().voters()).hasSize(3);
        }
    }

    private static void put(String name, String word) {
        kept.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("default")
                        .endMetadata()
                        .addToData("word", word)
                        .build())
                .createOr(existing -> existing.update());
    }

    /** The commands of the page's steps, in their order; behind them stands how to withdraw a mark. */
    private static List<String> recipe() throws IOException {
        Path page = Path.of("..", "docs", "etcd.md");
        String section = Files.readString(page)
                .split("### On machines of a cluster of this library", -1)[1]
                .split("\n## ", -1)[0];
        List<String> commands = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL)
                .matcher(section)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(commands).hasSize(5);
        return commands.subList(0, 4);
    }

    private static void bash(NodeMachine machine, String commands) {
        machine.run("bash", "-euo", "pipefail", "-c", commands);
    }

    /** A snapshot where machines can fetch it, as somebody who restores brings it there. */
    private static URI publish() {
        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        try (Etcd etcd = etcd()) {
            etcd.snapshotSource().stream(
                    bytes -> {
                        byte[] chunk = new byte[bytes.remaining()];
                        bytes.get(chunk);
                        snapshot.writeBytes(chunk);
                    },
                    READY);
        }
        fleet.network().publish("backup.db", snapshot.toByteArray());
        return fleet.network().mirror().resolve("/backup.db");
    }

    /** The cluster's etcd as this host reaches it, which stands outside of the VPC. */
    private static Etcd etcd() {
        EtcdBuilder etcd = Etcd.on(cluster).progress(ProgressListener.lines(System.out));
        NetworkPlan.of(cluster.spec())
                .etcdMembers()
                .forEach(member -> etcd.tunnel(
                        member.name(),
                        "https://127.0.0.1:" + fleet.network().expose(member.address(), WellKnownPorts.ETCD_CLIENT)));
        return etcd.build();
    }

    /** Waits until all is ready, a machine among it. */
    private static ClusterReadiness awaitWith(NodeMachine machine) {
        String id = machine.instance().id();
        assertThat(until(
                        () -> cluster.readiness().machines().stream()
                                .anyMatch(one -> one.instance().equals(id)),
                        BOOT))
                .as("the group has %s", id)
                .isTrue();
        return cluster.waitUntilReady(READY);
    }

    private static NodeStatus awaitFailure(String instance) {
        AtomicReference<NodeStatus> found = new AtomicReference<>();
        assertThat(until(
                        () -> {
                            cluster.nodes().stream()
                                    .filter(status -> status.instance().equals(instance)
                                            && status.state() == NodeStatus.State.FAILED)
                                    .forEach(found::set);
                            return found.get() != null;
                        },
                        READY))
                .as("the status of %s: %s", instance, cluster.nodes())
                .isTrue();
        return found.get();
    }

    private static boolean until(BooleanSupplier condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        }
        return true;
    }

    private static String instance(String part) {
        return cluster.nodes().stream()
                .filter(status -> status.part().equals(part))
                .findFirst()
                .orElseThrow()
                .instance();
    }

    private static String holder(String volume) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            return ec2.describeVolumes(r -> r.volumeIds(volume))
                    .volumes()
                    .get(0)
                    .attachments()
                    .get(0)
                    .instanceId();
        }
    }

    private static String volume(String member) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            return ec2.describeVolumes(r -> r.filters(
                            Filter.builder()
                                    .name("tag:k8saws.io/etcd-member")
                                    .values(member)
                                    .build(),
                            Filter.builder()
                                    .name("tag:KubernetesCluster")
                                    .values(NAME)
                                    .build()))
                    .volumes()
                    .get(0)
                    .volumeId();
        }
    }

    private static final Toleration TOLERATES =
            new TolerationBuilder().withKey(TAINT).withOperator("Exists").build();

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
            .withTolerations(TOLERATES)
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

    private static final Pod LOOK = pod("look", Map.of())
            .editSpec()
            .withRestartPolicy("Never")
            .withTolerations(TOLERATES)
            .editFirstContainer()
            .withCommand("web", "look", "kubernetes.default.svc.cluster.local")
            .endContainer()
            .endSpec()
            .build();

    /** Its kubelet asks the mirror for a file that is not there, which the mirror writes down, before it stops it. */
    private static final Pod LAST_WORDS = pod("last-words", Map.of())
            .editSpec()
            .withTolerations(TOLERATES)
            .editFirstContainer()
            .withNewLifecycle()
            .withNewPreStop()
            .withNewHttpGet()
            .withHost(NodeMachines.OUTSIDE)
            .withPort(new IntOrString(80))
            .withPath("/last-words")
            .endHttpGet()
            .endPreStop()
            .endLifecycle()
            .endContainer()
            .endSpec()
            .build();

    private static PodBuilder pod(String name, Map<String, String> node) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withNodeSelector(node)
                .addNewContainer()
                .withName("web")
                .withImage("registry.k8s.io/testbed/web:1")
                .endContainer()
                .endSpec();
    }
}
