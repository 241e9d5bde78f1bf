package io.k8saws.benchmarks;

import io.k8saws.cluster.ClusterSpec;
import java.util.Locale;

/** The cluster that everything is measured with: three zones, three control-plane nodes, dedicated etcd, a NAT gateway a zone, and some node pools. */
final class BenchmarkCluster {
    static final String NAME = "bench";
    static final String REGION = "us-east-1";

    private BenchmarkCluster() {}

    /** The spec with a number of node pools, each of another name and size. */
    static ClusterSpec withPools(int pools) {
        ClusterSpec.Builder spec = ClusterSpec.builder()
                .name(NAME)
                .region(REGION)
                .network(n -> n.zones(REGION + "a", REGION + "b", REGION + "c"))
                .controlPlane(c -> c.size(3));
        for (int i = 0; i < pools; i++) {
            String name = String.format(Locale.ROOT, "pool-%03d", i);
            spec.addNodePool(
                    p -> p.name(name).instanceTypes("m6i.xlarge").minSize(1).maxSize(10));
        }
        return spec.build();
    }
}
