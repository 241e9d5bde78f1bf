package io.k8saws.etcd;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.backup.KubernetesFacts;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller says of its Kubernetes, and what it has said last when it cannot: an API server may be away just when a backup is wanted most. */
final class LastKnownKubernetes implements Supplier<KubernetesFacts> {
    private static final Logger LOG = LoggerFactory.getLogger(LastKnownKubernetes.class);

    private final Supplier<KubernetesFacts> asked;
    private volatile KubernetesFacts seen = KubernetesFacts.unknown();

    LastKnownKubernetes(Supplier<KubernetesFacts> asked) {
        this.asked = asked;
    }

    @Override
    public KubernetesFacts get() {
        try {
            seen = asked.get();
        } catch (OperationCancelledException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn(
                    "Kubernetes cannot be asked for its version and keys, what it said last is told: {}", e.toString());
        }
        return seen;
    }
}
