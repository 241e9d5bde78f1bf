package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Ref;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** The objects of the cluster's bucket that hold secrets, all below one prefix. What is read and written here must never be printed. */
final class SecretObjects {
    /** Below this lie keys, and what is made from them. */
    static final String PREFIX = BucketObjects.PREFIX + "pki/";

    private static final int PRECONDITION_FAILED = 412;
    private static final int CONFLICT = 409;
    private static final int TRIES = 3;

    private SecretObjects() {}

    /** Whether a key is one of ours that holds a secret. */
    static boolean known(String key) {
        return Keys.generation(key).isPresent() || SecretBundles.isBundle(key);
    }

    /** Writes what must not be written over. That it is there already is as good: also our own first try may have been served, and its answer lost. */
    static void putOnce(Step step, PutObjectRequest.Builder request, String text) {
        for (int attempt = 1; ; attempt++) {
            try {
                put(step, request.ifNoneMatch("*"), text);
                return;
            } catch (AwsCallException e) {
                if (e.statusCode() == PRECONDITION_FAILED) {
                    return;
                }
                if (e.statusCode() != CONFLICT || attempt == TRIES) { // S3 could not tell at that moment
                    throw e;
                }
            }
        }
    }

    static String get(Step step, String key) {
        return step.aws()
                .s3()
                .getObject(
                        r -> r.bucket(step.scope().bucket())
                                .expectedBucketOwner(step.scope().account())
                                .key(key),
                        ResponseTransformer.toBytes())
                .asUtf8String();
    }

    /** With a KMS key S3 encrypts by it, and asks KMS once for many objects of the bucket (S3 user guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys"). */
    static PutObjectRequest.Builder request(Step step, Ref bucket, String key, Optional<String> kmsKey) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(step.value(bucket))
                .expectedBucketOwner(step.scope().account())
                .key(key);
        kmsKey.ifPresent(arn -> encrypt(request, arn));
        return request;
    }

    static void encrypt(PutObjectRequest.Builder request, String arn) {
        request.serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(arn)
                .bucketKeyEnabled(true);
    }

    static void put(Step step, PutObjectRequest.Builder request, String text) {
        step.aws().s3().putObject(request.build(), RequestBody.fromString(text));
    }

    static void delete(Step step, String key) {
        ClusterScope scope = step.scope();
        Missing.done(Buckets.NO_BUCKET, () -> step.aws().s3().deleteObject(r -> r.bucket(scope.bucket())
                .expectedBucketOwner(scope.account())
                .key(key)));
    }
}
