package io.k8saws.internal.seam;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.regions.Region;

/** The regions that the AWS SDK knew when it was released. */
public final class KnownRegions {
    private KnownRegions() {}

    /**
     * Lists them.
     *
     * @return their ids, sorted, such as {@code eu-west-1}; without what stands for a whole partition
     */
    public static Set<String> ids() {
        return Region.regions().stream()
                .filter(region -> !region.isGlobalRegion())
                .map(Region::id)
                .collect(Collectors.collectingAndThen(
                        Collectors.toCollection(TreeSet::new), Collections::unmodifiableSet));
    }
}
