package io.k8saws.internal.state;

import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The small JSON objects of one bucket, written on condition that they are as they were read (S3 user guide, "Conditional writes"). Safe to use from many
 * threads.
 */
final class ConditionalObjects {
    private final S3Client s3;
    private final String bucket;
    private final String account;
    private final String region;

    /**
     * Names a bucket; calls nothing.
     *
     * @param s3 the calls
     * @param bucket the bucket; need not exist
     * @param account the account that must own it
     * @param region the region to make it in
     */
    ConditionalObjects(S3Client s3, String bucket, String account, String region) {
        this.s3 = s3;
        this.bucket = bucket;
        this.account = account;
        this.region = region;
    }

    /**
     * What was read.
     *
     * @param value the object's value
     * @param eTag the tag that a conditional write needs
     * @param age how old it was, by S3's clock
     */
    record Versioned<T>(T value, String eTag, Duration age) {}

    /** Reads an object; empty when it is not there, or its bucket is not. */
    <T> Optional<Versioned<T>> get(String key, Function<String, T> parse) {
        try {
            ResponseBytes<GetObjectResponse> object = s3.getObjectAsBytes(request ->
                    request.bucket(bucket).expectedBucketOwner(account).key(key));
            return Optional.of(versioned(object, parse.apply(object.asUtf8String())));
        } catch (AwsCallException e) {
            if (e.code().equals("NoSuchKey") || e.code().equals("NoSuchBucket")) {
                return Optional.empty();
            }
            throw e instanceof AccessDeniedException denied ? naming(denied) : e;
        }
    }

    private static <T> Versioned<T> versioned(ResponseBytes<GetObjectResponse> object, T value) {
        GetObjectResponse response = object.response();
        Instant now = response.sdkHttpResponse()
                .firstMatchingHeader("Date")
                .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .orElseThrow(() -> new K8sAwsException(
                        "Read the state", "S3 answered without its time", "check what stands between here and S3"));
        return new Versioned<>(value, response.eTag(), Duration.between(response.lastModified(), now));
    }

    /** This is the first call to a bucket, so here it shows when it is someone else's. */
    private AccessDeniedException naming(AccessDeniedException e) {
        return new AccessDeniedException(
                new AwsCallException.Failure(
                        e.service(),
                        e.operation(),
                        e.code(),
                        e.statusCode(),
                        e.requestId(),
                        e.attempts(),
                        e.retryable()),
                e.missingAction(),
                "S3 denies access to bucket " + bucket + "; the caller may not do this, or another account than "
                        + account + " owns it",
                e);
    }

    /** The keys with a prefix, in S3's order; none when the bucket is not there. */
    Stream<String> keys(String prefix) {
        try {
            List<String> keys = s3
                    .listObjectsV2Paginator(request ->
                            request.bucket(bucket).expectedBucketOwner(account).prefix(prefix))
                    .contents()
                    .stream()
                    .map(S3Object::key)
                    .toList();
            return keys.stream();
        } catch (AwsCallException e) {
            if (e.code().equals("NoSuchBucket")) {
                return Stream.empty();
            }
            throw e;
        }
    }

    /**
     * Writes on condition that the object is as it was read, or is not there when no tag is given.
     *
     * @return the new tag
     * @throws ConflictException if somebody else has written it
     */
    String put(String key, String json, @Nullable String eTag, String tried) {
        return put(key, json, eTag, tried, true);
    }

    private boolean asRead(String key, @Nullable String eTag) {
        return get(key, text -> text).map(Versioned::eTag).equals(Optional.ofNullable(eTag));
    }

    private String put(String key, String json, @Nullable String eTag, String tried, boolean again) {
        try {
            return s3.putObject(
                            request -> {
                                request.bucket(bucket)
                                        .expectedBucketOwner(account)
                                        .key(key)
                                        .contentType("application/json");
                                if (eTag == null) {
                                    request.ifNoneMatch("*");
                                } else {
                                    request.ifMatch(eTag);
                                }
                            },
                            RequestBody.fromString(json))
                    .eTag();
        } catch (AwsCallException e) {
            if (e.statusCode() == 409
                    && again
                    && asRead(key, eTag)) { // S3 could not tell at that moment, and asks to send it again
                return put(key, json, eTag, tried, false);
            }
            boolean gone = eTag != null && e.code().equals("NoSuchKey");
            if (e.statusCode() != 412 && e.statusCode() != 409 && !gone) {
                throw e;
            }
            Optional<String> stored = get(key, text -> text)
                    .filter(object -> object.value().equals(json))
                    .map(Versioned::eTag);
            if (stored.isPresent()) {
                return stored.get(); // ours: the answer to an earlier attempt was lost
            }
            throw conflict(tried, "somebody else wrote it at the same time");
        }
    }

    /** Writes whatever stands there. */
    void putAlways(String key, String json) {
        s3.putObject(
                request -> request.bucket(bucket)
                        .expectedBucketOwner(account)
                        .key(key)
                        .contentType("application/json"),
                RequestBody.fromString(json));
    }

    /**
     * Makes the bucket, or finds that it is there.
     *
     * @throws ConflictException if S3 is still busy with the bucket: another writer makes it at this moment, or it was just deleted (CreateBucket, API reference)
     */
    void createBucket() {
        try {
            s3.createBucket(request -> {
                request.bucket(bucket);
                if (!region.equals("us-east-1")) { // the one region that S3 does not take as a constraint
                    request.createBucketConfiguration(where -> where.locationConstraint(region));
                }
            });
        } catch (AwsCallException e) {
            if (e.code().equals("BucketAlreadyExists")) {
                throw new K8sAwsException(
                        "Create the cluster's bucket",
                        "another AWS account owns the name " + bucket,
                        "give the cluster another name",
                        Map.of("bucket", bucket, "account", account),
                        e);
            }
            if (e.code().equals("OperationAborted")) {
                throw conflict(
                        "make its bucket", "S3 is busy with the bucket: someone makes it now, or it was just deleted");
            }
            if (!e.code().equals("BucketAlreadyOwnedByYou")) {
                throw e;
            }
        }
    }

    ConflictException conflict(String tried, String why) {
        return new ConflictException(
                "Change the cluster: " + tried,
                why,
                "wait until the other writer has ended, then plan again",
                Map.of("bucket", bucket),
                null);
    }
}
