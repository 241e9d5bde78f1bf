package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import io.k8saws.pki.AuthorityRequest;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.PkiSpec;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/** The functions of the machines' scripts, run as they are. The emulator checks each signature and each right of the machine's role. */
@DisplayName("The machines' scripts")
class BootScriptsIT {
    private static final String BUCKET = "k8saws-payments-3651e31e"; // as the policies in core's golden file have it

    private static AwsEndpoint moto;
    private static AwsEndpoint aws;
    private static InstanceMetadata metadata;
    private static S3Client s3;
    private static Ec2Client ec2;
    private static String instance;
    private static String volume;
    private static String networkInterface;

    @TempDir
    private Path scratch;

    private final Map<String, String> variables = new TreeMap<>();

    @BeforeAll
    static void makeAMachinesSurroundings() throws Exception {
        moto = Testbed.moto();
        aws = moto.enforcingIam();
        metadata = new InstanceMetadata();
        s3 = aws.configure(S3Client.builder()).forcePathStyle(true).build();
        ec2 = aws.configure(Ec2Client.builder()).build();
        s3.createBucket(b -> b.bucket(BUCKET));
        String zone = aws.region() + "a";
        String vpc = ec2.createVpc(b -> b.cidrBlock("10.0.0.0/16")).vpc().vpcId();
        String subnet = ec2.createSubnet(
                        b -> b.vpcId(vpc).cidrBlock("10.0.0.0/24").availabilityZone(zone))
                .subnet()
                .subnetId();
        instance = ec2.runInstances(b -> b.imageId("ami-12c6146b")
                        .subnetId(subnet)
                        .minCount(1)
                        .maxCount(1)
                        .tagSpecifications(TagSpecification.builder()
                                .resourceType(ResourceType.INSTANCE)
                                .tags(tag("KubernetesCluster", "payments"), tag("k8saws.io/role", "etcd"))
                                .build()))
                .instances()
                .get(0)
                .instanceId();
        volume = ec2.createVolume(
                        b -> b.availabilityZone(zone).size(1).tagSpecifications(tags(ResourceType.VOLUME, "etcd-1")))
                .volumeId();
        ec2.createVolume(b -> b.availabilityZone(zone).size(1).tagSpecifications(tags(ResourceType.VOLUME, "etcd-2")));
        networkInterface = ec2.createNetworkInterface(b -> b.subnetId(subnet)
                        .privateIpAddress("10.0.0.44")
                        .tagSpecifications(tags(ResourceType.NETWORK_INTERFACE, "etcd-1")))
                .networkInterface()
                .networkInterfaceId();
        metadata.put("meta-data/instance-id", instance);
        metadata.put("meta-data/placement/availability-zone", zone);
        metadata.put("meta-data/local-ipv4", "10.0.0.11");
        for (String role : List.of("control-plane", "etcd", "nodes")) {
            makeRole(role);
        }
    }

    /** A role with the rights that the library gives it, and keys for it. The emulator asks for EC2's actions, and not on which of its resources. */
    private static void makeRole(String role) throws IOException {
        String policy = BootDocuments.policy(role)
                .replace("111122223333", "123456789012")
                .replaceAll("arn:aws:ec2:[^\"]*", "*");
        try (IamClient iam = aws.configure(IamClient.builder()).build();
                StsClient sts = aws.configure(StsClient.builder()).build()) {
            String arn = iam.createRole(b -> b.roleName(role).assumeRolePolicyDocument("""
                            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                              "Principal": {"Service": "ec2.amazonaws.com"}}]}"""))
                    .role()
                    .arn();
            iam.putRolePolicy(b -> b.roleName(role).policyName(role).policyDocument(policy));
            Credentials keys = sts.assumeRole(b -> b.roleArn(arn).roleSessionName(instance))
                    .credentials();
            metadata.put("meta-data/iam/security-credentials/" + role, """
                    {
                      "Code" : "Success",
                      "Type" : "AWS-HMAC",
                      "AccessKeyId" : "%s",
                      "SecretAccessKey" : "%s",
                      "Token" : "%s",
                      "Expiration" : "2036-01-01T00:00:00Z"
                    }
                    """.formatted(
                            keys.accessKeyId(), keys.secretAccessKey(), keys.sessionToken()));
        }
    }

    private static TagSpecification tags(ResourceType type, String member) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(
                        tag("KubernetesCluster", "payments"),
                        tag("k8saws.io/etcd-member", member),
                        tag("k8saws.io/etcd-cluster", "main"))
                .build();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    @AfterAll
    static void end() {
        s3.close();
        ec2.close();
        metadata.close();
        moto.close();
    }

    @BeforeEach
    void describe() throws IOException {
        variables.putAll(Map.of(
                "CLUSTER", "payments",
                "ROLE", "etcd",
                "PART", "etcd-1",
                "REGION", aws.region(),
                "S3", aws.uri() + "/" + BUCKET,
                "EC2", aws.uri().toString(),
                "IMDS", metadata.url(),
                "RUN", scratch.resolve("run").toString(),
                "LOG", scratch.resolve("log").toString(),
                "CACHE", scratch.resolve("cache").toString()));
        variables.put("KEPT", scratch.resolve("kept").toString());
        variables.put("KUBERNETES", scratch.resolve("kubernetes").toString());
        variables.put("KEYS", scratch.resolve("keys").toString());
        variables.put("ETCD_MEMBER", "etcd-1");
        variables.put("INSTANCE", instance);
        take("etcd");
        for (String folder : List.of("run", "kept", "kubernetes", "bin")) {
            Files.createDirectories(scratch.resolve(folder));
        }
    }

    /** The machine has this role from now on. */
    private void take(String role) {
        metadata.put("meta-data/iam/security-credentials/", role);
        variables.put("ROLE", role);
    }

