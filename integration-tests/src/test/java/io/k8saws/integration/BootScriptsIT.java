package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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
    private static final String BUCKET = "k8saws-payments-0123abcd";
    private static final String ROLE = "etcd.payments";

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
        aws = Testbed.moto();
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
        instance = ec2.runInstances(b ->
                        b.imageId("ami-12c6146b").subnetId(subnet).minCount(1).maxCount(1))
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
        metadata.put("meta-data/iam/security-credentials/", ROLE);
        takeOnTheRole();
        HttpResponse<String> enforced = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(aws.uri() + "/moto-api/reset-auth"))
                                .POST(HttpRequest.BodyPublishers.ofString("0"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(enforced.statusCode()).isEqualTo(200);
    }

    /** The rights of a member's role; from now on nobody may do anything without them. */
    private static void takeOnTheRole() {
        String policy = """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::%1$s/*"},
                  {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%1$s/pki/control-plane/*"},
                  {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::%1$s"},
                  {"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:AttachVolume", "ec2:AttachNetworkInterface"], "Resource": "*"}]}
                """.formatted(BUCKET);
        try (IamClient iam = aws.configure(IamClient.builder()).build();
                StsClient sts = aws.configure(StsClient.builder()).build()) {
            String arn = iam.createRole(b -> b.roleName(ROLE).assumeRolePolicyDocument("{}"))
                    .role()
                    .arn();
            iam.putRolePolicy(b -> b.roleName(ROLE).policyName(ROLE).policyDocument(policy));
            Credentials keys = sts.assumeRole(b -> b.roleArn(arn).roleSessionName(instance))
                    .credentials();
            metadata.put("meta-data/iam/security-credentials/" + ROLE, """
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
        aws.close();
    }

    @BeforeEach
    void describe() {
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
        variables.put("KEYS", scratch.resolve("keys").toString());
        variables.put("ETCD_MEMBER", "etcd-1");
        variables.put("INSTANCE", instance);
    }

    /** Runs shell code after the functions of a role, as a step's body is run: in a shell of its own that ends at the first error. */
    private Command.Outcome run(String code) throws Exception {
        return run("etcd", code);
    }

    private Command.Outcome run(String role, String code) throws Exception {
        String settings = variables.entrySet().stream()
                .map(v -> v.getKey() + "='" + v.getValue() + "'\n")
                .collect(Collectors.joining());
        Path script = Files.writeString(
                scratch.resolve("script.sh"), settings + BootDocuments.functions(role) + "\n" + code + "\n");
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

    /** Puts an object into the bucket as the machine would. */
    private void store(String key, String text) throws Exception {
        Path file = Files.writeString(scratch.resolve("object"), text);
        assertThat(run("s3_put " + key + " " + file).text()).isEmpty();
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
        String fetch = "s3_get nodes/etcd-1/%s \"$RUN/bundle\"; verify \"$RUN/bundle\" %s; unpack \"$RUN/bundle\""
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
                "verified() { s3_get nodes/etcd-1/%1$s \"$RUN/bundle\"; verify \"$RUN/bundle\" %1$s; }%nretry 2 verified"
                        .formatted(sha256("good")));

        assertThat(outcome.good()).isFalse();
        assertThat(reason()).contains("has the SHA-256 " + sha256("bad") + ", not " + sha256("good"));
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
        store("pki/control-plane/ca.key", "secret");

        Command.Outcome outcome = run("look_up pki/control-plane/ca.key " + scratch.resolve("key"));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).contains("answer 403").doesNotContain("secret\n");
        assertThat(run("look_up etcd/nothing " + scratch.resolve("key")).code()).isZero();
        assertThat(scratch.resolve("key")).isEmptyFile();
    }

    @Test
    void ofTwoWhoClaimADiskOneIsToldNo() throws Exception {
        String claim = "claim_disk events vol-%s && echo claimed";

        assertThat(run(claim.formatted("1")).text()).isEqualTo("claimed\n");
        assertThat(run(claim.formatted("1")).text()).as("the same once more").isEqualTo("claimed\n");
        Command.Outcome other = run(claim.formatted("2"));
        assertThat(other.code()).isEqualTo(9);
        assertThat(reason()).isEqualTo("another machine took the disk vol-1 for etcd-1");
    }

    @Test
    void theStatusIsReadByTheLibrary() throws Exception {
        Files.writeString(scratch.resolve("log"), "one\n\n\"two\"\t\\ back \u001b[31m\u0007\nümlaut\n");

        Files.writeString(
                scratch.resolve("keys"), "trusts authority-etcd-1\ntrusts authority-etcd-2\nshows authority-etcd-1\n");

        Command.Outcome outcome = run("put_status mount-disks failed $'the \"disk\"\\nis\\tlost'");

        assertThat(outcome.text()).isEmpty();
        Path got = scratch.resolve("status");
        assertThat(run("s3_get status/etcd/" + instance + ".json " + got).good())
                .isTrue();
        NodeStatus status = NodeStatus.fromJson(Files.readString(got));
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
                        .text()
                        .strip())
                .isEqualTo(String.valueOf(code));
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
        Path got = scratch.resolve("status");
        assertThat(run("s3_get status/etcd/" + instance + ".json " + got).good())
                .isTrue();
        NodeStatus status = NodeStatus.fromJson(Files.readString(got));
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
        assertThat(reason()).isEqualTo("'try' did not succeed within 2 s");
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

            asked.set(2);
            Command.Outcome bad = run(install.formatted(1, sha256("x")));
            assertThat(bad.good()).isFalse();
            assertThat(target).doesNotExist();
            assertThat(reason()).contains("not " + sha256("x"));

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
        store("mirror/tool", "tool");

        Command.Outcome outcome = run("install_program tool %s file %s s3+$S3/mirror/tool"
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
        assertThat(outcome.text()).contains("waiting: disk " + volume + " is attached to " + instance);
        assertThat(reason()).contains(instance);
    }

    @Test
    void aMemberWithoutADiskOfItsOwnTakesNoOther() throws Exception {
        variables.put("ETCD_MEMBER", "etcd-9");

        Command.Outcome outcome = run("retry 60 attach_disk main");

        assertThat(outcome.code()).isEqualTo(9);
        assertThat(reason()).startsWith("etcd-9 has not exactly one disk for etcd-main: ''");
    }

    /** DATA, INITIALISED, GIVEN-DISK, ORDERED-DISK and FOLLOWED for vol-1, and what follows. */
    @ParameterizedTest
    @CsvSource({
        "no,  '',  '',    '',    '',  new",
        "no,  '',  vol-1, '',    '',  new",
        "no,  '',  vol-0, '',    '',  the member was given vol-0 before: its disk is lost. Replace the member",
        "no,  yes, '',    '',    '',  'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "no,  yes, vol-1, '',    '',  'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "no,  yes, vol-0, vol-0, '',  'it is empty, and the cluster has data: its disk is lost. Replace the member'",
        "no,  yes, vol-0, vol-1, '',  ordered",
        "no,  '',  vol-0, vol-1, '',  ordered",
        "no,  yes, vol-0, vol-1, yes, 'it is empty, and its order was followed before: its disk is lost. Replace the member'",
        "yes, '',  '',    '',    '',  existing",
        "yes, yes, vol-1, '',    '',  existing",
        "yes, yes, vol-0, vol-1, yes, existing",
    })
    void aMemberThatOnceHadDataNeverStartsEmpty(
            String data, String initialised, String given, String ordered, String followed, String verdict)
            throws Exception {
        assertThat(run("verdict %s vol-1 '%s' '%s' '%s' '%s'".formatted(data, initialised, given, ordered, followed))
                        .text())
                .isEqualTo(verdict + "\n");
    }

    @Test
    void anOrderServesOnce_andAChangedOneIsANewOne() throws Exception {
        String follow = "printf 'vol-1\\n%s' >\"$RUN/order\"; claim_order main; echo followed";

        assertThat(run(follow.formatted("")).text()).isEqualTo("followed\n");
        assertThat(run(follow.formatted("")).code()).isEqualTo(9);
        assertThat(reason()).isEqualTo("another machine followed the order for etcd-1. Write a new one");
        assertThat(run(follow.formatted("2026-11-26")).text()).isEqualTo("followed\n");
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
}
