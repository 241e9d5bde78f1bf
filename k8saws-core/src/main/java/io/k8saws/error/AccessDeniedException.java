package io.k8saws.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AWS refused a request because the caller may not make it. Another policy is needed; trying again does not help. */
public final class AccessDeniedException extends AwsCallException {
    private static final long serialVersionUID = 1L;

    /** Where IAM's name of an action is not that of the operation: the service authorization reference, "Actions defined by Amazon S3". */
    private static final Map<String, String> ACTIONS = Map.ofEntries(
            Map.entry("s3:ListBuckets", "s3:ListAllMyBuckets"),
            Map.entry("s3:ListObjects", "s3:ListBucket"),
            Map.entry("s3:ListObjectsV2", "s3:ListBucket"),
            Map.entry("s3:HeadBucket", "s3:ListBucket"),
            Map.entry("s3:HeadObject", "s3:GetObject"),
            Map.entry("s3:ListObjectVersions", "s3:ListBucketVersions"),
            Map.entry("s3:DeleteObjects", "s3:DeleteObject"),
            Map.entry("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
            Map.entry("s3:PutBucketEncryption", "s3:PutEncryptionConfiguration"),
            Map.entry("s3:DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
            Map.entry("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
            Map.entry("s3:PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
            Map.entry("s3:DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
            Map.entry("s3:DeleteBucketTagging", "s3:PutBucketTagging"));

    /**
     * Made at the seam to AWS.
     *
     * @param failure what the request was and how it failed
     * @param why why it failed, as a clause
     * @param cause the exception of the SDK
     */
    public AccessDeniedException(Failure failure, String why, @Nullable Throwable cause) {
        super(
                failure,
                why,
                "allow " + action(failure.service(), failure.operation())
                        + " to the principal that runs this, and check its permissions boundary and the organisation's policies",
                cause);
    }

    /**
     * The action that the policy lacks.
     *
     * @return service and action as IAM policies write them, for example {@code ec2:CreateVpc}
     */
    public String missingAction() {
        return action(service(), operation());
    }

    private static String action(String service, String operation) {
        String name = service + ":" + operation;
        return ACTIONS.getOrDefault(name, name);
    }
}
