package io.k8saws.etcd;

import io.k8saws.Cluster;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.backup.AtRestKey;
import io.k8saws.etcd.backup.KubernetesFacts;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a cluster of this library says of its Kubernetes. Read anew each time: its version and keys change while a program backs it up for months. */
final class ClusterKubernetes implements Supplier<KubernetesFacts> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterKubernetes.class);

    private final String name;
    private final Supplier<String> versions;
    private final Supplier<List<SecretsKey>> keys;
    private volatile String version;
    private volatile List<SecretsKey> seen = List.of();

    ClusterKubernetes(String name, String version, Supplier<String> versions, Supplier<List<SecretsKey>> keys) {
        this.name = name;
        this.version = version;
        this.versions = versions;
        this.keys = keys;
    }

    static ClusterKubernetes of(Cluster cluster) {
        return new ClusterKubernetes(
                cluster.name(),
                cluster.spec().kubernetesVersion(),
                () -> cluster.reread().spec().kubernetesVersion(),
                () -> cluster.reread().secretsKeys());
    }

    /** Its bucket may be away while a backup elsewhere is wanted most: then what was seen last counts, and names are in the values all the same. */
    @Override
    public KubernetesFacts get() {
        version = known("version", versions, version);
        seen = known("keys of encryption at rest", keys, seen);
        return new KubernetesFacts(
                version,
                seen.stream()
                        .map(key -> new AtRestKey(key.provider(), key.name(), key.fingerprint(), 0))
                        .toList());
    }

    private <T> T known(String what, Supplier<T> asked, T last) {
        try {
            return asked.get();
        } catch (OperationCancelledException e) {
            throw e;
        } catch (K8sAwsException e) {
            LOG.warn("The {} of cluster {} cannot be read, what was seen last is told: {}", what, name, e.getMessage());
            return last;
        }
    }
}
