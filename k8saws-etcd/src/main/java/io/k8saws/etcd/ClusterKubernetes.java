package io.k8saws.etcd;

import io.k8saws.Cluster;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.AtRestKey;
import io.k8saws.etcd.backup.KubernetesFacts;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a cluster of this library says of its Kubernetes. Read anew each time: its version and keys change. */
final class ClusterKubernetes implements Supplier<KubernetesFacts> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterKubernetes.class);

    private final String name;
    private final Supplier<String> version;
    private final Supplier<List<SecretsKey>> keys;
    private volatile List<AtRestKey> seen = List.of();

    ClusterKubernetes(String name, Supplier<String> version, Supplier<List<SecretsKey>> keys) {
        this.name = name;
        this.version = version;
        this.keys = keys;
    }

    static ClusterKubernetes of(Cluster cluster) {
        return new ClusterKubernetes(cluster.name(), () -> cluster.spec().kubernetesVersion(), cluster::secretsKeys);
    }

    /** Its bucket may be away while a backup elsewhere is wanted most: then what was seen last counts, and names are in the values all the same. */
    @Override
    public KubernetesFacts get() {
        try {
            seen = keys.get().stream()
                    .map(key -> new AtRestKey(key.provider(), key.name(), key.fingerprint(), 0))
                    .toList();
        } catch (K8sAwsException e) {
            LOG.warn(
                    "Keys of encryption at rest of cluster {} cannot be read, those seen last are told: {}",
                    name,
                    e.getMessage());
        }
        return new KubernetesFacts(version.get(), seen);
    }
}
