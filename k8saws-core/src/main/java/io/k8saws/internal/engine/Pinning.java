package io.k8saws.internal.engine;

import io.k8saws.bootstrap.Asset;
import io.k8saws.bootstrap.AssetHashes;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.internal.blueprint.GroupImage;
import io.k8saws.internal.blueprint.Surroundings;
import io.k8saws.internal.resource.ImageSource;
import io.k8saws.internal.resource.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Looks up what a spec leaves open. What was found for an earlier plan stays. */
final class Pinning {
    private final AssetSums sums;
    private final ImagePinning images;

    Pinning(AssetSums sums, ImageSource images) {
        this.sums = sums;
        this.images = new ImagePinning(images);
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
        Supplier<Map<String, String>> ids = images.of(spec, former, reading);
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
        pins.putAll(ids.get());
        return new Pins(pins);
    }

    /**
     * Forgets the images of a spec, so that they are looked up anew.
     *
     * @param spec the wanted cluster
     * @param former what was found before
     * @return all else
     */
    static Pins withoutImages(ClusterSpec spec, Pins former) {
        Map<String, String> kept = new TreeMap<>(former.values());
        GroupImage.of(spec).forEach(image -> kept.remove(image.query().pin()));
        return new Pins(kept);
    }
}
