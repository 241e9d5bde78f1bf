package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that watches for EC2's notices, as it is, with kubectl, a real API with its controllers, and nodes that kwok plays. */
@Tag("machines") // kubectl is one of the machines' programs
@DisplayName("A machine that EC2 takes away leaves in good order")
class NoticesIT {
    private static final String NODE = "kwok-0";
    private static final String LIFECYCLE = "meta-data/autoscaling/target-lifecycle-state";

    private static KubernetesApi api;

    @TempDir
    private Path scratch;

    private final Map<String, String> variables = new TreeMap<>();
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<HasMetadata> made = new ArrayList<>();
    private InstanceMetadata metadata;
    private HttpServer aws;

    @BeforeAll
    static void start() {
        api = Testbed.kubernetes(true, 1);
    }

    @AfterAll
    static void end() {
        api.close();
    }

    @BeforeEach
    void describe() throws IOException {
        metadata = new InstanceMetadata();
        metadata.put("meta-data/instance-id", "i-1");
        metadata.put("meta-data/iam/security-credentials/", "nodes");
        metadata.put(
                "meta-data/iam/security-credentials/nodes",
                "{\"AccessKeyId\" : \"AKID\", \"SecretAccessKey\" : \"of-the-test\", \"Token\" : \"token\"}");
        metadata.put(LIFECYCLE, "InService");
        aws = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        aws.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            calls.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " " + body);
            InstanceMetadata.send(exchange, 200, "");
        });
        aws.start();
        String url = "http://127.0.0.1:" + aws.getAddress().getPort();
        Path kubernetes = Files.createDirectories(scratch.resolve("kubernetes"));
        Files.writeString(kubernetes.resolve("kubelet.conf"), api.kubeconfig());
        Files.writeString(scratch.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.2 api # k8saws: the API server\n");
        Files.writeString(
                scratch.resolve("facts"),
                "NODE_NAME=" + NODE + "\nINSTANCE=i-1\nADDRESS=127.0.0.2\nAPI_HOST=localhost\n");
        variables.putAll(Map.of(
                "CLUSTER", "payments",
                "ROLE", "nodes",
                "PART", "pool-general",
                "REGION", "us-east-1",
                "S3", url + "/bucket",
                "AUTOSCALING", url + "/autoscaling",
                "GROUP", "general.payments",
                "HOOK", "drain",
                "IMDS", metadata.url()));
        variables.putAll(Map.of(
                "RUN", scratch.resolve("run").toString(),
                "FACTS", scratch.resolve("facts").toString(),
                "LOG", scratch.resolve("log").toString(),
                "KUBERNETES", kubernetes.toString(),
                "HOSTS", scratch.resolve("hosts").toString(),
                "API_PORT", String.valueOf(api.uri().getPort())));
    }

    @AfterEach
    void takeAway() {
        KubernetesClient client = api.client();
        made.forEach(one -> client.resource(one).delete());
        await(() -> client.pods().inNamespace("default").list().getItems().isEmpty());
        client.nodes().withName(NODE).edit(node -> {
            node.getSpec().setUnschedulable(false);
            return node;
        });
        aws.stop(0);
        metadata.close();
    }

    private Command.Outcome run(String code) throws Exception {
        String settings = variables.entrySet().stream()
                .map(v -> v.getKey() + "='" + v.getValue() + "'\n")
                .collect(Collectors.joining());
        Path bin = Files.createDirectories(scratch.resolve("bin"));
        Path systemctl = Files.writeString(
                bin.resolve("systemctl"), "#!/bin/bash\necho \"$*\" >>'" + scratch.resolve("systemctl") + "'\n");
        assertThat(systemctl.toFile().setExecutable(true)).isTrue();
        String path = bin + ":" + Testbed.program("kubectl").getParent();
        Path script = Files.writeString(
                scratch.resolve("script.sh"),
                settings + BootDocuments.functions("notices") + "\nPATH='" + path + "':$PATH\n" + code + "\n");
        return new Command("bash", scratch, "install bash").run(script);
    }

    private static void await(java.util.function.BooleanSupplier seen) {
        Instant limit = Instant.now().plus(Duration.ofSeconds(90));
        while (!seen.getAsBoolean()) {
            assertThat(Instant.now()).as("it did not come about").isBefore(limit);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private void make(HasMetadata resource) {
        made.add(api.client().resource(resource).create());
    }

    private static PodTemplateSpec template(String app) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels("app", app)
                .endMetadata()
                .withNewSpec()
                .addToNodeSelector("kubernetes.io/hostname", NODE)
                .addNewContainer()
                .withName("one")
                .withImage("none")
                .endContainer()
                .endSpec()
                .build();
    }

    private void deployment(String app, int replicas) {
        make(new DeploymentBuilder()
                .withNewMetadata()
                .withName(app)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", app)
                .endSelector()
                .withTemplate(template(app))
                .endSpec()
                .build());
        await(() -> onNode(app).size() == replicas
                && onNode(app).stream()
                        .allMatch(pod -> "Running".equals(pod.getStatus().getPhase())));
    }

    private void daemonSet(String app) {
        make(new DaemonSetBuilder()
                .withNewMetadata()
                .withName(app)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", app)
                .endSelector()
                .withTemplate(template(app))
                .endSpec()
                .build());
        await(() -> onNode(app).size() == 1);
    }

    /** One of the pods may be away at a time. */
    private void budget(String app) {
        make(new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName(app)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withNewMinAvailable(1)
                .withNewSelector()
                .addToMatchLabels("app", app)
                .endSelector()
                .endSpec()
                .build());
        await(() -> {
            Integer allowed = api.client()
                    .policy()
                    .v1()
                    .podDisruptionBudget()
                    .inNamespace("default")
                    .withName(app)
                    .get()
                    .getStatus()
                    .getDisruptionsAllowed();
            return allowed != null && allowed == 1;
        });
    }

    private static List<Pod> onNode(String app) {
        return api.client().pods().inNamespace("default").withLabel("app", app).list().getItems().stream()
                .filter(pod -> NODE.equals(pod.getSpec().getNodeName()))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private List<NodeStatus> statuses() {
        return calls.stream()
                .filter(call -> call.startsWith("PUT /bucket/status/" + variables.get("ROLE") + "/i-1.json "))
                .map(call -> NodeStatus.fromJson(call.substring(call.indexOf('{'))))
                .toList();
    }

    @Test
    void afterARebootTheFactsAreReadNoSoonerThanANoticeComes() throws Exception {
        Command.Outcome outcome = run("""
                set -euo pipefail
                mv "$FACTS" "$FACTS.later"
                : >"$FACTS"
                # between two looks the runbook fills the facts, and then the notice comes
                sleep() {
                  [[ ! -f $FACTS.later ]] || mv "$FACTS.later" "$FACTS"
                  command sleep 0.2
                  gone=yes
                }
                notice() { [[ -z ${gone-} ]] || echo "20 its group terminates it"; }
                watch
                """);

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(statuses()).last().satisfies(status -> assertThat(status.instance())
                .isEqualTo("i-1"));
        assertCompleted();
    }

    private void assertCompleted() {
        List<String> completed = calls.stream()
                .filter(call -> call.startsWith("POST /autoscaling/ "))
                .map(call -> URLDecoder.decode(call, StandardCharsets.UTF_8))
                .toList();
        assertThat(completed)
                .hasSize(1)
                .first()
                .asString()
                .contains(
                        "Action=CompleteLifecycleAction",
                        "AutoScalingGroupName=general.payments",
                        "LifecycleHookName=drain",
                        "InstanceId=i-1",
                        "LifecycleActionResult=CONTINUE");
        assertThat(statuses()).extracting(NodeStatus::step).containsExactly("leaving", "left");
        assertThat(calls.get(calls.size() - 2))
                .as("the group hears of it when all else is done")
                .startsWith("POST");
    }

    @Test
    void withoutANoticeThereIsNone_andSpotsHaveLessTimeThanGroups() throws Exception {
        assertThat(run("notice").text()).isEmpty();
        metadata.put(LIFECYCLE, "Terminated");
        assertThat(run("notice").text()).isEqualTo("240 its group terminates it\n");
        metadata.put("meta-data/spot/instance-action", "{\"action\": \"terminate\"}");
        assertThat(run("notice").text()).isEqualTo("110 spot interruption\n");
    }

    @Test
    void podsAreEvicted_butNotAgainstTheirBudget_andTheGroupIsToldAtTheLimit() throws Exception {
        deployment("free", 2);
        deployment("guarded", 2);
        budget("guarded");
        daemonSet("daemon");
        metadata.put(LIFECYCLE, "Terminated");
        variables.put("GROUP_SECONDS", "25");
        Instant begun = Instant.now();

        Command.Outcome outcome = run(BootDocuments.steps("notices"));

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(Duration.between(begun, Instant.now())).isGreaterThan(Duration.ofSeconds(24));
        assertThat(onNode("free")).isEmpty();
        assertThat(onNode("guarded")).hasSize(1);
        assertThat(onNode("daemon")).hasSize(1);
        assertThat(api.client().nodes().withName(NODE).get().getSpec().getUnschedulable())
                .isTrue();
        assertThat(outcome.text())
                .contains("this machine goes: its group terminates it")
                .containsPattern("default/guarded-\\S+ stays for now")
                .containsPattern("left on the node: default guarded-\\S+\n");
        assertCompleted();
        assertThat(statuses().get(0).reason()).isEqualTo("its group terminates it");
    }

    @Test
    void aSpotMachineLeavesAsSoonAsItIsEmpty() throws Exception {
        deployment("free", 2);
        metadata.put("meta-data/spot/instance-action", "{\"action\": \"terminate\"}");
        Instant begun = Instant.now();

        Command.Outcome outcome = run(BootDocuments.steps("notices"));

        assertThat(outcome.text()).contains("this machine goes: spot interruption", "left on the node: nothing");
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(90));
        assertThat(onNode("free")).isEmpty();
        assertCompleted();
    }

    @Test
    void aControlPlaneMachineLeavesTheLoadBalancerFirst_andDrainsThroughTheOthers() throws Exception {
        deployment("free", 1);
        Path manifest =
                Files.createDirectories(scratch.resolve("kubernetes/manifests")).resolve("kube-apiserver.yaml");
        Files.writeString(manifest, "the API server");
        Path config = scratch.resolve("kubernetes/kubelet.conf");
        Files.writeString(config, api.kubeconfig().replace("127.0.0.1", "127.0.0.2")); // this machine's own
        variables.put("ROLE", "control-plane");
        metadata.put(LIFECYCLE, "Terminated");
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (TlsStub own = new TlsStub("127.0.0.2", api.uri().getPort(), scratch, Instant.now())) {
            Thread kubelet = new Thread(() -> {
                await(() -> Files.notExists(manifest));
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(4)); // the API server's shutdown delay
                seen.add(cordoned() ? "too early" : "still there");
                own.stop();
            });
            kubelet.start();

            Command.Outcome outcome = run(BootDocuments.steps("notices"));
            kubelet.join();

            assertThat(outcome.text())
                    .containsSubsequence(
                            "the API server of this machine leaves the load balancer",
                            "this machine asks localhost now",
                            "left on the node: nothing");
        }
        assertThat(seen).containsExactly("still there");
        assertThat(scratch.resolve("kubernetes/stopped/kube-apiserver.yaml")).hasContent("the API server");
        assertThat(scratch.resolve("hosts")).hasContent("127.0.0.1 localhost");
        assertThat(config).content().contains("https://localhost:" + api.uri().getPort());
        assertThat(scratch.resolve("systemctl"))
                .hasContent("stop k8saws-join.timer k8saws-certificates.timer\nrestart kubelet.service");
        assertThat(onNode("free")).isEmpty();
        assertCompleted();
    }

    private static boolean cordoned() {
        return Boolean.TRUE.equals(
                api.client().nodes().withName(NODE).get().getSpec().getUnschedulable());
    }
}