    /** A program in the place of one of the machine. */
    private void program(String name, String body) throws IOException {
        Path file = Files.writeString(scratch.resolve("bin").resolve(name), "#!/bin/bash\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Runs shell code after the functions of a role, as a step's body is run: in a shell of its own that ends at the first error. */
    private Command.Outcome run(String code) throws Exception {
        return run("etcd", code);
    }

    private Command.Outcome run(String functions, String code) throws Exception {
        String settings = variables.entrySet().stream()
                .map(v -> v.getKey() + "='" + v.getValue() + "'\n")
                .collect(Collectors.joining());
        Path script = Files.writeString(
                scratch.resolve("script.sh"),
                settings + BootDocuments.functions(functions) + "\nPATH='" + scratch + "/bin':$PATH\n" + code + "\n");
        return new Command("bash", scratch, "install bash").run(script);
    }

    private String reason() throws IOException {
        Path reason = scratch.resolve("run/reason");
        return Files.exists(reason) ? Files.readString(reason) : "";
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Puts an object into the bucket as the library would. */
    private static void store(String key, String text) {
        s3.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromString(text));
    }

    private static String stored(String key) {
        return s3.getObjectAsBytes(b -> b.bucket(BUCKET).key(key)).asUtf8String();
    }

    private NodeStatus status() {
        return NodeStatus.fromJson(stored("status/" + variables.get("ROLE") + "/" + instance + ".json"));
    }

    static List<Path> scripts() throws IOException {
        return BootDocuments.scripts();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    @DisplayName("pass shellcheck without a remark")
    void shellcheck(Path script) throws Exception {
        Command.Outcome outcome = new Command("shellcheck", scratch, "run 'testbed/install shellcheck'")
                .run("--shell=bash", "--severity=style", script.toAbsolutePath());

        assertThat(outcome.text()).isEmpty();
        assertThat(outcome.good()).isTrue();
    }

    /** A bundle as the library writes it: each file after its mode, bytes and path. */
    private static String bundle(Path... targets) {
        String text = "# files\n";
        for (Path target : targets) {
            text += "0640 7 " + target + "\n\u00fc: 1\n\n\n";
        }
        return text;
    }

    @Test
    void theFilesOfABundleAreWritten_eachWithItsMode_andASecondTimeNoneIs() throws Exception {
        Path one = scratch.resolve("etc/one");
        Path two = scratch.resolve("etc/of mine/two");
        String text = bundle(one, two);
        store("nodes/etcd-1/" + sha256(text), text);
        String fetch =
                "s3_get nodes/etcd-1/%s \"$RUN/bundle\"; verify \"$RUN/bundle\" %s it mend-it; unpack \"$RUN/bundle\""
                        .formatted(sha256(text), sha256(text));

        Command.Outcome outcome = run(fetch);

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(outcome.text()).contains("wrote " + one, "wrote " + two);
        assertThat(List.of(one, two)).allSatisfy(file -> {
            assertThat(Files.readString(file)).isEqualTo("\u00fc: 1\n\n");
            assertThat(Files.getPosixFilePermissions(file)).hasSize(3);
        });
        assertThat(run(fetch).text()).as("what a second run does").isEmpty();
    }

    @Test
    void aBundleThatIsNotWhatItsHashSays_isNotWritten() throws Exception {
        store("nodes/etcd-1/" + sha256("good"), "bad");

        Command.Outcome outcome = run(
                "verified() { s3_get nodes/etcd-1/%1$s \"$RUN/bundle\"; verify \"$RUN/bundle\" %1$s 'the bundle' 'Apply'; }%nretry 600 verified"
                        .formatted(sha256("good")));

        assertThat(outcome.code()).as("twice the same is not tried again").isEqualTo(9);
        assertThat(reason())
                .isEqualTo(
                        "the bundle has the SHA-256 " + sha256("bad") + ", not " + sha256("good") + ", twice. Apply");
    }

    @Test
    void aBundleThatWasCutIsToldAsSuch() throws Exception {
        Path target = scratch.resolve("etc/one");
        Path cut = Files.writeString(scratch.resolve("cut"), "# files\n0640 100 " + target + "\nx\n");

        Command.Outcome outcome = run("unpack " + cut);

        assertThat(outcome.code()).isEqualTo(9);
        assertThat(target).doesNotExist();
        assertThat(reason()).isEqualTo("the bundle ends within " + target);
    }

    @Test
    void whatTheRoleMayNotRead_isToldAsSuch_andIsNotTakenForMissing() throws Exception {
        String key = "nodes/pki/control-plane/control-plane/" + sha256("secret");
        store(key, "secret");

        Command.Outcome outcome = run("look_up " + key + " " + scratch.resolve("key"));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).doesNotContain("secret\n");
        assertThat(reason())
                .contains("GET " + variables.get("S3") + "/" + key + ": answer 403 AccessDenied")
                .endsWith("Look at the rights of this machine's role, at the policy of what it asks, and at the clock");
        assertThat(run("look_up etcd/nothing " + scratch.resolve("key")).code()).isZero();
        assertThat(reason()).isEmpty();
        assertThat(scratch.resolve("key")).isEmptyFile();
        take("control-plane");
        assertThat(run("look_up " + key + " " + scratch.resolve("key")).good()).isTrue();
        assertThat(scratch.resolve("key")).hasContent("secret");
    }

    @Test
    void whenNobodyAnswers_theReasonHasCurlsWords() throws Exception {
        variables.put("S3", "http://127.0.0.1:1/" + BUCKET);

        Command.Outcome outcome = run("retry 0 s3_get etcd/x " + scratch.resolve("key"));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(reason())
                .startsWith("GET http://127.0.0.1:1/" + BUCKET + "/etcd/x: no answer: curl: (7) ")
                .contains("Look at this machine's way there")
                .endsWith(" (tried for 0 s)");
    }

    private static final String WAY_IN = "# authority-kubernetes-1 0a0b\na way in";

    @Test
    void aWorkerThatCannotReadTheWayIn_namesBothReasonsThatThereMayBe() throws Exception {
        String both =
                "there is no way in yet, join/nodes.conf in the cluster's bucket, or this machine's role may not read it."
                        + " Look at the control plane's statuses first: each of its machines writes it";
        take("nodes");
        assertThat(run("nodes", "retry 0 join_once").code()).isEqualTo(1);
        assertThat(reason())
                .as("what is not there, to whom may not list the bucket")
                .startsWith(both + ". GET ")
                .contains("/join/nodes.conf: answer 403 AccessDenied");

        variables.put("AUTHORITIES", "authority-kubernetes-1");
        variables.put("PATIENT_UNTIL", "999999999");
        store("join/nodes.conf", WAY_IN);
        take("etcd"); // a role without access; S3 says the same to a worker of what is not there
        assertThat(run("nodes", "retry 0 join_once").code()).isEqualTo(1);
        assertThat(reason()).startsWith(both + ". GET ").contains("/join/nodes.conf: answer 403 AccessDenied");

        take("nodes");
        program("kubeadm", "echo 'kubeadm: no'; exit 1");
        assertThat(run("nodes", "retry 0 join_once").code()).isEqualTo(1);
        assertThat(reason()).startsWith("kubeadm could not join");
        program("kubeadm", "exit 0");
        assertThat(run("nodes", "retry 0 join_once").good()).isTrue();
        assertThat(scratch.resolve("kubernetes/discovery.conf")).hasContent(WAY_IN);
        assertThat(scratch.resolve("kept/authorities")).hasContent("authority-kubernetes-1 0a0b");

        variables.put("AUTHORITIES", "authority-kubernetes-2 authority-kubernetes-1");
        assertThat(run("nodes", "retry 0 join_once").code())
                .as("of another phase")
                .isEqualTo(1);
        assertThat(reason())
                .contains("does not name exactly the authorities authority-kubernetes-2 authority-kubernetes-1");
        variables.put("PATIENT_UNTIL", "-1");
        assertThat(run("nodes", "retry 0 join_once").good())
                .as("waited long enough")
                .isTrue();
        s3.deleteObject(b -> b.bucket(BUCKET).key("join/nodes.conf"));
    }

    @Test
    void ofTwoWhoClaimADiskOneIsToldNo() throws Exception {
        String claim = "claim_disk events vol-%s && echo claimed";

        assertThat(run(claim.formatted("1")).text()).isEqualTo("claimed\n");
        assertThat(run(claim.formatted("1")).text()).as("the same once more").isEqualTo("claimed\n");
        Command.Outcome other = run(claim.formatted("2"));
        assertThat(other.code()).isEqualTo(9);
        assertThat(reason())
                .isEqualTo(
                        "another machine took the disk vol-1 for etcd-1, and this one has vol-2. Terminate the one that is"
                                + " too many; if the other disk is lost, replace the member");
    }

    @Test
    void theStatusIsReadByTheLibrary() throws Exception {
        Files.writeString(scratch.resolve("log"), "one\n\n\"two\"\t\\ back \u001b[31m\u0007\nümlaut\n");

        Files.writeString(
                scratch.resolve("keys"), "trusts authority-etcd-1\ntrusts authority-etcd-2\nshows authority-etcd-1\n");

        Command.Outcome outcome = run("put_status mount-disks failed $'the \"disk\"\\nis\\tlost'");

        assertThat(outcome.text()).isEmpty();
        NodeStatus status = status();
        assertThat(status.instance()).isEqualTo(instance);
        assertThat(status.part()).isEqualTo("etcd-1");
        assertThat(status.state()).isEqualTo(NodeStatus.State.FAILED);
        assertThat(status.reason()).isEqualTo("the \"disk\"\nis lost");
        assertThat(status.log()).containsExactly("one", "\"two\"\\ back [31m", "mlaut");
        assertThat(LoadedKeys.numbers(status.keys().trusts(), ClusterKey.AUTHORITY_ETCD))
                .containsExactlyInAnyOrder(1, 2);
        assertThat(status.keys().shows()).containsExactly(new KeyGeneration(ClusterKey.AUTHORITY_ETCD, 1));
    }

    @Test
    void aWorkerTellsWhoHasSignedItsCertificate_byTheIdentifierOfTheKey() throws Exception {
        ClusterPki pki = Bootstrap.pki(ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .build());
        CertificateRequest request = pki.certificates().get(0);
        CertificateAuthority authority =
                pki.createAuthorities(Clock.systemUTC()).get(request.signer());
        IssuedCertificate issued = authority.issue(request, Clock.systemUTC());
        Path pem = Files.writeString(
                scratch.resolve("kubelet.pem"),
                issued.certificatePem() + issued.key().orElseThrow().privateKeyPem());

        assertThat(run("nodes", "signer_of '" + pem + "'").text())
                .isEqualTo(authority.keyIdentifier().orElseThrow());
        Files.writeString(pem, "nothing");
        assertThat(run("nodes", "signer_of '" + pem + "'").text()).isEqualTo("-");
    }

    @ParameterizedTest
    @CsvSource({
        "authority-kubernetes-1, authority-kubernetes-1, 0",
        "authority-kubernetes-2 authority-kubernetes-1, authority-kubernetes-1 authority-kubernetes-2, 0",
        "authority-kubernetes-2, authority-kubernetes-2 authority-kubernetes-1, 1",
        "authority-kubernetes-1 authority-kubernetes-2, authority-kubernetes-1, 1",
        "authority-kubernetes-1, '', 1"
    })
    void aWorkerKnowsWhetherTheWayInHasTheAuthoritiesThatItWasStartedFor(String wanted, String there, int code)
            throws Exception {
        StringBuilder wayIn = new StringBuilder();
        for (String name : there.split(" ")) {
            wayIn.append("# ").append(name).append(" 0a0b0c\n");
        }
        Path file = Files.writeString(scratch.resolve("way-in"), wayIn + "apiVersion: v1\nkind: Config\n");

        assertThat(run(
                                "nodes",
                                "AUTHORITIES='" + wanted + "'; if names_authorities '" + file
                                        + "'; then echo 0; else echo 1; fi")
                        .text())
                .isEqualTo(code + "\n");
    }

    @Test
    void aFailedStepEndsTheScript_andItsStatusNamesStepReasonAndLastLines() throws Exception {
        Command.Outcome outcome = run("""
                works() { remember COLOUR 'a "blue" one'; }
                shows() { echo "colour: $COLOUR"; }
                breaks() { echo 'a line'; fail 'there is no disk'; }
                never() { echo 'never printed'; }
                step one works
                step two shows
                step three breaks
                step four never
                """);

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text())
                .contains("colour: a \"blue\" one")
                .containsPattern("\\[two\\] took [0-9]+ s\n")
                .containsPattern("\\[three\\] failed after [0-9]+ s: there is no disk\n")
                .doesNotContain("never printed");
        NodeStatus status = status();
        assertThat(status.step()).isEqualTo("three");
        assertThat(status.reason()).isEqualTo("there is no disk");
        assertThat(status.log()).anyMatch(line -> line.endsWith("a line"));
    }

    @Test
    void anErrorInTheMiddleOfAStepIsNotPassedOver() throws Exception {
        Command.Outcome outcome = run("""
                breaks() { false; echo 'went on'; }
                step one breaks
                """);

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).doesNotContain("went on");
        assertThat(reason()).isEqualTo("ended with code 1");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "2, 3"})
    void retryGoesOnUntilItSucceeds(int failures, int tries) throws Exception {
        Path count = Files.writeString(scratch.resolve("count"), "");

        Command.Outcome outcome = run("""
                try() { echo . >>'%1$s'; (($(wc -l <'%1$s') > %2$d)); }
                retry 120 try
                """.formatted(count, failures));

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(Files.readAllLines(count)).hasSize(tries);
        assertThat(reason()).isEmpty();
    }

    @Test
    void retryEndsWhenTheTimeIsOver_withTheCodeOfTheLastTry() throws Exception {
        Command.Outcome outcome = run("try() { return 3; }\nretry 2 try");

        assertThat(outcome.code()).isEqualTo(3);
        assertThat(reason()).isEqualTo("'try' ended with code 3: the log has its words (tried for 2 s)");
    }

    @Test
    void retryDoesNotRepeatWhatDoesNotHelp() throws Exception {
        Path count = Files.writeString(scratch.resolve("count"), "");

        Command.Outcome outcome = run("try() { echo . >>'%s'; fail 'no use'; }%nretry 60 try".formatted(count));

        assertThat(outcome.code()).isEqualTo(9);
        assertThat(Files.readAllLines(count)).hasSize(1);
    }

    @Test
    void aProgramIsFetchedUntilItIsThere_checked_andInstalledOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer mirror = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        mirror.createContext("/", exchange -> {
            boolean ready = asked.incrementAndGet() > 2;
            InstanceMetadata.send(exchange, ready ? 200 : 503, ready ? "#!/bin/sh\necho tool\n" : "later");
        });
        mirror.start();
        try {
            Path target = scratch.resolve("bin/tool");
            String address = "http://127.0.0.1:" + mirror.getAddress().getPort() + "/tool";
            String install = "retry %d install_program tool %s file " + target + " " + address;
            String good = install.formatted(30, sha256("#!/bin/sh\necho tool\n"));

            assertThat(run(install.formatted(0, sha256("x"))).good()).isFalse();
            assertThat(reason())
                    .startsWith("tool cannot be fetched from " + address + ": curl: (22) ")
                    .contains("503. Look at the mirror");

            asked.set(2);
            Command.Outcome bad = run(install.formatted(900, sha256("x")));
            assertThat(bad.code()).isEqualTo(9);
            assertThat(asked).as("the same wrong file twice is enough").hasValue(4);
            assertThat(target).doesNotExist();
            assertThat(reason())
                    .startsWith("tool from " + address + " has the SHA-256 ")
                    .contains(", not " + sha256("x") + ", twice. Look at that place")
                    .endsWith("assets.sha256");

            asked.set(0);
            assertThat(run(good).good()).isTrue();
            assertThat(asked).hasValue(3);
            assertThat(Files.isExecutable(target)).isTrue();
            assertThat(run(good).text()).isEmpty();
            assertThat(asked).as("after a second run").hasValue(3);
        } finally {
            mirror.stop(0);
        }
    }

    @Test
    void aProgramInABucketIsFetchedWithTheMachinesRole() throws Exception {
        store("nodes/etcd-1/tool", "tool");

        Command.Outcome outcome = run("install_program tool %s file %s s3+$S3/nodes/etcd-1/tool"
                .formatted(sha256("tool"), scratch.resolve("bin/tool")));

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(scratch.resolve("bin/tool")).hasContent("tool");
    }

    @Test
    void onlyTheFilesOfEtcdThatAreNeededAreTakenFromItsArchive() throws Exception {
        run("""
                mkdir -p etcd-v1/Documentation && touch etcd-v1/{etcd,etcdctl,etcdutl,README.md} etcd-v1/Documentation/etcd.md
                tar -czf etcd.tar.gz etcd-v1
                """);
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(Files.readAllBytes(scratch.resolve("etcd.tar.gz"))));

        Command.Outcome outcome = run("install_program etcd %s etcd %s file://%s"
                .formatted(hash, scratch.resolve("bin"), scratch.resolve("etcd.tar.gz")));

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(scratch.resolve("bin").toFile().list()).containsExactlyInAnyOrder("etcd", "etcdctl", "etcdutl");
    }

    @Test
    void documentsAreFilledWithWhatTheMachineKnows_letterByLetter() throws Exception {
        Files.writeString(
                scratch.resolve("in"), "name: \"@NODE_NAME@\"\nid: @PROVIDER_ID@ @OTHER@ @ADDRESS@@ADDRESS@\n");

        run("NODE_NAME='a&b\\1' PROVIDER_ID=aws:///z/i-1 ADDRESS=10.0.0.1 fill in '%s/out'".formatted(scratch));

        assertThat(scratch.resolve("out")).hasContent("name: \"a&b\\1\"\nid: aws:///z/i-1 @OTHER@ 10.0.0.110.0.0.1\n");
    }

    @Test
    void theMemberFindsItsOwnDiskAndItsOwnAddress_andAttachesThem() throws Exception {
        String attach =
                "attach_disk main; attach_interface; cat \"$RUN/etcd-main.volume\"; echo; cat \"$RUN/member-mac\"";
        program("systemctl", "exit 3"); // networkd does not run

        Command.Outcome first = run(attach);
        Command.Outcome second = run(attach);

        assertThat(first.good()).as(first.text()).isTrue();
        assertThat(first.text()).startsWith(volume + "\n");
        assertThat(first.text().lines().skip(1)).allMatch(line -> line.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}"));
        assertThat(second.good()).as("a second run").isTrue();
        String held = run("ec2 DescribeVolumes VolumeId.1=%s; xml instanceId; xml device".formatted(volume))
                .text();
        assertThat(held.lines()).containsExactly(instance, "/dev/sdf");
        assertThat(run("ec2 DescribeNetworkInterfaces NetworkInterfaceId.1=%s; xml instanceId"
                                .formatted(networkInterface))
                        .text()
                        .lines())
                .containsExactly(instance);
    }

    @Test
    void whatAnotherMachineStillHolds_isWaitedFor() throws Exception {
        assertThat(run("attach_disk main").good()).isTrue();
        variables.put("INSTANCE", "i-00000000000000000");

        Command.Outcome outcome = run("retry 2 attach_disk main");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(reason())
                .startsWith("disk " + volume + " is attached to " + instance + ". It lets go when that machine ends");
    }

    @Test
    void aMemberWithoutADiskOfItsOwnTakesNoOther() throws Exception {
        variables.put("ETCD_MEMBER", "etcd-9");

        Command.Outcome outcome = run("retry 60 attach_disk main");

        assertThat(outcome.code()).isEqualTo(9);
        assertThat(reason()).startsWith("etcd-9 has not exactly one disk for etcd-main: ''");
    }

    /** DATA, INITIALISED, GIVEN-DISK, ORDERED-DISK, FOLLOWED and RESTORED-DISK for vol-1, and what follows. */
    @ParameterizedTest
    @CsvSource({
        "no,  '',  '',    '',    '',  '',    new",
        "no,  '',  vol-1, '',    '',  '',    new",
        "blank, '', '',   '',    '',  '',    new",
        "blank, '', vol-1, '',   '',  '',    'it is blank, and was made ready for the member before: its disk is lost. Replace the member'",
        "blank, '', vol-0, vol-1, '', '',    ordered",
        "no,  '',  vol-0, '',    '',  '',    the member was given vol-0 before: its disk is lost. Replace the member",
        "no,  yes, '',    '',    '',  '',    'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "no,  yes, vol-1, '',    '',  '',    'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "no,  yes, vol-0, vol-0, '',  '',    'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "no,  yes, vol-0, vol-1, '',  '',    ordered",
        "no,  '',  vol-0, vol-1, '',  '',    ordered",
        "no,  yes, vol-0, vol-1, yes, '',    'it is empty, and its order was followed before: its disk is lost. Replace the member'",
        "no,  yes, vol-0, vol-1, '',  vol-1, 'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "blank, yes, vol-0, vol-1, '', vol-2, 'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "yes, '',  '',    '',    '',  '',    existing",
        "yes, yes, '',    '',    '',  '',    existing",
        "yes, yes, vol-1, '',    '',  '',    existing",
        "yes, yes, vol-0, vol-1, yes, '',    existing",
        "yes, yes, vol-0, vol-1, '',  '',    existing",
        "yes, yes, vol-0, '',    '',  vol-1, existing",
        "yes, yes, vol-0, vol-2, yes, vol-1, existing",
        "yes, '',  vol-0, '',    '',  '',    'it has data, and the member was given vol-0: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it. If a restore by hand is under way, and no machine has taken its third step, do its second step again on this machine'",
        "yes, yes, vol-0, '',    '',  '',    'it has data, and the member was given vol-0: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it. If a restore by hand is under way, and no machine has taken its third step, do its second step again on this machine'",
        "yes, yes, vol-0, vol-2, yes, '',    'it has data, and the member was given vol-2: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it. If a restore by hand is under way, and no machine has taken its third step, do its second step again on this machine'",
        "yes, yes, vol-1, vol-2, yes, '',    'it has data, and the member was given vol-2: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it. If a restore by hand is under way, and no machine has taken its third step, do its second step again on this machine'",
        "yes, yes, vol-1, vol-2, '',  '',    'it has data, and the member was given vol-2: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it. If a restore by hand is under way, and no machine has taken its third step, do its second step again on this machine'",
        "yes, yes, vol-1, '',    '',  vol-2, 'it has data, and the member was given vol-2: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it'",
        "yes, yes, vol-0, vol-1, yes, vol-2, 'it has data, and the member was given vol-2: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it'",
        "restored, yes, vol-0, '', '', '',   restored",
        "restored, '', '', '', '',    '',    restored",
        "restored, yes, vol-1, vol-2, yes, vol-3, restored",
    })
    void aMemberThatOnceHadDataNeverStartsEmpty_norFromADiskOfBefore(
            String data,
            String initialised,
            String given,
            String ordered,
            String followed,
            String restored,
            String verdict)
            throws Exception {
        assertThat(run("verdict %s vol-1 '%s' '%s' '%s' '%s' '%s'"
                                .formatted(data, initialised, given, ordered, followed, restored))
                        .text())
                .isEqualTo(verdict + "\n");
    }

    @Test
    void anOrderServesOnce_andAChangedOneIsANewOne() throws Exception {
        String follow = "printf 'vol-1\\n%s' >\"$RUN/etcd-main.order\"; claim_order main; echo followed";

        assertThat(run(follow.formatted("")).text()).isEqualTo("followed\n");
        assertThat(run(follow.formatted("")).text()).as("its answer was lost").isEqualTo("followed\n");
        variables.put("INSTANCE", "i-00000000000000000");
        assertThat(run(follow.formatted("")).code()).isEqualTo(9);
        assertThat(reason()).isEqualTo("the order for etcd-1 is used up: " + instance + ". Replace the member");
        assertThat(run(follow.formatted("2026-11-26")).text()).isEqualTo("followed\n");
        store("etcd/main/etcd-1/followed/" + sha256("vol-1\nold"), "withdrawn");
        assertThat(run(follow.formatted("old")).code()).isEqualTo(9);
        assertThat(reason()).isEqualTo("the order for etcd-1 is used up: withdrawn. Replace the member");
    }

    @ParameterizedTest
    @CsvSource({
        "truncate -s 2M disk, 0",
        "truncate -s 2M disk; printf x | dd of=disk bs=1 seek=9999 conv=notrunc 2>/dev/null, 1",
        "truncate -s 5 disk, 9"
    })
    void onlyADiskWithoutAByteIsBlank(String make, int code) throws Exception {
        assertThat(run(make + "\nis_blank disk").code()).isEqualTo(code);
    }

    @Test
    void noKeyIsInAnyListOfProcesses() throws Exception {
        Path curl = Files.writeString(
                scratch.resolve("curl"),
                "#!/bin/bash\nprintf '%s\\n' \"$@\" >>'" + scratch
                        + "/arguments'\nexec /usr/bin/env -u PATH_OF_TEST PATH=/usr/bin:/bin curl \"$@\"\n");
        assertThat(curl.toFile().setExecutable(true)).isTrue();

        Command.Outcome outcome = run("PATH='%s':$PATH s3_get etcd/nothing '%s/x' || true".formatted(scratch, scratch));

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(Files.readString(scratch.resolve("arguments")))
                .contains("--config")
                .doesNotContain("ASIA")
                .doesNotContain("aws:amz");
    }

    @Test
    void whileAStepIsTriedAgain_itsStatusSaysWhy() throws Exception {
        variables.put("TELL_SECONDS", "0");
        String steps = """
                try() { cp "$RUN/status.json" '%s'; because 'the mirror is shut'; return 1; }
                waits() { retry 4 try; }
                step wait waits
                """.formatted(scratch.resolve("seen"));

        assertThat(run(steps).code()).isEqualTo(1);

        NodeStatus last = NodeStatus.fromJson(Files.readString(scratch.resolve("seen")));
        assertThat(last.state()).isEqualTo(NodeStatus.State.RUNNING);
        assertThat(last.step()).isEqualTo("wait");
        assertThat(last.reason()).isEqualTo("the mirror is shut");
        assertThat(last.log()).anyMatch(line -> line.endsWith("the mirror is shut"));
        assertThat(status().reason()).isEqualTo("the mirror is shut (tried for 4 s)");

        variables.put("TELL_SECONDS", "30");
        assertThat(run(steps).code()).isEqualTo(1);
        assertThat(NodeStatus.fromJson(Files.readString(scratch.resolve("seen")))
                        .reason())
                .as("not more often than that")
                .isEmpty();
    }

    @Test
    void aStatusThatCannotBeWritten_doesNotTakeThePlaceOfTheReason() throws Exception {
        variables.put("ROLE", "nodes"); // whose status this machine's role may not write

        Command.Outcome outcome = run("because 'the mirror is shut'; put_status wait running 'the mirror is shut'");

        assertThat(outcome.good()).isTrue();
        assertThat(outcome.text()).contains("PUT", "answer 403");
        assertThat(reason()).isEqualTo("the mirror is shut");
    }

    @ParameterizedTest
    @CsvSource({"-P400D, false", "-PT3M, false", "PT3M, false", "PT5S, true"})
    void aWrongClockIsTold_alsoWhenItMakesTheCertificateInvalid(String offset, boolean good) throws Exception {
        Instant there = Instant.now().plus(span(offset));
        try (TlsStub stub = new TlsStub("127.0.0.1", 0, scratch, there)) {
            variables.put("S3", "https://127.0.0.1:" + stub.port() + "/bucket");

            Command.Outcome outcome = run("check_clock");

            assertThat(outcome.good()).as(outcome.text()).isEqualTo(good);
            assertThat(outcome.code()).isIn(0, 9);
            if (!good) {
                assertThat(reason())
                        .startsWith("the clock is off by ")
                        .endsWith("set up time synchronisation in the image (169.254.169.123 is Amazon's time server)");
            }
        }
    }

    private static Duration span(String text) {
        return text.endsWith("D") ? Duration.ofDays(Long.parseLong(text.replaceAll("[PD]", ""))) : Duration.parse(text);
    }

    @Test
    void withoutAnAnswerTheClockIsTakenToBeRight() throws Exception {
        variables.put("S3", "http://127.0.0.1:1/bucket");

        assertThat(run("check_clock").text()).contains("S3 does not tell the time");
    }

    @Test
    void userDataDoesNotGiveUp_andDoesNothingTwice() throws Exception {
        Path file = scratch.resolve("etc/one");
        String bundle = bundle(file);
        AtomicInteger asked = new AtomicInteger();
        HttpServer bucket = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        bucket.createContext("/", exchange -> {
            boolean isBundle = exchange.getRequestURI().getPath().endsWith(variables.get("BUNDLE"));
            String text = isBundle && asked.incrementAndGet() > 2 ? bundle : "not yet";
            InstanceMetadata.send(exchange, 200, text);
        });
        bucket.start();
        try {
            variables.put("S3", "http://127.0.0.1:" + bucket.getAddress().getPort());
            variables.put("BUNDLE", sha256(bundle));
            variables.put("AGAIN_SECONDS", "1");
            program("systemctl", "echo \"$@\" >>'" + scratch.resolve("systemctl") + "'");

            Command.Outcome outcome = run("user-data", BootDocuments.steps("user-data"));

            assertThat(outcome.good()).as(outcome.text()).isTrue();
            assertThat(outcome.text())
                    .containsSubsequence(
                            "[check-clock] took",
                            ", twice. Plan and apply the cluster",
                            "all steps again in 1 s",
                            "wrote " + file,
                            "[start-node] took");
            assertThat(scratch.resolve("systemctl"))
                    .hasContent("daemon-reload\nenable --now --no-block k8saws-node.service");
            assertThat(run("user-data", BootDocuments.steps("user-data")).text())
                    .as("at a later boot")
                    .isEmpty();
            assertThat(asked).hasValue(3);
        } finally {
            bucket.stop(0);
        }
    }

    @Test
    void etcdWithoutAQuorumSaysWhichMemberSaysWhat() throws Exception {
        program(
                "etcdctl",
                "echo 'https://10.0.0.44:2379 is unhealthy: failed to commit proposal: deadline exceeded' >&2; exit 1");

        assertThat(run("ETCD_CLUSTERS=main ETCD_ADDRESS=10.0.0.44; retry 0 is_healthy main https://10.0.0.44:2379")
                        .code())
                .isEqualTo(1);

        assertThat(reason())
                .startsWith("etcd-main is not healthy: https://10.0.0.44:2379 is unhealthy: failed to commit proposal")
                .contains("More than half of the members must be up");
    }

    /** A bundle of secrets with one certificate. */
    private String secrets(Path target, String pem) {
        return "# files\n0644 " + pem.getBytes(StandardCharsets.UTF_8).length + " " + target + "\n" + pem + "\n";
    }

    private static String authority(String now) {
        AuthorityRequest request = ClusterPki.of(PkiSpec.of(
                        ClusterSpec.builder()
                                .name("payments")
                                .region("eu-west-1")
                                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                                .build(),
                        "api.invalid"))
                .authorities()
                .get(0);
        return CertificateAuthority.create(request, Clock.fixed(Instant.parse(now), ZoneOffset.UTC))
                .certificatePem();
    }

    @Test
    void anAuthorityThatHasEndedStopsTheBoot_andSaysWhatToDo() throws Exception {
        Path file = scratch.resolve("pki/ca.crt");
        String ended = authority("1999-01-01T00:00:00Z");
        String good = authority("2026-01-01T00:00:00Z");
        String fetch = "SECRETS=nodes/pki/etcd/etcd-1/%s; fetch_secrets";
        store("nodes/pki/etcd/etcd-1/ended", secrets(file, ended));
        store("nodes/pki/etcd/etcd-1/both", secrets(file, ended + good));

        assertThat(run(fetch.formatted("ended")).code()).isEqualTo(9);
        assertThat(reason())
                .startsWith(file + " has ended: ")
                .contains("notAfter=", "Plan and apply the cluster")
                .doesNotContain("\n");
        assertThat(run(fetch.formatted("both")).good())
                .as("during a rotation the old one may end")
                .isTrue();
    }

    @Test
    void aMachineGoesOnWithTheSecretsThatItHas_whenItsBundleIsGone() throws Exception {
        Path file = scratch.resolve("pki/ca.crt");
        String key = "nodes/pki/etcd/etcd-1/gone";
        String fetch = "SECRETS=" + key + "; fetch_secrets";
        variables.put("HAVE_SECONDS", "1");
        store(key, secrets(file, authority("2026-01-01T00:00:00Z")));
        assertThat(run(fetch).text()).contains("wrote " + file);
        s3.deleteObject(b -> b.bucket(BUCKET).key(key));

        Command.Outcome again = run(fetch);

        assertThat(again.good()).as(again.text()).isTrue();
        assertThat(again.text()).contains("going on with the files that are here");
        assertThat(reason()).isEmpty();
        Files.writeString(file, authority("1999-01-01T00:00:00Z"));
        assertThat(run(fetch).code()).as("what it has may have ended").isEqualTo(9);
        // Of another bundle it has nothing.
        assertThat(run("SECRETS=nodes/pki/etcd/etcd-1/other; retry() { shift; \"$@\"; }; fetch_secrets")
                        .code())
                .isEqualTo(4);
        assertThat(reason()).startsWith("there is no nodes/pki/etcd/etcd-1/other in the cluster's bucket");
    }

    @Test
    void packagesAreInstalledWhenTheyAreMissing_andCommandsRunOnce() throws Exception {
        Path packages = Files.writeString(scratch.resolve("kept/packages"), "chrony\nnfs-common\n");
        Path commands = Files.writeString(
                scratch.resolve("kept/commands"), "set -euvo pipefail\necho ran >>'" + scratch + "/ran'\n");
        program("dpkg-query", "[[ $4 == chrony || -f '" + scratch + "/installed' ]] && echo installed");
        program("apt-get", "echo \"$*\"; case $* in *install*) touch '" + scratch + "/installed' ;; esac");

        Command.Outcome first = run("prepare_for_user");
        Command.Outcome second = run("prepare_for_user");

        assertThat(first.good()).as(first.text()).isTrue();
        assertThat(first.text())
                .contains("-q update", "--no-install-recommends install nfs-common", "\necho ran >>")
                .doesNotContain("install chrony");
        assertThat(second.text()).contains("they ran before").doesNotContain("update");
        assertThat(scratch.resolve("ran")).hasContent("ran");

        Files.delete(packages);
        Files.writeString(commands, "set -euvo pipefail\nfalse\ntouch '" + scratch + "/never'\n");
        variables.put("TELL_SECONDS", "0");
        assertThat(run("prepare_for_user").code()).isEqualTo(1);
        assertThat(status().step()).isEqualTo("run-commands");
        assertThat(status().reason()).startsWith("a command of machines.commands failed");
        assertThat(status().log()).contains("false");
        assertThat(scratch.resolve("never")).doesNotExist();
    }

    @Test
    void anImageWithoutAPackageToolSaysSo() throws Exception {
        Files.writeString(scratch.resolve("kept/packages"), "chrony\n");

        assertThat(run("command() { return 1; }; install_packages").code()).isEqualTo(9);
        assertThat(reason()).startsWith("this image has neither apt nor dnf");
    }

    @Test
    void theWayInIsRenewed_andARenewalThatFailsIsInTheStatusUntilOneSucceeds() throws Exception {
        take("control-plane");
        variables.putAll(Map.of(
                "RUN",
                scratch.resolve("run/join").toString(),
                "FACTS",
                scratch.resolve("run/facts").toString(),
                "RENEW_SECONDS",
                "0",
                "KUBERNETES_VERSION",
                "1.36.1"));
        Files.writeString(scratch.resolve("run/facts"), "API_HOST=api.example.com\n");
        Files.createDirectories(scratch.resolve("run/join"));
        Files.createDirectories(scratch.resolve("kubernetes/pki"));
        Files.writeString(scratch.resolve("kubernetes/pki/ca.crt"), "authority");
        Files.writeString(scratch.resolve("kept/authorities"), "authority-kubernetes-1 0a0b\n");
        Path reasonOfTheRunbook = Files.writeString(scratch.resolve("run/reason"), "of the runbook");
        store("status/control-plane/" + instance + ".json", "untouched");
        String steps = BootDocuments.steps("join");
        program("kubeadm", "case $1 in token) echo abcdef.0123456789abcdef ;; *) echo conf ;; esac");
        program("systemctl", "true");

        assertThat(run("join", steps).good()).isTrue();
        assertThat(stored("join/nodes.conf"))
                .startsWith("# authority-kubernetes-1 0a0b\n")
                .contains("server: https://api.example.com:6443", "abcdef.0123456789abcdef");
        assertThat(stored("status/control-plane/" + instance + ".json"))
                .as("a machine that is well is not told of as running")
                .isEqualTo("untouched");
        assertThat(scratch.resolve("run/join/token")).doesNotExist();

        program("kubeadm", "echo 'etcdserver: leader changed' >&2; [[ $1 != token ]]");
        assertThat(run("join", steps).code()).isEqualTo(1);
        assertThat(status().step()).isEqualTo("renew-join");
        assertThat(status().state()).isEqualTo(NodeStatus.State.FAILED);
        assertThat(status().reason())
                .startsWith(
                        "kubeadm made no bootstrap token: etcdserver: leader changed. Look at this machine's API server");

        program("kubeadm", "case $1 in token) echo fedcba.0123456789abcdef ;; *) echo conf ;; esac");
        assertThat(run("join", steps).good()).isTrue();
        assertThat(status().state()).isEqualTo(NodeStatus.State.DONE);
        assertThat(reasonOfTheRunbook).hasContent("of the runbook");
        assertThat(Files.readString(scratch.resolve("log"))).doesNotContain("0123456789abcdef");
        s3.deleteObject(b -> b.bucket(BUCKET).key("join/nodes.conf"));
    }

    @ParameterizedTest
    @CsvSource({"P2000D, active, ''", "P2500D, active, restart --no-block k8saws-node.service", "P2500D, failed, ''"})
    void certificatesAreMadeAnewAfterTwoThirdsOfTheirLife(String lived, String state, String called) throws Exception {
        Files.createDirectories(scratch.resolve("kubernetes/pki"));
        String begun = Instant.now()
                .minus(Duration.ofDays(Long.parseLong(lived.replaceAll("[PD]", ""))))
                .toString();
        Files.writeString(scratch.resolve("kubernetes/pki/apiserver.crt"), authority(begun)); // lives for ten years
        Path calls = Files.writeString(scratch.resolve("calls"), "");
        String key = "nodes/pki/etcd/etcd-1/young";
        variables.put("SECRETS", key);
        store(key, secrets(scratch.resolve("young.crt"), authority("2026-01-01T00:00:00Z")));
        Files.writeString(scratch.resolve("kept/secrets.files"), "");
        program(
                "systemctl",
                "if [[ $1 == is-active ]]; then [[ '" + state + "' == active ]]; else echo \"$*\" >>'" + calls
                        + "'; fi");

        assertThat(run("certificates", BootDocuments.steps("certificates")).good())
                .isTrue();

        assertThat(Files.readString(calls).strip()).isEqualTo(called);
    }

    @Test
    void aDiskThatWasMadeReadyIsUsedOn_andWhenItIsBlankAgainItIsLost() throws Exception {
        Path disk = Files.write(scratch.resolve("disk"), new byte[2 * 1024 * 1024]);
        variables.put("DISKS", scratch.resolve("disks").toString());
        program("mkfs.ext4", "printf ext4 | dd of=\"${*: -1}\" conv=notrunc 2>/dev/null");
        program("blkid", "echo ext4");
        program("mountpoint", "exit 1");
        program("mount", "exit 0"); // what a disk holds is in the folder from the start
        String start = """
                printf vol-9 >"$RUN/etcd-main.volume"
                printf '%s' >"$RUN/etcd-main.disk"
                ask_bucket main
                decide_start main
                mount_disk main
                """.formatted(disk);

        assertThat(run(start).text()).contains("data blank: new", "formatting vol-9");
        assertThat(stored("etcd/main/etcd-1/disk")).isEqualTo("vol-9");
        assertThat(scratch.resolve("disks/etcd-main/made-ready-by-k8saws"))
                .hasContent("etcd-main of etcd-1 of cluster payments");
        assertThat(run(start).text())
                .as("a machine that died before etcd wrote")
                .contains("data no: new")
                .doesNotContain("formatting");

        Files.delete(scratch.resolve("disks/etcd-main/made-ready-by-k8saws"));
        assertThat(run(start).code()).as("another file system").isEqualTo(9);
        Files.write(disk, new byte[2 * 1024 * 1024]);
        assertThat(run(start).code()).as("no file system").isEqualTo(9);
        assertThat(reason())
                .isEqualTo(
                        "etcd-main does not start on vol-9: it is blank, and was made ready for the member before: its disk"
                                + " is lost. Replace the member");
        s3.deleteObject(b -> b.bucket(BUCKET).key("etcd/main/etcd-1/disk"));
    }

    /** What etcd makes before it writes its log holds no promise; and what somebody else marked is not touched. */
    @Test
    void foldersWithoutALogAreNoData_andADiskOfAnotherMemberIsRefused() throws Exception {
        Path disk = Files.write(scratch.resolve("disk"), "ext4".repeat(1 << 19).getBytes(StandardCharsets.UTF_8));
        variables.put("DISKS", scratch.resolve("disks").toString());
        program("blkid", "echo ext4");
        program("mountpoint", "exit 0");
        Path place = scratch.resolve("disks/etcd-main");
        Files.createDirectories(place.resolve("data/member/snap"));
        Files.writeString(place.resolve("data/member/snap/db"), "begun");
        Files.createDirectories(place.resolve("data/member/wal.tmp"));
        Files.writeString(place.resolve("made-ready-by-k8saws"), "etcd-main of etcd-1 of cluster payments\n");
        store("etcd/main/initialised", "yes");
        String decide = """
                printf vol-6 >"$RUN/etcd-main.volume"
                printf '%s' >"$RUN/etcd-main.disk"
                ask_bucket main
                decide_start main
                """.formatted(disk);

        assertThat(run(decide).code()).isEqualTo(9);
        assertThat(reason()).contains("vol-6: it is empty, and the cluster has data: its disk is lost");

        Files.createDirectories(place.resolve("data/member/wal"));
        Files.writeString(place.resolve("data/member/wal/0000000000000000-0000000000000000.wal"), "");
        assertThat(run(decide).text()).contains("data yes: existing");

        Files.writeString(place.resolve("made-ready-by-k8saws"), "etcd-main of etcd-1\n");
        assertThat(run(decide).text()).as("of an older version").contains("data yes: existing");
        Files.writeString(place.resolve("made-ready-by-k8saws"), "etcd-main of etcd-1 of cluster other\n");
        assertThat(run(decide).code()).isEqualTo(9);
        assertThat(reason())
                .startsWith(
                        "disk vol-6 is marked as that of etcd-main of etcd-1 of cluster other, and this is etcd-main of etcd-1 of cluster payments");
        s3.deleteObject(b -> b.bucket(BUCKET).key("etcd/main/initialised"));
    }

    /** The mark of a restore holds for the volume that it names and until the member was given another, by an order or by a restore. */
    @Test
    void aDiskThatWasRestoredStarts_andNeitherACopyOfItDoesNorADiskOfBefore() throws Exception {
        restorable("main");
        store("etcd/main/initialised", "yes");
        store("etcd/main/etcd-1/disk", "vol-0");

        assertThat(startOn("vol-6").code()).as("no mark").isEqualTo(9);
        markRestored();
        assertThat(startOn("vol-7").code()).as("a copy").isEqualTo(9);
        assertThat(reason())
                .startsWith(
                        "etcd-main does not start on vol-7: it has data, and the member was given vol-0: what is on it"
                                + " may be older than what the member has promised since.");
        assertThat(startOn("vol-6").text()).contains("data restored: restored");
        assertThat(scratch.resolve("kept/etcd-main.start")).hasContent("ETCD_INITIAL_CLUSTER_STATE=new");
        assertThat(startOn("vol-6").text())
                .as("a reboot, and a successor of the machine")
                .contains("data yes: existing");
        assertThat(startOn("vol-0").code()).as("the disk of before is found").isEqualTo(9);
        assertThat(reason()).contains("does not start on vol-0: it has data, and the member was given vol-6");
        assertThat(startOn("vol-7").code()).as("a copy, later").isEqualTo(9);

        store("etcd/main/etcd-1/order", "vol-8\n");
        assertThat(startOn("vol-6").code()).as("replaced since").isEqualTo(9);
        assertThat(reason()).contains("does not start on vol-6: it has data, and the member was given vol-8");
        assertThat(startOn("vol-8").text()).contains("data yes: existing");
        markRestored();
        assertThat(startOn("vol-8").text()).as("restored once more").contains("data restored: restored");
        assertThat(startOn("vol-8").text()).contains("data yes: existing");
        for (String other : List.of("vol-0", "vol-6")) {
            assertThat(startOn(other).code()).as(other).isEqualTo(9);
            assertThat(reason()).contains("the member was given vol-8");
        }
        assertThat(startOn("vol-9").code()).isEqualTo(9);
        markRestored();
        assertThat(startOn("vol-9").text())
                .as("the order is from before this restore")
                .contains("data restored: restored");
        assertThat(startOn("vol-8").code()).isEqualTo(9);
        assertThat(reason()).contains("the member was given vol-9");

        Files.delete(scratch.resolve(LOG_OF_MAIN));
        assertThat(startOn("vol-9").code()).as("its data is gone").isEqualTo(9);
        assertThat(reason()).contains("vol-9: it is empty, and the cluster has data: its disk is lost");
        assertThat(startOn("vol-8").code())
                .as("an order that nobody followed before the restore")
                .isEqualTo(9);
        assertThat(reason()).contains("vol-8: it is empty, and the cluster has data: its disk is lost");
        forget("main");
    }

    /** A disk that a restore was put on and that never started is worth nothing once the member has started from another. */
    @Test
    void aRestoreThatWasNeverStartedFrom_doesNotCountAfterTheMemberWasGivenAnother() throws Exception {
        restorable("main");
        store("etcd/main/etcd-1/disk", "vol-6");
        assertThat(startOn("vol-7").code()).isEqualTo(9);
        markRestored(); // on vol-7
        byte[] mark = Files.readAllBytes(scratch.resolve("disks/etcd-main/restored-on"));
        assertThat(startOn("vol-8").code()).isEqualTo(9);
        markRestored(); // on vol-8, from which the member starts
        assertThat(startOn("vol-8").text()).contains("data restored: restored");
        assertThat(stored("etcd/main/initialised"))
                .as("beside a restore nobody starts empty")
                .endsWith(" by etcd-1\n");

        Files.write(scratch.resolve("disks/etcd-main/restored-on"), mark);
        assertThat(startOn("vol-7").code()).isEqualTo(9);
        assertThat(reason()).contains("does not start on vol-7: it has data, and the member was given vol-8");

        assertThat(run("ask_bucket main\nprintf 1 >\"$RUN/etcd-main.next-restore\"\nclaim_restore main")
                        .code())
                .as("two machines at once")
                .isEqualTo(9);
        assertThat(reason())
                .startsWith(
                        "another machine started etcd-1 from a restore: vol-8 is restore 1 of etcd-main of etcd-1 of"
                                + " cluster payments after disk vol-6")
                .endsWith(". Terminate this one; if the other one's disk is lost, replace the member");
        forget("main");
    }

    /** A machine that waits for its one disk has what the lines of the page need for the other, too. */
    @Test
    void whatARestoreWritesDown_isThereForBothDisksOfAMachine() throws Exception {
        restorable("main");
        Path events = Files.write(scratch.resolve("blank"), new byte[2 * 1024 * 1024]);
        store("etcd/main/etcd-1/disk", "vol-0");
        variables.put("ETCD_CLUSTERS", "main events");

        Command.Outcome outcome = run("""
                printf vol-6 >"$RUN/etcd-main.volume"
                printf '%s' >"$RUN/etcd-main.disk"
                printf vol-7 >"$RUN/etcd-events.volume"
                printf '%s' >"$RUN/etcd-events.disk"
                mount_disks
                """.formatted(scratch.resolve("disk"), events));

        assertThat(outcome.code()).isEqualTo(9);
        String noOrder = sha256("");
        assertThat(scratch.resolve("run/etcd-main.here"))
                .hasContent("vol-6 is restore 1 of etcd-main of etcd-1 of cluster payments after disk vol-0 and order "
                        + noOrder);
        assertThat(scratch.resolve("run/etcd-events.here"))
                .hasContent("vol-7 is restore 1 of etcd-events of etcd-1 of cluster payments after disk none and order "
                        + noOrder);
        forget("main");
    }

    @Test
    void aClusterThatGetsItsDataBetweenVerdictAndClaim_isJoinedByNoEmptyMember() throws Exception {
        Path disk = Files.write(scratch.resolve("disk"), new byte[2 * 1024 * 1024]);
        variables.put("DISKS", scratch.resolve("disks").toString());
        program("mkfs.ext4", "echo mkfs");

        Command.Outcome outcome = run("""
                printf vol-6 >"$RUN/etcd-main.volume"
                printf '%s' >"$RUN/etcd-main.disk"
                ask_bucket main
                decide_start main
                note_initialised main
                mount_disk main
                """.formatted(disk));

        assertThat(outcome.code()).isEqualTo(9);
        assertThat(outcome.text()).contains("data blank: new").doesNotContain("formatting", "mkfs");
        assertThat(reason())
                .isEqualTo(
                        "etcd-main does not start on vol-6: it is empty, and the cluster has data since a moment ago:"
                                + " its disk is lost. Replace the member");
        assertThat(run("look_up etcd/main/etcd-1/disk \"$RUN/given\"; cat \"$RUN/given\"")
                        .text())
                .as("no disk was claimed")
                .isEmpty();
        forget("main");
    }

    /** Between its claim and a restore by hand a machine may run for months: what it then has for the mark is not from before the claim. */
    @Test
    void aMachineThatWasNotRebootedSinceItsClaim_marksARestoreThatServes_onceEachTime() throws Exception {
        restorable("main");
        Files.delete(scratch.resolve(LOG_OF_MAIN));
        Files.writeString(
                scratch.resolve("disks/etcd-main/made-ready-by-k8saws"), "etcd-main of etcd-1 of cluster payments\n");
        variables.put("ETCD_CLUSTERS", "main");
        program("systemctl", "exit 0");
        String mount = """
                printf vol-6 >"$RUN/etcd-main.volume"
                printf '%s' >"$RUN/etcd-main.disk"
                mount_disks
                start_etcd
                """.formatted(scratch.resolve("disk"));

        assertThat(run(mount).text()).contains("data no: new");
        Files.writeString(scratch.resolve(LOG_OF_MAIN), "");
        for (int restore = 1; restore <= 2; restore++) {
            markRestored();
            assertThat(run(mount).text()).as("restore %d", restore).contains("data restored: restored");
            assertThat(stored("etcd/main/etcd-1/followed/restore-" + restore))
                    .startsWith("vol-6 is restore " + restore + " of etcd-main of etcd-1 of cluster payments after disk"
                            + " vol-6 and order ");
            assertThat(run(mount).text()).as("a reboot").contains("data yes: existing");
        }
        assertThat(scratch.resolve("run/etcd-main.here.new")).doesNotExist();
        forget("main");
    }

    /** An order serves once, so nothing between the note that it was followed and etcd's start may fail for want of an answer. */
    @Test
    void aBucketThatDoesNotAnswerAfterTheClaim_keepsEtcdFromNothing_andNoRestoreBeginsMeanwhile() throws Exception {
        restorable("main");
        Files.delete(scratch.resolve(LOG_OF_MAIN));
        Files.writeString(
                scratch.resolve("disks/etcd-main/made-ready-by-k8saws"), "etcd-main of etcd-1 of cluster payments\n");
        String order = "vol-6\ninitial-cluster: etcd-1=https://10.0.0.1:2380\n";
        store("etcd/main/initialised", "yes");
        store("etcd/main/etcd-1/disk", "vol-0");
        store("etcd/main/etcd-1/order", order);
        variables.put("ETCD_CLUSTERS", "main");
        program("systemctl", "echo \"systemctl $*\"");
        Path here = scratch.resolve("run/etcd-main.here");

        Command.Outcome outcome = run("""
                printf vol-6 >"$RUN/etcd-main.volume"
                printf '%s' >"$RUN/etcd-main.disk"
                mount_disks
                [[ ! -e $RUN/etcd-main.here ]]
                retry() { shift; "$@"; }
                look_up() { because "no answer"; return 1; }
                start_etcd
                """.formatted(scratch.resolve("disk")));

        assertThat(outcome.good()).as(outcome.text()).isTrue();
        assertThat(outcome.text())
                .contains("data no: ordered", "systemctl start etcd-main.service", "going on without " + here);
        assertThat(scratch.resolve("kept/etcd-main.start")).content().contains("ETCD_INITIAL_CLUSTER_STATE=existing");
        assertThat(here).doesNotExist();
        assertThat(reason()).isEmpty();

        assertThat(run("start_etcd").good()).isTrue();
        assertThat(here)
                .hasContent("vol-6 is restore 1 of etcd-main of etcd-1 of cluster payments after disk vol-0 and order "
                        + sha256(order));
        forget("main");
    }

    /** The lines of the page: a mark that was withdrawn serves no more, and what had been moved aside is the member's data again. One that has served stays. */
    @Test
    void aRecoveryThatIsGivenUp_leavesTheMemberAsItWas() throws Exception {
        restorable("main");
        store("etcd/main/initialised", "yes");
        store("etcd/main/etcd-1/disk", "vol-6");
        program("systemctl", "exit 0");
        Path place = scratch.resolve("disks/etcd-main");
        assertThat(startOn("vol-6").text()).contains("data yes: existing");
        Path aside = place.resolve("before-"
                + sha256(Files.readString(scratch.resolve("run/etcd-main.here")))
                        .substring(0, 12));
        Files.move(place.resolve("data"), aside);
        Path ofAnEarlierRestore = Files.createDirectory(place.resolve("before-zzz"));
        restorable("main");
        markRestored();

        assertThat(run(withdrawal()).good()).isTrue();

        assertThat(place.resolve("restored-on")).doesNotExist();
        assertThat(aside).doesNotExist();
        assertThat(ofAnEarlierRestore).exists();
        assertThat(startOn("vol-6").text()).contains("data yes: existing");
        markRestored();
        assertThat(startOn("vol-6").text()).contains("data restored: restored");
        assertThat(run("ask_bucket main").good()).isTrue();
        assertThat(run(withdrawal()).good()).as("etcd was started from it").isFalse();
        assertThat(scratch.resolve(LOG_OF_MAIN)).exists();

        Files.delete(scratch.resolve(LOG_OF_MAIN));
        assertThat(startOn("vol-7").code()).as("a disk that step 2 formatted").isEqualTo(9);
        Files.writeString(scratch.resolve(LOG_OF_MAIN), "");
        markRestored();
        assertThat(run(withdrawal()).good()).isTrue();
        assertThat(startOn("vol-7").code()).isEqualTo(9);
        assertThat(reason()).contains("vol-7: it is empty, and the cluster has data: its disk is lost");
        forget("main");
    }

    /** The lines of the page: whatever of its second step was done how often, what the member had comes back, and nothing starts from a part. */
    @Test
    void aSecondStepThatIsTakenTwiceOrCutOff_keepsWhatTheMemberHad() throws Exception {
        restorable("main");
        store("etcd/main/initialised", "yes");
        store("etcd/main/etcd-1/disk", "vol-6");
        program("systemctl", "exit 0");
        Files.writeString(scratch.resolve("backup.db"), "a snapshot");
        Files.writeString(scratch.resolve("kept/etcd-main.env"), """
                ETCD_NAME=etcd-1
                ETCD_INITIAL_CLUSTER=etcd-1=https://10.0.0.1:2380
                ETCD_INITIAL_CLUSTER_TOKEN=token
                ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.1:2380
                """);
        Path place = scratch.resolve("disks/etcd-main");
        Path own = place.resolve("data/member/restored-for");
        assertThat(startOn("vol-6").text()).contains("data yes: existing");

        for (List<Integer> passes :
                List.of(List.of(0), List.of(0, 0), List.of(1, 0), List.of(1, 1, 0), List.of(0, 1))) {
            for (int code : passes) {
                program(
                        "etcdutl",
                        "[[ $4 == --data-dir && ! -e $5 ]] || exit 2\nmkdir -p \"$5/member/wal\"\n"
                                + ": >\"$5/member/wal/0000000000000000-0000000000000000.wal\"\nexit " + code);
                Command.Outcome pass = run(secondStep());
                assertThat(pass.code()).as("%s: %s", passes, pass.text()).isEqualTo(code);
                assertThat(own).as("%s: moved aside", passes).doesNotExist();
                assertThat(scratch.resolve(LOG_OF_MAIN).toFile().exists())
                        .as("%s: all or nothing", passes)
                        .isEqualTo(code == 0);
            }
            if (passes.get(passes.size() - 1) != 0) {
                assertThat(startOn("vol-6").code()).as("a reboot meanwhile").isEqualTo(9);
                assertThat(reason()).contains("vol-6: it is empty, and the cluster has data: its disk is lost");
            }

            assertThat(run(withdrawal()).good()).as("%s", passes).isTrue();

            assertThat(own).as("%s", passes).exists();
            assertThat(place.toFile().list())
                    .as("%s", passes)
                    .containsExactlyInAnyOrder("data", "made-ready-by-k8saws");
            assertThat(startOn("vol-6").text()).contains("data yes: existing");
        }
        program("etcdutl", "mkdir -p \"$5/member/wal\"; : >\"$5/member/wal/0000000000000000-0000000000000000.wal\"");
        assertThat(run(secondStep()).good()).isTrue();
        assertThat(startOn("vol-6").text()).contains("data restored: restored");
        forget("main");
    }

    private String secondStep() throws IOException {
        return linesAfter("2. On each member's machine");
    }

    private String withdrawal() throws IOException {
        return linesAfter("leaves a mark that still serves");
    }

    /** The commands of the page that follow these words, for the folders of this test. */
    private String linesAfter(String words) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "etcd.md"));
        assertThat(page).containsOnlyOnce(words);
        String lines = page.substring(page.indexOf("```bash\n", page.indexOf(words)) + 8);
        return "set -euo pipefail\n"
                + lines.substring(0, lines.indexOf("```"))
                        .replace("~/", scratch + "/")
                        .replace("/opt/bin", scratch.resolve("bin").toString())
                        .replace("/etc/k8saws", scratch.resolve("kept").toString())
                        .replace("/run/k8saws", scratch.resolve("run").toString())
                        .replace("/var/lib", scratch.resolve("disks").toString());
    }

    /** A note of a form that this script does not write, as an older one's, still says which disk the restore is on. */
    @Test
    void aNoteOfARestoreInAnOlderForm_counts() throws Exception {
        restorable("main");
        store("etcd/main/initialised", "yes");
        store("etcd/main/etcd-1/disk", "vol-0");
        store("etcd/main/etcd-1/followed/restore-1", "vol-6 is restore 1 after disk vol-0 and order " + sha256(""));

        assertThat(startOn("vol-6").text()).contains("data yes: existing");
        assertThat(startOn("vol-0").code()).isEqualTo(9);
        assertThat(reason()).contains("the member was given vol-6");
        forget("main");
    }

    /** What the page says of a false note that is not the last one. */
    @Test
    void overAFalseNoteOfARestore_theWordNoneIsWritten_andALaterNoteCounts() throws Exception {
        restorable("main");
        store("etcd/main/initialised", "yes");
        store("etcd/main/etcd-1/disk", "vol-0");
        store("etcd/main/etcd-1/followed/restore-1", "none");
        assertThat(startOn("vol-0").text()).as("no other note").contains("data yes: existing");

        store("etcd/main/etcd-1/followed/restore-2", "vol-6 is restore 2 after disk vol-0 and order " + sha256(""));
        assertThat(startOn("vol-6").text()).contains("data yes: existing");
        assertThat(startOn("vol-0").code()).isEqualTo(9);
        assertThat(reason()).contains("the member was given vol-6");
        forget("main");
    }

    private static final String LOG_OF_MAIN = "disks/etcd-main/data/member/wal/0000000000000000-0000000000000000.wal";

    /** A disk with a member's log on it, on whatever volume a test says. */
    private void restorable(String etcd) throws IOException {
        Files.write(scratch.resolve("disk"), "ext4".repeat(1 << 19).getBytes(StandardCharsets.UTF_8));
        variables.put("DISKS", scratch.resolve("disks").toString());
        program("blkid", "echo ext4");
        program("mountpoint", "exit 0");
        Path place = scratch.resolve("disks/etcd-" + etcd);
        Files.createDirectories(place.resolve("data/member/wal"));
        Files.writeString(scratch.resolve(LOG_OF_MAIN), "");
        Files.writeString(place.resolve("data/member/restored-for"), "what a restore by the library writes down");
    }

    private Command.Outcome startOn(String volume) throws Exception {
        return run("""
                printf %s >"$RUN/etcd-main.volume"
                printf '%s' >"$RUN/etcd-main.disk"
                ask_bucket main
                decide_start main
                mount_disk main
                """.formatted(volume, scratch.resolve("disk")));
    }

    /** The mark that the page's lines put on the disk of a member's machine, which waits on the volume that it has now. */
    private void markRestored() throws IOException {
        Files.copy(
                scratch.resolve("run/etcd-main.here"),
                scratch.resolve("disks/etcd-main/restored-on"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static void forget(String etcd) {
        s3.listObjectsV2(b -> b.bucket(BUCKET).prefix("etcd/" + etcd + "/"))
                .contents()
                .forEach(one -> s3.deleteObject(b -> b.bucket(BUCKET).key(one.key())));
    }

    /** What the machines of a control plane share, as kube-proxy, must not go back when one of an older version starts again. */
    @Test
    void duringAnUpgrade_whatAllShareComesFromTheNewestVersion() throws Exception {
        variables.put("NODE_NAME", "i-1");
        variables.put("KUBE_PROXY", "yes");
        Path calls = scratch.resolve("calls");
        Path nodes = scratch.resolve("nodes");
        program("kubectl", "cat '" + nodes + "'");
        program("sleep", "echo \"sleep $1\" >>'" + calls + "'");
        program("kubeadm", "echo \"${*:3}\" >>'" + calls + "'");
        List<String> first = List.of("kubeconfig admin", "kubeconfig super-admin", "mark-control-plane");
        List<String> rest = List.of(
                "upload-config all",
                "kubelet-finalize all",
                "bootstrap-token --skip-token-print",
                "addon coredns",
                "addon kube-proxy");

        assertThat(published("i-1 v1.36.1", "i-2 v1.36.1")).isEqualTo(joined(first, List.of(), rest));
        assertThat(published("i-2 v1.35.10", "i-1 v1.36.1", "i-3 v1.35.9"))
                .as("an older one that looked before is done by then")
                .isEqualTo(joined(first, List.of("sleep 75"), rest));
        assertThat(published("i-1 v1.36.0", "i-2 v1.36.0-rc.1"))
                .as("older than the release")
                .isEqualTo(joined(first, List.of("sleep 75"), rest));
        assertThat(published("i-2 v1.36.10", "i-1 v1.36.9"))
                .as("of the older version")
                .doesNotContain(
                        "upload-config all", "bootstrap-token --skip-token-print", "addon coredns", "addon kube-proxy")
                .contains("mark-control-plane", "kubelet-finalize all");

        Path newer = Files.writeString(scratch.resolve("newer"), "i-1 v1.36.1\ni-2 v1.36.2\n");
        program(
                "kubeadm",
                "echo \"${*:3}\" >>'" + calls + "'; [[ $4 != coredns ]] || cp '" + newer + "' '" + nodes + "'");
        assertThat(published("i-1 v1.36.1", "i-2 v1.36.1"))
                .as("a newer one came meanwhile")
                .contains("addon coredns")
                .doesNotContain("addon kube-proxy");

        Files.writeString(nodes, "i-2 v1.36.2\n");
        assertThat(run("control-plane", "look_at_versions").code()).isEqualTo(1);
        assertThat(reason())
                .isEqualTo("this machine's node i-1 is not among the control plane's, or does not say its version yet");
        program("kubectl", "echo 'the server is shutting down' >&2; exit 1");
        assertThat(run("control-plane", "look_at_versions").code()).isEqualTo(1);
        assertThat(reason())
                .isEqualTo(
                        "the API server of this machine does not list the control plane's nodes: the server is shutting down");
    }

    /** A newer machine waits for as long as an older one may write: so a phase must end by then. */
    @Test
    void aPhaseThatHangsIsEnded_andTheReasonSaysSo() throws Exception {
        variables.put("PHASE_SECONDS", "1");
        program("kubeadm", "exec /bin/sleep 30");

        assertThat(run("control-plane", "phase addon coredns").code()).isEqualTo(1);
        assertThat(reason()).isEqualTo("kubeadm's phase 'addon coredns' did not end in 1 s: the log has its words");

        program("kubeadm", "exit 7");
        assertThat(run("control-plane", "phase addon coredns").code()).isEqualTo(1);
        assertThat(reason()).isEqualTo("kubeadm's phase 'addon coredns' failed: the log has its words");
        program("kubeadm", "exit 0");
        assertThat(run("control-plane", "phase addon coredns").good()).isTrue();
    }

    /** The phases of kubeadm's that a machine of the control plane runs when these nodes are there. */
    private List<String> published(String... nodes) throws Exception {
        Files.write(scratch.resolve("nodes"), List.of(nodes));
        Files.writeString(scratch.resolve("calls"), "");
        Command.Outcome outcome = run("control-plane", "drop_admin() { :; }\npublish");
        assertThat(outcome.good()).as(outcome.text()).isTrue();
        return Files.readAllLines(scratch.resolve("calls")).stream()
                .map(call -> call.replaceAll(" --config .*", ""))
                .toList();
    }

    private static List<String> joined(List<String> first, List<String> then, List<String> last) {
        return Stream.of(first, then, last).flatMap(List::stream).toList();
    }

    @Test
    void certificatesThatAnApplyHasMadeAnewAreTakenEachDay() throws Exception {
        String key = "nodes/pki/etcd/etcd-1/renewed";
        Path file = Files.writeString(scratch.resolve("server.crt"), "the old one");
        String pem = authority("2026-01-01T00:00:00Z");
        variables.put("SECRETS", key);
        variables.put("TAKE_SECONDS", "0");
        program("systemctl", "true");
        store("status/etcd/" + instance + ".json", "untouched");
        store(key, secrets(file, pem));
        Files.writeString(scratch.resolve("kept/secrets.files"), file + "\n");
        String steps = BootDocuments.steps("etcd-certificates");

        assertThat(run("etcd-certificates", steps).good()).isTrue();
        assertThat(file).hasContent(pem);
        assertThat(stored("status/etcd/" + instance + ".json"))
                .as("a machine that is well is not told of as running")
                .isEqualTo("untouched");
        assertThat(scratch.resolve("run/secrets")).doesNotExist();

        for (String other : List.of("nodes/pki/etcd/etcd-1/gone", "nodes/pki/control-plane/control-plane/denied")) {
            variables.put("SECRETS", other);
            Command.Outcome without = run("etcd-certificates", steps);
            assertThat(without.good()).as(without.text()).isTrue();
            assertThat(without.text()).contains("going on with the files that are here: ", other);
            assertThat(file).hasContent(pem);
        }
        assertThat(stored("status/etcd/" + instance + ".json"))
                .as("a roll asks the status, and this machine is well")
                .isEqualTo("untouched");

        Files.writeString(file, authority("1999-01-01T00:00:00Z"));
        assertThat(run("etcd-certificates", steps).good()).isFalse();
        assertThat(status().step()).isEqualTo("check-certificates");
        assertThat(status().reason()).contains("has ended");

        variables.put("SECRETS", key);
        program("systemctl", "exit 3");
        Files.writeString(file, pem);
        assertThat(run("etcd-certificates", steps).text()).contains("not done with its runbook");
        assertThat(status().state()).as("the runbook tells, not this").isEqualTo(NodeStatus.State.FAILED);

        program("systemctl", "true");
        store(key, secrets(file, authority("1999-01-01T00:00:00Z")));
        assertThat(run("etcd-certificates", steps).good()).isFalse();
        store(key, secrets(file, pem));
        assertThat(run("etcd-certificates", steps).good()).isTrue();
        assertThat(status().state()).isEqualTo(NodeStatus.State.DONE);
    }

    /** The library reads what the script says, and the script what the library writes. */
    @Test
    void anOrderOfTheLibraryLetsTheMemberJoin_andIsNotUsedUpWhileItsOtherDiskIsLost() throws Exception {
        variables.put("DISKS", scratch.resolve("disks").toString());
        variables.put("ETCD_CLUSTERS", "main events");
        program("mkfs.ext4", "printf ext4 | dd of=\"${*: -1}\" conv=notrunc 2>/dev/null");
        program("blkid", "echo ext4");
        program("mountpoint", "exit 1");
        program("mount", "exit 0");
        String mount = "step mount-disks mount_disks\n";
        for (String etcd : List.of("main", "events")) {
            store("etcd/" + etcd + "/initialised", "yes");
            Path disk = Files.write(scratch.resolve(etcd), new byte[2 * 1024 * 1024]);
            mount = "printf %s >\"$RUN/etcd-%s.volume\"; printf '%s' >\"$RUN/etcd-%s.disk\"\n"
                            .formatted(volumeOf(etcd), etcd, disk, etcd)
                    + mount;
        }

        assertThat(run(mount).good()).isFalse();
        assertThat(disk("main").hindrance()).isEmpty();
        assertThat(disk("events").hindrance()).get().asString().contains("waits for the member of etcd-main first");

        EtcdOrder main = order("main");
        store("etcd/main/etcd-1/order", main.text());
        assertThat(run(mount).good()).isFalse();
        assertThat(disk("main").waitsForOther()).contains("events");
        assertThat(disk("events").hindrance()).isEmpty();
        assertThat(run("look_up etcd/main/etcd-1/followed/" + sha256(main.text()) + " \"$RUN/used\"; cat \"$RUN/used\"")
                        .text())
                .as("the order is not used up")
                .isEmpty();

        store("etcd/events/etcd-1/order", order("events").text());
        Command.Outcome both = run(mount);
        assertThat(both.good()).as(both.text()).isTrue();
        for (String etcd : List.of("main", "events")) {
            assertThat(scratch.resolve("kept/etcd-" + etcd + ".start"))
                    .hasContent("ETCD_INITIAL_CLUSTER_STATE=existing\nETCD_INITIAL_CLUSTER="
                            + order(etcd).initialCluster());
            assertThat(stored("etcd/" + etcd + "/etcd-1/followed/"
                            + sha256(order(etcd).text())))
                    .isEqualTo(instance);
        }
        assertThat(run(mount).good()).as("an order serves once").isFalse();
        assertThat(disk("main").hindrance()).as("and the next loss waits again").isEmpty();
        for (String etcd : List.of("main", "events")) {
            s3.deleteObject(b -> b.bucket(BUCKET).key("etcd/" + etcd + "/etcd-1/order"));
            s3.deleteObject(b -> b.bucket(BUCKET).key("etcd/" + etcd + "/initialised"));
        }
    }

    private static String volumeOf(String etcd) {
        return etcd.equals("main") ? "vol-7" : "vol-8";
    }

    private static EtcdOrder order(String etcd) {
        return new EtcdOrder(
                etcd,
                "etcd-1",
                "1ab9dd744b428cd1",
                volumeOf(etcd),
                "etcd-1=https://10.0.0.44:2380,etcd-2=https://10.0.32.5:2380");
    }

    private EtcdDisk disk(String etcd) {
        return new EtcdDisk(
                etcd,
                new PlannedEtcdMember(1, aws.region() + "a", "10.0.0.44", "private-a"),
                Map.of(
                        "etcd-1", URI.create("https://10.0.0.44:2380"),
                        "etcd-2", URI.create("https://10.0.32.5:2380"),
                        "etcd-3", URI.create("https://10.0.64.6:2380")),
                List.of(volumeOf(etcd)),
                Optional.of(instance),
                Optional.of(status()),
                Instant.now(),
                Optional.empty(),
                Optional.empty());
    }
}
