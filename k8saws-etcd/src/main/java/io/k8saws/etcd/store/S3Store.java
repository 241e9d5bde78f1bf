package io.k8saws.etcd.store;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.digest.Sha256;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Objects of a bucket. Versions are listed always, so that a delete marker or a later version hides nothing. */
final class S3Store implements BackupStore {
    private static final String BINARY = "application/octet-stream";

    private final GuardedClients clients;
    private final S3Client s3;
    private final S3Location location;
    private final ExecutorService threads;

    S3Store(AwsAccess access, ResiliencePolicy policy, S3Location location) {
        this.clients = GuardedClients.open(access, policy, Sleeper.system());
        this.s3 = clients.s3();
        this.location = location;
        this.threads = Executors.newFixedThreadPool(location.parallelParts(), task -> {
            Thread thread = new Thread(task, "k8saws-backup-part");
            thread.setDaemon(true);
            return thread;
        });
    }

    S3Client s3() {
        return s3;
    }

    S3Location location() {
        return location;
    }

    String full(String key) {
        return location.prefix() + Keys.require(key);
    }

    /** Calls S3, and says it in clearer words when the bucket is not there. */
    <T> T call(String tried, Supplier<T> call) {
        try {
            return call.get();
        } catch (AwsCallException e) {
            if (e.code().equals("NoSuchBucket")) {
                throw new K8sAwsException(
                        tried,
                        "there is no bucket " + location.bucket(),
                        "correct the name, or make the bucket with versions and without public access",
                        Map.of("bucket", location.bucket()),
                        e);
            }
            throw e;
        }
    }

    @Override
    public ObjectUpload upload(String key, long expectedBytes) {
        return new S3Upload(this, Keys.require(key), PartSize.of(expectedBytes), threads);
    }

    @Override
    public StoredObject put(String key, byte[] content) {
        return put(key, content, content.length);
    }

    /** Writes an object in one call. When the answer to an earlier attempt was lost, the object is there and is ours. */
    StoredObject put(String key, byte[] content, int length) {
        Optional<StoredObject> there = find(key); // a marker hides it from If-None-Match
        if (there.isPresent()) {
            return there.filter(object -> object.bytes() == length && same(object, content))
                    .orElseThrow(() -> taken(key, null));
        }
        String digest = Base64.getEncoder().encodeToString(digest(content, length));
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(location.bucket())
                .key(full(key))
                .contentType(key.endsWith(".json") ? "application/json" : BINARY)
                .contentLength((long) length)
                .checksumSHA256(digest)
                .ifNoneMatch("*");
        location.owner().ifPresent(request::expectedBucketOwner);
        if (location.encryption().ownKey()) {
            request.serverSideEncryption(ServerSideEncryption.AES256);
        }
        location.encryption().kmsKey().ifPresent(arn -> request.serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(arn));
        try {
            call("Write the object " + key, () -> s3.putObject(request.build(), body(content, length)));
        } catch (AwsCallException e) {
            if (e.statusCode() != 412 && e.statusCode() != 409) {
                throw e;
            }
            return find(key)
                    .filter(object -> object.bytes() == length && same(object, content))
                    .orElseThrow(() -> taken(key, e));
        }
        return find(key)
                .filter(object -> object.bytes() == length && same(object, content))
                .orElseThrow(() -> taken(key, null));
    }

    /** An older version under the same key is somebody else's object, and it is the one that counts. */
    private boolean same(StoredObject object, byte[] content) {
        return Arrays.equals(read(object), Arrays.copyOf(content, Math.toIntExact(object.bytes())));
    }

