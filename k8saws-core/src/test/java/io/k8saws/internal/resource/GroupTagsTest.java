package io.k8saws.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.autoscaling.model.Tag;

class GroupTagsTest {
    @Test
    void whatIsSaidOfTheGroupDoesNotReachItsInstances() {
        Map<String, String> tags = Map.of(
                "cost", "42",
                "KubernetesCluster", "payments",
                "k8saws.io/resource", "auto-scaling-group/general",
                "k8saws.io/hooks", "[]",
                "k8s.io/cluster-autoscaler/enabled", "true",
                "k8s.io/cluster-autoscaler/node-template/label/team", "web");

        assertThat(GroupTags.list("general.payments", tags))
                .hasSameSizeAs(tags.keySet())
                .filteredOn(Tag::propagateAtLaunch)
                .extracting(Tag::key)
                .containsExactlyInAnyOrder("cost", "KubernetesCluster");
    }
}
