package io.k8saws.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;

@Tag("machines")
@DisplayName("A node machine is what EC2 makes of user data")
class MachinesIT {
    private static final Duration BOOT = Duration.ofMinutes(2);
    private static final Duration CLUSTER = Duration.ofMinutes(5);
    private static final String VPC = "10.0.0.0/16";
    private static final String SUBNET_A = "10.0.0.0/20";
    private static final String SUBNET_B = "10.0.16.0/20";
    private static final RoleCredentials CREDENTIALS =
            new RoleCredentials("ASIAEXAMPLE", "a secret", "a token", Instant.parse("2030-01-01T00:00:00Z"));

    private static HostFootprint before;

    @BeforeAll
    static void look() {
        before = HostFootprint.look();
    }

    @AfterAll
    static void hostIsAsBefore() {
        assertThat(before.changes(Duration.ofSeconds(20))).isEmpty();
    }

    @Test
    void bootsFromUserData_andSeesWhatItsInstanceHas() {
        try (NodeMachines machines = Testbed.machines(VPC, List.of(SUBNET_A))) {
            NodeMachine machine = machines.start(instance("i-0a", "10.0.0.5", SUBNET_A)
                    .withTag("Name", "first")
                    .withTag("color", "blue")
                    .withRole("reader", CREDENTIALS)
                    .withUserData(script("look.sh")));
            machine.awaitBoot(BOOT);

            assertThat(machine.run("cat", "/var/lib/seen").lines())
                    .containsExactly(
                            "instance=i-0a",
                            "zone=us-east-1a",
                            "tags=Name color",
                            "name=first",
                            "role=reader",
                            "key=ASIAEXAMPLE",
                            "subnet=10.0.0.0/20",
                            "carrier=06:00:0a:00:00:05",
                            "without token=401",
                            "missing=404",
                            "hostname=ip-10-0-0-5");
            assertThat(machine.console()).contains("user data is done");
            assertThat(machine.journal("--unit=cloud-final")).contains("DataSourceEc2Local");

            machine.run("sysctl", "--write", "kernel.panic=77", "net.ipv4.ip_forward=1");
            assertThat(machine.run("sysctl", "--values", "kernel.panic")).isEqualTo("77");
            machine.tell(machine.instance().withTag("color", "red"));
            assertThat(machine.run("bash", "-c", imds("meta-data/tags/instance/color")))
                    .isEqualTo("red");
            assertThat(List.of(machine.run("cat", "/proc/1/status"), machine.run("cat", "/proc/self/status")))
                    .as("no process may set the host's clock")
                    .allSatisfy(status -> assertThat(bounds(status) & 1L << 25).isZero());
            assertThat(machine.toString() + machine.instance() + CREDENTIALS).doesNotContain("a secret", "a token");
        }
    }

