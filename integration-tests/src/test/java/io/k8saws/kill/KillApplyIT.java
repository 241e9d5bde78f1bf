package io.k8saws.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.plan.Change;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An apply that dies at any call to AWS is made good by the next run")
class KillApplyIT {
    @Test
    void apply_diesAnywhere(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        new Killing("apply", account, Faults.none()).everywhere(k8s -> k8s.plan(spec));
    }

    @Test
    void theCluster_holdsEveryKind(@AwsEmulator AwsEndpoint aws) {
        ClusterSpec spec = Clusters.small(aws.region());
        Set<String> wanted = new Account(aws)
                .ask(k8s -> k8s.plan(spec).changes()).stream()
                        .map(Change::resource)
                        .map(address -> address.kind())
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = ResourceKinds.all().inOrder().stream()
                .map(ResourceKind::name)
                .collect(Collectors.toCollection(TreeSet::new));
        // What only groups and the cluster's own controllers make.
        all.removeAll(Set.of("instance", "classic-load-balancer"));
        assertThat(wanted).isEqualTo(all);
    }
}
