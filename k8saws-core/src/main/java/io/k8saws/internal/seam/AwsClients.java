package io.k8saws.internal.seam;

import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The AWS clients that resource kinds call. Each call through them is limited in rate, has a deadline, is sent again when that is safe, and fails with a
 * {@link io.k8saws.error.AwsCallException}; so callers neither retry nor translate. Each client is made when it is first asked for,
 * and can do what the library does: another operation throws {@link UnsupportedOperationException} until its guarded client lists it.
 */
public interface AwsClients {
    /** EC2: network, instances, volumes. */
    Ec2Client ec2();

    /** Auto Scaling groups. */
    AutoScalingClient autoScaling();

    /** Network load balancers. */
    ElasticLoadBalancingV2Client loadBalancing();

    /** Classic load balancers, which the cluster's own controllers may have made. */
    ElasticLoadBalancingClient classicLoadBalancing();

    /** Roles, policies, instance profiles. */
    IamClient iam();

    /** Keys that encrypt the keys of backups. */
    KmsClient kms();

    /** Hosted zones and records. */
    Route53Client route53();

    /** Buckets and objects. */
    S3Client s3();

    /** Queues. */
    SqsClient sqs();

    /** Event rules. */
    EventBridgeClient events();

    /** Parameters that hold the ids of images. */
    SsmClient ssm();

    /** Who we are. */
    StsClient sts();
}
