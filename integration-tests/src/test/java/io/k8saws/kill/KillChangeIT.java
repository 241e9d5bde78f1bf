package io.k8saws.kill;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A change that dies at any call to AWS is made good by the next run")
class KillChangeIT {
    @Test
    void change_diesAnywhere(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        account.apply(k8s -> k8s.plan(spec), Faults.none());
        new Killing("change", account, Faults.none()).everywhere(k8s -> k8s.plan(Clusters.changed(spec)));
    }
}
