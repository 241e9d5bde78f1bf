package io.k8saws.etcd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.aws.AwsAccess;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.LaterStore;
import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.PruneReport;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.etcd.retention.PrunePlan;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("In a bucket with versions the oldest one is the truth")
class VersionedBucketIT {
    private static final int MIB = 1 << 20;

    private final AwsEndpoint endpoint;
    private final S3Client s3;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();
    private BackupStore store;

    VersionedBucketIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.s3 = endpoint.configure(S3Client.builder()).build();
    }

    @BeforeEach
    void open() {
        s3.createBucket(request -> request.bucket(bucket).objectLockEnabledForBucket(true));
        s3.putBucketVersioning(request -> request.bucket(bucket)
                .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        store = BackupStore.s3(endpoint.access(), S3Location.of(bucket));
    }

    @AfterEach
    void close() {
        store.close();
        s3.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Versions were switched on when there were objects already. */
    @Test
    void whatWasThereBeforeVersionsIsTheTruth_andCanBeDeleted() {
        String older = bucket + "-older";
        s3.createBucket(request -> request.bucket(older));
        try (BackupStore early = BackupStore.s3(endpoint.access(), S3Location.of(older))) {
            StoredObject object = early.put("a", bytes(10));
            StoredObject other = early.put("b", bytes(10));
            s3.putBucketVersioning(request -> request.bucket(older)
                    .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
            s3.putObject(request -> request.bucket(older).key("a"), RequestBody.fromString("somebody else's"));
            s3.deleteObject(request -> request.bucket(older).key("b"));

            assertThat(early.list("")).containsExactly(object, other);
            assertThat(early.read(object)).isEqualTo(bytes(10));
            assertThat(early.read(other)).isEqualTo(bytes(10));
            assertThat(early.lockedUntil(other)).isEmpty();

            early.delete(object);
            early.delete(other);

            assertThat(early.list("")).isEmpty();
            assertThat(s3.listObjectVersions(request -> request.bucket(older)).deleteMarkers())
                    .isEmpty();
        }
    }

    private void overwrite(String key) {
        s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString("somebody else's"));
    }

    @Test
    void alaterVersionAndAMarkerHideNothing() {
        StoredObject object = store.put("a", bytes(10));
        overwrite("a");
        assertThat(store.find("a")).contains(object);
        assertThat(store.read(object)).isEqualTo(bytes(10));

        s3.deleteObject(request -> request.bucket(bucket).key("a"));

        assertThat(store.find("a")).contains(object);
        assertThat(store.read(object)).isEqualTo(bytes(10));
        assertThatThrownBy(() -> store.put("a", bytes(11))).isInstanceOf(ConflictException.class);
        assertThat(s3.listObjectVersions(request -> request.bucket(bucket)).versions())
                .as("ours and somebody else's")
                .hasSize(2);
        assertThat(store.read(store.find("a").orElseThrow())).isEqualTo(bytes(10));
    }

    @Test
    void aLargeObjectDoesNotTakeThePlaceOfAHiddenOne() {
        store.put("b", bytes(10));
        s3.deleteObject(request -> request.bucket(bucket).key("b"));

        try (ObjectUpload upload = store.upload("b", 9 * MIB)) {
            upload.write(ByteBuffer.wrap(bytes(9 * MIB)));
            assertThatThrownBy(upload::complete).isInstanceOf(ConflictException.class);
        }
        assertThat(store.read(store.find("b").orElseThrow())).isEqualTo(bytes(10));
    }

    @Test
    void aDeleteTakesAllVersions() {
        StoredObject object = store.put("c", bytes(10));
        overwrite("c");
        s3.deleteObject(request -> request.bucket(bucket).key("c"));

        store.delete(object);

        assertThat(store.list("")).isEmpty();
        assertThat(s3.listObjectVersions(request -> request.bucket(bucket)).versions())
                .isEmpty();
        assertThat(s3.listObjectVersions(request -> request.bucket(bucket)).deleteMarkers())
                .isEmpty();
    }

    @Test
    void retentionIsSeen() {
        StoredObject object = store.put("d", bytes(10));
        assertThat(store.lockedUntil(object)).isEmpty();
        Instant until = Instant.now().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS);
        s3.putObjectRetention(request -> request.bucket(bucket)
                .key("d")
                .versionId(object.version().orElseThrow())
                .retention(lock -> lock.mode(ObjectLockRetentionMode.COMPLIANCE).retainUntilDate(until)));

        assertThat(store.lockedUntil(object)).contains(until);
    }

    /** A look at an object says nothing of what its caller may not see, as if there was nothing. Moto answers a question for retention with the object itself, so only a refusal of it can be tried. */
    @ParameterizedTest
    @ValueSource(strings = {"s3:GetObjectLegalHold", "s3:GetObjectRetention"})
    void whoMayNotSeeLocksKnowsIt(String action) {
        StoredObject object = store.put("a", bytes(10));
        String other = bucket + "-without";
        s3.createBucket(request -> request.bucket(other));
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().deny(action));
                BackupStore denied = BackupStore.s3(through(http), S3Location.of(bucket));
                BackupStore without = BackupStore.s3(through(http), S3Location.of(other))) {
            assertThat(denied.showsLocks(object)).isFalse();
            assertThat(without.showsLocks(without.put("a", bytes(10))))
                    .as("nothing is locked without versions")
                    .isTrue();
        }
    }

    @Test
    void aBucketThatIsNotThereIsNamed() {
        try (BackupStore nowhere = BackupStore.s3(endpoint.access(), S3Location.of(bucket + "-no"))) {
            assertThatThrownBy(nowhere::now)
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("there is no bucket " + bucket + "-no");
        }
    }

    private AwsAccess through(FaultyHttpClient http) {
        return endpoint.access(http);
    }

    @Test
    void aDeniedPartEndsAllAndLeavesNothing() {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().deny("s3:UploadPart"));
                BackupStore denied = BackupStore.s3(through(http), S3Location.of(bucket))) {
            try (ObjectUpload upload = denied.upload("e", 18 * MIB)) {
                assertThatThrownBy(() -> {
                            upload.write(ByteBuffer.wrap(bytes(18 * MIB)));
                            upload.complete();
                        })
                        .isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining("UploadPart");
            }
        }
        assertThat(store.list("")).isEmpty();
        assertThat(store.abortUnfinished("", store.now().plusSeconds(600))).isZero();
    }

    /** Nobody waits for parts that have ended. */
    @Test
    void aPartThatFailsEndsWriting_andNothingHangs() {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().deny("s3:UploadPart"));
                BackupStore denied = BackupStore.s3(through(http), S3Location.of(bucket))) {
            ObjectUpload upload = denied.upload("e", 18 * MIB);
            ByteBuffer part = ByteBuffer.wrap(bytes(8 * MIB));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            upload.write(part.duplicate());
                        }
                    })
                    .isInstanceOf(AccessDeniedException.class);
            long started = System.nanoTime();
            upload.close();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
        }
        assertThat(store.abortUnfinished("", store.now().plusSeconds(600))).isZero();
    }

    /** Each part is sent again by itself; the last answer of all may be lost, too. */
    @Test
    void lostAnswersLoseNothing() {
        byte[] content = bytes(18 * MIB);
        Set<String> cut = ConcurrentHashMap.newKeySet();
        Faults faults = Faults.none()
                .when(
                        call -> call.write() && cut.add(call.operation() + call.number() % 2),
                        some -> some.cutAfterServed(1));
        try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                BackupStore shaky = BackupStore.s3(through(http), S3Location.of(bucket))) {
            try (ObjectUpload upload = shaky.upload("f", content.length)) {
                upload.write(ByteBuffer.wrap(content));
                assertThat(upload.complete().bytes()).isEqualTo(content.length);
            }
            assertThat(shaky.put("g", bytes(5)).bytes()).isEqualTo(5);
            assertThat(cut).isNotEmpty();
        }
        StoredObject object = store.find("f").orElseThrow();
        assertThat(store.read(object)).isEqualTo(content);
    }

    @Test
    void s3EncryptsWithAKeyThatIsNamed() {
        try (BackupStore encrypted =
                BackupStore.s3(endpoint.access(), S3Location.of(bucket).withKmsKey(newKey()))) {
            StoredObject small = encrypted.put("h", bytes(5));
            try (ObjectUpload upload = encrypted.upload("i", 9 * MIB)) {
                upload.write(ByteBuffer.wrap(bytes(9 * MIB)));
                upload.complete();
            }
            assertThat(small.bytes()).isEqualTo(5);
            for (String name : new String[] {"h", "i"}) {
                assertThat(s3.headObject(request -> request.bucket(bucket).key(name))
                                .serverSideEncryption())
                        .isEqualTo(ServerSideEncryption.AWS_KMS);
            }
        }
    }

    /** The bucket's default is a KMS key, so that an object that asks for nothing would have that. */
    @Test
    void s3EncryptsWithAKeyOfItsOwnWhereThatIsAsked() {
        String key = newKey();
        s3.putBucketEncryption(request -> request.bucket(bucket)
                .serverSideEncryptionConfiguration(all -> all.rules(rule -> rule.applyServerSideEncryptionByDefault(
                        one -> one.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(key)))));
        try (BackupStore encrypted =
                BackupStore.s3(endpoint.access(), S3Location.of(bucket).withS3Key())) {
            encrypted.put("k", bytes(5));
            try (ObjectUpload upload = encrypted.upload("l", 9 * MIB)) {
                upload.write(ByteBuffer.wrap(bytes(9 * MIB)));
                upload.complete();
            }
            for (String name : new String[] {"k", "l"}) {
                assertThat(s3.headObject(request -> request.bucket(bucket).key(name))
                                .serverSideEncryption())
                        .as(name)
                        .isEqualTo(ServerSideEncryption.AES256);
            }
        }
    }

    /** A hold has no end: the backup stays through each prune, whole, until somebody lifts it. */
    @Test
    void aBackupUnderLegalHoldStaysThroughAPrune(@TempDir Path directory) {
        Backups backups = Backups.in(store, "payments");
        SnapshotSource source;
        try (EtcdCluster cluster = Testbed.etcd(1)) {
            cluster.etcdctl("put", "/a", "1");
            cluster.etcdctl("snapshot", "save", directory.resolve("a.db").toString());
            source = SnapshotSource.file(directory.resolve("a.db"));
        }
        BackupOptions options = BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool"));
        Duration limit = Duration.ofMinutes(1);
        List<Backup> made = List.of(
                backups.backup(source, options, limit),
                backups.backup(source, options, limit),
                backups.backup(source, options, limit));
        // what is younger than a day stays in any case
        Backups later = Backups.in(new LaterStore(store, Duration.ofDays(2)), "payments");
        PrunePlan early = later.planPrune(RetentionPolicy.last(1));
        List<Backup> deleted =
                made.stream().filter(one -> early.deleted().contains(one.id())).toList();
        assertThat(deleted).hasSize(2);
        Backup held = deleted.get(0);
        Backup other = deleted.get(1);
        StoredObject snapshot = objectsOf(held)
                .filter(object -> object.key().endsWith(held.manifest().stored().object()))
                .findFirst()
                .orElseThrow();
        hold(snapshot, ObjectLockLegalHoldStatus.ON);

        PrunePlan plan = later.planPrune(RetentionPolicy.last(1));
        assertThat(plan.deleted()).containsExactly(other.id());
        assertThat(plan.toString()).contains("keep   " + held.id() + ": under a legal hold");
        PruneReport report = later.prune(early); // of before the hold
        assertThat(report.deleted()).containsExactly(other.id());
        assertThat(report.failed()).containsExactly(Map.entry(held.id(), "it is under a legal hold"));
        assertThat(backups.list().all()).hasSize(2).contains(held).doesNotContain(other);
        assertThat(backups.verify(held).counts()).isTrue();

        hold(snapshot, ObjectLockLegalHoldStatus.OFF);
        assertThat(later.prune(later.planPrune(RetentionPolicy.last(1))).deleted())
                .containsExactly(held.id());
        assertThat(objectsOf(held)).isEmpty();
    }

    private Stream<StoredObject> objectsOf(Backup backup) {
        return store.list("payments/").stream().filter(object -> object.key().contains("/" + backup.id() + "/"));
    }

    private void hold(StoredObject object, ObjectLockLegalHoldStatus status) {
        s3.putObjectLegalHold(request -> request.bucket(bucket)
                .key(object.key())
                .versionId(object.version().orElseThrow())
                .legalHold(hold -> hold.status(status)));
    }

    private String newKey() {
        try (KmsClient kms = endpoint.configure(KmsClient.builder()).build()) {
            return kms.createKey(request -> request.description("of a test"))
                    .keyMetadata()
                    .arn();
        }
    }
}
