package io.k8saws.etcd;

import io.k8saws.Cluster;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.etcd.backup.AtRestKey;
import io.k8saws.etcd.backup.KubernetesFacts;
import java.util.List;

/** What a cluster of this library says of its Kubernetes. */
final class ClusterKubernetes {
    private ClusterKubernetes() {}

    /** Read anew each time: its version and keys change while a program backs it up for months. */
    static KubernetesFacts of(Cluster cluster) {
        Cluster now = cluster.reread();
        return facts(now.spec().kubernetesVersion(), now.secretsKeys());
    }

    static KubernetesFacts facts(String version, List<SecretsKey> keys) {
        return new KubernetesFacts(
                version,
                keys.stream()
                        .map(key -> new AtRestKey(key.provider(), key.name(), key.fingerprint(), 0))
                        .toList());
    }
}
