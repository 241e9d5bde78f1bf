package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Single files in buckets, outside of plans. What is read and written here may be secret and must not be printed. */
public final class BucketFiles {
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;

    private BucketFiles() {}

    /**
     * Reads a file of a cluster's own bucket.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param key the object
     * @return its text; empty when there is none
     */
    public static Optional<String> read(AwsClients aws, ClusterScope scope, String key) {
        return orEmpty(() -> aws.s3()
                .getObject(
                        r -> r.bucket(scope.bucket())
                                .expectedBucketOwner(scope.account())
                                .key(key),
                        ResponseTransformer.toBytes())
                .asUtf8String());
    }

    /**
     * Reads a file of anybody's bucket.
     *
     * @param aws the calls
     * @param bucket the bucket
     * @param key the object
     * @return its text; empty when there is none
     */
    public static Optional<String> read(AwsClients aws, String bucket, String key) {
        return orEmpty(() -> aws.s3()
                .getObject(r -> r.bucket(bucket).key(key), ResponseTransformer.toBytes())
                .asUtf8String());
    }

    /**
     * Writes a file of a cluster's own bucket, if it is not there.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param key the object
     * @param text its text
     * @return false when it is there already
     */
    public static boolean writeOnce(AwsClients aws, ClusterScope scope, String key, String text) {
        return writeOnce(aws, scope, key, text, Optional.empty());
    }

    /**
     * Writes a file of a cluster's own bucket, if it is not there.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param key the object
     * @param text its text
     * @param kmsKey the KMS key with which S3 encrypts it; empty for the bucket's own encryption
     * @return false when it is there already
     */
    public static boolean writeOnce(
            AwsClients aws, ClusterScope scope, String key, String text, Optional<String> kmsKey) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(scope.bucket())
                .expectedBucketOwner(scope.account())
                .key(key)
                .ifNoneMatch("*");
        kmsKey.ifPresent(arn -> SecretObjects.encrypt(request, arn));
        try {
            aws.s3().putObject(request.build(), RequestBody.fromString(text));
            return true;
        } catch (AwsCallException e) {
            if (e.statusCode() == PRECONDITION_FAILED) {
                return false;
            }
            throw e;
        }
    }

    /**
     * The files of a cluster's own bucket below a prefix that were written before a moment.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param prefix where they lie
     * @param moment when
     * @return their keys
     */
    public static Set<String> writtenBefore(AwsClients aws, ClusterScope scope, String prefix, Instant moment) {
        return aws
                .s3()
                .listObjectsV2Paginator(r -> r.bucket(scope.bucket())
                        .expectedBucketOwner(scope.account())
                        .prefix(prefix))
                .contents()
                .stream()
                .filter(object -> object.lastModified().isBefore(moment))
                .map(S3Object::key)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Removes a file of a cluster's own bucket. One that is not there is as good.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param key the object
     */
    public static void delete(AwsClients aws, ClusterScope scope, String key) {
        aws.s3().deleteObject(r -> r.bucket(scope.bucket())
                .expectedBucketOwner(scope.account())
                .key(key));
    }

    private static Optional<String> orEmpty(java.util.function.Supplier<String> read) {
        try {
            return Optional.of(read.get());
        } catch (AwsCallException e) {
            if (e.statusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
