package io.k8saws.cluster;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.regions.Region;

/** The regions that the AWS SDK knew when it was released. */
final class Regions {
    private Regions() {}

    static Set<String> known() {
        return Region.regions().stream()
                .filter(region -> !region.isGlobalRegion())
                .map(Region::id)
                .collect(Collectors.collectingAndThen(
                        Collectors.toCollection(TreeSet::new), Collections::unmodifiableSet));
    }

    /** The known regions that a name differs from by its number, or else by a slip of the pen; in brackets, or empty when there is none. */
    static String near(String name) {
        String area = name.replaceFirst("-[0-9]+$", "-");
        String beside = known().stream()
                .filter(region -> region.startsWith(area) && region.length() == area.length() + 1)
                .collect(Collectors.joining(", "));
        String near = beside.isEmpty() ? Nearest.of(name, known()).orElse("") : beside;
        return near.isEmpty() ? "" : " (there is " + near + ")";
    }
}
