package io.k8saws.behaviour;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

@DisplayName(
        "A machine may do what its role is for, and nothing that is another's, with the policies that an apply has made")
class RoleRightsIT {
    private static final String NAME = "rights";
    private static final String ZONE = "us-east-1a";
    private static final String MEMBER = "k8saws.io/etcd-member";
    private static final String ROLE = "k8saws.io/role";
    private static final String DENIED = "UnauthorizedOperation";

    private static AwsEndpoint aws;
    private static K8sAws k8s;
    private static Ec2Client owner;
    private static S3Client store;
    private static String bucket;

    @BeforeAll
    static void apply(@AwsEmulator(shared = false) AwsEndpoint emulator) {
        aws = emulator.enforcingIam();
        k8s = K8sAws.connect(aws.access());
        ClusterSpec spec = Specs.plain(NAME).build();
        k8s.apply(k8s.plan(spec));
        owner = aws.configure(Ec2Client.builder()).build();
        store = aws.configure(S3Client.builder()).build();
        bucket = store.listBuckets().buckets().get(0).name();
        for (String key : List.of("join/nodes.conf", "etcd/main/initialised", "status/etcd/i-1.json")) {
            store.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("there"));
        }
    }

    @AfterAll
    static void close() {
        store.close();
        owner.close();
        k8s.close();
    }

    @ParameterizedTest
    @CsvSource({
        "etcd, ^(nodes/etcd-|nodes/pki/etcd/|etcd/).*",
        "control-plane, ^(nodes/control-plane|nodes/pki/control-plane/).*",
        "nodes, ^(nodes/pool-.*|join/nodes\\.conf)$"
    })
    void ofTheBucketARoleReadsItsOwnPart_andNoOther(String role, String own) {
        List<String> all = store.listObjectsV2(r -> r.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .toList();
        assertThat(all)
                .anyMatch(key -> key.startsWith("nodes/pki/etcd/"))
                .anyMatch(key -> key.startsWith("nodes/pki/control-plane/"))
                .anyMatch(key -> key.startsWith("nodes/pool-"));
        try (S3Client s3 = as(role, S3Client.builder())) {
            TreeSet<String> readable =
                    all.stream().filter(key -> reads(s3, key)).collect(toCollection(TreeSet::new));

            assertThat(readable)
                    .isNotEmpty()
                    .isEqualTo(all.stream().filter(key -> key.matches(own)).collect(toCollection(TreeSet::new)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "control-plane", "nodes"})
    void ofTheBucketARoleWritesItsStatus_andNoOthers(String role) {
        try (S3Client s3 = as(role, S3Client.builder())) {
            for (String other : List.of("etcd", "control-plane", "nodes")) {
                String key = "status/" + other + "/i-2.json";
                if (other.equals(role)) {
                    s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("{}"));
                } else {
                    refused(
                            "AccessDenied",
                            () -> s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("{}")));
                }
            }
            for (String key : List.of("nodes/pki/etcd/x", "nodes/etcd-1/x", "state.json")) {
                refused(
                        "AccessDenied",
                        () -> s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("{}")));
            }
        }
    }

    /** Else one member could write down for another that it was given a disk, or that its order was not followed. */
    @ParameterizedTest
    @ValueSource(strings = {"etcd/main/etcd-2/disk", "etcd/events/initialised", "etcd/main/etcd-2/followed/0a"})
    void whatIsWrittenDownOnce_noMemberWritesAnew(String key) {
        try (S3Client s3 = as("etcd", S3Client.builder())) {
            refused("AccessDenied", () -> s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("1")));

            s3.putObject(r -> r.bucket(bucket).key(key).ifNoneMatch("*"), RequestBody.fromString("1"));

            refused("AccessDenied", () -> s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("2")));
            refused(
                    "PreconditionFailed",
                    () -> s3.putObject(r -> r.bucket(bucket).key(key).ifNoneMatch("*"), RequestBody.fromString("2")));
        }
        store.deleteObject(r -> r.bucket(bucket).key(key));
    }

    @Test
    void whoMayNotListTheBucket_isNotToldWhatIsMissing_andAMemberIs() {
        try (S3Client member = as("etcd", S3Client.builder());
                S3Client node = as("nodes", S3Client.builder())) {
            refused(
                    "NoSuchKey",
                    () -> member.getObjectAsBytes(r -> r.bucket(bucket).key("etcd/main/none")));
            refused(
                    "AccessDenied",
                    () -> node.getObjectAsBytes(r -> r.bucket(bucket).key("nodes/pool-none")));
        }
    }

    @Test
    void aMemberTakesItsDiskAndAddressToItsMachine_andNothingElse() {
        Instance own = machine("etcd");
        String disk = volume();
        String address = address();
        String foreign = owner.createVolume(r -> r.availabilityZone(ZONE)
                        .size(1)
                        .tagSpecifications(
                                tags(ResourceType.VOLUME, Map.of("KubernetesCluster", "other", MEMBER, "etcd-1"))))
                .volumeId();
        String data = owner.createVolume(r -> r.availabilityZone(ZONE)
                        .size(1)
                        .tagSpecifications(tags(ResourceType.VOLUME, Map.of("KubernetesCluster", NAME))))
                .volumeId();
        try (Ec2Client ec2 = as("etcd", Ec2Client.builder())) {
            for (String other : List.of(foreign, data)) {
                refused(DENIED, () -> attach(ec2, other, own));
            }
            refused(DENIED, () -> attach(ec2, disk, machine("control-plane")));
            refused(DENIED, () -> attach(ec2, disk, machine("nodes")));

            attach(ec2, disk, own);
            ec2.attachNetworkInterface(r ->
                    r.networkInterfaceId(address).instanceId(own.instanceId()).deviceIndex(1));

            refused(DENIED, () -> ec2.detachVolume(r -> r.volumeId(disk).instanceId(own.instanceId())));
            refused(DENIED, () -> ec2.detachVolume(r -> r.volumeId(disk)));
            refused(DENIED, () -> ec2.deleteVolume(r -> r.volumeId(disk)));
            refused(DENIED, () -> ec2.createTags(r -> r.resources(foreign).tags(tag("KubernetesCluster", NAME))));
            refused(DENIED, () -> ec2.createTags(r -> r.resources(data).tags(tag(MEMBER, "etcd-1"))));
            refused(DENIED, () -> ec2.terminateInstances(r -> r.instanceIds(own.instanceId())));
        }
        owner.detachVolume(r -> r.volumeId(disk));
    }

    @ParameterizedTest
    @ValueSource(strings = {"control-plane", "nodes"})
    void aMembersDiskAndAddress_areDeniedToEveryOtherRole(String role) {
        Instance own = machine(role);
        String disk = volume();
        String address = address();
        try (Ec2Client ec2 = as(role, Ec2Client.builder())) {
            refused(DENIED, () -> attach(ec2, disk, own));
            refused(DENIED, () -> ec2.detachVolume(r -> r.volumeId(disk)));
            refused(DENIED, () -> ec2.deleteVolume(r -> r.volumeId(disk)));
            refused(DENIED, () -> ec2.modifyVolume(r -> r.volumeId(disk).size(100)));
            refused(
                    DENIED,
                    () -> ec2.attachNetworkInterface(r -> r.networkInterfaceId(address)
                            .instanceId(own.instanceId())
                            .deviceIndex(1)));
            refused(DENIED, () -> ec2.createTags(r -> r.resources(disk).tags(tag(MEMBER, "etcd-9"))));
            refused(DENIED, () -> ec2.deleteTags(r -> r.resources(disk).tags(tag(MEMBER, null))));
        }
    }

    @Test
    void theStorageDriverMakesDisksOfItsCluster_andTakesNoRootDisk() {
        Instance worker = machine("nodes");
        String zone = worker.placement().availabilityZone();
        String root = worker.blockDeviceMappings().get(0).ebs().volumeId();
        TagSpecification ours =
                tags(ResourceType.VOLUME, Map.of("KubernetesCluster", NAME, "ebs.csi.aws.com/cluster", "true"));
        try (Ec2Client ec2 = as("control-plane", Ec2Client.builder());
                Ec2Client node = as("nodes", Ec2Client.builder())) {
            refused(DENIED, () -> ec2.createVolume(r -> r.availabilityZone(zone).size(1)));
            for (Map<String, String> wrong : List.of(
                    Map.of("KubernetesCluster", "other"),
                    Map.of("KubernetesCluster", NAME, MEMBER, "etcd-1"),
                    Map.of("KubernetesCluster", NAME, ROLE, "etcd"))) {
                refused(
                        DENIED,
                        () -> ec2.createVolume(r ->
                                r.availabilityZone(zone).size(1).tagSpecifications(tags(ResourceType.VOLUME, wrong))));
            }
            refused(
                    DENIED,
                    () -> node.createVolume(
                            r -> r.availabilityZone(zone).size(1).tagSpecifications(ours)));

            String made = ec2.createVolume(r -> r.availabilityZone(zone).size(1).tagSpecifications(ours))
                    .volumeId();
            attach(ec2, made, worker);
            refused(DENIED, () -> node.detachVolume(r -> r.volumeId(made).instanceId(worker.instanceId())));
            ec2.detachVolume(r -> r.volumeId(made).instanceId(worker.instanceId()));
            ec2.deleteVolume(r -> r.volumeId(made));
            refused(DENIED, () -> ec2.detachVolume(r -> r.volumeId(root).instanceId(worker.instanceId())));
        }
    }

    /** AWS Backup, for one, copies the tags of the disk onto a snapshot. */
    @Test
    void aSnapshotOfAMembersDisk_isDeletedByNoMachine() {
        String disk = volume();
        String ofMember = snapshot(disk, Map.of("KubernetesCluster", NAME, MEMBER, "etcd-1"));
        String ofDriver = snapshot(disk, Map.of("KubernetesCluster", NAME));

        for (String role : List.of("etcd", "control-plane", "nodes")) {
            try (Ec2Client ec2 = as(role, Ec2Client.builder())) {
                refused(DENIED, () -> ec2.deleteSnapshot(r -> r.snapshotId(ofMember)));
            }
        }
        try (Ec2Client driver = as("control-plane", Ec2Client.builder())) {
            driver.deleteSnapshot(r -> r.snapshotId(ofDriver));
        }
        owner.deleteSnapshot(r -> r.snapshotId(ofMember));
    }

    private static String snapshot(String disk, Map<String, String> tags) {
        return owner.createSnapshot(r -> r.volumeId(disk).tagSpecifications(tags(ResourceType.SNAPSHOT, tags)))
                .snapshotId();
    }

    @Test
    void noticesAreReadByTheControlPlaneAlone() {
        try (SqsClient all = aws.configure(SqsClient.builder()).build();
                SqsClient handler = as("control-plane", SqsClient.builder());
                SqsClient node = as("nodes", SqsClient.builder())) {
            String queue = all.listQueues().queueUrls().get(0);
            assertThat(handler.receiveMessage(r -> r.queueUrl(queue)).messages())
                    .isEmpty();
            assertThatThrownBy(() -> node.receiveMessage(r -> r.queueUrl(queue)))
                    .hasMessageContaining("is not authorized to perform: sqs:ReceiveMessage");
        }
    }

    private static void attach(Ec2Client ec2, String volume, Instance machine) {
        ec2.attachVolume(
                r -> r.volumeId(volume).instanceId(machine.instanceId()).device("/dev/xvdf"));
    }

    private static boolean reads(S3Client s3, String key) {
        try {
            s3.getObjectAsBytes(r -> r.bucket(bucket).key(key));
            return true;
        } catch (S3Exception e) {
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo("AccessDenied");
            return false;
        }
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AwsServiceException.class, e -> assertThat(
                        e.awsErrorDetails().errorCode())
                .isEqualTo(code));
    }

    /** One of the role's machines. */
    private static Instance machine(String role) {
        return owner
                .describeInstances(r -> r.filters(
                        Filter.builder().name("tag:" + ROLE).values(role).build(),
                        Filter.builder().name("availability-zone").values(ZONE).build()))
                .reservations()
                .stream()
                .flatMap(reservation -> reservation.instances().stream())
                .findFirst()
                .orElseThrow();
    }

    /** The disk of the zone's member. */
    private static String volume() {
        return owner.describeVolumes(r -> r.filters(
                        Filter.builder().name("tag-key").values(MEMBER).build(),
                        Filter.builder()
                                .name("tag:KubernetesCluster")
                                .values(NAME)
                                .build(),
                        Filter.builder().name("availability-zone").values(ZONE).build()))
                .volumes()
                .get(0)
                .volumeId();
    }

    /** The address of the zone's member. */
    private static String address() {
        return owner.describeNetworkInterfaces(r -> r.filters(
                        Filter.builder().name("tag-key").values(MEMBER).build(),
                        Filter.builder().name("availability-zone").values(ZONE).build()))
                .networkInterfaces()
                .get(0)
                .networkInterfaceId();
    }

    /** A client with the rights that a role's machines get from their instance profile. */
    private static <B extends AwsClientBuilder<B, C>, C> C as(String role, B builder) {
        String profile = machine(role).iamInstanceProfile().arn();
        try (IamClient iam = aws.configure(IamClient.builder()).build();
                StsClient sts = aws.configure(StsClient.builder()).build()) {
            String arn = iam.getInstanceProfile(
                            r -> r.instanceProfileName(profile.substring(profile.lastIndexOf('/') + 1)))
                    .instanceProfile()
                    .roles()
                    .get(0)
                    .arn();
            Credentials keys =
                    sts.assumeRole(r -> r.roleArn(arn).roleSessionName("i-1")).credentials();
            return aws.configure(builder)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsSessionCredentials.create(
                            keys.accessKeyId(), keys.secretAccessKey(), keys.sessionToken())))
                    .build();
        }
    }

    private static TagSpecification tags(ResourceType type, Map<String, String> tags) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(tags.entrySet().stream()
                        .map(entry -> tag(entry.getKey(), entry.getValue()))
                        .toList())
                .build();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }
}
