package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Runs each sample as people do: a program of its own, pointed at the emulator by the SDK's standard variables. */
@Timeout(180)
class SamplesIT {
    private static final Path YAML = Path.of("src/main/yaml").toAbsolutePath();
    private static final Pattern EMULATOR = Pattern.compile("emulator at (http://\\S+)\\.");

    private final AwsEndpoint aws;

    @TempDir
    private Path folder;

    SamplesIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    /** How a program ended. */
    record Ended(int code, String output) {}

    @Test
    void helloCluster_appliesAndFindsNoDrift() throws Exception {
        assertThat(run("", HelloCluster.class)).satisfies(hello -> {
            assertThat(hello.code()).as(hello.output()).isZero();
            assertThat(hello.output()).contains("Plan hello@eu-west-1", "Drift[hello: none]");
        });
    }

    @Test
    void clusterFromYaml_plansEachExample() throws Exception {
        for (String example : List.of("private", "stacked", "spot")) {
            Ended plan = run(
                    "", ClusterFromYaml.class, YAML.resolve(example + ".yaml").toString());
            assertThat(plan.code()).as(plan.output()).isZero();
            assertThat(plan.output()).contains("Cluster ", " create");
        }
    }

    @Test
    void clusterFromYaml_withMistakes_tellsThemAll() throws Exception {
        Path file = spec("Wrong", "ha");

        Ended ended = run("", ClusterFromYaml.class, file.toString());

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).contains("name: 'Wrong' is not valid");
    }

    @Test
    void planPage_writesAPage() throws Exception {
        Path page = folder.resolve("plan.html");

        Ended ended = run("", PlanPage.class, YAML.resolve("spot.yaml").toString(), page.toString());

        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(page).content().startsWith("<!DOCTYPE html>").contains("<svg");
    }

    @Test
    void provision_appliesOnlyWithConsent_andOnlyInItsRegion() throws Exception {
        String file = spec("consent", "stacked").toString();

        assertThat(run("", Provision.class, "eu-west-2", file).output()).contains("opened for eu-west-2");
        assertThat(run("no\n", Provision.class, "eu-west-1", file).output()).contains("Nothing was changed.");
        Ended done = run("consent\n", Provision.class, "eu-west-1", file);
        assertThat(done.code()).as(done.output()).isZero();
        assertThat(done.output())
                .contains("Worth a second look: api.allowedCidrs: ")
                .containsPattern("apply consent: [0-9]+ done in [0-9.]+ s");
        // One report of the whole, not two that measure different spans.
        assertThat(done.output().lines().filter(line -> line.contains(" done in ") && !line.contains("/")))
                .hasSize(1);
        assertThat(run("", Provision.class, "eu-west-1", file).output()).contains("nothing to do");
    }

    @Test
    void guardedApply_appliesAPlanFromAFile_once() throws Exception {
        String plan = folder.resolve("plan.json").toString();

        Ended planned =
                run("", GuardedApply.class, "plan", spec("guarded", "ha").toString(), plan);
        assertThat(planned.code()).as(planned.output()).isZero();
        Ended applied = run("", GuardedApply.class, "apply", plan);
        assertThat(applied.code()).as(applied.output()).isZero();
        assertThat(applied.output()).contains("Applied plan ");
    }

    @Test
    void driftWatch_andTwoWriters_onAClusterThatStands() throws Exception {
        Ended made = run(
                "shared\n", Provision.class, "eu-west-1", spec("shared", "ha").toString());
        assertThat(made.code()).as(made.output()).isZero();

        Ended calm = run("", DriftWatch.class, "eu-west-1", "shared", "2", "0");
        assertThat(calm.code()).as(calm.output()).isZero();
        assertThat(calm.output().lines().filter(line -> line.endsWith("Drift[shared: none]")))
                .hasSize(2);

        Ended writers = run("", TwoWriters.class, "eu-west-1", "shared");
        assertThat(writers.code()).as(writers.output()).isZero();
        assertThat(writers.output().lines().filter(line -> line.contains("Applied plan ")))
                .hasSize(2);
        assertThat(writers.output().lines().filter(line -> line.startsWith("Second: ")))
                .hasSize(2);

        try (Colleague colleague = new Colleague(aws, "eu-west-1")) {
            colleague.changesSecurityGroup("shared");
        }
        Ended drifted = run("", DriftWatch.class, "eu-west-1", "shared", "1", "0");
        assertThat(drifted.code()).as(drifted.output()).isEqualTo(1);
        assertThat(drifted.output()).contains("1 to repair, 1 foreign", "22/tcp");
    }

    @Test
    void quickstart_tellsTheWholeStory() throws Exception {
        Ended story = run("", Quickstart.class, "--pools", "1", "--name", "story");

        assertThat(story.code()).as(story.output()).isZero();
        assertThat(story.output())
                .contains("Plan again: nothing to do", "1 to repair, 1 foreign", "0 to repair, 1 foreign")
                .contains("Nothing of story is left.");
        assertThat(folder.resolve("k8saws-plan.html")).exists();
    }

    @Test
    void quickstart_withASpecOfYours_stopsWhereItShall() throws Exception {
        Ended story =
                run("", Quickstart.class, "--spec", YAML.resolve("stacked.yaml").toString(), "--stop-after", "plan");

        assertThat(story.code()).as(story.output()).isZero();
        assertThat(story.output())
                .contains(
                        "Plan staging@eu-west-1",
                        "   Worth a second look: api.allowedCidrs: the Kubernetes API is open")
                .doesNotContain("2. Apply");
    }

    @Test
    void quickstart_withAWrongArgument_refuses() throws Exception {
        Ended ended = run("", Quickstart.class, "--stop-before", "apply");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output().lines())
                .containsExactly("quickstart: there is no argument --stop-before; ./quickstart --help tells all");
    }

    @Test
    void quickstart_atAws_refuses() throws Exception {
        ProcessBuilder program = program(Quickstart.class);
        program.environment().put("K8SAWS_AWS_ENDPOINT", "https://ec2.eu-west-1.AMAZONAWS.com");

        Ended ended = end(program.start(), "");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).contains("this is AWS");
    }

    @Test
    void quickstart_killed_takesItsEmulatorAlong() throws Exception {
        ProcessBuilder builder = program(Quickstart.class);
        // Even when the tests run at an endpoint of somebody else, this one starts its own.
        builder.environment().remove("K8SAWS_AWS_ENDPOINT");
        Process program = builder.start();
        URI emulator = null;
        try (BufferedReader output = program.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null && emulator == null; line = output.readLine()) {
                Matcher matcher = EMULATOR.matcher(line);
                if (matcher.find()) {
                    emulator = URI.create(matcher.group(1));
                }
            }
            assertThat(emulator).isNotNull();
            assertThat(answers(emulator)).isTrue();
        } finally {
            program.destroyForcibly().waitFor();
        }
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (answers(emulator) && System.nanoTime() < limit) {
            Thread.onSpinWait();
        }
        assertThat(answers(emulator)).isFalse();
    }

    /** Two runs of the program: the second goes on where the first has ended. */
    @Test
    void etcd_isBackedUpContinuously_andAPointInTimeComesBack() throws Exception {
        try (S3Client s3 =
                aws.configure(S3Client.builder()).region(Region.of("eu-west-1")).build()) {
            s3.createBucket(
                    b -> b.bucket("etcd-points").createBucketConfiguration(c -> c.locationConstraint("eu-west-1")));
        }
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            String endpoint = etcd.endpoints().get(0).toString();
            etcd.etcdctl("put", "/a", "1");
            Ended first = run("", EtcdContinuous.class, endpoint, "eu-west-1", "etcd-points", "demo", "one", "2");
            assertThat(first.code()).as(first.output()).isZero();
            assertThat(first.output()).contains("stored a full snapshot: demo/main ", "Ended.");

            long before = revision(etcd.etcdctl("put", "/a", "2", "-w", "json"));
            long deleted = revision(etcd.etcdctl("del", "/a", "-w", "json"));
            Ended second = run(
                    "",
                    EtcdContinuous.class,
                    endpoint,
                    "eu-west-1",
                    "etcd-points",
                    "demo",
                    "two",
                    Long.toString(deleted));
            assertThat(second.code()).as(second.output()).isZero();
            assertThat(second.output())
                    .contains("stored changes: revisions ", "Ended.")
                    .doesNotContain("full snapshot");

            Path to = folder.resolve("stored-point");
            Ended point = run(
                    "",
                    EtcdStoredPoint.class,
                    "eu-west-1",
                    "etcd-points",
                    "demo",
                    Long.toString(before),
                    to.toString(),
                    "http://127.0.0.1:2380");
            assertThat(point.code()).as(point.output()).isZero();
            assertThat(point.output()).contains("of demo/main: backup ", "delta segments");
            try (SnapshotFile restored = SnapshotFile.open(to.resolve("data/member/snap/db"));
                    Stream<KeyRevision> keys = restored.keys()) {
                assertThat(keys.filter(key -> key.keyText().equals("/a"))
                                .map(key -> new String(key.value(), StandardCharsets.UTF_8)))
                        .containsExactly("2");
            }
        }
    }

    private static long revision(String json) {
        Matcher matcher = Pattern.compile("\"revision\":([0-9]+)").matcher(json);
        assertThat(matcher.find()).as(json).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void etcd_isBackedUp_drilled_andANamespaceRescued() throws Exception {
        try (S3Client s3 =
                aws.configure(S3Client.builder()).region(Region.of("eu-west-1")).build()) {
            s3.createBucket(
                    b -> b.bucket("etcd-samples").createBucketConfiguration(c -> c.locationConstraint("eu-west-1")));
        }
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            String endpoint = etcd.endpoints().get(0).toString();
            etcd.etcdctl("put", "/registry/namespaces/shop", "a namespace");
            etcd.etcdctl("put", "/registry/configmaps/shop/settings", "blue");

            Ended backup = run("", EtcdBackup.class, endpoint, "eu-west-1", "etcd-samples", "demo");
            assertThat(backup.code()).as(backup.output()).isZero();
            assertThat(backup.output()).contains("demo/main ", "L0 L1 L2 L4");

            Ended drill = run(
                    "",
                    EtcdDrill.class,
                    "eu-west-1",
                    "etcd-samples",
                    "demo",
                    Testbed.program("etcd").toString());
            assertThat(drill.code()).as(drill.output()).isZero();

            etcd.etcdctl("del", "/registry/configmaps/shop/settings");
            String file = folder.resolve("later.db").toString();
            etcd.etcdctl("snapshot", "save", file);
            Ended before = run(
                    "",
                    EtcdPointInTime.class,
                    file,
                    "/registry/configmaps/shop/settings",
                    folder.resolve("data").toString(),
                    "http://127.0.0.1:2380");
            assertThat(before.code()).as(before.output()).isZero();
            assertThat(before.output()).contains("was deleted at revision 4", "Start it: etcd --name restored");
            assertThat(folder.resolve("data/member/snap/db")).exists();

            etcd.etcdctl("put", "/registry/configmaps/shop/settings", "blue");
            String whole = folder.resolve("whole.db").toString();
            etcd.etcdctl("snapshot", "save", whole);
            etcd.etcdctl("del", "--prefix", "/registry/");
            List<String> restore = new ArrayList<>(List.of(
                    Testbed.program("etcd").toString(),
                    whole,
                    folder.resolve("restored").toString()));
            List<Integer> ports = freePorts(4);
            for (int i = 0; i < 2; i++) {
                restore.addAll(List.of(
                        "member-" + i,
                        "http://127.0.0.1:" + ports.get(2 * i),
                        "http://127.0.0.1:" + ports.get(2 * i + 1)));
            }
            Ended restored = run("", EtcdRestore.class, restore.toArray(String[]::new));
            assertThat(restored.code()).as(restored.output()).isZero();
            assertThat(restored.output())
                    .contains("goes on from 18000", "there are no API servers to stop", "quorum 2 of 2: 2 well");

            Ended no = run("no\n", NamespaceRescue.class, endpoint, whole, "shop");
            assertThat(no.code()).as(no.output()).isZero();
            assertThat(no.output())
                    .contains("2 create", "+ configmaps shop/settings")
                    .doesNotContain("Rescued");
            Ended yes = run("shop\n", NamespaceRescue.class, endpoint, whole, "shop");
            assertThat(yes.output()).contains("Rescued 2 of 2 keys");
            assertThat(etcd.etcdctl("get", "--prefix", "/registry/", "--print-value-only"))
                    .contains("blue", "a namespace");
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static boolean answers(URI uri) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    uri.resolve("/moto-api/data.json").toURL().openConnection();
            connection.setConnectTimeout(2_000);
            connection.setReadTimeout(2_000);
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** An example under another name. */
    private Path spec(String name, String example) throws IOException {
        String yaml = Files.readString(YAML.resolve(example + ".yaml"));
        String own = ClusterSpec.fromYaml(yaml).name();
        return Files.writeString(folder.resolve(name + ".yaml"), yaml.replace("name: " + own, "name: " + name));
    }

    private Ended run(String input, Class<?> sample, String... args) throws Exception {
        return end(program(sample, args).start(), input);
    }

    private static Ended end(Process program, String input) throws Exception {
        try (var in = program.outputWriter(StandardCharsets.UTF_8)) {
            in.write(input);
        } catch (IOException endedBeforeReading) {
            // Then it wanted no input; its output tells.
        }
        String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(program.waitFor(), output);
    }

    private ProcessBuilder program(Class<?> sample, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                sample.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().remove("AWS_PROFILE");
        builder.environment().put("AWS_ENDPOINT_URL", aws.uri().toString());
        builder.environment().put("AWS_ACCESS_KEY_ID", aws.accessKeyId());
        builder.environment().put("AWS_SECRET_ACCESS_KEY", aws.secretAccessKey());
        return builder;
    }
}
