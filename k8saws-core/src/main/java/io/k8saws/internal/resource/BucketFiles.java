package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Single files in buckets, outside of plans. What is read and written here may be secret and must not be printed. */
public final class BucketFiles {
    /** How many files one call removes (API reference, DeleteObjects). */
    public static final int AT_ONCE = 1000;

    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int CONFLICT = 409;
    private static final int TRIES = 3;

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
     * A file as it was read.
     *
     * @param text its text
     * @param eTag what a conditional write needs
     * @param written when it was written, by S3's clock, in whole seconds
     */
    public record Seen(String text, String eTag, Instant written) {}

    /**
     * Reads a file of a cluster's own bucket with its age, and with what is needed to replace it.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param key the object
     * @return the file; empty when there is none
     */
    public static Optional<Seen> see(AwsClients aws, ClusterScope scope, String key) {
        return orEmpty(() -> {
            ResponseBytes<GetObjectResponse> object = aws.s3()
                    .getObject(
                            r -> r.bucket(scope.bucket())
                                    .expectedBucketOwner(scope.account())
                                    .key(key),
                            ResponseTransformer.toBytes());
            return new Seen(
                    object.asUtf8String(),
                    object.response().eTag(),
                    object.response().lastModified());
        });
    }

    /**
     * Writes a file of a cluster's own bucket, if it is as it was seen.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param key the object
     * @param seen how it was; empty when it was not there
     * @param text its new text
     * @return false when somebody else has written another text
     */
    public static boolean replace(AwsClients aws, ClusterScope scope, String key, Optional<Seen> seen, String text) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(scope.bucket())
                .expectedBucketOwner(scope.account())
                .key(key);
        seen.map(Seen::eTag).ifPresentOrElse(request::ifMatch, () -> request.ifNoneMatch("*"));
        return write(aws, scope, request.build(), text);
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
     * @return false when it is there already with another text
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
     * @return false when it is there already with another text
     */
    public static boolean writeOnce(
            AwsClients aws, ClusterScope scope, String key, String text, Optional<String> kmsKey) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(scope.bucket())
                .expectedBucketOwner(scope.account())
                .key(key)
                .ifNoneMatch("*");
        kmsKey.ifPresent(arn -> SecretObjects.encrypt(request, arn));
        return write(aws, scope, request.build(), text);
    }

    private static boolean write(AwsClients aws, ClusterScope scope, PutObjectRequest request, String text) {
        for (int attempt = 1; ; attempt++) {
            try {
                aws.s3().putObject(request, RequestBody.fromString(text));
                return true;
            } catch (AwsCallException e) {
                if (e.statusCode() == PRECONDITION_FAILED) {
                    // our own first try may have been served, and its answer lost
                    return read(aws, scope, request.key()).filter(text::equals).isPresent();
                }
                if (e.statusCode() != CONFLICT || attempt == TRIES) { // S3 could not tell at that moment
                    throw e;
                }
            }
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
     * Removes files of a cluster's own bucket. Those that are not there are as good.
     *
     * @param aws the calls
     * @param scope the cluster
     * @param keys the objects, at most {@link #AT_ONCE}
     * @throws K8sAwsException when S3 keeps some
     */
    public static void delete(AwsClients aws, ClusterScope scope, Collection<String> keys) {
        List<ObjectIdentifier> objects = keys.stream()
                .map(key -> ObjectIdentifier.builder().key(key).build())
                .toList();
        BucketContent.deleteAtOnce(aws.s3(), scope.bucket(), scope.account(), objects);
    }

    private static <T> Optional<T> orEmpty(java.util.function.Supplier<T> read) {
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
