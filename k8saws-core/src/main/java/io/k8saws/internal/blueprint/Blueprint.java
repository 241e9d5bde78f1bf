package io.k8saws.internal.blueprint;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.ResourceGraph;

/** All AWS resources of a cluster, as they follow from its spec. Pure: the same spec in the same account gives the same graph. */
public final class Blueprint {
    private Blueprint() {}

    /**
     * Draws a cluster.
     *
     * @param spec the cluster
     * @param scope where it lives
     * @param surroundings what no spec says
     * @return its resources
     */
    public static ResourceGraph of(ClusterSpec spec, ClusterScope scope, Surroundings surroundings) {
        Drawing drawing = new Drawing(spec, scope, surroundings);
        BucketResources.draw(drawing);
        KeyResources.draw(drawing);
        NetworkResources.draw(drawing);
        SecurityResources.draw(drawing);
        IdentityResources.draw(drawing);
        NoticeResources.draw(drawing);
        ApiResources.draw(drawing);
        EtcdResources.draw(drawing);
        MachineResources.draw(drawing);
        return ResourceGraph.of(drawing.resources());
    }
}
