package io.k8saws.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The policy for operators allows every call that the source code can make, and nothing else but what AWS asks for in passing. */
class PermissionsPageTest {
    /** AWS asks for these although no call has that name; the page says when. */
    private static final Set<String> IN_PASSING = Set.of(
            "ec2:RunInstances",
            "iam:CreateServiceLinkedRole",
            "iam:PassRole",
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "route53:AssociateVPCWithHostedZone");

    private static final int LONGEST_MANAGED_POLICY = 6144; // characters without white space (IAM quotas)

    private record Service(String name, String accessor, Class<?> client) {}

    private static final List<Service> SERVICES = List.of(
            new Service("autoscaling", "autoScaling()", AutoScalingClient.class),
            new Service("ec2", "ec2()", Ec2Client.class),
            new Service("elasticloadbalancing", "classicLoadBalancing()", ElasticLoadBalancingClient.class),
            new Service("elasticloadbalancing", "loadBalancing()", ElasticLoadBalancingV2Client.class),
            new Service("events", "events()", EventBridgeClient.class),
            new Service("iam", "iam()", IamClient.class),
            new Service("route53", "route53()", Route53Client.class),
            new Service("s3", "s3()", S3Client.class),
            new Service("sqs", "sqs()", SqsClient.class),
            new Service("ssm", "ssm()", SsmClient.class),
            new Service("sts", "sts()", StsClient.class));

    @Test
    void everyCallOfTheSourceIsAllowed() throws IOException {
        Set<String> operations = operations();

        assertThat(operations).hasSizeGreaterThan(100);
        assertThat(OperatorPolicy.missing(operations)).isEmpty();
    }

    @Test
    void nothingElseIsAllowed() throws IOException {
        Set<String> needed = new TreeSet<>(IN_PASSING);
        operations().forEach(operation -> needed.addAll(OperatorPolicy.actionsOf(operation)));

        assertThat(OperatorPolicy.actions()).allSatisfy(action -> {
            if (action.endsWith("*")) {
                assertThat(needed).anyMatch(one -> one.startsWith(action.substring(0, action.length() - 1)));
            } else {
                assertThat(needed).contains(action);
            }
        });
    }

    @Test
    void whatAwsAsksForInPassingIsAllowedAndExplained() {
        String page = Documents.text(Documents.root().resolve("docs/permissions.md"));
        for (String action : IN_PASSING) {
            assertThat(OperatorPolicy.allows(action)).as(action).isTrue();
            assertThat(page.replace(OperatorPolicy.document(), "")).contains("`" + action + "`");
        }
    }

    @Test
    void thePolicyFitsIntoOneManagedPolicy() {
        assertThat(OperatorPolicy.document().replaceAll("\\s", "")).hasSizeLessThanOrEqualTo(LONGEST_MANAGED_POLICY);
    }

    private static Set<String> operations() throws IOException {
        Set<String> operations = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Documents.root().resolve("k8saws-core/src/main/java"))) {
            // guarded clients list what all modules call; who calls it is what counts
            for (Path file : files.filter(one -> one.getFileName().toString().matches("(?!Guarded).*\\.java"))
                    .toList()) {
                String source = Documents.text(file);
                for (Service service : SERVICES) {
                    if (source.contains(service.accessor())
                            || source.contains(service.client().getSimpleName())) {
                        operations.addAll(OperatorPolicy.operationsIn(source, service.name(), service.client()));
                    }
                }
            }
        }
        return operations;
    }
}
