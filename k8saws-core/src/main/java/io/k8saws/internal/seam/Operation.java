package io.k8saws.internal.seam;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkRequest;

/**
 * An operation of an AWS API.
 *
 * @param service the service as IAM names it, for example {@code ec2}
 * @param name the operation, for example {@code CreateVpc}
 */
record Operation(String service, String name) {
    /**
     * Operations that make one more resource each time they are sent, because they take neither a client token nor a name that AWS keeps unique. When their answer
     * is lost, only a look at the world tells whether to send them again. A command that is sent twice runs twice.
     */
    private static final Set<String> NOT_REPEATABLE = Set.of(
            "CreateVpc",
            "CreateSubnet",
            "CreateInternetGateway",
            "CreateDhcpOptions",
            "AllocateAddress",
            "SendCommand");

    private static final Pattern READS = Pattern.compile("(Describe|Get|List|Head)[A-Z].*");
    private static final Pattern MAKES = Pattern.compile("(Create|Allocate|Import|Run)[A-Z].*");
    private static final Pattern REMOVES = Pattern.compile(
            "(Abort|Delete|Detach|Disassociate|Release|Revoke|Remove|Terminate|Deregister|Untag|Unassign)[A-Z].*");

    /** S3's operations whose permission has another name (service authorization reference, "Actions for Amazon S3"). */
    private static final Map<String, String> S3_ACTIONS = Map.ofEntries(
            Map.entry("HeadObject", "GetObject"),
            Map.entry("CreateMultipartUpload", "PutObject"),
            Map.entry("UploadPart", "PutObject"),
            Map.entry("CompleteMultipartUpload", "PutObject"),
            Map.entry("ListMultipartUploads", "ListBucketMultipartUploads"),
            Map.entry("HeadBucket", "ListBucket"),
            Map.entry("ListObjects", "ListBucket"),
            Map.entry("ListObjectsV2", "ListBucket"),
            Map.entry("ListObjectVersions", "ListBucketVersions"),
            Map.entry("ListBuckets", "ListAllMyBuckets"),
            Map.entry("DeleteObjects", "DeleteObject"),
            Map.entry("GetBucketEncryption", "GetEncryptionConfiguration"),
            Map.entry("PutBucketEncryption", "PutEncryptionConfiguration"),
            Map.entry("DeleteBucketEncryption", "PutEncryptionConfiguration"),
            Map.entry("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
            Map.entry("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
            Map.entry("DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
            Map.entry("DeleteBucketTagging", "PutBucketTagging"));

    /** The operation of a request: the SDK names its request classes after the API's operations. */
    static Operation of(String service, SdkRequest request) {
        String type = request.getClass().getSimpleName();
        return new Operation(
                service, type.endsWith("Request") ? type.substring(0, type.length() - "Request".length()) : type);
    }

    /** The permission that the operation needs, as IAM policies write it. */
    String permission() {
        return service + ":" + (service.equals("s3") ? S3_ACTIONS.getOrDefault(name, name) : name);
    }

    /** Whether the operation only reads. */
    boolean reads() {
        return READS.matcher(name).matches();
    }

    /** Whether the operation makes something that has an id and may not be seen at once. S3 knows an upload from its beginning on. */
    boolean makes() {
        return MAKES.matcher(name).matches() && !name.equals("CreateMultipartUpload");
    }

    /** Whether the operation takes something away: that it is not there is then no reason to wait. */
    boolean removes() {
        return REMOVES.matcher(name).matches();
    }

    /** Whether the action deletes the thing that it names: that it is not there is then the wish itself, and no reason to wait. */
    boolean deletes() {
        return name.startsWith("Abort")
                || name.startsWith("Delete")
                || name.startsWith("Terminate")
                || name.startsWith("Release");
    }

    /** Whether sending the request twice has the effect of sending it once. */
    boolean repeatable() {
        return !NOT_REPEATABLE.contains(name);
    }

    @Override
    public String toString() {
        return service + ":" + name;
    }
}
