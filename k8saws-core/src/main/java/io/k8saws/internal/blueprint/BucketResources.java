package io.k8saws.internal.blueprint;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.Buckets;

/** The cluster's bucket: versioned, encrypted, closed to the public, reached by TLS only. */
final class BucketResources {
    static final String NAME = "cluster";

    private BucketResources() {}

    static void draw(Drawing drawing) {
        drawing.add(
                Buckets.KIND,
                NAME,
                new Buckets.Bucket(true, "AES256", true, policy(drawing.scope()), drawing.tags()),
                "name");
    }

    /** Refuses requests without TLS (S3 user guide, "Enforce encryption of data in transit"). */
    private static String policy(ClusterScope scope) {
        String arn = "arn:" + scope.partition() + ":s3:::" + scope.bucket();
        return Policies.document(Policies.statement("TlsOnly", "Deny")
                .principal("*")
                .actions("s3:*")
                .resources(arn, arn + "/*")
                .condition("Bool", "aws:SecureTransport", "false"));
    }
}
