package io.k8saws.etcd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;

@ParameterizedClass
@EnumSource
@DisplayName("All stores keep one contract")
class BackupStoreIT {
    /** What keeps the objects. */
    enum Place {
        DIRECTORY,
        MOTO,
        LOCALSTACK
    }

    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final Place place;
    private final AwsEndpoint endpoint;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();
    private BackupStore store;

    BackupStoreIT(
            Place place,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.place = place;
        this.endpoint = place == Place.LOCALSTACK ? localStack : moto;
    }

    @BeforeEach
    void open() {
        if (place == Place.DIRECTORY) {
            store = BackupStore.directory(directory.resolve("store"));
            return;
        }
        try (S3Client s3 = s3()) {
            s3.createBucket(request -> request.bucket(bucket));
        }
        store = BackupStore.s3(endpoint.access(), S3Location.of(bucket).withPrefix("some/where/"));
    }

    private S3Client s3() {
        return endpoint.configure(S3Client.builder()).build();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private StoredObject upload(String key, byte[] content) {
        try (ObjectUpload upload = store.upload(key, content.length)) {
            for (int at = 0; at < content.length; at += 1_000_003) {
                upload.write(ByteBuffer.wrap(content, at, Math.min(1_000_003, content.length - at)));
            }
            StoredObject object = upload.complete();
            store.checksum(object).ifPresent(checksum -> assertThat(checksum).isEqualTo(upload.checksum()));
            assertThat(upload.checksum()).isNotEmpty();
            return object;
        }
    }

    private byte[] content(StoredObject object) {
        byte[] content = new byte[(int) object.bytes()];
        for (int at = 0; at < content.length; at += 3 * MIB) {
            int length = Math.min(3 * MIB, content.length - at);
            System.arraycopy(store.read(object, at, length), 0, content, at, length);
        }
        return content;
    }

    @Test
    void objectsComeBack() {
        for (int length : new int[] {1, 65_536, 8 * MIB, 8 * MIB + 1, 18 * MIB + 7}) {
            byte[] content = bytes(length);

            StoredObject object = upload("a/" + length, content);

            assertThat(object.bytes()).isEqualTo(length);
            assertThat(content(object)).isEqualTo(content);
            assertThat(store.find("a/" + length)).contains(object);
            assertThat(store.checksum(object)).as("the store's own checksum").isPresent();
        }
    }

    @Test
    void directoriesAreListedWithoutWhatIsInThem() {
        for (String key : new String[] {"c/main/1/a", "c/main/2/b", "c/events/1/a", "c/readme", "cd/x/y"}) {
            store.put(key, bytes(1));
        }

        assertThat(store.directories("c/")).containsExactly("events", "main");
        assertThat(store.directories("c/main/")).containsExactly("1", "2");
        assertThat(store.directories("nothing/")).isEmpty();
    }

    @Test
    void anEmptyObjectIsAnObject() {
        assertThat(upload("empty", new byte[0]).bytes()).isZero();
        assertThat(store.read(store.find("empty").orElseThrow())).isEmpty();
    }

    @Test
    void aKeyIsWrittenOnce() {
        upload("large", bytes(9 * MIB));
        store.put("small", bytes(10));

        assertThat(store.put("small", bytes(10)).bytes()).isEqualTo(10);
        assertThatThrownBy(() -> store.put("small", bytes(11))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> upload("small", bytes(9 * MIB))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> upload("large", bytes(10 * MIB))).isInstanceOf(ConflictException.class);

        assertThat(store.read(store.find("small").orElseThrow())).isEqualTo(bytes(10));
        assertThat(content(store.find("large").orElseThrow())).isEqualTo(bytes(9 * MIB));
    }

    @Test
    void whatIsNotCompleteIsNotThere() {
        try (ObjectUpload upload = store.upload("cut/off", 17 * MIB)) {
            upload.write(ByteBuffer.wrap(bytes(17 * MIB)));
            assertThat(store.list("")).isEmpty();
        }
        assertThat(store.list("")).isEmpty();
        assertThat(store.abortUnfinished("", store.now().plusSeconds(600))).isZero();
    }

    @Test
    void whatADeadProgramHasLeftIsThrownAway() {
        ObjectUpload dead = store.upload("dead", 17 * MIB);
        dead.write(ByteBuffer.wrap(bytes(17 * MIB)));

        assertThat(store.abortUnfinished("", store.now().minusSeconds(600))).isZero();
        assertThat(store.abortUnfinished("", store.now().plusSeconds(600))).isEqualTo(1);
        assertThat(store.abortUnfinished("", store.now().plusSeconds(600))).isZero();
    }

    @Test
    void uploadsElsewhereAreLeftAlone() {
        try (ObjectUpload here = store.upload("here/a", 9 * MIB);
                ObjectUpload elsewhere = store.upload("elsewhere/a", 9 * MIB)) {
            here.write(ByteBuffer.wrap(bytes(9 * MIB)));
            elsewhere.write(ByteBuffer.wrap(bytes(9 * MIB)));

            assertThat(store.abortUnfinished("here/", store.now().plusSeconds(600)))
                    .isEqualTo(1);

            assertThat(elsewhere.complete().bytes()).isEqualTo(9 * MIB);
        }
    }

    @Test
    void objectsAreListedByTheirKeys() {
        for (String key : new String[] {"b/1", "a/2", "a/1", "ab/1", "a/10"}) {
            store.put(key, bytes(1));
        }

        assertThat(store.list("")).extracting(StoredObject::key).containsExactly("a/1", "a/10", "a/2", "ab/1", "b/1");
        assertThat(store.list("a/")).extracting(StoredObject::key).containsExactly("a/1", "a/10", "a/2");
        assertThat(store.list("a/1")).extracting(StoredObject::key).containsExactly("a/1", "a/10");
        assertThat(store.list("c")).isEmpty();
        assertThat(store.find("a")).isEmpty();
    }

    @Test
    void whatIsDeletedIsGone() {
        StoredObject object = store.put("a/b", bytes(3));
        store.put("a/c", bytes(3));

        store.delete(object);
        store.delete(object);

        assertThat(store.list("")).extracting(StoredObject::key).containsExactly("a/c");
        assertThatThrownBy(() -> store.read(object)).isInstanceOf(K8sAwsException.class);
        assertThat(store.put("a/b", bytes(4)).bytes()).isEqualTo(4);
    }

    @Test
    void objectsAreDatedByTheStoresClock() {
        Instant before = store.now().minusSeconds(2);
        StoredObject object = store.put("dated", bytes(1));

        assertThat(object.written()).isBetween(before, store.now().plusSeconds(2));
        assertThat(store.lockedUntil(object)).isEmpty();
    }

    @Test
    void keysThatClimbAreRefused() {
        for (String key : new String[] {"../a", "a/../b", "/a", "a//b", "a b", "", ".unfinished/a", "."}) {
            assertThatThrownBy(() -> store.put(key, bytes(1))).as(key).isInstanceOf(K8sAwsException.class);
        }
    }
}
