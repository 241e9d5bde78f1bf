package io.k8saws.dns.controller;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;

/** The note as an annotation of the Lease, which its renewals keep: they are patches of its spec. Safe to use from many threads. */
final class LeaseNote implements CheckNote {
    static final String MADE = "k8saws.io/dns-health-checks";

    private final KubernetesClient client;
    private final LeaseSettings lease;

    LeaseNote(KubernetesClient client, LeaseSettings lease) {
        this.client = client;
        this.lease = lease;
    }

    private Resource<Lease> lease() {
        return client.resources(Lease.class).inNamespace(lease.namespace()).withName(lease.name());
    }

    @Override
    public boolean isThere() {
        Lease found = lease().get();
        Map<String, String> annotations =
                found == null ? null : found.getMetadata().getAnnotations();
        return annotations != null && annotations.containsKey(MADE);
    }

    @Override
    public void leave() {
        Lease unused = lease().patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"" + MADE + "\":\"made\"}}}");
    }
}
