package io.k8saws.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NatMode;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A whole life of a cluster that has nearly everything sends no call that the policy for operators does not allow. */
class OperatorCallsIT {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJXn2oHnRXRNTBNdYbLuAh8kpxGcCYpUjdSUYE0gOEh4 operator";

    @Test
    void aWholeLifeNeedsNoMoreThanThePolicy(@AwsEmulator(shared = false) AwsEndpoint aws) {
        FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
        String region = aws.region();
        ClusterSpec spec = ClusterSpec.builder()
                .name("permitted")
                .region(region)
                .network(n -> n.zones(region + "a", region + "b", region + "c").addExtraCidr("10.1.0.0/16"))
                .access(a -> a.bastion(b -> b.allowedCidrs("203.0.113.0/24")).sshPublicKey(KEY))
                .etcd(e -> e.separateEvents())
                .dns(d -> d.privateZone("example.internal"))
                .addNodePool(p -> p.name("general")
                        .instanceTypes("m6i.xlarge", "m5.xlarge")
                        .minSize(1)
                        .maxSize(3)
                        .spot())
                .addNodePool(p -> p.name("searched")
                        .instanceTypes("m6i.large")
                        .image("name:amazon/al2023-ami-2023.*")
                        .rootDevice("/dev/xvda"))
                .build();
        ClusterSpec changed = spec.withNodePool("general", p -> p.maxSize(5).rootVolume(v -> v.sizeGib(120)))
                .withNetwork(n -> n.nat(NatMode.SINGLE))
                .withEtcd(e -> e.volume(v -> v.sizeGib(40)))
                .with(b -> b.putTag("team", "payments"));

        try (K8sAws k8s = K8sAws.connect(AwsAccess.builder()
                .region(region)
                .endpoint(aws.uri())
                .credentials(aws.credentials())
                .httpClient(http)
                .build())) {
            k8s.apply(k8s.plan(spec));
            k8s.apply(k8s.plan(changed));
            assertThat(k8s.clusters()).containsExactly("permitted");
            assertThat(k8s.cluster("permitted").drift().isEmpty()).isTrue();
            k8s.apply(k8s.planDestroy("permitted"));
        }

        Set<String> operations = http.calls().byOperation().keySet();
        assertThat(operations)
                .contains(
                        "ec2:CreateVpc",
                        "ec2:DescribeImages",
                        "ssm:GetParameters",
                        "route53:ChangeResourceRecordSets",
                        "s3:DeleteBucket");
        assertThat(OperatorPolicy.missing(operations)).isEmpty();
    }
}