    static RequestBody body(byte[] content, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(content, 0, length), length, BINARY);
    }

    static byte[] digest(byte[] content, int length) {
        var digest = Sha256.digest();
        digest.update(content, 0, length);
        return digest.digest();
    }

    ConflictException taken(String key, @org.jspecify.annotations.Nullable Throwable cause) {
        return new ConflictException(
                "Write the object " + key,
                "there is another one already in " + location,
                "take another key; nothing was written over",
                Map.of("bucket", location.bucket(), "key", location.prefix() + key),
                cause);
    }

    @Override
    public List<StoredObject> list(String prefix) {
        List<StoredObject> objects = new ArrayList<>();
        ListObjectVersionsRequest.Builder request =
                ListObjectVersionsRequest.builder().bucket(location.bucket()).prefix(location.prefix() + prefix);
        location.owner().ifPresent(request::expectedBucketOwner);
        boolean more = true;
        Map<String, ObjectVersion> oldest = new HashMap<>();
        while (more) {
            ListObjectVersionsResponse page =
                    call("List the objects of " + location, () -> s3.listObjectVersions(request.build()));
            // Versions of a key come newest first, so the last one that is listed is the oldest.
            page.versions().forEach(version -> oldest.put(version.key(), version));
            request.keyMarker(page.nextKeyMarker()).versionIdMarker(page.nextVersionIdMarker());
            more = Boolean.TRUE.equals(page.isTruncated());
        }
        oldest.values().stream().map(this::object).forEach(objects::add);
        objects.sort(Comparator.comparing(StoredObject::key));
        return objects;
    }

    @Override
    public List<String> directories(String prefix) {
        String full = location.prefix() + prefix;
        ListObjectVersionsRequest.Builder request = ListObjectVersionsRequest.builder()
                .bucket(location.bucket())
                .prefix(full)
                .delimiter("/");
        location.owner().ifPresent(request::expectedBucketOwner);
        TreeSet<String> names = new TreeSet<>();
        boolean more = true;
        while (more) {
            ListObjectVersionsResponse page =
                    call("List the directories of " + location, () -> s3.listObjectVersions(request.build()));
            page.commonPrefixes()
                    .forEach(common -> names.add(common.prefix()
                            .substring(full.length(), common.prefix().length() - 1)));
            request.keyMarker(page.nextKeyMarker()).versionIdMarker(page.nextVersionIdMarker());
            more = Boolean.TRUE.equals(page.isTruncated());
        }
        return List.copyOf(names);
    }

    private StoredObject object(ObjectVersion version) {
        return new StoredObject(
                version.key().substring(location.prefix().length()),
                version.size(),
                version.lastModified(),
                // "null" is a version like any other: without it S3 would take the newest one, or a marker
                Optional.ofNullable(version.versionId()));
    }

    @Override
    public byte[] read(StoredObject object, long offset, int length) {
        byte[] bytes = call(
                        "Read the object " + object.key(),
                        () -> s3.getObjectAsBytes(request -> {
                            request.bucket(location.bucket())
                                    .key(full(object.key()))
                                    .range("bytes=" + offset + "-" + (offset + length - 1));
                            location.owner().ifPresent(request::expectedBucketOwner);
                            object.version().ifPresent(request::versionId);
                        }))
                .asByteArrayUnsafe();
        if (bytes.length != length) {
            throw new K8sAwsException(
                    "Read the object " + object.key(),
                    "S3 gave " + bytes.length + " bytes from " + offset + " on, " + length + " were asked for",
                    "the object is shorter than when it was listed: look for who writes to " + location);
        }
        return bytes;
    }

    @Override
    public Optional<String> checksum(StoredObject object) {
        return Optional.ofNullable(head(object).checksumSHA256());
    }

    /** A look at an object tells its retention and its legal hold, which has no end, to whoever may read them (HeadObject, API reference). */
    @Override
    public Optional<Instant> lockedUntil(StoredObject object) {
        HeadObjectResponse head = head(object);
        return head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON
                ? Optional.of(Instant.MAX)
                : Optional.ofNullable(head.objectLockRetainUntilDate());
    }

    /** A look at an object is silent about what its caller may not read; asked for by itself, S3 refuses. Nothing is locked where there are no versions. */
    @Override
    public boolean showsLocks(StoredObject object) {
        Optional<String> version = object.version().filter(id -> !id.equals("null"));
        return version.isEmpty()
                || (shows(
                                "Ask for the legal hold of " + object.key(),
                                () -> s3.getObjectLegalHold(request -> {
                                    request.bucket(location.bucket())
                                            .key(full(object.key()))
                                            .versionId(version.get());
                                    location.owner().ifPresent(request::expectedBucketOwner);
                                }))
                        && shows(
                                "Ask for the retention of " + object.key(),
                                () -> s3.getObjectRetention(request -> {
                                    request.bucket(location.bucket())
                                            .key(full(object.key()))
                                            .versionId(version.get());
                                    location.owner().ifPresent(request::expectedBucketOwner);
                                })));
    }

    /** S3 answers with an error, too, where nothing is locked (404) or nothing can be (400); there are others with 400. */
    private boolean shows(String tried, Supplier<?> question) {
        try {
            Object unused = call(tried, question::get);
            return true;
        } catch (AccessDeniedException e) {
            return false;
        } catch (AwsCallException e) {
            if (e.statusCode() == 404 || e.code().equals("InvalidRequest")) {
                return true;
            }
            throw e;
        }
    }

    private HeadObjectResponse head(StoredObject object) {
        return call(
                "Look at the object " + object.key(),
                () -> s3.headObject(request -> {
                    request.bucket(location.bucket()).key(full(object.key())).checksumMode(ChecksumMode.ENABLED);
                    location.owner().ifPresent(request::expectedBucketOwner);
                    object.version().ifPresent(request::versionId);
                }));
    }

    /** A marker is deleted, too: else the key would be taken for one that hides something. */
    @Override
    public void delete(StoredObject object) {
        String key = full(object.key());
        ListObjectVersionsRequest.Builder request =
                ListObjectVersionsRequest.builder().bucket(location.bucket()).prefix(key);
        location.owner().ifPresent(request::expectedBucketOwner);
        List<ObjectIdentifier> versions = new ArrayList<>();
        boolean more = true;
        while (more) {
            ListObjectVersionsResponse page =
                    call("List the versions of " + object.key(), () -> s3.listObjectVersions(request.build()));
            page.versions().stream()
                    .filter(one -> one.key().equals(key))
                    .forEach(one -> versions.add(identifier(key, one.versionId())));
            page.deleteMarkers().stream()
                    .filter(one -> one.key().equals(key))
                    .forEach(one -> versions.add(identifier(key, one.versionId())));
            request.keyMarker(page.nextKeyMarker()).versionIdMarker(page.nextVersionIdMarker());
            more = Boolean.TRUE.equals(page.isTruncated());
        }
        for (ObjectIdentifier version : versions) {
            call(
                    "Delete the object " + object.key(),
                    () -> s3.deleteObject(one -> {
                        one.bucket(location.bucket()).key(key);
                        location.owner().ifPresent(one::expectedBucketOwner);
                        if (version.versionId() != null) {
                            one.versionId(version.versionId());
                        }
                    }));
        }
    }

    private static ObjectIdentifier identifier(String key, @org.jspecify.annotations.Nullable String version) {
        ObjectIdentifier.Builder one = ObjectIdentifier.builder().key(key);
        if (version != null) {
            one.versionId(version);
        }
        return one.build();
    }

    @Override
    public int abortUnfinished(String prefix, Instant startedBefore) {
        ListMultipartUploadsRequest.Builder request =
                ListMultipartUploadsRequest.builder().bucket(location.bucket()).prefix(location.prefix() + prefix);
        location.owner().ifPresent(request::expectedBucketOwner);
        int gone = 0;
        boolean more = true;
        while (more) {
            ListMultipartUploadsResponse page =
                    call("List unfinished uploads to " + location, () -> s3.listMultipartUploads(request.build()));
            for (var upload : page.uploads()) {
                if (upload.initiated().isBefore(startedBefore)) {
                    abort(upload.key(), upload.uploadId());
                    gone++;
                }
            }
            request.keyMarker(page.nextKeyMarker()).uploadIdMarker(page.nextUploadIdMarker());
            more = Boolean.TRUE.equals(page.isTruncated());
        }
        return gone;
    }

    /** Throws away an upload; that it is gone already is fine. */
    void abort(String fullKey, String uploadId) {
        try {
            s3.abortMultipartUpload(request -> {
                request.bucket(location.bucket()).key(fullKey).uploadId(uploadId);
                location.owner().ifPresent(request::expectedBucketOwner);
            });
        } catch (AwsCallException e) {
            if (e.statusCode() != 404) {
                throw e;
            }
        }
    }

    @Override
    public Instant now() {
        return call(
                        "Look at bucket " + location.bucket(),
                        () -> s3.listObjectVersions(request -> {
                            request.bucket(location.bucket())
                                    .prefix(location.prefix())
                                    .maxKeys(1);
                            location.owner().ifPresent(request::expectedBucketOwner);
                        }))
                .sdkHttpResponse()
                .firstMatchingHeader("Date")
                .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .orElseThrow(() -> new K8sAwsException(
                        "Ask S3 for its time", "it answered without one", "check what stands between here and S3"));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        clients.close();
    }

    @Override
    public String toString() {
        return location.toString();
    }
}
