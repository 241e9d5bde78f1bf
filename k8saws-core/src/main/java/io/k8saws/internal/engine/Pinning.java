package io.k8saws.internal.engine;

import io.k8saws.bootstrap.Asset;
import io.k8saws.bootstrap.AssetHashes;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.internal.blueprint.Surroundings;
import io.k8saws.internal.resource.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Looks up what a spec leaves open. What was found for an earlier plan stays. */
final class Pinning {
    private final AssetSums sums;

    Pinning(AssetSums sums) {
        this.sums = sums;
    }

    /**
     * Looks up what is not known yet.
     *
     * @param spec the wanted cluster
     * @param former what was found before
     * @param reading asks several questions at once
     * @return what the spec needs, and nothing else
     */
    Pins of(ClusterSpec spec, Pins former, Reading reading) {
        Map<String, String> pins = new TreeMap<>();
        Map<Asset, Supplier<String>> asked = new LinkedHashMap<>();
        for (Asset asset : AssetHashes.of(spec).missing(spec)) {
            String name = Surroundings.pin(asset);
            former.get(name)
                    .ifPresentOrElse(
                            known -> pins.put(name, known),
                            () -> asked.put(asset, reading.ahead(() -> asset.hashIn(sums.read(asset.sumsAddress())))));
        }
        asked.forEach((asset, hash) -> pins.put(Surroundings.pin(asset), hash.get()));
        return new Pins(pins);
    }
}
