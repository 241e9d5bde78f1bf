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
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.sts.StsClient;

/** The policy for DNS allows every call that the module's source can make, and no other. */
class DnsPolicyTest {
    private record Service(String name, String accessor, Class<?> client) {}

    private static final List<Service> SERVICES = List.of(
            new Service("ec2", "ec2()", Ec2Client.class),
            new Service("elasticloadbalancing", "classicLoadBalancing()", ElasticLoadBalancingClient.class),
            new Service("elasticloadbalancing", "loadBalancing()", ElasticLoadBalancingV2Client.class),
            new Service("route53", "route53()", Route53Client.class),
            new Service("sts", "sts()", StsClient.class));

    @Test
    void itAllowsWhatIsCalledAndNoMore() throws IOException {
        String page = Documents.text(Documents.root().resolve("docs/permissions.md"));

        assertThat(OperatorPolicy.actions(Documents.blockAfter(page, "<!-- policy: dns -->")))
                .contains("route53:ChangeResourceRecordSets")
                .containsExactlyInAnyOrderElementsOf(operations());
    }

    private static Set<String> operations() throws IOException {
        Set<String> operations = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Documents.root().resolve("k8saws-dns/src/main/java"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
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
