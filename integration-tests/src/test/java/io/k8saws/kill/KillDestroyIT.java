package io.k8saws.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A destroy that dies at any call to AWS is made good by the next run")
class KillDestroyIT {
    @Test
    void destroy_diesAnywhere(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        AwsInventory before = account.inventory();
        account.apply(k8s -> k8s.plan(spec), Faults.none());
        AwsInventory after =
                new Killing("destroy", account, Faults.none()).everywhere(k8s -> k8s.planDestroy(Clusters.NAME));
        assertThat(after).isEqualTo(before);
    }
}
