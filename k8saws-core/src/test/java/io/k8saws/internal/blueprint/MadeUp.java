package io.k8saws.internal.blueprint;

import io.k8saws.bootstrap.AssetCatalogue;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Surroundings of which nothing was looked up. */
public final class MadeUp {
    private MadeUp() {}

    /** With a made-up hash for each program. */
    public static Surroundings surroundings(ClusterSpec spec, Optional<String> hostedZoneId) {
        Map<String, String> pins = new HashMap<>();
        AssetCatalogue.of(spec)
                .forEach(asset ->
                        pins.put(Surroundings.pin(asset), AssetSums.madeUp().read(asset.sumsAddress())));
        return new Surroundings(hostedZoneId, new Pins(pins), Optional.empty());
    }
}
