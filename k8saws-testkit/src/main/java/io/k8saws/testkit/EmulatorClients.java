package io.k8saws.testkit;

import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.sts.StsClient;

/** The clients of one emulator that node machines are made with. */
record EmulatorClients(
        String region,
        Ec2Client ec2,
        AutoScalingClient autoScaling,
        ElasticLoadBalancingV2Client loadBalancing,
        Route53Client route53,
        IamClient iam,
        StsClient sts)
        implements AutoCloseable {
    static EmulatorClients of(AwsEndpoint aws) {
        return new EmulatorClients(
                aws.region(),
                aws.configure(Ec2Client.builder()).build(),
                aws.configure(AutoScalingClient.builder()).build(),
                aws.configure(ElasticLoadBalancingV2Client.builder()).build(),
                aws.configure(Route53Client.builder()).build(),
                aws.configure(IamClient.builder()).build(),
                aws.configure(StsClient.builder()).build());
    }

    @Override
    public void close() {
        ec2.close();
        autoScaling.close();
        loadBalancing.close();
        route53.close();
        iam.close();
        sts.close();
    }
}
