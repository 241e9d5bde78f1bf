package io.k8saws.internal.blueprint;

import io.k8saws.bootstrap.AssetCatalogue;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.internal.text.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Surroundings of which nothing was looked up. */
public final class MadeUp {
    private MadeUp() {}

    /** With a made-up hash for each program, and a made-up id for each image. */
    public static Surroundings surroundings(ClusterSpec spec, Optional<String> hostedZoneId) {
        Map<String, String> pins = new HashMap<>();
        AssetCatalogue.of(spec)
                .forEach(asset ->
                        pins.put(Surroundings.pin(asset), AssetSums.madeUp().read(asset.sumsAddress())));
        GroupImage.of(spec)
                .forEach(image ->
                        pins.put(image.query().pin(), image(image.query().pin())));
        return new Surroundings(hostedZoneId, new Pins(pins), Optional.empty());
    }

    /** The made-up id of an image, by the name of its pin. */
    public static String image(String pin) {
        return "ami-" + Sha256.hex(pin).substring(0, 17);
    }
}
