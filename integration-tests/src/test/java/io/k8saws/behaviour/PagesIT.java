package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.Plan;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** A hundred pools are seen whole, in however many pages AWS tells them. */
class PagesIT {
    @Test
    void everyReadFollowsItsPagesToTheEnd(@AwsEmulator(shared = false) AwsEndpoint aws) {
        ClusterSpec spec = Specs.withPools("paged", 100)
                .with(b -> b.dns(d -> d.privateZone("paged.internal")).addNodePool(p -> p.name("searched")
                        .instanceTypes("m6i.large")
                        .size(1)
                        .image("name:amazon/al2023-ami-2023.*")
                        .rootDevice("/dev/xvda")));
        try (Program program = Program.at(aws);
                EmptyPages pages = new EmptyPages(UrlConnectionHttpClient.create());
                K8sAws k8s = K8sAws.connect(aws.access(pages))) {
            program.k8s().apply(program.k8s().plan(spec));

            Plan again = k8s.plan(spec);
            assertThat(again.changes()).isEmpty();
            assertThat(again).isEqualTo(program.k8s().plan(spec));
            assertThat(again.unchanged()).isGreaterThan(400);
            assertThat(k8s.cluster("paged").planRepair().changes()).isEmpty();
            assertThat(k8s.cluster("paged").planNewImages()).isEqualTo(again);
            assertThat(k8s.planDestroy("paged")).isEqualTo(program.k8s().planDestroy("paged"));
            assertThat(pages.followed()).isEqualTo(EmptyPages.all());
        }
    }
}
