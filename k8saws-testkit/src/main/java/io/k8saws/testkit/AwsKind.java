package io.k8saws.testkit;

/** The AWS emulators of the testbed. */
public enum AwsKind {
    /** moto: quick, and the widest range of services. */
    MOTO,
    /**
     * LocalStack: a second, independent implementation of S3, SQS, EventBridge and KMS; its Route 53, IAM, STS and EC2 stand on moto. Its free edition has no Auto
     * Scaling and no load balancing.
     */
    LOCALSTACK
}