    @Test
    void machinesReachEachOther_andWhatWasAdmitted(@AwsEmulator AwsEndpoint aws) {
        try (NodeMachines machines = Testbed.machines(VPC, List.of(SUBNET_A, SUBNET_B))) {
            NodeMachine one = machines.start(instance("i-0a", "10.0.0.5", SUBNET_A));
            NodeMachine two = machines.start(instance("i-0b", "10.0.16.5", SUBNET_B));
            machines.name("api.demo.test", List.of("10.0.16.5"));
            one.awaitBoot(BOOT);
            two.awaitBoot(BOOT);

            assertThat(one.run("ping", "-c1", "-W5", "10.0.16.5")).contains("1 received");
            assertThat(two.run("ping", "-c1", "-W5", "ip-10-0-0-5")).contains("1 received");
            assertThat(one.run("getent", "hosts", "api.demo.test")).startsWith("10.0.16.5");
            assertThatThrownBy(() -> one.run("getent", "hosts", "elsewhere.test"))
                    .isInstanceOf(TestbedException.class);
            assertThat(one.run("curl", "-sS", machines.admit(aws.uri()) + "/moto-api/data.json"))
                    .startsWith("{");
            two.run("systemd-run", "--unit=web", "python3", "-m", "http.server", "8000");
            int port = machines.expose("10.0.16.5", 8000);
            assertThat(Waiting.until(() -> Http.isOk(URI.create("http://127.0.0.1:" + port)), BOOT))
                    .as("this host reaches what was exposed")
                    .isTrue();

            machines.balance("10.0.0.100", 80, List.of("10.0.16.5:8000"));
            assertThat(one.run("curl", "-sSf", "http://10.0.0.100")).contains("Directory listing");
            Map<String, Object> check = Map.of("protocol", "HTTP", "path", "/ready", "seconds", 1, "rise", 5);
            machines.balance("10.0.0.100", 80, List.of("10.0.16.5:8000"), check);
            assertThat(Waiting.until(() -> checks(two, 404) > 2, BOOT)).isTrue();
            two.run("touch", "/ready");
            assertThat(Waiting.until(() -> checks(two, 200) > 0, BOOT)).isTrue();
            machines.balance("10.0.0.100", 80, List.of("10.0.16.5:8000", "10.0.16.6:8000"), check);
            assertThat(Waiting.until(() -> answers(one), BOOT)).isTrue();
            assertThat(checks(two, 200))
                    .as("who was not well is asked again and again, whatever becomes of the other targets")
                    .isGreaterThanOrEqualTo(5);
            machines.balance("10.0.0.100", 80, List.of());
            assertThatThrownBy(() -> one.run("curl", "-sSf", "http://10.0.0.100"))
                    .isInstanceOf(TestbedException.class);
            machines.publish("example.test/program", "of the test".getBytes(UTF_8));
            assertThat(one.run("curl", "-sSf", machines.mirror() + "/example.test/program"))
                    .isEqualTo("of the test");
            assertThat(machines.requests()).contains("mirror 10.0.0.5 \"GET /example.test/program HTTP/1.1\" 200");
        }
    }

    @Test
    void instanceOfTheEmulator_boots_andUsesItsRole(@AwsEmulator(shared = false) AwsEndpoint aws) {
        String id = launch(aws, script("fetch.sh"));
        NodeInstance instance = NodeInstance.describedBy(aws, id);
        String subnet = instance.interfaces().get(0).subnetCidr();
        try (NodeMachines machines = Testbed.machines(instance.placement().vpcCidr(), List.of(subnet))) {
            machines.admit(NodeMachines.OUTSIDE, 5000, aws.uri());
            NodeMachine machine = machines.start(instance);
            machine.awaitBoot(BOOT);

            assertThat(machine.run("cat", "/var/lib/fetched")).isEqualTo("from the bucket for " + id);
        }
    }

    /** An instance with a role, and something for it in a bucket. */
    private static String launch(AwsEndpoint aws, String userData) {
        try (S3Client s3 = aws.configure(S3Client.builder()).build();
                IamClient iam = aws.configure(IamClient.builder()).build();
                Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            s3.createBucket(request -> request.bucket("of-the-test"));
            s3.putObject(
                    request -> request.bucket("of-the-test").key("word"), RequestBody.fromString("from the bucket"));
            iam.createRole(request -> request.roleName("reader").assumeRolePolicyDocument("{}"));
            iam.createInstanceProfile(request -> request.instanceProfileName("reader-profile"));
            iam.addRoleToInstanceProfile(
                    request -> request.instanceProfileName("reader-profile").roleName("reader"));
            String vpc = ec2.createVpc(request -> request.cidrBlock("10.7.0.0/16"))
                    .vpc()
                    .vpcId();
            String subnet = ec2.createSubnet(request -> request.vpcId(vpc).cidrBlock("10.7.16.0/20"))
                    .subnet()
                    .subnetId();
            String encoded = Base64.getEncoder().encodeToString(userData.getBytes(UTF_8));
            return ec2.runInstances(request -> request.imageId("ami-12c6146b")
                            .minCount(1)
                            .maxCount(1)
                            .subnetId(subnet)
                            .iamInstanceProfile(profile -> profile.name("reader-profile"))
                            .userData(encoded))
                    .instances()
                    .get(0)
                    .instanceId();
        }
    }

