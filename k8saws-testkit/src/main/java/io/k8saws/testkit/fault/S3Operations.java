package io.k8saws.testkit.fault;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Names S3 operations by method, path and sub-resource.
 *
 * <p>Source: the request syntax of each operation in the Amazon S3 API reference.
 */
final class S3Operations {
    record Named(String operation, String bucket, String key) {}

    private record Nouns(String bucket, String object) {}

    private static final Pattern VIRTUAL_HOST = Pattern.compile("(.+?)\\.s3[.-].*");

    /** Sub-resources that only change the noun: GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy. */
    private static final Map<String, Nouns> SUB_RESOURCES = Map.ofEntries(
            Map.entry("accelerate", new Nouns("BucketAccelerateConfiguration", "")),
            Map.entry("acl", new Nouns("BucketAcl", "ObjectAcl")),
            Map.entry("attributes", new Nouns("", "ObjectAttributes")),
            Map.entry("cors", new Nouns("BucketCors", "")),
            Map.entry("encryption", new Nouns("BucketEncryption", "")),
            Map.entry("inventory", new Nouns("BucketInventoryConfiguration", "")),
            Map.entry("legal-hold", new Nouns("", "ObjectLegalHold")),
            Map.entry("lifecycle", new Nouns("BucketLifecycleConfiguration", "")),
            Map.entry("location", new Nouns("BucketLocation", "")),
            Map.entry("logging", new Nouns("BucketLogging", "")),
            Map.entry("metrics", new Nouns("BucketMetricsConfiguration", "")),
            Map.entry("notification", new Nouns("BucketNotificationConfiguration", "")),
            Map.entry("object-lock", new Nouns("ObjectLockConfiguration", "")),
            Map.entry("ownershipControls", new Nouns("BucketOwnershipControls", "")),
            Map.entry("policy", new Nouns("BucketPolicy", "")),
            Map.entry("policyStatus", new Nouns("BucketPolicyStatus", "")),
            Map.entry("publicAccessBlock", new Nouns("PublicAccessBlock", "")),
            Map.entry("replication", new Nouns("BucketReplication", "")),
            Map.entry("requestPayment", new Nouns("BucketRequestPayment", "")),
            Map.entry("retention", new Nouns("", "ObjectRetention")),
            Map.entry("tagging", new Nouns("BucketTagging", "ObjectTagging")),
            Map.entry("versioning", new Nouns("BucketVersioning", "")),
            Map.entry("website", new Nouns("BucketWebsite", "")));

    private S3Operations() {}

    static Named of(SdkHttpRequest http) {
        String path = http.encodedPath().startsWith("/") ? http.encodedPath().substring(1) : http.encodedPath();
        String bucket;
        String key;
        Matcher virtual = VIRTUAL_HOST.matcher(http.host());
        if (virtual.matches()) {
            bucket = virtual.group(1);
            key = path;
        } else {
            int slash = path.indexOf('/');
            bucket = slash < 0 ? path : path.substring(0, slash);
            key = slash < 0 ? "" : path.substring(slash + 1);
        }
        boolean copies = http.firstMatchingHeader("x-amz-copy-source").isPresent();
        return new Named(
                operation(http.method(), bucket, key, http.rawQueryParameters(), copies), bucket, decoded(key));
    }

    /** In a path, other than in a form, a plus stands for itself. */
    private static String decoded(String key) {
        return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    static String operation(
            SdkHttpMethod method, String bucket, String key, Map<String, List<String>> query, boolean copies) {
        if (bucket.isEmpty()) {
            return "ListBuckets";
        }
        return key.isEmpty() ? ofBucket(method, query) : ofObject(method, query, copies);
    }

    private static String ofBucket(SdkHttpMethod method, Map<String, List<String>> query) {
        for (Map.Entry<String, Nouns> sub : SUB_RESOURCES.entrySet()) {
            if (query.containsKey(sub.getKey()) && !sub.getValue().bucket().isEmpty()) {
                return verb(method) + sub.getValue().bucket();
            }
        }
        return switch (method) {
            case HEAD -> "HeadBucket";
            case PUT -> "CreateBucket";
            case DELETE -> "DeleteBucket";
            case POST -> query.containsKey("delete") ? "DeleteObjects" : "PostObject";
            default -> {
                if (query.containsKey("versions")) {
                    yield "ListObjectVersions";
                }
                if (query.containsKey("uploads")) {
                    yield "ListMultipartUploads";
                }
                yield query.containsKey("list-type") ? "ListObjectsV2" : "ListObjects";
            }
        };
    }

    private static String ofObject(SdkHttpMethod method, Map<String, List<String>> query, boolean copies) {
        for (Map.Entry<String, Nouns> sub : SUB_RESOURCES.entrySet()) {
            if (query.containsKey(sub.getKey()) && !sub.getValue().object().isEmpty()) {
                return verb(method) + sub.getValue().object();
            }
        }
        boolean upload = query.containsKey("uploadId");
        return switch (method) {
            case HEAD -> "HeadObject";
            case PUT -> {
                if (upload) {
                    yield copies ? "UploadPartCopy" : "UploadPart";
                }
                yield copies ? "CopyObject" : "PutObject";
            }
            case DELETE -> upload ? "AbortMultipartUpload" : "DeleteObject";
            case POST -> {
                if (query.containsKey("uploads")) {
                    yield "CreateMultipartUpload";
                }
                if (query.containsKey("restore")) {
                    yield "RestoreObject";
                }
                yield upload ? "CompleteMultipartUpload" : "SelectObjectContent";
            }
            default -> upload ? "ListParts" : "GetObject";
        };
    }

    private static String verb(SdkHttpMethod method) {
        return switch (method) {
            case PUT, POST -> "Put";
            case DELETE -> "Delete";
            default -> "Get";
        };
    }
}
