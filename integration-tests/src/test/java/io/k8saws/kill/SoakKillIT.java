package io.k8saws.kill;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("soak")
@DisplayName(
        "At length: every kill from within, a cluster over three zones, an AWS that is consistent only after a while")
class SoakKillIT {
    private static final Faults SLOWLY_CONSISTENT = Faults.none().consistentAfterSightings(2);

    @Test
    void smallCluster_applyKilledFromWithinAtEveryCall(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        new Killing("apply, from within", account, Faults.none()).fromWithinEverywhere(k8s -> k8s.plan(spec));
    }

    @Test
    void smallCluster_changeKilledFromWithinAtEveryCall(@AwsEmulator(shared = false) AwsEndpoint aws) {
        ClusterSpec spec = Clusters.small(aws.region());
        new Killing("change, from within", applied(aws, spec), Faults.none())
                .fromWithinEverywhere(k8s -> k8s.plan(Clusters.changed(spec)));
    }

    @Test
    void smallCluster_destroyKilledFromWithinAtEveryCall(@AwsEmulator(shared = false) AwsEndpoint aws) {
        new Killing("destroy, from within", applied(aws, Clusters.small(aws.region())), Faults.none())
                .fromWithinEverywhere(k8s -> k8s.planDestroy(Clusters.NAME));
    }

    @Test
    void threeZones_applyDiesAnywhere_slowlyConsistent(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account account = new Account(aws);
        ClusterSpec spec = Clusters.overThreeZones(aws.region());
        new Killing("apply, three zones", account, SLOWLY_CONSISTENT).everywhere(k8s -> k8s.plan(spec));
    }

    @Test
    void threeZones_changeDiesAnywhere_slowlyConsistent(@AwsEmulator(shared = false) AwsEndpoint aws) {
        ClusterSpec spec = Clusters.overThreeZones(aws.region());
        new Killing("change, three zones", applied(aws, spec), SLOWLY_CONSISTENT)
                .everywhere(k8s -> k8s.plan(Clusters.changed(spec)));
    }

    @Test
    void threeZones_destroyDiesAnywhere_slowlyConsistent(@AwsEmulator(shared = false) AwsEndpoint aws) {
        new Killing("destroy, three zones", applied(aws, Clusters.overThreeZones(aws.region())), SLOWLY_CONSISTENT)
                .everywhere(k8s -> k8s.planDestroy(Clusters.NAME));
    }

    private static Account applied(AwsEndpoint aws, ClusterSpec spec) {
        Account account = new Account(aws);
        account.apply(k8s -> k8s.plan(spec), Faults.none());
        return account;
    }
}