    @Test
    void diskOfAKilledMachine_goesToTheNext_withADiskAndAnInterfaceThatComeLater() {
        try (NodeMachines machines = Testbed.machines(VPC, List.of(SUBNET_A))) {
            NodeVolume disk = machines.volume("vol-0a", 1);
            NodeMachine first = machines.start(
                    instance("i-0a", "10.0.0.5", SUBNET_A).withVolume(disk).withUserData(script("disk.sh")));
            first.awaitBoot(BOOT);
            first.run("sync", "--file-system", "/data");
            NodeMachine second = machines.start(instance("i-0b", "10.0.0.6", SUBNET_A));
            second.awaitBoot(BOOT);
            assertThatThrownBy(() -> second.attach(disk)).hasMessageContaining("i-0a");

            first.kill();
            assertThat(first.isRunning()).isFalse();
            second.attach(disk);
            second.run("mount", "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0a", "/mnt");
            assertThat(second.run("cat", "/mnt/word")).isEqualTo("kept");

            second.run("umount", "/mnt");
            second.detach(disk);
            assertThat(second.run("ls", "/dev/disk/by-id")).isEmpty();
            second.attach(disk);

            second.attach(NodeInterface.of("eni-fixed", "10.0.0.50", SUBNET_A));
            assertThat(second.run("cat", "/sys/class/net/ens6/address")).isEqualTo("06:00:0a:00:00:32");
            second.run("ip", "address", "add", "10.0.0.50/32", "dev", "ens6");
            second.run("ip", "link", "set", "ens6", "up");
            assertThat(second.run(
                            "bash", "-c", imds("meta-data/network/interfaces/macs/06:00:0a:00:00:32/interface-id")))
                    .isEqualTo("eni-fixed");
            assertThat(second.stop()).as("it powers off in good order").isTrue();
        }
    }

    @Test
    void kubeadmMakesAControlPlane_aWorkerJoins_andPodsRun() throws IOException {
        try (NodeMachines machines = Testbed.machines(VPC, List.of(SUBNET_A, SUBNET_B))) {
            NodeMachine controlPlane = machines.start(
                    instance("i-0c", "10.0.0.5", SUBNET_A).withUserData(node("control-plane.sh", "10.244.1.0/24")));
            NodeMachine worker = machines.start(
                    instance("i-0d", "10.0.16.5", SUBNET_B).withUserData(node("worker.sh", "10.244.2.0/24")));
            machines.route("10.244.1.0/24", "10.0.0.5");
            machines.route("10.244.2.0/24", "10.0.16.5");
            controlPlane.awaitBoot(CLUSTER);
            worker.awaitBoot(CLUSTER);

            Config config = Config.fromKubeconfig(controlPlane
                    .run("cat", "/etc/kubernetes/admin.conf")
                    .replace("https://10.0.0.5:6443", "https://127.0.0.1:" + machines.expose("10.0.0.5", 6443)));
            try (KubernetesClient client =
                    new KubernetesClientBuilder().withConfig(config).build()) {
                client.apps()
                        .deployments()
                        .inNamespace("default")
                        .resource(new DeploymentBuilder()
                                .withNewMetadata()
                                .withName("web")
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
                                .build())
                        .create();
                assertThat(Waiting.until(() -> ready(client) == 2, CLUSTER))
                        .as("both nodes are Ready")
                        .isTrue();
                assertThat(Waiting.until(() -> replicas(client, "default", "web") == 2, CLUSTER))
                        .as("pods run")
                        .isTrue();
                assertThat(Waiting.until(() -> replicas(client, "kube-system", "coredns") == 2, CLUSTER))
                        .as("CoreDNS runs")
                        .isTrue();
            }
            assertThat(controlPlane.run(
                            "env",
                            "KUBECONFIG=/etc/kubernetes/admin.conf",
                            "kubectl",
                            "exec",
                            "deploy/web",
                            "--",
                            "web",
                            "look",
                            "kubernetes.default.svc.cluster.local"))
                    .as("a pod on the worker asks CoreDNS on the control plane")
                    .isEqualTo("10.96.0.1");
            assertThat(controlPlane.memory() + worker.memory()).isLessThan(3L << 30);
        }
    }

    @Test
    void whatAKilledRunLeaves_theNextRemoves() throws IOException, InterruptedException {
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRun.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = new BufferedReader(new InputStreamReader(run.getInputStream(), UTF_8))) {
            assertThat(output.readLine()).startsWith("booted");
        }
        // All that could clean up. What they have started has nobody any more, and ends by itself.
        List<ProcessHandle> supervisors = run.children().toList();
        List<ProcessHandle> all = Stream.concat(
                        Stream.of(run.toHandle()),
                        supervisors.stream().flatMap(one -> Stream.concat(Stream.of(one), one.children())))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        run.waitFor();

        assertThat(all)
                .as("the JVM, and for the network and the machine a supervisor and a script")
                .hasSize(5);
        assertThat(HostFootprint.look().lines())
                .anyMatch(line -> line.startsWith("group ") && line.contains("k8saws-" + run.pid()));
        Testbed.machines(VPC, List.of(SUBNET_A)).close();
        assertThat(before.changes(Duration.ofSeconds(20))).isEmpty();
        assertThat(Surroundings.current().home().resolve("machines/runs"))
                .satisfiesAnyOf(runs -> assertThat(runs).doesNotExist(), runs -> assertThat(runs)
                        .isEmptyDirectory());
    }

    /** A run that is killed while its machine has a mounted disk. */
    static final class KilledRun {
        private KilledRun() {}

        public static void main(String[] arguments) throws InterruptedException {
            NodeMachines machines = Testbed.machines(VPC, List.of(SUBNET_A));
            NodeMachine machine = machines.start(instance("i-0k", "10.0.0.5", SUBNET_A)
                    .withVolume(machines.volume("vol-0a", 1))
                    .withUserData(script("disk.sh")));
            machine.awaitBoot(BOOT);
            System.out.println("booted " + machine.run("cat", "/data/word"));
            Thread.currentThread().join();
        }
    }

    /** How many times a machine's web server was asked whether it is ready, and answered with this code. */
    private static long checks(NodeMachine machine, int code) {
        return machine.run("journalctl", "-u", "web", "-o", "cat", "--no-pager")
                .lines()
                .filter(line -> line.contains("GET /ready") && line.contains("\" " + code))
                .count();
    }

    private static boolean answers(NodeMachine machine) {
        try {
            return machine.run("curl", "-sSf", "-m", "2", "http://10.0.0.100").contains("Directory listing");
        } catch (TestbedException e) {
            return false;
        }
    }

    private static NodeInstance instance(String id, String address, String subnet) {
        return NodeInstance.of(id, NodeInterface.of("eni-" + id.substring(2), address, subnet));
    }

    private static long bounds(String status) {
        return status.lines()
                .filter(line -> line.startsWith("CapBnd:"))
                .mapToLong(line -> Long.parseLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElseThrow();
    }

    private static String imds(String path) {
        return "token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token); "
                + "curl -sSf -H \"X-aws-ec2-metadata-token: $token\" http://169.254.169.254/latest/" + path;
    }

    private static String node(String role, String pods) {
        Map<String, String> words = Map.of(
                "@VERSION@", "1.36.1",
                "@PAUSE@", "3.10.2",
                "@TOKEN@", "abcdef.0123456789abcdef",
                "@CONTROL_PLANE@", "10.0.0.5",
                "@PODS@", pods);
        String text = script("node.sh") + script(role);
        for (Map.Entry<String, String> word : words.entrySet()) {
            text = text.replace(word.getKey(), word.getValue());
        }
        return text;
    }

    private static long ready(KubernetesClient client) {
        return client.nodes().list().getItems().stream()
                .filter(MachinesIT::isReady)
                .count();
    }

    private static boolean isReady(Node node) {
        return node.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }

    private static int replicas(KubernetesClient client, String namespace, String deployment) {
        Integer ready = client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(deployment)
                .get()
                .getStatus()
                .getReadyReplicas();
        return ready == null ? 0 : ready;
    }

    private static String script(String name) {
        try (InputStream script = MachinesIT.class.getResourceAsStream("machines/" + name)) {
            return new String(Objects.requireNonNull(script).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
